// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {IERC2981} from "@openzeppelin/contracts/interfaces/IERC2981.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {IERC721} from "@openzeppelin/contracts/token/ERC721/IERC721.sol";
import {Address} from "@openzeppelin/contracts/utils/Address.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {ReentrancyGuard} from "@openzeppelin/contracts/utils/ReentrancyGuard.sol";

/// @title A market of signed orders as OpenZeppelin's parts suggest it: one word for each filled order, a lock, an ERC-2981 royalty
contract PlainMarket is EIP712, ReentrancyGuard {
    using SafeERC20 for IERC20;

    /// @notice What a seller signs.
    struct Order {
        address seller;
        address collection;
        uint256 tokenId;
        address currency;
        uint256 price;
        uint256 expiresAt;
        uint256 salt;
    }

    bytes32 private constant ORDER_TYPEHASH = keccak256(
        "Order(address seller,address collection,uint256 tokenId,address currency,uint256 price,uint256 expiresAt,uint256 salt)"
    );

    mapping(bytes32 orderHash => bool) public isFilled;

    /// @notice An order was filled.
    event OrderFilled(bytes32 indexed orderHash, address indexed seller, address indexed buyer, uint256 price);

    /// @notice The order's time is over.
    error PlainMarket_Expired();
    /// @notice The order was filled before.
    error PlainMarket_Filled();
    /// @notice The seller did not sign the order.
    error PlainMarket_WrongSigner();
    /// @notice The buyer did not send the price.
    error PlainMarket_WrongValue();

    constructor() EIP712("PlainMarket", "1") {}

    /// @notice Fills an order: token and money change hands.
    function buy(Order calldata order, bytes calldata signature) external payable nonReentrant {
        if (block.timestamp > order.expiresAt) revert PlainMarket_Expired();
        if (msg.value != (order.currency == address(0) ? order.price : 0)) revert PlainMarket_WrongValue();
        bytes32 orderHash = _hashTypedDataV4(keccak256(abi.encode(ORDER_TYPEHASH, order)));
        if (isFilled[orderHash]) revert PlainMarket_Filled();
        if (ECDSA.recover(orderHash, signature) != order.seller) revert PlainMarket_WrongSigner();
        isFilled[orderHash] = true;
        (address receiver, uint256 royalty) = IERC2981(order.collection).royaltyInfo(order.tokenId, order.price);
        IERC721(order.collection).transferFrom(order.seller, msg.sender, order.tokenId);
        _pay(order.currency, receiver, royalty);
        _pay(order.currency, order.seller, order.price - royalty);
        emit OrderFilled(orderHash, order.seller, msg.sender, order.price);
    }

    function _pay(address currency, address to, uint256 amount) private {
        if (currency == address(0)) Address.sendValue(payable(to), amount);
        else IERC20(currency).safeTransferFrom(msg.sender, to, amount);
    }
}
