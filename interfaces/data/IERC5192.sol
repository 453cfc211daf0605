// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

/// @title ERC-5192: tokens that cannot be transferred. Interface id 0xb45a3c0e.
interface IERC5192 {
    /// @notice The token cannot be transferred from now on.
    event Locked(uint256 tokenId);

    /// @notice The token can be transferred from now on.
    event Unlocked(uint256 tokenId);

    /// @notice Says whether the token is locked.
    ///
    /// Requirements:
    /// - the token exists.
    function locked(uint256 tokenId) external view returns (bool);
}
