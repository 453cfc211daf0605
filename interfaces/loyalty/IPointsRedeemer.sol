// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

/// @title Points as a means of payment: what a seller needs of them
interface IPointsRedeemer {
    /// @notice Redeems `amount` of `customer`'s points and spends as much of the caller's allowance.
    /// @param ref What they are redeemed for: a digest or a number that identifies no person.
    ///
    /// Requirements:
    /// - `amount` must not be zero (`LoyaltyPoints_ZeroAmount`).
    /// - the caller's allowance must reach (`ERC20InsufficientAllowance`).
    /// - `customer` must hold `amount` (`ERC20InsufficientBalance`).
    function redeemFrom(address customer, uint256 amount, bytes32 ref) external;
}
