"""What owners sign for ``CustomerData``."""

from __future__ import annotations

from web3crm.chain.typed_data.message import Domain, TypedData

__all__ = [
    "dataset_accept_move",
    "dataset_burn",
    "dataset_cancel_move",
    "dataset_mint",
    "dataset_propose_move",
    "dataset_update",
]


def dataset_mint(
    *,
    domain: Domain,
    owner: str,
    manifest_digest: bytes,
    data_class: int,
    nonce: int,
    deadline: int,
) -> TypedData:
    """``CustomerData.mintBySig``; ``nonce`` is any number the owner has not used with this contract."""
    return TypedData(
        domain,
        "MintDataset",
        {
            "owner": "address",
            "manifestDigest": "bytes32",
            "dataClass": "uint8",
            "nonce": "uint256",
            "deadline": "uint256",
        },
        {
            "owner": owner,
            "manifestDigest": manifest_digest,
            "dataClass": data_class,
            "nonce": nonce,
            "deadline": deadline,
        },
    )


def dataset_update(
    *,
    domain: Domain,
    owner: str,
    dataset_id: int,
    previous_digest: bytes,
    manifest_digest: bytes,
    key_epoch: int,
    nonce: int,
    deadline: int,
) -> TypedData:
    """``CustomerData.updateBySig``; ``nonce`` is any number the owner has not used with this contract.

    ``previous_digest`` is the manifest that is replaced; once the dataset has another, the signature is worthless.
    """
    return TypedData(
        domain,
        "UpdateDataset",
        {
            "owner": "address",
            "datasetId": "uint256",
            "previousDigest": "bytes32",
            "manifestDigest": "bytes32",
            "keyEpoch": "uint32",
            "nonce": "uint256",
            "deadline": "uint256",
        },
        {
            "owner": owner,
            "datasetId": dataset_id,
            "previousDigest": previous_digest,
            "manifestDigest": manifest_digest,
            "keyEpoch": key_epoch,
            "nonce": nonce,
            "deadline": deadline,
        },
    )


def dataset_propose_move(
    *,
    domain: Domain,
    owner: str,
    dataset_id: int,
    new_wallet: str,
    nonce: int,
    deadline: int,
) -> TypedData:
    """``CustomerData.proposeMoveBySig``. ``nonce`` is the round it begins: that of ``moveOf`` plus one."""
    return TypedData(
        domain,
        "ProposeMove",
        {
            "owner": "address",
            "datasetId": "uint256",
            "newWallet": "address",
            "nonce": "uint256",
            "deadline": "uint256",
        },
        {
            "owner": owner,
            "datasetId": dataset_id,
            "newWallet": new_wallet,
            "nonce": nonce,
            "deadline": deadline,
        },
    )


def dataset_cancel_move(
    *,
    domain: Domain,
    owner: str,
    dataset_id: int,
    nonce: int,
    deadline: int,
) -> TypedData:
    """``CustomerData.cancelMoveBySig``; ``nonce`` is any number the owner has not used with this contract."""
    return TypedData(
        domain,
        "CancelMove",
        {
            "owner": "address",
            "datasetId": "uint256",
            "nonce": "uint256",
            "deadline": "uint256",
        },
        {
            "owner": owner,
            "datasetId": dataset_id,
            "nonce": nonce,
            "deadline": deadline,
        },
    )


def dataset_accept_move(
    *,
    domain: Domain,
    new_wallet: str,
    dataset_id: int,
    nonce: int,
    deadline: int,
) -> TypedData:
    """``CustomerData.acceptMoveBySig``; ``nonce`` is any number the new wallet has not used with this contract."""
    return TypedData(
        domain,
        "AcceptMove",
        {
            "newWallet": "address",
            "datasetId": "uint256",
            "nonce": "uint256",
            "deadline": "uint256",
        },
        {
            "newWallet": new_wallet,
            "datasetId": dataset_id,
            "nonce": nonce,
            "deadline": deadline,
        },
    )


def dataset_burn(
    *,
    domain: Domain,
    owner: str,
    dataset_id: int,
    nonce: int,
    deadline: int,
) -> TypedData:
    """``CustomerData.burnBySig``; ``nonce`` is any number the owner has not used with this contract."""
    return TypedData(
        domain,
        "BurnDataset",
        {
            "owner": "address",
            "datasetId": "uint256",
            "nonce": "uint256",
            "deadline": "uint256",
        },
        {
            "owner": owner,
            "datasetId": dataset_id,
            "nonce": nonce,
            "deadline": deadline,
        },
    )
