// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

/// @title A contract for tests that knows its callers by their address alone, as the contracts that all brands share do
contract MockTarget {
    mapping(address caller => bytes32 note) public noteOf;
    mapping(address caller => uint256 value) public paidBy;

    error MockTarget_Refused(bytes32 note);

    function publish(bytes32 note) external {
        noteOf[msg.sender] = note;
    }

    function acknowledge(bytes32 note) external {
        noteOf[msg.sender] = note;
    }

    function refuse(bytes32 note) external pure {
        revert MockTarget_Refused(note);
    }

    function pay() external payable {
        paidBy[msg.sender] += msg.value;
    }

    function payAndTakeChange() external payable {
        paidBy[msg.sender] += msg.value / 2;
        (bool sent, ) = msg.sender.call{value: msg.value - msg.value / 2}("");
        require(sent, "no change taken");
    }
}
