// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

/// @title What a card is worth today: the perks it has left
interface IPerkTerms {
    /// @notice Says whether card `cardId` has left, of every perk, at least what `pinned` says: perk `i` in the 8 bits from bit `8 * i`
    /// on, counted from the lowest. Nothing pinned is always left.
    function hasPerksLeft(uint256 cardId, bytes32 pinned) external view returns (bool);
}
