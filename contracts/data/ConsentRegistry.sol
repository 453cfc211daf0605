// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";

import {IConsentRegistry} from "../../interfaces/data/IConsentRegistry.sol";
import {ConsentSnapshot} from "../libraries/ConsentSnapshot.sol";
import {Signed} from "../libraries/Signed.sol";
import {ConsentNotices} from "./ConsentNotices.sol";

/// @title Who may use whose data for what
/// @dev Every write to a snapshot goes through `_grant` or `_withdraw`, and both write the entry of the address that
/// acts or signs.
contract ConsentRegistry is ConsentNotices, Signed {
    using ConsentSnapshot for uint256;

    /// @dev The latest snapshot, packed as `ConsentSnapshot` says, and under their numbers those it replaced. A first
    /// grant writes one new slot, any other act changes one and writes one new.
    struct Consent {
        uint256 latest;
        mapping(uint256 number => uint256 snapshot) history;
    }

    bytes32 private constant GRANT_TYPEHASH = keccak256(
        "GrantConsent(address customer,address brand,uint64 purposes,uint64 dataClasses,uint32 noticeVersion,"
        "bytes32 noticeDigest,uint40 expiresAt,uint256 nonce,uint256 deadline)"
    );
    bytes32 private constant WITHDRAW_TYPEHASH = keccak256(
        "WithdrawConsent(address customer,address brand,uint64 purposes,uint64 dataClasses,uint256 nonce,"
        "uint256 deadline)"
    );
    bytes32 private constant WITHDRAW_ALL_TYPEHASH = keccak256(
        "WithdrawAllConsent(address customer,address brand,uint256 nonce,uint256 deadline)"
    );
    bytes32 private constant WITHDRAW_EVERYWHERE_TYPEHASH = keccak256(
        "WithdrawConsentEverywhere(address customer,address[] brands,uint256 nonce,uint256 deadline)"
    );
    bytes32 private constant REQUEST_ERASURE_TYPEHASH = keccak256(
        "RequestErasure(address customer,address brand,uint256 nonce,uint256 deadline)"
    );

    mapping(address customer => mapping(address brand => Consent)) private _consents;

    /// @dev requestedAt 40 | dueAt 40 | acknowledgedAt 40 in one slot, the receipt's digest in the next.
    mapping(address customer => mapping(address brand => Erasure)) private _erasures;

    constructor() EIP712("ConsentRegistry", "1") {}

    /* GRANT */

    /// @inheritdoc IConsentRegistry
    function grant(
        address brand,
        uint64 purposes,
        uint64 dataClasses,
        uint32 noticeVersion,
        uint40 expiresAt
    ) external {
        uint256 granted = _checkedGrant(brand, purposes, dataClasses, noticeVersion, expiresAt);
        _grant(msg.sender, brand, granted);
    }

    /// @inheritdoc IConsentRegistry
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
    ) external {
        uint256 granted = _checkedGrant(brand, purposes, dataClasses, noticeVersion, expiresAt);
        // In two parts, because the compiler cannot reach so many variables at once.
        bytes32 structHash = keccak256(
            bytes.concat(
                abi.encode(GRANT_TYPEHASH, customer, brand, purposes, dataClasses, noticeVersion),
                abi.encode(_noticeDigest(brand, noticeVersion), expiresAt, nonce, deadline)
            )
        );
        _checkSigned(customer, structHash, deadline, signature);
        _checkIsNext(customer, brand, nonce);
        _grant(customer, brand, granted);
    }

    /* WITHDRAW */

    /// @inheritdoc IConsentRegistry
    function withdraw(address brand, uint64 purposes, uint64 dataClasses) external {
        _withdrawNamed(msg.sender, brand, purposes, dataClasses);
    }

    /// @inheritdoc IConsentRegistry
    function withdrawBySig(
        address customer,
        address brand,
        uint64 purposes,
        uint64 dataClasses,
        uint256 nonce,
        uint256 deadline,
        bytes calldata signature
    ) external {
        bytes32 structHash = keccak256(
            abi.encode(WITHDRAW_TYPEHASH, customer, brand, purposes, dataClasses, nonce, deadline)
        );
        _useSigned(customer, structHash, nonce, deadline, signature);
        _withdrawNamed(customer, brand, purposes, dataClasses);
    }

    /// @inheritdoc IConsentRegistry
    function withdrawAll(address brand) external {
        _withdraw(msg.sender, brand, type(uint64).max, type(uint64).max);
    }

    /// @inheritdoc IConsentRegistry
    function withdrawAllBySig(
        address customer,
        address brand,
        uint256 nonce,
        uint256 deadline,
        bytes calldata signature
    ) external {
        bytes32 structHash = keccak256(abi.encode(WITHDRAW_ALL_TYPEHASH, customer, brand, nonce, deadline));
        _useSigned(customer, structHash, nonce, deadline, signature);
        _withdraw(customer, brand, type(uint64).max, type(uint64).max);
    }

    /// @inheritdoc IConsentRegistry
    function withdrawEverywhere(address[] calldata brands) external {
        _withdrawEverywhere(msg.sender, brands);
    }

    /// @inheritdoc IConsentRegistry
    function withdrawEverywhereBySig(
        address customer,
        address[] calldata brands,
        uint256 nonce,
        uint256 deadline,
        bytes calldata signature
    ) external {
        bytes32 structHash = keccak256(
            abi.encode(WITHDRAW_EVERYWHERE_TYPEHASH, customer, keccak256(abi.encodePacked(brands)), nonce, deadline)
        );
        _useSigned(customer, structHash, nonce, deadline, signature);
        _withdrawEverywhere(customer, brands);
    }

    /* ERASURE */

    /// @inheritdoc IConsentRegistry
    function requestErasure(address brand) external {
        _requestErasure(msg.sender, brand);
    }

    /// @inheritdoc IConsentRegistry
    function requestErasureBySig(
        address customer,
        address brand,
        uint256 nonce,
        uint256 deadline,
        bytes calldata signature
    ) external {
        bytes32 structHash = keccak256(abi.encode(REQUEST_ERASURE_TYPEHASH, customer, brand, nonce, deadline));
        _useSigned(customer, structHash, nonce, deadline, signature);
        _requestErasure(customer, brand);
    }

    /// @inheritdoc IConsentRegistry
    function acknowledgeErasure(address customer, bytes32 receiptDigest) external {
        Erasure storage erasure = _erasures[customer][msg.sender];
        if (receiptDigest == 0) revert ConsentRegistry_EmptyDigest();
        if (!_isOpen(erasure)) revert ConsentRegistry_NoErasureRequested(customer, msg.sender);

        erasure.acknowledgedAt = uint40(block.timestamp);
        erasure.receiptDigest = receiptDigest;
        emit ErasureAcknowledged(customer, msg.sender, receiptDigest);
    }

    /* VIEWS */

    /// @inheritdoc IConsentRegistry
    function isAllowed(address customer, address brand, uint8 purpose, uint8 dataClass) external view returns (bool) {
        return whyNot(customer, brand, purpose, dataClass) == Refusal.None;
    }

    /// @inheritdoc IConsentRegistry
    function whyNot(address customer, address brand, uint8 purpose, uint8 dataClass) public view returns (Refusal) {
        uint256 word = _consents[customer][brand].latest;
        // A shift by 64 or more leaves nothing, so a bit that does not exist is never granted. Bits are set or not: equality is meant.
        // slither-disable-start incorrect-equality
        if (word.purposes() | word.dataClasses() == 0) return Refusal.NoConsent;
        if ((word.purposes() >> purpose) & 1 == 0) return Refusal.PurposeNotGranted;
        if ((word.dataClasses() >> dataClass) & 1 == 0) return Refusal.DataClassNotGranted;
        // slither-disable-end incorrect-equality
        uint40 expiresAt = word.expiresAt();
        if (expiresAt != 0 && block.timestamp >= expiresAt) return Refusal.Expired;
        return _outdated(brand, word.noticeVersion(), purpose, dataClass);
    }

    /// @inheritdoc IConsentRegistry
    function snapshotOf(address customer, address brand) external view returns (Snapshot memory) {
        return _unpack(_consents[customer][brand].latest);
    }

    /// @inheritdoc IConsentRegistry
    function snapshotAt(address customer, address brand, uint16 number) external view returns (Snapshot memory) {
        Consent storage consent = _consents[customer][brand];
        uint256 latest = consent.latest;
        if (number == 0 || number > latest.number()) revert ConsentRegistry_UnknownSnapshot(number);
        return _unpack(number == latest.number() ? latest : consent.history[number]);
    }

    /// @inheritdoc IConsentRegistry
    function snapshotCount(address customer, address brand) external view returns (uint16) {
        return _consents[customer][brand].latest.number();
    }

    /// @inheritdoc IConsentRegistry
    function erasureOf(address customer, address brand) external view returns (Erasure memory) {
        return _erasures[customer][brand];
    }

    /// @inheritdoc IConsentRegistry
    function isErasureOverdue(address customer, address brand) external view returns (bool) {
        Erasure storage erasure = _erasures[customer][brand];
        return _isOpen(erasure) && block.timestamp > erasure.dueAt;
    }

    /* INTERNALS */

    /// @dev Returns the snapshot that the grant asks for, still without its number, after checking all that does not
    /// depend on who grants.
    function _checkedGrant(
        address brand,
        uint64 purposes,
        uint64 dataClasses,
        uint32 noticeVersion,
        uint40 expiresAt
    ) private view returns (uint256) {
        if (purposes == 0 || dataClasses == 0) revert ConsentRegistry_NothingNamed();
        _checkNotice(brand, noticeVersion);
        if (expiresAt <= block.timestamp && expiresAt != 0) revert ConsentRegistry_ExpiryNotInFuture(expiresAt);
        return ConsentSnapshot.pack(purposes, dataClasses, noticeVersion, uint40(block.timestamp), expiresAt, 0);
    }

    /// @dev The nonce of a signed grant is the number that its snapshot gets.
    function _checkIsNext(address customer, address brand, uint256 nonce) private view {
        uint256 expected = uint256(_consents[customer][brand].latest.number()) + 1;
        if (nonce != expected) revert ConsentRegistry_StaleGrant(nonce, expected);
    }

    /// @dev Grants stop one number short of the last, so that the last grant stays readable whatever is withdrawn
    /// afterwards.
    function _grant(address customer, address brand, uint256 granted) private {
        Consent storage consent = _consents[customer][brand];
        uint256 previous = consent.latest;
        uint256 number = previous.number();
        if (number != 0) {
            if (number >= ConsentSnapshot.LAST_NUMBER - 1) revert ConsentRegistry_HistoryFull();
            consent.history[number] = previous;
        }
        // The low 16 bits are free for the number, which the check above keeps below 2**16.
        unchecked {
            granted += number + 1;
        }
        consent.latest = granted;
        emit ConsentGranted(customer, brand, granted);
    }

    function _withdrawNamed(address customer, address brand, uint64 purposes, uint64 dataClasses) private {
        if (purposes | dataClasses == 0) revert ConsentRegistry_NothingNamed();
        _withdraw(customer, brand, purposes, dataClasses);
    }

    /// @dev Nothing in here may fail: at the last number a withdrawal overwrites the one before it. It takes a number
    /// even where nothing was allowed, because a signed grant that somebody holds back is good for the next number.
    function _withdraw(address customer, address brand, uint64 purposes, uint64 dataClasses) private {
        Consent storage consent = _consents[customer][brand];
        uint256 previous = consent.latest;
        uint256 number = previous.number();
        if (number < ConsentSnapshot.LAST_NUMBER) {
            if (number != 0) consent.history[number] = previous;
            ++number;
        }
        uint256 left = ConsentSnapshot.pack(
            previous.purposes() & ~purposes,
            previous.dataClasses() & ~dataClasses,
            previous.noticeVersion(),
            uint40(block.timestamp),
            previous.expiresAt(),
            uint16(number)
        );
        consent.latest = left;
        emit ConsentWithdrawn(customer, brand, left);
    }

    /// @dev The list is the customer's own: nobody else can make it longer.
    function _withdrawEverywhere(address customer, address[] calldata brands) private {
        for (uint256 i = 0; i < brands.length; ++i) {
            _withdraw(customer, brands[i], type(uint64).max, type(uint64).max);
        }
    }

    function _requestErasure(address customer, address brand) private {
        _withdraw(customer, brand, type(uint64).max, type(uint64).max);
        Erasure storage erasure = _erasures[customer][brand];
        if (_isOpen(erasure)) return;

        uint40 dueAt = uint40(block.timestamp + _erasurePeriod(brand));
        _erasures[customer][brand] = Erasure(uint40(block.timestamp), dueAt, 0, 0);
        emit ErasureRequested(customer, brand, dueAt);
    }

    function _isOpen(Erasure storage erasure) private view returns (bool) {
        return erasure.requestedAt != 0 && erasure.acknowledgedAt == 0;
    }

    function _unpack(uint256 word) private pure returns (Snapshot memory) {
        return
            Snapshot({
                purposes: word.purposes(),
                dataClasses: word.dataClasses(),
                noticeVersion: word.noticeVersion(),
                at: word.at(),
                expiresAt: word.expiresAt(),
                number: word.number()
            });
    }
}
