// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {ERC721A} from "erc721a/contracts/ERC721A.sol";

/// @title ERC721A, sold at one fixed price: no tier, no term, no royalty
contract Erc721aCollection is ERC721A {
    uint256 public constant PRICE = 0.01 ether;

    /// @notice The buyer did not send the price.
    error Erc721aCollection_WrongPrice(uint256 value);

    constructor() ERC721A("Peer", "PEER") {}

    /// @notice Sells the next token.
    function buy(address to) external payable {
        if (msg.value != PRICE) revert Erc721aCollection_WrongPrice(msg.value);
        _mint(to, 1);
    }
}
