// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {ERC721} from "@openzeppelin/contracts/token/ERC721/ERC721.sol";

/// @title OpenZeppelin's ERC-721 with one stored digest for each token: no class, no key epoch, no lock
contract OzDigestCollection is ERC721 {
    mapping(uint256 id => bytes32) public digestOf;
    uint256 private _count;

    constructor() ERC721("Peer", "PEER") {}

    /// @notice Mints the next token to the caller.
    function mint(bytes32 digest) external {
        uint256 id = ++_count;
        _mint(msg.sender, id);
        digestOf[id] = digest;
    }
}
