// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {ISigned} from "../access/ISigned.sol";

/// @title Paid access to datasets
/// @notice A brand offers money for the use of a dataset for one purpose; the money lies in escrow here. The owner accepts, and from then on
/// the price streams to her by the second, until the access ends. What she has not earned by then goes back to the brand. No owner, no
/// fee, no pause, no upgrade. A brand is an address, that of its `ProgramAuthority`: what "the brand" does comes through `execute` of it.
///
/// **When an access ends.** At the first of these, for good:
/// - its period is over;
/// - the owner closed it, or the brand did, whose closing takes effect no earlier than `minimum` seconds after the acceptance;
/// - the owner burned the dataset or moved it to another wallet;
/// - a consent snapshot of hers lacks the purpose or the data class;
/// - a consent snapshot expired, its notice fell behind the oldest acceptable one, or the purpose or the data class changed its meaning
///   since its notice; unless the customer had consented anew by that second. A notice is the brand's act: one that it publishes after the
///   acceptance ends the paying no earlier than its closing could, `minimum` seconds after the acceptance, and if the customer consents to
///   it by then, the access goes on. Reading stops at once, as everywhere;
/// - her snapshots with the brand run out: of the 65,535 the last two carry no access, because the very last is overwritten.
///
/// **Two bounds.** Nobody has to search for the end. The owner is paid up to a moment until which the access has verifiably lived: the
/// contract follows her snapshots from the one at which she accepted, and only she can make those more. The brand gets back what comes
/// after a moment at which the access has verifiably ended: whoever asks names the snapshot that shows it. As the first is never after the
/// second, neither side waits for the other, and both together are never paid more than the price: once both have settled, paid + refunded
/// is the price, to the smallest unit.
///
/// **What the parties trust each other with.** The chain does not see whether the envelope opens, nor whether the brand has read what it
/// pays for. `minimum` is what is at stake: a brand that was sent a worthless envelope closes and loses that much; an owner whose data was
/// read at once is paid at least that much, unless she ends it herself.
/// @dev Amounts of ERC-20 are counted as they arrive. Tokens that change balances by themselves make their own books wrong, and nobody
/// else's: nothing is ever paid from another currency.
interface IDataAccess is ISigned {
    /// @notice What a brand offers. The id of the access is `accessIdOf` this.
    /// @param datasetId The dataset of `CustomerData`
    /// @param manifestDigest Its manifest as the brand knows it; the offer is for this one
    /// @param currency An ERC-20 token, or zero for native coin
    /// @param price What the whole period costs, in the currency's smallest unit
    /// @param purpose The bit of the purpose, from 0 to 63
    /// @param period How many seconds the access lasts
    /// @param minimum How many seconds are paid even if the brand closes before; at most `period`
    /// @param expiresAt The last second at which the offer can be accepted
    /// @param salt Any number; makes the same terms another offer
    struct Offer {
        uint256 datasetId;
        bytes32 manifestDigest;
        address currency;
        uint128 price;
        uint8 purpose;
        uint32 period;
        uint32 minimum;
        uint40 expiresAt;
        uint256 salt;
    }

    /// @notice An access, offered or accepted. Times are Unix times in seconds.
    /// @param brand Who offered
    /// @param datasetId The dataset
    /// @param currency An ERC-20 token, or zero for native coin
    /// @param price What the whole period costs
    /// @param purpose The bit of the purpose
    /// @param dataClass The bit of the dataset's data class
    /// @param period How many seconds it lasts
    /// @param minimum How many seconds are paid even if the brand closes before
    /// @param expiresAt The last second at which the offer can be accepted
    /// @param digest While offered the digest of the manifest; once accepted that of the envelope
    /// @param owner Who accepted and is paid; zero while offered
    /// @param startedAt When she accepted; zero while offered
    /// @param tenure The dataset's tenure (`CustomerData`) in which she accepted
    /// @param snapshot The number of the consent snapshot up to which it has verifiably lived
    /// @param paidUntil Up to when she was paid; zero while offered
    /// @param closedAt When a closing takes effect; zero if nobody closed it
    /// @param refundedFrom From when on the brand was refunded; zero if it was not
    struct Access {
        address brand;
        uint256 datasetId;
        address currency;
        uint128 price;
        uint8 purpose;
        uint8 dataClass;
        uint32 period;
        uint32 minimum;
        uint40 expiresAt;
        bytes32 digest;
        address owner;
        uint40 startedAt;
        uint32 tenure;
        uint16 snapshot;
        uint40 paidUntil;
        uint40 closedAt;
        uint40 refundedFrom;
    }

    /// @notice Why an access does not let the brand read. `Interrupted` says that the consent that stands now would allow it, but there was a
    /// time since the acceptance in which none did, or her snapshots with the brand have run out.
    enum Reason {
        None,
        UnknownAccess,
        NotAccepted,
        DatasetGone,
        Closed,
        PeriodOver,
        NoConsent,
        PurposeNotGranted,
        DataClassNotGranted,
        ConsentExpired,
        NoticeTooOld,
        PurposeChanged,
        DataClassChanged,
        Interrupted
    }

    /// @notice `from` put `amount` into the balance of `party`.
    event Funded(address indexed party, address indexed currency, address indexed from, uint256 amount);

    /// @notice `party` took `amount` out of its balance, for `recipient`.
    event Withdrawn(address indexed party, address indexed currency, address indexed recipient, uint256 amount);

    /// @notice `brand` offered to pay for an access.
    event AccessOffered(uint256 indexed accessId, address indexed brand, uint256 indexed datasetId, Offer offer);

    /// @notice An offer was taken back, by the brand or after its time by anyone; its price is in the brand's balance again.
    event OfferRetracted(uint256 indexed accessId, address indexed brand);

    /// @notice `owner` accepted: the stream begins. `envelopeDigest` is the SHA-256 of the envelope she made.
    event AccessAccepted(
        uint256 indexed accessId,
        address indexed owner,
        uint256 indexed datasetId,
        bytes32 envelopeDigest,
        uint32 keyEpoch
    );

    /// @notice `party` (owner or brand) closed the access with effect from `closedAt`.
    event AccessClosed(uint256 indexed accessId, address indexed party, uint40 closedAt);

    /// @notice `owner` was paid `amount`: what the access had earned up to `until`.
    event EarningsPaid(uint256 indexed accessId, address indexed owner, uint256 amount, uint40 until);

    /// @notice `amount` went back to the balance of `brand`: what the access can no longer earn from `from` on.
    event PriceRefunded(uint256 indexed accessId, address indexed brand, uint256 amount, uint40 from);

    /// @notice The native coin sent is not what is asked for.
    error DataAccess_WrongValue(uint256 value, uint256 expected);

    /// @notice An amount, price or period of zero.
    error DataAccess_Zero();

    /// @notice The token did not arrive, or nothing of it.
    error DataAccess_NothingArrived(address currency);

    /// @notice The balance does not cover it: fund it first.
    error DataAccess_BalanceTooLow(uint256 balance, uint256 needed);

    /// @notice Purposes are bits from 0 to 63.
    error DataAccess_UnknownPurpose(uint8 purpose);

    /// @notice `minimum` is longer than `period`.
    error DataAccess_MinimumTooLong(uint32 minimum, uint32 period);

    /// @notice The offer's last second has passed.
    error DataAccess_OfferExpired(uint40 expiresAt);

    /// @notice The dataset has another manifest than the offer names.
    error DataAccess_DatasetChanged(bytes32 manifestDigest, bytes32 expected);

    /// @notice This very offer stands, or was accepted.
    error DataAccess_OfferExists(uint256 accessId);

    /// @notice There is no such access, or no longer.
    error DataAccess_UnknownAccess(uint256 accessId);

    /// @notice The access was accepted before.
    error DataAccess_AlreadyAccepted(uint256 accessId);

    /// @notice The access was not accepted.
    error DataAccess_NotAccepted(uint256 accessId);

    /// @notice As long as the offer can be accepted, only the brand takes it back.
    error DataAccess_NotBrand(address person, address brand);

    /// @notice The dataset, or the access, is not this person's.
    error DataAccess_NotOwner(address person, address owner);

    /// @notice This person is neither the owner nor the brand of the access.
    error DataAccess_NotParty(address person);

    /// @notice The digest of the envelope is zero.
    error DataAccess_EmptyDigest();

    /// @notice The owner's consent does not cover it.
    error DataAccess_NotAllowed(Reason reason);

    /// @notice It has ended by a closing already.
    error DataAccess_AlreadyClosed(uint256 accessId, uint40 closedAt);

    /// @notice The snapshot is not one that shows the end: it is older than those that were followed, or it does not exist.
    error DataAccess_SnapshotOutOfRange(uint16 number, uint16 followed, uint16 latest);

    /// @notice Nothing is due: it is paid, or the end is not shown by what was named.
    error DataAccess_NothingDue(uint256 accessId);

    /// @notice Money cannot go to zero or to this contract.
    error DataAccess_InvalidRecipient(address recipient);

    /// @notice Puts money into the balance of `party`; anyone may.
    ///
    /// Requirements:
    /// - `amount` is not zero;
    /// - `party` is neither zero nor this contract;
    /// - native coin: the value sent is `amount`; a token: no value is sent;
    /// - a token: some of it arrives (what arrives is what counts).
    function fund(address party, address currency, uint256 amount) external payable;

    /// @notice Takes money out of the caller's balance.
    ///
    /// Requirements:
    /// - `amount` is not zero;
    /// - `recipient` is neither zero nor this contract;
    /// - the balance covers it.
    function withdraw(address currency, uint256 amount, address recipient) external;

    /// @notice Offers to pay for an access; the price comes out of the caller's balance, to which native coin sent along is added first.
    ///
    /// Requirements:
    /// - price and period are not zero;
    /// - `purpose` is below 64;
    /// - `minimum` is at most `period`;
    /// - `expiresAt` has not passed;
    /// - value is sent for native coin only;
    /// - no such offer of the caller's stands or was accepted;
    /// - the dataset exists (`CustomerData_UnknownDataset`);
    /// - it has this manifest;
    /// - the balance covers the price.
    /// @return accessId What `accessIdOf` says.
    function offer(Offer calldata offer_) external payable returns (uint256 accessId);

    /// @notice Takes an offer back; its price returns to the brand's balance.
    ///
    /// Requirements:
    /// - the access exists;
    /// - it was not accepted;
    /// - the caller is the brand, or the offer has expired.
    function retract(uint256 accessId) external;

    /// @notice Accepts an offer for the caller's dataset. `envelopeDigest` is the SHA-256 of the envelope she made for the brand.
    ///
    /// Requirements:
    /// - the access exists;
    /// - it was not accepted;
    /// - the offer has not expired;
    /// - `envelopeDigest` is not zero;
    /// - the dataset exists (`CustomerData_UnknownDataset`);
    /// - it is the caller's;
    /// - it has the manifest that the offer is for;
    /// - her consent covers the purpose and the data class.
    function accept(uint256 accessId, bytes32 envelopeDigest) external;

    /// @notice `accept` for `owner`, who signed it. The signature covers the offer's terms, so that her wallet shows them.
    ///
    /// Requirements:
    /// - the access exists;
    /// - `deadline` has not passed;
    /// - the signature is the owner's;
    /// - the owner has not used the unordered `nonce`;
    /// - those of `accept`, for the owner.
    function acceptBySig(
        address owner,
        uint256 accessId,
        bytes32 envelopeDigest,
        uint256 nonce,
        uint256 deadline,
        bytes calldata signature
    ) external;

    /// @notice Ends an access. The owner's closing takes effect now, the brand's not before the minimum is over. An earlier closing stands.
    ///
    /// Requirements:
    /// - the access exists;
    /// - it was accepted;
    /// - the caller is its owner or its brand;
    /// - no closing takes effect at that time or before.
    function close(uint256 accessId) external;

    /// @notice `close` for `owner`, who signed it. A brand that is a contract closes by its own call.
    ///
    /// Requirements:
    /// - `deadline` has not passed;
    /// - the signature is the owner's;
    /// - the owner has not used the unordered `nonce`;
    /// - the access exists;
    /// - it was accepted;
    /// - it is the owner's;
    /// - no closing takes effect now or took effect before.
    function closeBySig(
        address owner,
        uint256 accessId,
        uint256 nonce,
        uint256 deadline,
        bytes calldata signature
    ) external;

    /// @notice Pays the owner what the access has earned; anyone may send it. At most `steps` of her consent snapshots after the last one that
    /// was followed are followed now: she is paid as far as these reach, and the rest next time.
    ///
    /// Requirements:
    /// - the access exists;
    /// - it was accepted;
    /// - something is due, or further snapshots were followed.
    /// @return amount What she was paid.
    function collect(uint256 accessId, uint256 steps) external returns (uint256 amount);

    /// @notice Returns to the brand's balance what the access can no longer earn; anyone may send it. `snapshot` is the number of the owner's
    /// consent snapshot that shows the end: it lacks the purpose or the data class, or was no longer good before the next one was taken.
    /// Zero where a closing or the dataset shows it.
    ///
    /// Requirements:
    /// - the access exists;
    /// - it was accepted;
    /// - `snapshot` is zero, or the snapshot is not older than the last one that was followed, and exists;
    /// - something is due.
    /// @return amount What went back.
    function takeBack(uint256 accessId, uint16 snapshot) external returns (uint256 amount);

    /// @notice Says whether the brand may read under this access now, and if not, why not: the first reason in the order of `Reason`. Follows
    /// the owner's snapshots from the last one that was followed to the newest; where these are too many for one call, `collect` follows
    /// some of them before.
    function canRead(uint256 accessId) external view returns (bool readable, Reason reason);

    /// @notice Returns an access.
    ///
    /// Requirements:
    /// - the access exists.
    function accessOf(uint256 accessId) external view returns (Access memory);

    /// @notice Returns the id of the access that `brand` offers by `offer_`.
    function accessIdOf(address brand, Offer calldata offer_) external pure returns (uint256);

    /// @notice Returns what `collect(accessId, steps)` would pay now, and what the owner was paid so far; zeros if there is nothing.
    function earningsOf(uint256 accessId, uint256 steps) external view returns (uint256 due, uint256 paid);

    /// @notice Returns what `party` holds here in a currency, escrow not counted.
    function balanceOf(address party, address currency) external view returns (uint256);

    /// @notice The registry of the consents that accesses rest on.
    function consents() external view returns (address);

    /// @notice The datasets that accesses are to.
    function datasets() external view returns (address);
}
