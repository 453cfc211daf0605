// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

/// @title What a brand gives for its points: rewards, and the orders that customers open by redeeming
/// @notice A customer redeems points for a reward, which opens an order; the brand fulfils it. While it is open she can cancel it, also
/// when the reward's window is over, it was closed or sold out: whatever the brand fails to do, she gets her points back. The brand
/// can refund an order, open or fulfilled. Either way she gets back exactly what she paid, once.
/// @dev What both sides have to know:
/// - An order's price is its reward's, which is final, as are its limit, its window and the tier of its card: another price is another
///   reward. What was signed or approved for a reward can so never cost more.
/// - `redeem` takes the points by `redeemFrom`: the customer approves the catalog in the points before, or sends a permit along.
/// - Goods go out after `fulfil`, not before: a cancellation that is mined first wins, and `fulfil` then passes the order over.
/// - A reward of a card is fulfilled by the redemption itself. The card stays with its holder when the brand refunds such an order.
/// - Stock and the customer's count come back with an order that was never fulfilled, and with no other.
/// - The limit is one for each address. Points can be transferred, so it bounds what one account takes, not what one person does.
/// - A signed redemption that somebody holds back is worthless once its deadline has passed, the reward is over or sold out, its nonce
///   is used by another signed act, or the customer has taken the catalog's allowance back.
/// - The catalog can refund as long as it holds the role for it in the points, and the brand's authority keeps these open. Taking the
///   role away, or closing the points to it, stops cancellations, for all to see; the orders stay open and can be cancelled when
///   that is undone. A brand that deploys another catalog leaves this one its role until its orders are done.
/// - The catalog holds no points: what somebody sends to it by mistake stays there.
///
/// Every signature form takes one of the signer's unordered nonces and first requires, in this order:
/// - `deadline` must not have passed (`Signed_Expired`).
/// - the signer, a key or an ERC-1271 wallet, must have signed this very act (`Signed_InvalidSignature`).
/// - the signer must not have used `nonce` before (`Signed_NonceUsed`).
interface IRewardCatalog {
    /// @notice Where an order stands.
    /// @param NONE There is no such order
    /// @param OPEN Paid, and neither fulfilled nor cancelled: the customer can have her points back
    /// @param FULFILLED The brand gave what it was for
    /// @param CANCELLED The customer took her points back
    /// @param REFUNDED The brand gave her points back
    enum OrderState {
        NONE,
        OPEN,
        FULFILLED,
        CANCELLED,
        REFUNDED
    }

    /// @notice A reward.
    /// @param price Points, 18 decimals
    /// @param stock How many can be redeemed now
    /// @param limit How many orders a customer may have that were not undone before they were fulfilled; 0 = any number
    /// @param from The first second at which it can be redeemed, a Unix time
    /// @param until The first second at which it no longer can; 0 = it is not over by itself
    /// @param tierId The tier of the card that it grants; 0 = it grants none
    struct Reward {
        uint96 price;
        uint32 stock;
        uint32 limit;
        uint40 from;
        uint40 until;
        uint16 tierId;
    }

    /// @notice What became of the points, and what the brand owes: `issued + refunded = redeemed + burned + outstanding + unclaimed`.
    /// @param issued Points that ever came into being, those that wait in the distributor included
    /// @param claimed Points that customers claimed from the distributor
    /// @param redeemed Points that were ever redeemed, here or elsewhere
    /// @param refunded Points that were redeemed and given back
    /// @param burned Points that were given up for nothing
    /// @param outstanding Points in all other hands: those of customers, and what lies in the reserves of swaps
    /// @param unclaimed Points that wait in the distributor: published, matured, not claimed. Whatever somebody sends to the distributor
    /// of his own accord lies there too and counts as not claimed
    /// @param pending Points that are published and not matured yet: the brand may still take them back
    struct Liability {
        uint256 issued;
        uint256 claimed;
        uint256 redeemed;
        uint256 refunded;
        uint256 burned;
        uint256 outstanding;
        uint256 unclaimed;
        uint256 pending;
    }

    /// @notice The reward can be redeemed from `from` on, while there is stock, until `until` (0 = no end). What it is stands at `uri`.
    event RewardAdded(
        uint32 indexed rewardId,
        uint96 price,
        uint32 stock,
        uint32 limit,
        uint40 from,
        uint40 until,
        uint16 tierId,
        string uri
    );

    /// @notice There are `stock` more of the reward.
    event RewardRestocked(uint32 indexed rewardId, uint32 stock);

    /// @notice The reward cannot be redeemed any more. Its open orders stay as they are.
    event RewardClosed(uint32 indexed rewardId);

    /// @notice `customer` redeemed `paid` points for the reward. `ref` is her digest of what the brand needs to know.
    event RewardRedeemed(
        uint256 indexed orderId,
        address indexed customer,
        uint32 indexed rewardId,
        uint96 paid,
        bytes32 ref
    );

    /// @notice The brand gave what the order was for; `cardId` is the card that was granted, 0 if the reward is none.
    event OrderFulfilled(uint256 indexed orderId, uint256 cardId);

    /// @notice The customer took her points back.
    event OrderCancelled(uint256 indexed orderId);

    /// @notice The brand gave the customer her points back.
    event OrderRefunded(uint256 indexed orderId);

    /// @notice There is no contract at `account`.
    error RewardCatalog_NoContract(address account);

    /// @notice A reward costs something: the points refuse to redeem nothing.
    error RewardCatalog_ZeroPrice();

    /// @notice A reward, or what is added to it, is one piece at least.
    error RewardCatalog_ZeroStock();

    /// @notice There is no second, from now on, at which the reward could be redeemed.
    error RewardCatalog_EmptyWindow(uint40 from, uint40 until);

    /// @notice The cards have no tier `tierId`.
    error RewardCatalog_UnknownTier(uint16 tierId);

    /// @notice There is no reward `rewardId`.
    error RewardCatalog_UnknownReward(uint32 rewardId);

    /// @notice All stock that was ever added to the reward would be `total`, more than 32 bits hold.
    error RewardCatalog_TooMuchStock(uint32 rewardId, uint256 total);

    /// @notice The reward can be redeemed from the second `from` on.
    error RewardCatalog_NotOpenYet(uint32 rewardId, uint40 from);

    /// @notice The reward was closed, or its window ended, at the second `until`.
    error RewardCatalog_RewardOver(uint32 rewardId, uint40 until);

    /// @notice Every piece of the reward is taken.
    error RewardCatalog_OutOfStock(uint32 rewardId);

    /// @notice `customer` has as many orders of the reward as its `limit` allows.
    error RewardCatalog_LimitReached(uint32 rewardId, address customer, uint32 limit);

    /// @notice The order is not `account`'s, or there is none.
    error RewardCatalog_NotCustomer(uint256 orderId, address account);

    /// @notice The order is in `state`, which is not OPEN.
    error RewardCatalog_NotOpen(uint256 orderId, OrderState state);

    /// @notice The order is in `state`: there is nothing to give back.
    error RewardCatalog_NotRefundable(uint256 orderId, OrderState state);

    /* REWARDS */

    /// @notice Adds a reward. Its price, limit, window and tier are final; its stock can be raised, and it can be closed.
    /// @param price Points, 18 decimals.
    /// @param stock How many there are.
    /// @param limit How many a customer may redeem; 0 = any number.
    /// @param from The first second at which it can be redeemed, a Unix time; 0 = now.
    /// @param until The first second at which it no longer can; 0 = it is not over by itself.
    /// @param tierId The tier of the card it grants; 0 = it grants none.
    /// @param uri Where it is described.
    /// @return rewardId Its number, counted from 1.
    ///
    /// Requirements:
    /// - the caller must have the role for it (`AccessManagedUnauthorized`).
    /// - `price` must not be zero (`RewardCatalog_ZeroPrice`).
    /// - `stock` must not be zero (`RewardCatalog_ZeroStock`).
    /// - `until` must be zero or later than both now and `from` (`RewardCatalog_EmptyWindow`).
    /// - `tierId` must be zero or a tier of the cards (`RewardCatalog_UnknownTier`).
    function addReward(
        uint96 price,
        uint32 stock,
        uint32 limit,
        uint40 from,
        uint40 until,
        uint16 tierId,
        string calldata uri
    ) external returns (uint32 rewardId);

    /// @notice Adds `stock` pieces to the reward.
    ///
    /// Requirements:
    /// - the caller must have the role for it (`AccessManagedUnauthorized`).
    /// - the reward must exist (`RewardCatalog_UnknownReward`).
    /// - it must not be over (`RewardCatalog_RewardOver`).
    /// - `stock` must not be zero (`RewardCatalog_ZeroStock`).
    /// - all stock ever added must fit 32 bits (`RewardCatalog_TooMuchStock`): no cancellation can so ever find the stock full.
    function restock(uint32 rewardId, uint32 stock) external;

    /// @notice Ends the reward's window now, for good. Its open orders are still fulfilled, cancelled or refunded.
    ///
    /// Requirements:
    /// - the caller must have the role for it (`AccessManagedUnauthorized`).
    /// - the reward must exist (`RewardCatalog_UnknownReward`).
    /// - it must not be over (`RewardCatalog_RewardOver`).
    function closeReward(uint32 rewardId) external;

    /* REDEEM */

    /// @notice Redeems the reward's price of the caller's points and opens an order, or grants her the card that the reward is.
    /// @param ref Digest of what the brand needs to know to fulfil the order, for example of an encrypted address. Never personal data.
    /// @return orderId The order's number, counted from 1: the `ref` under which the points tell the redemption and a refund.
    ///
    /// Requirements:
    /// - the reward must exist (`RewardCatalog_UnknownReward`).
    /// - it must not be over (`RewardCatalog_RewardOver`).
    /// - its window must have begun (`RewardCatalog_NotOpenYet`).
    /// - there must be stock (`RewardCatalog_OutOfStock`).
    /// - the customer must be below the limit (`RewardCatalog_LimitReached`).
    /// - her allowance for the catalog must reach (`ERC20InsufficientAllowance`).
    /// - she must hold the price (`ERC20InsufficientBalance`).
    /// - there must be room in the tier of the card (`MembershipCard_SoldOut`).
    /// - if she is a contract, it must take the card (`ERC721InvalidReceiver`).
    function redeem(uint32 rewardId, bytes32 ref) external returns (uint256 orderId);

    /// @notice Hands the caller's ERC-2612 permit for the catalog to the points, then does what `redeem` does. A permit that does not
    /// work is passed over: if somebody sent it before her, the allowance is there; if it is not, that is the error.
    ///
    /// Requirements:
    /// - everything `redeem` requires.
    function redeemWithPermit(
        uint32 rewardId,
        bytes32 ref,
        uint256 value,
        uint256 deadline,
        uint8 v,
        bytes32 r,
        bytes32 s
    ) external returns (uint256 orderId);

    /// @notice Does what `redeem` does for `customer`, who signed
    /// `RedeemReward(address customer,uint32 rewardId,bytes32 ref,uint256 nonce,uint256 deadline)`.
    ///
    /// Requirements:
    /// - everything a signature form requires.
    /// - everything `redeem` requires.
    function redeemBySig(
        address customer,
        uint32 rewardId,
        bytes32 ref,
        uint256 nonce,
        uint256 deadline,
        bytes calldata signature
    ) external returns (uint256 orderId);

    /* CANCEL */

    /// @notice Takes the caller's open order back: she gets her points, the reward its stock.
    ///
    /// Requirements:
    /// - the order must be the caller's (`RewardCatalog_NotCustomer`).
    /// - it must be open (`RewardCatalog_NotOpen`).
    function cancel(uint256 orderId) external;

    /// @notice Does what `cancel` does for `customer`, who signed
    /// `CancelOrder(address customer,uint256 orderId,uint256 nonce,uint256 deadline)`.
    ///
    /// Requirements:
    /// - everything a signature form requires.
    /// - everything `cancel` requires, with `customer` for the caller.
    function cancelBySig(
        address customer,
        uint256 orderId,
        uint256 nonce,
        uint256 deadline,
        bytes calldata signature
    ) external;

    /* FULFIL AND REFUND */

    /// @notice Marks orders as fulfilled. One that is not open is passed over: a customer who cancelled in time stops no others.
    ///
    /// Requirements:
    /// - the caller must have the role for it (`AccessManagedUnauthorized`).
    function fulfil(uint256[] calldata orderIds) external;

    /// @notice Gives the customer of an order, open or fulfilled, her points back.
    ///
    /// Requirements:
    /// - the caller must have the role for it (`AccessManagedUnauthorized`).
    /// - the order must be open or fulfilled (`RewardCatalog_NotRefundable`).
    function refund(uint256 orderId) external;

    /* VIEWS */

    /// @notice Returns the points that are redeemed.
    function points() external view returns (address);

    /// @notice Returns the collection of which cards are granted.
    function cards() external view returns (address);

    /// @notice Returns the distributor in which issued points wait to be claimed.
    function distributor() external view returns (address);

    /// @notice Returns how many rewards there are; their numbers are 1 to this.
    function rewardCount() external view returns (uint32);

    /// @notice Returns how many orders there are; their numbers are 1 to this.
    function orderCount() external view returns (uint256);

    /// @notice Returns a reward.
    ///
    /// Requirements:
    /// - the reward must exist (`RewardCatalog_UnknownReward`).
    function reward(uint32 rewardId) external view returns (Reward memory);

    /// @notice Returns where a reward is described.
    ///
    /// Requirements:
    /// - the reward must exist (`RewardCatalog_UnknownReward`).
    function rewardURI(uint32 rewardId) external view returns (string memory);

    /// @notice Returns how many pieces of a reward there ever were: its stock, and its orders that were not undone before they were
    /// fulfilled. 0 for a reward that does not exist.
    function stockAdded(uint32 rewardId) external view returns (uint32);

    /// @notice Returns how many of `customer`'s orders count towards the reward's limit. They are not counted if it has none: always 0.
    function redeemedBy(uint32 rewardId, address customer) external view returns (uint32);

    /// @notice Returns an order: when it was opened, at `at`, and how many points were `paid`. Zeros if there is none.
    function order(
        uint256 orderId
    ) external view returns (address customer, uint32 rewardId, OrderState state, uint40 at, uint96 paid);

    /// @notice Returns what became of the brand's points and what it owes, from chain state alone.
    function liability() external view returns (Liability memory);
}
