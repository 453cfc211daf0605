"""What the scripts in ``scripts/`` are made of: reading arguments, opening a programme, and errors in one line."""

from web3crm.cli.acts import act, say, unknown_act
from web3crm.cli.arguments import (
    address,
    amount,
    bits,
    digest,
    digests,
    duration,
    fraction,
    one_of,
    recipient,
    reference,
    solidity_value,
    solidity_values,
    whole,
    wholes,
)
from web3crm.cli.orders import Order, make_order, order_status, read_order, save_order, saved_orders
from web3crm.cli.proposals import CHOICES, Proposal, find_proposal, proposals, propose, state_of
from web3crm.cli.session import Session, open_session

__all__ = [
    "CHOICES",
    "Order",
    "Proposal",
    "Session",
    "act",
    "address",
    "amount",
    "bits",
    "digest",
    "digests",
    "duration",
    "find_proposal",
    "fraction",
    "make_order",
    "one_of",
    "open_session",
    "order_status",
    "proposals",
    "propose",
    "read_order",
    "recipient",
    "reference",
    "save_order",
    "saved_orders",
    "say",
    "solidity_value",
    "solidity_values",
    "state_of",
    "unknown_act",
    "whole",
    "wholes",
]
