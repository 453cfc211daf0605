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
    def keep(key_epoch=1, grantee=roastery):
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


def test_forgetting_a_dataset_forgets_every_grantee(keeper, keep, dataset, roastery, bookshop):
    keep()
    keep(grantee=bookshop)
    assert keeper.forget(dataset) == 2
    assert keeper.envelopes() == []


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


def test_one_grantee_is_forgotten_though_files_are_damaged(keeper, keep, dataset, roastery, bookshop, tmp_path):
    keep()
    keep(grantee=bookshop)
    for path in (tmp_path / "keeper").iterdir():
        path.write_text("{")
    assert (keeper.forget(dataset, roastery), keeper.forget(dataset, roastery)) == (1, 0)
    assert len(list((tmp_path / "keeper").iterdir())) == 1
