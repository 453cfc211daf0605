// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

/// @dev A tier without its uri, in one word, from the lowest bit:
/// nativePrice 96 | period 32 | maxSupply 32 | supply 32 | royaltyBps 16 | transferable 8 | onSale 8 | free 32.
type Terms is uint256;

using TierWord for Terms global;

/// @title The word that holds a tier
/// @dev By hand rather than as a packed struct: a purchase then loads and stores the word once, which saves 800 gas.
library TierWord {
    uint256 private constant _PERIOD = 96;
    uint256 private constant _MAX_SUPPLY = 128;
    uint256 private constant _SUPPLY = 160;
    uint256 private constant _ROYALTY = 192;
    uint256 private constant _TRANSFERABLE = 208;
    uint256 private constant _ON_SALE = 216;

    /// @dev The terms of a tier without a card in it.
    function pack(
        uint96 nativePrice_,
        uint32 period_,
        uint32 maxSupply_,
        uint16 royaltyBps_,
        bool transferable,
        bool onSale
    ) internal pure returns (Terms) {
        uint256 word = nativePrice_;
        word |= uint256(period_) << _PERIOD;
        word |= uint256(maxSupply_) << _MAX_SUPPLY;
        word |= uint256(royaltyBps_) << _ROYALTY;
        if (transferable) word |= 1 << _TRANSFERABLE;
        return Terms.wrap(word).withOnSale(onSale);
    }

    function withNativePrice(Terms terms, uint96 price) internal pure returns (Terms) {
        return Terms.wrap(((Terms.unwrap(terms) >> _PERIOD) << _PERIOD) | price);
    }

    function withOnSale(Terms terms, bool onSale) internal pure returns (Terms) {
        uint256 word = Terms.unwrap(terms);
        return Terms.wrap(onSale ? word | (1 << _ON_SALE) : word & ~uint256(1 << _ON_SALE));
    }

    /// @dev One card more. Only for a tier with room.
    function withCard(Terms terms) internal pure returns (Terms) {
        unchecked {
            return Terms.wrap(Terms.unwrap(terms) + (1 << _SUPPLY));
        }
    }

    /// @dev One card less. Only for a tier with a card in it.
    function withoutCard(Terms terms) internal pure returns (Terms) {
        unchecked {
            return Terms.wrap(Terms.unwrap(terms) - (1 << _SUPPLY));
        }
    }

    function nativePrice(Terms terms) internal pure returns (uint96) {
        return uint96(Terms.unwrap(terms));
    }

    function period(Terms terms) internal pure returns (uint32) {
        return uint32(Terms.unwrap(terms) >> _PERIOD);
    }

    function maxSupply(Terms terms) internal pure returns (uint32) {
        return uint32(Terms.unwrap(terms) >> _MAX_SUPPLY);
    }

    function supply(Terms terms) internal pure returns (uint32) {
        return uint32(Terms.unwrap(terms) >> _SUPPLY);
    }

    function isFull(Terms terms) internal pure returns (bool) {
        uint256 word = Terms.unwrap(terms);
        return uint32(word >> _SUPPLY) == uint32(word >> _MAX_SUPPLY);
    }

    function royaltyBps(Terms terms) internal pure returns (uint16) {
        return uint16(Terms.unwrap(terms) >> _ROYALTY);
    }

    function isTransferable(Terms terms) internal pure returns (bool) {
        return Terms.unwrap(terms) & (1 << _TRANSFERABLE) != 0;
    }

    function isOnSale(Terms terms) internal pure returns (bool) {
        return Terms.unwrap(terms) & (1 << _ON_SALE) != 0;
    }
}
