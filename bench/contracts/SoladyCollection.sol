// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {ERC721} from "solady/src/tokens/ERC721.sol";

/// @title Solady's ERC-721, sold at one fixed price: no tier, no term, no royalty
contract SoladyCollection is ERC721 {
    uint256 public constant PRICE = 0.01 ether;
    uint256 private _count;

    /// @notice The buyer did not send the price.
    error SoladyCollection_WrongPrice(uint256 value);

    /// @notice Sells the next token.
    function buy(address to) external payable {
        if (msg.value != PRICE) revert SoladyCollection_WrongPrice(msg.value);
        _mint(to, ++_count);
    }

    function name() public pure override returns (string memory) {
        return "Peer";
    }

    function symbol() public pure override returns (string memory) {
        return "PEER";
    }

    function tokenURI(uint256) public pure override returns (string memory) {
        return "";
    }
}
