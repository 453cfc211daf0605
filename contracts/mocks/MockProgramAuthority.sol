// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {AccessManager} from "@openzeppelin/contracts/access/manager/AccessManager.sol";

/// @title An authority for tests of what obeys one
contract MockProgramAuthority is AccessManager {
    constructor(address admin) AccessManager(admin) {}
}
