"""Notices as files.

given the example notices
├── they should be read, and their digest should be their CID
├── each text should be there in Thai and in English
└── version 2 should differ from version 1 in one purpose
given two versions
├── each part of a purpose's meaning should count as a change of that purpose alone
├── each part of a data class's meaning should count as a change of that class alone
├── who the controller is, and under which law, should count as a change of every purpose
├── names, order, addresses, e-mails and comments should be no change
├── a new and a removed purpose or class should count as changed
└── without a previous one, all that it names should count as changed
given what is on chain
├── the next version should be published with the masks worked out
├── another version, another previous file and a lost one should be refused
├── a lost one can be replaced by asking for everything again
└── what the contract refuses should be refused before
given a customer's snapshot (G13)
├── after a version that changes one purpose, that one alone should be asked again
├── after one that changes a data class, that one alone
├── a consent that has run out, or whose version is too old, should be asked again as far as it is still named
├── what she did not allow and has not changed should not be asked again
├── what is new should be named apart, with the classes that it uses
├── what is gone should be named, and not asked
├── what is changed back should be asked again, as the chain refuses it
├── whoever took everything back should be asked for nothing that has not changed since
└── another notice than the newest should be refused
given a file with something wrong
├── it should name the file, the key and the value
├── it should be no longer than a block, UTF-8, without aliases and not nested too deep
└── it should name nothing twice, nothing unknown and nothing unused
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.package.privacy.making import DIGEST, EXAMPLES, edited, example, published_by
from web3crm.domain.consent import DATA_CLASSES, EVERYTHING, PURPOSES, Notice, Notices, Refusal, Snapshot, why_not
from web3crm.errors import InputError, NoticeError
from web3crm.privacy.notices import NOTICE_LIMIT, Asks, asks, parse_notice, publication, read_notice, refusals
from web3crm.vault.cids import cid_of

ALL = sorted(str(path.relative_to(EXAMPLES)) for path in EXAMPLES.glob("*/*.yaml"))
SERVICE, RECOMMENDATIONS, MARKETING, RESEARCH = 1 << 0, 1 << 2, 1 << 4, 1 << 8
DEMOGRAPHIC, CONTACT, PURCHASES, PREFERENCES = 1 << 0, 1 << 2, 1 << 3, 1 << 5
COFFEE_PURPOSES = SERVICE | RECOMMENDATIONS | MARKETING | RESEARCH
COFFEE_CLASSES = DEMOGRAPHIC | CONTACT | PURCHASES | PREFERENCES


# --- the examples -----------------------------------------------------------------------------------------------------


def test_there_are_examples():
    assert ALL == ["bookshop/1.yaml", "coffee/1.yaml", "coffee/2.yaml"]


@pytest.mark.parametrize("name", ALL)
def test_an_example_is_read_and_its_digest_is_its_cid(name):
    path = EXAMPLES / name
    found = read_notice(path)
    assert (found.programme, str(found.version)) == (path.parent.name, path.stem)
    assert found.digest == hashlib.sha256(path.read_bytes()).digest()
    assert (found.cid, found.uri) == (cid_of(path.read_bytes()), f"ipfs://{cid_of(path.read_bytes())}")


@pytest.mark.parametrize("name", ALL)
def test_every_text_is_in_thai_and_in_english(name):
    found = read_notice(EXAMPLES / name)
    texts = [found.title, found.service, found.introduction, found.withdrawal, found.rights]
    texts += [text for item in (*found.purposes, *found.data_classes) for text in (item.title, item.text)]
    texts += [found.controller.name, found.controller.address, found.dpo.name]
    assert all(any("\u0e00" <= letter <= "\u0e7f" for letter in text.th) for text in texts)
    assert all(text.en.isascii() for text in texts)
    with pytest.raises(InputError, match="languages are th and en, got 'de'"):
        found.title["de"]


@pytest.mark.parametrize("name", ALL)
def test_the_usual_names_have_the_usual_bits_and_terms(name):
    found = read_notice(EXAMPLES / name)
    assert all((item.bit, item.term) == (PURPOSES[item.name].bit, PURPOSES[item.name].dpv) for item in found.purposes)
    classes = [(item.bit, item.term) for item in found.data_classes]
    assert classes == [(DATA_CLASSES[item.name].bit, DATA_CLASSES[item.name].dpv) for item in found.data_classes]


def test_version_2_changes_one_purpose():
    assert example("coffee", 2).changed_since(example("coffee", 1)) == (RECOMMENDATIONS, 0)


# --- what is a change -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("term: https://w3id.org/dpv#DirectMarketing", "term: https://w3id.org/dpv#Marketing"),
        ("en: News and offers", "en: Advertisements"),
        ("th: ส่งข่าวสารและโปรโมชัน,", "th: โฆษณา,"),
        ("at most twice a month", "every day"),
        ("ไม่เกินเดือนละสองครั้ง", "ทุกวัน"),
        ("data_classes: [contact, preferences]", "data_classes: [contact, preferences, purchases]"),
        (
            "[contact, preferences]\n    recipients: [cloud]",
            "[contact, preferences]\n    recipients: [cloud, research]",
        ),
        ("[contact, preferences]\n    recipients: [cloud]", "[contact, preferences]\n    recipients: []"),
        ("primary: false\n    data_classes: [contact", "primary: true\n    data_classes: [contact"),
        (
            "retention: 365d\n    stored_in: [TH, SG]\n    primary: false\n    data_classes: [contact",
            "retention: 366d\n    stored_in: [TH, SG]\n    primary: false\n    data_classes: [contact",
        ),
        (
            "retention: 365d\n    stored_in: [TH, SG]\n    primary: false\n    data_classes: [contact",
            "retention: 365d\n    stored_in: [TH]\n    primary: false\n    data_classes: [contact",
        ),
        (
            "#DirectMarketing\n    basis: https://w3id.org/dpv#ExplicitlyExpressedConsent",
            "#DirectMarketing\n    basis: https://w3id.org/dpv#ExpressedConsent",
        ),
    ],
)
def test_a_purposes_meaning_is_all_that_is_said_of_it(old, new):
    assert edited((old, new)).changed_since(example("coffee", 1)) == (MARKETING, 0)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("term: https://w3id.org/dpv/pd#Contact", "term: https://w3id.org/dpv/pd#EmailAddress"),
        ("pd#Contact\n    sensitivity: none", "pd#Contact\n    sensitivity: sensitive"),
        ("en: Contact details", "en: Contact"),
        ("อีเมลและหมายเลขโทรศัพท์ของคุณ", "อีเมลของคุณ"),
    ],
)
def test_a_data_classes_meaning_is_all_that_is_said_of_it(old, new):
    assert edited((old, new)).changed_since(example("coffee", 1)) == (0, CONTACT)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("en: Roastery Example Co., Ltd.", "en: Another Owner Co., Ltd."),
        ("jurisdiction: TH", "jurisdiction: SG"),
    ],
)
def test_another_controller_or_law_changes_every_purpose(old, new):
    assert edited((old, new)).changed_since(example("coffee", 1)) == (COFFEE_PURPOSES, 0)


@pytest.mark.parametrize(
    ("old", "new", "changed"),
    [
        ("en: Cloud Example Pte. Ltd.", "en: Other Cloud Ltd.", SERVICE | RECOMMENDATIONS | MARKETING),
        ("country: SG", "country: US", SERVICE | RECOMMENDATIONS | MARKETING),
        ("role: third_party", "role: processor", RESEARCH),
    ],
)
def test_another_recipient_changes_the_purposes_that_name_it(old, new, changed):
    assert edited((old, new)).changed_since(example("coffee", 1)) == (changed, 0)


@pytest.mark.parametrize(
    "changes",
    [
        [("# What the coffee brand", "# Whatever the coffee brand")],
        [("name: direct_marketing", "name: marketing")],
        [("data_classes: [contact, preferences]", "data_classes: [preferences, contact]")],
        [("phone: +66 2 555 0100", "phone: +66 2 555 0199")],
        [("dpo@roastery.example", "privacy-officer@roastery.example")],
        [("5 Example Road", "7 Example Road")],
        [("    name: contact\n", "    name: reach\n"), ("[contact, preferences]", "[reach, preferences]")],
        [("  cloud:\n", "  hosting:\n"), ("[cloud]", "[hosting]")],
        [("erasure_period: 30d", "erasure_period: 7d")],
    ],
)
def test_what_nobody_consented_to_is_no_change(changes):
    assert edited(*changes).changed_since(example("coffee", 1)) == (0, 0)


def test_what_is_new_or_removed_has_changed():
    one, bookshop = example("coffee", 1), example("bookshop", 1)
    assert edited(("  - bit: 8\n", "  - bit: 9\n")).changed_since(one) == (1 << 8 | 1 << 9, 0)
    removed = bookshop.changed_since(one)
    assert removed == one.changed_since(bookshop)
    assert removed == (COFFEE_PURPOSES, COFFEE_CLASSES)


def test_a_first_version_is_all_new():
    assert example("coffee", 1).changed_since(None) == (COFFEE_PURPOSES, COFFEE_CLASSES)


# --- publishing -------------------------------------------------------------------------------------------------------


def test_the_masks_are_worked_out():
    one, two = example("coffee", 1), example("coffee", 2)
    first = publication(one, None, Notices())
    assert first.args == (one.digest, one.uri, COFFEE_PURPOSES, COFFEE_CLASSES, 1, 30 * 86_400)
    second = publication(two, one, published_by(one))
    assert second.args == (two.digest, two.uri, RECOMMENDATIONS, 0, 1, 30 * 86_400)


def test_another_version_is_refused():
    one, two = example("coffee", 1), example("coffee", 2)
    with pytest.raises(NoticeError, match="the notice is version 2, and the next one on chain is 1"):
        publication(two, one, Notices())
    with pytest.raises(NoticeError, match="the notice is version 1, and the next one on chain is 2"):
        publication(one, None, published_by(one))


def test_another_previous_file_is_refused():
    one, two = example("coffee", 1), example("coffee", 2)
    with pytest.raises(NoticeError, match="the file of version 1, which is on chain, is needed"):
        publication(two, None, published_by(one))
    touched = edited(("# What", "# Which"))
    with pytest.raises(
        NoticeError, match=f"has the digest {touched.digest.hex()}, and the chain says {one.digest.hex()}"
    ):
        publication(two, touched, published_by(one))
    with pytest.raises(NoticeError, match="the previous file is version 1 of bookshop, not version 1 of coffee"):
        publication(two, example("bookshop", 1), published_by(example("bookshop", 1)))


def test_a_lost_previous_file_costs_asking_for_everything():
    found = publication(example("coffee", 2), None, published_by(example("coffee", 1)), everything=True)
    assert (found.changed_purposes, found.changed_data_classes) == (EVERYTHING, EVERYTHING)


def test_what_the_contract_refuses_is_refused_before():
    strict = published_by(example("coffee", 1)).publish(Notice(DIGEST, 0, 0, 2, 86_400, 0, ""))
    third = edited(("version: 1\n", "version: 3\n"))
    with pytest.raises(InputError, match="oldest acceptable version must be from 2 to 3, got 1"):
        publication(third, None, strict, everything=True)


# --- asking again -----------------------------------------------------------------------------------------------------


EVERYTHING_AT_COFFEE = Snapshot(COFFEE_PURPOSES, COFFEE_CLASSES, 1, 100, 1_000, 1)


def test_g13_a_new_version_asks_again_only_for_the_purpose_that_changed():
    one, two = example("coffee", 1), example("coffee", 2)
    chain = published_by(one, two)
    assert asks(two, chain, EVERYTHING_AT_COFFEE, at=200) == Asks(purposes=RECOMMENDATIONS)
    refused = {pair for pair, why in refusals(two, chain, EVERYTHING_AT_COFFEE, at=200).items() if why}
    assert refused == {(2, 0), (2, 3), (2, 5)}


def test_g13_a_new_version_asks_again_only_for_the_class_that_changed():
    one = example("coffee", 1)
    two = edited(("version: 1\n", "version: 2\n"), ("en: Contact details", "en: Contact"))
    chain = published_by(one, two)
    assert asks(two, chain, EVERYTHING_AT_COFFEE, at=200) == Asks(data_classes=CONTACT)
    refused = {pair for pair, why in refusals(two, chain, EVERYTHING_AT_COFFEE, at=200).items() if why}
    assert refused == {(4, 2)}


def test_a_consent_that_has_run_out_is_asked_again():
    one = example("coffee", 1)
    snapshot = Snapshot(SERVICE | 1 << 60, PURCHASES | 1 << 61, 1, 100, 1_000, 1)
    assert not asks(one, published_by(one), snapshot, at=999)
    found = asks(one, published_by(one), snapshot, at=1_000)
    assert (found.purposes, found.data_classes) == (SERVICE, PURCHASES)
    assert (found.gone_purposes, found.gone_data_classes) == (1 << 60, 1 << 61)


def test_a_consent_to_a_notice_that_is_too_old_is_asked_again():
    one = example("coffee", 1)
    two = edited(("version: 1\n", "version: 2\n"), ("oldest_acceptable: 1", "oldest_acceptable: 2"))
    assert two.changed_since(one) == (0, 0)
    found = asks(two, published_by(one, two), EVERYTHING_AT_COFFEE, at=200)
    assert (found.purposes, found.data_classes) == (COFFEE_PURPOSES, COFFEE_CLASSES)


def test_what_she_did_not_allow_and_means_the_same_is_not_asked():
    one, two = example("coffee", 1), example("coffee", 2)
    snapshot = Snapshot(SERVICE, DEMOGRAPHIC | PURCHASES | PREFERENCES, 1, 100, 0, 1)
    found = asks(two, published_by(one, two), snapshot, at=200)
    assert found == Asks(new_purposes=RECOMMENDATIONS)
    assert not found


def test_what_is_new_is_named_with_the_classes_that_it_uses():
    two, three = example("coffee", 2), edited(("version: 1\n", "version: 3\n"), ("  - bit: 4\n", "  - bit: 5\n"))
    chain = published_by(example("coffee", 1), two, three)
    snapshot = Snapshot(SERVICE, DEMOGRAPHIC | PURCHASES, 2, 100, 0, 1)
    found = asks(three, chain, snapshot, at=200)
    assert found == Asks(new_purposes=RECOMMENDATIONS | 1 << 5, new_data_classes=CONTACT | PREFERENCES)


def test_what_is_gone_is_named_and_not_asked():
    one, two = example("coffee", 1), edited(("version: 1\n", "version: 2\n"), ("  - bit: 4\n", "  - bit: 5\n"))
    found = asks(two, published_by(one, two), EVERYTHING_AT_COFFEE, at=200)
    assert found == Asks(new_purposes=1 << 5, gone_purposes=MARKETING)


def test_what_is_changed_back_is_asked_again_as_the_chain_refuses_it():
    one, two = example("coffee", 1), example("coffee", 2)
    three = edited(("version: 1\n", "version: 3\n"))
    chain = published_by(one, two, three)
    assert three.changed_since(one) == (0, 0)
    assert asks(three, chain, EVERYTHING_AT_COFFEE, at=200) == Asks(purposes=RECOMMENDATIONS)
    assert why_not(EVERYTHING_AT_COFFEE, chain, purpose=2, data_class=0, at=200) is Refusal.PURPOSE_CHANGED


def test_a_stranger_is_new_to_everything():
    one = example("coffee", 1)
    found = asks(one, published_by(one), Snapshot(), at=200)
    assert found == Asks(new_purposes=COFFEE_PURPOSES, new_data_classes=COFFEE_CLASSES)


@pytest.mark.parametrize("left", [(0, 0), (COFFEE_PURPOSES, 0), (0, COFFEE_CLASSES)])
def test_whoever_took_everything_back_is_left_in_peace(left):
    one, two = example("coffee", 1), example("coffee", 2)
    snapshot = Snapshot(*left, 1, 100, 0, 2)
    assert asks(one, published_by(one), snapshot, at=200) == Asks()
    found = asks(two, published_by(one, two), snapshot, at=200)
    assert found == Asks(new_purposes=RECOMMENDATIONS, new_data_classes=DEMOGRAPHIC | PURCHASES | PREFERENCES)


def test_another_notice_than_the_newest_is_refused():
    one, two = example("coffee", 1), example("coffee", 2)
    with pytest.raises(NoticeError, match="newest notice on chain is version 2, and not the one"):
        asks(one, published_by(one, two), Snapshot(), at=200)
    with pytest.raises(NoticeError, match="newest notice on chain is version 1, and not the one"):
        asks(edited(("# What", "# Which")), published_by(one), Snapshot(), at=200)


# --- what is wrong ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("version: 1", "version: 0", "version must be a whole number from 1"),
        ("version: 1", "version: one", "got 'one'"),
        ("programme: coffee", "programme: Coffee!", "programme must be a programme's short name"),
        ("jurisdiction: TH", "jurisdiction: Thailand", "jurisdiction must be a country's code.*got 'Thailand'"),
        ("erasure_period: 30d", "erasure_period: 91d", "erasure_period must be a duration from 1d to 90d.*got '91d'"),
        ("erasure_period: 30d", "erasure_period: 23h", "erasure_period must be a duration from 1d to 90d"),
        ("erasure_period: 30d", "erasure: 30d", "erasure_period is missing"),
        ("oldest_acceptable: 1", "oldest_acceptable: 2", "oldest_acceptable must be at most the version, 1, got 2"),
        ("  en: Roastery loyalty programme\n", "", "service.en is missing"),
        ("  th: โปรแกรมสมาชิก Roastery\n", "", "service.th is missing"),
        ("  en: Roastery loyalty programme\n", "  en: ''\n", "service.en must be text of 1 to 4000"),
        ("  en: Roastery loyalty programme\n", "  en: x\n  de: y\n", "service.de is not a known key"),
        ("email: dpo@roastery.example", "email: nobody", "dpo.email must be an e-mail address, got 'nobody'"),
        ("phone: +66 2 555 0101", "phone: 12", "dpo.phone must be a telephone number"),
        (
            "url: https://roastery.example/privacy/withdraw",
            "url: javascript:x",
            "withdrawal.url must be an address that starts with https://",
        ),
        (
            "url: https://roastery.example/privacy/rights",
            "url: data:text/html,x",
            "rights.url must be an address that starts with https://",
        ),
        (
            "url: https://roastery.example/\n",
            'url: "https://roastery.example/\\u202Egnp"\n',
            "controller.url must be an address that starts with https://",
        ),
        (
            "role: processor",
            "role: friend",
            "recipients.cloud.role must be one of: processor, third_party; got|got 'friend'",
        ),
        ("  cloud:\n", "  Cloud:\n", "a recipient's key is of a to z"),
        ("sensitivity: none", "sensitivity: low", r"data_classes\[0\].sensitivity must be one of"),
        ("https://w3id.org/dpv/pd#Demographic", "pd:Demographic", r"data_classes\[0\].term must be a term of the Data"),
        ("https://w3id.org/dpv#ServiceProvision", "https://evil.example/#x", r"purposes\[0\].term must be a term"),
        (
            "https://w3id.org/dpv#ExplicitlyExpressedConsent",
            "https://w3id.org/dpv#Contract",
            "must be a kind of consent",
        ),
        ("retention: 730d", "retention: forever", r"purposes\[0\].retention must be a duration"),
        ("stored_in: [TH, SG]", "stored_in: []", r"purposes\[0\].stored_in must be a list of countries"),
        ("stored_in: [TH, SG]", "stored_in: [TH, TH]", r"purposes\[0\].stored_in must be .* each one once"),
        ("stored_in: [TH, SG]", "stored_in: [TH, [SG]]", r"purposes\[0\].stored_in must be"),
        ("primary: true", "primary: yes", r"purposes\[0\].primary must be true or false, got 'yes'"),
        ("[demographic, purchases]", "[]", r"purposes\[0\].data_classes must be a list of names"),
        ("[demographic, purchases]", "[demographic, salary]", "purpose service uses the data class 'salary'"),
        ("recipients: [cloud]", "recipients: [cloud, moon]", "purpose service names the recipient 'moon'"),
        ("  - bit: 2\n    name: contact", "  - bit: 0\n    name: contact", "two data_classes have the bit 0"),
        (
            "  - bit: 2\n    name: rec",
            "  - bit: 64\n    name: rec",
            r"purposes\[1\].bit must be a whole number from 0 to 63",
        ),
        ("name: direct_marketing", "name: service", "two purposes have the name 'service'"),
        (
            "data_classes: [contact, preferences]",
            "data_classes: [preferences]",
            "no purpose uses the data class 'contact'",
        ),
        ("recipients: [research]", "recipients: []", "no purpose names the recipient 'research'"),
    ],
)
def test_what_is_wrong_is_named(old, new, message):
    with pytest.raises(InputError, match=f"notices/1.yaml: .*{message}"):
        edited((old, new), source="notices/1.yaml")


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path):
    with pytest.raises(InputError, match=r"nowhere.yaml cannot be read: No such file"):
        read_notice(tmp_path / "nowhere.yaml")


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda raw: raw + b"#" * NOTICE_LIMIT, f"more than {NOTICE_LIMIT} bytes"),
        (lambda raw: raw + b"\xff", "is not UTF-8 text"),
        (lambda raw: b"a: &a [x]\nb: *a\n" + raw, r"has no anchors and aliases, got \*a"),
        (lambda raw: b"[" * 50_000, "nested more than 12 deep"),
        (lambda raw: b"[" * 5, "not readable as YAML"),
        (lambda raw: b"- 1\n", "must be a mapping"),
        (lambda raw: b"", "must be a mapping"),
        (lambda raw: raw + b"version: 1\n", "'version' is there twice"),
        (lambda raw: raw.replace(b"en: Purchases", b'en: "Pur\\u202echases"'), "data_classes.2..title.en must be text"),
    ],
)
def test_a_malformed_file_is_refused(make: Callable[[bytes], bytes], message: str):
    raw = (EXAMPLES / "coffee" / "1.yaml").read_bytes()
    with pytest.raises(InputError, match=message):
        parse_notice(make(raw))
