"""Who takes part: the chain's funded accounts, and the customers of the data set with a wallet each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count

from eth_account import Account
from eth_account.signers.local import LocalAccount
from web3.types import TxReceipt

from web3crm.chain import Chain, relay
from web3crm.chain.typed_data import Domain, TypedData, points_permit, sign
from web3crm.deploy import Programme
from web3crm.domain import units_text
from web3crm.errors import InputError
from web3crm.points.wallets import DemonstrationWallets, demonstration_key

__all__ = ["COIN", "Cast", "Customer"]

COIN = 10**18
_ALLOWANCE = COIN * 2


@dataclass(frozen=True)
class Customer:
    """A customer of the data set: the brand's own id for her, and the wallet this demonstration gives her."""

    number: str
    wallet: LocalAccount = field(repr=False)

    @property
    def address(self) -> str:
        """Her wallet's address."""
        return str(self.wallet.address)

    def __str__(self) -> str:
        return f"customer {self.number}"


@dataclass
class Cast:
    """Everybody on stage. ``relayer`` pays the gas of what others sign; ``staff`` speaks for the coffee brand.

    ``numbers`` are the brand's ids of all customers of the data set, ``customers`` those the story is about.
    """

    chain: Chain
    coffee: Programme
    bookshop: Programme
    staff: LocalAccount
    treasurer: LocalAccount
    bookshop_staff: LocalAccount
    bookshop_treasurer: LocalAccount
    relayer: LocalAccount
    bank: LocalAccount
    numbers: list[str] = field(default_factory=list, repr=False)
    customers: list[Customer] = field(default_factory=list)
    wallets: DemonstrationWallets = field(default_factory=DemonstrationWallets, repr=False)
    _nonces: Iterator[int] = field(default_factory=count)

    def customer(self, number: str) -> Customer:
        """The customer with the brand's id ``number``; her key is made from it, good for a local chain only."""
        return Customer(number, Account.from_key(demonstration_key(number)))

    def with_points(self, least: int, *, after: int) -> Customer:
        """A customer of the story, from the ``after``-th on, who holds at least so many of the coffee brand's points."""
        token = self.coffee.points.functions
        for customer in self.customers[after:]:
            if self.chain.call(token.balanceOf(customer.address)) >= least:
                return customer
        raise InputError(f"the story needs a customer with {units_text(least)} points: take purchases that earn more")

    def holder(self, card_id: int) -> Customer:
        """The customer who holds a card of the coffee brand."""
        owner = self.chain.call(self.coffee.cards.functions.ownerOf(card_id))
        return next(customer for customer in self.customers if customer.address == owner)

    def give_coins(self, customer: Customer) -> None:
        """Gives a customer native coin for the acts she pays herself."""
        self.chain.transfer(customer.address, _ALLOWANCE, sender=self.bank)

    def sign(self, typed_data: TypedData, customer: Customer) -> bytes:
        """A customer's signature; it costs nothing."""
        return sign(typed_data, customer.wallet)

    def permit(self, customer: Customer, spender: str, amount: int) -> TxReceipt:
        """A customer's signed permit for ``spender`` to take so many of the coffee brand's points, relayed."""
        chain, token = self.chain, self.coffee.points
        permit = points_permit(
            domain=Domain(chain.call(token.functions.name()), chain.chain_id, token.address),
            owner=customer.address, spender=spender, value=amount,
            nonce=chain.call(token.functions.nonces(customer.address)), deadline=self.deadline(),
        )  # fmt: skip
        return relay(chain, token, "permit", permit, self.sign(permit, customer), sender=self.relayer)

    def nonce(self) -> int:
        """A nonce that nobody has used: the contracts take them in any order."""
        return next(self._nonces)

    def deadline(self) -> int:
        """An hour from now, for signatures."""
        return self.chain.now() + 3_600
