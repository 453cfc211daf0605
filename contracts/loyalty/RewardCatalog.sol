// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Permit.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";

import {ILoyaltyPoints} from "../../interfaces/loyalty/ILoyaltyPoints.sol";
import {IPublishedPoints} from "../../interfaces/loyalty/IPublishedPoints.sol";
import {IRewardCatalog} from "../../interfaces/loyalty/IRewardCatalog.sol";
import {IMembershipCard} from "../../interfaces/membership/IMembershipCard.sol";
import {Signed} from "../libraries/Signed.sol";

/// @title What a brand gives for its points
/// @dev No guard against re-entrancy: the one call that can come back is the last of a redemption (a card's receiver is asked), when the
/// order, the stock and the customer's count are written. The points and the cards are the brand's own.
contract RewardCatalog is IRewardCatalog, AccessManaged, Signed {
    /// @dev One word, 16 bits are free. What was paid is the reward's price.
    struct Order {
        address customer;
        uint32 rewardId;
        OrderState state;
        uint40 at;
    }

    bytes32 private constant _REDEEM_TYPEHASH = keccak256(
        "RedeemReward(address customer,uint32 rewardId,bytes32 ref,uint256 nonce,uint256 deadline)"
    );
    bytes32 private constant _CANCEL_TYPEHASH = keccak256(
        "CancelOrder(address customer,uint256 orderId,uint256 nonce,uint256 deadline)"
    );

    /// @inheritdoc IRewardCatalog
    address public immutable points;
    /// @inheritdoc IRewardCatalog
    address public immutable cards;
    /// @inheritdoc IRewardCatalog
    address public immutable distributor;

    /// @inheritdoc IRewardCatalog
    uint32 public rewardCount;
    /// @inheritdoc IRewardCatalog
    uint256 public orderCount;

    /// @dev One full word each; one that exists has a price.
    mapping(uint32 rewardId => Reward) private _rewards;
    mapping(uint32 rewardId => string) private _uris;
    /// @inheritdoc IRewardCatalog
    mapping(uint32 rewardId => uint32) public stockAdded;
    /// @inheritdoc IRewardCatalog
    mapping(uint32 rewardId => mapping(address customer => uint32)) public redeemedBy;
    mapping(uint256 orderId => Order) private _orders;

    /// @notice Deploys the catalog of the brand whose powers `authority` holds.
    ///
    /// Requirements:
    /// - `authority` must be a contract (`AccessManagedInvalidAuthority`).
    /// - `points_`, `cards_` and `distributor_` must be contracts (`RewardCatalog_NoContract`).
    constructor(
        address authority,
        address points_,
        address cards_,
        address distributor_
    ) AccessManaged(authority) EIP712("RewardCatalog", "1") {
        if (authority.code.length == 0) revert AccessManagedInvalidAuthority(authority);
        points = _contract(points_);
        cards = _contract(cards_);
        distributor = _contract(distributor_);
    }

    /* REWARDS */

    /// @inheritdoc IRewardCatalog
    function addReward(
        uint96 price,
        uint32 stock,
        uint32 limit,
        uint40 from,
        uint40 until,
        uint16 tierId,
        string calldata uri
    ) external restricted returns (uint32 rewardId) {
        if (price == 0) revert RewardCatalog_ZeroPrice();
        if (stock == 0) revert RewardCatalog_ZeroStock();
        if (until != 0 && (until <= from || until <= block.timestamp)) revert RewardCatalog_EmptyWindow(from, until);
        if (tierId != 0 && tierId > IMembershipCard(cards).tierCount()) revert RewardCatalog_UnknownTier(tierId);
        rewardId = ++rewardCount;
        _rewards[rewardId] = Reward(price, stock, limit, from, until, tierId);
        _uris[rewardId] = uri;
        stockAdded[rewardId] = stock;
        emit RewardAdded(rewardId, price, stock, limit, from, until, tierId, uri);
    }

    /// @inheritdoc IRewardCatalog
    function restock(uint32 rewardId, uint32 stock) external restricted {
        Reward memory reward_ = _running(rewardId);
        if (stock == 0) revert RewardCatalog_ZeroStock();
        uint256 total = uint256(stockAdded[rewardId]) + stock;
        if (total > type(uint32).max) revert RewardCatalog_TooMuchStock(rewardId, total);
        stockAdded[rewardId] = uint32(total);
        _rewards[rewardId].stock = reward_.stock + stock;
        emit RewardRestocked(rewardId, stock);
    }

    /// @inheritdoc IRewardCatalog
    function closeReward(uint32 rewardId) external restricted {
        _running(rewardId);
        _rewards[rewardId].until = uint40(block.timestamp);
        emit RewardClosed(rewardId);
    }

    /* REDEEM */

    /// @inheritdoc IRewardCatalog
    function redeem(uint32 rewardId, bytes32 ref) external returns (uint256 orderId) {
        return _redeem(msg.sender, rewardId, ref);
    }

    /// @inheritdoc IRewardCatalog
    function redeemWithPermit(
        uint32 rewardId,
        bytes32 ref,
        uint256 value,
        uint256 deadline,
        uint8 v,
        bytes32 r,
        bytes32 s
    ) external returns (uint256 orderId) {
        // Whether it worked shows when the allowance is spent.
        // solhint-disable-next-line no-empty-blocks
        try IERC20Permit(points).permit(msg.sender, address(this), value, deadline, v, r, s) {} catch {}
        return _redeem(msg.sender, rewardId, ref);
    }

    /// @inheritdoc IRewardCatalog
    function redeemBySig(
        address customer,
        uint32 rewardId,
        bytes32 ref,
        uint256 nonce,
        uint256 deadline,
        bytes calldata signature
    ) external returns (uint256 orderId) {
        bytes32 structHash = keccak256(abi.encode(_REDEEM_TYPEHASH, customer, rewardId, ref, nonce, deadline));
        _useSigned(customer, structHash, nonce, deadline, signature);
        return _redeem(customer, rewardId, ref);
    }

    function _redeem(address customer, uint32 rewardId, bytes32 ref) private returns (uint256 orderId) {
        Reward memory reward_ = _running(rewardId);
        if (block.timestamp < reward_.from) revert RewardCatalog_NotOpenYet(rewardId, reward_.from);
        if (reward_.stock == 0) revert RewardCatalog_OutOfStock(rewardId);
        if (reward_.limit != 0) {
            uint32 count = redeemedBy[rewardId][customer];
            if (count >= reward_.limit) revert RewardCatalog_LimitReached(rewardId, customer, reward_.limit);
            redeemedBy[rewardId][customer] = count + 1;
        }
        OrderState state = reward_.tierId == 0 ? OrderState.OPEN : OrderState.FULFILLED;
        orderId = ++orderCount;
        _orders[orderId] = Order(customer, rewardId, state, uint40(block.timestamp));
        _rewards[rewardId].stock = reward_.stock - 1;
        emit RewardRedeemed(orderId, customer, rewardId, reward_.price, ref);

        ILoyaltyPoints(points).redeemFrom(customer, reward_.price, bytes32(orderId));
        if (reward_.tierId == 0) return orderId;
        uint256 cardId = IMembershipCard(cards).grantCard(customer, reward_.tierId);
        emit OrderFulfilled(orderId, cardId);
    }

    /* CANCEL */

    /// @inheritdoc IRewardCatalog
    function cancel(uint256 orderId) external {
        _cancel(msg.sender, orderId);
    }

    /// @inheritdoc IRewardCatalog
    function cancelBySig(
        address customer,
        uint256 orderId,
        uint256 nonce,
        uint256 deadline,
        bytes calldata signature
    ) external {
        bytes32 structHash = keccak256(abi.encode(_CANCEL_TYPEHASH, customer, orderId, nonce, deadline));
        _useSigned(customer, structHash, nonce, deadline, signature);
        _cancel(customer, orderId);
    }

    function _cancel(address customer, uint256 orderId) private {
        Order memory order_ = _orders[orderId];
        if (order_.customer != customer) revert RewardCatalog_NotCustomer(orderId, customer);
        if (order_.state != OrderState.OPEN) revert RewardCatalog_NotOpen(orderId, order_.state);
        emit OrderCancelled(orderId);
        _undo(orderId, order_, OrderState.CANCELLED);
    }

    /* FULFIL AND REFUND */

    /// @inheritdoc IRewardCatalog
    function fulfil(uint256[] calldata orderIds) external restricted {
        for (uint256 i = 0; i < orderIds.length; ++i) {
            uint256 orderId = orderIds[i];
            Order storage order_ = _orders[orderId];
            if (order_.state != OrderState.OPEN) continue;
            order_.state = OrderState.FULFILLED;
            emit OrderFulfilled(orderId, 0);
        }
    }

    /// @inheritdoc IRewardCatalog
    function refund(uint256 orderId) external restricted {
        Order memory order_ = _orders[orderId];
        if (order_.state != OrderState.OPEN && order_.state != OrderState.FULFILLED) {
            revert RewardCatalog_NotRefundable(orderId, order_.state);
        }
        emit OrderRefunded(orderId);
        _undo(orderId, order_, OrderState.REFUNDED);
    }

    /// @dev Gives back what the order burned. `order_` is as it was: what was never fulfilled also gives its stock and its place in the
    /// customer's count back, for which there is room: it took them from there, and all stock ever added fits.
    function _undo(uint256 orderId, Order memory order_, OrderState state) private {
        Reward storage reward_ = _rewards[order_.rewardId];
        _orders[orderId].state = state;
        if (order_.state != OrderState.FULFILLED) {
            ++reward_.stock;
            if (reward_.limit != 0) --redeemedBy[order_.rewardId][order_.customer];
        }
        ILoyaltyPoints(points).refund(order_.customer, reward_.price, bytes32(orderId));
    }

    /* VIEWS */

    /// @inheritdoc IRewardCatalog
    function reward(uint32 rewardId) external view returns (Reward memory) {
        return _known(rewardId);
    }

    /// @inheritdoc IRewardCatalog
    function rewardURI(uint32 rewardId) external view returns (string memory) {
        _known(rewardId);
        return _uris[rewardId];
    }

    /// @inheritdoc IRewardCatalog
    function order(
        uint256 orderId
    ) external view returns (address customer, uint32 rewardId, OrderState state, uint40 at, uint96 paid) {
        Order memory order_ = _orders[orderId];
        return (order_.customer, order_.rewardId, order_.state, order_.at, _rewards[order_.rewardId].price);
    }

    /// @inheritdoc IRewardCatalog
    function liability() external view returns (Liability memory figures) {
        ILoyaltyPoints points_ = ILoyaltyPoints(points);
        // Of the roots only their totals matter here.
        // slither-disable-next-line unused-return
        (, uint256 maturedTotal) = IPublishedPoints(distributor).matured();
        // slither-disable-next-line unused-return
        (, uint256 pendingTotal, ) = IPublishedPoints(distributor).pending();
        figures.issued = points_.totalIssued();
        figures.redeemed = points_.totalRedeemed();
        figures.refunded = points_.totalRefunded();
        figures.burned = points_.totalBurned();
        figures.unclaimed = IERC20(points).balanceOf(distributor);
        figures.outstanding = IERC20(points).totalSupply() - figures.unclaimed;
        // More lies there than ever matured if somebody sent points: that must not stop the view.
        figures.claimed = maturedTotal > figures.unclaimed ? maturedTotal - figures.unclaimed : 0;
        figures.pending = pendingTotal > maturedTotal ? pendingTotal - maturedTotal : 0;
    }

    /* INTERNALS */

    function _known(uint32 rewardId) private view returns (Reward memory reward_) {
        reward_ = _rewards[rewardId];
        if (reward_.price == 0) revert RewardCatalog_UnknownReward(rewardId);
    }

    /// @dev A reward that is not over, whether its window has begun or not.
    function _running(uint32 rewardId) private view returns (Reward memory reward_) {
        reward_ = _known(rewardId);
        uint40 until = reward_.until;
        if (until != 0 && block.timestamp >= until) revert RewardCatalog_RewardOver(rewardId, until);
    }

    function _contract(address account) private view returns (address) {
        if (account.code.length == 0) revert RewardCatalog_NoContract(account);
        return account;
    }
}
