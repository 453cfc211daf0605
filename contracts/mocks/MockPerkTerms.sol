// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {IPerkTerms} from "../../interfaces/membership/IPerkTerms.sol";

/// @title A desk that answers as a test wants it to
/// @dev By itself it says yes to one question, about one card and one pin; with an answer of its own, that and nothing else.
contract MockPerkTerms is IPerkTerms {
    uint256 public knownCardId;
    bytes32 public knownPin;
    bytes public answer;
    bool public answers;

    error MockPerkTerms_NoAnswer();

    function know(uint256 cardId, bytes32 pin) external {
        (knownCardId, knownPin) = (cardId, pin);
    }

    function setAnswer(bytes calldata answer_) external {
        (answer, answers) = (answer_, true);
    }

    function hasPerksLeft(uint256 cardId, bytes32 pinned) external view returns (bool) {
        if (answers && answer.length == 0) revert MockPerkTerms_NoAnswer();
        if (!answers) return cardId == knownCardId && pinned == knownPin;
        bytes memory given = answer;
        assembly ("memory-safe") {
            return(add(given, 32), mload(given))
        }
    }
}
