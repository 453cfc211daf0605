// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {ConduitController} from "seaport-core/src/conduit/ConduitController.sol";
import {Seaport} from "seaport-core/src/Seaport.sol";

/// @title Seaport 1.6 as it is, with the directory of conduits that it wants
contract SeaportMarket is Seaport {
    constructor() Seaport(address(new ConduitController())) {}
}
