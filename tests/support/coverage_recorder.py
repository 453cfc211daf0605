"""A pytest plugin that records which instructions the tests run: the input of ``toolchain/contract_coverage.py``.

Every transaction and every call that a test of this process sends to anvil over HTTP, through Brownie or through web3.py, is traced:
each step's program counter and depth, and the tree of calls, which together say what ran in which contract and the way each conditional jump
went. What ran is added up by code, not by address: after a rollback another contract may live at the same address. It is
written to the file named by ``WEB3CRM_COVERAGE`` when the session ends.
"""

from __future__ import annotations

import json
import os
import threading
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
import web3
from brownie._config import CONFIG

STEPS = {"disableMemory": True, "disableStack": True, "disableStorage": True}
TREE = {"tracer": "callTracer"}
CALLS = frozenset({"CALL", "CALLCODE", "CREATE", "CREATE2", "DELEGATECALL", "STATICCALL"})
SENDS = ("eth_sendTransaction", "eth_sendRawTransaction")
# After these an address may hold other code than before.
RESETS = ("evm_revert", "anvil_reset", "anvil_setCode", "hardhat_setCode", "anvil_reorg", "anvil_rollback")


# What ran, which conditional jumps were taken and which were not, and the calls of a frame.
Frame = tuple[set[int], set[int], set[int], Iterator[Any]]


class Recorder:
    """Stands between web3.py and the node."""

    def __init__(self) -> None:
        self.ran: dict[str, tuple[set[int], set[int], set[int]]] = defaultdict(lambda: (set(), set(), set()))
        self.code_at: dict[tuple[str, str], str] = {}
        self.lock = threading.RLock()
        self.unmined: list[tuple[Any, str]] = []
        self.known: set[int] = set()
        self.session = requests.Session()
        self.traced = 0
        self._request = web3.HTTPProvider.make_request

    def install(self) -> None:
        recorder = self
        # Not before: what waits for anvil to mine (tests/support/mining.py) must have taken its place already.
        self._request = web3.HTTPProvider.make_request

        def make_request(provider: Any, method: str, params: Any) -> Any:
            # Brownie watches its transactions from threads of its own.
            with recorder.lock:
                return recorder.request(provider, method, params)

        web3.HTTPProvider.make_request = make_request  # type: ignore[method-assign]

    def request(self, provider: Any, method: str, params: Any) -> Any:
        self.trace_mined()
        if method == "eth_call" and self.is_anvil(provider):
            self.add(provider, params[0], "debug_traceCall", params[0], *(params[1:2] or ["latest"]))
        answer = self._request(provider, method, params)
        if method in SENDS and "result" in answer and self.is_anvil(provider):
            self.unmined.append((provider, answer["result"]))
            self.trace_mined()
        if method in RESETS:
            self.code_at.clear()
        return answer

    def ask(self, provider: Any, method: str, *params: Any) -> Any:
        answer = self._request(provider, method, list(params))
        return answer.get("result")

    def raw(self, provider: Any, method: str, *params: Any) -> bytes:
        """The node's whole answer, unread."""
        request = provider.encode_rpc_request(method, list(params))
        headers = {"Content-Type": "application/json"}
        return self.session.post(provider.endpoint_uri, data=request, headers=headers, timeout=60).content

    def is_anvil(self, provider: Any) -> bool:
        known = getattr(provider, "_web3crm_is_anvil", None)
        if known is None:
            known = "anvil" in str(self.ask(provider, "web3_clientVersion")).lower()
            provider._web3crm_is_anvil = known
        return bool(known)

    def trace_mined(self) -> None:
        """Traces what was sent and is mined by now: everything, unless a test has told anvil not to mine by itself."""
        waiting, self.unmined = self.unmined, []
        for provider, transaction_hash in waiting:
            transaction = self.ask(provider, "eth_getTransactionByHash", transaction_hash)
            if transaction is None:
                continue
            if transaction.get("blockNumber") is None:
                self.unmined.append((provider, transaction_hash))
            else:
                self.add(provider, transaction, "debug_traceTransaction", transaction_hash)

    def add(self, provider: Any, message: Any, method: str, *params: Any) -> None:
        """Walks the steps along the tree of calls: every call or creation in the steps is the next child of its frame."""
        answer = self.raw(provider, method, *params, STEPS)
        code = self.code_of(provider, message["to"]) if message.get("to") else ""
        # Tests ask the same things again and again: the same steps in the same code add nothing.
        key = hash((code, message.get("data") or message.get("input"), answer))
        if key in self.known:
            return
        self.known.add(key)
        steps = json.loads(answer).get("result")
        tree = self.ask(provider, method, *params, TREE)
        if not steps or not tree:
            return
        self.traced += 1
        frames = [self.enter(provider, tree)]
        ran, jumped, passed, children = frames[0]
        depth, previous, pending = 1, None, None
        for step in steps["structLogs"]:
            counter, op = step["pc"], step["op"]
            if step["depth"] != depth:
                if step["depth"] > depth:
                    frames.append(self.enter(provider, pending))
                else:
                    del frames[step["depth"] :]
                depth = step["depth"]
                ran, jumped, passed, children = frames[-1]
            elif previous is not None:
                (passed if counter == previous + 1 else jumped).add(previous)
            ran.add(counter)
            previous = counter if op == "JUMPI" else None
            if op in CALLS:
                pending = next(children, None)

    def enter(self, provider: Any, call: Any) -> Frame:
        """The frame of a call or creation: what is known of its code, and its own calls to come."""
        code = call["input"] if call["type"].startswith("CREATE") else self.code_of(provider, call["to"])
        return *self.ran[code], iter(call.get("calls", ()))

    def code_of(self, provider: Any, address: Any) -> str:
        where = (str(provider.endpoint_uri), str(address).lower())
        if where not in self.code_at:
            code = self.ask(provider, "eth_getCode", address, "latest")
            if code == "0x":
                return code
            self.code_at[where] = code
        return self.code_at[where]

    def save(self, path: Path) -> None:
        records = [
            {"code": str(code), "ran": sorted(ran), "jumped": sorted(jumped), "passed": sorted(passed)}
            for code, (ran, jumped, passed) in self.ran.items()
            if len(code) > 2
        ]
        path.write_text(json.dumps({"traces": self.traced, "records": records}))


RECORDER = Recorder()


@pytest.hookimpl(trylast=True)
def pytest_configure() -> None:
    # Without the optimizer a contract may be larger than the chain allows: the limit is checked where it counts, on the real build.
    CONFIG.networks["anvil"]["cmd"] = "anvil --disable-code-size-limit"
    RECORDER.install()


def pytest_sessionfinish() -> None:
    """Each worker of pytest-xdist writes a file of its own."""
    path = Path(os.environ["WEB3CRM_COVERAGE"])
    RECORDER.save(path.with_suffix(f".{os.environ.get('PYTEST_XDIST_WORKER', 'main')}.json"))
