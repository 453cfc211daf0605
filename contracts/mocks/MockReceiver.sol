// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

/// @title A contract that receives ERC-721 tokens for tests, with every way of answering
/// @dev It accepts by default. It can answer with another value, revert with or without a reason, or act in the callback before it
/// accepts; it remembers the last callback.
contract MockReceiver {
    error MockReceiver_Refused(uint256 tokenId);

    enum Answer {
        Accept,
        WrongValue,
        Revert,
        RevertWithReason
    }

    Answer public answer;
    address public target;
    bytes public data;
    bool public actSucceeded;
    bytes public actResult;

    address public operator;
    address public sender;
    uint256 public tokenId;
    bytes public message;

    receive() external payable {}

    function setAnswer(Answer answer_) external {
        answer = answer_;
    }

    /// @dev Calls `target_` with `data_` and all the native coin held, once, in the next callback.
    function setAct(address target_, bytes calldata data_) external payable {
        target = target_;
        data = data_;
    }

    function execute(address target_, bytes calldata data_) external payable returns (bytes memory) {
        (bool success, bytes memory result) = target_.call{value: msg.value}(data_);
        if (!success) {
            assembly ("memory-safe") {
                revert(add(result, 32), mload(result))
            }
        }
        return result;
    }

    function onERC721Received(
        address operator_,
        address from,
        uint256 tokenId_,
        bytes calldata message_
    ) external returns (bytes4) {
        if (answer == Answer.WrongValue) return 0xffffffff;
        if (answer == Answer.RevertWithReason) revert MockReceiver_Refused(tokenId_);
        if (answer == Answer.Revert) {
            assembly ("memory-safe") {
                revert(0, 0)
            }
        }
        (operator, sender, tokenId, message) = (operator_, from, tokenId_, message_);
        if (target != address(0)) {
            address target_ = target;
            target = address(0);
            (actSucceeded, actResult) = target_.call{value: address(this).balance}(data);
        }
        return this.onERC721Received.selector;
    }
}
