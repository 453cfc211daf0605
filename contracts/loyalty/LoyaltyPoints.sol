// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {IVotes} from "@openzeppelin/contracts/governance/utils/IVotes.sol";
import {IERC5267} from "@openzeppelin/contracts/interfaces/IERC5267.sol";
import {IERC6372} from "@openzeppelin/contracts/interfaces/IERC6372.sol";
import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {ERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Permit.sol";
import {ERC20Votes} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Votes.sol";
import {IERC20Metadata} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Metadata.sol";
import {IERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Permit.sol";
import {Nonces} from "@openzeppelin/contracts/utils/Nonces.sol";
import {ERC165} from "@openzeppelin/contracts/utils/introspection/ERC165.sol";

import {ISigned} from "../../interfaces/access/ISigned.sol";
import {ILoyaltyPoints} from "../../interfaces/loyalty/ILoyaltyPoints.sol";
import {IPointsRedeemer} from "../../interfaces/loyalty/IPointsRedeemer.sol";
import {RollingLimit} from "../libraries/RollingLimit.sol";
import {Signed} from "../libraries/Signed.sol";

/// @title One brand's loyalty points
contract LoyaltyPoints is ILoyaltyPoints, ERC20Permit, ERC20Votes, AccessManaged, ERC165, Signed {
    using RollingLimit for RollingLimit.Limit;

    bytes32 private constant _REDEEM_TYPEHASH = keccak256(
        "Redeem(address customer,uint256 amount,bytes32 ref,uint256 nonce,uint256 deadline)"
    );
    bytes32 private constant _BURN_TYPEHASH = keccak256(
        "Burn(address customer,uint256 amount,uint256 nonce,uint256 deadline)"
    );
    bytes32 private constant _TRANSFER_TYPEHASH = keccak256(
        "Transfer(address from,address to,uint256 amount,uint256 nonce,uint256 deadline)"
    );
    bytes32 private constant _PERMIT_TYPEHASH = keccak256(
        "Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)"
    );
    bytes32 private constant _DELEGATE_VOTES_TYPEHASH = keccak256(
        "DelegateVotes(address customer,address delegatee,uint256 nonce,uint256 deadline)"
    );

    RollingLimit.Limit private _issuance;
    string private _contractURI;

    /// @inheritdoc ILoyaltyPoints
    /// @dev A word of its own: narrower, it could one day overflow and so stop customers from redeeming.
    uint256 public totalRedeemed;

    /// @inheritdoc ILoyaltyPoints
    uint256 public totalBurned;

    /// @inheritdoc ILoyaltyPoints
    uint256 public totalRefunded;

    /// @notice Deploys the points of the brand whose powers `authority` holds.
    ///
    /// Requirements:
    /// - `authority` must be a contract (`AccessManagedInvalidAuthority`).
    /// - `budgetPeriod` must not be zero (`LoyaltyPoints_ZeroPeriod`).
    constructor(
        string memory name,
        string memory symbol,
        string memory contractURI_,
        address authority,
        uint128 budget,
        uint32 budgetPeriod
    ) ERC20(name, symbol) ERC20Permit(name) AccessManaged(authority) {
        if (authority.code.length == 0) revert AccessManagedInvalidAuthority(authority);
        _setIssuanceBudget(budget, budgetPeriod);
        _contractURI = contractURI_;
    }

    /* ISSUE */

    /// @inheritdoc ILoyaltyPoints
    function issue(address to, uint256 amount, bytes32 ref) external restricted {
        if (amount == 0) revert LoyaltyPoints_ZeroAmount();
        _spendBudget(amount);
        _mint(to, amount);
        emit PointsIssued(msg.sender, ref, amount);
    }

    /// @inheritdoc ILoyaltyPoints
    function issueBatch(address[] calldata to, uint256[] calldata amounts, bytes32 ref) external restricted {
        uint256 count = to.length;
        if (count != amounts.length) revert LoyaltyPoints_LengthMismatch(count, amounts.length);
        if (count == 0) revert LoyaltyPoints_ZeroAmount();
        uint256 total = 0;
        for (uint256 i; i < count; ++i) {
            if (amounts[i] == 0) revert LoyaltyPoints_ZeroAmount();
            if (to[i] == address(0)) revert ERC20InvalidReceiver(address(0));
            total += amounts[i];
        }
        _spendBudget(total);
        // What `_mint` does for each, but with one checkpoint of the supply for all: written below, in the name of
        // this contract, which nobody can make delegate. The sum fits the checkpoint: the budget is narrower, and the
        // checkpoint's own addition is checked.
        for (uint256 i; i < count; ++i) {
            ERC20._update(address(0), to[i], amounts[i]);
            _moveDelegateVotes(address(0), delegates(to[i]), amounts[i]);
        }
        _transferVotingUnits(address(0), address(this), total);
        emit PointsIssued(msg.sender, ref, total);
    }

    /// @inheritdoc ILoyaltyPoints
    function setIssuanceBudget(uint128 budget, uint32 period) external restricted {
        _setIssuanceBudget(budget, period);
    }

    /* REDEEM */

    /// @inheritdoc ILoyaltyPoints
    function redeem(uint256 amount, bytes32 ref) external {
        _redeem(msg.sender, msg.sender, amount, ref);
    }

    /// @inheritdoc IPointsRedeemer
    function redeemFrom(address customer, uint256 amount, bytes32 ref) external {
        if (amount == 0) revert LoyaltyPoints_ZeroAmount();
        _spendAllowance(customer, msg.sender, amount);
        _redeem(customer, msg.sender, amount, ref);
    }

    /// @inheritdoc ILoyaltyPoints
    function redeemBySig(
        address customer,
        uint256 amount,
        bytes32 ref,
        uint256 deadline,
        bytes calldata signature
    ) external {
        bytes32 structHash = keccak256(
            abi.encode(_REDEEM_TYPEHASH, customer, amount, ref, _useNonce(customer), deadline)
        );
        _checkSigned(customer, structHash, deadline, signature);
        _redeem(customer, customer, amount, ref);
    }

    /// @inheritdoc ILoyaltyPoints
    /// @dev The budget is not asked: it bounds new promises, and these points were promised before.
    function refund(address customer, uint256 amount, bytes32 ref) external restricted {
        if (amount == 0) revert LoyaltyPoints_ZeroAmount();
        uint256 refunded = totalRefunded;
        uint256 refundable = totalRedeemed - refunded;
        if (amount > refundable) revert LoyaltyPoints_RefundExceedsRedeemed(amount, refundable);
        totalRefunded = refunded + amount;
        _mint(customer, amount);
        emit PointsRefunded(customer, ref, amount);
    }

    /* BURN */

    /// @inheritdoc ILoyaltyPoints
    function burn(uint256 amount) external {
        _burnPoints(msg.sender, amount);
    }

    /// @inheritdoc ILoyaltyPoints
    function burnFrom(address customer, uint256 amount) external {
        if (amount == 0) revert LoyaltyPoints_ZeroAmount();
        _spendAllowance(customer, msg.sender, amount);
        _burnPoints(customer, amount);
    }

    /// @inheritdoc ILoyaltyPoints
    function burnBySig(address customer, uint256 amount, uint256 deadline, bytes calldata signature) external {
        bytes32 structHash = keccak256(abi.encode(_BURN_TYPEHASH, customer, amount, _useNonce(customer), deadline));
        _checkSigned(customer, structHash, deadline, signature);
        _burnPoints(customer, amount);
    }

    /* SIGNED FORMS OF THE STANDARD ACTS */

    /// @inheritdoc ILoyaltyPoints
    function transferBySig(
        address from,
        address to,
        uint256 amount,
        uint256 deadline,
        bytes calldata signature
    ) external {
        bytes32 structHash = keccak256(abi.encode(_TRANSFER_TYPEHASH, from, to, amount, _useNonce(from), deadline));
        _checkSigned(from, structHash, deadline, signature);
        _transfer(from, to, amount);
    }

    /// @inheritdoc ILoyaltyPoints
    function approveBySig(
        address owner,
        address spender,
        uint256 value,
        uint256 deadline,
        bytes calldata signature
    ) external {
        bytes32 structHash = keccak256(abi.encode(_PERMIT_TYPEHASH, owner, spender, value, _useNonce(owner), deadline));
        _checkSigned(owner, structHash, deadline, signature);
        _approve(owner, spender, value);
    }

    /// @inheritdoc ILoyaltyPoints
    function delegateVotesBySig(
        address customer,
        address delegatee,
        uint256 deadline,
        bytes calldata signature
    ) external {
        bytes32 structHash = keccak256(
            abi.encode(_DELEGATE_VOTES_TYPEHASH, customer, delegatee, _useNonce(customer), deadline)
        );
        _checkSigned(customer, structHash, deadline, signature);
        _delegate(customer, delegatee);
    }

    /* METADATA */

    /// @inheritdoc ILoyaltyPoints
    function setContractURI(string calldata newURI) external restricted {
        _contractURI = newURI;
        emit ContractURIUpdated();
    }

    /// @inheritdoc ILoyaltyPoints
    function contractURI() external view returns (string memory) {
        return _contractURI;
    }

    /* VIEWS */

    /// @inheritdoc ILoyaltyPoints
    function issuanceBudget()
        external
        view
        returns (uint128 budget, uint32 period, uint40 periodStart, uint128 issuedInPeriod)
    {
        (budget, period) = _issuance.limitOf();
        // The beginning of a period, not a random number.
        // slither-disable-next-line weak-prng
        periodStart = uint40(block.timestamp - (block.timestamp % period));
        issuedInPeriod = _issuance.counted();
    }

    /// @inheritdoc ILoyaltyPoints
    function issuable() external view returns (uint256) {
        return _issuance.available();
    }

    /// @inheritdoc ILoyaltyPoints
    function totalIssued() external view returns (uint256) {
        return totalSupply() + totalRedeemed + totalBurned - totalRefunded;
    }

    /// @inheritdoc ISigned
    /// @dev The points' nonces are a sequence.
    function isNonceUsed(address signer, uint256 nonce) public view override returns (bool) {
        return nonce < nonces(signer);
    }

    /// @inheritdoc ERC20Permit
    function nonces(address owner) public view override(ERC20Permit, Nonces) returns (uint256) {
        return super.nonces(owner);
    }

    /// @inheritdoc ISigned
    // The name is fixed by ERC-2612.
    // solhint-disable-next-line func-name-mixedcase
    function DOMAIN_SEPARATOR() external view override(ERC20Permit, Signed) returns (bytes32) {
        return _domainSeparatorV4();
    }

    /// @notice Returns the time votes are counted by, in seconds (ERC-6372).
    function clock() public view override returns (uint48) {
        return uint48(block.timestamp);
    }

    /// @notice Describes the clock (ERC-6372).
    // The name is fixed by ERC-6372.
    // solhint-disable-next-line func-name-mixedcase
    function CLOCK_MODE() public pure override returns (string memory) {
        return "mode=timestamp";
    }

    /// @notice Says whether the points implement the interface (ERC-165). ERC-5805 is `IVotes` and ERC-6372 together.
    function supportsInterface(bytes4 interfaceId) public view override returns (bool) {
        return
            interfaceId == type(IERC20).interfaceId ||
            interfaceId == type(IERC20Metadata).interfaceId ||
            interfaceId == type(IERC20Permit).interfaceId ||
            interfaceId == type(IERC5267).interfaceId ||
            interfaceId == type(IERC6372).interfaceId ||
            interfaceId == type(IVotes).interfaceId ||
            super.supportsInterface(interfaceId);
    }

    /* INTERNALS */

    function _redeem(address customer, address redeemer, uint256 amount, bytes32 ref) private {
        if (amount == 0) revert LoyaltyPoints_ZeroAmount();
        _burn(customer, amount);
        totalRedeemed += amount;
        emit PointsRedeemed(customer, redeemer, ref, amount);
    }

    function _burnPoints(address customer, uint256 amount) private {
        if (amount == 0) revert LoyaltyPoints_ZeroAmount();
        _burn(customer, amount);
        totalBurned += amount;
        emit PointsBurned(customer, amount);
    }

    function _spendBudget(uint256 amount) private {
        (bool within, uint256 rest) = _issuance.spend(amount);
        if (!within) revert LoyaltyPoints_BudgetExceeded(amount, rest);
    }

    function _setIssuanceBudget(uint128 budget, uint32 period) private {
        if (period == 0) revert LoyaltyPoints_ZeroPeriod();
        _issuance.set(budget, period);
        emit IssuanceBudgetSet(budget, period);
    }

    function _update(address from, address to, uint256 value) internal override(ERC20, ERC20Votes) {
        super._update(from, to, value);
    }
}
