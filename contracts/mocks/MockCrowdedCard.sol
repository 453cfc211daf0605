// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {MembershipCard} from "../membership/MembershipCard.sol";

/// @title A collection with all its tiers but one, for tests: nobody defines 32,766 of them
contract MockCrowdedCard is MembershipCard {
    constructor(address authority) MembershipCard("Crowd", "CROWD", "", authority, address(0)) {
        tierCount = 0x7ffe;
    }
}
