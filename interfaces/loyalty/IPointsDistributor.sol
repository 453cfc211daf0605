// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {IPublishedPoints} from "./IPublishedPoints.sol";

/// @title Points for any number of customers by one root
/// @notice The brand publishes the root of a tree that says what each customer has earned *in all*, and each customer's
/// share is paid out when she, or anyone for her, shows it. What the brand pays does not grow with its customers.
///
/// **The tree.** OpenZeppelin's standard form for `["address", "uint256"]`: a leaf is `keccak256(bytes.concat(keccak256(
/// abi.encode(customer, total))))`, pairs are sorted. A customer has one leaf; had she several, she would get the
/// largest, once.
///
/// **Pending, matured.** A root is published as pending. Until it is due it can be replaced or discarded, which is how
/// returned purchases are taken back. When it is due, whoever comes first matures it: a claim that needs it, the next
/// `publish`, or `mature`. From then on nobody takes it back. One that is due but cannot be funded waits, the matured
/// root before it goes on paying, and it can still be replaced.
///
/// **Totals and debts.** Customers' totals may fall from one root to the next: who was paid more than her new total owes
/// the difference, gets nothing until she has earned it back, and nobody else notices. For that, the total of a root is
/// not the sum of its leaves but the sum of every customer's *peak*: the most that she ever had in any matured root or
/// has in this one. It never falls. The points it rises by are issued to this contract as the root matures, within the
/// issuance budget, so that what this contract holds always covers what can still be claimed, and claims are transfers.
///
/// **What has to be trusted.** The issuer, for a total that is the sum of the peaks: anyone can check it with the file that
/// the root was published with. A total that is too low can leave the last to claim unpaid until a later root makes up
/// for it; no total lets anyone claim more than a leaf says. A thief of the issuer's key can promise all that waits here to
/// himself by one root, beside what the budget still allows, and has it no sooner than `minimumDelay` later: long enough
/// to take the role from him and to discard the root. Points that are sent here by mistake stay here.
interface IPointsDistributor is IPublishedPoints {
    /// @notice Where a customer's total is found.
    enum Standing {
        UNKNOWN, // in neither root
        PENDING, // in the pending root alone
        MATURED // in the matured root
    }

    /// @notice `root` is pending: it is due at `maturesAt`, and `dataCid` names the file of its leaves and proofs.
    event RootPublished(bytes32 indexed root, uint128 total, uint40 maturesAt, string dataCid);

    /// @notice `root`, which was pending, was taken back or replaced.
    event RootDiscarded(bytes32 indexed root);

    /// @notice `root` is what is paid by from now on; `minted` points were issued to this contract for it.
    event RootMatured(bytes32 indexed root, uint128 total, uint256 minted);

    /// @notice `customer` was paid `amount`, and so `claimed` in all.
    event PointsClaimed(address indexed customer, uint256 amount, uint256 claimed);

    /// @notice There is no contract at `points`.
    error PointsDistributor_NotPoints(address points);

    /// @notice A root is not zero.
    error PointsDistributor_ZeroRoot();

    /// @notice `dataCid` is not the CID of a file: version 1, base32, sha2-256 (`baf…`, 59 letters).
    error PointsDistributor_InvalidCid(string dataCid);

    /// @notice A root is pending for at least `minimumDelay` seconds.
    error PointsDistributor_MaturesTooSoon(uint40 maturesAt, uint32 minimumDelay);

    /// @notice The total was worked out on a matured total of `basis`; it is `maturedTotal` by now.
    error PointsDistributor_OutdatedBasis(uint128 basis, uint128 maturedTotal);

    /// @notice A sum of peaks cannot be below the matured one.
    error PointsDistributor_TotalBelowMatured(uint128 total, uint128 maturedTotal);

    /// @notice `root` is not pending. Zero: nothing is.
    error PointsDistributor_NotPending(bytes32 root);

    /// @notice `root` is not due before `maturesAt`.
    error PointsDistributor_NotDue(bytes32 root, uint40 maturesAt);

    /// @notice `customer` was paid `claimed` already.
    error PointsDistributor_NothingToClaim(address customer, uint256 total, uint256 claimed);

    /// @notice Neither the matured nor the pending root has this total of `customer` at the end of this proof.
    error PointsDistributor_InvalidProof(address customer, uint256 total);

    /// @notice There are not as many customers as totals and proofs.
    error PointsDistributor_LengthMismatch(uint256 customers, uint256 totals, uint256 proofs);

    /* PUBLISH */

    /// @notice Publishes `root` as pending. A root that is pending already is matured first if it is due and can be
    /// funded, and replaced otherwise.
    /// @param total Sum of all customers' peaks: the most that each ever had in a matured root or has in this one.
    /// @param dataCid CID of the file from which anyone can rebuild the tree. It holds addresses and totals, nothing
    /// personal.
    /// @param maturesAt When the root is due, in seconds.
    /// @param basis The matured total that `total` was worked out on; the pending one, if that root is due. A root that
    /// matures in between raises peaks that `total` does not know of.
    ///
    /// Requirements:
    /// - the caller must have the role for it (`AccessManagedUnauthorized`).
    /// - `root` must not be zero (`PointsDistributor_ZeroRoot`).
    /// - `dataCid` must be a CID (`PointsDistributor_InvalidCid`).
    /// - `maturesAt` must be `minimumDelay` from now, or later (`PointsDistributor_MaturesTooSoon`).
    /// - `basis` must be the matured total (`PointsDistributor_OutdatedBasis`).
    /// - `total` must not be below it (`PointsDistributor_TotalBelowMatured`).
    function publish(bytes32 root, uint128 total, string calldata dataCid, uint40 maturesAt, uint128 basis) external;

    /// @notice Takes the pending `root` back, unless it is due and can be funded.
    ///
    /// Requirements:
    /// - the caller must have the role for it (`AccessManagedUnauthorized`).
    /// - `root` must be pending, and not be matured first (`PointsDistributor_NotPending`).
    function discardPending(bytes32 root) external;

    /// @notice Matures the pending root, for anyone: issues what it adds and pays by it from now on.
    ///
    /// Requirements:
    /// - there must be a pending root (`PointsDistributor_NotPending`).
    /// - it must be due (`PointsDistributor_NotDue`).
    /// - this contract must have the role to issue points, if the total rises (`AccessManagedUnauthorized`).
    /// - what the total rises by must be issuable (`LoyaltyPoints_BudgetExceeded`).
    function mature() external;

    /* CLAIM */

    /// @notice Pays `customer` what she has earned and not been paid yet. Anyone may send it.
    /// @dev Where the proof leads to the pending root, that one is matured first.
    /// @param total What `customer` has earned in all, as her leaf says.
    /// @return paid `total` less what she was paid before.
    ///
    /// Requirements:
    /// - she must have been paid less than `total` (`PointsDistributor_NothingToClaim`).
    /// - `proof` must lead from her leaf to the matured root or the pending one (`PointsDistributor_InvalidProof`).
    /// - the pending one must be due (`PointsDistributor_NotDue`).
    /// - the pending one must be funded: as for `mature` (`LoyaltyPoints_BudgetExceeded`).
    function claim(address customer, uint256 total, bytes32[] calldata proof) external returns (uint256 paid);

    /// @notice Claims for each of `customers`, and passes over those who were paid already, whatever their proofs: they may
    /// have been claimed for while this was on its way.
    /// @return paid All that was paid.
    ///
    /// Requirements:
    /// - there must be as many totals and proofs as customers (`PointsDistributor_LengthMismatch`).
    /// - each other customer must meet `claim`'s requirements on her proof (`PointsDistributor_InvalidProof`).
    function claimMany(
        address[] calldata customers,
        uint256[] calldata totals,
        bytes32[][] calldata proofs
    ) external returns (uint256 paid);

    /* VIEWS */

    /// @notice Returns for how many seconds a root is pending at least: what a thief of the issuer's key publishes is seen, and can be
    /// discarded, before anything is claimed by it.
    function minimumDelay() external view returns (uint32);

    /// @notice Returns what `customer` was paid in all.
    function claimed(address customer) external view returns (uint256);

    /// @notice Returns how `customer` stands, given a total of hers and its proof.
    /// @return standing Which root has it. `UNKNOWN`: neither, and so nothing is claimable or owed by it.
    /// @return claimed What she was paid in all.
    /// @return claimable What `claim` with this total and proof would pay now.
    /// @return debt What she was paid beyond `total`: has to be earned back before anything is paid again.
    function standingOf(
        address customer,
        uint256 total,
        bytes32[] calldata proof
    ) external view returns (Standing standing, uint256 claimed, uint256 claimable, uint256 debt);

    /// @notice Returns the points that are paid.
    function points() external view returns (address);
}
