// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

/// @title ERC-5484: tokens bound to a person, which say from the start who may burn them. Interface id 0x0489b56f.
interface IERC5484 {
    /// @notice Who may burn a token.
    enum BurnAuth {
        IssuerOnly,
        OwnerOnly,
        Both,
        Neither
    }

    /// @notice `from` issued the token to `to`.
    event Issued(address indexed from, address indexed to, uint256 indexed tokenId, BurnAuth burnAuth);

    /// @notice Says who may burn the token. The answer never changes.
    ///
    /// Requirements:
    /// - the token exists.
    function burnAuth(uint256 tokenId) external view returns (BurnAuth);
}
