"""The keeper of envelopes.

given an envelope that is kept
├── when the chain allows the purpose and the data class
│   └── it should be released, and the chain should have been asked exactly that, every time
├── when the chain refuses
│   └── it should be refused with the chain's reason and block
├── when the chain does not answer, or answers anything but a plain yes
│   └── it should not be released
├── when the request names another data class than the dataset's
│   └── it should be refused without asking
├── when the grantee is another one
│   └── it should be refused
├── when it was shared under a paid access
│   ├── it should be released only to whoever names that access, and the chain should be asked about it
│   └── it should lie beside those of other accesses, and go with the grantee's others
├── when its file is of a version before paid accesses
│   └── it should be read as before
├── when a newer epoch is kept
│   └── it should replace the older, never the other way round
└── when it is forgotten
    ├── it should be refused, also though the chain allows it
    └── it should be gone, also though files are damaged
"""

from __future__ import annotations

import json
import shutil
import stat
from hashlib import sha256

import pytest

from web3crm.errors import ChainError, EnvelopeError, InputError, KeyReleaseRefused
from web3crm.vault import EnvelopeKeeper, Identity, Verdict, make_envelope

DEMOGRAPHIC = 3
RESEARCH = 5


@pytest.fixture
def keeper(tmp_path, gate):
    return EnvelopeKeeper(tmp_path / "keeper", gate)


@pytest.fixture
def keep(keeper, dataset, roastery, roastery_identity, alice_wallet):
    def keep(key_epoch=1, grantee=roastery, access_id=None):
        envelope = make_envelope(
            Identity.generate(),
            dataset=dataset,
            key_epoch=key_epoch,
            grantee=grantee,
            recipient=roastery_identity.recipient,
        )
        keeper.keep(
            envelope,
            customer=alice_wallet.address,
            data_class=DEMOGRAPHIC,
            recipient=roastery_identity.recipient,
            access_id=access_id,
        )
        return envelope

    return keep


def test_an_allowed_envelope_is_released(keeper, keep, dataset, roastery):
    envelope = keep()
    assert keeper.release(dataset, roastery, purpose=RESEARCH, data_class=DEMOGRAPHIC) == envelope


def test_the_chain_is_asked_for_exactly_this(keeper, keep, gate, dataset, roastery, roastery_identity, alice_wallet):
    keep(key_epoch=4)
    keeper.release(dataset, roastery, purpose=RESEARCH, data_class=DEMOGRAPHIC)
    assert gate.asked == [
        {
            "customer": alice_wallet.address,
            "grantee": roastery,
            "recipient": roastery_identity.recipient,
            "purpose": RESEARCH,
            "data_class": DEMOGRAPHIC,
            "dataset": dataset,
            "key_epoch": 4,
            "access_id": None,
        }
    ]


def test_the_chain_is_asked_every_time(keeper, keep, gate, dataset, roastery):
    keep()
    keeper.release(dataset, roastery, purpose=RESEARCH, data_class=DEMOGRAPHIC)
    gate.verdict = Verdict(False, "the consent was withdrawn", 8)
    with pytest.raises(KeyReleaseRefused, match="withdrawn"):
        keeper.release(dataset, roastery, purpose=RESEARCH, data_class=DEMOGRAPHIC)


def test_a_refusal_names_reason_and_block(keeper, keep, gate, dataset, roastery):
    keep()
    gate.verdict = Verdict(False, "the consent does not cover purpose 5", 1234)
    with pytest.raises(KeyReleaseRefused) as caught:
        keeper.release(dataset, roastery, purpose=RESEARCH, data_class=DEMOGRAPHIC)
    assert caught.value.reason == "the consent does not cover purpose 5"
    assert caught.value.block == 1234
    assert roastery in str(caught.value)
    assert "as of block 1234" in str(caught.value)


def test_a_refusal_without_words_has_a_reason_all_the_same(keeper, keep, gate, dataset, roastery):
    keep()
    gate.verdict = Verdict(False)
    with pytest.raises(KeyReleaseRefused, match="does not cover"):
        keeper.release(dataset, roastery, purpose=RESEARCH, data_class=DEMOGRAPHIC)


def test_no_answer_is_no_release(keeper, keep, gate, dataset, roastery):
    keep()
    gate.verdict = ChainError("the node does not answer")
    with pytest.raises(ChainError, match="does not answer"):
        keeper.release(dataset, roastery, purpose=RESEARCH, data_class=DEMOGRAPHIC)


@pytest.mark.parametrize("allowed", [None, 0, 1, "yes", "0x"])
def test_anything_but_a_plain_yes_is_no_release(keeper, keep, gate, dataset, roastery, allowed):
    keep()
    gate.verdict = Verdict(allowed)
    with pytest.raises(KeyReleaseRefused):
        keeper.release(dataset, roastery, purpose=RESEARCH, data_class=DEMOGRAPHIC)


def test_a_consent_for_one_class_opens_no_dataset_of_another(keeper, keep, gate, dataset, roastery):
    keep()
    with pytest.raises(KeyReleaseRefused, match="data class 3, the request names 4"):
        keeper.release(dataset, roastery, purpose=RESEARCH, data_class=4)
    assert gate.asked == []


def test_another_brand_gets_nothing(keeper, keep, dataset, bookshop):
    keep()
    with pytest.raises(KeyReleaseRefused, match="shared no envelope"):
        keeper.release(dataset, bookshop, purpose=RESEARCH, data_class=DEMOGRAPHIC)


@pytest.mark.parametrize("bit", [-1, 64, True, "5", None])
@pytest.mark.parametrize("name", ["purpose", "data_class"])
def test_purposes_and_classes_are_bits(keeper, keep, dataset, roastery, name, bit):
    keep()
    with pytest.raises(InputError, match="0 to 63"):
        keeper.release(dataset, roastery, **{"purpose": RESEARCH, "data_class": DEMOGRAPHIC, name: bit})


def test_a_newer_epoch_replaces_an_older(keeper, keep, dataset, roastery):
    keep(key_epoch=1)
    newer = keep(key_epoch=2)
    assert keeper.release(dataset, roastery, purpose=RESEARCH, data_class=DEMOGRAPHIC) == newer
    assert [kept.envelope for kept in keeper.envelopes()] == [newer]


def test_an_older_epoch_replaces_nothing(keeper, keep, dataset, roastery):
    newer = keep(key_epoch=2)
    with pytest.raises(EnvelopeError, match="newer than 1"):
        keep(key_epoch=1)
    assert keeper.release(dataset, roastery, purpose=RESEARCH, data_class=DEMOGRAPHIC) == newer


def test_a_forgotten_envelope_is_not_released(keeper, keep, dataset, roastery):
    keep()
    assert keeper.forget(dataset, roastery) == 1
    with pytest.raises(KeyReleaseRefused, match="shared no envelope"):
        keeper.release(dataset, roastery, purpose=RESEARCH, data_class=DEMOGRAPHIC)


def test_forgetting_one_grantee_leaves_the_other(keeper, keep, dataset, roastery, bookshop):
    keep()
    kept = keep(grantee=bookshop)
    keeper.forget(dataset, roastery)
    assert [held.envelope for held in keeper.envelopes()] == [kept]


def test_kept_files_are_private(keep, tmp_path):
    keep()
    assert {stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "keeper").iterdir()} == {0o600}


def test_a_file_under_another_name_is_told(keeper, keep, dataset, roastery, bookshop, tmp_path):
    keep()
    first = next((tmp_path / "keeper").iterdir())
    keep(grantee=bookshop)
    other = next(path for path in (tmp_path / "keeper").iterdir() if path != first)
    shutil.copy(first, other)
    with pytest.raises(EnvelopeError, match="another dataset or grantee"):
        keeper.release(dataset, bookshop, purpose=RESEARCH, data_class=DEMOGRAPHIC)


@pytest.mark.parametrize("document", ["", "[]", "{}", json.dumps({"envelope": {}})])
def test_a_damaged_file_is_told(keeper, keep, dataset, roastery, tmp_path, document):
    keep()
    next((tmp_path / "keeper").iterdir()).write_text(document)
    with pytest.raises(EnvelopeError, match="damaged"):
        keeper.release(dataset, roastery, purpose=RESEARCH, data_class=DEMOGRAPHIC)


@pytest.mark.parametrize(
    "change",
    [
        {"customer": 5},
        {"customer": "0x" + "ab" * 20},
        {"dataClass": "3"},
        {"dataClass": 64},
        {"recipient": 5},
        {"recipient": "age1"},
        {"accessId": 5},
    ],
)
def test_a_file_with_a_wrong_value_is_told_and_the_chain_is_not_asked(
    keeper, keep, gate, dataset, roastery, tmp_path, change
):
    keep()
    (path,) = (tmp_path / "keeper").iterdir()
    path.write_text(json.dumps({**json.loads(path.read_text()), **change}))
    assert keeper.survey(dataset) == ([], [path])
    with pytest.raises(EnvelopeError, match="damaged"):
        keeper.release(dataset, roastery, purpose=RESEARCH, data_class=DEMOGRAPHIC)
    assert gate.asked == []


def test_one_grantee_is_forgotten_though_files_are_damaged(keeper, keep, dataset, roastery, bookshop, tmp_path):
    keep()
    keep(grantee=bookshop)
    for path in (tmp_path / "keeper").iterdir():
        path.write_text("{")
    assert (keeper.forget(dataset, roastery), keeper.forget(dataset, roastery)) == (1, 0)
    assert len(list((tmp_path / "keeper").iterdir())) == 1


# --- paid accesses --------------------------------------------------------------------------------------------------

ACCESS = 2**255 + 7


def test_an_envelope_under_an_access_is_released_under_it(keeper, keep, gate, dataset, roastery):
    envelope = keep(access_id=ACCESS)
    released = keeper.release(dataset, roastery, purpose=RESEARCH, data_class=DEMOGRAPHIC, access_id=ACCESS)
    assert (released, gate.asked[0]["access_id"]) == (envelope, ACCESS)


def test_an_access_that_ended_is_named_as_the_reason(keeper, keep, gate, dataset, roastery):
    keep(access_id=ACCESS)
    gate.verdict = Verdict(False, "the time that was paid for is over", 8)
    with pytest.raises(KeyReleaseRefused, match="paid for is over"):
        keeper.release(dataset, roastery, purpose=RESEARCH, data_class=DEMOGRAPHIC, access_id=ACCESS)


@pytest.mark.parametrize(
    ("kept", "asked", "reason"),
    [
        (ACCESS, None, "without a paid access: name the access"),
        (ACCESS, ACCESS + 1, f"under access {ACCESS + 1}"),
        (None, ACCESS, f"under access {ACCESS}"),
    ],
)
def test_an_envelope_is_not_released_under_another_access(keeper, keep, gate, dataset, roastery, kept, asked, reason):
    keep(access_id=kept)
    with pytest.raises(KeyReleaseRefused, match=reason):
        keeper.release(dataset, roastery, purpose=RESEARCH, data_class=DEMOGRAPHIC, access_id=asked)
    assert gate.asked == []


def test_envelopes_of_several_accesses_lie_beside_each_other(keeper, keep, dataset, roastery):
    kept = [keep(), keep(access_id=0), keep(access_id=ACCESS)]
    assert [(held.envelope, held.access_id) for held in keeper.envelopes()] == [
        *zip(kept, [None, 0, ACCESS], strict=True)
    ]
    assert keeper.kept(dataset, roastery, 0).envelope == kept[1]


def test_forgetting_one_access_leaves_the_others(keeper, keep, dataset, roastery):
    keep()
    keep(access_id=ACCESS)
    assert keeper.forget(dataset, roastery, ACCESS) == 1
    assert [held.access_id for held in keeper.envelopes()] == [None]


def test_forgetting_a_grantee_forgets_all_of_hers(keeper, keep, dataset, roastery, bookshop):
    for access_id in (None, 0, ACCESS):
        keep(access_id=access_id)
    kept = keep(grantee=bookshop)
    assert keeper.forget(dataset, roastery) == 3
    assert [held.envelope for held in keeper.envelopes()] == [kept]


def test_destroying_one_without_an_access_leaves_those_with_one(keeper, keep, dataset, roastery):
    keep()
    keep(access_id=ACCESS)
    keeper.destroy(keeper.kept(dataset, roastery))
    assert [held.access_id for held in keeper.envelopes()] == [ACCESS]


def test_a_file_moved_to_another_access_is_told(keeper, keep, dataset, roastery, tmp_path):
    keep(access_id=ACCESS)
    (path,) = (tmp_path / "keeper").iterdir()
    path.rename(path.with_name(f"{path.name[:64]}-{1:064x}.json"))
    with pytest.raises(EnvelopeError, match="another dataset or grantee"):
        keeper.release(dataset, roastery, purpose=RESEARCH, data_class=DEMOGRAPHIC, access_id=1)


def test_a_file_of_an_older_version_is_read_as_before(keeper, keep, gate, dataset, roastery, tmp_path):
    """As it was written before there were paid accesses: without the field, under the name it always had."""
    envelope = keep()
    (path,) = (tmp_path / "keeper").iterdir()
    assert json.loads(path.read_text()).keys() == {"customer", "dataClass", "recipient", "envelope"}
    assert path.stem == sha256(f"{dataset} {roastery}".encode()).hexdigest()
    assert keeper.release(dataset, roastery, purpose=RESEARCH, data_class=DEMOGRAPHIC) == envelope


@pytest.mark.parametrize("access_id", [-1, 2**256, True, "7", 1.0])
def test_access_ids_are_whole_numbers_of_256_bits(keeper, keep, dataset, roastery, access_id):
    with pytest.raises(InputError, match=r"below 2\*\*256"):
        keeper.release(dataset, roastery, purpose=RESEARCH, data_class=DEMOGRAPHIC, access_id=access_id)
    with pytest.raises(InputError, match=r"below 2\*\*256"):
        keep(access_id=access_id)


@pytest.mark.parametrize("access_id", [7, "-1", "07", "0x7", "", str(2**256), []])
def test_a_damaged_access_id_is_told(keeper, keep, dataset, roastery, tmp_path, access_id):
    keep(access_id=7)
    (path,) = (tmp_path / "keeper").iterdir()
    path.write_text(json.dumps({**json.loads(path.read_text()), "accessId": access_id}))
    with pytest.raises(EnvelopeError, match="damaged"):
        keeper.release(dataset, roastery, purpose=RESEARCH, data_class=DEMOGRAPHIC, access_id=7)
    assert keeper.survey(dataset) == ([], [path])
