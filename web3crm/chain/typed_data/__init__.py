"""Every EIP-712 message the contracts accept, built in one place, and the one that only people and programs read.

A builder takes keyword arguments in the contract's own order and returns a :class:`TypedData`: sign it with
:func:`sign`, or hand :meth:`TypedData.as_json` to a wallet (``eth_signTypedData_v4``). Each is tested against the
contract's own digest and eth-account. No contract reads an :func:`erasure_receipt`.
"""

from web3crm.chain.typed_data.access import access_accept, access_close
from web3crm.chain.typed_data.cards import (
    card_approve,
    card_buy,
    card_cancel_subscription,
    card_renew,
    card_set_approval_for_all,
    card_transfer,
    card_upgrade,
)
from web3crm.chain.typed_data.consent import (
    consent_grant,
    consent_request_erasure,
    consent_withdraw,
    consent_withdraw_all,
    consent_withdraw_everywhere,
)
from web3crm.chain.typed_data.datasets import (
    dataset_accept_move,
    dataset_burn,
    dataset_cancel_move,
    dataset_mint,
    dataset_propose_move,
    dataset_update,
)
from web3crm.chain.typed_data.erasure import ERASURE_DOMAIN, erasure_receipt
from web3crm.chain.typed_data.exchange import exchange_swap
from web3crm.chain.typed_data.governance import governor_ballot, governor_extended_ballot
from web3crm.chain.typed_data.keys import key_publish, key_revoke
from web3crm.chain.typed_data.market import market_buy, market_cancel, market_cancel_all, market_order
from web3crm.chain.typed_data.message import Domain, TypedData, sign
from web3crm.chain.typed_data.perks import perk_cancel_redemption, perk_redeem
from web3crm.chain.typed_data.points import (
    points_burn,
    points_delegate_votes,
    points_delegation,
    points_permit,
    points_redeem,
    points_transfer,
)
from web3crm.chain.typed_data.rewards import reward_cancel, reward_redeem

__all__ = [
    "ERASURE_DOMAIN",
    "Domain",
    "TypedData",
    "access_accept",
    "access_close",
    "card_approve",
    "card_buy",
    "card_cancel_subscription",
    "card_renew",
    "card_set_approval_for_all",
    "card_transfer",
    "card_upgrade",
    "consent_grant",
    "consent_request_erasure",
    "consent_withdraw",
    "consent_withdraw_all",
    "consent_withdraw_everywhere",
    "dataset_accept_move",
    "dataset_burn",
    "dataset_cancel_move",
    "dataset_mint",
    "dataset_propose_move",
    "dataset_update",
    "erasure_receipt",
    "exchange_swap",
    "governor_ballot",
    "governor_extended_ballot",
    "key_publish",
    "key_revoke",
    "market_buy",
    "market_cancel",
    "market_cancel_all",
    "market_order",
    "perk_cancel_redemption",
    "perk_redeem",
    "points_burn",
    "points_delegate_votes",
    "points_delegation",
    "points_permit",
    "points_redeem",
    "points_transfer",
    "reward_cancel",
    "reward_redeem",
    "sign",
]
