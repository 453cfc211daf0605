// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {ISigned} from "../access/ISigned.sol";

/// @title Where customers swap one brand's points for another's
/// @notice Two brands agree on terms and each puts points of its own into the reserve; customers swap between the two at the rate that
/// either brand sets within the agreed bounds. The exchange has no owner, no fee, no pause and no upgrade. A brand is an address, that
/// of its `ProgramAuthority`: what "the brand" does below comes through `execute` of it.
///
/// **Whose points are where.** Whoever gives the points that a customer gets, gets the points she brought. A swap is paid first from
/// those that the brand of the points she brought has in the pair, which the partner owes it (its own points come home in return), and
/// then from the partner's own reserve (which gets the points she brought, and is so owed by their brand). What either brand owns of
/// both kinds is worth the same before a swap and after it, at that swap's rate. `settlement` tells what each owes.
///
/// **Rates.** Points B per point A, counted in the smallest units of both, as a fraction of 1e18. What is paid out is rounded down.
///
/// **Caps.** Of each kind of points, what is paid out less what comes in is at most the cap, within any `period` seconds in a row. Swaps
/// forth and back therefore do not use it up. The windows are those of the points' issuance budget, so steady swapping one way finds
/// room for half the cap or more.
///
/// **What the brands trust each other with.** A partner can set the rate to either bound and swap at it; points that it, or a thief of its
/// issuer's key, prints can be swapped as any others. Both are held by bounds and caps, and by each brand's own switch, which closes
/// the pair at once. What lies in the reserve leaves otherwise only after notice.
/// @dev Books are kept for each pair and never read from a balance: points sent here without `fund` belong to nobody. The exchange checks
/// that what it takes arrives and that what it pays arrives. Points that change balances by themselves make their own books wrong, and
/// nobody else's: nothing is ever paid from another kind of points, and such points are then missing to who withdraws last.
interface IPointsExchange is ISigned {
    /// @notice What two brands agree on.
    /// @param brandA The brand of `pointsA`
    /// @param brandB The brand of `pointsB`
    /// @param pointsA One brand's points, at the lower of both addresses
    /// @param pointsB The other brand's points
    /// @param minRate The lowest rate that may be set: points B per point A, 1e18 is one for one
    /// @param maxRate The highest rate that may be set
    /// @param capA Most points A paid out, less those that come in, within any `period`; 0 pays none out
    /// @param capB Most points B paid out, less those that come in, within any `period`; 0 pays none out
    /// @param period Seconds
    /// @param notice Seconds from announcing a withdrawal to being able to make it, and then for being able to
    struct Terms {
        address brandA;
        address brandB;
        address pointsA;
        address pointsB;
        uint128 minRate;
        uint128 maxRate;
        uint128 capA;
        uint128 capB;
        uint32 period;
        uint32 notice;
    }

    /// @notice An ERC-2612 permit of the customer for the exchange.
    /// @param value The allowance
    /// @param deadline The last second at which the permit is good
    /// @param v Recovery id of the signature
    /// @param r First half of the signature
    /// @param s Second half of the signature
    struct Permit {
        uint256 value;
        uint256 deadline;
        uint8 v;
        bytes32 r;
        bytes32 s;
    }

    /// @notice An announced withdrawal.
    /// @param to Who gets the points
    /// @param readyAt The first second at which they may be withdrawn
    /// @param expiresAt The first second at which they no longer may
    /// @param amount How many at most; 0 if none is announced
    struct Withdrawal {
        address to;
        uint40 readyAt;
        uint40 expiresAt;
        uint128 amount;
    }

    /// @notice `brand` agreed to `terms`; they hold once the other brand does.
    event TermsAgreed(bytes32 indexed pairId, address indexed brand, Terms terms);

    /// @notice `brand` took back the agreement it had given.
    event AgreementWithdrawn(bytes32 indexed pairId, address indexed brand);

    /// @notice Both brands agreed: `terms` hold from now on.
    event TermsTookEffect(bytes32 indexed pairId, Terms terms);

    /// @notice `brand` set the rate. A rate of 0, after new terms without the former rate, is none.
    event RateSet(bytes32 indexed pairId, address indexed brand, uint128 rate);

    /// @notice `brand` opened or closed its switch.
    event SwitchSet(bytes32 indexed pairId, address indexed brand, bool open);

    /// @notice `from` put `amount` of `points` into the reserve, for the brand whose points they are.
    event ReserveFunded(bytes32 indexed pairId, address indexed points, address indexed from, uint256 amount);

    /// @notice `brand` may withdraw up to `amount` of `points` to `to`, from `readyAt` until before `expiresAt`.
    event WithdrawalAnnounced(
        bytes32 indexed pairId,
        address indexed brand,
        address indexed points,
        uint256 amount,
        address to,
        uint40 readyAt,
        uint40 expiresAt
    );

    /// @notice `brand` withdrew `amount` of `points` to `to`.
    event PointsWithdrawn(
        bytes32 indexed pairId,
        address indexed brand,
        address indexed points,
        uint256 amount,
        address to
    );

    /// @notice `customer` gave `amountIn` of `pointsIn`, and `recipient` got `amountOut` of the pair's other points.
    event PointsSwapped(
        bytes32 indexed pairId,
        address indexed customer,
        address indexed pointsIn,
        uint256 amountIn,
        uint256 amountOut,
        address recipient
    );

    /// @notice `caller` is neither of the pair's brands.
    error PointsExchange_NotABrand(address caller);

    /// @notice A brand has no swaps with itself.
    error PointsExchange_SameBrand(address brand);

    /// @notice Points A must have the lower address, so that a pair has one name only.
    error PointsExchange_PointsNotSorted(address pointsA, address pointsB);

    /// @notice The lowest rate must be above zero, the highest not below it.
    error PointsExchange_InvalidRates(uint128 minRate, uint128 maxRate);

    /// @notice A cap needs a period of at least one second.
    error PointsExchange_ZeroPeriod();

    /// @notice The notice is outside its bounds.
    error PointsExchange_NoticeOutOfRange(uint32 notice, uint32 min, uint32 max);

    /// @notice `points` do not name `brand` as their authority.
    error PointsExchange_NotOfTheBrand(address points, address brand);

    /// @notice `points` are an ERC-721: an amount would be the number of a token.
    error PointsExchange_NotFungible(address points);

    /// @notice `brand` has no agreement to take back.
    error PointsExchange_NothingAgreed(address brand);

    /// @notice The pair has no terms that hold, or `points` are not in it.
    error PointsExchange_NotInPair(bytes32 pairId, address points);

    /// @notice The rate is outside the agreed bounds.
    error PointsExchange_RateOutOfBounds(uint128 rate, uint128 minRate, uint128 maxRate);

    /// @notice No rate was set since the terms that hold took effect.
    error PointsExchange_NoRate(bytes32 pairId);

    /// @notice One of the brands has closed the pair, or not opened it yet.
    error PointsExchange_Closed(bytes32 pairId);

    /// @notice Nothing is no amount.
    error PointsExchange_ZeroAmount();

    /// @notice Neither the zero address nor the exchange may get points.
    error PointsExchange_InvalidRecipient(address recipient);

    /// @notice The swap's last second, a Unix time, has passed.
    error PointsExchange_Expired(uint256 deadline);

    /// @notice `amountIn` is worth less than the smallest unit of the other points.
    error PointsExchange_NothingToPay(uint256 amountIn);

    /// @notice The customer would get `amountOut`, less than the least she wants.
    error PointsExchange_BelowMinimum(uint256 amountOut, uint256 minOut);

    /// @notice The pair holds no more than `reserve` of the points that are to be paid out.
    error PointsExchange_ReserveExceeded(uint256 amountOut, uint256 reserve);

    /// @notice No more than `left` may be paid out now.
    error PointsExchange_CapExceeded(uint256 amountOut, uint256 left);

    /// @notice Of `amount` of `points` that were sent, `received` arrived.
    error PointsExchange_WrongAmountReceived(address points, uint256 received, uint256 amount);

    /// @notice `brand` has no withdrawal of `points` announced that could be made now.
    error PointsExchange_NotReady(address brand, address points, uint40 readyAt, uint40 expiresAt);

    /// @notice None of `points` in the pair belong to `brand`.
    error PointsExchange_NothingToWithdraw(address brand, address points);

    /* TERMS */

    /// @notice Agrees to `terms`. They hold as soon as both brands have agreed to the same; they then replace the pair's former ones, and
    /// what else the brands had agreed to. What is in the pair, who owns it, the switches, what counts towards the caps and announced
    /// withdrawals stay; the rate stays if it is within the new bounds, or else there is none until a brand sets one. A brand's agreement
    /// replaces the one it gave before and stays good until it is taken back.
    /// @return pairId `pairIdOf` the brands and points.
    ///
    /// Requirements:
    /// - the caller must be one of the brands (`PointsExchange_NotABrand`).
    /// - the brands must not be the same (`PointsExchange_SameBrand`).
    /// - `pointsA` must be below `pointsB` (`PointsExchange_PointsNotSorted`).
    /// - `minRate` must not be zero, nor above `maxRate` (`PointsExchange_InvalidRates`).
    /// - `period` must not be zero (`PointsExchange_ZeroPeriod`).
    /// - `notice` must be from one hour to 365 days (`PointsExchange_NoticeOutOfRange`).
    /// - `authority()` of both points must be their brand (`PointsExchange_NotOfTheBrand`).
    /// - neither points may be an ERC-721 (`PointsExchange_NotFungible`).
    function agree(Terms calldata terms) external returns (bytes32 pairId);

    /// @notice Takes back the caller's agreement to terms that do not hold yet.
    ///
    /// Requirements:
    /// - the caller must have agreed to terms for this pair (`PointsExchange_NothingAgreed`).
    function disagree(bytes32 pairId) external;

    /// @notice Sets the rate.
    /// @param rate Points B per point A, 1e18 is one for one.
    ///
    /// Requirements:
    /// - the caller must be one of the pair's brands (`PointsExchange_NotABrand`).
    /// - `rate` must be within the agreed bounds (`PointsExchange_RateOutOfBounds`).
    function setRate(bytes32 pairId, uint128 rate) external;

    /// @notice Opens or closes the caller's switch. Customers can swap while both brands' are open.
    ///
    /// Requirements:
    /// - the caller must be one of the pair's brands (`PointsExchange_NotABrand`).
    function setOpen(bytes32 pairId, bool open) external;

    /* RESERVES */

    /// @notice Puts `amount` of the caller's `points` into the pair. They belong to the brand whose points they are, whoever gives them.
    ///
    /// Requirements:
    /// - `points` must be in the pair (`PointsExchange_NotInPair`).
    /// - `amount` must not be zero (`PointsExchange_ZeroAmount`).
    /// - the pair's books must be able to hold it (`SafeCastOverflowedUintDowncast`, panic 0x11).
    /// - the caller must hold `amount` and have approved the exchange (the points' own errors).
    /// - exactly `amount` must arrive (`PointsExchange_WrongAmountReceived`).
    function fund(bytes32 pairId, address points, uint256 amount) external;

    /// @notice Announces that the calling brand will withdraw up to `amount` of its `points`, or of those the partner owes it. It can do so
    /// once, after the pair's notice and for as long again: so there is no notice that was given once and for all. A new announcement
    /// replaces the former and waits for its own time.
    ///
    /// Requirements:
    /// - the caller must be one of the pair's brands (`PointsExchange_NotABrand`).
    /// - `points` must be in the pair (`PointsExchange_NotInPair`).
    /// - `amount` must not be zero (`PointsExchange_ZeroAmount`).
    /// - `amount` must fit 128 bits (`SafeCastOverflowedUintDowncast`).
    /// - `to` must be neither zero nor the exchange (`PointsExchange_InvalidRecipient`).
    function announceWithdrawal(bytes32 pairId, address points, uint256 amount, address to) external;

    /// @notice Makes the announced withdrawal, of what the calling brand owns by now if that is less.
    /// @return amount How many points were sent.
    ///
    /// Requirements:
    /// - the caller must have announced it, and its time must be now (`PointsExchange_NotReady`).
    /// - some of `points` must belong to the caller (`PointsExchange_NothingToWithdraw`).
    function withdraw(bytes32 pairId, address points) external returns (uint256 amount);

    /* SWAP */

    /// @notice Swaps `amountIn` of the caller's `pointsIn` for the pair's other points, which `recipient` gets.
    /// @param minOut The least she wants, in those points' smallest unit.
    /// @param deadline The last second at which she wants it, a Unix time.
    /// @return amountOut How many points `recipient` got.
    ///
    /// Requirements:
    /// - `deadline` must not have passed (`PointsExchange_Expired`).
    /// - `recipient` must be neither zero nor the exchange (`PointsExchange_InvalidRecipient`).
    /// - `pointsIn` must be in the pair (`PointsExchange_NotInPair`).
    /// - both brands' switches must be open (`PointsExchange_Closed`).
    /// - a rate must be set (`PointsExchange_NoRate`).
    /// - `amountIn` must fit 128 bits (`SafeCastOverflowedUintDowncast`).
    /// - the result must not be zero (`PointsExchange_NothingToPay`).
    /// - the result must be at least `minOut` (`PointsExchange_BelowMinimum`).
    /// - the pair must hold that many (`PointsExchange_ReserveExceeded`).
    /// - they must be within the cap (`PointsExchange_CapExceeded`).
    /// - the pair's books must be able to hold what comes in (panic 0x11).
    /// - the caller must hold `amountIn` and have approved the exchange (the points' own errors).
    /// - exactly what is sent must arrive, here and at `recipient` (`PointsExchange_WrongAmountReceived`).
    function swap(
        bytes32 pairId,
        address pointsIn,
        uint256 amountIn,
        uint256 minOut,
        address recipient,
        uint256 deadline
    ) external returns (uint256 amountOut);

    /// @notice `swap`, with the caller's permit for it. A permit that does not work, for example because somebody else has sent it
    /// already, does no harm if the allowance reaches anyway.
    ///
    /// Requirements: those of `swap`; an allowance that does not reach is then the points' own error.
    function swapWithPermit(
        bytes32 pairId,
        address pointsIn,
        uint256 amountIn,
        uint256 minOut,
        address recipient,
        uint256 deadline,
        Permit calldata permit
    ) external returns (uint256 amountOut);

    /// @notice `swap` for `customer`, who signed `Swap(address customer,bytes32 pairId,address pointsIn,uint256 amountIn,uint256
    /// minOut,address recipient,uint256 nonce,uint256 deadline)` with one of her unordered nonces.
    ///
    /// Requirements:
    /// - `deadline` must not have passed (`Signed_Expired`).
    /// - the signature must be the customer's (`Signed_InvalidSignature`).
    /// - she must not have used `nonce` (`Signed_NonceUsed`).
    /// - then those of `swap` from `recipient` on.
    function swapBySig(
        address customer,
        bytes32 pairId,
        address pointsIn,
        uint256 amountIn,
        uint256 minOut,
        address recipient,
        uint256 nonce,
        uint256 deadline,
        bytes calldata signature
    ) external returns (uint256 amountOut);

    /* VIEWS */

    /// @notice Returns the pair's terms that hold (all zero if none do), its rate (0 if there is none), both brands' switches, what it holds
    /// of both points, and which part of that belongs to the partner.
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
        );

    /// @notice Returns the name of the pair of these brands and points.
    function pairIdOf(address brandA, address brandB, address pointsA, address pointsB) external pure returns (bytes32);

    /// @notice Returns the digest, keccak256 of the ABI-encoded terms, of what `brand` agreed to and does not hold yet; zero if nothing.
    function agreedTo(bytes32 pairId, address brand) external view returns (bytes32);

    /// @notice Returns how many of the pair's other points `amountIn` of `pointsIn` are worth at the present rate, rounded down, whether or
    /// not they could be swapped now (`swappable`).
    ///
    /// Requirements:
    /// - `pointsIn` must be in the pair (`PointsExchange_NotInPair`).
    /// - a rate must be set (`PointsExchange_NoRate`).
    /// - `amountIn` must fit 128 bits (`SafeCastOverflowedUintDowncast`).
    function quote(bytes32 pairId, address pointsIn, uint256 amountIn) external view returns (uint256 amountOut);

    /// @notice Returns how many `points` the pair can pay out now, by reserve and cap; 0 while it is closed or has no rate.
    ///
    /// Requirements:
    /// - `points` must be in the pair (`PointsExchange_NotInPair`).
    function swappable(bytes32 pairId, address points) external view returns (uint256);

    /// @notice Returns what each brand owes the other: points of its own that lie in the pair and belong to the partner.
    /// @return owedByA Points A that belong to brand B.
    /// @return owedByB Points B that belong to brand A.
    function settlement(bytes32 pairId) external view returns (uint256 owedByA, uint256 owedByB);

    /// @notice Returns how many `points` in the pair belong to `brand`: what it could withdraw after notice. What belongs to both brands
    /// is what the pair holds.
    ///
    /// Requirements:
    /// - `brand` must be one of the pair's brands (`PointsExchange_NotABrand`).
    /// - `points` must be in the pair (`PointsExchange_NotInPair`).
    function withdrawable(bytes32 pairId, address brand, address points) external view returns (uint256);

    /// @notice Returns the withdrawal of `points` that `brand` announced last and did not make.
    function withdrawalOf(
        bytes32 pairId,
        address brand,
        address points
    ) external view returns (Withdrawal memory withdrawal);
}
