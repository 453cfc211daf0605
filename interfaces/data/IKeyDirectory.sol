// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {ISigned} from "../access/ISigned.sol";

/// @title The keys that data is wrapped for
/// @notice Each address publishes the one age recipient (an X25519 public key) for which others wrap keys to it. There
/// is no owner, no role, no pause and no upgrade.
///
/// Every publication and every revocation begins a new epoch. Publishing by signature names the epoch it begins, so
/// that a key that somebody held back cannot return once the owner has published or revoked since. Revoking by
/// signature uses unordered nonces, so that a held-back key that is relayed first does not stop the revocation.
interface IKeyDirectory is ISigned {
    /// @notice `owner` published `recipient`, which holds from `epoch` on.
    event KeyPublished(address indexed owner, bytes32 recipient, uint32 epoch);

    /// @notice `owner` revoked the key it had; from `epoch` on it has none.
    event KeyRevoked(address indexed owner, uint32 epoch);

    /// @notice A recipient of zero is no key.
    error KeyDirectory_EmptyRecipient();

    /// @notice This recipient is the owner's key already.
    error KeyDirectory_SameRecipient(bytes32 recipient);

    /// @notice The signed key was meant for another epoch than the next: its owner has acted since.
    error KeyDirectory_StaleKey(uint256 nonce, uint256 expected);

    /// @notice Publishes the caller's key; it replaces the one before.
    ///
    /// Requirements:
    /// - `recipient` is not zero;
    /// - `recipient` is not the caller's key already.
    /// @param recipient The 32 bytes of the X25519 public key.
    function publish(bytes32 recipient) external;

    /// @notice `publish` for `owner`, who signed it.
    ///
    /// Requirements:
    /// - `deadline` has not passed;
    /// - the signature is the owner's;
    /// - `nonce` is the epoch that the key begins, one more than the present one;
    /// - `recipient` is not zero;
    /// - `recipient` is not the owner's key already.
    function publishBySig(
        address owner,
        bytes32 recipient,
        uint256 nonce,
        uint256 deadline,
        bytes calldata signature
    ) external;

    /// @notice Takes the caller's key back. It may be repeated, and makes every publication signed before worthless,
    /// also where no key is published yet.
    function revoke() external;

    /// @notice `revoke` for `owner`, who signed it.
    ///
    /// Requirements:
    /// - `deadline` has not passed;
    /// - the signature is the owner's;
    /// - the owner has not used the unordered `nonce`.
    function revokeBySig(address owner, uint256 nonce, uint256 deadline, bytes calldata signature) external;

    /// @notice Returns the key that `owner` has now.
    /// @return recipient The 32 bytes of the X25519 public key; zero if there is none.
    /// @return epoch How many keys the owner has published and revoked so far.
    /// @return publishedAt When the key was published, a Unix time in seconds; zero if there is none.
    function recipientOf(address owner) external view returns (bytes32 recipient, uint32 epoch, uint40 publishedAt);
}
