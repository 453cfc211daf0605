// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

/// @title Points as a means of payment: what a seller needs of them
interface IPointsRedeemer {
    /// @notice Redeems `amount` of `customer`'s points, spending the allowance she gave the caller.
    /// @param ref What the points are redeemed for: a digest or a number that identifies no person.
    function redeemFrom(address customer, uint256 amount, bytes32 ref) external;
}
