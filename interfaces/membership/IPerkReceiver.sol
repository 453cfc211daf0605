// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

/// @title A contract that is told when a perk is redeemed
/// @dev Whoever implements this checks that the caller is the desk it serves. It has 50,000 gas, and what it answers, or whether it
/// answers at all, changes nothing: the redemption stands. It is told of redemptions only; what became of one it asks the desk.
interface IPerkReceiver {
    /// @notice `holder` of card `cardId` has redeemed perk `perkId` of the card's tier, `tierId`; `ref` is what she said it is for.
    function onPerkRedeemed(
        bytes32 redemptionId,
        uint256 cardId,
        address holder,
        uint16 tierId,
        uint8 perkId,
        bytes32 ref
    ) external;
}
