// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

/// @title What a programme's governor adds to OpenZeppelin's
interface IProgramGovernor {
    /// @notice The points count time in `clockMode`; the governor's times are seconds, `mode=timestamp`.
    error ProgramGovernor_WrongClock(string clockMode);
}
