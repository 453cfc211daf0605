"""What an act works with: the chain Brownie is connected to, one programme on it, and who sends.

Environment variables choose what is not an argument: ``WEB3CRM_PROGRAMME`` (``coffee``) and ``WEB3CRM_ACCOUNT``,
which on a live network is a keystore file or a Brownie account id, and on a development chain ``account:N`` or an
unlocked address.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path

from eth_account.signers.local import LocalAccount
from web3 import Web3
from web3.contract.contract import ContractFunction
from web3.types import TxReceipt

from web3crm.chain import Chain, Sender, find_account
from web3crm.chain.accounts import ACCOUNT_VARIABLE, address_of
from web3crm.cli import arguments
from web3crm.cli.acts import say
from web3crm.deploy import Programme, ProgressBar, Records, deploy_programme, find_params, load, read_params
from web3crm.domain import NATIVE, Role, units_text
from web3crm.errors import InputError

__all__ = ["Session", "open_session"]

PROGRAMME_VARIABLE = "WEB3CRM_PROGRAMME"
EXAMPLE = "coffee"
CUSTOMER = 3
"""The account that plays the customer on a development chain when nothing else is said."""


@dataclass
class Session:
    """One run of a script."""

    chain: Chain
    name: str
    records: Records
    _programme: Programme | None = field(default=None, repr=False)
    _account: LocalAccount | None = field(default=None, repr=False)

    @property
    def accounts(self) -> list[str]:
        """The unlocked accounts of a development chain; none on a live network."""
        return self.chain.accounts() if self.chain.is_local else []

    @property
    def programme(self) -> Programme:
        """The programme. On a development chain without it, it is deployed first from its parameter file."""
        if self._programme is None:
            if self.chain.is_local and self.records.read(self.chain, self.name) is None:
                say(f"There is no programme {self.name!r} on this development chain: deploying it first.")
                self.deploy()
            self._programme = self._programme or load(self.chain, self.name, records=self.records)
        return self._programme

    def deploy(self) -> Programme:
        """Deploys the programme from its parameter file, or finishes what a broken run began."""
        params = read_params(find_params(self.name), self.chain)
        with ProgressBar(f"deploying {params.programme}") as watch:
            self._programme = deploy_programme(
                self.chain, params, sender=self._chosen(0), records=self.records, progress=watch
            )
        return self._programme

    def customer(self) -> Sender:
        """Who acts for herself: the chosen account, or the development chain's customer."""
        return self._chosen(CUSTOMER)

    def staff(self, role: Role) -> Sender:
        """Who acts for the brand: the chosen account, or on a development chain the first holder of ``role``."""
        roles = self.programme.params.roles
        holders = [roles.admin] if role is Role.ADMIN else [holder.address for holder in roles.holders(role)]
        accounts = self.accounts
        numbers = [accounts.index(holder) for holder in holders if holder in accounts]
        return self._chosen(numbers[0] if numbers else 0)

    def _chosen(self, number: int) -> Sender:
        if not self.chain.is_local:
            self._account = self._account or find_account()
            return self._account
        chosen = os.environ.get(ACCOUNT_VARIABLE) or f"account:{number}"
        accounts = self.accounts
        found = arguments.address(ACCOUNT_VARIABLE, chosen, accounts)
        if found not in accounts:
            raise InputError(f"{ACCOUNT_VARIABLE}: this chain has not unlocked {found}")
        return found

    def address(self, name: str, text: str) -> str:
        """An address argument: checksummed, or ``account:N`` on a development chain; ``me`` is the customer."""
        return self.me() if text == "me" else arguments.address(name, text, self.accounts)

    def me(self) -> str:
        """The customer's address."""
        return address_of(self.customer())

    def currency(self, text: str) -> str:
        """A currency argument: ``native``, ``points`` or an ERC-20's address."""
        known = {"native": NATIVE, "points": str(self.programme.points.address)}
        return known[text] if text in known else self.address("currency", text)

    def currency_name(self, currency: str) -> str:
        """What a person calls a currency."""
        if currency == NATIVE:
            return "native coin"
        return self.programme.params.points.symbol if currency == self.programme.points.address else currency

    def tier(self, text: str) -> int:
        """A tier argument: its name or its number."""
        if not text.isdigit():
            return self.programme.tier_id(text)
        return arguments.whole("tier", text, least=1, most=2**16 - 1)

    def price_text(self, currency: str, price: int) -> str:
        """A price as a person reads it; another ERC-20's in its smallest units."""
        if currency in (NATIVE, self.programme.points.address):
            return f"{units_text(price)} {self.currency_name(currency)}"
        return f"{price} smallest units of {currency}"

    def send(self, act: ContractFunction, *, sender: Sender, value: int = 0) -> TxReceipt:
        """Sends an act and waits for it."""
        return self.chain.transact(act, sender=sender, value=value)

    def approve(self, currency: str, spender: str, amount: int, *, sender: Sender) -> None:
        """Lets ``spender`` take ``amount`` of an ERC-20 from the sender, if it may not already."""
        token = self.chain.contract("LoyaltyPoints", currency).functions  # any ERC-20 answers to these
        allowed = self.chain.call(token.allowance(address_of(sender), spender))
        if allowed < amount:
            self.send(token.approve(spender, amount), sender=sender)


def open_session(web3: Web3, network: str) -> Session:
    """The session of a script: ``open_session(brownie.web3, brownie.network.show_active())``."""
    chain = Chain(web3, network=network)
    return Session(chain, os.environ.get(PROGRAMME_VARIABLE) or EXAMPLE, Records(Path("deployments")))
