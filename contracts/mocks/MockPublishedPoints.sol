// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

import {IPublishedPoints} from "../../interfaces/loyalty/IPublishedPoints.sol";

/// @title A distributor for tests: what has matured and what waits is what a test says, and anyone is paid what he asks for
contract MockPublishedPoints is IPublishedPoints {
    bytes32 private _maturedRoot;
    uint128 private _maturedTotal;
    bytes32 private _pendingRoot;
    uint128 private _pendingTotal;
    uint40 private _maturesAt;

    function setMatured(bytes32 root, uint128 total) external {
        (_maturedRoot, _maturedTotal) = (root, total);
    }

    function setPending(bytes32 root, uint128 total, uint40 maturesAt) external {
        (_pendingRoot, _pendingTotal, _maturesAt) = (root, total, maturesAt);
    }

    function pay(IERC20 points, address customer, uint256 amount) external {
        require(points.transfer(customer, amount), "not paid");
    }

    function matured() external view returns (bytes32 root, uint128 total) {
        return (_maturedRoot, _maturedTotal);
    }

    function pending() external view returns (bytes32 root, uint128 total, uint40 maturesAt) {
        return (_pendingRoot, _pendingTotal, _maturesAt);
    }
}
