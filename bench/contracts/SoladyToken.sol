// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {ERC20} from "solady/src/tokens/ERC20.sol";

/// @title Solady's ERC-20 with permit, the leanest token here
contract SoladyToken is ERC20 {
    /// @notice Mints to one holder.
    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }

    /// @notice Mints to many holders, one after the other.
    function mintMany(address[] calldata holders, uint256[] calldata amounts) external {
        for (uint256 i = 0; i < holders.length; ++i) _mint(holders[i], amounts[i]);
    }

    function name() public pure override returns (string memory) {
        return "Peer";
    }

    function symbol() public pure override returns (string memory) {
        return "PEER";
    }
}
