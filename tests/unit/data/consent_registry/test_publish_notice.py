"""ConsentRegistry.publishNotice

given any address, which becomes a brand by publishing
├── when the digest is zero
│   └── it should revert
├── when the oldest acceptable version is lower than before, or higher than the new version
│   └── it should revert
├── when the erasure period is under a day or over 90 days
│   └── it should revert
└── when all is well
    ├── it should take the next version
    ├── it should keep the notice
    ├── it should remember for each changed bit the version that changed it, and leave its neighbours alone
    ├── it should emit NoticePublished
    └── it should leave other brands alone
given a version that was never published
└── noticeOf should revert
given a brand that is a contract
└── it should publish through it
given an address that never published
└── it should have 30 days for an erasure
"""

from __future__ import annotations

import pytest

from tests.support.reverting import reverts

DAY = 86_400
DIGEST = b"\x11" * 32


def test_reverts_without_a_digest(publish):
    with reverts("ConsentRegistry_EmptyDigest"):
        publish(digest=b"\x00" * 32)


def test_reverts_if_the_oldest_acceptable_goes_back(publish):
    publish()
    publish(oldest=2)

    with reverts("ConsentRegistry_OldestAcceptableOutOfRange", 1, 2, 3):
        publish(oldest=1)


def test_reverts_if_the_oldest_acceptable_is_to_come(publish):
    with reverts("ConsentRegistry_OldestAcceptableOutOfRange", 2, 0, 1):
        publish(oldest=2)


@pytest.mark.parametrize("period", [0, DAY - 1, 90 * DAY + 1])
def test_reverts_on_an_erasure_period_out_of_range(publish, period):
    with reverts("ConsentRegistry_ErasurePeriodOutOfRange", period, DAY, 90 * DAY):
        publish(period=period)


@pytest.mark.parametrize("period", [DAY, 90 * DAY])
def test_accepts_the_shortest_and_the_longest_erasure_period(publish, consents, brand, period):
    publish(period=period)

    assert consents.noticeState(brand) == (1, 0, period)


def test_takes_the_next_version(publish, consents, brand):
    publish()
    receipt = publish(oldest=2, period=7 * DAY)

    assert receipt.return_value == 2
    assert consents.noticeState(brand) == (2, 2, 7 * DAY)


def test_keeps_the_notice(publish, consents, brand):
    receipt = publish(changed_purposes=5, changed_data_classes=2**63, oldest=1)

    assert consents.noticeOf(brand, 1) == (
        "0x" + DIGEST.hex(),
        5,
        2**63,
        1,
        30 * DAY,
        receipt.timestamp,
        "ipfs://notice",
    )


@pytest.mark.parametrize("bit", [0, 7, 8, 31, 56, 63])
def test_remembers_what_changed(publish, consents, brand, bit):
    publish(changed_purposes=2**64 - 1, changed_data_classes=2**64 - 1)
    publish(changed_purposes=1 << bit, changed_data_classes=1 << 63 - bit)

    purposes = [consents.purposeChangedIn(brand, each) for each in range(65)]
    data_classes = [consents.dataClassChangedIn(brand, each) for each in range(65)]

    assert purposes == [2 if each == bit else 1 for each in range(64)] + [0]
    assert data_classes == [2 if each == 63 - bit else 1 for each in range(64)] + [0]


def test_emits_notice_published(publish, brand):
    event = publish(changed_purposes=5, changed_data_classes=6, oldest=1).events["NoticePublished"]

    assert dict(event) == {
        "brand": brand,
        "version": 1,
        "digest": "0x" + DIGEST.hex(),
        "uri": "ipfs://notice",
        "changedPurposes": 5,
        "changedDataClasses": 6,
        "oldestAcceptable": 1,
        "erasurePeriod": 30 * DAY,
    }


def test_leaves_other_brands_alone(publish, consents, stranger):
    publish(changed_purposes=1, oldest=1, period=7 * DAY)

    assert consents.noticeState(stranger) == (0, 0, 30 * DAY)
    assert consents.purposeChangedIn(stranger, 0) == 0


@pytest.mark.parametrize("version", [0, 2])
def test_notice_of_reverts_on_an_unknown_version(publish, consents, brand, version):
    publish()

    with reverts("ConsentRegistry_UnknownNotice", brand, version):
        consents.noticeOf(brand, version)


def test_an_address_without_notices_has_thirty_days(consents, stranger):
    assert consents.noticeState(stranger) == (0, 0, 30 * DAY)


def test_a_contract_can_be_a_brand(consents, wallet, alice):
    arguments = (DIGEST, "ipfs://notice", 1, 1, 1, 7 * DAY)

    wallet.execute(consents, consents.publishNotice.encode_input(*arguments), {"from": alice})

    assert consents.noticeState(wallet) == (1, 1, 7 * DAY)
