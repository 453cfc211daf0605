"""A chain.

given an address of a node
    when nothing answers there, or another chain does, or the address is none
        it should say so, without the part of the address that may be a key
given a contract
    it should be deployed, called and written to by a key held here and by an account of the node alike
    when the constructor's arguments are wrong
        it should be refused before anything is sent
    when there is none at the address
        a call should say so
given a contract that refuses
    it should raise the error with its name and values, before sending and when it is mined
given a transaction
    its contract's address should be known beforehand
    its gas should have a buffer
given typed data
    it should be signed the same by a key held here and by the node
given a development chain
    its clock should move, and its state go back once
    when the chain is a live one
        it should refuse to
given a live chain
    it should not take a nonce twice that the node has not seen yet
    it should wait for its confirmations
"""

from __future__ import annotations

import pytest
from eth_account.signers.local import LocalAccount

from tests.support.local_chain import running
from web3crm.chain import Chain, LocalChain
from web3crm.chain.connection import created_address
from web3crm.chain.local import free_port
from web3crm.chain.typed_data import Domain, TypedData
from web3crm.errors import ChainError, ContractRevert, InputError, RpcError

ZERO = "0x0000000000000000000000000000000000000000"


@pytest.fixture
def alice(local: LocalChain) -> LocalAccount:
    return local.accounts[3]


def deploy_points(chain: Chain, admin: str, sender: object):  # type: ignore[no-untyped-def]
    authority, _ = chain.deploy("ProgramAuthority", [admin], sender=sender)  # type: ignore[arg-type]
    args = ["Beans", "BEAN", "ipfs://x", authority.address, 100, 60]
    points, receipt = chain.deploy("LoyaltyPoints", args, sender=sender)  # type: ignore[arg-type]
    return points, receipt


def test_nothing_answers() -> None:
    url = f"http://127.0.0.1:{free_port()}/v3/secret-key"
    with pytest.raises(ChainError, match=r"nothing answers at 127\.0\.0\.1") as caught:
        Chain.connect(url)
    assert "secret-key" not in str(caught.value)


def test_another_chain_answers(local: LocalChain) -> None:
    with pytest.raises(ChainError, match=f"serves chain {local.chain.chain_id}, not 1"):
        Chain.connect(local.url, chain_id=1)


@pytest.mark.parametrize("url", ["127.0.0.1:8545", "ftp://host", "http://", ""])
def test_an_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(InputError, match="starts with http"):
        Chain.connect(url)


def test_a_gas_buffer_below_one_is_refused(local: LocalChain) -> None:
    with pytest.raises(InputError, match="gas buffer"):
        Chain(local.chain.web3, gas_buffer=0.9)


def test_a_key_held_here_deploys_and_acts(own_chain: Chain, alice: LocalAccount) -> None:
    points, _ = deploy_points(own_chain, alice.address, alice)
    receipt = own_chain.transact(points.functions.issue(alice.address, 5, bytes(32)), sender=alice)
    (issued,) = own_chain.events(receipt, points, "PointsIssued")
    assert issued.args == {"issuer": alice.address, "ref": bytes(32), "amount": 5}
    assert own_chain.call(points.functions.balanceOf(alice.address)) == 5


def test_an_account_of_the_node_deploys_and_acts(own_chain: Chain, alice: LocalAccount) -> None:
    points, _ = deploy_points(own_chain, alice.address, alice.address)
    own_chain.transact(points.functions.issue(alice.address, 5, bytes(32)), sender=alice.address)
    assert own_chain.call(points.functions.balanceOf(alice.address)) == 5


@pytest.mark.parametrize(
    ("args", "message"), [([], "takes 1 arguments"), ([5], "takes address admin, got 5"), (["0x12"], "takes address")]
)
def test_wrong_constructor_arguments_are_refused(
    own_chain: Chain, alice: LocalAccount, args: list[object], message: str
) -> None:
    with pytest.raises(InputError, match=message):
        own_chain.deploy("ProgramAuthority", args, sender=alice)


def test_an_abstract_contract_is_refused(own_chain: Chain, alice: LocalAccount) -> None:
    with pytest.raises(InputError, match="abstract or an interface"):
        own_chain.deploy("Signed", [], sender=alice)


def test_an_address_that_is_not_checksummed_is_refused(own_chain: Chain, alice: LocalAccount) -> None:
    with pytest.raises(InputError, match="must be checksummed"):
        own_chain.contract("LoyaltyPoints", alice.address.lower())


def test_a_call_where_no_contract_is_says_so(own_chain: Chain, alice: LocalAccount) -> None:
    points = own_chain.contract("LoyaltyPoints", alice.address)
    with pytest.raises(ChainError, match="no contract answers at"):
        own_chain.call(points.functions.totalSupply())


def test_several_values_are_a_tuple(own_chain: Chain, alice: LocalAccount) -> None:
    points, _ = deploy_points(own_chain, alice.address, alice)
    assert own_chain.call(points.functions.issuanceBudget())[:2] == (100, 60)


def test_a_refusal_is_decoded_before_sending(own_chain: Chain, alice: LocalAccount) -> None:
    points, _ = deploy_points(own_chain, alice.address, alice)
    nonce = own_chain.rpc("eth_getTransactionCount", [alice.address, "latest"])
    with pytest.raises(ContractRevert) as caught:
        own_chain.transact(points.functions.issue(alice.address, 101, bytes(32)), sender=alice)
    assert (caught.value.name, caught.value.args_) == ("LoyaltyPoints_BudgetExceeded", (101, 100))
    assert own_chain.rpc("eth_getTransactionCount", [alice.address, "latest"]) == nonce


def test_a_refused_call_is_decoded(own_chain: Chain, alice: LocalAccount) -> None:
    points, _ = deploy_points(own_chain, alice.address, alice)
    with pytest.raises(ContractRevert) as caught:
        own_chain.call(points.functions.issue(ZERO, 1, bytes(32)), sender=alice.address)
    assert (caught.value.name, caught.value.args_) == ("ERC20InvalidReceiver", (ZERO,))


def refused_when_mined(chain: Chain, sender: LocalAccount) -> ContractRevert:
    """Prepares an act that is still good, spoils it by another, and sends it then."""
    points, _ = deploy_points(chain, sender.address, sender)
    late = chain.prepare(points.functions.issue(sender.address, 60, bytes(32)), sender=sender.address)
    chain.transact(points.functions.issue(sender.address, 60, bytes(32)), sender=sender)
    late.transaction["nonce"] = hex(late.nonce + 1)
    with pytest.raises(ContractRevert) as caught:
        chain.wait(chain.submit(late), act=late.act)
    return caught.value


def test_a_refusal_that_was_mined_is_decoded(own_chain: Chain, alice: LocalAccount) -> None:
    refusal = refused_when_mined(own_chain, alice)
    assert (refusal.name, refusal.args_) == ("LoyaltyPoints_BudgetExceeded", (60, 40))


def test_a_refusal_that_ganache_reports_at_once_is_decoded() -> None:
    with running("ganache", "--chain.vmErrorsOnRPCResponse", "true") as local:
        refusal = refused_when_mined(local.chain, local.accounts[3])
    assert (refusal.name, refusal.args_) == ("LoyaltyPoints_BudgetExceeded", (60, 40))


def test_a_purse_that_is_too_small_is_no_refusal(own_chain: Chain, alice: LocalAccount) -> None:
    with pytest.raises(ChainError, match=r"(?i)insufficient funds") as caught:
        own_chain.transfer(ZERO.replace("0x0", "0x1"), 10**30, sender=alice)
    assert not isinstance(caught.value, ContractRevert)


@pytest.mark.parametrize(
    ("nonce", "address"),
    [
        (0, "0xcd234A471b72ba2F1Ccf0A70FCABA648a5eeCD8d"),
        (1, "0x343c43A37D37dfF08AE8C4A11544c718AbB4fCF8"),
        (2, "0xf778B86FA74E846c4f0a1fBd1335FE81c00a0C91"),
        (3, "0xffFd933A0bC612844eaF0C6Fe3E5b8E9B6C1d19c"),
    ],
)
def test_a_contracts_address_is_known_beforehand(nonce: int, address: str) -> None:
    assert created_address("0x6ac7ea33f8831ea9dcc53393aaa88b25a785dbf0", nonce) == address


def test_the_prepared_address_is_the_deployed_one(own_chain: Chain, alice: LocalAccount) -> None:
    prepared = own_chain.prepare_deployment("ProgramAuthority", [alice.address], sender=alice)
    receipt = own_chain.wait(own_chain.submit(prepared))
    assert (prepared.creates, prepared.hash) == (receipt["contractAddress"], "0x" + receipt["transactionHash"].hex())


def test_gas_has_a_buffer(own_chain: Chain, alice: LocalAccount) -> None:
    _, receipt = own_chain.deploy("ProgramAuthority", [alice.address], sender=alice)
    sent = own_chain.rpc("eth_getTransactionByHash", ["0x" + receipt["transactionHash"].hex()])
    assert int(sent["gas"], 16) >= 1.2 * receipt["gasUsed"]


def test_the_node_signs_as_a_key_held_here_does(own_chain: Chain, alice: LocalAccount) -> None:
    message = TypedData(
        domain=Domain(name="Test", chain_id=own_chain.chain_id, contract=alice.address),
        primary_type="Act",
        fields={"who": "address", "amount": "uint256", "many": "uint256[]", "ref": "bytes32", "yes": "bool"},
        message={"who": alice.address, "amount": 2**255 + 1, "many": [1, 2**64 + 1], "ref": b"\x01" * 32, "yes": True},
    )
    assert own_chain.sign(message, sender=alice.address) == own_chain.sign(message, sender=alice)


def test_a_contract_says_where_signatures_for_it_are_good(own_chain: Chain, alice: LocalAccount) -> None:
    points, _ = deploy_points(own_chain, alice.address, alice)
    assert own_chain.domain(points) == Domain(name="Beans", chain_id=own_chain.chain_id, contract=points.address)


def test_the_clock_moves(own_chain: Chain) -> None:
    before = own_chain.now()
    assert own_chain.sleep(1_000) >= before + 1_000


def test_the_state_goes_back_once(own_chain: Chain, alice: LocalAccount) -> None:
    before = own_chain.balance(ZERO)
    snapshot = own_chain.snapshot()
    own_chain.transfer(ZERO, 7, sender=alice)
    own_chain.revert(snapshot)
    assert own_chain.balance(ZERO) == before
    with pytest.raises((ChainError, RpcError)):
        own_chain.revert(snapshot)


@pytest.mark.parametrize("act", ["mine", "snapshot"])
def test_a_live_chain_is_not_played_with(own_chain: Chain, monkeypatch: pytest.MonkeyPatch, act: str) -> None:
    monkeypatch.setattr(own_chain, "is_local", False)
    with pytest.raises(InputError, match="for development chains only"):
        getattr(own_chain, act)()


def test_a_nonce_is_not_taken_twice_on_a_live_chain(
    own_chain: Chain, alice: LocalAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(own_chain, "is_local", False)
    first = own_chain.prepare_deployment("ProgramAuthority", [alice.address], sender=alice)
    monkeypatch.setattr(own_chain, "rpc", lambda method, params: first.hash)  # a node that forgets at once
    own_chain.submit(first)
    monkeypatch.undo()
    monkeypatch.setattr(own_chain, "is_local", False)
    second = own_chain.prepare_deployment("ProgramAuthority", [alice.address], sender=alice)
    assert second.nonce == first.nonce + 1


def test_a_transaction_waits_for_its_confirmations(
    own_chain: Chain, alice: LocalAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(own_chain, "confirmations", 3)
    monkeypatch.setattr(own_chain, "timeout", 0.1)
    prepared = own_chain.prepare_deployment("ProgramAuthority", [alice.address], sender=alice)
    sent = own_chain.submit(prepared)
    with pytest.raises(ChainError, match="not confirmed within"):
        own_chain.wait(sent)
    own_chain.mine(2)
    assert own_chain.wait(sent)["status"] == 1


def test_many_requests_go_in_one(own_chain: Chain, alice: LocalAccount) -> None:
    calls = [("eth_chainId", []), ("eth_getBalance", [alice.address, "latest"])]
    assert own_chain.rpc_batch(calls) == [hex(own_chain.chain_id), hex(own_chain.balance(alice.address))]


def test_a_failed_request_of_many_is_told(own_chain: Chain) -> None:
    with pytest.raises(RpcError, match="eth_nothing"):
        own_chain.rpc_batch([("eth_chainId", []), ("eth_nothing", [])])


def test_no_requests_are_no_trip(own_chain: Chain) -> None:
    assert own_chain.rpc_batch([]) == []
