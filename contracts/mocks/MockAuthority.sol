// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {AccessManager} from "@openzeppelin/contracts/access/manager/AccessManager.sol";

/// @title A plain AccessManager for tests of one contract alone
contract MockAuthority is AccessManager {
    constructor(address admin) AccessManager(admin) {}
}
