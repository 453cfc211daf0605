// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {ERC721} from "@openzeppelin/contracts/token/ERC721/ERC721.sol";

/// @title OpenZeppelin's ERC-721, sold at one fixed price: no tier, no term, no royalty
contract OzCollection is ERC721 {
    uint256 public constant PRICE = 0.01 ether;
    uint256 private _count;

    /// @notice The buyer did not send the price.
    error OzCollection_WrongPrice(uint256 value);

    constructor() ERC721("Peer", "PEER") {}

    /// @notice Sells the next token.
    function buy(address to) external payable {
        if (msg.value != PRICE) revert OzCollection_WrongPrice(msg.value);
        _mint(to, ++_count);
    }
}
