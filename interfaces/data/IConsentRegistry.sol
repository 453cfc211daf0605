// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {ISigned} from "../access/ISigned.sol";

/// @title Who may use whose data for what
/// @notice Customers grant and withdraw, brands publish the notices that are consented to, everybody reads. There is no
/// owner, no role, no pause and no upgrade: a consent changes by an act or a signature of the customer, never
/// otherwise.
///
/// A purpose is a bit from 0 to 63, named by the brand's notice; so is a data class. What a customer allows a brand is
/// a *snapshot*: the purposes, the data classes, the version of the notice that was shown, the time and an expiry. Each
/// act of the customer takes a new one; earlier ones stay readable under their numbers.
///
/// Granting by signature names the number the snapshot will get, so that whatever the customer does later, a withdrawal
/// above all, makes a grant that somebody held back worthless. Withdrawing by signature uses unordered nonces instead,
/// so that a held-back grant that is relayed first does not stop the withdrawal.
interface IConsentRegistry is ISigned {
    /// @notice What a customer allows a brand, as of `at`. Times are Unix times in seconds.
    /// @param purposes One bit a purpose.
    /// @param dataClasses One bit a data class.
    /// @param noticeVersion The brand's notice that the last grant named; zero if there was none.
    /// @param at When the snapshot was taken.
    /// @param expiresAt From when on the consent is no longer good; zero if it holds until it is withdrawn.
    /// @param number 1 for the customer's first snapshot with this brand; zero if there is none.
    struct Snapshot {
        uint64 purposes;
        uint64 dataClasses;
        uint32 noticeVersion;
        uint40 at;
        uint40 expiresAt;
        uint16 number;
    }

    /// @notice One version of a brand's notice.
    /// @param digest sha2-256 of the text that is shown.
    /// @param changedPurposes The purposes whose meaning is new or different in this version.
    /// @param changedDataClasses The data classes whose meaning is new or different in this version.
    /// @param oldestAcceptable The oldest version under which consents were still good when this one was published.
    /// @param erasurePeriod How long, in seconds, the brand took for an erasure from this version on.
    /// @param publishedAt When it was published.
    /// @param uri Where the text is.
    struct Notice {
        bytes32 digest;
        uint64 changedPurposes;
        uint64 changedDataClasses;
        uint32 oldestAcceptable;
        uint32 erasurePeriod;
        uint40 publishedAt;
        string uri;
    }

    /// @notice What holds for a brand now.
    /// @param latest The newest version; zero if the brand never published one.
    /// @param oldestAcceptable The oldest version under which consents are still good.
    /// @param erasurePeriod How long, in seconds, the brand may take for an erasure that is requested now.
    struct NoticeState {
        uint32 latest;
        uint32 oldestAcceptable;
        uint32 erasurePeriod;
    }

    /// @notice The last request of a customer that a brand erase what it holds about her. Times are Unix times in
    /// seconds.
    /// @param requestedAt Zero if she never asked.
    /// @param dueAt The last second at which an acknowledgement is in time.
    /// @param acknowledgedAt Zero while the request is open.
    /// @param receiptDigest Digest of the brand's receipt; zero while the request is open.
    struct Erasure {
        uint40 requestedAt;
        uint40 dueAt;
        uint40 acknowledgedAt;
        bytes32 receiptDigest;
    }

    /// @notice Why a use is refused: the first that applies, in this order.
    enum Refusal {
        /// It is allowed.
        None,
        /// The customer never granted this brand anything, or has withdrawn everything.
        NoConsent,
        /// The purpose is not among those she allows.
        PurposeNotGranted,
        /// The data class is not among those she allows.
        DataClassNotGranted,
        /// The consent has run out.
        Expired,
        /// The notice she consented to is older than the oldest acceptable one.
        NoticeTooOld,
        /// The purpose has changed its meaning since the notice she consented to.
        PurposeChanged,
        /// The data class has changed its meaning since the notice she consented to.
        DataClassChanged
    }

    /// @notice `brand` published `version` of its notice.
    event NoticePublished(
        address indexed brand,
        uint32 indexed version,
        bytes32 digest,
        string uri,
        uint64 changedPurposes,
        uint64 changedDataClasses,
        uint32 oldestAcceptable,
        uint32 erasurePeriod
    );

    /// @notice `customer` granted. `snapshot` is what she allows `brand` from now on, in one word, from the highest bit
    /// down: purposes 64 | dataClasses 64 | noticeVersion 32 | at 40 | expiresAt 40 | number 16.
    event ConsentGranted(address indexed customer, address indexed brand, uint256 snapshot);

    /// @notice `customer` withdrew. `snapshot` is what is left, in one word as in `ConsentGranted`.
    event ConsentWithdrawn(address indexed customer, address indexed brand, uint256 snapshot);

    /// @notice `customer` asked `brand` to erase what it holds about her by `dueAt`.
    event ErasureRequested(address indexed customer, address indexed brand, uint40 dueAt);

    /// @notice `brand` stated that it has erased what it held about `customer`; `receiptDigest` is the digest of its
    /// receipt.
    event ErasureAcknowledged(address indexed customer, address indexed brand, bytes32 receiptDigest);

    /// @notice The digest of a notice or a receipt is zero.
    error ConsentRegistry_EmptyDigest();

    /// @notice The oldest acceptable version must be from `lowest` to `highest`.
    error ConsentRegistry_OldestAcceptableOutOfRange(uint32 oldestAcceptable, uint32 lowest, uint32 highest);

    /// @notice The erasure period, in seconds, must be from `lowest` to `highest`.
    error ConsentRegistry_ErasurePeriodOutOfRange(uint32 erasurePeriod, uint32 lowest, uint32 highest);

    /// @notice A grant that names no purpose or no data class allows nothing, a withdrawal that names neither takes
    /// nothing back.
    error ConsentRegistry_NothingNamed();

    /// @notice `brand` has no such version of its notice.
    error ConsentRegistry_UnknownNotice(address brand, uint32 version);

    /// @notice Consents under this version of the notice are no longer good.
    error ConsentRegistry_NoticeTooOld(uint32 version, uint32 oldestAcceptable);

    /// @notice The expiry is not in the future.
    error ConsentRegistry_ExpiryNotInFuture(uint40 expiresAt);

    /// @notice The signed grant was meant for another number than the next snapshot's: the customer has acted since.
    error ConsentRegistry_StaleGrant(uint256 nonce, uint256 expected);

    /// @notice No number is left for a grant to this brand: the last one is kept for withdrawals.
    error ConsentRegistry_HistoryFull();

    /// @notice There is no snapshot with this number.
    error ConsentRegistry_UnknownSnapshot(uint16 number);

    /// @notice The customer has no open erasure request with this brand.
    error ConsentRegistry_NoErasureRequested(address customer, address brand);

    /// @notice Publishes the next version of the caller's notice. The caller is the brand.
    ///
    /// A consent given under an older version stays good for whatever has not changed since: only purposes and data
    /// classes that are marked here as changed have to be asked for again. Nothing that was refused becomes allowed.
    ///
    /// Requirements:
    /// - `digest` is not zero;
    /// - `oldestAcceptable` is neither lower than before nor higher than the new version;
    /// - `erasurePeriod` is from 1 to 90 days, in seconds.
    /// @param digest sha2-256 of the text.
    /// @param uri Where the text is.
    /// @param changedPurposes The purposes whose meaning is new or different.
    /// @param changedDataClasses The data classes whose meaning is new or different.
    /// @param oldestAcceptable Consents under older versions are no longer good.
    /// @param erasurePeriod Holds for requests that are made from now on.
    /// @return version 1 for the brand's first notice, then 2, 3, ...
    function publishNotice(
        bytes32 digest,
        string calldata uri,
        uint64 changedPurposes,
        uint64 changedDataClasses,
        uint32 oldestAcceptable,
        uint32 erasurePeriod
    ) external returns (uint32 version);

    /// @notice Allows `brand` to use the caller's data of `dataClasses` for `purposes`, and nothing else: replaces what
    /// was allowed before.
    ///
    /// The version need not be the newest: what has changed since is not allowed by such a grant, so a new version
    /// published a moment before neither blocks the customer nor binds her to a text she has not seen.
    ///
    /// Requirements:
    /// - `purposes` and `dataClasses` each have a bit set;
    /// - `brand` has published `noticeVersion`;
    /// - `noticeVersion` is not older than the brand's oldest acceptable one;
    /// - `expiresAt` is zero (until withdrawn) or in the future;
    /// - a number is left: 65,534 snapshots at most lead up to the last, which is kept for withdrawals.
    function grant(address brand, uint64 purposes, uint64 dataClasses, uint32 noticeVersion, uint40 expiresAt) external;

    /// @notice `grant` for `customer`, who signed it. The signature also covers the digest of the notice, so that it is
    /// good for no other text.
    ///
    /// Requirements:
    /// - what `grant` requires of the purposes, the data classes, the notice and the expiry;
    /// - `deadline` has not passed;
    /// - the signature is the customer's;
    /// - `nonce` is the number that the snapshot will get, one more than `snapshotCount`;
    /// - a number is left.
    function grantBySig(
        address customer,
        address brand,
        uint64 purposes,
        uint64 dataClasses,
        uint32 noticeVersion,
        uint40 expiresAt,
        uint256 nonce,
        uint256 deadline,
        bytes calldata signature
    ) external;

    /// @notice Takes back the named purposes and data classes from `brand`; what is not named stays as it is. Naming
    /// what is not allowed anyway does no harm. Takes a new snapshot in any case, so that grants signed before are
    /// worthless afterwards.
    ///
    /// Requirements:
    /// - a purpose or a data class is named.
    function withdraw(address brand, uint64 purposes, uint64 dataClasses) external;

    /// @notice `withdraw` for `customer`, who signed it.
    ///
    /// Requirements:
    /// - `deadline` has not passed;
    /// - the signature is the customer's;
    /// - the customer has not used the unordered `nonce`;
    /// - a purpose or a data class is named.
    function withdrawBySig(
        address customer,
        address brand,
        uint64 purposes,
        uint64 dataClasses,
        uint256 nonce,
        uint256 deadline,
        bytes calldata signature
    ) external;

    /// @notice Takes everything back from `brand`. It never fails, may be repeated, and makes every grant signed before
    /// worthless, also where nothing is allowed yet.
    function withdrawAll(address brand) external;

    /// @notice `withdrawAll` for `customer`, who signed it.
    ///
    /// Requirements:
    /// - `deadline` has not passed;
    /// - the signature is the customer's;
    /// - the customer has not used the unordered `nonce`.
    function withdrawAllBySig(
        address customer,
        address brand,
        uint256 nonce,
        uint256 deadline,
        bytes calldata signature
    ) external;

    /// @notice `withdrawAll` for each of the caller's `brands`.
    function withdrawEverywhere(address[] calldata brands) external;

    /// @notice `withdrawEverywhere` for `customer`, who signed it.
    ///
    /// Requirements:
    /// - `deadline` has not passed;
    /// - the signature is the customer's;
    /// - the customer has not used the unordered `nonce`.
    function withdrawEverywhereBySig(
        address customer,
        address[] calldata brands,
        uint256 nonce,
        uint256 deadline,
        bytes calldata signature
    ) external;

    /// @notice Takes everything back from `brand` and asks it to erase what it holds. While a request is open, asking
    /// again takes everything back again and leaves the request's dates as they are.
    function requestErasure(address brand) external;

    /// @notice `requestErasure` for `customer`, who signed it.
    ///
    /// Requirements:
    /// - `deadline` has not passed;
    /// - the signature is the customer's;
    /// - the customer has not used the unordered `nonce`.
    function requestErasureBySig(
        address customer,
        address brand,
        uint256 nonce,
        uint256 deadline,
        bytes calldata signature
    ) external;

    /// @notice States that the caller, a brand, has erased what it held about `customer`. She may ask again afterwards.
    ///
    /// Requirements:
    /// - `receiptDigest` is not zero;
    /// - the customer has an open request with the caller.
    function acknowledgeErasure(address customer, bytes32 receiptDigest) external;

    /// @notice Says whether `brand` may use the customer's data of `dataClass` for `purpose` now.
    function isAllowed(address customer, address brand, uint8 purpose, uint8 dataClass) external view returns (bool);

    /// @notice Says why `isAllowed` is false.
    function whyNot(address customer, address brand, uint8 purpose, uint8 dataClass) external view returns (Refusal);

    /// @notice Returns the latest snapshot; all zero if the customer never acted.
    function snapshotOf(address customer, address brand) external view returns (Snapshot memory);

    /// @notice Returns the snapshot with this number.
    ///
    /// Requirements:
    /// - `number` is from 1 to `snapshotCount`.
    function snapshotAt(address customer, address brand, uint16 number) external view returns (Snapshot memory);

    /// @notice Returns the number of the latest snapshot; zero if the customer never acted.
    function snapshotCount(address customer, address brand) external view returns (uint16);

    /// @notice Returns one version of the brand's notice.
    ///
    /// Requirements:
    /// - `brand` has published `version`.
    function noticeOf(address brand, uint32 version) external view returns (Notice memory);

    /// @notice Returns what holds for `brand` now. An address that never published a notice has 30 days for an erasure.
    function noticeState(address brand) external view returns (NoticeState memory);

    /// @notice Returns the version in which `purpose` last changed its meaning; zero if it never did.
    function purposeChangedIn(address brand, uint8 purpose) external view returns (uint32);

    /// @notice Returns the version in which `dataClass` last changed its meaning; zero if it never did.
    function dataClassChangedIn(address brand, uint8 dataClass) external view returns (uint32);

    /// @notice Returns when a later notice first made consents under `version` stop covering this purpose on this data
    /// class: by raising the oldest acceptable version above it, or by changing the meaning of the purpose or the data
    /// class. Zero if they still cover it, or if there is no such version. What it costs to ask grows with the logarithm
    /// of the number of changes.
    function outdatedAt(address brand, uint32 version, uint8 purpose, uint8 dataClass) external view returns (uint40);

    /// @notice Returns the customer's last erasure request; all zero if she never asked.
    function erasureOf(address customer, address brand) external view returns (Erasure memory);

    /// @notice Says whether the customer's request is open and past its due date.
    function isErasureOverdue(address customer, address brand) external view returns (bool);
}
