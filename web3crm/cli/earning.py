"""What the acts on earned points work with: purchases, rules and wallets as files, and the distributor."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.table import Table

from web3crm.cli.acts import plain
from web3crm.cli.session import Session
from web3crm.deploy import Programme
from web3crm.domain import units_text
from web3crm.domain.earning import Earning, EarnRules, purchases_digest
from web3crm.domain.purchases import Purchase, cdnow_path, read_purchases
from web3crm.errors import InputError
from web3crm.points.distributor import Distributor
from web3crm.points.proofs import ProofFile, fetch
from web3crm.points.rules import read_rules
from web3crm.points.wallets import DemonstrationWallets, Totals, Wallets, read_wallets, totals_of
from web3crm.progress import Watch, silent
from web3crm.vault.stores import BlobStore

__all__ = [
    "WorkedOut",
    "earnings_table",
    "find_wallets",
    "open_distributor",
    "published_files",
    "work_out",
    "write_earnings",
]

CDNOW = "cdnow"


@dataclass(frozen=True)
class WorkedOut:
    """What purchases earned by rules, and the digests of both."""

    purchases: list[Purchase]
    earnings: list[Earning]
    rules: EarnRules
    digest: str

    @property
    def points(self) -> int:
        """All points earned, in smallest units."""
        return sum(earning.points for earning in self.earnings)

    @property
    def customers(self) -> int:
        """How many customers bought anything."""
        return len({purchase.customer for purchase in self.purchases})

    def totals(self, wallets: Wallets, watch: Watch = silent) -> Totals:
        """What each wallet earned."""
        return totals_of(self.earnings, wallets, watch("finding the wallets"))


def work_out(purchases: str, rules: str, watch: Watch = silent) -> WorkedOut:
    """Reads purchases (a file, or ``cdnow`` for the data set that comes along) and rules, and applies them."""
    found = read_rules(Path(rules))
    progress = watch("reading the purchases")
    read = list(read_purchases(cdnow_path() if purchases == CDNOW else Path(purchases)))
    if not read:
        raise InputError(f"there are no purchases in {purchases}")
    progress(len(read), len(read))
    return WorkedOut(read, found.earn(read, watch("applying the rules")), found, purchases_digest(read))


def earnings_table(earnings: Sequence[Earning]) -> Table:
    """Purchases, what they earned and why."""
    table = Table("customer", "when", "amount", "points", "why")
    for earning in earnings:
        purchase = earning.purchase
        table.add_row(
            _cell(purchase.customer),
            f"{purchase.at:%Y-%m-%d %H:%M}",
            f"{purchase.amount:f}",
            units_text(earning.points, grouped=True),
            _cell(earning.why),
        )
    return table


def write_earnings(path: Path, earnings: Sequence[Earning]) -> None:
    """Writes what each purchase earned, and why, as a CSV."""
    try:
        with path.open("w", encoding="utf-8", newline="") as file:
            rows = csv.writer(file)
            rows.writerow(["customer", "time", "amount", "kept", "points", "why"])
            for item in earnings:
                bought = item.purchase
                points = units_text(item.points)
                rows.writerow([bought.customer, bought.at.isoformat(), bought.amount, item.kept, points, item.why])
    except OSError as error:
        raise InputError(f"{path} cannot be written: {error.strerror}") from None


def find_wallets(session: Session, path: str) -> Wallets:
    """The wallets of a mapping file; without one, those of the demonstration, on development chains only."""
    if path:
        return read_wallets(Path(path))
    if not session.chain.is_local:
        raise InputError("name a CSV with the columns customer and address: whose wallet is whose")
    return DemonstrationWallets()


def open_distributor(programme: Programme) -> Distributor:
    """The programme's distributor."""
    block = programme.record.contracts["PointsDistributor"]["block"]
    return Distributor(programme.chain, programme.distributor, from_block=block)


def published_files(distributor: Distributor, blobs: BlobStore) -> list[tuple[str, ProofFile]]:
    """The files of the matured and the pending root, as far as there are any, with a word for each."""
    state = distributor.state()
    roots = {"matured": state.matured_root, "pending": state.pending_root}
    return [
        (word, fetch(distributor.publication(root, matured=word == "matured").cid, blobs))
        for word, root in roots.items()
        if any(root)
    ]


def _cell(text: str) -> str:
    """Text that rich takes as it is and a terminal shows as one line."""
    return plain(text).replace("[", r"\[")
