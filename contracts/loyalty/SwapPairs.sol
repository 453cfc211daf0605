// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import {IERC721} from "@openzeppelin/contracts/token/ERC721/IERC721.sol";
import {ERC165Checker} from "@openzeppelin/contracts/utils/introspection/ERC165Checker.sol";

import {IPointsExchange} from "../../interfaces/loyalty/IPointsExchange.sol";
import {RollingLimit} from "../libraries/RollingLimit.sol";

/// @title What two brands agree on: the part of `PointsExchange` that keeps pairs, their terms, rates and switches
abstract contract SwapPairs is IPointsExchange {
    using RollingLimit for RollingLimit.Limit;

    /// @dev One brand, its points and what the pair holds of them. Points and switch share a word; reserve and owed share one.
    struct Side {
        address points;
        bool open;
        address brand;
        uint128 reserve; // in all
        uint128 owed; // of these, what belongs to the other side's brand
        RollingLimit.Limit limit; // of what is paid out
    }

    /// @dev Rate and lowest rate share a word; the highest and notice share one.
    struct Pair {
        Side a;
        Side b;
        uint128 rate;
        uint128 minRate;
        uint128 maxRate;
        uint32 notice;
    }

    uint32 private constant MIN_NOTICE = 1 hours;
    uint32 private constant MAX_NOTICE = 365 days;

    mapping(bytes32 pairId => Pair) internal _pairs;
    mapping(bytes32 pairId => mapping(address brand => bytes32 digest)) private _agreed;

    /* TERMS */

    /// @inheritdoc IPointsExchange
    function agree(Terms calldata terms) external returns (bytes32 pairId) {
        _check(terms);
        pairId = pairIdOf(terms.brandA, terms.brandB, terms.pointsA, terms.pointsB);
        bytes32 digest = keccak256(abi.encode(terms));
        emit TermsAgreed(pairId, msg.sender, terms);
        address partner = msg.sender == terms.brandA ? terms.brandB : terms.brandA;
        if (_agreed[pairId][partner] != digest) {
            _agreed[pairId][msg.sender] = digest;
            return pairId;
        }
        delete _agreed[pairId][partner];
        delete _agreed[pairId][msg.sender];
        _takeEffect(pairId, terms);
    }

    /// @inheritdoc IPointsExchange
    function disagree(bytes32 pairId) external {
        if (_agreed[pairId][msg.sender] == 0) revert PointsExchange_NothingAgreed(msg.sender);
        delete _agreed[pairId][msg.sender];
        emit AgreementWithdrawn(pairId, msg.sender);
    }

    /// @inheritdoc IPointsExchange
    function setRate(bytes32 pairId, uint128 rate) external {
        Pair storage pair_ = _pairs[pairId];
        _ownSide(pair_, msg.sender);
        (uint128 minRate, uint128 maxRate) = (pair_.minRate, pair_.maxRate);
        if (rate < minRate || rate > maxRate) revert PointsExchange_RateOutOfBounds(rate, minRate, maxRate);
        pair_.rate = rate;
        emit RateSet(pairId, msg.sender, rate);
    }

    /// @inheritdoc IPointsExchange
    function setOpen(bytes32 pairId, bool open) external {
        _ownSide(_pairs[pairId], msg.sender).open = open;
        emit SwitchSet(pairId, msg.sender, open);
    }

    /* VIEWS */

    /// @inheritdoc IPointsExchange
    function pair(
        bytes32 pairId
    )
        external
        view
        returns (
            Terms memory terms,
            uint128 rate,
            bool openA,
            bool openB,
            uint128 reserveA,
            uint128 reserveB,
            uint128 owedByA,
            uint128 owedByB
        )
    {
        Pair storage pair_ = _pairs[pairId];
        (Side storage a, Side storage b) = (pair_.a, pair_.b);
        terms.brandA = a.brand;
        terms.brandB = b.brand;
        terms.pointsA = a.points;
        terms.pointsB = b.points;
        terms.minRate = pair_.minRate;
        terms.maxRate = pair_.maxRate;
        (terms.capA, terms.period) = a.limit.limitOf();
        (terms.capB, terms.period) = b.limit.limitOf();
        terms.notice = pair_.notice;
        (rate, openA, openB) = (pair_.rate, a.open, b.open);
        (reserveA, reserveB, owedByA, owedByB) = (a.reserve, b.reserve, a.owed, b.owed);
    }

    /// @inheritdoc IPointsExchange
    function pairIdOf(address brandA, address brandB, address pointsA, address pointsB) public pure returns (bytes32) {
        return keccak256(abi.encode(brandA, brandB, pointsA, pointsB));
    }

    /// @inheritdoc IPointsExchange
    function agreedTo(bytes32 pairId, address brand) external view returns (bytes32) {
        return _agreed[pairId][brand];
    }

    /// @inheritdoc IPointsExchange
    function settlement(bytes32 pairId) external view returns (uint256 owedByA, uint256 owedByB) {
        return (_pairs[pairId].a.owed, _pairs[pairId].b.owed);
    }

    /* INTERNALS */

    /// @dev The side of `points`, and the other one. A pair without terms has no points, not even those at address zero.
    function _sides(bytes32 pairId, address points) internal view returns (Side storage side, Side storage other) {
        Pair storage pair_ = _pairs[pairId];
        (side, other) = (pair_.a, pair_.b);
        if (points == side.points && points != address(0)) return (side, other);
        if (points == other.points && points != address(0)) return (other, side);
        revert PointsExchange_NotInPair(pairId, points);
    }

    function _ownSide(Pair storage pair_, address brand) internal view returns (Side storage) {
        if (brand == pair_.a.brand) return pair_.a;
        if (brand == pair_.b.brand) return pair_.b;
        revert PointsExchange_NotABrand(brand);
    }

    function _check(Terms calldata terms) private view {
        if (msg.sender != terms.brandA && msg.sender != terms.brandB) revert PointsExchange_NotABrand(msg.sender);
        if (terms.brandA == terms.brandB) revert PointsExchange_SameBrand(msg.sender);
        if (terms.pointsA >= terms.pointsB) revert PointsExchange_PointsNotSorted(terms.pointsA, terms.pointsB);
        if (terms.minRate == 0 || terms.minRate > terms.maxRate) {
            revert PointsExchange_InvalidRates(terms.minRate, terms.maxRate);
        }
        if (terms.period == 0) revert PointsExchange_ZeroPeriod();
        if (terms.notice < MIN_NOTICE || terms.notice > MAX_NOTICE) {
            revert PointsExchange_NoticeOutOfRange(terms.notice, MIN_NOTICE, MAX_NOTICE);
        }
        _checkPoints(terms.pointsA, terms.brandA);
        _checkPoints(terms.pointsB, terms.brandB);
    }

    /// @dev Whoever is asked may lie, but about points of its own alone: the answer comes from the contract that would be swapped.
    function _checkPoints(address points, address brand) private view {
        (bool success, bytes memory answer) = points.staticcall(abi.encodeCall(IAccessManaged.authority, ()));
        if (!success || answer.length != 32 || abi.decode(answer, (uint256)) != uint160(brand)) {
            revert PointsExchange_NotOfTheBrand(points, brand);
        }
        if (ERC165Checker.supportsInterface(points, type(IERC721).interfaceId)) {
            revert PointsExchange_NotFungible(points);
        }
    }

    function _takeEffect(bytes32 pairId, Terms calldata terms) private {
        Pair storage pair_ = _pairs[pairId];
        (Side storage a, Side storage b) = (pair_.a, pair_.b);
        (a.brand, a.points) = (terms.brandA, terms.pointsA);
        (b.brand, b.points) = (terms.brandB, terms.pointsB);
        a.limit.set(terms.capA, terms.period);
        b.limit.set(terms.capB, terms.period);
        (pair_.minRate, pair_.maxRate, pair_.notice) = (terms.minRate, terms.maxRate, terms.notice);
        emit TermsTookEffect(pairId, terms);
        uint128 rate = pair_.rate;
        if (rate != 0 && (rate < terms.minRate || rate > terms.maxRate)) {
            pair_.rate = 0;
            emit RateSet(pairId, msg.sender, 0);
        }
    }
}
