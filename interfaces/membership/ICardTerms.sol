// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

/// @title What a card is worth today: its tier and its term
interface ICardTerms {
    /// @notice Returns the tier of `cardId` and its term, from `startsAt` to `expiresAt`, Unix times in seconds.
    function cardOf(uint256 cardId) external view returns (uint16 tierId, uint40 startsAt, uint40 expiresAt);
}
