// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

/// @title Where customers sell cards to each other
/// @notice A seller signs an order, free of gas; whoever brings the money takes the card. The market has no owner and no fee, and
/// between two transactions it holds neither cards nor money.
/// @dev What both sides have to know:
/// - The seller approves the market in the collection; a buyer who pays in an ERC-20 approves it in the currency.
/// - The royalty is what the collection's ERC-2981 answers for the price, and it is paid before the seller is. Seller and buyer trust
///   the collection anyway: it can refuse any transfer. A collection whose royalty receiver refuses the money therefore stops the sale
///   and nothing else; skipping the royalty instead would let a buyer dodge it by sending too little gas.
/// - The buyer pays exactly the price. If the currency takes a fee from its transfers, the receivers bear it.
/// - Cards are moved by `transferFrom`, not `safeTransferFrom`: no code of the buyer runs in the middle of a sale. A buyer who names a
///   contract as `recipient` has to know that it can handle cards.
/// - An order stays good until it is filled, cancelled or expired, also while the card is away in another wallet: whoever takes a card
///   back should cancel old orders, and short `expiresAt` help. A purchase that is mined before the cancellation wins.
/// - A price of 0 is a gift: no money moves and no royalty is asked for.
/// - Perks are pinned at the desk that the order names, and the desk is believed: whoever buys checks that it is the programme's own. One
/// that lies about what is left harms only who relied on it in that sale. What a lane of `perksLeft` stands for depends on the card's
/// tier, so an order that pins perks should pin the tier too: otherwise an upgrade in front of the sale puts other perks in their place.
interface ICardMarket {
    /// @notice What a seller signs.
    /// @param seller The card's owner, an EOA or an ERC-1271 wallet
    /// @param collection The ERC-721 contract of the card
    /// @param cardId The card's token id
    /// @param currency The ERC-20 the price is in; the zero address stands for the native coin
    /// @param price What the buyer pays in all, royalty included, in the currency's smallest unit
    /// @param buyer The only address that may buy; the zero address stands for anyone
    /// @param tierId The tier the card must have when it is sold; 0 for whichever it has
    /// @param minExpiresAt The card's term must not end before this Unix time; 0 for whatever is left
    /// @param perkDesk The contract that is asked what perks the card has left (`IPerkTerms`), if any are pinned
    /// @param perksLeft The least the card must have left of each perk when it is sold, 8 bits a perk from the lowest; 0 pins nothing
    /// @param expiresAt The last second at which the order is good, a Unix time
    /// @param counter The seller's counter when the order was signed
    /// @param nonce One of the seller's unordered nonces: of all messages with the same nonce only one takes effect
    struct Order {
        address seller;
        address collection;
        uint256 cardId;
        address currency;
        uint256 price;
        address buyer;
        uint16 tierId;
        uint40 minExpiresAt;
        address perkDesk;
        bytes32 perksLeft;
        uint40 expiresAt;
        uint256 counter;
        uint256 nonce;
    }

    /// @notice Why an order cannot be bought now; the first that applies, in this order.
    /// @param Open Nothing on the seller's side stands in the way
    /// @param NoCollection There is no contract at the collection's address
    /// @param CounterChanged The seller cancelled all orders after signing this one
    /// @param Expired The order's time is over
    /// @param InvalidSignature The seller did not sign this order for this market on this chain
    /// @param NonceUsed The order was filled or cancelled
    /// @param RoyaltyRefused The collection's royalty is unreadable, above the price or owed to the market
    /// @param NoCurrency There is no contract at the currency's address, or an ERC-721
    /// @param NotOwner The seller does not own the card
    /// @param NotApproved The seller has not approved the market in the collection
    /// @param TermsChanged The card has another tier, or its term ends earlier, than the order says
    /// @param PerksUsed The card has less left of a perk than the order says, or the desk it names does not tell
    enum OrderStatus {
        Open,
        NoCollection,
        CounterChanged,
        Expired,
        InvalidSignature,
        NonceUsed,
        RoyaltyRefused,
        NoCurrency,
        NotOwner,
        NotApproved,
        TermsChanged,
        PerksUsed
    }

    /// @notice `buyer` paid `price` in `currency`, of which `royalty` went to the collection's royalty receiver and the rest to
    /// `seller`; the order had `nonce`. Who got the card is in the collection's own `Transfer`.
    event CardSold(
        address indexed collection,
        address indexed seller,
        address indexed buyer,
        uint256 cardId,
        address currency,
        uint256 price,
        uint256 royalty,
        uint256 nonce
    );

    /// @notice `seller` made the order with `nonce` worthless before it was filled.
    event OrderCancelled(address indexed seller, uint256 nonce);

    /// @notice `seller` made every order that was ever signed worthless; new ones carry `counter`.
    event AllOrdersCancelled(address indexed seller, uint256 counter);

    /// @notice There is no contract at `collection`.
    error CardMarket_NoCollection(address collection);

    /// @notice The order is for `allowed` only, not for `buyer`.
    error CardMarket_WrongBuyer(address buyer, address allowed);

    /// @notice The order carries `counter`, the seller's is `current`: all orders were cancelled since.
    error CardMarket_CounterChanged(uint256 counter, uint256 current);

    /// @notice Neither the zero address nor the market may get a card.
    error CardMarket_InvalidRecipient(address recipient);

    /// @notice The transaction carries `value` of native coin, the order asks for `expected`.
    error CardMarket_WrongValue(uint256 value, uint256 expected);

    /// @notice A price in native coin cannot be pulled from a buyer who only signs.
    error CardMarket_NativeBySignature();

    /// @notice `collection` claims ERC-2981 but does not say what royalty it wants, or it does not answer by ERC-165 either.
    error CardMarket_UnknownRoyalty(address collection);

    /// @notice The collection asks for a `royalty` above the `price`, or for one that the market itself would receive.
    error CardMarket_InvalidRoyalty(address receiver, uint256 royalty, uint256 price);

    /// @notice The collection took the transfer, but `recipient` does not own the card after it.
    error CardMarket_CardNotMoved(address collection, uint256 cardId, address recipient);

    /// @notice The card is not of the tier, or does not last as long, as the order says.
    error CardMarket_TermsChanged(uint256 cardId, uint16 tierId, uint40 minExpiresAt);

    /// @notice The card has less left of a perk than the order says, as `perkDesk` tells it, or it tells nothing.
    error CardMarket_PerksUsed(uint256 cardId, address perkDesk, bytes32 perksLeft);

    /// @notice `currency` is an ERC-721: the price would be the number of a card of the buyer's.
    error CardMarket_InvalidCurrency(address currency);

    /// @notice `receiver` did not accept `amount` of native coin.
    error CardMarket_PaymentRefused(address receiver, uint256 amount);

    /// @notice Buys the card of `order` for `recipient`; the caller pays.
    ///
    /// Requirements:
    /// - There must be a contract at `order.collection` (`CardMarket_NoCollection`).
    /// - `recipient` must not be the zero address or the market (`CardMarket_InvalidRecipient`).
    /// - The order must be open to anyone or be for the caller (`CardMarket_WrongBuyer`).
    /// - `order.counter` must be the seller's counter (`CardMarket_CounterChanged`).
    /// - The value sent must be the price of an order in native coin, and 0 for any other (`CardMarket_WrongValue`).
    /// - `order.expiresAt` must not have passed (`Signed_Expired`).
    /// - `signature` must be the seller's for this order (`Signed_InvalidSignature`).
    /// - The order must have been neither filled nor cancelled (`Signed_NonceUsed`).
    /// - The collection must say what royalty it wants, or say by ERC-165 that it has none (`CardMarket_UnknownRoyalty`).
    /// - The royalty must not be above the price, nor its receiver be the market (`CardMarket_InvalidRoyalty`).
    /// - The seller must own the card and have approved the market (the collection's own error).
    /// - `recipient` must own the card afterwards (`CardMarket_CardNotMoved`).
    /// - The card must have the tier and the term that the order pins, if any (`CardMarket_TermsChanged`).
    /// - The card must have left what the order pins of its perks, if anything (`CardMarket_PerksUsed`).
    /// - The receivers must accept the native coin (`CardMarket_PaymentRefused`).
    /// - The ERC-20 must move the price from the caller (the token's own error, or `SafeERC20FailedOperation`).
    /// - It must not be an ERC-721 (`CardMarket_InvalidCurrency`).
    function buy(Order calldata order, bytes calldata signature, address recipient) external payable;

    /// @notice Buys the card of `order` for `recipient`; `buyer` signed for it and pays in the order's ERC-20.
    ///
    /// Requirements:
    /// - The order must be in an ERC-20 or a gift (`CardMarket_NativeBySignature`).
    /// - `deadline` must not have passed (`Signed_Expired`).
    /// - `signature` must be the buyer's for this purchase (`Signed_InvalidSignature`).
    /// - The buyer must not have used `nonce` before (`Signed_NonceUsed`).
    /// - Everything `buy` requires, with `buyer` for the caller.
    function buyBySig(
        Order calldata order,
        bytes calldata orderSignature,
        address buyer,
        address recipient,
        uint256 nonce,
        uint256 deadline,
        bytes calldata signature
    ) external;

    /// @notice Makes the caller's orders with these nonces worthless. A nonce that is used already, because its order was filled or
    /// cancelled before, is passed over: one purchase that came first does not save the other orders.
    function cancel(uint256[] calldata nonces) external;

    /// @notice Does what `cancel` does for `seller`, who signed for it.
    ///
    /// Requirements:
    /// - `deadline` must not have passed (`Signed_Expired`).
    /// - `signature` must be the seller's for this cancellation (`Signed_InvalidSignature`).
    /// - The seller must not have used `nonce` before (`Signed_NonceUsed`).
    function cancelBySig(
        address seller,
        uint256[] calldata nonces,
        uint256 nonce,
        uint256 deadline,
        bytes calldata signature
    ) external;

    /// @notice Makes every order the caller has signed worthless. The counter jumps to a number that nobody can know in advance, so
    /// that this also holds for orders that were signed for a counter to come.
    function cancelAll() external;

    /// @notice Does what `cancelAll` does for `seller`, who signed for it.
    ///
    /// Requirements:
    /// - `deadline` must not have passed (`Signed_Expired`).
    /// - `signature` must be the seller's for this cancellation (`Signed_InvalidSignature`).
    /// - The seller must not have used `nonce` before (`Signed_NonceUsed`).
    function cancelAllBySig(address seller, uint256 nonce, uint256 deadline, bytes calldata signature) external;

    /// @notice Returns the number that the seller's orders have to carry.
    function counterOf(address seller) external view returns (uint256);

    /// @notice Returns the EIP-712 digest of `order`: what its seller signs.
    function orderHash(Order calldata order) external view returns (bytes32);

    /// @notice Says why nobody can buy `order` now, or that somebody can. It does not look at a buyer's money, and it cannot know
    /// what the collection refuses by rules of its own (a card that may not be transferred).
    function orderStatus(Order calldata order, bytes calldata signature) external view returns (OrderStatus);
}
