"""What the acts on consent are made of.

given purposes or data classes as words
├── names, numbers and `all` should be those of the notice
├── what the notice does not name should be refused, and what it has be said
└── without its text, numbers alone should be understood
given a withdrawal
├── numbers should need no notice, no text and no blob store
└── names should be those of the notice that she consented to
given a notice's text
└── what is consented to should be shown in the chosen language
given what is asked
├── each kind should have its line, and the act that says yes should keep what she allows
└── nothing should be said to be nothing
given a notice's file to publish
├── its file should be stored first, and what has changed be sent
├── one of another programme, and a store that calls it something else, should be refused before anything is sent
├── the previous file should be the one named, the one beside, or the one with the digest on chain
└── another version on chain than the file's should be said, as somebody else published at the same time
given a store that lacks a text, or is not there
├── the folder should serve
└── without either, both should be named
"""

from __future__ import annotations

import io
from dataclasses import dataclass, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.package.privacy.making import EXAMPLES, edited, example, notices_on_chain, published_by
from web3crm.cli import notices as module
from web3crm.cli.notices import (
    asked_lines,
    chosen,
    document_lines,
    grant_command,
    one,
    publish,
    show_text,
    text_lines,
    withdrawn,
)
from web3crm.domain import Role
from web3crm.domain.consent import Snapshot
from web3crm.errors import BlobStoreUnreachable, ChainError, InputError, NoticeError
from web3crm.privacy.notices import asks
from web3crm.vault import EmbeddedStore

ONE = example("coffee", 1)
CUSTOMER = "0x90F79bf6EB2c4f870365E785982E1f101E93b906"


@pytest.mark.parametrize(
    ("text", "bits"),
    [
        ("service", 1),
        ("service,recommendations", 5),
        ("service, 2", 5),
        ("0,2", 5),
        ("all", 1 | 1 << 2 | 1 << 4 | 1 << 8),
    ],
)
def test_purposes_go_by_names_and_numbers(text: str, bits: int):
    assert chosen("purposes", text, ONE.purposes) == bits


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("gambling", r"the notice has no purposes 'gambling'; it has: service \(0\), recommendations \(2\)"),
        ("0,1,3", "the notice has no purposes 1, 3; it has"),
        ("service,64", "the notice has no purposes '64'"),
        ("64", "purposes must be a whole number from 0 to 63"),
        ("", "the notice has no purposes ''"),
    ],
)
def test_what_the_notice_has_not_is_refused(text: str, message: str):
    with pytest.raises(InputError, match=message):
        chosen("purposes", text, ONE.purposes)


def test_without_its_text_numbers_are_understood():
    assert (chosen("purposes", "0,2", None), chosen("purposes", "all", None)) == (5, 2**64 - 1)
    with pytest.raises(
        InputError, match="must be numbers from 0 to 63, as the notice's text was not found; got 'service'"
    ):
        chosen("purposes", "service", None)


def test_one_goes_by_its_name_or_number():
    assert [one("data_class", text, ONE.data_classes) for text in ("purchases", "3", "17")] == [3, 3, 17]
    assert one("data_class", "63", None) == 63
    with pytest.raises(InputError, match="data_class must be a whole number from 0 to 63"):
        one("data_class", "64", None)
    with pytest.raises(InputError, match="must be a number from 0 to 63, as the notice's text"):
        one("data_class", "purchases", None)


@dataclass
class FakeSession:
    name: str = "coffee"

    def me(self) -> str:
        return CUSTOMER


class FakeDesk:
    """A desk whose customer consented to version 1; ``None`` for one that never did."""

    def __init__(self, version: int | None = 1) -> None:
        self.session = FakeSession()
        self._version = version

    def snapshot(self, customer: str) -> Snapshot:
        assert customer == CUSTOMER
        return Snapshot(notice_version=self._version or 0)

    def whose(self, snapshot: Snapshot) -> Any:
        return notices_on_chain(ONE)[snapshot.notice_version - 1] if snapshot.notice_version else None


class NoDesk:
    """Whatever it is asked for is not there."""


@pytest.mark.parametrize(("text", "bits"), [("", 0), ("0,2", 5), ("60", 1 << 60), ("all", 2**64 - 1)])
def test_a_withdrawal_by_numbers_needs_nothing_else(text: str, bits: int):
    nothing: Any = NoDesk()
    assert withdrawn(nothing, "purposes", text) == bits


def test_a_withdrawal_by_names_goes_by_what_she_consented_to():
    desk: Any = FakeDesk()
    assert withdrawn(desk, "purposes", "recommendations") == 4
    assert withdrawn(desk, "data_classes", "purchases,contact") == 12
    none: Any = FakeDesk(None)
    with pytest.raises(InputError, match="must be numbers from 0 to 63, as nothing was granted yet; got 'service'"):
        withdrawn(none, "purposes", "service")


@pytest.mark.parametrize(
    ("language", "there", "missing"),
    [("en", "Suggesting coffees: We use", "แนะนำ"), ("th", "แนะนำกาแฟที่น่าจะถูกใจ: ใช้", "Suggesting")],
)
def test_what_is_consented_to_is_shown(language: str, there: str, missing: str):
    text = "\n".join(text_lines(ONE, 1 << 2, 1 << 3, language))
    assert there in text
    assert missing not in text
    assert ONE.withdrawal[language] in text
    assert ONE.data_classes[2].text[language] in text
    assert ONE.purposes[0].title[language] not in text


@pytest.mark.parametrize(
    ("language", "conditions"),
    [
        (
            "en",
            "data: Profile, Purchases; kept for at most 730 days (TH, SG); passed on to: Cloud Example Pte. Ltd. (SG); "
            "the service cannot be had without this",
        ),
        (
            "th",
            "ข้อมูลที่ใช้: ข้อมูลโปรไฟล์, ประวัติการซื้อ; เก็บไว้ไม่เกิน 730 วัน (TH, SG); "
            "ผู้ที่ได้รับข้อมูล: บริษัท คลาวด์ ตัวอย่าง จำกัด (SG); หากไม่ยินยอมข้อนี้จะใช้บริการไม่ได้",
        ),
    ],
)
def test_the_conditions_of_a_purpose_are_told_in_words(language: str, conditions: str):
    lines = text_lines(ONE, 1 << 0 | 1 << 2, 1 << 0 | 1 << 3, language)
    assert lines[4].strip() == conditions
    assert conditions.rpartition("; ")[2] not in lines[6]


def test_a_text_that_is_missing_is_said_to_be(capsys: pytest.CaptureFixture[str]):
    (item,) = notices_on_chain(ONE)
    show_text(item, 1, 1, "en")
    assert "Running your membership" in capsys.readouterr().out
    blank = type(item)(1, item.notice, 10, 0, item.transaction, None, "it burned")
    show_text(blank, 1, 1, "en")
    assert capsys.readouterr().out == "The text of notice 1 cannot be shown: it burned\n"
    with pytest.raises(InputError, match="language must be one of th, en; got 'fr'"):
        show_text(item, 1, 1, "fr")


def test_what_is_asked_is_said_with_the_act_that_says_yes():
    two = edited(
        ("version: 1\n", "version: 2\n"),
        ("in our app", "anywhere"),
        ("  - bit: 4\n    name: direct_marketing", "  - bit: 5\n    name: personalised_advertising"),
    )
    snapshot = Snapshot(0b10101, 0b1001, 1, 100, 0, 1)
    asked = asks(two, published_by(ONE, two), snapshot, at=200)
    assert asked_lines(two, asked, snapshot, "her") == [
        "notice 2 of coffee and her, who saw 1:",
        "  ask again           purposes recommendations",
        "  new to her          purposes personalised_advertising; data classes contact, preferences",
        "  not named any more  purposes 4",
        "  to say yes          brownie run consent grant service,recommendations demographic,purchases,preferences 365d",
    ]
    assert grant_command(two, asked, snapshot).split()[4:6] == [
        "service,recommendations",
        "demographic,purchases,preferences",
    ]


def test_nothing_is_said_to_be_nothing():
    snapshot = Snapshot(1, 1, 1, 100, 0, 1)
    asked = asks(ONE, published_by(ONE), snapshot, at=200)
    assert asked_lines(ONE, asked, snapshot, "her") == ["notice 1 of coffee and her, who saw 1: nothing is to be asked"]


def test_a_document_is_shown_or_written(tmp_path: Path):
    assert document_lines("record", {"a": "ก"}, "") == ["{", '  "a": "ก"', "}"]


def test_the_folder_serves_where_the_store_does_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    store = EmbeddedStore(tmp_path / "blobs")
    session: Any = FakeSession()
    source = module._ProgrammeNotices(session)
    monkeypatch.setattr(module, "programme_blobs", lambda _: store)
    monkeypatch.setattr(module, "NOTICES", tmp_path / "notices")
    with pytest.raises(NoticeError, match=r"blob store has not got .*; the text of notice 1 is missing: .*1.yaml"):
        source.fetch(ONE.digest, 1)
    folder = tmp_path / "notices" / "coffee"
    folder.mkdir(parents=True)
    (folder / "1.yaml").write_bytes(ONE.raw)
    assert source.fetch(ONE.digest, 1) == ONE.raw
    (folder / "1.yaml").unlink()
    store.put(io.BytesIO(ONE.raw))
    assert source.fetch(ONE.digest, 1) == ONE.raw

    def unreachable(_: object) -> EmbeddedStore:
        raise BlobStoreUnreachable("nothing answers")

    monkeypatch.setattr(module, "programme_blobs", unreachable)
    (folder / "1.yaml").write_bytes(ONE.raw)
    assert source.fetch(ONE.digest, 1) == ONE.raw


# --- publishing -------------------------------------------------------------------------------------------------------


class Publishing:
    """A desk of the coffee brand whose chain answers as it is told, and remembers what was sent to it."""

    def __init__(self, *files: Any, version: int | None = None, name: str = "coffee") -> None:
        self._files, self._version, self.name = files, version, name
        self.sent: list[Any] = []
        self.source: Any = self
        self.session = self.programme = self.chain = self.consents = self.functions = self

    def notices(self) -> Any:
        return tuple(replace(item, file=None) for item in notices_on_chain(*self._files)) if self._files else ()

    def fetch(self, digest: bytes, version: int) -> bytes:
        for file in self._files:
            if file.digest == digest:
                return bytes(file.raw)
        raise NoticeError("the text is missing")

    def staff(self, role: Role) -> str:
        assert role is Role.PRIVACY
        return "staff"

    def publishNotice(self, *args: Any) -> Any:
        return args

    def as_brand(self, act: Any) -> Any:
        return act

    def send(self, act: Any, *, sender: str) -> None:
        assert sender == "staff"
        self.sent.append(act)

    def events(self, *_: Any) -> Any:
        return [SimpleNamespace(args={"version": self._version or len(self._files) + 1})]


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> EmbeddedStore:
    store = EmbeddedStore(tmp_path / "blobs")
    monkeypatch.setattr(module, "programme_blobs", lambda _: store)
    return store


def test_a_file_is_stored_and_what_has_changed_is_sent(store: EmbeddedStore):
    desk: Any = Publishing(ONE)
    two = example("coffee", 2)
    assert publish(desk, EXAMPLES / "coffee" / "2.yaml") == (two, 4, 0)
    assert desk.sent == [(two.digest, two.uri, 4, 0, 1, 30 * 86_400)]
    assert store.has(two.cid)


def test_a_first_notice_needs_no_previous_one(store: EmbeddedStore):
    desk: Any = Publishing()
    assert publish(desk, EXAMPLES / "coffee" / "1.yaml", "lost")[1:] == (277, 45)


def test_another_programmes_notice_is_refused(store: EmbeddedStore):
    desk: Any = Publishing()
    with pytest.raises(NoticeError, match="is a notice of 'bookshop', and this is the programme 'coffee'"):
        publish(desk, EXAMPLES / "bookshop" / "1.yaml")
    assert (desk.sent, store.pins()) == ([], [])


@pytest.fixture
def alone(tmp_path: Path) -> Path:
    """Version 2 in a folder where version 1 is not."""
    path = tmp_path / "2.yaml"
    path.write_bytes(example("coffee", 2).raw)
    return path


def test_a_previous_file_is_found_by_its_digest_or_named(store: EmbeddedStore, alone: Path, tmp_path: Path):
    for previous in ("", str(EXAMPLES / "coffee" / "1.yaml")):
        desk: Any = Publishing(ONE)
        assert publish(desk, alone, previous)[1:] == (4, 0)
    (tmp_path / "1.yaml").write_bytes(ONE.raw + b"# touched\n")
    touched: Any = Publishing(ONE)
    with pytest.raises(NoticeError, match="the file of version 1 has the digest"):
        publish(touched, alone)
    assert touched.sent == []


def test_a_lost_previous_file_is_asked_for(store: EmbeddedStore, alone: Path):
    desk: Any = Publishing(ONE)
    desk.fetch = lambda digest, version: (_ for _ in ()).throw(NoticeError("the text is missing"))
    with pytest.raises(NoticeError, match=r"the text is missing\. What has changed cannot be found .* say 'lost'"):
        publish(desk, alone)
    assert publish(desk, alone, "lost")[1:] == (2**64 - 1, 2**64 - 1)


def test_a_store_that_calls_the_file_something_else_stops_it(monkeypatch: pytest.MonkeyPatch):
    desk: Any = Publishing(ONE)
    monkeypatch.setattr(module, "programme_blobs", lambda _: SimpleNamespace(put=lambda _: "bafkreiother"))
    with pytest.raises(NoticeError, match=r"the blob store calls the file bafkreiother.*nothing was published"):
        publish(desk, EXAMPLES / "coffee" / "2.yaml")
    assert desk.sent == []


def test_two_who_publish_at_once_are_told(store: EmbeddedStore):
    desk: Any = Publishing(ONE, version=3)
    with pytest.raises(ChainError, match="another notice was published at the same time: version 2 of the file is 3"):
        publish(desk, EXAMPLES / "coffee" / "2.yaml")
