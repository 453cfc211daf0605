"""What a new notice asks of whom (G13): only what changed, and of those only who allowed it before.

:func:`publication` works out what publishing a file sends, :func:`asks` what one customer is asked afterwards. Both go by
what the chain says of earlier versions, so that they agree with what ``ConsentRegistry`` refuses.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from web3crm.domain.consent import EVERYTHING, Notice, Notices, Refusal, Snapshot, bit_set, why_not
from web3crm.errors import NoticeError
from web3crm.privacy.notice import NoticeFile

__all__ = ["Asks", "Publication", "asks", "publication", "refusals"]


@dataclass(frozen=True)
class Asks:
    """What a customer is to be asked under the newest notice, as sets of bits.

    ``purposes`` and ``data_classes`` she allowed once and that consent no longer covers; ``new_purposes`` and
    ``new_data_classes`` are there, or mean something else, since the version that she saw, and she has not allowed them;
    ``gone_purposes`` and ``gone_data_classes`` she allowed, and no notice names them any more: nobody asks for them.
    What she did not allow and what means the same as before is in none: she is not asked twice.
    """

    purposes: int = 0
    data_classes: int = 0
    new_purposes: int = 0
    new_data_classes: int = 0
    gone_purposes: int = 0
    gone_data_classes: int = 0

    def __bool__(self) -> bool:
        return bool(self.purposes | self.data_classes)


def asks(notice: NoticeFile, published: Notices, snapshot: Snapshot, *, at: int) -> Asks:
    """What a customer with this latest snapshot must be asked again at the time ``at``, and what is new to her.

    ``published`` is what the chain says of the brand's notices, ``notice`` the file of the newest one. A class that a
    purpose in question uses and she did not allow is new to her, as the purpose's text names it.
    """
    if notice.version != published.latest or notice.digest != published.versions[-1].digest:
        raise NoticeError(f"the newest notice on chain is version {published.latest}, and not the one that was given")
    # One without the other allows nothing: she has taken it all back.
    allowed = bool(snapshot.purposes and snapshot.data_classes)
    purposes, classes = (snapshot.purposes, snapshot.data_classes) if allowed else (0, 0)
    changed_purposes, changed_classes = _changed_after(published, snapshot.notice_version)
    if snapshot.notice_version == 0:
        changed_purposes, changed_classes = EVERYTHING, EVERYTHING
    if _lapsed(snapshot, published, at):
        again_purposes, again_classes = purposes, classes
    else:
        again_purposes, again_classes = purposes & changed_purposes, classes & changed_classes
    named_purposes, named_classes = notice.purpose_bits, notice.data_class_bits
    new_purposes = named_purposes & changed_purposes & ~purposes
    in_question = (again_purposes | new_purposes) & named_purposes
    used = bit_set(
        item.bit for purpose in notice.purposes if in_question >> purpose.bit & 1 for item in notice.classes_of(purpose)
    )
    return Asks(
        purposes=again_purposes & named_purposes,
        data_classes=again_classes & named_classes,
        new_purposes=new_purposes,
        new_data_classes=(named_classes & changed_classes | used) & ~classes,
        gone_purposes=purposes & ~named_purposes,
        gone_data_classes=classes & ~named_classes,
    )


@dataclass(frozen=True)
class Publication:
    """The arguments of ``publishNotice`` for a file, in the contract's order."""

    digest: bytes
    uri: str
    changed_purposes: int
    changed_data_classes: int
    oldest_acceptable: int
    erasure_period: int

    @property
    def args(self) -> tuple[Any, ...]:
        """As the contract takes them."""
        return tuple(vars(self).values())


def publication(
    notice: NoticeFile, previous: NoticeFile | None, published: Notices, *, everything: bool = False
) -> Publication:
    """What publishing ``notice`` after ``previous`` sends; ``published`` is what is on chain.

    ``everything`` marks all as changed, for a brand whose previous notice is no such file or is lost: then everybody
    is asked for everything again, which never lets a change pass unseen.

    Raises:
        NoticeError: It is not the next version, or ``previous`` is not the file whose digest is on chain.
        InputError: The contract would refuse it (the oldest acceptable version).

    """
    latest = published.latest
    if notice.version != latest + 1:
        raise NoticeError(
            f"the notice is version {notice.version}, and the next one on chain is {latest + 1}: "
            "correct its version, or choose the right file"
        )
    if not everything and latest:
        if previous is None:
            raise NoticeError(
                f"the file of version {latest}, which is on chain, is needed to find what has changed since"
            )
        on_chain = published.versions[-1].digest
        if previous.digest != on_chain:
            raise NoticeError(
                f"the file of version {latest} has the digest {previous.digest.hex()}, and the chain says "
                f"{on_chain.hex()}: restore the file as it was published"
            )
        if previous.version != latest or previous.programme != notice.programme:
            raise NoticeError(
                f"the previous file is version {previous.version} of {previous.programme}, "
                f"not version {latest} of {notice.programme}"
            )
    changed = (EVERYTHING, EVERYTHING) if everything else notice.changed_since(previous if latest else None)
    found = Publication(notice.digest, notice.uri, *changed, notice.oldest_acceptable, notice.erasure_period)
    published.publish(
        Notice(found.digest, *changed, found.oldest_acceptable, found.erasure_period, published_at=0, uri=found.uri)
    )
    return found


def refusals(notice: NoticeFile, published: Notices, snapshot: Snapshot, *, at: int) -> dict[tuple[int, int], Refusal]:
    """For each purpose of ``notice`` and each data class that it uses: why that use is refused, or that it is not."""
    return {
        (purpose.bit, item.bit): why_not(snapshot, published, purpose=purpose.bit, data_class=item.bit, at=at)
        for purpose in notice.purposes
        for item in notice.classes_of(purpose)
    }


def _changed_after(published: Notices, version: int) -> tuple[int, int]:
    purposes = classes = 0
    for notice in published.versions[version:]:
        purposes |= notice.changed_purposes
        classes |= notice.changed_data_classes
    return purposes, classes


def _lapsed(snapshot: Snapshot, published: Notices, at: int) -> bool:
    """Whether nothing of the consent is good any more, whatever purpose or class it is about."""
    expired = bool(snapshot.expires_at) and at >= snapshot.expires_at
    return expired or snapshot.notice_version < published.oldest_acceptable
