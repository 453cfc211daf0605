"""What every signature form must accept and refuse, written once.

A test module binds it to one form: a class that inherits :class:`AcceptsOnlyGoodSignatures`, names the message's fields
in ``fields`` and gives a fixture ``make_act``, of class scope, that returns a function from the signer (an actor or a
wallet contract) to a :class:`SignedAct`. The function also brings about what the act needs: a card to pass on, points
to pay. The contract inherits ``Signed`` and its nonces are unordered; a form with another kind overrides those tests.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest
from brownie import MockWallet, chain

from tests.support.reverting import reverts
from tests.support.signing import compact, malleable, signed_by
from web3crm.chain.typed_data import Domain, TypedData

NOBODY = "0x0000000000000000000000000000000000000000"
ELSEWHERE = "0x00000000000000000000000000000000DeaDBeef"


@dataclass(frozen=True)
class SignedAct:
    """One signature form with everything but the signature decided."""

    contract: Any
    signer: str
    domain: Domain
    message: Callable[..., TypedData]
    """From ``domain``, ``nonce`` and ``deadline`` to what is signed."""
    send: Callable[[str, int, int, bytes], Any]
    """From signer, nonce, deadline and signature to the transaction of whoever relays it."""
    nonce: int = 0

    def typed(self, *, deadline: int, **domain: Any) -> TypedData:
        """The message, in a domain changed as the keywords say."""
        return self.message(domain=replace(self.domain, **domain), nonce=self.nonce, deadline=deadline)


def other(value: Any, kind: str) -> Any:
    """A different value of the same type."""
    if kind == "address":
        return ELSEWHERE
    if kind == "bool":
        return not value
    if kind == "bytes32":
        return bytes([value[0] ^ 1]) + value[1:]
    return value ^ 1


class AcceptsOnlyGoodSignatures:
    """Given an act that its author signed and somebody else relays.

    when the signature is good
        it should act once (this is also the proof that the builder's digest is the contract's)
        it should use up the nonce, and no other
    when the signature is not for exactly this act, by this signer, here and now
        it should refuse: a changed field, another chain, contract, name or version, a used nonce, a passed deadline,
            another signer
    when the signature is not 65 bytes in its one canonical form
        it should refuse: malleable, compact, empty, cut short, zeros for the zero address
    when the signer is a contract wallet
        it should accept what the wallet accepts
        it should refuse what the wallet refuses
    """

    fields: tuple[str, ...]

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        """One test of a changed field for each field of the message."""
        if "field" in metafunc.fixturenames:
            metafunc.parametrize("field", metafunc.cls.fields)

    @pytest.fixture(scope="class")
    @classmethod
    def act(cls, module_isolation, make_act, alice):
        return make_act(alice)

    @pytest.fixture(scope="class")
    @classmethod
    def wallet_act(cls, module_isolation, make_act, alice):
        """The same act by a contract wallet that Alice owns."""
        return make_act(alice.deploy(MockWallet, alice))

    @pytest.fixture
    def deadline(self, accounts):
        return chain[-1].timestamp + 3_600

    def test_acts_for_its_author(self, act, alice, deadline):
        tx = act.send(act.signer, act.nonce, deadline, signed_by(alice, act.typed(deadline=deadline)))
        assert tx.status == 1
        assert act.contract.isNonceUsed(act.signer, act.nonce)

    def test_leaves_the_other_nonces_alone(self, act, alice, deadline):
        act.send(act.signer, act.nonce, deadline, signed_by(alice, act.typed(deadline=deadline)))
        assert not act.contract.isNonceUsed(act.signer, act.nonce + 1)
        assert not act.contract.isNonceUsed(act.signer, act.nonce + 256)

    def test_names_every_field_of_the_message(self, act, deadline):
        assert tuple(act.typed(deadline=deadline).fields) == self.fields

    def test_refuses_a_changed_field(self, act, alice, deadline, field):
        typed = act.typed(deadline=deadline)
        changed = replace(typed, message=typed.message | {field: other(typed.message[field], typed.fields[field])})
        with reverts("Signed_InvalidSignature", act.signer):
            act.send(act.signer, act.nonce, deadline, signed_by(alice, changed))

    @pytest.mark.parametrize(
        "domain",
        [{"chain_id": 1}, {"contract": ELSEWHERE}, {"name": "AnotherContract"}, {"version": "2"}],
        ids=["chain", "contract", "name", "version"],
    )
    def test_refuses_another_domain(self, act, alice, deadline, domain):
        with reverts("Signed_InvalidSignature", act.signer):
            act.send(act.signer, act.nonce, deadline, signed_by(alice, act.typed(deadline=deadline, **domain)))

    def test_refuses_a_used_nonce(self, act, alice, deadline):
        signature = signed_by(alice, act.typed(deadline=deadline))
        act.send(act.signer, act.nonce, deadline, signature)
        with reverts("Signed_NonceUsed", act.signer, act.nonce):
            act.send(act.signer, act.nonce, deadline, signature)

    def test_refuses_a_passed_deadline(self, act, alice):
        passed = chain[-1].timestamp - 1
        with reverts("Signed_Expired", passed):
            act.send(act.signer, act.nonce, passed, signed_by(alice, act.typed(deadline=passed)))

    def test_refuses_another_signer(self, act, stranger, deadline):
        with reverts("Signed_InvalidSignature", act.signer):
            act.send(act.signer, act.nonce, deadline, signed_by(stranger, act.typed(deadline=deadline)))

    @pytest.mark.parametrize(
        "mangle",
        [
            malleable,
            compact,
            lambda signature: b"",
            lambda signature: signature[:64],
            lambda signature: signature + b"\0",
        ],
        ids=["malleable", "compact", "empty", "cut short", "too long"],
    )
    def test_refuses_a_mangled_signature(self, act, alice, deadline, mangle):
        signature = signed_by(alice, act.typed(deadline=deadline))
        with reverts("Signed_InvalidSignature", act.signer):
            act.send(act.signer, act.nonce, deadline, mangle(signature))

    @pytest.mark.parametrize("signature", [bytes(65), b"", bytes(64) + b"\x1b"], ids=["zeros", "empty", "v of 27"])
    def test_refuses_the_zero_address(self, act, deadline, signature):
        with reverts("Signed_InvalidSignature", NOBODY):
            act.send(NOBODY, act.nonce, deadline, signature)

    def test_accepts_what_the_wallet_of_the_signer_accepts(self, wallet_act, alice, deadline):
        act = wallet_act
        tx = act.send(act.signer, act.nonce, deadline, signed_by(alice, act.typed(deadline=deadline)))
        assert tx.status == 1
        assert act.contract.isNonceUsed(act.signer, act.nonce)

    def test_refuses_what_the_wallet_of_the_signer_refuses(self, wallet_act, stranger, deadline):
        act = wallet_act
        with reverts("Signed_InvalidSignature", act.signer):
            act.send(act.signer, act.nonce, deadline, signed_by(stranger, act.typed(deadline=deadline)))
