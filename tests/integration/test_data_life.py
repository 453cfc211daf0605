"""A dataset's life on a chain, as the customer's vault and a grantee see it: shared, paid for, rotated, erased.

given a dataset that is shared with a brand under a consent
├── the brand should open it in one act, and be told which condition failed when it may not
├── when the store shows another manifest than the chain names, or the owner published a wrong one
│   └── it should be refused
├── the list of readers should say for what and until when, and why not any more
├── when it is rotated
│   ├── the brands that may still read should open the new epoch, with the key that they have published now
│   └── the others should be shut out, also though they kept their envelope
└── when it is erased
    └── no key that is left anywhere should open a copy, and what was released before should stay released
given one that is shared under a paid access
├── it should be opened while the access can be read under, for its purpose only
├── when the access is another brand's, to another dataset, not accepted, or not there
│   └── it should be refused with that reason
├── when it ends, by closing, time, or a consent that was interrupted
│   └── it should be refused with that reason, and the list of readers should say so
├── when the envelope is not the one that the owner accepted with
│   └── it should be refused, unless the dataset was rotated or the brand's key replaced since
└── when it is rotated
    └── the envelope should be kept under the access
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from web3.contract import Contract

from tests.support.access import Offer
from tests.support.keys import keys_left, opened_by
from tests.support.local_chain import rolled_back
from web3crm.chain import Chain, LocalChain
from web3crm.deploy import Commons, deploy_commons
from web3crm.domain.access import Reason
from web3crm.domain.consent import Refusal
from web3crm.errors import EnvelopeError, KeyReleaseRefused, ManifestError, RotationError
from web3crm.vault import (
    ChainGate,
    ChainLedger,
    ClearFile,
    DatasetId,
    EmbeddedStore,
    Grantee,
    Identity,
    PreparedRotation,
    Vault,
    make_envelope,
    open_envelope,
    recipient_to_bytes,
)

PURPOSE, DATA_CLASS, DAY = 2, 5, 86_400
PROFILE = b'{"milk": "oat", "roast": "light"}'
PRICE, PERIOD = 10**15, 30 * DAY


@pytest.fixture(scope="module")
def keys() -> dict[int, Identity]:
    """Those of the two brands, which are the accounts 1 and 2."""
    return {number: Identity.generate() for number in (1, 2)}


@pytest.fixture(scope="module")
def commons(local: LocalChain) -> Commons:
    return deploy_commons(local.chain, sender=local.accounts[0])


@pytest.fixture(scope="module")
def accesses(local: LocalChain, commons: Commons, keys: dict[int, Identity]) -> Contract:
    """Both brands have published a notice and a key."""
    chain = local.chain
    args = [commons.consents.address, commons.datasets.address]
    contract, _ = chain.deploy("DataAccess", args, sender=local.accounts[0])
    for number, key in keys.items():
        brand = local.accounts[number]
        chain.transact(commons.consents.functions.publishNotice(b"\x01" * 32, "", 0, 0, 1, 30 * DAY), sender=brand)
        chain.transact(commons.keys.functions.publish(recipient_to_bytes(key.recipient)), sender=brand)
    return contract


@pytest.fixture
def live(local: LocalChain, accesses: Contract) -> Iterator[Chain]:
    with rolled_back(local.chain) as chain:
        yield chain


@pytest.fixture
def brands(local: LocalChain) -> tuple[str, str]:
    return local.accounts[1].address, local.accounts[2].address


@pytest.fixture
def send(live: Chain, local: LocalChain) -> Callable[..., Any]:
    """Account number `by` sends an act."""

    def act(function: Any, by: int = 3, value: int = 0) -> Any:
        return live.transact(function, sender=local.accounts[by], value=value)

    return act


@pytest.fixture
def grant(live: Chain, commons: Commons, send: Callable[..., Any], brands: tuple[str, str]) -> Callable[..., Any]:
    def act(brand: int = 0, purposes: int = 1 << PURPOSE, lasts: int = 365 * DAY) -> int:
        until = live.now() + lasts
        send(commons.consents.functions.grant(brands[brand], purposes, 1 << DATA_CLASS, 1, until))
        return until

    return act


@pytest.fixture
def store(tmp_path: Path) -> EmbeddedStore:
    return EmbeddedStore(tmp_path / "blobs")


@pytest.fixture
def ledger(live: Chain, commons: Commons, accesses: Contract) -> ChainLedger:
    return ChainLedger(live, consents=commons.consents, datasets=commons.datasets, keys=commons.keys, accesses=accesses)


@pytest.fixture
def vault(
    live: Chain, local: LocalChain, commons: Commons, accesses: Contract, store: EmbeddedStore, tmp_path: Path
) -> Vault:
    gate = ChainGate(live, consents=commons.consents, datasets=commons.datasets, keys=commons.keys, accesses=accesses)
    alice = local.accounts[3].address
    return Vault(alice, Identity.generate(), store=store, folder=tmp_path / "vault", gate=gate)


@pytest.fixture
def dataset(vault: Vault, live: Chain, commons: Commons, send: Callable[..., Any]) -> DatasetId:
    """Alice's, sealed and minted."""
    sealed = vault.create([ClearFile("profile.json", "application/json", PROFILE)], data_class=DATA_CLASS)
    datasets = commons.datasets
    (minted,) = live.events(
        send(datasets.functions.mint(sealed.manifest_digest, DATA_CLASS)), datasets, "DatasetMinted"
    )
    dataset = DatasetId(live.chain_id, str(datasets.address), minted.args["datasetId"])
    vault.attach(sealed.manifest_digest, dataset)
    return dataset


@pytest.fixture
def publish(commons: Commons, send: Callable[..., Any]) -> Callable[[PreparedRotation], Any]:
    """The transaction that names a new epoch's manifest."""

    def act(prepared: PreparedRotation) -> Any:
        update = commons.datasets.functions.update
        return send(update(prepared.dataset.token_id, prepared.manifest_digest, prepared.key_epoch))

    return act


@pytest.fixture
def grantee(
    ledger: ChainLedger, store: EmbeddedStore, brands: tuple[str, str], keys: dict[int, Identity]
) -> Callable[[int], Grantee]:
    def made(number: int) -> Grantee:
        return Grantee(brands[number], keys[number + 1], ledger=ledger, store=store)

    return made


@pytest.fixture
def shared(
    vault: Vault, dataset: DatasetId, grant: Any, brands: tuple[str, str], keys: dict[int, Identity]
) -> DatasetId:
    """With both brands; both may read."""
    for number in (0, 1):
        grant(number)
        vault.share(dataset, brands[number], keys[number + 1].recipient)
    return dataset


def contents(opened: Any) -> list[bytes]:
    return [file.read() for file in opened.files]


# --- opening --------------------------------------------------------------------------------------------------------


def test_a_brand_opens_it_in_one_act(vault, shared, grantee):
    opened = grantee(0).open(vault, shared, purpose=PURPOSE)
    assert [(file.name, file.read()) for file in opened.files] == [("profile.json", PROFILE)]


def test_a_purpose_that_was_not_granted_is_named(vault, shared, grantee, live):
    with pytest.raises(KeyReleaseRefused) as caught:
        grantee(0).open(vault, shared, purpose=PURPOSE + 1)
    assert (caught.value.reason, caught.value.block) == (Refusal.PURPOSE_NOT_GRANTED.text, live.block_number())


def test_from_the_block_of_the_withdrawal_on_it_is_refused(vault, shared, grantee, send, commons, brands):
    mined = send(commons.consents.functions.withdrawAll(brands[0]))
    with pytest.raises(KeyReleaseRefused) as caught:
        grantee(0).open(vault, shared, purpose=PURPOSE)
    assert (caught.value.reason, caught.value.block) == (Refusal.NO_CONSENT.text, mined["blockNumber"])


def test_a_burned_dataset_is_named(vault, shared, grantee, send, commons):
    send(commons.datasets.functions.burn(shared.token_id))
    with pytest.raises(KeyReleaseRefused, match="does not exist any more"):
        grantee(0).open(vault, shared, purpose=PURPOSE)


def test_a_brand_with_another_ones_envelope_opens_nothing(vault, shared, grantee, brands, keys, ledger, store):
    """The bookshop got hold of the roastery's envelope: it is encrypted to another key, and names another grantee."""
    envelope = vault.keeper.kept(shared, brands[0]).envelope

    class Swapped:
        def release(self, *args, **options):
            return envelope

    other = Grantee(brands[1], keys[1], ledger=ledger, store=store)
    with pytest.raises(EnvelopeError, match="another one, with grantee"):
        other.open(Swapped(), shared, purpose=PURPOSE)


def test_an_older_manifest_from_the_store_is_found_out(vault, shared, grantee, ledger, publish, store, brands, keys):
    old = ledger.dataset(shared).manifest_digest
    kept = {digest: vault.open(digest).manifest for digest in (old,)}
    vault.rotate(shared, ledger, publish)

    class RolledBack:
        def __getattr__(self, name):
            return getattr(store, name)

        def get(self, cid):
            return store.get(kept[old].cid)

    rolled_back_store = Grantee(brands[0], keys[1], ledger=ledger, store=RolledBack())
    with pytest.raises(ManifestError, match="another manifest"):
        rolled_back_store.open(vault, shared, purpose=PURPOSE)


def test_a_manifest_that_contradicts_the_chain_is_found_out(vault, shared, grantee, send, commons, brands, keys):
    """Its owner published a manifest of epoch 1 as one of epoch 2."""
    wrong = vault.create([ClearFile("a", "text/plain", b"a")], data_class=DATA_CLASS, key_epoch=1)
    send(commons.datasets.functions.update(shared.token_id, wrong.manifest_digest, 2))
    key = vault.identity_of(wrong.manifest_digest)
    envelope = make_envelope(key, dataset=shared, key_epoch=2, grantee=brands[0], recipient=keys[1].recipient)
    vault.keeper.keep(envelope, customer=vault.customer, data_class=DATA_CLASS, recipient=keys[1].recipient)
    with pytest.raises(ManifestError, match="says key epoch 1 and data class 5, the chain says 2 and 5"):
        grantee(0).open(vault, shared, purpose=PURPOSE)


# --- readers --------------------------------------------------------------------------------------------------------


def test_the_readers_are_listed_with_what_they_may_read_for(vault, dataset, ledger, grant, brands, keys, live):
    until = grant(0, purposes=1 << PURPOSE | 1 << 7, lasts=1_000)
    vault.share(dataset, brands[0], keys[1].recipient)
    vault.share(dataset, brands[1], keys[2].recipient)
    readers = {reader.grantee: reader for reader in vault.readers(ledger)}
    may, may_not = readers[brands[0]], readers[brands[1]]
    assert (may.purposes, may.until, may.reason, may.may_read) == ((PURPOSE, 7), until, "", True)
    assert (may.dataset, may.data_class, may.key_epoch, may.access_id) == (dataset, DATA_CLASS, 1, None)
    assert may.block == live.block_number()
    assert (may_not.purposes, may_not.until, may_not.reason) == ((), None, Refusal.NO_CONSENT.text)


def test_a_consent_without_an_end_is_open(vault, dataset, ledger, send, commons, brands, keys):
    send(commons.consents.functions.grant(brands[0], 1 << PURPOSE, 1 << DATA_CLASS, 1, 0))
    vault.share(dataset, brands[0], keys[1].recipient)
    assert [(reader.until, reader.may_read) for reader in vault.readers(ledger)] == [(None, True)]


def test_a_dataset_of_another_contract_does_not_hide_the_readers_of_the_others(vault, shared, ledger, brands, keys):
    """As after a programme was deployed anew on the same chain: the vault still has what belonged to the old one."""
    elsewhere = dataclasses.replace(shared, contract=brands[1])
    vault.keeper.keep(
        make_envelope(keys[1], dataset=elsewhere, key_epoch=1, grantee=brands[0], recipient=keys[1].recipient),
        customer=vault.customer,
        data_class=DATA_CLASS,
        recipient=keys[1].recipient,
    )
    readers = vault.readers(ledger)
    assert sum(reader.may_read for reader in readers if reader.dataset == shared) == 2
    assert [reader.reason for reader in readers if reader.dataset == elsewhere] == [
        f"the dataset {elsewhere} is not of this chain and contract"
    ]


def test_a_reader_with_a_replaced_key_is_told(vault, shared, ledger, send, commons, brands):
    fresh = recipient_to_bytes(Identity.generate().recipient)
    send(commons.keys.functions.publish(fresh), by=1)
    reasons = {reader.grantee: reader.reason for reader in vault.readers(ledger, shared)}
    assert reasons == {brands[0]: "the envelope is for a key that the grantee has replaced", brands[1]: ""}


@pytest.mark.parametrize(
    ("act", "reason"),
    [
        (lambda commons, token: commons.datasets.functions.burn(token), "the dataset does not exist any more"),
        (
            lambda commons, token: commons.datasets.functions.update(token, b"\x12" * 32, 2),
            "the envelope is of key epoch 1, the dataset is in 2",
        ),
    ],
)
def test_readers_of_a_dataset_that_changed_are_told_why(vault, shared, ledger, send, commons, act, reason):
    send(act(commons, shared.token_id))
    assert [reader.reason for reader in vault.readers(ledger)] == [reason, reason]


# --- rotating -------------------------------------------------------------------------------------------------------


def test_who_may_still_read_opens_the_new_epoch_and_others_do_not(
    vault, shared, ledger, grantee, publish, send, commons, brands, keys, store
):
    kept = vault.release(shared, brands[1], purpose=PURPOSE, data_class=DATA_CLASS)
    send(commons.consents.functions.withdrawAll(brands[1]))
    rotated = vault.rotate(shared, ledger, publish)
    assert ledger.dataset(shared)[2:4] == (2, rotated.manifest_digest)
    assert contents(grantee(0).open(vault, shared, purpose=PURPOSE)) == [PROFILE]
    assert [(item[0], item[2]) for item in rotated.shut_out] == [(brands[1], Refusal.NO_CONSENT.text)]

    class Hoarder:
        def release(self, *args, **options):
            return kept

    with pytest.raises(EnvelopeError, match="keyEpoch 1"):
        grantee(1).open(Hoarder(), shared, purpose=PURPOSE)


def test_the_new_epoch_is_for_the_key_that_is_published_now(
    vault, shared, ledger, publish, send, commons, brands, store
):
    fresh = Identity.generate()
    send(commons.keys.functions.publish(recipient_to_bytes(fresh.recipient)), by=1)
    send(commons.keys.functions.revoke(), by=2)
    rotated = vault.rotate(shared, ledger, publish)
    assert (rotated.kept, rotated.shut_out[0][0]) == (((brands[0], None),), brands[1])
    opened = Grantee(brands[0], fresh, ledger=ledger, store=store).open(vault, shared, purpose=PURPOSE)
    assert contents(opened) == [PROFILE]


def test_it_goes_on_where_the_transaction_was_sent_and_not_seen(vault, shared, ledger, publish):
    def sent_and_gone(prepared: PreparedRotation) -> None:
        publish(prepared)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        vault.rotate(shared, ledger, sent_and_gone)
    rotated = vault.rotate(shared, ledger, lambda prepared: pytest.fail("it was published already"))
    assert contents(vault.open(rotated.manifest_digest)) == [PROFILE]


def test_a_dataset_that_moved_away_is_not_rotated(vault, shared, ledger, publish, send, commons, brands):
    datasets = commons.datasets.functions
    send(datasets.proposeMove(shared.token_id, brands[1]))
    send(datasets.acceptMove(shared.token_id), by=2)
    with pytest.raises(RotationError, match=f"belongs to {brands[1]}"):
        vault.rotate(shared, ledger, publish)


# --- erasing --------------------------------------------------------------------------------------------------------


def test_after_the_erasure_no_key_that_is_left_opens_a_copy(vault, shared, grantee, brands, keys, store, tmp_path):
    """Also not with the customer's and the brands' identities, on everything the vault, the keeper and the store left."""
    released = vault.release(shared, brands[0], purpose=PURPOSE, data_class=DATA_CLASS)
    manifest = vault.open(vault.keyring.current(shared).manifest_digest).manifest
    with store.get(manifest.files[0].cid) as blob:
        copy = blob.read(1 << 20)
    known = [vault._identity, *keys.values()]
    assert opened_by(keys_left([tmp_path], known), [copy]) == [PROFILE]
    shredded = vault.erase(shared)
    assert (len(shredded.envelopes), shredded.collected, store.has(manifest.files[0].cid)) == (2, True, False)
    assert opened_by(keys_left([tmp_path], known), [copy]) == []
    with pytest.raises(KeyReleaseRefused, match="shared no envelope"):
        grantee(0).open(vault, shared, purpose=PURPOSE)
    # What was released before is the brand's to keep: no erasure here reaches it.
    key = open_envelope(released, keys[1], dataset=shared, key_epoch=1, grantee=brands[0])
    assert opened_by([key], [copy]) == [PROFILE]


# --- paid accesses --------------------------------------------------------------------------------------------------


@pytest.fixture
def offer(live, accesses, commons, send) -> Callable[..., int]:
    """A brand's offer for a dataset."""

    def act(dataset: DatasetId, by: int = 1, purpose: int = PURPOSE) -> int:
        digest = live.call(commons.datasets.functions.datasetOf(dataset.token_id))[3]
        terms = Offer(
            dataset.token_id, live.now() + DAY, digest, price=PRICE, purpose=purpose, period=PERIOD, minimum=0
        )
        receipt = send(accesses.functions.offer(terms.to_tuple()), by=by, value=PRICE)
        (offered,) = live.events(receipt, accesses, "AccessOffered")
        return int(offered.args["accessId"])

    return act


@pytest.fixture
def paid(vault, dataset, offer, accesses, send, grant, brands, keys) -> int:
    """An accepted access of the first brand."""
    grant(0, purposes=1 << PURPOSE | 1 << 7)
    access_id = offer(dataset)
    envelope = vault.share(dataset, brands[0], keys[1].recipient, access_id=access_id)
    send(accesses.functions.accept(access_id, envelope.digest))
    return access_id


def test_it_is_opened_under_a_paid_access(vault, dataset, paid, grantee):
    assert contents(grantee(0).open(vault, dataset, purpose=PURPOSE, access_id=paid)) == [PROFILE]


def test_sharing_again_gives_the_accepted_envelope(vault, dataset, paid, grantee, brands, keys):
    vault.share(dataset, brands[0], keys[1].recipient, access_id=paid)
    assert contents(grantee(0).open(vault, dataset, purpose=PURPOSE, access_id=paid)) == [PROFILE]


def test_it_is_for_the_purpose_of_the_access_only(vault, dataset, paid, grantee):
    with pytest.raises(KeyReleaseRefused, match=f"for purpose {PURPOSE} only"):
        grantee(0).open(vault, dataset, purpose=7, access_id=paid)


def test_an_envelope_under_an_access_is_not_for_free(vault, dataset, paid, grantee):
    with pytest.raises(KeyReleaseRefused, match="name the access"):
        grantee(0).open(vault, dataset, purpose=PURPOSE)


def refusal(vault, grantee, dataset, access_id):
    with pytest.raises(KeyReleaseRefused) as caught:
        grantee.open(vault, dataset, purpose=PURPOSE, access_id=access_id)
    return caught.value.reason


def test_another_brands_access_is_refused(vault, dataset, paid, grant, grantee, brands, keys):
    grant(1)
    vault.share(dataset, brands[1], keys[2].recipient, access_id=paid)
    assert refusal(vault, grantee(1), dataset, paid) == "the access is another brand's"


def test_an_access_to_another_dataset_is_refused(vault, dataset, paid, grantee, brands, keys, send, commons):
    send(commons.datasets.functions.mint(b"\x44" * 32, DATA_CLASS))
    other = dataclasses.replace(
        dataset,
        token_id=int(commons.datasets.functions.datasetIdOf(vault.customer, b"\x44" * 32, DATA_CLASS).call()),
    )
    envelope = make_envelope(
        Identity.generate(), dataset=other, key_epoch=1, grantee=brands[0], recipient=keys[1].recipient
    )
    vault.keeper.keep(
        envelope, customer=vault.customer, data_class=DATA_CLASS, recipient=keys[1].recipient, access_id=paid
    )
    assert refusal(vault, grantee(0), other, paid) == "the access is to another dataset"


def test_an_offer_that_was_not_accepted_is_refused(vault, dataset, offer, grant, grantee, brands, keys):
    grant(0)
    access_id = offer(dataset)
    vault.share(dataset, brands[0], keys[1].recipient, access_id=access_id)
    assert refusal(vault, grantee(0), dataset, access_id) == Reason.NOT_ACCEPTED.text


def test_an_access_that_is_not_there_is_refused(vault, dataset, grant, grantee, brands, keys):
    grant(0)
    vault.share(dataset, brands[0], keys[1].recipient, access_id=12_345)
    assert refusal(vault, grantee(0), dataset, 12_345) == Reason.UNKNOWN_ACCESS.text


def test_without_a_contract_nothing_is_released_under_an_access(live, commons, vault, dataset, paid, grantee, brands):
    kept = vault.keeper.kept(dataset, brands[0], paid)
    gate = ChainGate(live, consents=commons.consents, datasets=commons.datasets, keys=commons.keys)
    verdict = gate.check(
        customer=kept.customer,
        grantee=brands[0],
        recipient=kept.recipient,
        purpose=PURPOSE,
        data_class=DATA_CLASS,
        dataset=dataset,
        key_epoch=1,
        access_id=paid,
    )
    assert (verdict.allowed, verdict.reason) == (False, Reason.UNKNOWN_ACCESS.text)


@pytest.mark.parametrize(
    ("end", "reason"),
    [
        (lambda live, accesses, commons, send, brand, access: send(accesses.functions.close(access)), Reason.CLOSED),
        (lambda live, accesses, commons, send, brand, access: live.sleep(PERIOD), Reason.PERIOD_OVER),
        (
            lambda live, accesses, commons, send, brand, access: send(
                commons.consents.functions.withdraw(brand, 1 << PURPOSE, 0)
            ),
            Reason.PURPOSE_NOT_GRANTED,
        ),
    ],
)
def test_when_it_ends_it_is_refused(
    vault, dataset, paid, grantee, live, accesses, commons, send, brands, ledger, end, reason
):
    end(live, accesses, commons, send, brands[0], paid)
    assert refusal(vault, grantee(0), dataset, paid) == reason.text
    (reader,) = vault.readers(ledger)
    assert (reader.access_id, reader.purposes, reader.reason) == (paid, (), reason.text)


def test_a_consent_that_was_interrupted_does_not_revive_it(
    vault, dataset, paid, grant, grantee, send, commons, brands, live
):
    """She consented again: for free sharing that would do; this access is over."""
    send(commons.consents.functions.withdrawAll(brands[0]))
    live.sleep(10)
    grant(0)
    assert refusal(vault, grantee(0), dataset, paid) == Reason.INTERRUPTED.text


def test_the_reader_under_an_access_is_listed_until_its_end(vault, dataset, paid, ledger, live, accesses):
    (reader,) = vault.readers(ledger)
    started = ledger.access(paid, live.block_number()).started_at
    assert (reader.purposes, reader.until, reader.access_id) == ((PURPOSE,), started + PERIOD, paid)


def test_the_consents_end_counts_if_it_is_earlier(vault, dataset, offer, accesses, send, grant, ledger, brands, keys):
    until = grant(0, lasts=DAY)
    access_id = offer(dataset)
    envelope = vault.share(dataset, brands[0], keys[1].recipient, access_id=access_id)
    send(accesses.functions.accept(access_id, envelope.digest))
    assert [reader.until for reader in vault.readers(ledger)] == [until]


def replace_envelope(vault, dataset, brand, recipient, access_id):
    """The owner puts another envelope in the place of the accepted one."""
    entry = vault.keyring.current(dataset)
    key = vault.identity_of(entry.manifest_digest)
    envelope = make_envelope(key, dataset=dataset, key_epoch=entry.key_epoch, grantee=brand, recipient=recipient)
    vault.keeper.keep(
        envelope, customer=vault.customer, data_class=DATA_CLASS, recipient=recipient, access_id=access_id
    )


def test_another_envelope_than_the_accepted_one_is_refused(vault, dataset, paid, grantee, brands, keys):
    replace_envelope(vault, dataset, brands[0], keys[1].recipient, paid)
    with pytest.raises(EnvelopeError, match="is not the one that the owner accepted"):
        grantee(0).open(vault, dataset, purpose=PURPOSE, access_id=paid)


def test_a_manifest_replaced_within_the_epoch_does_not_excuse_another_envelope(
    vault, dataset, paid, grantee, brands, keys, send, commons
):
    send(commons.datasets.functions.update(dataset.token_id, b"\x12" * 32, 1))
    replace_envelope(vault, dataset, brands[0], keys[1].recipient, paid)
    with pytest.raises(EnvelopeError, match="is not the one that the owner accepted"):
        grantee(0).open(vault, dataset, purpose=PURPOSE, access_id=paid)


def test_an_envelope_for_a_key_published_since_is_good(
    vault, dataset, paid, ledger, store, brands, send, commons, live
):
    live.sleep(60)
    fresh = Identity.generate()
    send(commons.keys.functions.publish(recipient_to_bytes(fresh.recipient)), by=1)
    vault.share(dataset, brands[0], fresh.recipient, access_id=paid)
    opened = Grantee(brands[0], fresh, ledger=ledger, store=store).open(vault, dataset, purpose=PURPOSE, access_id=paid)
    assert contents(opened) == [PROFILE]


def test_a_rotation_keeps_the_envelope_under_its_access(vault, dataset, paid, ledger, publish, grantee, brands, live):
    live.sleep(60)
    rotated = vault.rotate(dataset, ledger, publish)
    assert rotated.kept == ((brands[0], paid),)
    assert contents(grantee(0).open(vault, dataset, purpose=PURPOSE, access_id=paid)) == [PROFILE]


def test_a_rotation_before_the_acceptance_does_not_excuse_another_envelope(
    vault, dataset, ledger, publish, offer, accesses, send, grant, grantee, brands, keys, live
):
    grant(0)
    vault.rotate(dataset, ledger, publish)
    access_id = offer(dataset)
    envelope = vault.share(dataset, brands[0], keys[1].recipient, access_id=access_id)
    send(accesses.functions.accept(access_id, envelope.digest))
    assert contents(grantee(0).open(vault, dataset, purpose=PURPOSE, access_id=access_id)) == [PROFILE]
    replace_envelope(vault, dataset, brands[0], keys[1].recipient, access_id)
    with pytest.raises(EnvelopeError, match="is not the one that the owner accepted"):
        grantee(0).open(vault, dataset, purpose=PURPOSE, access_id=access_id)


def test_a_rotation_shuts_out_whose_access_ended(vault, dataset, paid, ledger, publish, send, accesses, brands):
    send(accesses.functions.close(paid))
    rotated = vault.rotate(dataset, ledger, publish)
    assert (rotated.kept, rotated.shut_out) == ((), ((brands[0], paid, Reason.CLOSED.text),))
    assert vault.keeper.envelopes() == []
