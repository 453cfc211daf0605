// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {IPointsRedeemer} from "./IPointsRedeemer.sol";

/// @title One brand's loyalty points
/// @notice What the points add to ERC-20, ERC-2612, ERC-5805, ERC-6372 (a timestamp clock) and ERC-165.
///
/// Points come into being by issuing alone and end by being redeemed (for something the brand gives) or burned (for
/// nothing). What was redeemed for something that never came is refunded:
/// `totalSupply = totalIssued + totalRefunded - totalRedeemed - totalBurned`.
///
/// **The issuance budget.** Whoever holds the issuer's key issues at most the budget within any `period` seconds in a
/// row, wherever they begin: there is no boundary at which two budgets can be had at once. For that, time is cut into
/// windows of one period, and what is issued in a window counts until a full period after that window's latest issue.
/// A whole budget issued in one go is so free again exactly one period later; a brand that issues evenly should set
/// twice what it issues in a period.
///
/// **Signed acts.** Each takes the signer's current `nonces(signer)`, one sequence for all of them, permit and
/// delegation included, and may be sent by anyone. A signature that was given away and is regretted ends with any
/// other signed act, or with its deadline.
interface ILoyaltyPoints is IPointsRedeemer {
    /// @notice `amount` points were issued, to the recipients of the `Transfer` events of the same call.
    event PointsIssued(address indexed issuer, bytes32 indexed ref, uint256 amount);

    /// @notice `customer`'s points were redeemed by `redeemer`: herself, or whoever spent her allowance.
    event PointsRedeemed(address indexed customer, address indexed redeemer, bytes32 indexed ref, uint256 amount);

    /// @notice `customer` got points back that were redeemed before.
    event PointsRefunded(address indexed customer, bytes32 indexed ref, uint256 amount);

    /// @notice `customer`'s points were given up for nothing.
    event PointsBurned(address indexed customer, uint256 amount);

    /// @notice From now on at most `budget` points are issued within any `period` seconds.
    event IssuanceBudgetSet(uint128 budget, uint32 period);

    /// @notice The programme's metadata changed (ERC-7572).
    event ContractURIUpdated();

    /// @notice Nothing is no amount: an act without points would leave an event that looks like one with.
    error LoyaltyPoints_ZeroAmount();

    /// @notice There are not as many recipients as amounts.
    error LoyaltyPoints_LengthMismatch(uint256 recipients, uint256 amounts);

    /// @notice `amount` is more than the `issuable` rest of the budget.
    error LoyaltyPoints_BudgetExceeded(uint256 amount, uint256 issuable);

    /// @notice `amount` is more than the `refundable` rest of what was ever redeemed.
    error LoyaltyPoints_RefundExceedsRedeemed(uint256 amount, uint256 refundable);

    /// @notice A budget needs a period of at least one second.
    error LoyaltyPoints_ZeroPeriod();

    /* ISSUE */

    /// @notice Issues `amount` points to `to`.
    /// @param ref Digest of what the points are for, for example of a file of purchases. Never personal data.
    ///
    /// Requirements:
    /// - the caller must have the role for it (`AccessManagedUnauthorized`).
    /// - `amount` must not be zero (`LoyaltyPoints_ZeroAmount`).
    /// - `amount` must be within what is issuable (`LoyaltyPoints_BudgetExceeded`).
    /// - `to` must not be zero (`ERC20InvalidReceiver`).
    function issue(address to, uint256 amount, bytes32 ref) external;

    /// @notice Issues `amounts[i]` points to `to[i]`, for all of them or for none. One `PointsIssued` tells the total.
    ///
    /// Requirements:
    /// - the caller must have the role for it (`AccessManagedUnauthorized`).
    /// - `to` and `amounts` must be of the same length (`LoyaltyPoints_LengthMismatch`).
    /// - no amount may be zero, nor may there be none (`LoyaltyPoints_ZeroAmount`).
    /// - no recipient may be zero (`ERC20InvalidReceiver`).
    /// - the sum must be a uint256 (panic 0x11).
    /// - the sum must be within what is issuable (`LoyaltyPoints_BudgetExceeded`).
    function issueBatch(address[] calldata to, uint256[] calldata amounts, bytes32 ref) external;

    /// @notice Replaces the issuance budget. What was issued before and still counts goes on counting, until a full (new)
    /// period has passed since; what counts no more does not begin to count again under a longer period.
    /// @param budget Points, 18 decimals; 0 stops issuing.
    /// @param period Seconds.
    ///
    /// Requirements:
    /// - the caller must have the role for it (`AccessManagedUnauthorized`).
    /// - `period` must not be zero (`LoyaltyPoints_ZeroPeriod`).
    function setIssuanceBudget(uint128 budget, uint32 period) external;

    /* REDEEM */

    /// @notice Redeems `amount` of the caller's points.
    /// @param ref Digest of what they are redeemed for, for example of an order. Never personal data.
    ///
    /// Requirements:
    /// - `amount` must not be zero (`LoyaltyPoints_ZeroAmount`).
    /// - the caller must hold `amount` (`ERC20InsufficientBalance`).
    function redeem(uint256 amount, bytes32 ref) external;

    /// @notice Redeems `amount` of the points of `customer`, who signed
    /// `Redeem(address customer,uint256 amount,bytes32 ref,uint256 nonce,uint256 deadline)`.
    ///
    /// Requirements:
    /// - `deadline` must not have passed (`Signed_Expired`).
    /// - `customer` must have signed this, with her current nonce (`Signed_InvalidSignature`).
    /// - `amount` must not be zero (`LoyaltyPoints_ZeroAmount`).
    /// - `customer` must hold `amount` (`ERC20InsufficientBalance`).
    function redeemBySig(
        address customer,
        uint256 amount,
        bytes32 ref,
        uint256 deadline,
        bytes calldata signature
    ) external;

    /// @notice Gives `customer` `amount` points back that were redeemed before. They are no new points: the issuance budget
    /// is neither asked nor spent, and all refunds together never exceed all redemptions.
    /// @param ref What the points had been redeemed for.
    /// @dev Meant for a contract that knows who redeemed what and gives each back once, such as the catalog of rewards. A key
    /// that got the role by mistake could refund to itself what others redeemed, and no more than that.
    ///
    /// Requirements:
    /// - the caller must have the role for it (`AccessManagedUnauthorized`).
    /// - `amount` must not be zero (`LoyaltyPoints_ZeroAmount`).
    /// - `amount` must be within what was redeemed and not refunded yet (`LoyaltyPoints_RefundExceedsRedeemed`).
    /// - `customer` must not be zero (`ERC20InvalidReceiver`).
    function refund(address customer, uint256 amount, bytes32 ref) external;

    /* BURN */

    /// @notice Burns `amount` of the caller's points.
    ///
    /// Requirements:
    /// - `amount` must not be zero (`LoyaltyPoints_ZeroAmount`).
    /// - the caller must hold `amount` (`ERC20InsufficientBalance`).
    function burn(uint256 amount) external;

    /// @notice Burns `amount` of `customer`'s points and spends as much of the caller's allowance.
    ///
    /// Requirements:
    /// - `amount` must not be zero (`LoyaltyPoints_ZeroAmount`).
    /// - the caller's allowance must reach (`ERC20InsufficientAllowance`).
    /// - `customer` must hold `amount` (`ERC20InsufficientBalance`).
    function burnFrom(address customer, uint256 amount) external;

    /// @notice Burns `amount` of the points of `customer`, who signed
    /// `Burn(address customer,uint256 amount,uint256 nonce,uint256 deadline)`.
    ///
    /// Requirements:
    /// - `deadline` must not have passed (`Signed_Expired`).
    /// - `customer` must have signed this, with her current nonce (`Signed_InvalidSignature`).
    /// - `amount` must not be zero (`LoyaltyPoints_ZeroAmount`).
    /// - `customer` must hold `amount` (`ERC20InsufficientBalance`).
    function burnBySig(address customer, uint256 amount, uint256 deadline, bytes calldata signature) external;

    /* SIGNED FORMS OF THE STANDARD ACTS */

    /// @notice Transfers `amount` of the points of `from`, who signed
    /// `Transfer(address from,address to,uint256 amount,uint256 nonce,uint256 deadline)`.
    ///
    /// Requirements:
    /// - `deadline` must not have passed (`Signed_Expired`).
    /// - `from` must have signed this, with the current nonce (`Signed_InvalidSignature`).
    /// - `to` must not be zero (`ERC20InvalidReceiver`).
    /// - `from` must hold `amount` (`ERC20InsufficientBalance`).
    function transferBySig(
        address from,
        address to,
        uint256 amount,
        uint256 deadline,
        bytes calldata signature
    ) external;

    /// @notice As ERC-2612's `permit`, with the same signed message, also for contract wallets (ERC-1271).
    ///
    /// Requirements:
    /// - `deadline` must not have passed (`Signed_Expired`).
    /// - `owner` must have signed this, with the current nonce (`Signed_InvalidSignature`).
    /// - `spender` must not be zero (`ERC20InvalidSpender`).
    function approveBySig(
        address owner,
        address spender,
        uint256 value,
        uint256 deadline,
        bytes calldata signature
    ) external;

    /// @notice As ERC-5805's `delegateBySig`, also for contract wallets (ERC-1271). The message names the customer,
    /// since one key may sign for several wallets: `DelegateVotes(address customer,address delegatee,uint256
    /// nonce,uint256 deadline)`.
    ///
    /// Requirements:
    /// - `deadline` must not have passed (`Signed_Expired`).
    /// - `customer` must have signed this, with her current nonce (`Signed_InvalidSignature`).
    function delegateVotesBySig(
        address customer,
        address delegatee,
        uint256 deadline,
        bytes calldata signature
    ) external;

    /* METADATA */

    /// @notice Replaces the address of the programme's metadata (ERC-7572).
    ///
    /// Requirements:
    /// - the caller must have the role for it (`AccessManagedUnauthorized`).
    function setContractURI(string calldata newURI) external;

    /// @notice Returns the address of the programme's metadata (ERC-7572).
    function contractURI() external view returns (string memory);

    /* VIEWS */

    /// @notice Returns the issuance budget and how much of it is used.
    /// @return budget Points that may be issued within any `period`.
    /// @return period Seconds.
    /// @return periodStart When the running window began: windows are whole multiples of the period since 1970.
    /// @return issuedInPeriod What was issued and still counts. More than `budget` after the budget was lowered.
    function issuanceBudget()
        external
        view
        returns (uint128 budget, uint32 period, uint40 periodStart, uint128 issuedInPeriod);

    /// @notice Returns how many points may be issued now.
    function issuable() external view returns (uint256);

    /// @notice Returns how many points were ever issued.
    function totalIssued() external view returns (uint256);

    /// @notice Returns how many points were ever redeemed.
    function totalRedeemed() external view returns (uint256);

    /// @notice Returns how many redeemed points were ever given back.
    function totalRefunded() external view returns (uint256);

    /// @notice Returns how many points were ever burned.
    function totalBurned() external view returns (uint256);
}
