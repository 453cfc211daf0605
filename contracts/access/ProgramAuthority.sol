// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {AccessManager} from "@openzeppelin/contracts/access/manager/AccessManager.sol";

/// @title Every power of one brand, in one place
/// @notice Says who may call which restricted function of the brand's contracts, with which delay, and speaks for the
/// brand to the contracts that all brands share: what staff send through `execute` arrives there with this contract
/// as its sender. The brand's address therefore outlives every change of staff and keys.
/// @dev The code is OpenZeppelin's, untouched: what follows is what its users have to know.
/// - A function that no role was set for belongs to the admin, also on contracts that know nothing of this one: so
/// nobody but the admin speaks for the brand until a role is set for that very function of that very contract.
/// - A role set to the public role, or a role whose admin is the public role, opens the brand's voice to anyone.
/// - The admin can give itself every role and move the brand's contracts to another authority. What the DAO holds here it holds as
/// long as the admin leaves it there, unless the timelock is the admin.
/// - Nothing keeps the last admin from leaving: the roles then stay as they are, for good. Hand over first, leave
/// second.
/// - Only restricted functions can be closed (`setTargetClosed`); what customers do with their points, cards and
/// consents cannot.
/// - It holds no funds: no function keeps value, `execute` passes on what it was sent, and a target that sends change
/// back is refused.
contract ProgramAuthority is AccessManager {
    /// @notice Makes `admin` the first holder of the admin role, at once and without a delay.
    ///
    /// Requirements:
    /// - `admin` must not be zero (`AccessManagerInvalidInitialAdmin`).
    constructor(address admin) AccessManager(admin) {}
}
