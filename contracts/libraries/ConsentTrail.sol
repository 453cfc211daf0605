// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {IConsentRegistry} from "../../interfaces/data/IConsentRegistry.sol";
import {ConsentSnapshot} from "./ConsentSnapshot.sol";

/// @title How long a customer's consent to one use has lasted without a gap
/// @dev Her snapshots are followed one by one from one that covered the use. A snapshot bears it from when it was taken until it *fails*: it
/// expires, or a notice leaves it behind. If the next one was taken by then and covers the use too, the next one bears it on. Nothing that
/// is decided here about a moment in the past ever changes: snapshots and publications only come after it.
library ConsentTrail {
    /// @dev The use, and since when it is looked at. A notice that the brand publishes after `since` makes no snapshot fail before
    /// `earliest`, so that it cannot end by a notice what it could not end by a closing.
    struct Trail {
        IConsentRegistry consents;
        address customer;
        address brand;
        uint8 purpose;
        uint8 dataClass;
        uint40 since;
        uint40 earliest;
    }

    uint40 private constant NEVER = type(uint40).max;

    /// @dev The very last snapshot is overwritten by withdrawals, so that its time is not that of the first of them. Where a trail ends
    /// must not change: it ends with the snapshot before, which is kept for good.
    uint256 private constant FIRST_UNFIT_NUMBER = ConsentSnapshot.LAST_NUMBER - 1;

    /// @dev Follows from the snapshot `number`, which covers the use, to at most `steps` later ones.
    /// @return reached The last snapshot that bore the use, as far as was looked.
    /// @return until Up to when it was borne; not after now.
    /// @return ended Whether it was borne no longer.
    function follow(
        Trail memory trail,
        uint16 number,
        uint256 steps
    ) internal view returns (uint16 reached, uint40 until, bool ended) {
        uint16 latest = latestOf(trail);
        IConsentRegistry.Snapshot memory shown = _snapshotAt(trail, number);
        uint40 outdatedAt = _outdatedAt(trail, shown);
        uint40 fails = _failsAt(shown, outdatedAt);
        for (; number < latest; ++number) {
            IConsentRegistry.Snapshot memory next = _snapshotAt(trail, number + 1);
            if (fails < next.at) return (number, fails, true);
            if (!_covers(trail, next)) return (number, next.at, true);
            if (steps == 0) return (number, next.at, false);
            --steps;
            // Most snapshots name the notice of the one before, of which the answer is known.
            if (next.noticeVersion != shown.noticeVersion) outdatedAt = _outdatedAt(trail, next);
            fails = _failsAt(next, outdatedAt);
            shown = next;
        }
        uint40 now_ = uint40(block.timestamp);
        return fails < now_ ? (number, fails, true) : (number, now_, false);
    }

    /// @dev When the use was borne no longer, at the latest, as the snapshot `number` of the `latest` alone shows; zero if it does not
    /// show that.
    function endShownBy(Trail memory trail, uint16 number, uint16 latest) internal view returns (uint40) {
        IConsentRegistry.Snapshot memory shown = _snapshotAt(trail, number);
        if (!_covers(trail, shown)) return shown.at;
        uint40 replacedAt = number < latest ? _snapshotAt(trail, number + 1).at : uint40(block.timestamp);
        uint40 fails = _failsAt(shown, _outdatedAt(trail, shown));
        return fails < replacedAt ? fails : 0;
    }

    function latestOf(Trail memory trail) internal view returns (uint16) {
        return trail.consents.snapshotCount(trail.customer, trail.brand);
    }

    /// @dev Whether a snapshot with this number can bear anything.
    function isFit(uint16 number) internal pure returns (bool) {
        return number < FIRST_UNFIT_NUMBER;
    }

    function _covers(Trail memory trail, IConsentRegistry.Snapshot memory snapshot) private pure returns (bool) {
        uint64 both = (snapshot.purposes >> trail.purpose) & (snapshot.dataClasses >> trail.dataClass) & 1;
        return both != 0 && isFit(snapshot.number);
    }

    /// @dev From when on a notice leaves the snapshot behind, as far as it counts here; zero if none does.
    function _outdatedAt(
        Trail memory trail,
        IConsentRegistry.Snapshot memory snapshot
    ) private view returns (uint40 at) {
        at = trail.consents.outdatedAt(trail.brand, snapshot.noticeVersion, trail.purpose, trail.dataClass);
        if (at >= trail.since && at < trail.earliest) at = trail.earliest;
    }

    /// @dev The first moment of which the snapshot says nothing any more. A snapshot that was of no use from the start, because it names a
    /// notice left behind before, fails as it is taken.
    function _failsAt(IConsentRegistry.Snapshot memory snapshot, uint40 outdatedAt) private pure returns (uint40 at) {
        at = snapshot.expiresAt == 0 ? NEVER : snapshot.expiresAt;
        if (outdatedAt != 0 && outdatedAt < at) at = outdatedAt;
        if (at < snapshot.at) at = snapshot.at;
    }

    function _snapshotAt(Trail memory trail, uint16 number) private view returns (IConsentRegistry.Snapshot memory) {
        return trail.consents.snapshotAt(trail.customer, trail.brand, number);
    }
}
