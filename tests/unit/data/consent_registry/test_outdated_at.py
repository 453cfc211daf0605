"""ConsentRegistry.outdatedAt

given a brand that never published, or a version it has not published
└── it should be zero
given consents under the newest version, or under an older one that nothing has happened to
└── it should be zero
given consents under a version before
├── when the purpose changed in a later version
│   └── it should be that version's publication, for this purpose alone
├── when the data class changed in a later version
│   └── it should be that version's publication, for this data class alone
├── when the oldest acceptable version was raised above it
│   └── it should be that publication, for every purpose and data class, those above 63 too
├── when several of these happened
│   └── it should be the earliest, whichever it was
├── when a purpose changed again and again
│   └── it should be the first time after the version
└── when the oldest acceptable version was raised in steps
    └── it should be the first step above the version
given a change in the first version, or in the version itself
└── it should be zero
given several notices in the same second
└── it should be that second
given a consent
└── it should be zero exactly while whyNot says nothing of the notice
given another brand's notices
└── it should be as if there were none
given a brand with very many notices
├── it should cost a step more to ask for each doubling
└── it should cost far less than a block to publish one that changes everything
"""

from __future__ import annotations

import pytest
from brownie import MockBatcher

DAY = 86_400
EVERYTHING = 2**64 - 1


@pytest.fixture
def outdated_at(consents, brand):
    return lambda version, purpose=0, data_class=0: consents.outdatedAt(brand, version, purpose, data_class)


@pytest.fixture
def published(publish, chain):
    """Publishes some time after whatever came before; returns when."""

    def act(**changes):
        chain.sleep(100)
        return publish(**changes).timestamp

    return act


def test_is_zero_if_the_brand_never_published(outdated_at):
    assert outdated_at(0) == 0
    assert outdated_at(1) == 0


@pytest.mark.parametrize("version", [0, 3, 4, 2**32 - 1])
def test_is_zero_for_versions_that_do_not_exist_or_are_the_newest(publish, outdated_at, version):
    publish(changed_purposes=EVERYTHING, changed_data_classes=EVERYTHING, oldest=1)
    publish(changed_purposes=EVERYTHING, changed_data_classes=EVERYTHING, oldest=2)
    publish(changed_purposes=EVERYTHING, changed_data_classes=EVERYTHING, oldest=3)

    assert outdated_at(version) == 0


def test_is_zero_if_nothing_has_happened(publish, outdated_at):
    publish(oldest=1)
    publish(changed_purposes=2, changed_data_classes=2, oldest=1)

    assert outdated_at(1) == 0


@pytest.mark.parametrize("bit", [0, 7, 8, 31, 63])
def test_is_when_the_purpose_changed(publish, published, outdated_at, bit):
    publish()
    at = published(changed_purposes=1 << bit)
    publish()

    assert [outdated_at(version, bit) for version in (1, 2, 3)] == [at, 0, 0]
    assert [outdated_at(1, other, bit) for other in range(65) if other != bit] == [0] * 64


@pytest.mark.parametrize("bit", [0, 7, 8, 31, 63])
def test_is_when_the_data_class_changed(publish, published, outdated_at, bit):
    publish()
    at = published(changed_data_classes=1 << bit)
    publish()

    assert [outdated_at(version, 0, bit) for version in (1, 2, 3)] == [at, 0, 0]
    assert [outdated_at(1, bit, other) for other in range(65) if other != bit] == [0] * 64


@pytest.mark.parametrize("bit", [0, 63, 64, 255])
def test_is_when_the_oldest_acceptable_was_raised(publish, published, outdated_at, bit):
    publish(oldest=1)
    publish(oldest=1)
    at = published(oldest=2)
    publish(oldest=2)

    assert [outdated_at(version, bit, bit) for version in (1, 2, 3, 4)] == [at, 0, 0, 0]


@pytest.mark.parametrize(
    "changes",
    [
        ({"changed_purposes": 1}, {"changed_data_classes": 1}, {"oldest": 2}),
        ({"changed_data_classes": 1}, {"oldest": 2}, {"changed_purposes": 1, "oldest": 2}),
        ({"oldest": 2}, {"changed_purposes": 1, "oldest": 2}, {"changed_data_classes": 1, "oldest": 2}),
        ({"changed_purposes": 1, "changed_data_classes": 1, "oldest": 2}, {"oldest": 3}, {"oldest": 4}),
    ],
    ids=["the purpose", "the data class", "the oldest acceptable", "all at once"],
)
def test_is_the_earliest(publish, published, outdated_at, changes):
    publish()
    times = [published(**change) for change in changes]

    assert outdated_at(1) == times[0]


def test_is_the_first_change_after_the_version(publish, published, outdated_at):
    publish()
    times = [published(changed_purposes=number % 2) for number in range(9)]

    assert [outdated_at(version) for version in range(1, 11)] == [
        times[1],
        times[1],
        times[3],
        times[3],
        times[5],
        times[5],
        times[7],
        times[7],
        0,
        0,
    ]


def test_is_the_first_step_above_the_version(publish, published, outdated_at):
    publish(oldest=1)
    publish(oldest=1)
    times = [published(oldest=oldest) for oldest in (2, 2, 4, 4, 7)]

    assert [outdated_at(version) for version in range(1, 8)] == [
        times[0],
        times[2],
        times[2],
        times[4],
        times[4],
        times[4],
        0,
    ]


def test_the_first_version_outdates_nothing(publish, outdated_at):
    publish(changed_purposes=EVERYTHING, changed_data_classes=EVERYTHING, oldest=1)
    publish(oldest=1)

    assert [outdated_at(version) for version in (0, 1, 2)] == [0, 0, 0]


def test_a_version_does_not_outdate_itself(publish, outdated_at):
    publish()
    publish(changed_purposes=1, changed_data_classes=1, oldest=2)
    publish(oldest=2)

    assert outdated_at(2) == 0


def test_is_the_second_of_several_notices(consents, brand, outdated_at, alice, deployer):
    batcher = deployer.deploy(MockBatcher)
    calls = [
        (consents, 0, consents.publishNotice.encode_input(b"\x11" * 32, "", changed, 0, 0, 30 * DAY))
        for changed in (0, 1, 1, 0)
    ]
    at = batcher.executeAll(calls, {"from": alice}).timestamp

    assert [consents.outdatedAt(batcher, version, 0, 0) for version in (1, 2, 3, 4)] == [at, at, 0, 0]


@pytest.mark.parametrize(
    ("change", "refusal"),
    [({}, 0), ({"oldest": 2}, 5), ({"changed_purposes": 1}, 6), ({"changed_data_classes": 1}, 7), ({"oldest": 1}, 0)],
    ids=["nothing", "too old", "purpose", "data class", "still good"],
)
def test_agrees_with_why_not(publish, published, consents, outdated_at, alice, brand, change, refusal):
    publish()
    consents.grant(brand, 1, 1, 1, 0, {"from": alice})
    at = published(**change)

    assert consents.whyNot(alice, brand, 0, 0) == refusal
    assert outdated_at(1) == (at if refusal else 0)


def test_does_not_mix_brands(publish, outdated_at, stranger):
    publish()
    publish()
    publish(by=stranger)
    publish(changed_purposes=1, changed_data_classes=1, oldest=2, by=stranger)

    assert outdated_at(1) == 0


@pytest.fixture
def cost_after(publish, consents, brand, relayer):
    """What asking costs after so many notices that each change everything that is asked for."""

    def ask(first, last):
        for oldest in range(first, last + 1):
            publish(changed_purposes=1, changed_data_classes=1, oldest=oldest)
        return consents.outdatedAt.estimate_gas(brand, last // 2, 0, 0, {"from": relayer})

    return ask


@pytest.mark.gas
def test_costs_little_to_ask_after_very_many(cost_after):
    few, many = cost_after(1, 32), cost_after(33, 128)

    # Four times as many are two more steps in each of three histories; a step reads a word.
    assert many - few <= 3 * 2 * 2_600


@pytest.mark.gas
def test_publishing_a_change_of_everything_stays_far_below_a_block(publish):
    publish()

    receipt = publish(changed_purposes=EVERYTHING, changed_data_classes=EVERYTHING, oldest=2)

    assert receipt.gas_used <= 6_500_000
