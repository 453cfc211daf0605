// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";

import {IPointsRedeemer} from "../../interfaces/loyalty/IPointsRedeemer.sol";

/// @title Points for tests: anyone may mint them, and redeeming them burns them
contract MockPoints is ERC20, IPointsRedeemer {
    event PointsRedeemed(address indexed customer, uint256 amount, bytes32 indexed ref);

    constructor() ERC20("Mock points", "MP") {}

    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }

    function redeemFrom(address customer, uint256 amount, bytes32 ref) external {
        _spendAllowance(customer, msg.sender, amount);
        _burn(customer, amount);
        emit PointsRedeemed(customer, amount, ref);
    }
}
