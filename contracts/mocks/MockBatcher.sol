// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {MockReceiver} from "./MockReceiver.sol";

/// @title A holder of cards that does many things in one transaction, and so in one second
contract MockBatcher is MockReceiver {
    struct Call {
        address target;
        uint256 value;
        bytes data;
    }

    function executeAll(Call[] calldata calls) external payable {
        for (uint256 i = 0; i < calls.length; ++i) {
            (bool success, bytes memory result) = calls[i].target.call{value: calls[i].value}(calls[i].data);
            if (!success) {
                assembly ("memory-safe") {
                    revert(add(result, 32), mload(result))
                }
            }
        }
    }
}
