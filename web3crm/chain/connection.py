"""One chain: contracts by name, transactions from any sender, calls, logs, and clear errors for all of it.

The node is spoken to in raw JSON-RPC, so that Ganache, anvil and public nodes behave alike: a refusal arrives as
:class:`~web3crm.errors.ContractRevert` with the error's name and values, whoever reports it and however.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import requests
from eth_account.signers.local import LocalAccount
from eth_utils.abi import collapse_if_tuple
from eth_utils.address import is_checksum_address
from eth_utils.crypto import keccak
from web3 import HTTPProvider, Web3
from web3.contract import Contract
from web3.contract.contract import ContractFunction
from web3.types import RPCEndpoint, TxReceipt

from web3crm.chain.accounts import Sender, address_of, sender_of
from web3crm.chain.artifacts import Artifact, Artifacts
from web3crm.chain.decoding import decode
from web3crm.chain.logs import EventDecoder, EventLog, read_logs
from web3crm.chain.reverts import ErrorTable, mined_failure, normalised, revert_data
from web3crm.chain.typed_data import Domain, TypedData, sign
from web3crm.errors import ChainError, ContractRevert, InputError, RpcError

__all__ = ["Chain", "Prepared"]

LOCAL_CHAIN_IDS = frozenset({1337, 31337})
"""Ganache's and anvil's chain ids: development chains, whose records are thrown away and whose clock can be moved."""

_NETWORKS = {
    1: "mainnet",
    10: "optimism",
    137: "polygon",
    1337: "ganache",
    8453: "base",
    31337: "anvil",
    42161: "arbitrum",
    84532: "base-sepolia",
    560048: "hoodi",
    11155111: "sepolia",
}
_GWEI = 10**9
_GAS_MARGIN = 30_000
"""More than a new storage slot costs: an act that begins a new period a second after its estimate writes one more."""
_POLL_LOCAL, _POLL_LIVE = 0.02, 1.0


@dataclass(frozen=True)
class Prepared:
    """A transaction that is ready to go: estimated, priced, numbered and, when the key is held here, signed.

    ``hash`` is known beforehand only when it is signed here. ``creates`` is where a contract creation will put its
    contract.
    """

    act: str
    sender: str
    nonce: int
    transaction: dict[str, Any] = field(repr=False)
    raw: bytes | None = field(default=None, repr=False)
    hash: str | None = None

    @property
    def creates(self) -> str:
        """The address of the contract that this transaction makes, if it makes one (CREATE: sender and nonce)."""
        return created_address(self.sender, self.nonce)


class Chain:
    """A connected chain. ``confirmations`` is how many blocks, its own included, a transaction waits for."""

    def __init__(
        self,
        web3: Web3,
        *,
        network: str | None = None,
        artifacts: Artifacts | None = None,
        confirmations: int | None = None,
        gas_buffer: float = 1.25,
        timeout: float = 180,
    ) -> None:
        if gas_buffer < 1:
            raise InputError(f"the gas buffer multiplies an estimate and is at least 1, got {gas_buffer}")
        self.web3 = web3
        self.artifacts = artifacts or Artifacts.find()
        self.chain_id = int(self.rpc("eth_chainId", []), 16)
        self.is_local = self.chain_id in LOCAL_CHAIN_IDS
        self.network = network or _NETWORKS.get(self.chain_id, "chain")
        self.confirmations = confirmations or (1 if self.is_local else 2)
        self.gas_buffer = gas_buffer
        self.timeout = timeout
        self._types: dict[str, type[Contract]] = {}
        self._errors: ErrorTable | None = None
        self._sent: dict[str, int] = {}
        self._lock = threading.Lock()

    @classmethod
    def connect(cls, url: str, *, chain_id: int | None = None, **options: Any) -> Chain:
        """Connects to the node at ``url``; with ``chain_id`` given, only if it serves that chain.

        ``options`` are those of :class:`Chain`. Raises :class:`ChainError` when nothing answers, or another chain
        does; the error names the host only, since the rest of a URL often holds a key.
        """
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise InputError("a node's address starts with http:// or https:// and names a host")
        chain = cls(Web3(HTTPProvider(url, request_kwargs={"timeout": 30})), **options)
        if chain_id is not None and chain.chain_id != chain_id:
            raise ChainError(
                f"the node at {_host(url)} serves chain {chain.chain_id}, not {chain_id}: check the address"
            )
        return chain

    # --- requests -----------------------------------------------------------------------------------------------------

    def rpc(self, method: str, params: Sequence[Any]) -> Any:
        """One raw JSON-RPC request.

        Raises :class:`RpcError` for an error answer, :class:`ChainError` when none comes.
        """
        try:
            response = self.web3.provider.make_request(RPCEndpoint(method), list(params))
        except (requests.RequestException, OSError, ValueError, AttributeError) as error:
            raise self._unreachable(error) from None
        if response.get("error") is not None:
            raise RpcError(method, response["error"])
        return response.get("result")

    def rpc_batch(self, calls: Sequence[tuple[str, Sequence[Any]]]) -> list[Any]:
        """Many requests in one round trip, answers in order. Raises as :meth:`rpc` does, for the first that failed."""
        if not calls:
            return []
        try:
            responses = self.web3.provider.make_batch_request(  # type: ignore[attr-defined]
                [(RPCEndpoint(method), list(params)) for method, params in calls]
            )
        except (requests.RequestException, OSError, ValueError, AttributeError) as error:
            raise self._unreachable(error) from None
        if isinstance(responses, dict):
            raise RpcError("a batch", responses.get("error"))
        for (method, _), response in zip(calls, responses, strict=True):
            if response.get("error") is not None:
                raise RpcError(method, response["error"])
        return [response.get("result") for response in responses]

    def _unreachable(self, error: Exception) -> ChainError:
        host = _host(str(getattr(self.web3.provider, "endpoint_uri", "") or ""))
        response = getattr(error, "response", None)
        if response is not None:
            return ChainError(f"the node at {host} answered HTTP {response.status_code}: check its address and key")
        return ChainError(f"nothing answers at {host} ({type(error).__name__}): start the chain or check the address")

    # --- contracts ----------------------------------------------------------------------------------------------------

    def contract(self, name: str, address: str) -> Contract:
        """The contract called ``name`` at ``address``. Nothing is asked of the chain."""
        if not is_checksum_address(address):
            raise InputError(f"{name}'s address must be checksummed, got {address!r}")
        return self._type(name)(address=Web3.to_checksum_address(address))

    def _type(self, name: str) -> type[Contract]:
        if name not in self._types:
            artifact = self.artifacts.load(name)
            self._types[name] = self.web3.eth.contract(abi=artifact.abi, bytecode=artifact.bytecode)
        return self._types[name]

    def code(self, address: str) -> bytes:
        """The code at ``address``, empty when there is none."""
        return bytes.fromhex(self.rpc("eth_getCode", [address, "latest"])[2:])

    def creation(self, name: str, args: Sequence[Any] = ()) -> tuple[Artifact, bytes]:
        """The artifact of ``name`` and the bytes of the transaction that makes one with ``args``.

        Raises :class:`InputError` when the arguments are not what the constructor takes.
        """
        artifact = self.artifacts.load(name)
        if not artifact.bytecode:
            raise InputError(f"{name} is abstract or an interface: it cannot be deployed")
        types = artifact.types(artifact.constructor_inputs)
        if len(types) != len(args):
            raise InputError(f"{name}'s constructor takes {len(types)} arguments ({', '.join(types)}), got {len(args)}")
        for item, kind, value in zip(artifact.constructor_inputs, types, args, strict=True):
            if not self.web3.codec.is_encodable(kind, value):
                raise InputError(f"{name}'s constructor takes {kind} {item['name']}, got {value!r}")
        return artifact, artifact.bytecode + self.web3.codec.encode(types, list(args))

    def deploy(self, name: str, args: Sequence[Any] = (), *, sender: Sender) -> tuple[Contract, TxReceipt]:
        """Deploys ``name`` and waits. Returns the contract and the receipt."""
        prepared = self.prepare_deployment(name, args, sender=sender)
        receipt = self.wait(self.submit(prepared), act=prepared.act)
        return self.contract(name, str(receipt["contractAddress"])), receipt

    def domain(self, contract: Contract) -> Domain:
        """Where signatures for ``contract`` are good, as the contract itself says (ERC-5267)."""
        _, name, version, chain_id, address, _, _ = self.call(contract.functions.eip712Domain())
        return Domain(name=name, version=version, chain_id=chain_id, contract=address)

    def sign(self, typed_data: TypedData, *, sender: Sender) -> bytes:
        """Signs typed data: here when the key is held here, else by the node for one of its unlocked accounts."""
        sender = sender_of(sender)
        if isinstance(sender, LocalAccount):
            return sign(typed_data, sender)
        answer: str = self.rpc("eth_signTypedData_v4", [sender, typed_data.as_json()])
        return bytes.fromhex(answer.removeprefix("0x"))

    # --- transactions -------------------------------------------------------------------------------------------------

    def transact(self, act: ContractFunction, *, sender: Sender, value: int = 0) -> TxReceipt:
        """Sends a contract function and waits for it.

        Raises :class:`ContractRevert` with the decoded error when the contract refuses, mostly before anything is sent.
        """
        prepared = self.prepare(act, sender=sender, value=value)
        return self.wait(self.submit(prepared), act=prepared.act)

    def send(self, act: ContractFunction, *, sender: Sender, value: int = 0) -> str:
        """Sends a contract function and returns the transaction's hash at once; :meth:`wait` for it later."""
        return self.submit(self.prepare(act, sender=sender, value=value))

    def transfer(self, to: str, value: int, *, sender: Sender) -> TxReceipt:
        """Sends native coin and waits."""
        if not is_checksum_address(to):
            raise InputError(f"a receiver is a checksummed address, got {to!r}")
        prepared = self._prepare("transfer", {"to": to, "value": hex(value), "data": "0x"}, sender)
        return self.wait(self.submit(prepared), act="transfer")

    def prepare(self, act: ContractFunction, *, sender: Sender, value: int = 0) -> Prepared:
        """Estimates, prices and numbers a transaction, and signs it when the key is held here. Sends nothing."""
        transaction = {"to": act.address, "value": hex(value), "data": act._encode_transaction_data()}
        return self._prepare(str(act.abi_element_identifier).partition("(")[0], transaction, sender)

    def prepare_deployment(self, name: str, args: Sequence[Any] = (), *, sender: Sender) -> Prepared:
        """As :meth:`prepare`, for a contract creation."""
        _, data = self.creation(name, args)
        return self._prepare(f"deploy {name}", {"value": "0x0", "data": "0x" + data.hex()}, sender)

    def _prepare(self, act: str, transaction: dict[str, Any], sender: Sender) -> Prepared:
        sender = sender_of(sender)
        address = address_of(sender)
        request = {"from": address, **transaction}
        try:
            estimate, pending, block = self.rpc_batch(
                [
                    ("eth_estimateGas", [request]),
                    ("eth_getTransactionCount", [address, "pending"]),
                    ("eth_getBlockByNumber", ["latest", False]),
                ]
            )
        except RpcError as error:
            raise self._refusal(error, act) from None
        gas = min(int(int(estimate, 16) * self.gas_buffer) + _GAS_MARGIN, int(block["gasLimit"], 16))
        with self._lock:
            # A public node behind a balancer may not know yet what was just mined; a development chain may be rolled
            # back.
            nonce = max(int(pending, 16), 0 if self.is_local else self._sent.get(address, 0))
        numbers: dict[str, int] = {"gas": max(gas, int(estimate, 16)), "nonce": nonce, **self._fees(block)}
        if isinstance(sender, LocalAccount):
            unsigned: dict[str, Any] = {
                **transaction,
                **numbers,
                "chainId": self.chain_id,
                "value": int(transaction["value"], 16),
            }
            signed = sender.sign_transaction(unsigned)
            raw = bytes(signed.raw_transaction)
            return Prepared(act, address, nonce, request, raw, "0x" + keccak(raw).hex())
        return Prepared(act, address, nonce, {**request, **{name: hex(number) for name, number in numbers.items()}})

    def _fees(self, block: dict[str, Any]) -> dict[str, int]:
        """EIP-1559 fees that stay good for six full blocks in a row.

        The older gas price where the chain has no base fee.
        """
        if block.get("baseFeePerGas") is None:
            return {"gasPrice": int(self.rpc("eth_gasPrice", []), 16)}
        base = int(block["baseFeePerGas"], 16)
        if self.is_local:
            tip = _GWEI
        else:
            try:
                tip = int(self.rpc("eth_maxPriorityFeePerGas", []), 16)
            except RpcError:
                tip = _GWEI
        return {"maxFeePerGas": 2 * base + tip, "maxPriorityFeePerGas": tip}

    def submit(self, prepared: Prepared) -> str:
        """Sends a prepared transaction and returns its hash."""
        try:
            if prepared.raw is None:
                sent: str = self.rpc("eth_sendTransaction", [prepared.transaction])
            else:
                sent = self.rpc("eth_sendRawTransaction", ["0x" + prepared.raw.hex()])
        except RpcError as error:
            mined = mined_failure(error.error)
            if mined is None:
                raise self._refusal(error, prepared.act) from None
            sent = mined
        with self._lock:
            self._sent[prepared.sender] = prepared.nonce + 1
        return sent

    def receipt(self, transaction_hash: str) -> TxReceipt | None:
        """The receipt of a mined transaction, or None."""
        if self.rpc("eth_getTransactionReceipt", [transaction_hash]) is None:
            return None
        return self.web3.eth.get_transaction_receipt(transaction_hash)  # type: ignore[arg-type]

    def wait(self, transaction_hash: str, *, act: str = "") -> TxReceipt:
        """Waits until a transaction is mined and confirmed.

        Raises :class:`ContractRevert` when it failed, :class:`ChainError` when the time is up.
        """
        until = time.monotonic() + self.timeout
        poll = _POLL_LOCAL if self.is_local else _POLL_LIVE
        while True:
            # Asked for anew each time: a reorganisation may put the transaction into another block, or into none.
            receipt = self.receipt(transaction_hash)
            if receipt is not None:
                if receipt["status"] == 0:
                    raise self._why_failed(transaction_hash, receipt, act)
                if self.confirmations == 1 or self.block_number() >= receipt["blockNumber"] + self.confirmations - 1:
                    return receipt
            if time.monotonic() > until:
                raise ChainError(
                    f"{act or 'the transaction'} was sent ({transaction_hash}) but not confirmed "
                    f"within {self.timeout:.0f} s: look it up before sending it again"
                )
            time.sleep(poll)

    def _why_failed(self, transaction_hash: str, receipt: TxReceipt, act: str) -> ChainError:
        """A mined failure, replayed where it stood, since the receipt does not say why."""
        sent = self.rpc("eth_getTransactionByHash", [transaction_hash])
        request = {
            "from": sent["from"],
            "to": sent["to"],
            "value": sent["value"],
            "data": sent["input"],
            "gas": sent["gas"],
        }
        try:
            self.rpc("eth_call", [request, hex(receipt["blockNumber"] - 1)])
        except RpcError as error:
            refusal = self._refusal(error, act)
            if isinstance(refusal, ContractRevert):
                return refusal
        why = "it ran out of gas" if receipt["gasUsed"] == int(sent["gas"], 16) else "the node does not say why"
        return ChainError(f"{act or 'the transaction'} failed on chain ({transaction_hash}): {why}")

    def _refusal(self, error: RpcError, act: str) -> ChainError:
        data = revert_data(error.error)
        if data is None:
            return ChainError(f"{act}: {error}")
        return self._error_table().decode(data, act=act)

    def _error_table(self) -> ErrorTable:
        if self._errors is None:
            self._errors = ErrorTable(self.artifacts.all_abis)
        return self._errors

    # --- reading ------------------------------------------------------------------------------------------------------

    def call(
        self, act: ContractFunction, *, sender: str | None = None, value: int = 0, block: int | None = None
    ) -> Any:
        """Runs a contract function without a transaction; returns its value (several as a tuple, structs as tuples).

        ``block`` is a block's number, the newest by default. Raises :class:`ContractRevert` when the contract refuses
        and :class:`ChainError` when no contract answers.
        """
        request: dict[str, Any] = {"to": act.address, "data": act._encode_transaction_data()}
        if sender is not None:
            request["from"] = sender
        if value:
            request["value"] = hex(value)
        name = str(act.abi_element_identifier).partition("(")[0]
        try:
            answer = self.rpc("eth_call", [request, "latest" if block is None else hex(block)])
        except RpcError as error:
            raise self._refusal(error, name) from None
        outputs: Sequence[Any] = act.abi["outputs"]
        if answer == "0x" and outputs:
            raise ChainError(f"{name}: no contract answers at {act.address} on chain {self.chain_id}")
        values = decode([collapse_if_tuple(item) for item in outputs], bytes.fromhex(answer[2:]))
        found = tuple(map(normalised, outputs, values))
        return found[0] if len(found) == 1 else found

    def logs(
        self,
        contract: Contract,
        event: str,
        *,
        from_block: int = 0,
        to_block: int | None = None,
        where: dict[str, Any] | None = None,
        step: int = 10_000,
    ) -> Iterator[EventLog]:
        """Yields the logs of one event of ``contract`` in a range of blocks.

        ``where`` keeps those with equal indexed values.
        """
        abi = _event_abi(contract, event)
        return read_logs(
            self, [abi], address=contract.address, from_block=from_block, to_block=to_block, where=where, step=step
        )

    def events(self, receipt: TxReceipt, contract: Contract, event: str) -> list[EventLog]:
        """The events of one kind that ``contract`` emitted in the transaction of ``receipt``."""
        decoder = EventDecoder(_event_abi(contract, event))
        return [
            decoder.decode(
                {
                    "topics": ["0x" + bytes(topic).hex() for topic in log["topics"]],
                    "data": "0x" + bytes(log["data"]).hex(),
                    "blockNumber": hex(log["blockNumber"]),
                    "logIndex": hex(log["logIndex"]),
                    "transactionHash": "0x" + bytes(log["transactionHash"]).hex(),
                    "address": log["address"],
                }
            )
            for log in receipt["logs"]
            if log["address"] == contract.address
            and log["topics"]
            and "0x" + bytes(log["topics"][0]).hex() == decoder.topic
        ]

    def balance(self, address: str) -> int:
        """The native coin of ``address`` in wei."""
        return int(self.rpc("eth_getBalance", [address, "latest"]), 16)

    def block_number(self) -> int:
        """The number of the newest block."""
        return int(self.rpc("eth_blockNumber", []), 16)

    def head(self) -> tuple[int, int]:
        """The number and the time (Unix, in seconds) of the newest block."""
        block = self.rpc("eth_getBlockByNumber", ["latest", False])
        return int(block["number"], 16), int(block["timestamp"], 16)

    def now(self) -> int:
        """The newest block's time in seconds.

        What a contract called now would take for the present, or a little later.
        """
        return self.head()[1]

    def accounts(self) -> list[str]:
        """The addresses the node has unlocked, checksummed: a development chain's accounts, none on a public node."""
        return [Web3.to_checksum_address(address) for address in self.rpc("eth_accounts", [])]

    # --- development chains -------------------------------------------------------------------------------------------

    def sleep(self, seconds: int) -> int:
        """Moves a development chain's clock forward and mines a block. Returns the new time."""
        self._only_local("moving the clock")
        self.rpc("evm_increaseTime", [seconds])
        self.mine()
        return self.now()

    def mine(self, blocks: int = 1) -> None:
        """Mines empty blocks on a development chain."""
        self._only_local("mining")
        for _ in range(blocks):  # one by one: Ganache makes one block of several requests that come together
            self.rpc("evm_mine", [])

    def snapshot(self) -> str:
        """Remembers the state of a development chain; :meth:`revert` goes back to it once."""
        self._only_local("a snapshot")
        return str(self.rpc("evm_snapshot", []))

    def revert(self, snapshot: str) -> None:
        """Goes back to a snapshot of a development chain."""
        self._only_local("going back")
        if not self.rpc("evm_revert", [snapshot]):
            raise ChainError(f"the chain has no snapshot {snapshot}: each can be used once")

    def _only_local(self, what: str) -> None:
        if not self.is_local:
            raise InputError(f"{what} is for development chains only, and chain {self.chain_id} is none")


def created_address(sender: str, nonce: int) -> str:
    """The address of the contract that ``sender`` creates with ``nonce``: the hash of the RLP of both."""
    number = b"" if nonce == 0 else nonce.to_bytes((nonce.bit_length() + 7) // 8, "big")
    item = number if len(number) == 1 and number[0] < 0x80 else bytes([0x80 + len(number)]) + number
    body = bytes([0x94]) + bytes.fromhex(sender[2:]) + item
    return Web3.to_checksum_address(keccak(bytes([0xC0 + len(body)]) + body)[12:])


def _event_abi(contract: Contract, event: str) -> dict[str, Any]:
    found = [dict(entry) for entry in contract.abi if entry["type"] == "event" and entry.get("name") == event]
    if len(found) != 1:
        known = ", ".join(sorted(str(entry.get("name")) for entry in contract.abi if entry["type"] == "event"))
        raise InputError(f"the contract has no event {event}; it has: {known}")
    return found[0]


def _host(url: str) -> str:
    """Host and port of a URL: the rest may hold a key."""
    parts = urlsplit(url)
    if not parts.hostname:
        return "the given address"
    return f"{parts.hostname}:{parts.port}" if parts.port else str(parts.hostname)
