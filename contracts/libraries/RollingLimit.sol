// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

/// @title At most so much within any stretch of one period, wherever it begins
/// @dev Time is cut into windows of one period. What is used in a window counts until a full period after that window's latest use: of
/// any stretch of one period, the part before a window's beginning and the part after it are then both counted at its end, and no
/// boundary gives two limits at once. The price are two words, and that steady use finds room for half the limit or more.
library RollingLimit {
    /// @dev By hand rather than as a packed struct: a use then loads and stores each word once.
    struct Limit {
        uint256 usage; // from the lowest bit: used in the window of `lastAt` 128 | used in the last window before it that had a use 128
        uint256 terms; // from the lowest bit: limit 128 | period 32 | lastAt 40 | lastBeforeAt 40 | free 16
    }

    uint256 private constant _BEFORE = 128;
    uint256 private constant _PERIOD = 128;
    uint256 private constant _LAST = 160;
    uint256 private constant _LAST_BEFORE = 200;

    /// @dev Replaces limit and period. What was used keeps counting, until a full (new) period has passed since. Only for a period
    /// that is not zero.
    function set(Limit storage self, uint128 newLimit, uint32 newPeriod) internal {
        uint256 terms = self.terms;
        uint256 oldPeriod = uint32(terms >> _PERIOD);
        if (newPeriod != oldPeriod && oldPeriod != 0) {
            // The windows are others from now on: all that still counts goes into the one of the latest use.
            (uint256 used, uint256 usedBefore, ) = _rolled(self.usage, terms);
            self.usage = uint128(used + usedBefore);
        }
        self.terms = ((terms >> _LAST) << _LAST) | (uint256(newPeriod) << _PERIOD) | newLimit;
    }

    /// @dev Uses `amount` if it is `within` what is left, and does nothing if it is not. `left` is what was left before.
    function spend(Limit storage self, uint256 amount) internal returns (bool within, uint256 left) {
        uint256 terms = self.terms;
        (uint256 used, uint256 usedBefore, uint256 lastBeforeAt) = _rolled(self.usage, terms);
        left = _left(terms, used, usedBefore);
        if (amount > left) return (false, left);
        within = true;
        unchecked {
            used += amount; // fits: it is at most the limit
        }
        self.usage = (usedBefore << _BEFORE) | used;
        self.terms = (lastBeforeAt << _LAST_BEFORE) | (uint256(uint40(block.timestamp)) << _LAST) | uint160(terms);
    }

    /// @dev Takes up to `amount` off what counts, the latest first: what is limited is then what is used less what comes back, still in
    /// any stretch of one period. The word is taken as it is: once the window of `lastAt` is over, its second half counts no more.
    function giveBack(Limit storage self, uint256 amount) internal {
        uint256 usage = self.usage;
        if (usage == 0) return;
        uint256 used = uint128(usage);
        uint256 usedBefore = usage >> _BEFORE;
        unchecked {
            if (amount <= used) {
                used -= amount;
            } else {
                amount -= used;
                used = 0;
                usedBefore = amount < usedBefore ? usedBefore - amount : 0;
            }
        }
        self.usage = (usedBefore << _BEFORE) | used;
    }

    /// @dev The limit and its period, as they were set.
    function limitOf(Limit storage self) internal view returns (uint128 limit, uint32 period) {
        uint256 terms = self.terms;
        return (uint128(terms), uint32(terms >> _PERIOD));
    }

    /// @dev How much may be used now.
    function available(Limit storage self) internal view returns (uint256) {
        uint256 terms = self.terms;
        (uint256 used, uint256 usedBefore, ) = _rolled(self.usage, terms);
        return _left(terms, used, usedBefore);
    }

    /// @dev What was used and still counts: more than the limit after that was lowered.
    function counted(Limit storage self) internal view returns (uint128) {
        (uint256 used, uint256 usedBefore, ) = _rolled(self.usage, self.terms);
        return uint128(used + usedBefore);
    }

    /// @dev What counts now: moved on to the running window, without what no longer counts. The sum of both amounts was once within a
    /// limit and only falls from then on, so it fits 128 bits.
    function _rolled(
        uint256 usage,
        uint256 terms
    ) private view returns (uint256 used, uint256 usedBefore, uint256 lastBeforeAt) {
        used = uint128(usage);
        uint256 period = uint32(terms >> _PERIOD);
        uint256 lastAt = uint40(terms >> _LAST);
        if (block.timestamp / period != lastAt / period) {
            usedBefore = used;
            used = 0;
            lastBeforeAt = lastAt;
        } else {
            usedBefore = usage >> _BEFORE;
            lastBeforeAt = uint40(terms >> _LAST_BEFORE);
        }
        unchecked {
            if (block.timestamp >= lastBeforeAt + period) usedBefore = 0;
        }
    }

    function _left(uint256 terms, uint256 used, uint256 usedBefore) private pure returns (uint256) {
        unchecked {
            uint256 sum = used + usedBefore;
            uint256 limit = uint128(terms);
            return sum < limit ? limit - sum : 0;
        }
    }
}
