"""What the acts on paid accesses work with: ids, purposes and envelopes as arguments, and accesses in words."""

from __future__ import annotations

import contextlib
import datetime
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import cast

from web3crm.cli.arguments import whole
from web3crm.cli.session import Session
from web3crm.domain import duration_text
from web3crm.domain.access import Reason
from web3crm.domain.consent import DATA_CLASSES, PURPOSES, Vocabulary
from web3crm.errors import ContractRevert, EnvelopeError, InputError
from web3crm.vault.accesses import Access, AccessStanding, list_accesses, read_access, standing_of, why_unreadable
from web3crm.vault.envelopes import DatasetId, Envelope

__all__ = ["accesses_of", "describe", "envelope_digest", "find_access", "in_words", "number", "purpose"]

_HEX = re.compile(r"0x[0-9a-fA-F]{1,64}")
_DIGEST = re.compile(r"0x[0-9a-fA-F]{64}")
_ENVELOPE_FILE_LIMIT = 64 * 1024
"""Bytes; an envelope has about one thousand."""


# --- arguments --------------------------------------------------------------------------------------------------------


def number(name: str, text: str) -> int:
    """An id of 256 bits, as a decimal number or as 0x and hex digits."""
    return int(text, 16) if _HEX.fullmatch(text) else whole(name, text)


def purpose(text: str) -> int:
    """A purpose: its number, or its name in the vocabulary."""
    return PURPOSES[text].bit if not text.isdigit() else whole("purpose", text, most=63)


def find_access(session: Session, text: str) -> Access:
    """The access with this id; raises :class:`InputError` if there is none."""
    return read_access(session.chain, session.programme.commons.accesses, number("access", text))


def envelope_digest(session: Session, access: Access, text: str) -> bytes:
    """The digest of an envelope: 0x and 64 hex digits as they are, anything else is the envelope's file.

    Raises :class:`InputError` for a file that is no envelope, or one that is not for this dataset as it is now and this brand:
    the brand could not open it, and would close the access.
    """
    if _DIGEST.fullmatch(text):
        return bytes.fromhex(text[2:])
    envelope = _read_envelope(Path(text))
    datasets = session.programme.commons.datasets
    found = session.chain.call(datasets.functions.datasetOf(access.dataset_id))
    expected = (DatasetId(session.chain.chain_id, str(datasets.address), access.dataset_id), access.brand, found[2])
    if (envelope.dataset, envelope.grantee, envelope.key_epoch) != expected:
        raise InputError(
            f"{text} is an envelope of {envelope.dataset}, key epoch {envelope.key_epoch}, for {envelope.grantee}; the access is "
            f"to {expected[0]}, key epoch {expected[2]}, for {expected[1]}: make the envelope anew"
        )
    return envelope.digest


@contextlib.contextmanager
def in_words() -> Iterator[None]:
    """An act that consent has to allow: raises :class:`InputError` with the reason in words when it does not."""
    try:
        yield
    except ContractRevert as revert:
        if revert.name != "DataAccess_NotAllowed":
            raise
        reason = Reason(cast(int, revert.args_[0]))
        raise InputError(f"an access needs a consent that covers it: {reason.text}") from None


def _read_envelope(path: Path) -> Envelope:
    try:
        with path.open("rb") as file:
            content = file.read(_ENVELOPE_FILE_LIMIT + 1)
        if len(content) > _ENVELOPE_FILE_LIMIT:
            raise InputError(f"{path} has more than {_ENVELOPE_FILE_LIMIT} bytes: it is no envelope")
        return Envelope.from_json(json.loads(content))
    except OSError as error:
        raise InputError(
            f"envelope must be 0x and 64 hex digits, or a file; {path} cannot be read: {error.strerror}"
        ) from None
    except (ValueError, RecursionError, EnvelopeError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(f"{path} is not an envelope: {error}") from None


# --- reading ----------------------------------------------------------------------------------------------------------


def accesses_of(session: Session, dataset: str) -> list[Access]:
    """The accesses to a dataset, or all that the programme's brand offered."""
    programme = session.programme
    contract, block = programme.commons.accesses, programme.commons.record.contracts["DataAccess"]["block"]
    if dataset:
        return list_accesses(session.chain, contract, dataset_id=number("dataset", dataset), from_block=block)
    return list_accesses(session.chain, contract, brand=programme.brand, from_block=block)


def describe(session: Session, access: Access) -> list[str]:
    """An access in words: who pays whom how much for what until when, what is earned, and whether the brand can read."""
    commons, terms = session.programme.commons, access.terms
    lines = [
        f"access {access.access_id:#066x}: {_party(session, access.brand)} pays "
        f"{session.price_text(access.currency, terms.price)} for {duration_text(terms.period)}, at least for "
        f"{duration_text(terms.minimum) if terms.minimum else '0s'}",
        f"  for      {_term(PURPOSES, access.purpose)} with {_term(DATA_CLASSES, access.data_class)}: dataset {access.dataset_id:#066x}",
    ]
    if not access.is_accepted:
        late = session.chain.now() > access.expires_at
        return [*lines, f"  offered  {'until' if not late else 'it ended at'} {_when(access.expires_at)}"]
    standing = standing_of(session.chain, access, consents=commons.consents, datasets=commons.datasets)
    reason = why_unreadable(session.chain, commons.accesses, access.access_id, block=access.block)
    return [
        *lines,
        *_stream(session, standing),
        f"  reading  {'yes' if reason is Reason.NONE else f'no: {reason.text}'}",
    ]


def _stream(session: Session, standing: AccessStanding) -> list[str]:
    access, end = standing.access, standing.end

    def money(amount: int) -> str:
        return session.price_text(access.currency, amount)

    ended = f"ended {_when(end.at)}: {end.cause.value}" if standing.has_ended else f"until {_when(end.at)}"
    return [
        f"  paid to  {_party(session, access.owner)} since {_when(access.started_at)}, {ended}",
        f"  earned   {money(standing.earned)}, of which {money(standing.due)} can be collected",
        f"  returned {money(access.refunded)}, and {money(standing.returnable)} can be taken back",
    ]


def _party(session: Session, address: str) -> str:
    return f"{session.programme.params.programme} ({address})" if address == session.programme.brand else address


def _term(vocabulary: Vocabulary, bit: int) -> str:
    """A bit as a person reads it: `2 recommendations`."""
    (name,) = vocabulary.names(1 << bit)
    return f"{vocabulary.kind} {bit}" + ("" if name == str(bit) else f" {name}")


def _when(seconds: int) -> str:
    return f"{datetime.datetime.fromtimestamp(seconds, datetime.UTC):%Y-%m-%d %H:%M:%S} UTC"
