// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {IPerkReceiver} from "../../interfaces/membership/IPerkReceiver.sol";

/// @title A contract that is told of redemptions, with every way of answering
/// @dev It keeps a digest of the last call, or acts instead if it was told to.
contract MockPerkReceiver is IPerkReceiver {
    enum Answer {
        Accept,
        Revert,
        BurnGas,
        Bomb
    }

    Answer public answer;
    address public target;
    /// @dev In the same word as the target, so that its 50,000 gas go further.
    bool public actSucceeded;
    bytes public data;
    bytes32 public told;
    uint256 public toldGas;

    error MockPerkReceiver_Refused();

    function setAnswer(Answer answer_) external {
        answer = answer_;
    }

    /// @dev Calls `target_` with `data_` in the next call.
    function setAct(address target_, bytes calldata data_) external {
        (target, data) = (target_, data_);
    }

    function execute(address target_, bytes calldata data_) external {
        (bool success, bytes memory result) = target_.call(data_);
        if (!success) {
            assembly ("memory-safe") {
                revert(add(result, 32), mload(result))
            }
        }
    }

    function onPerkRedeemed(
        bytes32 redemptionId,
        uint256 cardId,
        address holder,
        uint16 tierId,
        uint8 perkId,
        bytes32 ref
    ) external {
        uint256 gas_ = gasleft();
        if (answer == Answer.Revert) revert MockPerkReceiver_Refused();
        if (answer == Answer.BurnGas) while (true) {}
        if (answer == Answer.Bomb) {
            assembly ("memory-safe") {
                revert(0, 70000)
            }
        }
        if (target != address(0)) {
            (actSucceeded, ) = target.call(data);
            return;
        }
        told = keccak256(abi.encode(msg.sender, redemptionId, cardId, holder, tierId, perkId, ref));
        toldGas = gas_;
    }
}
