// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";

/// @title One number that somebody with a role changes
contract MockParameter is AccessManaged {
    uint256 public number;

    constructor(address authority) AccessManaged(authority) {}

    function setNumber(uint256 number_) external restricted {
        number = number_;
    }
}
