// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import {IAuthority} from "@openzeppelin/contracts/access/manager/IAuthority.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {MerkleProofLib} from "solady/src/utils/MerkleProofLib.sol";

import {ILoyaltyPoints} from "../../interfaces/loyalty/ILoyaltyPoints.sol";
import {IPointsDistributor} from "../../interfaces/loyalty/IPointsDistributor.sol";
import {IPublishedPoints} from "../../interfaces/loyalty/IPublishedPoints.sol";

/// @title Points for any number of customers by one root
contract PointsDistributor is IPointsDistributor, AccessManaged {
    using MerkleProofLib for bytes32[];
    using SafeERC20 for IERC20;

    /// @dev One word. There is a pending root exactly while `_pendingRoot` is not zero.
    struct Terms {
        uint128 total;
        uint40 maturesAt;
    }

    /// @dev `b` and 36 bytes in base32: version 1 (0x01), codec (0x40 to 0x7f: all that hold files), sha2-256.
    uint256 private constant _CID_LENGTH = 59;
    bytes3 private constant _CID_BEGINNING = "baf";

    /// @inheritdoc IPointsDistributor
    address public immutable points;

    /// @inheritdoc IPointsDistributor
    uint32 public immutable minimumDelay;

    bytes32 private _maturedRoot;
    uint128 private _maturedTotal;
    bytes32 private _pendingRoot;
    Terms private _pendingTerms;

    /// @inheritdoc IPointsDistributor
    mapping(address customer => uint256) public claimed;

    /// @notice Deploys a distributor of `points_` for the brand whose powers `authority` holds. It needs the role to issue
    /// them.
    ///
    /// Requirements:
    /// - `authority` must be a contract (`AccessManagedInvalidAuthority`).
    /// - `points_` must be a contract (`PointsDistributor_NotPoints`).
    constructor(address authority, address points_, uint32 minimumDelay_) AccessManaged(authority) {
        if (authority.code.length == 0) revert AccessManagedInvalidAuthority(authority);
        if (points_.code.length == 0) revert PointsDistributor_NotPoints(points_);
        points = points_;
        minimumDelay = minimumDelay_;
    }

    /* PUBLISH */

    /// @inheritdoc IPointsDistributor
    function publish(
        bytes32 root,
        uint128 total,
        string calldata dataCid,
        uint40 maturesAt,
        uint128 basis
    ) external restricted {
        if (root == 0) revert PointsDistributor_ZeroRoot();
        if (!_isCid(bytes(dataCid))) revert PointsDistributor_InvalidCid(dataCid);
        if (maturesAt < block.timestamp + minimumDelay)
            revert PointsDistributor_MaturesTooSoon(maturesAt, minimumDelay);
        _matureIfPossible();
        uint128 maturedTotal = _maturedTotal;
        if (basis != maturedTotal) revert PointsDistributor_OutdatedBasis(basis, maturedTotal);
        if (total < maturedTotal) revert PointsDistributor_TotalBelowMatured(total, maturedTotal);
        bytes32 replaced = _pendingRoot;
        _pendingRoot = root;
        _pendingTerms = Terms(total, maturesAt);
        if (replaced != 0) emit RootDiscarded(replaced);
        emit RootPublished(root, total, maturesAt, dataCid);
    }

    /// @inheritdoc IPointsDistributor
    function discardPending(bytes32 root) external restricted {
        _matureIfPossible();
        if (root == 0 || root != _pendingRoot) revert PointsDistributor_NotPending(root);
        delete _pendingRoot;
        delete _pendingTerms;
        emit RootDiscarded(root);
    }

    /// @inheritdoc IPointsDistributor
    function mature() external {
        bytes32 root = _pendingRoot;
        if (root == 0) revert PointsDistributor_NotPending(root);
        _mature(root);
    }

    /* CLAIM */

    /// @inheritdoc IPointsDistributor
    function claim(address customer, uint256 total, bytes32[] calldata proof) external returns (uint256 paid) {
        paid = _book(customer, total);
        if (paid == 0) revert PointsDistributor_NothingToClaim(customer, total, claimed[customer]);
        bytes32 leaf = _leafOf(customer, total);
        if (!proof.verifyCalldata(_maturedRoot, leaf)) {
            bytes32 root = _pendingRoot;
            if (!proof.verifyCalldata(root, leaf)) revert PointsDistributor_InvalidProof(customer, total);
            _mature(root);
        }
        _pay(customer, paid, total);
    }

    /// @inheritdoc IPointsDistributor
    /// @dev Books and checks all first, then matures, then pays: whatever is called finds everything written.
    function claimMany(
        address[] calldata customers,
        uint256[] calldata totals,
        bytes32[][] calldata proofs
    ) external returns (uint256 paid) {
        uint256 count = customers.length;
        if (count != totals.length || count != proofs.length) {
            revert PointsDistributor_LengthMismatch(count, totals.length, proofs.length);
        }
        bytes32 root = _maturedRoot;
        bool matures = false;
        uint256[] memory amounts = new uint256[](count);
        for (uint256 i; i < count; ++i) {
            amounts[i] = _book(customers[i], totals[i]);
            if (amounts[i] == 0) continue;
            bytes32 leaf = _leafOf(customers[i], totals[i]);
            if (proofs[i].verifyCalldata(root, leaf)) continue;
            root = _pendingRoot;
            matures = true;
            if (!proofs[i].verifyCalldata(root, leaf)) revert PointsDistributor_InvalidProof(customers[i], totals[i]);
        }
        if (matures) _mature(root);
        for (uint256 i; i < count; ++i) {
            if (amounts[i] == 0) continue;
            paid += amounts[i];
            _pay(customers[i], amounts[i], totals[i]);
        }
    }

    /* VIEWS */

    /// @inheritdoc IPublishedPoints
    function matured() external view returns (bytes32 root, uint128 total) {
        return (_maturedRoot, _maturedTotal);
    }

    /// @inheritdoc IPublishedPoints
    function pending() external view returns (bytes32 root, uint128 total, uint40 maturesAt) {
        Terms memory terms = _pendingTerms;
        return (_pendingRoot, terms.total, terms.maturesAt);
    }

    /// @inheritdoc IPointsDistributor
    function standingOf(
        address customer,
        uint256 total,
        bytes32[] calldata proof
    ) external view returns (Standing standing, uint256 claimed_, uint256 claimable, uint256 debt) {
        claimed_ = claimed[customer];
        bytes32 leaf = _leafOf(customer, total);
        if (proof.verifyCalldata(_maturedRoot, leaf)) standing = Standing.MATURED;
        else if (proof.verifyCalldata(_pendingRoot, leaf)) standing = Standing.PENDING;
        else return (Standing.UNKNOWN, claimed_, 0, 0);
        if (total < claimed_) debt = claimed_ - total;
        else if (standing == Standing.MATURED || _canMature()) claimable = total - claimed_;
    }

    /* INTERNALS */

    /// @dev Matures a due root before it could be replaced or discarded; one that cannot be funded, or is not due, stays.
    /// Starving this call of gas does not make a root that can be funded look like one that cannot: a failure for want of
    /// gas leaves one 63rd of what maturing takes, a few thousand, and the caller has two slots to write.
    function _matureIfPossible() private {
        try this.mature() {} catch {}
    }

    /// @dev Matures `root`, the pending one.
    function _mature(bytes32 root) private {
        Terms memory terms = _pendingTerms;
        if (block.timestamp < terms.maturesAt) revert PointsDistributor_NotDue(root, terms.maturesAt);
        uint256 minted = terms.total - _maturedTotal; // not negative: only maturing changes the matured total
        _maturedRoot = root;
        _maturedTotal = terms.total;
        delete _pendingRoot;
        delete _pendingTerms;
        emit RootMatured(root, terms.total, minted);
        if (minted != 0) ILoyaltyPoints(points).issue(address(this), minted, root);
    }

    /// @dev Books `total` as paid to `customer` if it is more than what she was paid, and returns how much more.
    function _book(address customer, uint256 total) private returns (uint256 amount) {
        uint256 before = claimed[customer];
        if (total <= before) return 0;
        claimed[customer] = total;
        return total - before;
    }

    function _pay(address customer, uint256 amount, uint256 total) private {
        emit PointsClaimed(customer, amount, total);
        IERC20(points).safeTransfer(customer, amount);
    }

    /// @dev Whether the pending root would mature now.
    function _canMature() private view returns (bool) {
        Terms memory terms = _pendingTerms;
        if (block.timestamp < terms.maturesAt) return false;
        uint256 minted = terms.total - _maturedTotal;
        if (minted == 0) return true;
        if (minted > ILoyaltyPoints(points).issuable()) return false;
        IAuthority issuing = IAuthority(IAccessManaged(points).authority());
        return issuing.canCall(address(this), points, ILoyaltyPoints.issue.selector);
    }

    /// @dev Hashed twice, so that no inner node of the tree, which is the hash of 64 bytes too, can pass for a leaf.
    function _leafOf(address customer, uint256 total) private pure returns (bytes32) {
        return keccak256(bytes.concat(keccak256(abi.encode(customer, total))));
    }

    function _isCid(bytes calldata cid) private pure returns (bool) {
        return cid.length == _CID_LENGTH && bytes3(cid) == _CID_BEGINNING;
    }
}
