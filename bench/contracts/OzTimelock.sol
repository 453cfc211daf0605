// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {TimelockController} from "@openzeppelin/contracts/governance/TimelockController.sol";

/// @title OpenZeppelin's timelock
contract OzTimelock is TimelockController {
    constructor(
        address[] memory proposers,
        address[] memory executors
    ) TimelockController(2 days, proposers, executors, msg.sender) {}
}
