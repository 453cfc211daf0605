// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

/// @title A consent snapshot in one word
/// @dev Layout, from the highest bit down: `purposes` 64 | `dataClasses` 64 | `noticeVersion` 32 | `at` 40 |
/// `expiresAt` 40 | `number` 16. The word is zero if and only if the customer never acted: the first snapshot has the
/// number 1.
library ConsentSnapshot {
    /// @dev The last number. It is kept for withdrawals, which overwrite each other there: see `ConsentRegistry`.
    uint256 internal constant LAST_NUMBER = type(uint16).max;

    function pack(
        uint64 purposes_,
        uint64 dataClasses_,
        uint32 noticeVersion_,
        uint40 at_,
        uint40 expiresAt_,
        uint16 number_
    ) internal pure returns (uint256) {
        return
            (uint256(purposes_) << 192) |
            (uint256(dataClasses_) << 128) |
            (uint256(noticeVersion_) << 96) |
            (uint256(at_) << 56) |
            (uint256(expiresAt_) << 16) |
            number_;
    }

    function purposes(uint256 word) internal pure returns (uint64) {
        return uint64(word >> 192);
    }

    function dataClasses(uint256 word) internal pure returns (uint64) {
        return uint64(word >> 128);
    }

    function noticeVersion(uint256 word) internal pure returns (uint32) {
        return uint32(word >> 96);
    }

    /// @dev When the snapshot was taken, a Unix time in seconds.
    function at(uint256 word) internal pure returns (uint40) {
        return uint40(word >> 56);
    }

    /// @dev From when on the consent is no longer good, a Unix time in seconds; zero if it holds until it is withdrawn.
    function expiresAt(uint256 word) internal pure returns (uint40) {
        return uint40(word >> 16);
    }

    function number(uint256 word) internal pure returns (uint16) {
        return uint16(word);
    }
}
