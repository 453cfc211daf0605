// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";

import {IKeyDirectory} from "../../interfaces/data/IKeyDirectory.sol";
import {Signed} from "../libraries/Signed.sol";

/// @title The keys that data is wrapped for
contract KeyDirectory is IKeyDirectory, Signed {
    /// @dev The recipient fills one slot; epoch 32 | publishedAt 40 share the next.
    struct Entry {
        bytes32 recipient;
        uint32 epoch;
        uint40 publishedAt;
    }

    bytes32 private constant PUBLISH_TYPEHASH = keccak256(
        "PublishKey(address owner,bytes32 recipient,uint256 nonce,uint256 deadline)"
    );
    bytes32 private constant REVOKE_TYPEHASH = keccak256("RevokeKey(address owner,uint256 nonce,uint256 deadline)");

    mapping(address owner => Entry) private _entries;

    constructor() EIP712("KeyDirectory", "1") {}

    /* PUBLISH */

    /// @inheritdoc IKeyDirectory
    function publish(bytes32 recipient) external {
        _publish(msg.sender, recipient);
    }

    /// @inheritdoc IKeyDirectory
    function publishBySig(
        address owner,
        bytes32 recipient,
        uint256 nonce,
        uint256 deadline,
        bytes calldata signature
    ) external {
        _checkSigned(
            owner,
            keccak256(abi.encode(PUBLISH_TYPEHASH, owner, recipient, nonce, deadline)),
            deadline,
            signature
        );
        uint256 expected = uint256(_entries[owner].epoch) + 1;
        if (nonce != expected) revert KeyDirectory_StaleKey(nonce, expected);
        _publish(owner, recipient);
    }

    /* REVOKE */

    /// @inheritdoc IKeyDirectory
    function revoke() external {
        _revoke(msg.sender);
    }

    /// @inheritdoc IKeyDirectory
    function revokeBySig(address owner, uint256 nonce, uint256 deadline, bytes calldata signature) external {
        _useSigned(owner, keccak256(abi.encode(REVOKE_TYPEHASH, owner, nonce, deadline)), nonce, deadline, signature);
        _revoke(owner);
    }

    /* VIEWS */

    /// @inheritdoc IKeyDirectory
    function recipientOf(address owner) external view returns (bytes32 recipient, uint32 epoch, uint40 publishedAt) {
        Entry storage entry = _entries[owner];
        return (entry.recipient, entry.epoch, entry.publishedAt);
    }

    /* INTERNALS */

    function _publish(address owner, bytes32 recipient) private {
        Entry storage entry = _entries[owner];
        if (recipient == 0) revert KeyDirectory_EmptyRecipient();
        if (recipient == entry.recipient) revert KeyDirectory_SameRecipient(recipient);

        uint32 epoch = entry.epoch + 1;
        entry.recipient = recipient;
        entry.epoch = epoch;
        entry.publishedAt = uint40(block.timestamp);
        emit KeyPublished(owner, recipient, epoch);
    }

    /// @dev Begins an epoch even where there is no key, because a signed key that somebody holds back is good for the
    /// next one.
    function _revoke(address owner) private {
        Entry storage entry = _entries[owner];
        uint32 epoch = entry.epoch + 1;
        entry.recipient = 0;
        entry.epoch = epoch;
        entry.publishedAt = 0;
        emit KeyRevoked(owner, epoch);
    }
}
