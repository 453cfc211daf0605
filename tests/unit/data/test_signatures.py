"""Every signature form of the data contracts, under the same attacks.

given an act that its author signed
├── when anyone relays it
│   ├── it should count as the author's
│   └── it should work for a contract wallet that accepts the signature
├── when it was signed for another chain or another contract
│   └── it should revert
├── when its nonce was used, or its author has acted since
│   └── it should revert
├── when its deadline has passed
│   └── it should revert
└── when somebody else signed it, or the signature is malleable, compact or empty, or the wallet refuses it
    └── it should revert
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.support.reverting import reverts
from tests.support.signing import compact, malleable, signed_by
from web3crm.chain import typed_data
from web3crm.chain.typed_data import Domain, TypedData

DAY = 86_400
NONCE = 77
NOTICE_DIGEST = b"\x11" * 32
MANIFEST = b"\x22" * 32
OTHER_MANIFEST = b"\x33" * 32
RECIPIENT = b"\x44" * 32


@dataclass
class Scene:
    """The contracts and one author, who is alice or her contract wallet."""

    consents: Any
    keys: Any
    datasets: Any
    brand: Any
    bob: Any
    author: str
    do: Callable[..., Any]

    @property
    def dataset_id(self) -> int:
        return self.datasets.datasetIdOf(self.author, MANIFEST, 3)


@dataclass(frozen=True)
class Form:
    """One signature form: its act, its builder, and how to bring about what it needs."""

    contract: str
    act: str
    builder: Callable[..., TypedData]
    fields: Callable[[Scene], dict[str, Any]]
    event: str
    prepare: Callable[[Scene], None] = lambda scene: None
    nonce: int = NONCE
    stale: str = "Signed_NonceUsed"
    not_sent: tuple[str, ...] = field(default=())

    def __str__(self) -> str:
        return self.act


def granted(scene: Scene) -> None:
    scene.do(scene.consents.grant, scene.brand, 3, 3, 1, 0)


def minted(scene: Scene) -> None:
    scene.do(scene.datasets.mint, MANIFEST, 3)


def invited(scene: Scene) -> None:
    """Bob, an earlier wallet of the author's, has invited her."""
    scene.datasets.mint(MANIFEST, 3, {"from": scene.bob})
    scene.datasets.proposeMove(scene.datasets.datasetIdOf(scene.bob, MANIFEST, 3), scene.author, {"from": scene.bob})


def customer_of(scene: Scene) -> dict[str, Any]:
    return {"customer": scene.author, "brand": str(scene.brand)}


def owner_of(scene: Scene) -> dict[str, Any]:
    return {"owner": scene.author}


def dataset_of(scene: Scene) -> dict[str, Any]:
    return {"owner": scene.author, "dataset_id": scene.dataset_id}


BITS = {"purposes": 3, "data_classes": 3}

FORMS = [
    Form(
        "consents",
        "grantBySig",
        typed_data.consent_grant,
        lambda s: customer_of(s) | BITS | {"notice_version": 1, "notice_digest": NOTICE_DIGEST, "expires_at": 0},
        "ConsentGranted",
        nonce=1,
        stale="ConsentRegistry_StaleGrant",
        not_sent=("notice_digest",),
    ),
    Form(
        "consents",
        "withdrawBySig",
        typed_data.consent_withdraw,
        lambda s: customer_of(s) | BITS,
        "ConsentWithdrawn",
        prepare=granted,
    ),
    Form("consents", "withdrawAllBySig", typed_data.consent_withdraw_all, customer_of, "ConsentWithdrawn", granted),
    Form(
        "consents",
        "withdrawEverywhereBySig",
        typed_data.consent_withdraw_everywhere,
        lambda s: {"customer": s.author, "brands": [str(s.brand), str(s.bob)]},
        "ConsentWithdrawn",
        prepare=granted,
    ),
    Form("consents", "requestErasureBySig", typed_data.consent_request_erasure, customer_of, "ErasureRequested"),
    Form(
        "keys",
        "publishBySig",
        typed_data.key_publish,
        lambda s: owner_of(s) | {"recipient": RECIPIENT},
        "KeyPublished",
        nonce=1,
        stale="KeyDirectory_StaleKey",
    ),
    Form("keys", "revokeBySig", typed_data.key_revoke, owner_of, "KeyRevoked"),
    Form(
        "datasets",
        "mintBySig",
        typed_data.dataset_mint,
        lambda s: owner_of(s) | {"manifest_digest": MANIFEST, "data_class": 3},
        "DatasetMinted",
    ),
    Form(
        "datasets",
        "updateBySig",
        typed_data.dataset_update,
        lambda s: dataset_of(s) | {"previous_digest": MANIFEST, "manifest_digest": OTHER_MANIFEST, "key_epoch": 1},
        "DatasetUpdated",
        prepare=minted,
        not_sent=("previous_digest",),
    ),
    Form(
        "datasets",
        "proposeMoveBySig",
        typed_data.dataset_propose_move,
        lambda s: dataset_of(s) | {"new_wallet": str(s.bob)},
        "MoveProposed",
        prepare=minted,
        nonce=1,
        stale="CustomerData_StaleProposal",
    ),
    Form("datasets", "cancelMoveBySig", typed_data.dataset_cancel_move, dataset_of, "MoveCancelled", minted),
    Form(
        "datasets",
        "acceptMoveBySig",
        typed_data.dataset_accept_move,
        lambda s: {"new_wallet": s.author, "dataset_id": s.datasets.datasetIdOf(s.bob, MANIFEST, 3)},
        "DatasetMoved",
        prepare=invited,
    ),
    Form("datasets", "burnBySig", typed_data.dataset_burn, dataset_of, "DatasetBurned", minted),
]
ORDERED = [form for form in FORMS if form.stale != "Signed_NonceUsed"]
UNORDERED = [form for form in FORMS if form.stale == "Signed_NonceUsed"]


@pytest.fixture
def scene(consents, keys, datasets, brand, alice, bob):
    consents.publishNotice(NOTICE_DIGEST, "ipfs://notice", 0, 0, 1, 30 * DAY, {"from": brand})
    return Scene(consents, keys, datasets, brand, bob, str(alice), lambda act, *args: act(*args, {"from": alice}))


@pytest.fixture
def wallet_scene(scene, wallet, alice):
    """The same, with alice's contract wallet as the author."""
    scene.author = wallet.address
    scene.do = lambda act, *args: wallet.execute(act._address, act.encode_input(*args), {"from": alice})
    return scene


@pytest.fixture
def message(chain):
    """Builds the message of a form, by default one that is good for an hour."""

    def build(form: Form, scene: Scene, **changes: Any) -> TypedData:
        contract = getattr(scene, form.contract)
        domain = {"name": contract._name, "chain_id": chain.id, "contract": contract.address}
        domain |= {name: changes.pop(name) for name in list(changes) if name in domain}
        fields = form.fields(scene) | {"nonce": form.nonce, "deadline": chain.time() + 3600} | changes
        return form.builder(domain=Domain(**domain), **fields)

    return build


@pytest.fixture
def relay(relayer):
    """Sends what was signed, as the relayer."""
    return lambda *signed: _act(*signed, relayer)


@pytest.fixture
def refused(relayer):
    """Only asks the node what would happen, which is quicker where it is to fail."""
    return lambda *signed: _act(*signed, relayer, how="call")


def _act(form: Form, scene: Scene, message: TypedData, signature: bytes, relayer: Any, how: str = "transact") -> Any:
    skipped = [_camel(name) for name in form.not_sent]
    values = [value for name, value in message.message.items() if name not in skipped]
    act = getattr(getattr(scene, form.contract), form.act)
    return getattr(act, how)(*values, signature, {"from": relayer})


def _camel(name: str) -> str:
    head, *tail = name.split("_")
    return head + "".join(part.title() for part in tail)


@pytest.mark.parametrize("form", FORMS, ids=str)
def test_counts_as_the_authors(form, scene, message, relay, alice):
    form.prepare(scene)
    signed = message(form, scene)

    receipt = relay(form, scene, signed, signed_by(alice, signed))

    assert str(alice) in receipt.events[form.event][0].values()


@pytest.mark.parametrize("form", FORMS, ids=str)
def test_works_for_a_contract_wallet(form, wallet_scene, message, relay, alice):
    form.prepare(wallet_scene)
    signed = message(form, wallet_scene)

    receipt = relay(form, wallet_scene, signed, signed_by(alice, signed))

    assert wallet_scene.author in receipt.events[form.event][0].values()


@pytest.mark.parametrize("form", FORMS, ids=str)
def test_reverts_if_the_contract_wallet_refuses(form, wallet_scene, message, refused, bob):
    form.prepare(wallet_scene)
    signed = message(form, wallet_scene)

    with reverts("Signed_InvalidSignature", wallet_scene.author):
        refused(form, wallet_scene, signed, signed_by(bob, signed))


@pytest.mark.parametrize("form", FORMS, ids=str)
def test_reverts_on_another_chain(form, scene, message, refused, chain, alice):
    form.prepare(scene)
    signed = message(form, scene, chain_id=chain.id + 1)

    with reverts("Signed_InvalidSignature", alice):
        refused(form, scene, signed, signed_by(alice, signed))


@pytest.mark.parametrize("form", FORMS, ids=str)
def test_reverts_for_another_contract(form, scene, message, refused, wallet, alice):
    form.prepare(scene)
    signed = message(form, scene, contract=wallet.address)

    with reverts("Signed_InvalidSignature", alice):
        refused(form, scene, signed, signed_by(alice, signed))


@pytest.mark.parametrize("form", FORMS, ids=str)
def test_reverts_after_the_deadline(form, scene, message, refused, chain, alice):
    form.prepare(scene)
    signed = message(form, scene, deadline=chain[-1].timestamp - 1)

    with reverts("Signed_Expired", chain[-1].timestamp - 1):
        refused(form, scene, signed, signed_by(alice, signed))


@pytest.mark.parametrize("form", FORMS, ids=str)
def test_reverts_if_somebody_else_signed(form, scene, message, refused, alice, stranger):
    form.prepare(scene)
    signed = message(form, scene)

    with reverts("Signed_InvalidSignature", alice):
        refused(form, scene, signed, signed_by(stranger, signed))


@pytest.mark.parametrize("spoil", [malleable, compact, lambda signature: b""], ids=["malleable", "compact", "empty"])
@pytest.mark.parametrize("form", FORMS, ids=str)
def test_reverts_on_a_spoilt_signature(form, spoil, scene, message, refused, alice):
    form.prepare(scene)
    signed = message(form, scene)

    with reverts("Signed_InvalidSignature", alice):
        refused(form, scene, signed, spoil(signed_by(alice, signed)))


@pytest.mark.parametrize("form", FORMS, ids=str)
def test_reverts_if_a_field_was_changed_on_the_way(form, scene, message, refused, alice):
    form.prepare(scene)
    signature = signed_by(alice, message(form, scene))
    changed = message(form, scene, deadline=2**256 - 1)

    with reverts("Signed_InvalidSignature", alice):
        refused(form, scene, changed, signature)


# The act that spends the nonce differs from the form under test, so that it is the nonce that the form fails on.
SPENDERS = {
    "consents": next(form for form in FORMS if form.act == "withdrawAllBySig"),
    "keys": next(form for form in FORMS if form.act == "revokeBySig"),
    "datasets": Form(
        "datasets",
        "mintBySig",
        typed_data.dataset_mint,
        lambda s: owner_of(s) | {"manifest_digest": OTHER_MANIFEST, "data_class": 60},
        "DatasetMinted",
    ),
}


@pytest.mark.parametrize("form", UNORDERED, ids=str)
def test_reverts_on_a_used_nonce(form, scene, message, relay, refused, alice):
    form.prepare(scene)
    first = message(SPENDERS[form.contract], scene)
    relay(SPENDERS[form.contract], scene, first, signed_by(alice, first))
    signed = message(form, scene)

    with reverts("Signed_NonceUsed", alice, NONCE):
        refused(form, scene, signed, signed_by(alice, signed))


@pytest.mark.parametrize("form", UNORDERED, ids=str)
def test_marks_the_nonce_as_used(form, scene, message, relay, alice):
    form.prepare(scene)
    signed = message(form, scene)

    relay(form, scene, signed, signed_by(alice, signed))

    assert getattr(scene, form.contract).isNonceUsed(alice, NONCE)
    assert not getattr(scene, form.contract).isNonceUsed(alice, NONCE + 1)


@pytest.mark.parametrize("form", ORDERED, ids=str)
def test_reverts_if_relayed_twice(form, scene, message, relay, refused, alice):
    form.prepare(scene)
    signed = message(form, scene)
    relay(form, scene, signed, signed_by(alice, signed))

    with reverts(form.stale, 1, 2):
        refused(form, scene, signed, signed_by(alice, signed))


@pytest.mark.parametrize("form", ORDERED, ids=str)
def test_reverts_ahead_of_its_turn(form, scene, message, refused, alice):
    form.prepare(scene)
    signed = message(form, scene, nonce=2)

    with reverts(form.stale, 2, 1):
        refused(form, scene, signed, signed_by(alice, signed))
