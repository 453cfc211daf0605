// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

/// @title Content identifiers of IPFS, made from a digest
library ContentId {
    bytes32 private constant ALPHABET = "abcdefghijklmnopqrstuvwxyz234567";

    /// @dev Version 1, codec raw (0x55), multihash sha2-256 (0x12) of 32 bytes (0x20).
    uint256 private constant PREFIX = 0x01551220;

    /// @dev 36 bytes are 288 bits: 57 letters of 5 bits and one of 3, after the multibase letter `b` (base32, lower
    /// case, no padding).
    uint256 private constant LENGTH = 59;

    /// @dev Returns the CIDv1 of the block of raw bytes whose sha2-256 is `digest`: what `ipfs add --cid-version=1
    /// --raw-leaves` gives a file of one block.
    function rawCidV1(bytes32 digest) internal pure returns (string memory) {
        bytes memory cid = new bytes(LENGTH);
        cid[0] = "b";
        // 290 bits, the last two of them zero to fill the last letter, do not fit one word: shift five a letter through
        // two.
        uint256 low = uint256(digest) << 2;
        uint256 high = (PREFIX << 2) | (uint256(digest) >> 254);
        for (uint256 i = LENGTH - 1; i > 0; --i) {
            cid[i] = ALPHABET[low & 31];
            low = (low >> 5) | (high << 251);
            high >>= 5;
        }
        return string(cid);
    }
}
