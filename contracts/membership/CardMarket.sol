// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {IERC2981} from "@openzeppelin/contracts/interfaces/IERC2981.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {IERC721} from "@openzeppelin/contracts/token/ERC721/IERC721.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {ERC165Checker} from "@openzeppelin/contracts/utils/introspection/ERC165Checker.sol";

import {ICardMarket} from "../../interfaces/membership/ICardMarket.sol";
import {ICardTerms} from "../../interfaces/membership/ICardTerms.sol";
import {IPerkTerms} from "../../interfaces/membership/IPerkTerms.sol";
import {Signed} from "../libraries/Signed.sol";

/// @title Where customers sell cards to each other
/// @dev No guard against re-entrancy: the order is used up before the first call that could re-enter, every amount comes from that
/// order, and there is no balance to drain. Money moves only from the buyer, cards only from the seller, each of whom asked for this
/// very sale; so nobody else's approvals can be spent through the market.
contract CardMarket is ICardMarket, Signed {
    using SafeERC20 for IERC20;

    bytes32 private constant ORDER_TYPEHASH = keccak256(
        "Order(address seller,address collection,uint256 cardId,address currency,uint256 price,address buyer,"
        "uint16 tierId,uint40 minExpiresAt,address perkDesk,bytes32 perksLeft,"
        "uint40 expiresAt,uint256 counter,uint256 nonce)"
    );

    bytes32 private constant BUY_TYPEHASH = keccak256(
        "Buy(Order order,address buyer,address recipient,uint256 nonce,uint256 deadline)"
        "Order(address seller,address collection,uint256 cardId,address currency,uint256 price,address buyer,"
        "uint16 tierId,uint40 minExpiresAt,address perkDesk,bytes32 perksLeft,"
        "uint40 expiresAt,uint256 counter,uint256 nonce)"
    );

    bytes32 private constant CANCEL_TYPEHASH = keccak256(
        "Cancel(address seller,uint256[] nonces,uint256 nonce,uint256 deadline)"
    );

    bytes32 private constant CANCEL_ALL_TYPEHASH = keccak256(
        "CancelAll(address seller,uint256 nonce,uint256 deadline)"
    );

    mapping(address seller => uint256 counter) private _counters;

    constructor() EIP712("CardMarket", "1") {}

    /* BUY */

    /// @inheritdoc ICardMarket
    function buy(Order calldata order, bytes calldata signature, address recipient) external payable {
        _useOrder(order, _structHash(order), signature, msg.sender, recipient);
        _settle(order, msg.sender, recipient);
    }

    /// @inheritdoc ICardMarket
    function buyBySig(
        Order calldata order,
        bytes calldata orderSignature,
        address buyer,
        address recipient,
        uint256 nonce,
        uint256 deadline,
        bytes calldata signature
    ) external {
        if (order.currency == address(0) && order.price != 0) revert CardMarket_NativeBySignature();
        bytes32 orderStructHash = _structHash(order);
        bytes32 structHash = keccak256(abi.encode(BUY_TYPEHASH, orderStructHash, buyer, recipient, nonce, deadline));
        _useSigned(buyer, structHash, nonce, deadline, signature);
        _useOrder(order, orderStructHash, orderSignature, buyer, recipient);
        _settle(order, buyer, recipient);
    }

    /// @dev Everything that can be said about the order before anyone else's code runs; then it is used up.
    function _useOrder(
        Order calldata order,
        bytes32 structHash,
        bytes calldata signature,
        address buyer,
        address recipient
    ) private {
        if (order.collection.code.length == 0) revert CardMarket_NoCollection(order.collection);
        if (recipient == address(0) || recipient == address(this)) revert CardMarket_InvalidRecipient(recipient);
        if (order.buyer != address(0) && order.buyer != buyer) revert CardMarket_WrongBuyer(buyer, order.buyer);
        address seller = order.seller;
        uint256 counter = _counters[seller];
        if (order.counter != counter) revert CardMarket_CounterChanged(order.counter, counter);
        uint256 expected = order.currency == address(0) ? order.price : 0;
        if (msg.value != expected) revert CardMarket_WrongValue(msg.value, expected);
        _useSigned(seller, structHash, order.nonce, order.expiresAt, signature);
    }

    /// @dev The card first, the money last, and the seller's last of all: whoever is called on the way cannot change what was sold.
    function _settle(Order calldata order, address buyer, address recipient) private {
        (address receiver, uint256 royalty) = _checkedRoyalty(order);
        address seller = order.seller;
        address collection = order.collection;
        emit CardSold(collection, seller, buyer, order.cardId, order.currency, order.price, royalty, order.nonce);

        // From the seller, who signed the order for this very card (`_useOrder`), to the buyer who pays for it.
        // slither-disable-next-line arbitrary-send-erc20
        IERC721(collection).transferFrom(seller, recipient, order.cardId);
        if (!_isOwner(collection, order.cardId, recipient)) {
            revert CardMarket_CardNotMoved(collection, order.cardId, recipient);
        }
        if (!_areTermsMet(order)) revert CardMarket_TermsChanged(order.cardId, order.tierId, order.minExpiresAt);
        if (!_arePerksLeft(order)) revert CardMarket_PerksUsed(order.cardId, order.perkDesk, order.perksLeft);
        address currency = order.currency;
        _pay(currency, buyer, receiver, royalty);
        _pay(currency, buyer, seller, order.price - royalty);
    }

    function _checkedRoyalty(Order calldata order) private view returns (address receiver, uint256 royalty) {
        bool known;
        (known, receiver, royalty) = _royaltyOf(order);
        if (!known) revert CardMarket_UnknownRoyalty(order.collection);
        if (!_isPayable(order, receiver, royalty)) revert CardMarket_InvalidRoyalty(receiver, royalty, order.price);
    }

    /* CANCEL */

    /// @inheritdoc ICardMarket
    function cancel(uint256[] calldata nonces) external {
        _cancel(msg.sender, nonces);
    }

    /// @inheritdoc ICardMarket
    function cancelBySig(
        address seller,
        uint256[] calldata nonces,
        uint256 nonce,
        uint256 deadline,
        bytes calldata signature
    ) external {
        bytes32 noncesHash = keccak256(abi.encodePacked(nonces));
        bytes32 structHash = keccak256(abi.encode(CANCEL_TYPEHASH, seller, noncesHash, nonce, deadline));
        _useSigned(seller, structHash, nonce, deadline, signature);
        _cancel(seller, nonces);
    }

    function _cancel(address seller, uint256[] calldata nonces) private {
        for (uint256 i = 0; i < nonces.length; ++i) {
            if (_tryUseNonce(seller, nonces[i])) emit OrderCancelled(seller, nonces[i]);
        }
    }

    /// @inheritdoc ICardMarket
    function cancelAll() external {
        _cancelAll(msg.sender);
    }

    /// @inheritdoc ICardMarket
    function cancelAllBySig(address seller, uint256 nonce, uint256 deadline, bytes calldata signature) external {
        bytes32 structHash = keccak256(abi.encode(CANCEL_ALL_TYPEHASH, seller, nonce, deadline));
        _useSigned(seller, structHash, nonce, deadline, signature);
        _cancelAll(seller);
    }

    function _cancelAll(address seller) private {
        // Had it counted up by one, whoever tricked a seller into signing for the next number would be served by the cancellation.
        uint256 counter = _counters[seller] + 1 + (uint256(blockhash(block.number - 1)) >> 128);
        _counters[seller] = counter;
        emit AllOrdersCancelled(seller, counter);
    }

    /* VIEWS */

    /// @inheritdoc ICardMarket
    function counterOf(address seller) external view returns (uint256) {
        return _counters[seller];
    }

    /// @inheritdoc ICardMarket
    function orderHash(Order calldata order) external view returns (bytes32) {
        return _hashTypedDataV4(_structHash(order));
    }

    /// @inheritdoc ICardMarket
    function orderStatus(Order calldata order, bytes calldata signature) external view returns (OrderStatus) {
        if (order.collection.code.length == 0) return OrderStatus.NoCollection;
        if (order.counter != _counters[order.seller]) return OrderStatus.CounterChanged;
        if (block.timestamp > order.expiresAt) return OrderStatus.Expired;
        if (!_isSigned(order.seller, _structHash(order), signature)) return OrderStatus.InvalidSignature;
        if (isNonceUsed(order.seller, order.nonce)) return OrderStatus.NonceUsed;
        (bool known, address receiver, uint256 royalty) = _royaltyOf(order);
        if (!known || !_isPayable(order, receiver, royalty)) return OrderStatus.RoyaltyRefused;
        if (!_isMoney(order)) return OrderStatus.NoCurrency;
        if (!_isOwner(order.collection, order.cardId, order.seller)) return OrderStatus.NotOwner;
        if (!_isApproved(order)) return OrderStatus.NotApproved;
        if (!_areTermsMet(order)) return OrderStatus.TermsChanged;
        if (!_arePerksLeft(order)) return OrderStatus.PerksUsed;
        return OrderStatus.Open;
    }

    /* INTERNALS */

    /// @dev The order's words are hashed as they came. Were one of them wider than its type, this would not be the hash that a wallet
    /// signs, and reading it would revert anyway.
    function _structHash(Order calldata order) private pure returns (bytes32 structHash) {
        bytes32 typeHash = ORDER_TYPEHASH;
        // solhint-disable-next-line no-inline-assembly
        assembly ("memory-safe") {
            let start := mload(0x40)
            mstore(start, typeHash)
            calldatacopy(add(start, 32), order, 416)
            structHash := keccak256(start, 448)
        }
    }

    /// @dev What ERC-2981 wants for this price. `known` is false if the collection does not answer, unless it says by ERC-165 that it
    /// does not take part in ERC-2981: asked only then, so that the usual sale does not pay for the question.
    function _royaltyOf(Order calldata order) private view returns (bool known, address receiver, uint256 royalty) {
        if (order.price == 0) return (true, address(0), 0);
        uint256 word;
        (known, word, royalty, ) = _ask(order.collection, IERC2981.royaltyInfo.selector, order.cardId, order.price, 2);
        if (!known) {
            known =
                ERC165Checker.supportsERC165(order.collection) &&
                !ERC165Checker.supportsERC165InterfaceUnchecked(order.collection, type(IERC2981).interfaceId);
            return (known, address(0), 0);
        }
        receiver = address(uint160(word));
        known = word == uint160(receiver);
        // Nobody to pay is nothing to pay: the zero address would burn it.
        if (word == 0) royalty = 0;
    }

    function _isPayable(Order calldata order, address receiver, uint256 royalty) private view returns (bool) {
        return royalty <= order.price && (royalty == 0 || receiver != address(this));
    }

    function _isMoney(Order calldata order) private view returns (bool) {
        address currency = order.currency;
        if (order.price == 0 || currency == address(0)) return true;
        return currency.code.length != 0 && !_isCollection(currency);
    }

    function _isOwner(address collection, uint256 cardId, address account) private view returns (bool) {
        (bool answered, uint256 owner, , ) = _ask(collection, IERC721.ownerOf.selector, cardId, 0, 1);
        return answered && owner == uint160(account);
    }

    function _isApproved(Order calldata order) private view returns (bool) {
        address collection = order.collection;
        uint256 seller = uint160(order.seller);
        uint256 market = uint160(address(this));
        (bool answered, uint256 word, , ) = _ask(collection, IERC721.isApprovedForAll.selector, seller, market, 1);
        if (answered && word != 0) return true;
        (answered, word, , ) = _ask(collection, IERC721.getApproved.selector, order.cardId, 0, 1);
        return answered && word == market;
    }

    function _areTermsMet(Order calldata order) private view returns (bool) {
        uint256 tierId = order.tierId;
        uint256 minExpiresAt = order.minExpiresAt;
        if (tierId == 0 && minExpiresAt == 0) return true;
        (bool answered, uint256 cardTierId, , uint256 cardExpiresAt) = _ask(
            order.collection,
            ICardTerms.cardOf.selector,
            order.cardId,
            0,
            3
        );
        return answered && (tierId == 0 || tierId == cardTierId) && minExpiresAt <= cardExpiresAt;
    }

    function _arePerksLeft(Order calldata order) private view returns (bool) {
        uint256 pinned = uint256(order.perksLeft);
        if (pinned == 0) return true;
        (bool answered, uint256 enough, , ) = _ask(
            order.perkDesk,
            IPerkTerms.hasPerksLeft.selector,
            order.cardId,
            pinned,
            1
        );
        return answered && enough == 1;
    }

    /// @dev Asks a contract nobody vouches for a view of one or two words (a second one it does not expect is ignored, as after any
    /// call data); `answered` is false if it reverts or says less than `size` words. No more than three words are taken from an answer
    /// of any length, and none can make a decoder revert.
    function _ask(
        address target,
        bytes4 selector,
        uint256 key,
        uint256 value,
        uint256 size
    ) private view returns (bool answered, uint256 first, uint256 second, uint256 third) {
        // solhint-disable-next-line no-inline-assembly
        assembly ("memory-safe") {
            let data := mload(0x40)
            mstore(data, selector)
            mstore(add(data, 4), key)
            mstore(add(data, 36), value)
            answered := staticcall(gas(), target, data, 68, data, 96)
            answered := and(answered, iszero(lt(returndatasize(), mul(size, 32))))
            first := mload(data)
            second := mload(add(data, 32))
            third := mload(add(data, 64))
        }
    }

    function _isCollection(address currency) private view returns (bool) {
        return ERC165Checker.supportsERC165InterfaceUnchecked(currency, type(IERC721).interfaceId);
    }

    function _pay(address currency, address payer, address receiver, uint256 amount) private {
        if (amount == 0) return;
        if (currency != address(0)) {
            IERC20(currency).safeTransferFrom(payer, receiver, amount);
            // To an ERC-721 the same call names a card of the payer, who approved the market to sell others. It is asked only after an
            // answer of nothing, which is every ERC-721's: a token that answers pays nothing for the question.
            bool silent;
            // solhint-disable-next-line no-inline-assembly
            assembly ("memory-safe") {
                silent := iszero(returndatasize())
            }
            if (silent && _isCollection(currency)) revert CardMarket_InvalidCurrency(currency);
            return;
        }
        bool success;
        // A call that leaves what the receiver returns where it is: copying it would let the receiver burn the buyer's gas.
        // solhint-disable-next-line no-inline-assembly
        assembly ("memory-safe") {
            success := call(gas(), receiver, amount, 0, 0, 0, 0)
        }
        if (!success) revert CardMarket_PaymentRefused(receiver, amount);
    }
}
