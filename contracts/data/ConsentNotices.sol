// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {Checkpoints} from "@openzeppelin/contracts/utils/structs/Checkpoints.sol";

import {IConsentRegistry} from "../../interfaces/data/IConsentRegistry.sol";

/// @title The notices that brands publish and customers consent to
/// @dev The part of `ConsentRegistry` that brands write. It knows nothing of customers: a notice can make a consent
/// worthless, never better.
abstract contract ConsentNotices is IConsentRegistry {
    using Checkpoints for Checkpoints.Trace224;

    uint32 private constant SHORTEST_ERASURE_PERIOD = 1 days;
    uint32 private constant LONGEST_ERASURE_PERIOD = 90 days;
    uint32 private constant DEFAULT_ERASURE_PERIOD = 30 days;

    /// @dev latest 32 | oldestAcceptable 32 | erasurePeriod 32 in one slot.
    mapping(address brand => NoticeState) private _noticeStates;
    mapping(address brand => mapping(uint256 version => Notice)) private _notices;

    /// @dev For each bit the version that last changed its meaning, eight of 32 bits in a slot.
    mapping(address brand => mapping(uint256 word => uint256 versions)) private _purposeChanges;
    mapping(address brand => mapping(uint256 word => uint256 versions)) private _dataClassChanges;

    /// @dev For each bit every version that changed its meaning, with the time of its publication. The first version is left out: nobody
    /// can have consented before it.
    mapping(address brand => mapping(uint256 bit => Checkpoints.Trace224)) private _purposeHistory;
    mapping(address brand => mapping(uint256 bit => Checkpoints.Trace224)) private _dataClassHistory;

    /// @dev Every oldest acceptable version there ever was above the first, with the time from which it was that.
    mapping(address brand => Checkpoints.Trace224) private _oldestHistory;

    /* PUBLISH A NOTICE */

    /// @inheritdoc IConsentRegistry
    function publishNotice(
        bytes32 digest,
        string calldata uri,
        uint64 changedPurposes,
        uint64 changedDataClasses,
        uint32 oldestAcceptable,
        uint32 erasurePeriod
    ) external returns (uint32 version) {
        NoticeState memory state = _noticeStates[msg.sender];
        version = state.latest + 1;
        if (digest == 0) revert ConsentRegistry_EmptyDigest();
        if (oldestAcceptable < state.oldestAcceptable || oldestAcceptable > version) {
            revert ConsentRegistry_OldestAcceptableOutOfRange(oldestAcceptable, state.oldestAcceptable, version);
        }
        if (erasurePeriod < SHORTEST_ERASURE_PERIOD || erasurePeriod > LONGEST_ERASURE_PERIOD) {
            revert ConsentRegistry_ErasurePeriodOutOfRange(
                erasurePeriod,
                SHORTEST_ERASURE_PERIOD,
                LONGEST_ERASURE_PERIOD
            );
        }

        _noticeStates[msg.sender] = NoticeState(version, oldestAcceptable, erasurePeriod);
        _notices[msg.sender][version] = Notice({
            digest: digest,
            changedPurposes: changedPurposes,
            changedDataClasses: changedDataClasses,
            oldestAcceptable: oldestAcceptable,
            erasurePeriod: erasurePeriod,
            publishedAt: uint40(block.timestamp),
            uri: uri
        });
        _markChanged(_purposeChanges[msg.sender], _purposeHistory[msg.sender], changedPurposes, version);
        _markChanged(_dataClassChanges[msg.sender], _dataClassHistory[msg.sender], changedDataClasses, version);
        if (oldestAcceptable != state.oldestAcceptable && oldestAcceptable > 1) {
            _note(_oldestHistory[msg.sender], oldestAcceptable);
        }

        emit NoticePublished(
            msg.sender,
            version,
            digest,
            uri,
            changedPurposes,
            changedDataClasses,
            oldestAcceptable,
            erasurePeriod
        );
    }

    /* VIEWS */

    /// @inheritdoc IConsentRegistry
    function noticeOf(address brand, uint32 version) external view returns (Notice memory) {
        if (version == 0 || version > _noticeStates[brand].latest) revert ConsentRegistry_UnknownNotice(brand, version);
        return _notices[brand][version];
    }

    /// @inheritdoc IConsentRegistry
    function noticeState(address brand) external view returns (NoticeState memory state) {
        state = _noticeStates[brand];
        state.erasurePeriod = _erasurePeriod(brand);
    }

    /// @inheritdoc IConsentRegistry
    function purposeChangedIn(address brand, uint8 purpose) external view returns (uint32) {
        return _changedIn(_purposeChanges[brand], purpose);
    }

    /// @inheritdoc IConsentRegistry
    function dataClassChangedIn(address brand, uint8 dataClass) external view returns (uint32) {
        return _changedIn(_dataClassChanges[brand], dataClass);
    }

    /// @inheritdoc IConsentRegistry
    function outdatedAt(address brand, uint32 version, uint8 purpose, uint8 dataClass) external view returns (uint40) {
        if (version == 0 || version >= _noticeStates[brand].latest) return 0;
        uint32 later = version + 1;
        uint256 at = _oldestHistory[brand].lowerLookup(later);
        at = _earlier(at, _purposeHistory[brand][purpose].lowerLookup(later));
        return uint40(_earlier(at, _dataClassHistory[brand][dataClass].lowerLookup(later)));
    }

    /* INTERNALS */

    /// @dev Reverts unless `brand` has published `version` and still accepts it.
    function _checkNotice(address brand, uint32 version) internal view {
        NoticeState storage state = _noticeStates[brand];
        uint32 latest = state.latest;
        // The latest is always acceptable, and most grants name it.
        if (version == latest && version != 0) return;
        if (version == 0 || version > latest) revert ConsentRegistry_UnknownNotice(brand, version);
        if (version < state.oldestAcceptable) {
            revert ConsentRegistry_NoticeTooOld(version, state.oldestAcceptable);
        }
    }

    /// @dev What a consent under `version` lacks for this purpose and data class by now.
    function _outdated(address brand, uint32 version, uint8 purpose, uint8 dataClass) internal view returns (Refusal) {
        NoticeState storage state = _noticeStates[brand];
        if (version < state.oldestAcceptable) return Refusal.NoticeTooOld;
        // Versions are counted: being the latest is a matter of equality.
        // slither-disable-next-line incorrect-equality
        if (version == state.latest) return Refusal.None;
        if (_changedIn(_purposeChanges[brand], purpose) > version) return Refusal.PurposeChanged;
        if (_changedIn(_dataClassChanges[brand], dataClass) > version) return Refusal.DataClassChanged;
        return Refusal.None;
    }

    function _noticeDigest(address brand, uint32 version) internal view returns (bytes32) {
        return _notices[brand][version].digest;
    }

    function _erasurePeriod(address brand) internal view returns (uint32) {
        uint32 period = _noticeStates[brand].erasurePeriod;
        return period == 0 ? DEFAULT_ERASURE_PERIOD : period;
    }

    /// @dev Writes `version` into the lane of every bit that is set in `changed`, and notes it in the bit's history; words without such a
    /// bit are left alone.
    function _markChanged(
        mapping(uint256 => uint256) storage changes,
        mapping(uint256 => Checkpoints.Trace224) storage history,
        uint64 changed,
        uint32 version
    ) private {
        for (uint256 word = 0; changed != 0; ++word) {
            uint256 lanes = changed & 0xff;
            if (lanes != 0) {
                uint256 versions = changes[word];
                for (uint256 shift = 0; shift < 256; shift += 32) {
                    if (lanes & 1 != 0) {
                        versions = (versions & ~(uint256(type(uint32).max) << shift)) | (uint256(version) << shift);
                        if (version > 1) _note(history[(word << 3) | (shift >> 5)], version);
                    }
                    lanes >>= 1;
                }
                changes[word] = versions;
            }
            changed >>= 8;
        }
    }

    /// @dev Versions only grow, so a note is never refused, and never replaces another.
    function _note(Checkpoints.Trace224 storage history, uint32 version) private {
        // What it returns is the value before and this one.
        // slither-disable-next-line unused-return
        history.push(version, uint224(block.timestamp));
    }

    /// @dev Zero stands for never.
    function _earlier(uint256 a, uint256 b) private pure returns (uint256) {
        return a == 0 || (b != 0 && b < a) ? b : a;
    }

    function _changedIn(mapping(uint256 => uint256) storage changes, uint256 bit) private view returns (uint32) {
        return uint32(changes[bit >> 3] >> ((bit & 7) << 5));
    }
}
