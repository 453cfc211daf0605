// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {IERC2981} from "@openzeppelin/contracts/interfaces/IERC2981.sol";
import {ERC721Utils} from "@openzeppelin/contracts/token/ERC721/utils/ERC721Utils.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {ERC721} from "solady/src/tokens/ERC721.sol";

import {IERC5643} from "../../interfaces/membership/IERC5643.sol";
import {IMembershipCard} from "../../interfaces/membership/IMembershipCard.sol";
import {Signed} from "../libraries/Signed.sol";
import {Terms} from "../libraries/TierWord.sol";
import {CardTiers} from "./CardTiers.sol";

/// @title A brand's membership cards
/// @dev Solady's ERC-721, because each token has 96 bits of its own beside its owner: a card's tier and term cost no slot.
/// They are, from the lowest bit: tierId 15 | locked 1 | startsAt 40 | expiresAt 40. `locked` repeats what the tier says for good, so
/// that a transfer need not read the tier. A card's bits are never all 0, since tiers count from 1.
contract MembershipCard is CardTiers, ERC721, Signed {
    bytes32 private constant _BUY_TYPEHASH = keccak256(
        "BuyCard(address buyer,uint16 tierId,address recipient,address currency,"
        "uint256 maxPrice,uint256 nonce,uint256 deadline)"
    );
    bytes32 private constant _RENEW_TYPEHASH = keccak256(
        "RenewCard(address payer,uint256 cardId,uint16 periods,address currency,"
        "uint256 maxPrice,uint256 nonce,uint256 deadline)"
    );
    bytes32 private constant _UPGRADE_TYPEHASH = keccak256(
        "UpgradeCard(address holder,uint256 cardId,uint16 tierId,address currency,"
        "uint256 maxPrice,uint256 nonce,uint256 deadline)"
    );
    bytes32 private constant _CANCEL_TYPEHASH = keccak256(
        "CancelSubscription(address holder,uint256 cardId,uint256 nonce,uint256 deadline)"
    );
    bytes32 private constant _TRANSFER_TYPEHASH = keccak256(
        "TransferCard(address from,address to,uint256 cardId,uint256 nonce,uint256 deadline)"
    );
    bytes32 private constant _APPROVE_TYPEHASH = keccak256(
        "ApproveForCard(address holder,address spender,uint256 cardId,uint256 nonce,uint256 deadline)"
    );
    bytes32 private constant _APPROVE_ALL_TYPEHASH = keccak256(
        "ApproveForAllCards(address owner,address operator,bool approved,uint256 nonce,uint256 deadline)"
    );

    /// @inheritdoc IMembershipCard
    uint256 public cardCount;
    string private _name;
    string private _symbol;

    constructor(
        string memory name_,
        string memory symbol_,
        string memory contractURI_,
        address authority_,
        address points_
    ) CardTiers(contractURI_, authority_, points_) EIP712("MembershipCard", "1") {
        _name = name_;
        _symbol = symbol_;
    }

    /* GRANT AND BUY */

    /// @inheritdoc IMembershipCard
    function grantCard(address to, uint16 tierId) external restricted returns (uint256 cardId) {
        Terms terms = _termsOf(tierId);
        _tiers[tierId].terms = _withCard(tierId, terms);
        cardId = _mintCard(to, tierId, terms);
        emit CardGranted(cardId, tierId);
        _askReceiver(to, cardId);
    }

    /// @inheritdoc IMembershipCard
    function buy(
        uint16 tierId,
        address recipient,
        address currency,
        uint256 maxPrice
    ) external payable returns (uint256 cardId) {
        return _buy(msg.sender, tierId, recipient, currency, maxPrice);
    }

    /// @inheritdoc IMembershipCard
    function buyBySig(
        address buyer,
        uint16 tierId,
        address recipient,
        address currency,
        uint256 maxPrice,
        uint256 nonce,
        uint256 deadline,
        bytes calldata signature
    ) external returns (uint256 cardId) {
        bytes32 structHash = keccak256(
            abi.encode(_BUY_TYPEHASH, buyer, tierId, recipient, currency, maxPrice, nonce, deadline)
        );
        _useSigned(buyer, structHash, nonce, deadline, signature);
        return _buy(buyer, tierId, recipient, currency, maxPrice);
    }

    function _buy(
        address buyer,
        uint16 tierId,
        address recipient,
        address currency,
        uint256 maxPrice
    ) private returns (uint256 cardId) {
        TierRecord storage tier_ = _tiers[tierId];
        Terms terms = tier_.terms;
        if (!terms.isOnSale()) revert MembershipCard_NotOnSale(tierId);
        uint256 price = _priceOf(tierId, terms, currency);
        _checkPrice(currency, price, maxPrice);
        tier_.terms = _withCard(tierId, terms);
        cardId = _mintCard(recipient, tierId, terms);
        emit CardBought(cardId, buyer, tierId, currency, price);
        if (currency != _NATIVE) _collect(buyer, currency, price, cardId);
        _askReceiver(recipient, cardId);
    }

    /* RENEW */

    /// @inheritdoc IMembershipCard
    function renew(uint256 cardId, uint16 periods, address currency, uint256 maxPrice) external payable {
        _renew(msg.sender, cardId, periods, currency, maxPrice);
    }

    /// @inheritdoc IMembershipCard
    function renewBySig(
        address payer,
        uint256 cardId,
        uint16 periods,
        address currency,
        uint256 maxPrice,
        uint256 nonce,
        uint256 deadline,
        bytes calldata signature
    ) external {
        bytes32 structHash = keccak256(
            abi.encode(_RENEW_TYPEHASH, payer, cardId, periods, currency, maxPrice, nonce, deadline)
        );
        _useSigned(payer, structHash, nonce, deadline, signature);
        _renew(payer, cardId, periods, currency, maxPrice);
    }

    /// @inheritdoc IERC5643
    function renewSubscription(uint256 cardId, uint64 duration) external payable {
        (uint16 tierId, , ) = cardOf(cardId);
        uint32 period = _tiers[tierId].terms.period();
        if (period == 0) revert MembershipCard_NotRenewable(cardId);
        if (duration % period != 0) revert MembershipCard_InvalidDuration(duration, period);
        _renew(msg.sender, cardId, duration / period, _NATIVE, type(uint256).max);
    }

    function _renew(address payer, uint256 cardId, uint256 periods, address currency, uint256 maxPrice) private {
        (uint16 tierId, uint256 start, uint256 end) = cardOf(cardId);
        Terms terms = _tiers[tierId].terms;
        uint256 period = terms.period();
        if (period == 0) revert MembershipCard_NotRenewable(cardId);
        if (periods == 0) revert MembershipCard_NoPeriods();
        uint256 price = _priceOf(tierId, terms, currency) * periods;
        _checkPrice(currency, price, maxPrice);
        if (block.timestamp >= end) start = end = block.timestamp;
        uint256 newEnd = end + period * periods;
        if (newEnd >= _NEVER) revert MembershipCard_TermTooLong(newEnd);
        _setTerm(cardId, _pack(tierId, terms, start, newEnd));
        emit CardRenewed(cardId, payer, periods, currency, price);
        if (currency != _NATIVE) _collect(payer, currency, price, cardId);
    }

    /* UPGRADE */

    /// @inheritdoc IMembershipCard
    function upgrade(uint256 cardId, uint16 tierId, address currency, uint256 maxPrice) external payable {
        _upgrade(msg.sender, cardId, tierId, currency, maxPrice);
    }

    /// @inheritdoc IMembershipCard
    function upgradeBySig(
        address holder,
        uint256 cardId,
        uint16 tierId,
        address currency,
        uint256 maxPrice,
        uint256 nonce,
        uint256 deadline,
        bytes calldata signature
    ) external {
        bytes32 structHash = keccak256(
            abi.encode(_UPGRADE_TYPEHASH, holder, cardId, tierId, currency, maxPrice, nonce, deadline)
        );
        _useSigned(holder, structHash, nonce, deadline, signature);
        _upgrade(holder, cardId, tierId, currency, maxPrice);
    }

    function _upgrade(address holder, uint256 cardId, uint16 tierId, address currency, uint256 maxPrice) private {
        _checkHolder(cardId, holder);
        (uint16 oldTierId, , uint40 end) = cardOf(cardId);
        if (block.timestamp >= end) revert MembershipCard_NotActive(cardId);
        uint256 price = _upgradePrices[oldTierId][tierId][currency];
        if (price == 0) revert MembershipCard_UpgradeNotOffered(oldTierId, tierId, currency);
        _checkPrice(currency, price, maxPrice);
        Terms terms = _tiers[tierId].terms;
        _tiers[tierId].terms = _withCard(tierId, terms);
        _tiers[oldTierId].terms = _tiers[oldTierId].terms.withoutCard();
        _setTerm(cardId, _firstTerm(tierId, terms));
        emit CardUpgraded(cardId, oldTierId, tierId, currency, price);
        if (currency != _NATIVE) _collect(holder, currency, price, cardId);
    }

    /* CANCEL */

    /// @inheritdoc IERC5643
    function cancelSubscription(uint256 cardId) external payable {
        _refuseValue();
        _cancel(msg.sender, cardId);
    }

    /// @inheritdoc IMembershipCard
    function cancelSubscriptionBySig(
        address holder,
        uint256 cardId,
        uint256 nonce,
        uint256 deadline,
        bytes calldata signature
    ) external {
        bytes32 structHash = keccak256(abi.encode(_CANCEL_TYPEHASH, holder, cardId, nonce, deadline));
        _useSigned(holder, structHash, nonce, deadline, signature);
        _cancel(holder, cardId);
    }

    function _cancel(address holder, uint256 cardId) private {
        _checkHolder(cardId, holder);
        uint96 bits = _getExtraData(cardId);
        if (block.timestamp >= bits >> 56) revert MembershipCard_NotActive(cardId);
        _setTerm(cardId, uint56(bits));
    }

    /* TRANSFER AND APPROVE */

    /// @inheritdoc IMembershipCard
    function transferBySig(
        address from,
        address to,
        uint256 cardId,
        uint256 nonce,
        uint256 deadline,
        bytes calldata signature
    ) external {
        bytes32 structHash = keccak256(abi.encode(_TRANSFER_TYPEHASH, from, to, cardId, nonce, deadline));
        _useSigned(from, structHash, nonce, deadline, signature);
        _safeTransfer(from, to, cardId);
    }

    /// @inheritdoc IMembershipCard
    function approveBySig(
        address holder,
        address spender,
        uint256 cardId,
        uint256 nonce,
        uint256 deadline,
        bytes calldata signature
    ) external {
        bytes32 structHash = keccak256(abi.encode(_APPROVE_TYPEHASH, holder, spender, cardId, nonce, deadline));
        _useSigned(holder, structHash, nonce, deadline, signature);
        _checkHolder(cardId, holder);
        _approve(spender, cardId);
    }

    /// @inheritdoc IMembershipCard
    function setApprovalForAllBySig(
        address owner,
        address operator,
        bool approved,
        uint256 nonce,
        uint256 deadline,
        bytes calldata signature
    ) external {
        bytes32 structHash = keccak256(abi.encode(_APPROVE_ALL_TYPEHASH, owner, operator, approved, nonce, deadline));
        _useSigned(owner, structHash, nonce, deadline, signature);
        _setApprovalForAll(owner, operator, approved);
    }

    /// @dev Payable in the base; here native coin would be lost to the sender.
    function approve(address spender, uint256 cardId) public payable override {
        _refuseValue();
        super.approve(spender, cardId);
    }

    /// @dev Every transfer passes here, a mint too. Whatever the base makes payable must not leave native coin behind.
    function _beforeTokenTransfer(address from, address, uint256 cardId) internal view override {
        if (from == address(0)) return;
        _refuseValue();
        if (_getExtraData(cardId) & _LOCKED != 0) revert MembershipCard_Locked(cardId);
    }

    /* VIEWS */

    /// @inheritdoc IMembershipCard
    function cardOf(uint256 cardId) public view returns (uint16 tierId, uint40 startsAt, uint40 expiresAt_) {
        uint256 bits = _getExtraData(cardId);
        if (bits == 0) revert TokenDoesNotExist();
        return (uint16(bits & _MAX_TIERS), uint40(bits >> 16), uint40(bits >> 56));
    }

    /// @inheritdoc IMembershipCard
    function isActive(uint256 cardId) external view returns (bool) {
        return block.timestamp < uint40(_getExtraData(cardId) >> 56);
    }

    /// @inheritdoc IERC5643
    function expiresAt(uint256 cardId) external view returns (uint64) {
        (, , uint40 end) = cardOf(cardId);
        return end;
    }

    /// @inheritdoc IERC5643
    function isRenewable(uint256 cardId) external view returns (bool) {
        (uint16 tierId, , ) = cardOf(cardId);
        return _tiers[tierId].terms.period() != 0 && _tiers[tierId].terms.nativePrice() != 0;
    }

    /// @inheritdoc IMembershipCard
    function royaltyInfo(
        uint256 cardId,
        uint256 salePrice
    ) external view returns (address receiver, uint256 royaltyAmount) {
        uint256 bps = _tiers[uint16(_getExtraData(cardId) & _MAX_TIERS)].terms.royaltyBps();
        return (address(this), Math.mulDiv(salePrice, bps, _WHOLE_BPS));
    }

    /// @inheritdoc ERC721
    function name() public view override returns (string memory) {
        return _name;
    }

    /// @inheritdoc ERC721
    function symbol() public view override returns (string memory) {
        return _symbol;
    }

    /// @inheritdoc ERC721
    function tokenURI(uint256 cardId) public view override returns (string memory) {
        (uint16 tierId, , ) = cardOf(cardId);
        return _tiers[tierId].uri;
    }

    /// @inheritdoc ERC721
    function supportsInterface(bytes4 interfaceId) public view override returns (bool) {
        return
            interfaceId == type(IERC2981).interfaceId ||
            interfaceId == type(IERC5643).interfaceId ||
            interfaceId == bytes4(0x49064906) || // ERC-4906, which has events only
            super.supportsInterface(interfaceId);
    }

    /* INTERNALS */

    function _mintCard(address to, uint16 tierId, Terms terms) private returns (uint256 cardId) {
        unchecked {
            cardId = ++cardCount;
        }
        uint96 bits = _firstTerm(tierId, terms);
        _mintAndSetExtraDataUnchecked(to, cardId, bits);
        emit SubscriptionUpdate(cardId, uint40(bits >> 56));
    }

    function _setTerm(uint256 cardId, uint96 bits) private {
        _setExtraData(cardId, bits);
        emit SubscriptionUpdate(cardId, uint40(bits >> 56));
        emit MetadataUpdate(cardId);
    }

    /// @dev The bits of a card whose term starts now.
    function _firstTerm(uint16 tierId, Terms terms) private view returns (uint96) {
        uint256 period = terms.period();
        unchecked {
            return _pack(tierId, terms, block.timestamp, period == 0 ? _NEVER : block.timestamp + period);
        }
    }

    /// @dev `start` and `end` fit 40 bits.
    function _pack(uint16 tierId, Terms terms, uint256 start, uint256 end) private pure returns (uint96) {
        uint256 bits = (end << 56) | (start << 16) | tierId;
        return uint96(terms.isTransferable() ? bits : bits | _LOCKED);
    }

    /// @dev The last thing a mint does: a contract is asked whether it takes cards, and may act before it answers.
    function _askReceiver(address to, uint256 cardId) private {
        if (to.code.length != 0) ERC721Utils.checkOnERC721Received(msg.sender, address(0), to, cardId, "");
    }

    function _refuseValue() private view {
        if (msg.value != 0) revert MembershipCard_WrongValue(msg.value, 0);
    }

    function _checkHolder(uint256 cardId, address account) private view {
        if (ownerOf(cardId) != account) revert MembershipCard_NotHolder(cardId, account);
    }
}
