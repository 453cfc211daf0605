"""What every test shares: a chain on a free port, the actors, isolation.

The tests run on Ganache by default and on anvil with ``brownie test --network anvil``.
"""

from __future__ import annotations

import gc
import socket

import brownie.network.contract
import pytest
from brownie._config import CONFIG
from hypothesis import HealthCheck, settings

from tests.support.mining import wait_for_mining

# Contracts with immutables lose their source map without this (Brownie issue 1087): no coverage, no source in tracebacks.
brownie.network.contract._verify_deployed_code = lambda *args, **kwargs: True


wait_for_mining()


def pytest_configure() -> None:
    """Gives the test chain a free port: whatever listens on 8545 is somebody's own chain."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    for network in ("ganache-cli", "anvil"):
        CONFIG.networks[network]["cmd_settings"]["port"] = port


def pytest_collection(session: pytest.Session) -> None:
    """Makes the drawn examples the same in every run, so that a commit passes or fails; `--hypothesis-seed` draws others.

    Set here, after Brownie has loaded its own settings. This Hypothesis begins with examples that it keeps too small for
    a state machine, gives up on them and then complains about their size (`data_too_large`): that says nothing about ours.
    """
    chosen = session.config.getoption("hypothesis_seed")
    settings.register_profile(
        "web3crm",
        parent=settings(),
        database=None,
        derandomize=chosen is None,
        suppress_health_check=[HealthCheck.data_too_large, HealthCheck.too_slow],
    )
    settings.load_profile("web3crm")


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Names bytes by their argument: random ones would give a test another name in every process."""
    return argname if isinstance(val, bytes) else None


def pytest_collection_finish() -> None:
    """Keeps what is loaded by now (compiled contracts, above all) out of the garbage that Brownie collects at every rollback.

    Looking through it each time took half of the whole suite's time.
    """
    gc.collect()
    gc.freeze()


CHAIN_FIXTURES = {"accounts", "chain"}


@pytest.fixture(scope="module", autouse=True)
def module_chain(request: pytest.FixtureRequest) -> None:
    """Brings the chain back to its first block before the contracts of a test module that uses it are deployed."""
    items = (item for item in request.session.items if item.getparent(pytest.Module) is request.node)
    if any(CHAIN_FIXTURES & set(item.fixturenames) for item in items):  # type: ignore[attr-defined]
        request.getfixturevalue("module_isolation")


@pytest.fixture(autouse=True)
def isolation(request: pytest.FixtureRequest) -> None:
    """Rolls the chain back after each test that uses it (the stateful machines do their own)."""
    if CHAIN_FIXTURES & set(request.fixturenames):
        request.getfixturevalue("fn_isolation")


# --- actors: the first accounts of the development mnemonic --------------------------------------------------------------


@pytest.fixture(scope="session")
def deployer(accounts):  # type: ignore[no-untyped-def]
    return accounts[0]


@pytest.fixture(scope="session")
def brand(accounts):  # type: ignore[no-untyped-def]
    """The brand's owner: admin of its ProgramAuthority."""
    return accounts[1]


@pytest.fixture(scope="session")
def issuer(accounts):  # type: ignore[no-untyped-def]
    """Staff that issues points, sells cards and speaks for privacy."""
    return accounts[2]


@pytest.fixture(scope="session")
def alice(accounts):  # type: ignore[no-untyped-def]
    return accounts[3]


@pytest.fixture(scope="session")
def bob(accounts):  # type: ignore[no-untyped-def]
    return accounts[4]


@pytest.fixture(scope="session")
def carol(accounts):  # type: ignore[no-untyped-def]
    return accounts[5]


@pytest.fixture(scope="session")
def relayer(accounts):  # type: ignore[no-untyped-def]
    """Sends what others signed."""
    return accounts[6]


@pytest.fixture(scope="session")
def stranger(accounts):  # type: ignore[no-untyped-def]
    return accounts[7]


@pytest.fixture(scope="session")
def guardian(accounts):  # type: ignore[no-untyped-def]
    return accounts[8]
