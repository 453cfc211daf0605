// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";

/// @title An ERC-20 that pays as a test wants it to
contract MockSaleCurrency is ERC20 {
    enum Mode {
        Plain,
        ReturnFalse,
        ReturnNothing,
        TakeFee,
        Reenter
    }

    Mode public mode;
    address public target;
    bytes public data;
    bool public succeeded;
    bytes public result;

    constructor() ERC20("Sale currency", "SALE") {}

    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }

    function setMode(Mode mode_) external {
        mode = mode_;
    }

    function planCall(address target_, bytes calldata data_) external {
        (mode, target, data) = (Mode.Reenter, target_, data_);
    }

    function transferFrom(address from, address to, uint256 amount) public override returns (bool) {
        if (mode == Mode.ReturnFalse) return false;
        if (mode == Mode.Reenter) (succeeded, result) = target.call(data);
        super.transferFrom(from, to, amount);
        if (mode == Mode.TakeFee) _burn(to, amount / 100);
        if (mode == Mode.ReturnNothing) {
            assembly ("memory-safe") {
                return(0, 0)
            }
        }
        return true;
    }
}
