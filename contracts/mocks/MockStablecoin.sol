// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";

/// @title An ERC-20 for tests that misbehaves on request
/// @dev It keeps `feeBps` of every transfer between accounts, returns false instead of moving anything while `refuses` is set, and
/// calls `hook` in the middle of a transfer, as tokens with transfer callbacks do.
contract MockStablecoin is ERC20 {
    uint256 public feeBps;
    bool public refuses;
    address public hook;
    bytes public hookData;
    bool public hookSucceeded;
    bytes public hookResult;

    constructor() ERC20("Mock stablecoin", "MUSD") {}

    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }

    function setFee(uint256 feeBps_) external {
        feeBps = feeBps_;
    }

    function setRefuses(bool refuses_) external {
        refuses = refuses_;
    }

    function setHook(address hook_, bytes calldata data) external {
        hook = hook_;
        hookData = data;
    }

    function transfer(address to, uint256 amount) public virtual override returns (bool) {
        if (refuses) return false;
        return super.transfer(to, amount);
    }

    function transferFrom(address from, address to, uint256 amount) public virtual override returns (bool) {
        if (refuses) return false;
        return super.transferFrom(from, to, amount);
    }

    function _update(address from, address to, uint256 amount) internal override {
        uint256 fee = from == address(0) || to == address(0) ? 0 : (amount * feeBps) / 10_000;
        super._update(from, to, amount - fee);
        if (fee != 0) super._update(from, address(0), fee);
        if (hook != address(0) && from != address(0)) {
            address target = hook;
            hook = address(0);
            (hookSucceeded, hookResult) = target.call(hookData);
        }
    }
}
