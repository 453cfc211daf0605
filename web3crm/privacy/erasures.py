"""Requests for erasure, as the chain has them: who asked which brand, until when, and what was answered.

Anybody can list them, a customer, a brand, an authority or a stranger: nothing is needed but a node. The logs of
``ConsentRegistry`` say who ever asked whom; ``erasureOf``, read for all of them in one block, says how it stands. Where
the two disagree the node is not to be trusted, and nothing is listed.

What a node cannot be caught at is leaving out both events of a pair: ask a second node where that matters.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from web3.contract import Contract

from web3crm.chain import Chain, EventLog
from web3crm.chain.decoding import decode
from web3crm.errors import ChainError
from web3crm.progress import Watch, silent

__all__ = ["ErasureRequest", "latest", "overdue", "request_of", "requests", "span_text"]

_READ_AT_ONCE = 500
_UNITS = ((86_400, "d"), (3_600, "h"), (60, "min"), (1, "s"))

_Pair = tuple[str, str]


@dataclass(frozen=True, kw_only=True)
class ErasureRequest:
    """One request. Times are Unix times in seconds; ``acknowledged_at`` is zero while the request is open.

    ``receipt_digest`` is what the brand anchored (zeros while open), ``block`` and ``transaction`` are where the
    request was made, and ``answered_in`` is the block of the acknowledgement (zero while open).
    """

    customer: str
    brand: str
    requested_at: int
    due_at: int
    acknowledged_at: int = 0
    receipt_digest: bytes = bytes(32)
    block: int = 0
    transaction: str = field(default="", repr=False)
    answered_in: int = 0

    @property
    def is_open(self) -> bool:
        """Whether it was not acknowledged yet."""
        return self.acknowledged_at == 0

    @property
    def took(self) -> int | None:
        """Seconds from the request to its acknowledgement; None while it is open."""
        return None if self.is_open else self.acknowledged_at - self.requested_at

    def late_by(self, at: int) -> int:
        """By how many seconds it is late at the time ``at``, or was acknowledged late; zero if it is in time."""
        answered = at if self.is_open else min(self.acknowledged_at, at)
        return max(0, answered - self.due_at)

    def was_open(self, at: int) -> bool:
        """Whether it was made by the time ``at`` and not acknowledged by then."""
        return self.requested_at <= at and (self.is_open or self.acknowledged_at > at)

    def is_overdue(self, at: int) -> bool:
        """Whether it was, or will be if nothing happens, open past its last second at the time ``at``."""
        return self.was_open(at) and self.due_at < at

    def standing(self, at: int) -> str:
        """How it stands at the time ``at``, in words."""
        late = self.late_by(at)
        if self.is_open:
            return f"overdue by {span_text(late)}" if late else f"{span_text(self.due_at - at)} left"
        took = span_text(self.acknowledged_at - self.requested_at)
        return f"acknowledged after {took}, " + (f"{span_text(late)} late" if late else "in time")


def requests(
    chain: Chain,
    consents: Contract,
    *,
    brand: str | None = None,
    customer: str | None = None,
    from_block: int = 0,
    block: int | None = None,
    watch: Watch = silent,
) -> list[ErasureRequest]:
    """Every request there ever was, as of ``block`` (the newest by default), the earliest due first.

    ``brand`` and ``customer`` (checksummed) keep those of one. ``from_block`` may be the block that made the registry;
    what was requested before it is left out. Takes two reads of the logs, a call for each pair (500 in a request) and
    a block for each answered request that was followed by another. Raises :class:`ChainError` when the node's logs and its state disagree.
    """
    at = chain.block_number() if block is None else block
    rounds = _rounds(_logs(chain, consents, brand, customer, from_block, at, watch), whole=from_block == 0)
    pairs = list(rounds)
    states = dict(zip(pairs, _states(chain, consents, pairs, at, watch), strict=True))
    # The state tells the times of each pair's last request; those before are told by their blocks.
    earlier = {log.block_number for made in rounds.values() for both in made[:-1] for log in both if log is not None}
    times = _times(chain, sorted(earlier), watch)
    found = [
        _request(pair, asked, answered, states[pair] if last else _told(asked, answered, times))
        for pair, made in rounds.items()
        for (asked, answered), last in zip(made, [False] * (len(made) - 1) + [True], strict=True)
    ]
    return sorted(found, key=lambda item: (item.due_at, item.customer, item.brand, item.block))


def latest(found: Iterable[ErasureRequest]) -> list[ErasureRequest]:
    """Of each customer and brand the last request only, in the order given."""
    listed = list(found)
    last = {(item.customer, item.brand): item for item in sorted(listed, key=lambda item: item.requested_at)}
    return [item for item in listed if last[item.customer, item.brand] is item]


def overdue(
    chain: Chain,
    consents: Contract,
    *,
    at: int | None = None,
    brand: str | None = None,
    customer: str | None = None,
    from_block: int = 0,
    block: int | None = None,
    watch: Watch = silent,
) -> list[ErasureRequest]:
    """The requests that are open past their last second at the time ``at`` (that of ``block`` by default).

    With an earlier ``at`` it says what was overdue then, with a later one what will be if nothing happens. The rest is
    as for :func:`requests`.
    """
    number = chain.block_number() if block is None else block
    when = _times(chain, [number], silent)[number] if at is None else at
    found = requests(chain, consents, brand=brand, customer=customer, from_block=from_block, block=number, watch=watch)
    return [item for item in found if item.is_overdue(when)]


def request_of(
    chain: Chain, consents: Contract, *, customer: str, brand: str, from_block: int = 0, block: int | None = None
) -> ErasureRequest | None:
    """The customer's last request to the brand; None if there is none."""
    found = requests(chain, consents, customer=customer, brand=brand, from_block=from_block, block=block)
    return latest(found)[0] if found else None


def span_text(seconds: int) -> str:
    """A length of time in its two largest units: ``93784`` is ``"1 d 2 h"``."""
    words = []
    for size, unit in _UNITS:
        count, seconds = divmod(seconds, size)
        if count:
            words.append(f"{count} {unit}")
        elif words:
            break
        if len(words) == 2:
            break
    return " ".join(words) or "0 s"


def _logs(
    chain: Chain, consents: Contract, brand: str | None, customer: str | None, start: int, end: int, watch: Watch
) -> list[EventLog]:
    where = {name: value for name, value in (("customer", customer), ("brand", brand)) if value is not None}
    found: list[EventLog] = []
    for event in ("ErasureRequested", "ErasureAcknowledged"):
        progress = watch(f"reading {event}")
        for log in chain.logs(consents, event, from_block=start, to_block=end, where=where):
            found.append(log)
            progress(log.block_number - start, end - start)
        progress(end - start, end - start)
    return sorted(found, key=lambda log: (log.block_number, log.log_index))


def _rounds(logs: Sequence[EventLog], *, whole: bool) -> dict[_Pair, list[tuple[EventLog, EventLog | None]]]:
    """Each pair's requests with what answered them: the contract lets them take turns only.

    Unless the logs are the ``whole`` of them, the first may be the answer to a request that is not among them.
    """
    found: dict[_Pair, list[tuple[EventLog, EventLog | None]]] = {}
    for log in logs:
        pair = (log.args["customer"], log.args["brand"])
        if pair not in found and log.event == "ErasureAcknowledged" and not whole:
            continue
        made = found.setdefault(pair, [])
        is_open = bool(made) and made[-1][1] is None
        if (log.event == "ErasureRequested") is is_open:
            raise _disagreement(pair, f"its {log.event} of block {log.block_number} does not follow from those before")
        if log.event == "ErasureRequested":
            made.append((log, None))
        else:
            made[-1] = (made[-1][0], log)
    return found


def _states(
    chain: Chain, consents: Contract, pairs: Sequence[_Pair], block: int, watch: Watch
) -> list[tuple[int, int, int, bytes]]:
    """What ``erasureOf`` says of each pair."""
    progress = watch("asking how they stand")
    found: list[tuple[int, int, int, bytes]] = []
    for start in range(0, len(pairs), _READ_AT_ONCE):
        acts = [consents.functions.erasureOf(*pair) for pair in pairs[start : start + _READ_AT_ONCE]]
        calls = [
            ("eth_call", [{"to": act.address, "data": act._encode_transaction_data()}, hex(block)]) for act in acts
        ]
        for answer in chain.rpc_batch(calls):
            if len(answer) != 2 + 4 * 64:
                raise ChainError(f"no ConsentRegistry answers at {consents.address} on chain {chain.chain_id}")
            requested, due, acknowledged, digest = decode(
                ["uint40", "uint40", "uint40", "bytes32"], bytes.fromhex(answer[2:])
            )
            found.append((requested, due, acknowledged, bytes(digest)))
        progress(len(found), len(pairs))
    return found


def _times(chain: Chain, blocks: Sequence[int], watch: Watch) -> dict[int, int]:
    """The times of blocks, by their numbers."""
    progress = watch("asking when") if len(blocks) > 1 else silent("")
    found: dict[int, int] = {}
    for start in range(0, len(blocks), _READ_AT_ONCE):
        some = blocks[start : start + _READ_AT_ONCE]
        answers = chain.rpc_batch([("eth_getBlockByNumber", [hex(number), False]) for number in some])
        for number, answer in zip(some, answers, strict=True):
            if answer is None:
                raise ChainError(f"the node does not have block {number}: ask one that does, or for an earlier block")
            found[number] = int(answer["timestamp"], 16)
        progress(len(found), len(blocks))
    return found


def _told(asked: EventLog, answered: EventLog | None, times: dict[int, int]) -> tuple[int, int, int, bytes]:
    """What ``erasureOf`` must have said of a request that another one followed."""
    if answered is None:  # _rounds lets none through
        raise ChainError("a request that was not answered was followed by another")
    return (
        times[asked.block_number],
        asked.args["dueAt"],
        times[answered.block_number],
        bytes(answered.args["receiptDigest"]),
    )


def _request(
    pair: _Pair, asked: EventLog, answered: EventLog | None, state: tuple[int, int, int, bytes]
) -> ErasureRequest:
    requested_at, due_at, acknowledged_at, digest = state
    logged = bytes(32) if answered is None else bytes(answered.args["receiptDigest"])
    if (due_at, acknowledged_at != 0, digest) != (asked.args["dueAt"], answered is not None, logged):
        raise _disagreement(pair, "the registry's state is another than they say")
    return ErasureRequest(
        customer=pair[0],
        brand=pair[1],
        requested_at=requested_at,
        due_at=due_at,
        acknowledged_at=acknowledged_at,
        receipt_digest=digest,
        block=asked.block_number,
        transaction=asked.transaction_hash,
        answered_in=0 if answered is None else answered.block_number,
    )


def _disagreement(pair: _Pair, why: str) -> ChainError:
    return ChainError(
        f"the node's logs of the erasures of {pair[0]} by {pair[1]} cannot be right: {why}. Start at the block that made "
        "the registry, try again in case the chain was reorganised, or ask another node"
    )
