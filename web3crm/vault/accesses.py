"""Paid accesses as they stand on chain: who pays whom for what, what is earned, when it ended, and settling it.

The contract searches for nothing: whoever wants the rest of a price back names the consent snapshot that shows the end.
:func:`find_end` finds it in the owner's history, read at one block.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from eth_utils.abi import collapse_if_tuple
from web3.contract import Contract
from web3.contract.contract import ContractFunction
from web3.types import TxReceipt

from web3crm.chain import Chain, Sender
from web3crm.chain.decoding import decode
from web3crm.chain.reverts import normalised
from web3crm.domain.access import Life, Reason, Terms
from web3crm.domain.consent import Notice, Notices, Snapshot
from web3crm.errors import ChainError, ContractRevert, InputError

__all__ = [
    "Access",
    "AccessStanding",
    "Cause",
    "End",
    "Settled",
    "collect_all",
    "find_access",
    "find_end",
    "list_accesses",
    "read_access",
    "settle",
    "standing_of",
    "take_back",
    "why_unreadable",
]

BATCH = 200
"""Reads in one request."""
STEPS = 200
"""Snapshots that one collecting follows: each costs the sender some gas, and no block is filled by them."""
MOST_COLLECTS = 1 + (1 << 16) // STEPS
"""So many are enough for any history."""


@dataclass(frozen=True)
class Access:
    """An access, offered or accepted, as of one block. Times are Unix times in seconds, amounts smallest units.

    ``digest`` is the manifest's while it is offered, and the envelope's once it is accepted; ``owner`` is empty while it
    is offered. The other fields are those of the contract.
    """

    access_id: int
    brand: str
    dataset_id: int
    currency: str
    terms: Terms
    purpose: int
    data_class: int
    expires_at: int
    digest: bytes
    owner: str
    started_at: int
    tenure: int
    snapshot: int
    paid_until: int
    closed_at: int
    refunded_from: int
    block: int

    @property
    def is_accepted(self) -> bool:
        """Whether its stream has begun."""
        return self.started_at > 0

    @property
    def paid(self) -> int:
        """What the owner was paid so far."""
        return self.terms.accrued(self.paid_until - self.started_at) if self.is_accepted else 0

    @property
    def refunded(self) -> int:
        """What went back to the brand so far."""
        if not self.refunded_from:
            return 0
        return self.terms.price - self.terms.accrued(self.refunded_from - self.started_at)


class Cause(Enum):
    """What ends an access; the values say it in words."""

    PERIOD = "its period is over"
    CLOSING = "it was closed"
    DATASET = "the dataset was burned or moved"
    CONSENT = "the consent ended"


@dataclass(frozen=True)
class End:
    """When an access ends or ended, what of, and the number of the snapshot that shows it (zero: none has to be named)."""

    at: int
    cause: Cause
    snapshot: int = 0


@dataclass(frozen=True)
class AccessStanding:
    """An accepted access and what follows from its history, as of one block of the time ``now``."""

    access: Access
    end: End
    now: int

    @property
    def has_ended(self) -> bool:
        """Whether the end is past."""
        return self.end.at <= self.now

    @property
    def earned(self) -> int:
        """What it has earned by now."""
        return self.access.terms.accrued(min(self.end.at, self.now) - self.access.started_at)

    @property
    def due(self) -> int:
        """What the owner can collect."""
        return self.earned - self.access.paid

    @property
    def returnable(self) -> int:
        """What the brand can take back: what it can earn no longer."""
        terms = self.access.terms
        return terms.price - terms.accrued(self.end.at - self.access.started_at) - self.access.refunded


@dataclass(frozen=True)
class Settled:
    """What settling paid to the owner and returned to the brand."""

    paid: int
    refunded: int


# --- reading ----------------------------------------------------------------------------------------------------------


def read_access(chain: Chain, accesses: Contract, access_id: int, *, block: int | None = None) -> Access:
    """The access with this id, at ``block`` or the newest one.

    Raises :class:`InputError` when there is none: it was never offered, or the offer was taken back.
    """
    found = find_access(chain, accesses, access_id, block=block)
    if found is None:
        raise InputError(f"there is no access {access_id}: it was never offered, or the offer was taken back")
    return found


def find_access(chain: Chain, accesses: Contract, access_id: int, *, block: int | None = None) -> Access | None:
    """As :func:`read_access`, but None when there is none."""
    if not 0 <= access_id < 1 << 256:
        raise InputError(f"an access's id is a whole number of 256 bits, got {access_id}")
    at = chain.block_number() if block is None else block
    try:
        found = chain.call(accesses.functions.accessOf(access_id), block=at)
    except ContractRevert as revert:
        if revert.name != "DataAccess_UnknownAccess":
            raise
        return None
    named = dict(zip(_fields(accesses, "accessOf"), found, strict=True))
    accepted = named["startedAt"] > 0
    return Access(
        access_id=access_id,
        brand=named["brand"],
        dataset_id=named["datasetId"],
        currency=named["currency"],
        terms=Terms(named["price"], named["period"], named["minimum"]),
        purpose=named["purpose"],
        data_class=named["dataClass"],
        expires_at=named["expiresAt"],
        digest=named["digest"],
        owner=named["owner"] if accepted else "",
        started_at=named["startedAt"],
        tenure=named["tenure"],
        snapshot=named["snapshot"],
        paid_until=named["paidUntil"],
        closed_at=named["closedAt"],
        refunded_from=named["refundedFrom"],
        block=at,
    )


def list_accesses(
    chain: Chain,
    accesses: Contract,
    *,
    brand: str | None = None,
    dataset_id: int | None = None,
    from_block: int = 0,
) -> list[Access]:
    """The accesses that a brand offered, that were offered for a dataset, or all, in the order of their offers.

    Open offers and accepted ones: those that were taken back are left out. Anybody may offer for any dataset, so a stranger can
    make a dataset's list long, at the price of what she offers.
    """
    where = {"brand": brand, "datasetId": dataset_id}
    wanted = {name: value for name, value in where.items() if value is not None}
    block = chain.block_number()

    def latest(event: str, filtered: dict[str, Any]) -> dict[int, tuple[int, int]]:
        """Each access's last event of this kind: block and place in it."""
        logs = chain.logs(accesses, event, from_block=from_block, to_block=block, where=filtered)
        return {log.args["accessId"]: (log.block_number, log.log_index) for log in logs}

    offered = latest("AccessOffered", wanted)
    if not offered:
        return []
    # The same offer can be made again after it was taken back.
    gone = latest("OfferRetracted", {"accessId": list(offered)} if len(offered) <= BATCH else {})
    standing = [access_id for access_id, place in offered.items() if gone.get(access_id, (-1, 0)) < place]
    return [read_access(chain, accesses, access_id, block=block) for access_id in standing]


def why_unreadable(chain: Chain, accesses: Contract, access_id: int, *, block: int | None = None) -> Reason:
    """Why the brand may not read under this access now; ``Reason.NONE`` if it may."""
    _, reason = chain.call(accesses.functions.canRead(access_id), block=block)
    return Reason(reason)


def find_end(chain: Chain, access: Access, *, consents: Contract, datasets: Contract) -> End:
    """When ``access`` ends or ended as of the block it was read at, and which snapshot shows it.

    Follows the owner's snapshots from the last one that the contract followed. Raises :class:`InputError` for an access that
    was not accepted, :class:`ChainError` when the chain does not answer.
    """
    return _end(_life(chain, access, consents, datasets), _time_of(chain, access.block))


def standing_of(chain: Chain, access: Access, *, consents: Contract, datasets: Contract) -> AccessStanding:
    """What ``access`` has earned and what is due, as of the block it was read at. Raises as :func:`find_end` does."""
    now = _time_of(chain, access.block)
    return AccessStanding(access, _end(_life(chain, access, consents, datasets), now), now)


# --- settling ---------------------------------------------------------------------------------------------------------


def settle(
    chain: Chain, accesses: Contract, access_id: int, *, consents: Contract, datasets: Contract, sender: Sender
) -> Settled:
    """Pays the owner all that is due and returns to the brand all that can be earned no longer; anybody may.

    What is not due is not sent, so that it can be done again and again. Raises :class:`InputError` for an access that was not
    accepted.
    """
    return Settled(
        collect_all(chain, accesses, access_id, sender=sender),
        take_back(chain, accesses, access_id, consents=consents, datasets=datasets, sender=sender),
    )


def collect_all(chain: Chain, accesses: Contract, access_id: int, *, sender: Sender) -> int:
    """Pays the owner what is due, over as many transactions as her history needs; returns how much. Nothing due is nothing sent."""
    before = _accepted(read_access(chain, accesses, access_id))
    paid = 0
    for _ in range(MOST_COLLECTS):
        receipt = _unless_nothing_due(chain, accesses.functions.collect(access_id, STEPS), sender)
        if receipt is None:
            break
        paid += sum(event.args["amount"] for event in chain.events(receipt, accesses, "EarningsPaid"))
        after = read_access(chain, accesses, access_id)
        if after.snapshot - before.snapshot < STEPS:
            break
        before = after
    return paid


def take_back(
    chain: Chain, accesses: Contract, access_id: int, *, consents: Contract, datasets: Contract, sender: Sender
) -> int:
    """Returns to the brand what the access can earn no longer, naming the snapshot that shows it; returns how much."""
    access = read_access(chain, accesses, access_id)
    standing = standing_of(chain, access, consents=consents, datasets=datasets)
    if standing.returnable == 0:
        return 0
    receipt = _unless_nothing_due(chain, accesses.functions.takeBack(access_id, standing.end.snapshot), sender)
    events = [] if receipt is None else chain.events(receipt, accesses, "PriceRefunded")
    return sum(event.args["amount"] for event in events)


def _unless_nothing_due(chain: Chain, act: ContractFunction, sender: Sender) -> TxReceipt | None:
    """Sends ``act``; None if nothing is due, and nothing was sent: somebody else may have been first."""
    try:
        return chain.transact(act, sender=sender)
    except ContractRevert as revert:
        if revert.name != "DataAccess_NothingDue":
            raise
        return None


# --- how --------------------------------------------------------------------------------------------------------------


def _accepted(access: Access) -> Access:
    if not access.is_accepted:
        raise InputError(
            f"access {access.access_id} is an offer that nobody accepted: nothing is earned and nothing ends"
        )
    return access


def _end(life: Life, now: int) -> End:
    consent_end, shown_by = life.shown_by(now)
    ends = (
        End(life.tenure_end, Cause.DATASET),
        End(life.closed_at, Cause.CLOSING),
        End(life.period_end, Cause.PERIOD),
        End(consent_end, Cause.CONSENT, shown_by),
    )
    # Of several at once the first: then no snapshot has to be named.
    return min((end for end in ends if end.at), key=lambda end: end.at)


def _life(chain: Chain, access: Access, consents: Contract, datasets: Contract) -> Life:
    """The facts of ``access``, read at its block. Notices that are public then may be outdating ones of the same second."""
    _accepted(access)
    who, block = (access.owner, access.brand), access.block
    last = chain.call(consents.functions.snapshotCount(*who), block=block)
    snapshots = _call_many(
        chain, consents, "snapshotAt", [(*who, number) for number in range(access.snapshot, last + 1)], block
    )
    latest = chain.call(consents.functions.noticeState(access.brand), block=block)[0]
    notices = _call_many(
        chain, consents, "noticeOf", [(access.brand, version) for version in range(1, latest + 1)], block
    )
    return Life(
        terms=access.terms,
        started_at=access.started_at,
        purpose=access.purpose,
        data_class=access.data_class,
        snapshots=tuple(Snapshot(*found) for found in snapshots),
        notices=Notices(tuple(Notice(*found) for found in notices)),
        closed_at=access.closed_at,
        tenure_end=chain.call(datasets.functions.tenureEnd(access.dataset_id, access.tenure), block=block),
    )


def _call_many(
    chain: Chain, contract: Contract, function: str, calls: Sequence[tuple[Any, ...]], block: int
) -> list[Any]:
    """One view for many arguments, in as few requests as that takes."""
    found: list[Any] = []
    for start in range(0, len(calls), BATCH):
        acts = [contract.get_function_by_name(function)(*arguments) for arguments in calls[start : start + BATCH]]
        requests = [{"to": act.address, "data": act._encode_transaction_data()} for act in acts]
        answers = chain.rpc_batch([("eth_call", [request, hex(block)]) for request in requests])
        for act, answer in zip(acts, answers, strict=True):
            outputs = act.abi["outputs"]
            if answer == "0x":
                raise ChainError(f"{function}: no contract answers at {contract.address} on chain {chain.chain_id}")
            values = decode([collapse_if_tuple(item) for item in outputs], bytes.fromhex(answer[2:]))
            found.extend(map(normalised, outputs, values))
    return found


def _fields(contract: Contract, function: str) -> list[str]:
    """The names of the struct that a view returns."""
    outputs: Any = contract.get_function_by_name(function).abi["outputs"]
    return [str(item["name"]) for item in outputs[0]["components"]]


def _time_of(chain: Chain, block: int) -> int:
    return int(chain.rpc("eth_getBlockByNumber", [hex(block), False])["timestamp"], 16)
