// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {Governor} from "@openzeppelin/contracts/governance/Governor.sol";
import {TimelockController} from "@openzeppelin/contracts/governance/TimelockController.sol";
import {GovernorCountingSimple} from "@openzeppelin/contracts/governance/extensions/GovernorCountingSimple.sol";
import {GovernorPreventLateQuorum} from "@openzeppelin/contracts/governance/extensions/GovernorPreventLateQuorum.sol";
import {GovernorProposalGuardian} from "@openzeppelin/contracts/governance/extensions/GovernorProposalGuardian.sol";
import {GovernorSettings} from "@openzeppelin/contracts/governance/extensions/GovernorSettings.sol";
import {GovernorTimelockControl} from "@openzeppelin/contracts/governance/extensions/GovernorTimelockControl.sol";
import {GovernorVotes} from "@openzeppelin/contracts/governance/extensions/GovernorVotes.sol";
import {GovernorVotesQuorumFraction} from "@openzeppelin/contracts/governance/extensions/GovernorVotesQuorumFraction.sol";
import {IVotes} from "@openzeppelin/contracts/governance/utils/IVotes.sol";
import {Time} from "@openzeppelin/contracts/utils/types/Time.sol";

import {IProgramGovernor} from "../../interfaces/governance/IProgramGovernor.sol";

/// @title Where the customers of a programme decide
/// @notice Points that are delegated, to oneself or to somebody else, vote: what counts is what they were when voting on a proposal began.
/// A proposal that reaches the quorum with more votes for than against waits in the timelock; then anyone carries it out.
/// @dev All of it is OpenZeppelin's; this contract says which parts a programme has:
/// - Times are seconds, as the points' own clock must be. The governor reads the block's time itself: asking the points for it costs
///   every voter a call.
/// - The quorum is a share of all points at the snapshot, delegated or not. Delegating is opt-in, so it should be well below what
///   customers usually delegate. Votes for and abstentions count towards it.
/// - While few points are out, the quorum is small as well, and whoever holds an issuer's key could vote with a whole budget. The delays
///   leave the guardian the time to cancel, and the brand's admin the time to take back the role that the timelock holds.
/// - Whoever tips the quorum late prolongs the vote: the others always have `lateQuorumExtension` seconds left to answer.
/// - The guardian may cancel a proposal until it is executed, and nothing else. Only the customers replace it; it can cancel that proposal
///   too, so it is a veto, not only a brake: a programme that wants none names the zero address, and each proposer can then cancel her own.
/// - The settings, the guardian and the timelock change by proposal only.
contract ProgramGovernor is
    IProgramGovernor,
    GovernorSettings,
    GovernorCountingSimple,
    GovernorVotes,
    GovernorVotesQuorumFraction,
    GovernorPreventLateQuorum,
    GovernorTimelockControl,
    GovernorProposalGuardian
{
    /// @param name_ The governor's name, also of its EIP-712 domain
    /// @param token_ The points, an ERC-5805 token
    /// @param timelock_ The timelock that carries out what was decided; this governor must become its proposer and canceller
    /// @param guardian_ Who may cancel proposals until they are executed
    /// @param votingDelay_ Seconds from a proposal to its snapshot, when voting begins
    /// @param votingPeriod_ Seconds that voting lasts
    /// @param proposalThreshold_ Votes needed to propose
    /// @param quorumPercent Percent of all points at the snapshot that must vote for or abstain
    /// @param lateQuorumExtension Seconds that voting lasts at least after the quorum was reached
    constructor(
        string memory name_,
        IVotes token_,
        TimelockController timelock_,
        address guardian_,
        uint48 votingDelay_,
        uint32 votingPeriod_,
        uint256 proposalThreshold_,
        uint256 quorumPercent,
        uint48 lateQuorumExtension
    )
        Governor(name_)
        GovernorSettings(votingDelay_, votingPeriod_, proposalThreshold_)
        GovernorVotes(token_)
        GovernorVotesQuorumFraction(quorumPercent)
        GovernorPreventLateQuorum(lateQuorumExtension)
        GovernorTimelockControl(timelock_)
    {
        string memory clockMode = token().CLOCK_MODE();
        if (keccak256(bytes(clockMode)) != keccak256("mode=timestamp")) revert ProgramGovernor_WrongClock(clockMode);
        _setProposalGuardian(guardian_);
    }

    /* WHERE TWO PARTS MEET */

    /// @inheritdoc Governor
    function clock() public view override(Governor, GovernorVotes) returns (uint48) {
        return Time.timestamp();
    }

    /// @inheritdoc Governor
    function state(uint256 proposalId) public view override(Governor, GovernorTimelockControl) returns (ProposalState) {
        return super.state(proposalId);
    }

    /// @inheritdoc Governor
    function proposalDeadline(
        uint256 proposalId
    ) public view override(Governor, GovernorPreventLateQuorum) returns (uint256) {
        return super.proposalDeadline(proposalId);
    }

    /// @inheritdoc Governor
    function proposalNeedsQueuing(
        uint256 proposalId
    ) public view override(Governor, GovernorTimelockControl) returns (bool) {
        return super.proposalNeedsQueuing(proposalId);
    }

    /// @inheritdoc Governor
    function proposalThreshold() public view override(Governor, GovernorSettings) returns (uint256) {
        return super.proposalThreshold();
    }

    function _tallyUpdated(uint256 proposalId) internal override(Governor, GovernorPreventLateQuorum) {
        super._tallyUpdated(proposalId);
    }

    function _validateCancel(
        uint256 proposalId,
        address caller
    ) internal view override(Governor, GovernorProposalGuardian) returns (bool) {
        return super._validateCancel(proposalId, caller);
    }

    function _queueOperations(
        uint256 proposalId,
        address[] memory targets,
        uint256[] memory values,
        bytes[] memory calldatas,
        bytes32 descriptionHash
    ) internal override(Governor, GovernorTimelockControl) returns (uint48) {
        return super._queueOperations(proposalId, targets, values, calldatas, descriptionHash);
    }

    function _executeOperations(
        uint256 proposalId,
        address[] memory targets,
        uint256[] memory values,
        bytes[] memory calldatas,
        bytes32 descriptionHash
    ) internal override(Governor, GovernorTimelockControl) {
        super._executeOperations(proposalId, targets, values, calldatas, descriptionHash);
    }

    function _cancel(
        address[] memory targets,
        uint256[] memory values,
        bytes[] memory calldatas,
        bytes32 descriptionHash
    ) internal override(Governor, GovernorTimelockControl) returns (uint256) {
        return super._cancel(targets, values, calldatas, descriptionHash);
    }

    function _executor() internal view override(Governor, GovernorTimelockControl) returns (address) {
        return super._executor();
    }
}
