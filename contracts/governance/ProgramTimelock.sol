// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {TimelockController} from "@openzeppelin/contracts/governance/TimelockController.sol";

/// @title What the programme's customers own together: roles in the brand's authority, and a treasury if they want one
/// @notice Carries out what the customers decided, not before `minDelay` has passed, so that everyone can see it coming.
/// @dev Once the programme is set up, the governor alone proposes and cancels, anyone executes (the zero address is an executor), and the
/// timelock is its own only admin: whoever deployed it gives the admin role up. From then on a change of these roles is itself a decision
/// of the customers.
contract ProgramTimelock is TimelockController {
    /// @param minDelay Seconds between the decision and the first moment at which it can be carried out
    /// @param proposers Who may propose and cancel; the governor, granted afterwards if it is not deployed yet
    /// @param executors Who may execute; the zero address stands for anyone
    /// @param admin Who grants the roles until it renounces; the zero address for nobody but the timelock itself
    constructor(
        uint256 minDelay,
        address[] memory proposers,
        address[] memory executors,
        address admin
    ) TimelockController(minDelay, proposers, executors, admin) {}
}
