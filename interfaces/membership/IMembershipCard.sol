// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {IERC5643} from "./IERC5643.sol";

/// @title A brand's membership cards: several tiers in one ERC-721 collection, with terms that end and can be renewed
/// @notice A card is bought, granted, renewed, upgraded and passed on; it is never destroyed. What a tier promises (period, supply,
/// royalty, whether its cards can be passed on) is fixed when it is defined; its prices, its sale and its metadata are not.
/// @dev `currency` is `address(0)` for native coin, the programme's points (which are redeemed) or any ERC-20 (which the contract
/// keeps until it is withdrawn). A token that takes a fee on transfers pays the contract less than the price: the brand decides
/// which currencies it takes. The ERC-721 functions and their errors are Solady's; transfers and approvals refuse native coin
/// (`MembershipCard_WrongValue`), and transfers refuse the cards of a locked tier (`MembershipCard_Locked`).
///
/// Every signature form takes one of the signer's unordered nonces and first requires, in this order:
/// - `deadline` has not passed: `Signed_Expired`.
/// - The signer, a key or an ERC-1271 wallet, signed this very act: `Signed_InvalidSignature`.
/// - The nonce is fresh: `Signed_NonceUsed`.
///
/// Whoever regrets a signature that somebody still holds uses its nonce up: with any other signed act of the same nonce, such as taking
/// back an approval that was never given. Until then, or its deadline, it stays good, also after the card was renewed or came back.
interface IMembershipCard is IERC5643 {
    /// @notice What a tier's cards are.
    /// @param nativePrice Price of one period (or of the card, if it never ends) in wei; 0 = not sold in native coin.
    /// @param period Seconds a term lasts; 0 = it never ends.
    /// @param maxSupply The most cards there can be in the tier at a time.
    /// @param supply How many cards are in the tier, active or not.
    /// @param royaltyBps The contract's share of a resale, in hundredths of a per cent.
    /// @param transferable Whether its cards can be passed on.
    /// @param onSale Whether new cards can be bought. Renewals and upgrades depend on their prices alone.
    /// @param uri The metadata of its cards.
    struct Tier {
        uint96 nativePrice;
        uint32 period;
        uint32 maxSupply;
        uint32 supply;
        uint16 royaltyBps;
        bool transferable;
        bool onSale;
        string uri;
    }

    /// @notice `tierId` exists from now on; `period` in seconds, 0 for cards that never expire.
    event TierDefined(
        uint16 indexed tierId,
        uint32 period,
        uint32 maxSupply,
        uint16 royaltyBps,
        bool transferable,
        string uri
    );
    /// @notice Cards of `tierId` are on sale from now on, or no longer.
    event TierSaleChanged(uint16 indexed tierId, bool onSale);
    /// @notice One period of `tierId` costs `price` of `currency` (the zero address: native coin); 0: it is not sold in it.
    event TierPriceChanged(uint16 indexed tierId, address indexed currency, uint256 price);
    /// @notice An upgrade costs `price` of `currency`; 0: it is not offered in it.
    event UpgradePriceChanged(
        uint16 indexed fromTierId,
        uint16 indexed toTierId,
        address indexed currency,
        uint256 price
    );
    /// @notice The metadata of all cards of `tierId` is at `uri`.
    event TierURIChanged(uint16 indexed tierId, string uri);

    /// @notice The brand gave away card `cardId`.
    event CardGranted(uint256 indexed cardId, uint16 indexed tierId);
    /// @notice `buyer` paid `price` of `currency` for the new card `cardId`.
    event CardBought(uint256 indexed cardId, address indexed buyer, uint16 tierId, address currency, uint256 price);
    /// @notice `payer` paid `price` of `currency` for `periods` more periods of card `cardId`.
    event CardRenewed(uint256 indexed cardId, address indexed payer, uint256 periods, address currency, uint256 price);
    /// @notice The holder paid `price` of `currency`; card `cardId` begins a new term in another tier.
    event CardUpgraded(
        uint256 indexed cardId,
        uint16 indexed fromTierId,
        uint16 indexed toTierId,
        address currency,
        uint256 price
    );
    /// @notice `amount` of `currency` went from the till to `to`.
    event ProceedsWithdrawn(address indexed currency, address indexed to, uint256 amount);

    /// @notice The collection's metadata changed (ERC-7572).
    event ContractURIUpdated();
    /// @notice The metadata of `tokenId` changed (ERC-4906).
    event MetadataUpdate(uint256 tokenId);
    /// @notice The metadata of the cards from `fromTokenId` to `toTokenId` may have changed (ERC-4906).
    event BatchMetadataUpdate(uint256 fromTokenId, uint256 toTokenId);

    /// @notice There is no tier `tierId`.
    error MembershipCard_UnknownTier(uint16 tierId);
    /// @notice A tier needs room for one card at least.
    error MembershipCard_NoSupply();
    /// @notice A royalty of more than the whole price.
    error MembershipCard_RoyaltyTooHigh(uint16 royaltyBps);
    /// @notice There are 32,767 tiers already, as many as a card can tell apart.
    error MembershipCard_TooManyTiers();
    /// @notice A price does not fit 96 bits.
    error MembershipCard_PriceTooHigh(uint256 price);
    /// @notice A card cannot be upgraded to the tier it is in.
    error MembershipCard_SameTier(uint16 tierId);
    /// @notice The contract pays nothing out to the zero address.
    error MembershipCard_NoRecipient();
    /// @notice No new cards of `tierId` can be bought.
    error MembershipCard_NotOnSale(uint16 tierId);
    /// @notice Cards of `tierId` cannot be paid for in `currency`.
    error MembershipCard_NotSoldIn(uint16 tierId, address currency);
    /// @notice The price is more than the payer agreed to.
    error MembershipCard_PriceAboveMaximum(uint256 price, uint256 maxPrice);
    /// @notice `sent` wei came along where exactly `due` were needed.
    error MembershipCard_WrongValue(uint256 sent, uint256 due);
    /// @notice All cards of `tierId` are taken.
    error MembershipCard_SoldOut(uint16 tierId);
    /// @notice The term of `cardId` never ends, or ended when its holder cancelled it for good.
    error MembershipCard_NotRenewable(uint256 cardId);
    /// @notice A renewal is for one period at least.
    error MembershipCard_NoPeriods();
    /// @notice `duration` is not a whole number of periods.
    error MembershipCard_InvalidDuration(uint64 duration, uint32 period);
    /// @notice The term would end at `expiresAt`, which 40 bits cannot hold.
    error MembershipCard_TermTooLong(uint256 expiresAt);
    /// @notice `account` does not hold `cardId`.
    error MembershipCard_NotHolder(uint256 cardId, address account);
    /// @notice The term of `cardId` is over.
    error MembershipCard_NotActive(uint256 cardId);
    /// @notice No upgrade from `fromTierId` to `toTierId` is sold in `currency`.
    error MembershipCard_UpgradeNotOffered(uint16 fromTierId, uint16 toTierId, address currency);
    /// @notice Cards of the tier of `cardId` cannot be passed on.
    error MembershipCard_Locked(uint256 cardId);

    /// @notice Defines the next tier. Everything but its sale, prices and metadata is final.
    /// @return tierId Its number, counted from 1.
    /// @dev Requirements:
    /// - The caller has the role: `AccessManagedUnauthorized`.
    /// - `maxSupply` is not 0: `MembershipCard_NoSupply`.
    /// - `royaltyBps` is at most 10,000: `MembershipCard_RoyaltyTooHigh`.
    /// - Fewer than 32,767 tiers are defined: `MembershipCard_TooManyTiers`.
    function defineTier(
        uint32 period,
        uint32 maxSupply,
        uint16 royaltyBps,
        bool transferable,
        bool onSale,
        uint96 nativePrice,
        string calldata uri
    ) external returns (uint16 tierId);

    /// @notice Sets the price of one period of `tierId` in `currency`; 0 ends its sale and renewal in that currency.
    /// @dev Requirements:
    /// - The caller has the role: `AccessManagedUnauthorized`.
    /// - The tier is defined: `MembershipCard_UnknownTier`.
    /// - `price` fits 96 bits: `MembershipCard_PriceTooHigh`.
    function setTierPrice(uint16 tierId, address currency, uint256 price) external;

    /// @notice Sets the price of the upgrade from one tier to another in `currency`; 0 ends the offer. The price is the brand's
    /// word: what is left of the old term is not set off.
    /// @dev Requirements:
    /// - The caller has the role: `AccessManagedUnauthorized`.
    /// - Both tiers are defined: `MembershipCard_UnknownTier`.
    /// - They differ: `MembershipCard_SameTier`.
    /// - `price` fits 96 bits: `MembershipCard_PriceTooHigh`.
    function setUpgradePrice(uint16 fromTierId, uint16 toTierId, address currency, uint256 price) external;

    /// @notice Opens or closes the sale of new cards of `tierId`. Those who are in may still renew.
    /// @dev Requirements:
    /// - The caller has the role: `AccessManagedUnauthorized`.
    /// - The tier is defined: `MembershipCard_UnknownTier`.
    function setTierOnSale(uint16 tierId, bool onSale) external;

    /// @notice Changes the metadata of every card in `tierId`.
    /// @dev Requirements:
    /// - The caller has the role: `AccessManagedUnauthorized`.
    /// - The tier is defined: `MembershipCard_UnknownTier`.
    function setTierURI(uint16 tierId, string calldata uri) external;

    /// @notice Changes the metadata of the collection (ERC-7572).
    /// @dev Requirements:
    /// - The caller has the role: `AccessManagedUnauthorized`.
    function setContractURI(string calldata uri) external;

    /// @notice Gives a card of `tierId` to `to`, on sale or not.
    /// @dev Requirements:
    /// - The caller has the role: `AccessManagedUnauthorized`.
    /// - The tier is defined: `MembershipCard_UnknownTier`.
    /// - It has room: `MembershipCard_SoldOut`.
    /// - `to` is not the zero address: `TransferToZeroAddress`.
    /// - `to`, if a contract, takes ERC-721 tokens: `ERC721InvalidReceiver`.
    function grantCard(address to, uint16 tierId) external returns (uint256 cardId);

    /// @notice Pays `amount` of what the contract holds in `currency`, from first sales and royalties alike, to `to`.
    /// @dev Requirements:
    /// - The caller has the role: `AccessManagedUnauthorized`.
    /// - `to` is not the zero address: `MembershipCard_NoRecipient`.
    /// - The contract holds that much: `InsufficientBalance` or the token's own error.
    function withdraw(address currency, address to, uint256 amount) external;

    /// @notice Buys a card of `tierId` for `recipient`.
    /// @dev Requirements:
    /// - The tier is on sale, which an unknown one never is: `MembershipCard_NotOnSale`.
    /// - It has a price in `currency`: `MembershipCard_NotSoldIn`.
    /// - The price is at most `maxPrice`: `MembershipCard_PriceAboveMaximum`.
    /// - The value sent is the price in native coin, nothing otherwise: `MembershipCard_WrongValue`.
    /// - The tier has room: `MembershipCard_SoldOut`.
    /// - `recipient` is not the zero address: `TransferToZeroAddress`.
    /// - The caller has the points or the tokens and allowed this contract to take them: the token's own error.
    /// - `recipient`, if a contract, takes ERC-721 tokens: `ERC721InvalidReceiver`.
    function buy(
        uint16 tierId,
        address recipient,
        address currency,
        uint256 maxPrice
    ) external payable returns (uint256 cardId);

    /// @notice As `buy`, on `buyer`'s signature and with her points or tokens. Native coin cannot be pulled
    /// (`MembershipCard_WrongValue`): whoever has it can `buy` for any recipient.
    function buyBySig(
        address buyer,
        uint16 tierId,
        address recipient,
        address currency,
        uint256 maxPrice,
        uint256 nonce,
        uint256 deadline,
        bytes calldata signature
    ) external returns (uint256 cardId);

    /// @notice Pays for `periods` more periods of `cardId`, whoever holds it. The term of an active card is extended; that of an
    /// expired or cancelled one starts now.
    /// @dev Requirements:
    /// - The card exists: `TokenDoesNotExist`.
    /// - Its tier has a period: `MembershipCard_NotRenewable`.
    /// - `periods` is not 0: `MembershipCard_NoPeriods`.
    /// - The tier has a price in `currency`: `MembershipCard_NotSoldIn`.
    /// - That price for each period is at most `maxPrice` in all: `MembershipCard_PriceAboveMaximum`.
    /// - The value sent is the price in native coin, nothing otherwise: `MembershipCard_WrongValue`.
    /// - The new term ends before the year 36,812, where 40 bits end: `MembershipCard_TermTooLong`.
    /// - The caller has the points or the tokens and allowed this contract to take them: the token's own error.
    function renew(uint256 cardId, uint16 periods, address currency, uint256 maxPrice) external payable;

    /// @notice As `renew`, on `payer`'s signature and with her points or tokens (native coin: `MembershipCard_WrongValue`).
    function renewBySig(
        address payer,
        uint256 cardId,
        uint16 periods,
        address currency,
        uint256 maxPrice,
        uint256 nonce,
        uint256 deadline,
        bytes calldata signature
    ) external;

    /// @notice Moves the caller's own active card to `tierId`, where a new term starts now. The card keeps its number and its
    /// place in the old tier becomes free. Whether `tierId` is on sale does not matter: the upgrade has its own price.
    /// @dev Requirements:
    /// - The card exists: `TokenDoesNotExist`.
    /// - The caller holds it, being approved is not enough: `MembershipCard_NotHolder`.
    /// - It is active: `MembershipCard_NotActive`.
    /// - The upgrade has a price in `currency`: `MembershipCard_UpgradeNotOffered`.
    /// - The price is at most `maxPrice`: `MembershipCard_PriceAboveMaximum`.
    /// - The value sent is the price in native coin, nothing otherwise: `MembershipCard_WrongValue`.
    /// - `tierId` has room: `MembershipCard_SoldOut`.
    /// - The caller has the points or the tokens and allowed this contract to take them: the token's own error.
    function upgrade(uint256 cardId, uint16 tierId, address currency, uint256 maxPrice) external payable;

    /// @notice As `upgrade`, on `holder`'s signature and with her points or tokens (native coin: `MembershipCard_WrongValue`).
    function upgradeBySig(
        address holder,
        uint256 cardId,
        uint16 tierId,
        address currency,
        uint256 maxPrice,
        uint256 nonce,
        uint256 deadline,
        bytes calldata signature
    ) external;

    /// @notice As `cancelSubscription`, on `holder`'s signature.
    function cancelSubscriptionBySig(
        address holder,
        uint256 cardId,
        uint256 nonce,
        uint256 deadline,
        bytes calldata signature
    ) external;

    /// @notice Passes `from`'s card to `to` on her signature, as `safeTransferFrom` does.
    /// @dev Requirements, after the signature's:
    /// - The card can be passed on: `MembershipCard_Locked`.
    /// - The card exists: `TokenDoesNotExist`.
    /// - `from` holds it, being approved is not enough: `TransferFromIncorrectOwner`.
    /// - `to` is not the zero address: `TransferToZeroAddress`.
    /// - `to`, if a contract, takes ERC-721 tokens: `TransferToNonERC721ReceiverImplementer`.
    function transferBySig(
        address from,
        address to,
        uint256 cardId,
        uint256 nonce,
        uint256 deadline,
        bytes calldata signature
    ) external;

    /// @notice Lets `spender` pass on one card of `holder`, on her signature; the zero address takes an approval back.
    /// @dev Requirements, after the signature's:
    /// - The card exists: `TokenDoesNotExist`.
    /// - `holder` holds it, being an operator is not enough: `MembershipCard_NotHolder`.
    function approveBySig(
        address holder,
        address spender,
        uint256 cardId,
        uint256 nonce,
        uint256 deadline,
        bytes calldata signature
    ) external;

    /// @notice Lets `operator` pass on every card of `owner`, now and later, or takes that back, on her signature.
    function setApprovalForAllBySig(
        address owner,
        address operator,
        bool approved,
        uint256 nonce,
        uint256 deadline,
        bytes calldata signature
    ) external;

    /// @notice Returns the tier of `cardId` and its term, from `startsAt` to `expiresAt`: 0 if it was cancelled, 2**40 - 1 if it
    /// never ends.
    /// @dev Requirements:
    /// - The card exists: `TokenDoesNotExist`.
    function cardOf(uint256 cardId) external view returns (uint16 tierId, uint40 startsAt, uint40 expiresAt);

    /// @notice Says whether the term of `cardId` is running. A card that does not exist is not active.
    function isActive(uint256 cardId) external view returns (bool);

    /// @notice Returns the terms of `tierId`.
    /// @dev Requirements:
    /// - The tier is defined: `MembershipCard_UnknownTier`.
    function tier(uint16 tierId) external view returns (Tier memory);

    /// @notice Returns how many tiers are defined; their numbers are 1 to this.
    function tierCount() external view returns (uint16);

    /// @notice Returns how many cards there are; their numbers are 1 to this.
    function cardCount() external view returns (uint256);

    /// @notice Returns the price of one period of `tierId` in `currency`; 0 = not sold in it.
    function tierPrice(uint16 tierId, address currency) external view returns (uint256);

    /// @notice Returns the price of the upgrade from one tier to another in `currency`; 0 = not offered.
    function upgradePrice(uint16 fromTierId, uint16 toTierId, address currency) external view returns (uint256);

    /// @notice Returns the points that are redeemed when a card is paid for in them.
    function points() external view returns (address);

    /// @notice Returns the metadata of the collection (ERC-7572).
    function contractURI() external view returns (string memory);

    /// @notice Returns what is due to the brand when `cardId` is resold for `salePrice` (ERC-2981): its tier's share, paid into
    /// this contract. For a card that does not exist the amount is 0.
    function royaltyInfo(
        uint256 cardId,
        uint256 salePrice
    ) external view returns (address receiver, uint256 royaltyAmount);
}
