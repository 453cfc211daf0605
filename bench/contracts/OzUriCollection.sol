// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {ERC721} from "@openzeppelin/contracts/token/ERC721/ERC721.sol";
import {ERC721URIStorage} from "@openzeppelin/contracts/token/ERC721/extensions/ERC721URIStorage.sol";

/// @title OpenZeppelin's ERC-721 with a stored address for each token's data: no class, no key epoch, no lock
contract OzUriCollection is ERC721URIStorage {
    uint256 private _count;

    constructor() ERC721("Peer", "PEER") {}

    /// @notice Mints the next token to the caller.
    function mint(string calldata uri) external {
        uint256 id = ++_count;
        _mint(msg.sender, id);
        _setTokenURI(id, uri);
    }
}
