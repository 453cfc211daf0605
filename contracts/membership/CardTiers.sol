// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {Address} from "@openzeppelin/contracts/utils/Address.sol";

import {IPointsRedeemer} from "../../interfaces/loyalty/IPointsRedeemer.sol";
import {IMembershipCard} from "../../interfaces/membership/IMembershipCard.sol";
import {Terms, TierWord} from "../libraries/TierWord.sol";

/// @title What a collection of cards offers, and its till: tiers, their prices, taking and paying out money
abstract contract CardTiers is IMembershipCard, AccessManaged {
    using SafeERC20 for IERC20;

    /// @dev A tier: its terms in one word, and where its metadata is.
    struct TierRecord {
        Terms terms;
        string uri;
    }

    address internal constant _NATIVE = address(0);
    uint256 internal constant _WHOLE_BPS = 10_000;
    uint16 internal constant _MAX_TIERS = 0x7fff;
    /// @dev The bit of a card above its tier: it cannot be transferred.
    uint256 internal constant _LOCKED = 0x8000;
    uint40 internal constant _NEVER = type(uint40).max;

    /// @inheritdoc IMembershipCard
    address public immutable points;

    /// @inheritdoc IMembershipCard
    uint16 public tierCount;

    string private _contractURI;

    mapping(uint16 tierId => TierRecord) internal _tiers;
    /// @dev Prices in tokens; that in native coin is in the tier's word.
    mapping(uint16 tierId => mapping(address currency => uint256 price)) internal _tokenPrices;
    mapping(uint16 fromTierId => mapping(uint16 toTierId => mapping(address currency => uint256 price)))
        internal _upgradePrices;

    constructor(string memory contractURI_, address authority_, address points_) AccessManaged(authority_) {
        _contractURI = contractURI_;
        points = points_;
    }

    /// @dev Royalties come in here, to the same till as first sales.
    receive() external payable {}

    /* DEFINE TIERS */

    /// @inheritdoc IMembershipCard
    function defineTier(
        uint32 period,
        uint32 maxSupply,
        uint16 royaltyBps,
        bool transferable,
        bool onSale,
        uint96 nativePrice,
        string calldata uri
    ) external restricted returns (uint16 tierId) {
        if (maxSupply == 0) revert MembershipCard_NoSupply();
        if (royaltyBps > _WHOLE_BPS) revert MembershipCard_RoyaltyTooHigh(royaltyBps);
        if (tierCount == _MAX_TIERS) revert MembershipCard_TooManyTiers();
        tierId = ++tierCount;
        _tiers[tierId].terms = TierWord.pack(nativePrice, period, maxSupply, royaltyBps, transferable, onSale);
        _tiers[tierId].uri = uri;
        emit TierDefined(tierId, period, maxSupply, royaltyBps, transferable, uri);
        emit TierSaleChanged(tierId, onSale);
        emit TierPriceChanged(tierId, _NATIVE, nativePrice);
    }

    /// @inheritdoc IMembershipCard
    function setTierPrice(uint16 tierId, address currency, uint256 price) external restricted {
        Terms terms = _termsOf(tierId);
        if (price > type(uint96).max) revert MembershipCard_PriceTooHigh(price);
        if (currency == _NATIVE) {
            _tiers[tierId].terms = terms.withNativePrice(uint96(price));
        } else {
            _tokenPrices[tierId][currency] = price;
        }
        emit TierPriceChanged(tierId, currency, price);
    }

    /// @inheritdoc IMembershipCard
    function setUpgradePrice(uint16 fromTierId, uint16 toTierId, address currency, uint256 price) external restricted {
        _termsOf(fromTierId);
        _termsOf(toTierId);
        if (fromTierId == toTierId) revert MembershipCard_SameTier(toTierId);
        if (price > type(uint96).max) revert MembershipCard_PriceTooHigh(price);
        _upgradePrices[fromTierId][toTierId][currency] = price;
        emit UpgradePriceChanged(fromTierId, toTierId, currency, price);
    }

    /// @inheritdoc IMembershipCard
    function setTierOnSale(uint16 tierId, bool onSale) external restricted {
        _tiers[tierId].terms = _termsOf(tierId).withOnSale(onSale);
        emit TierSaleChanged(tierId, onSale);
    }

    /// @inheritdoc IMembershipCard
    function setTierURI(uint16 tierId, string calldata uri) external restricted {
        _termsOf(tierId);
        _tiers[tierId].uri = uri;
        emit TierURIChanged(tierId, uri);
        // The cards of a tier are not next to each other: all of them is the narrowest range that is right.
        emit BatchMetadataUpdate(1, type(uint256).max);
    }

    /// @inheritdoc IMembershipCard
    function setContractURI(string calldata uri) external restricted {
        _contractURI = uri;
        emit ContractURIUpdated();
    }

    /* WITHDRAW */

    /// @inheritdoc IMembershipCard
    function withdraw(address currency, address to, uint256 amount) external restricted {
        if (to == address(0)) revert MembershipCard_NoRecipient();
        emit ProceedsWithdrawn(currency, to, amount);
        if (currency == _NATIVE) {
            Address.sendValue(payable(to), amount);
        } else {
            IERC20(currency).safeTransfer(to, amount);
        }
    }

    /* VIEWS */

    /// @inheritdoc IMembershipCard
    function tier(uint16 tierId) external view returns (Tier memory) {
        Terms terms = _termsOf(tierId);
        return
            Tier({
                nativePrice: terms.nativePrice(),
                period: terms.period(),
                maxSupply: terms.maxSupply(),
                supply: terms.supply(),
                royaltyBps: terms.royaltyBps(),
                transferable: terms.isTransferable(),
                onSale: terms.isOnSale(),
                uri: _tiers[tierId].uri
            });
    }

    /// @inheritdoc IMembershipCard
    function tierPrice(uint16 tierId, address currency) external view returns (uint256) {
        return currency == _NATIVE ? _tiers[tierId].terms.nativePrice() : _tokenPrices[tierId][currency];
    }

    /// @inheritdoc IMembershipCard
    function upgradePrice(uint16 fromTierId, uint16 toTierId, address currency) external view returns (uint256) {
        return _upgradePrices[fromTierId][toTierId][currency];
    }

    /// @inheritdoc IMembershipCard
    function contractURI() external view returns (string memory) {
        return _contractURI;
    }

    /* INTERNALS */

    /// @dev The terms of a tier that is defined. Its room for a card at least makes their word different from 0.
    function _termsOf(uint16 tierId) internal view returns (Terms terms) {
        terms = _tiers[tierId].terms;
        if (Terms.unwrap(terms) == 0) revert MembershipCard_UnknownTier(tierId);
    }

    /// @dev The terms of a tier with one card more.
    function _withCard(uint16 tierId, Terms terms) internal pure returns (Terms) {
        if (terms.isFull()) revert MembershipCard_SoldOut(tierId);
        return terms.withCard();
    }

    function _priceOf(uint16 tierId, Terms terms, address currency) internal view returns (uint256 price) {
        price = currency == _NATIVE ? terms.nativePrice() : _tokenPrices[tierId][currency];
        if (price == 0) revert MembershipCard_NotSoldIn(tierId, currency);
    }

    function _checkPrice(address currency, uint256 price, uint256 maxPrice) internal view {
        if (price > maxPrice) revert MembershipCard_PriceAboveMaximum(price, maxPrice);
        uint256 due = currency == _NATIVE ? price : 0;
        if (msg.value != due) revert MembershipCard_WrongValue(msg.value, due);
    }

    /// @dev Takes points or tokens from `payer`, the caller or the signer. Points are redeemed for the card of that number.
    function _collect(address payer, address currency, uint256 price, uint256 cardId) internal {
        if (currency == points) {
            IPointsRedeemer(points).redeemFrom(payer, price, bytes32(cardId));
        } else {
            // slither-disable-next-line arbitrary-send-erc20
            IERC20(currency).safeTransferFrom(payer, address(this), price);
        }
    }
}
