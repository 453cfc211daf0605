"""The chain: connection, compiled contracts, senders, relaying, typed data, logs, and a local chain of one's own."""

from web3crm.chain.accounts import (
    Sender,
    account_from_environment,
    account_from_keystore,
    find_account,
    sender_of,
    write_keystore,
)
from web3crm.chain.artifacts import Artifact, Artifacts
from web3crm.chain.connection import Chain, Prepared
from web3crm.chain.local import DEVELOPMENT_MNEMONIC, LocalChain
from web3crm.chain.logs import EventDecoder, EventLog, read_logs
from web3crm.chain.relay import relay, signed_arguments
from web3crm.chain.reverts import ErrorTable

__all__ = [
    "DEVELOPMENT_MNEMONIC",
    "Artifact",
    "Artifacts",
    "Chain",
    "ErrorTable",
    "EventDecoder",
    "EventLog",
    "LocalChain",
    "Prepared",
    "Sender",
    "account_from_environment",
    "account_from_keystore",
    "find_account",
    "read_logs",
    "relay",
    "sender_of",
    "signed_arguments",
    "write_keystore",
]
