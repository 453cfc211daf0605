// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

/// @title ERC-6672: tokens that can be redeemed many times
/// @dev The functions and the events are the standard's; their identifier is 0x4dddf83f. The standard writes them for the ERC-721
/// contract itself: `IPerkDesk` says how a desk beside it stands in.
interface IERC6672 {
    /// @notice `redeemer` redeemed `tokenId` with `operator`; the redemption is `redemptionId`.
    event Redeem(
        address indexed operator,
        uint256 indexed tokenId,
        address redeemer,
        bytes32 redemptionId,
        string memo
    );

    /// @notice The redemption `redemptionId` of `tokenId` with `operator` does not count any more.
    event Cancel(address indexed operator, uint256 indexed tokenId, bytes32 redemptionId, string memo);

    /// @notice Redeems `tokenId`. `redemptionId` is the number that the redemption is to have: the next of its perk
    /// (`IPerkDesk.nextRedemptionId`), so that of two calls with the same one only one takes effect.
    /// @param memo Any text, which is public for ever: nothing that says who somebody is.
    /// @dev Requirements:
    /// - The card exists: `TokenDoesNotExist`.
    /// - `redemptionId` is the next of its perk: `PerkDesk_NotNext`.
    /// - All that `IPerkDesk.redeemPerk` requires.
    function redeem(bytes32 redemptionId, uint256 tokenId, string calldata memo) external;

    /// @notice Cancels the caller's own redemption `redemptionId` of `tokenId`.
    /// @param memo Any text, which is public for ever: nothing that says who somebody is.
    /// @dev Requirements:
    /// - The redemption is one of this token: `PerkDesk_NotOpen`.
    /// - All that `IPerkDesk.cancelRedemption` requires.
    function cancel(bytes32 redemptionId, uint256 tokenId, string calldata memo) external;

    /// @notice Says whether `tokenId` is redeemed with `operator` under `redemptionId`.
    function isRedeemed(address operator, bytes32 redemptionId, uint256 tokenId) external view returns (bool);

    /// @notice Returns the redemptions of `tokenId` with `operator`, those that were cancelled left out.
    function getRedemptionIds(address operator, uint256 tokenId) external view returns (bytes32[] memory);
}
