// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

/// @title What was published for customers to claim: what a reader of the brand's liability needs of a distributor of points
interface IPublishedPoints {
    /// @notice Returns the root that customers claim from, and its total: as many points as all roots that matured so far brought.
    function matured() external view returns (bytes32 root, uint128 total);

    /// @notice Returns the root that waits, what `total` will be once it matures, and when that may happen; zeros if none waits. It
    /// may be due already and wait for somebody to mature it, or for the issuance budget.
    function pending() external view returns (bytes32 root, uint128 total, uint40 maturesAt);
}
