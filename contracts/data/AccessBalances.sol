// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {Address} from "@openzeppelin/contracts/utils/Address.sol";
import {ReentrancyGuard} from "@openzeppelin/contracts/utils/ReentrancyGuard.sol";

import {IDataAccess} from "../../interfaces/data/IDataAccess.sol";

/// @title What parties hold in `DataAccess` and how money comes and goes
/// @dev The part that calls currencies, which nobody vouches for. Each pays out of what arrived in it, so one that cheats harms only those
/// who chose it. The guard is there for the balances compared around a transfer.
abstract contract AccessBalances is IDataAccess, ReentrancyGuard {
    using SafeERC20 for IERC20;

    address internal constant _NATIVE = address(0);

    mapping(address party => mapping(address currency => uint256 amount)) private _balances;

    /* FUND */

    /// @inheritdoc IDataAccess
    function fund(address party, address currency, uint256 amount) external payable nonReentrant {
        if (amount == 0) revert DataAccess_Zero();
        _checkRecipient(party);
        uint256 value = currency == _NATIVE ? amount : 0;
        if (msg.value != value) revert DataAccess_WrongValue(msg.value, value);
        if (currency != _NATIVE) amount = _take(currency, amount);
        _credit(party, currency, amount);
        emit Funded(party, currency, msg.sender, amount);
    }

    /// @inheritdoc IDataAccess
    function withdraw(address currency, uint256 amount, address recipient) external nonReentrant {
        if (amount == 0) revert DataAccess_Zero();
        _checkRecipient(recipient);
        _spend(msg.sender, currency, amount);
        emit Withdrawn(msg.sender, currency, recipient, amount);
        _pay(currency, recipient, amount);
    }

    /* VIEWS */

    /// @inheritdoc IDataAccess
    function balanceOf(address party, address currency) external view returns (uint256) {
        return _balances[party][currency];
    }

    /* INTERNALS */

    function _credit(address party, address currency, uint256 amount) internal {
        _balances[party][currency] += amount;
    }

    function _spend(address party, address currency, uint256 amount) internal {
        uint256 balance = _balances[party][currency];
        if (balance < amount) revert DataAccess_BalanceTooLow(balance, amount);
        _balances[party][currency] = balance - amount;
    }

    /// @dev Takes tokens from the caller and says how many arrived.
    function _take(address currency, uint256 amount) private returns (uint256 arrived) {
        if (currency.code.length == 0) revert DataAccess_NothingArrived(currency);
        uint256 before = IERC20(currency).balanceOf(address(this));
        IERC20(currency).safeTransferFrom(msg.sender, address(this), amount);
        uint256 held = IERC20(currency).balanceOf(address(this));
        if (held <= before) revert DataAccess_NothingArrived(currency);
        arrived = held - before;
    }

    function _pay(address currency, address to, uint256 amount) internal {
        if (currency == _NATIVE) {
            Address.sendValue(payable(to), amount);
        } else {
            IERC20(currency).safeTransfer(to, amount);
        }
    }

    function _checkRecipient(address recipient) private view {
        if (recipient == address(0) || recipient == address(this)) revert DataAccess_InvalidRecipient(recipient);
    }
}
