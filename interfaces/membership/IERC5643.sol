// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

/// @title ERC-5643: subscriptions as ERC-721 tokens
/// @dev The functions and the event are the standard's; their identifier is 0x8c65f84d.
interface IERC5643 {
    /// @notice The time at which the subscription of `tokenId` ends is now `expiration`; 0 when it was cancelled.
    event SubscriptionUpdate(uint256 indexed tokenId, uint64 expiration);

    /// @notice Pays for `duration` more seconds of `cardId` in native coin. Anyone may pay.
    /// @dev Requirements:
    /// - The card exists: `TokenDoesNotExist`.
    /// - Its tier has a period: `MembershipCard_NotRenewable`.
    /// - `duration` is a whole number of periods: `MembershipCard_InvalidDuration`.
    /// - `duration` is not 0: `MembershipCard_NoPeriods`.
    /// - The tier has a price in native coin: `MembershipCard_NotSoldIn`.
    /// - The value sent is that price for each period: `MembershipCard_WrongValue`.
    /// - The new term ends before the year 36,812, where 40 bits end: `MembershipCard_TermTooLong`.
    function renewSubscription(uint256 cardId, uint64 duration) external payable;

    /// @notice Ends the term of the caller's own card at once. The card stays hers, its price is not paid back, and unless
    /// its tier has no period it can be renewed again.
    /// @dev Only the holder: whoever may move a card on her behalf may not end it. Requirements:
    /// - No native coin is sent: `MembershipCard_WrongValue`.
    /// - The card exists: `TokenDoesNotExist`.
    /// - The caller holds it: `MembershipCard_NotHolder`.
    /// - It is active: `MembershipCard_NotActive`.
    function cancelSubscription(uint256 cardId) external payable;

    /// @notice Returns the Unix time at which the term of `cardId` ends: 0 if it was cancelled, 2**40 - 1 if it never ends.
    /// @dev Requirements:
    /// - The card exists: `TokenDoesNotExist`.
    function expiresAt(uint256 cardId) external view returns (uint64);

    /// @notice Says whether `renewSubscription` is open to `cardId`: its tier has a period and a price in native coin.
    /// @dev Requirements:
    /// - The card exists: `TokenDoesNotExist`.
    function isRenewable(uint256 cardId) external view returns (bool);
}
