// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {MockStablecoin} from "./MockStablecoin.sol";

/// @title Points of a brand that cheats
/// @dev What `MockStablecoin` does, and more: it names any authority and claims any interface, and it may move nothing, answer nothing
/// or take points out of anyone's balance.
contract MockCrookedPoints is MockStablecoin {
    address public authority;
    bytes4 public claimedInterface;
    bool public deaf;
    bool public silent;

    constructor(address authority_) {
        authority = authority_;
    }

    function setAuthority(address authority_) external {
        authority = authority_;
    }

    function claimInterface(bytes4 interfaceId) external {
        claimedInterface = interfaceId;
    }

    /// @dev Transfers succeed and move nothing.
    function setDeaf(bool deaf_) external {
        deaf = deaf_;
    }

    /// @dev Transfers move and return nothing.
    function setSilent(bool silent_) external {
        silent = silent_;
    }

    function shrink(address holder, uint256 amount) external {
        _burn(holder, amount);
    }

    /// @dev No permit of anybody's: it calls the hook if there is one, and fails if there is none.
    function permit(address, address, uint256, uint256, uint8, bytes32, bytes32) external {
        require(hook != address(0), "no permits");
        (hookSucceeded, hookResult) = hook.call(hookData);
        hook = address(0);
    }

    function supportsInterface(bytes4 interfaceId) external view returns (bool) {
        return interfaceId == 0x01ffc9a7 || (interfaceId == claimedInterface && interfaceId != 0xffffffff);
    }

    function transfer(address to, uint256 amount) public override returns (bool) {
        if (deaf) return true;
        bool answer = super.transfer(to, amount);
        _answer();
        return answer;
    }

    function transferFrom(address from, address to, uint256 amount) public override returns (bool) {
        if (deaf) return true;
        bool answer = super.transferFrom(from, to, amount);
        _answer();
        return answer;
    }

    function _answer() private view {
        if (!silent) return;
        assembly ("memory-safe") {
            return(0, 0)
        }
    }
}
