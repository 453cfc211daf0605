// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Permit.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ReentrancyGuard} from "@openzeppelin/contracts/utils/ReentrancyGuard.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

import {IPointsExchange} from "../../interfaces/loyalty/IPointsExchange.sol";
import {RollingLimit} from "../libraries/RollingLimit.sol";
import {Signed} from "../libraries/Signed.sol";
import {SwapPairs} from "./SwapPairs.sol";

/// @title Where customers swap one brand's points for another's
/// @dev Everything is written before the first call to points, which nobody vouches for. The guard is there for the balances compared
/// around a transfer: points that call back could make a transfer into another pair look like this one's.
contract PointsExchange is SwapPairs, Signed, ReentrancyGuard {
    using RollingLimit for RollingLimit.Limit;
    using SafeCast for uint256;
    using SafeERC20 for IERC20;

    bytes32 private constant SWAP_TYPEHASH = keccak256(
        "Swap(address customer,bytes32 pairId,address pointsIn,uint256 amountIn,uint256 minOut,address recipient,"
        "uint256 nonce,uint256 deadline)"
    );

    uint256 private constant ONE = 1e18;

    mapping(bytes32 pairId => mapping(address brand => mapping(address points => Withdrawal))) private _withdrawals;

    constructor() EIP712("PointsExchange", "1") {}

    /* RESERVES */

    /// @inheritdoc IPointsExchange
    function fund(bytes32 pairId, address points, uint256 amount) external nonReentrant {
        (Side storage side, ) = _sides(pairId, points);
        if (amount == 0) revert PointsExchange_ZeroAmount();
        side.reserve += amount.toUint128();
        emit ReserveFunded(pairId, points, msg.sender, amount);
        _take(points, msg.sender, amount);
    }

    /// @inheritdoc IPointsExchange
    function announceWithdrawal(bytes32 pairId, address points, uint256 amount, address to) external {
        Pair storage pair_ = _pairs[pairId];
        _ownSide(pair_, msg.sender);
        _sides(pairId, points);
        if (amount == 0) revert PointsExchange_ZeroAmount();
        uint128 amount_ = amount.toUint128();
        _checkRecipient(to);
        uint40 readyAt = uint40(block.timestamp + pair_.notice);
        uint40 expiresAt = readyAt + pair_.notice;
        _withdrawals[pairId][msg.sender][points] = Withdrawal(to, readyAt, expiresAt, amount_);
        emit WithdrawalAnnounced(pairId, msg.sender, points, amount, to, readyAt, expiresAt);
    }

    /// @inheritdoc IPointsExchange
    function withdraw(bytes32 pairId, address points) external nonReentrant returns (uint256 amount) {
        Withdrawal memory withdrawal = _withdrawals[pairId][msg.sender][points];
        if (withdrawal.amount == 0 || block.timestamp < withdrawal.readyAt || block.timestamp >= withdrawal.expiresAt) {
            revert PointsExchange_NotReady(msg.sender, points, withdrawal.readyAt, withdrawal.expiresAt);
        }
        // Whoever announced is one of the pair's brands, and the points are in it: neither ever changes.
        (Side storage side, ) = _sides(pairId, points);
        amount = _ownedBy(side, msg.sender);
        if (amount == 0) revert PointsExchange_NothingToWithdraw(msg.sender, points);
        if (amount > withdrawal.amount) amount = withdrawal.amount;
        uint128 amount_ = uint128(amount);
        if (msg.sender != side.brand) side.owed -= amount_;
        side.reserve -= amount_;
        delete _withdrawals[pairId][msg.sender][points];
        emit PointsWithdrawn(pairId, msg.sender, points, amount, withdrawal.to);
        // What arrives is between the brand and its own choice of points: a fee must not keep them here.
        IERC20(points).safeTransfer(withdrawal.to, amount);
    }

    /* SWAP */

    /// @inheritdoc IPointsExchange
    function swap(
        bytes32 pairId,
        address pointsIn,
        uint256 amountIn,
        uint256 minOut,
        address recipient,
        uint256 deadline
    ) external nonReentrant returns (uint256) {
        if (block.timestamp > deadline) revert PointsExchange_Expired(deadline);
        return _swap(msg.sender, pairId, pointsIn, amountIn, minOut, recipient);
    }

    /// @inheritdoc IPointsExchange
    function swapWithPermit(
        bytes32 pairId,
        address pointsIn,
        uint256 amountIn,
        uint256 minOut,
        address recipient,
        uint256 deadline,
        Permit calldata permit
    ) external nonReentrant returns (uint256) {
        if (block.timestamp > deadline) revert PointsExchange_Expired(deadline);
        _permit(pairId, pointsIn, permit);
        return _swap(msg.sender, pairId, pointsIn, amountIn, minOut, recipient);
    }

    /// @inheritdoc IPointsExchange
    function swapBySig(
        address customer,
        bytes32 pairId,
        address pointsIn,
        uint256 amountIn,
        uint256 minOut,
        address recipient,
        uint256 nonce,
        uint256 deadline,
        bytes calldata signature
    ) external nonReentrant returns (uint256) {
        bytes32 structHash;
        bytes32 typeHash = SWAP_TYPEHASH;
        // The message's fields are the first eight arguments, in their order.
        // solhint-disable-next-line no-inline-assembly
        assembly ("memory-safe") {
            let start := mload(0x40)
            mstore(start, typeHash)
            calldatacopy(add(start, 32), 4, 256)
            structHash := keccak256(start, 288)
        }
        _useSigned(customer, structHash, nonce, deadline, signature);
        return _swap(customer, pairId, pointsIn, amountIn, minOut, recipient);
    }

    /* VIEWS */

    /// @inheritdoc IPointsExchange
    function quote(bytes32 pairId, address pointsIn, uint256 amountIn) external view returns (uint256) {
        (Side storage sideIn, ) = _sides(pairId, pointsIn);
        return _quote(pairId, sideIn, amountIn);
    }

    /// @inheritdoc IPointsExchange
    function swappable(bytes32 pairId, address points) external view returns (uint256) {
        (Side storage side, Side storage other) = _sides(pairId, points);
        if (!side.open || !other.open || _pairs[pairId].rate == 0) return 0;
        uint256 left = side.limit.available();
        uint256 reserve = side.reserve;
        return left < reserve ? left : reserve;
    }

    /// @inheritdoc IPointsExchange
    function withdrawable(bytes32 pairId, address brand, address points) external view returns (uint256) {
        _ownSide(_pairs[pairId], brand);
        (Side storage side, ) = _sides(pairId, points);
        return _ownedBy(side, brand);
    }

    /// @inheritdoc IPointsExchange
    function withdrawalOf(bytes32 pairId, address brand, address points) external view returns (Withdrawal memory) {
        return _withdrawals[pairId][brand][points];
    }

    /* INTERNALS */

    function _swap(
        address customer,
        bytes32 pairId,
        address pointsIn,
        uint256 amountIn,
        uint256 minOut,
        address recipient
    ) private returns (uint256 amountOut) {
        _checkRecipient(recipient);
        (Side storage sideIn, Side storage sideOut) = _sides(pairId, pointsIn);
        if (!sideIn.open || !sideOut.open) revert PointsExchange_Closed(pairId);
        amountOut = _quote(pairId, sideIn, amountIn);
        if (amountOut == 0) revert PointsExchange_NothingToPay(amountIn);
        if (amountOut < minOut) revert PointsExchange_BelowMinimum(amountOut, minOut);
        _book(sideIn, sideOut, amountIn, amountOut);
        emit PointsSwapped(pairId, customer, pointsIn, amountIn, amountOut, recipient);
        _take(pointsIn, customer, amountIn);
        _pay(sideOut.points, recipient, amountOut);
    }

    /// @dev Both amounts fit 128 bits: the one by the quote, the other because it is at most the reserve.
    function _book(Side storage sideIn, Side storage sideOut, uint256 amountIn, uint256 amountOut) private {
        (uint256 reserve, uint256 owed) = (sideOut.reserve, sideOut.owed);
        if (amountOut > reserve) revert PointsExchange_ReserveExceeded(amountOut, reserve);
        (bool within, uint256 left) = sideOut.limit.spend(amountOut);
        if (!within) revert PointsExchange_CapExceeded(amountOut, left);
        sideIn.limit.giveBack(amountIn);

        // The brand of the points that come in gives first, of what the other owes it, and gets its own back in that proportion.
        uint256 given = amountOut < owed ? amountOut : owed;
        uint256 home = (amountIn * given) / amountOut;
        (sideOut.reserve, sideOut.owed) = (uint128(reserve - amountOut), uint128(owed - given));
        (sideIn.reserve, sideIn.owed) = (
            sideIn.reserve + uint128(amountIn),
            sideIn.owed + uint128(amountIn - home) // never above the reserve
        );
    }

    /// @dev A permit that does not work is as good as none: the allowance decides.
    function _permit(bytes32 pairId, address points, Permit calldata permit) private {
        _sides(pairId, points);
        try
            IERC20Permit(points).permit(
                msg.sender,
                address(this),
                permit.value,
                permit.deadline,
                permit.v,
                permit.r,
                permit.s
            )
        {} catch {}
    }

    /// @dev Takes points from who asked for it: the caller, or the customer who signed.
    function _take(address points, address from, uint256 amount) private {
        uint256 before = IERC20(points).balanceOf(address(this));
        // From the caller, or from the customer who signed for this swap.
        // slither-disable-next-line arbitrary-send-erc20
        IERC20(points).safeTransferFrom(from, address(this), amount);
        _checkReceived(points, address(this), before, amount);
    }

    function _pay(address points, address to, uint256 amount) private {
        uint256 before = IERC20(points).balanceOf(to);
        IERC20(points).safeTransfer(to, amount);
        _checkReceived(points, to, before, amount);
    }

    function _checkReceived(address points, address to, uint256 before, uint256 amount) private view {
        uint256 balance = IERC20(points).balanceOf(to);
        uint256 received = balance < before ? 0 : balance - before;
        if (received != amount) revert PointsExchange_WrongAmountReceived(points, received, amount);
    }

    /// @dev Both factors fit 128 bits, so no product overflows. Rounded down: what is left over stays with whoever gives the points.
    function _quote(bytes32 pairId, Side storage sideIn, uint256 amountIn) private view returns (uint256) {
        Pair storage pair_ = _pairs[pairId];
        uint256 rate = pair_.rate;
        if (rate == 0) revert PointsExchange_NoRate(pairId);
        uint256 amount = amountIn.toUint128();
        bool isA;
        // Which of the pair's two sides it is, told by its place and not by another read.
        // solhint-disable-next-line no-inline-assembly
        assembly ("memory-safe") {
            isA := eq(sideIn.slot, pair_.slot)
        }
        return isA ? (amount * rate) / ONE : (amount * ONE) / rate;
    }

    function _ownedBy(Side storage side, address brand) private view returns (uint256) {
        return brand == side.brand ? side.reserve - side.owed : side.owed;
    }

    function _checkRecipient(address recipient) private view {
        if (recipient == address(0) || recipient == address(this)) revert PointsExchange_InvalidRecipient(recipient);
    }
}
