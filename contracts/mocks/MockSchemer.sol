// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {IERC1271} from "@openzeppelin/contracts/interfaces/IERC1271.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";

/// @title A party to a sale that makes trouble when the money arrives
contract MockSchemer is IERC1271 {
    enum Scheme {
        Accept,
        Refuse,
        BurnGas,
        BombReturnData,
        Reenter
    }

    address public owner;
    Scheme public scheme;
    address public target;
    bytes public data;
    uint256 public value;
    bool public succeeded;
    bytes public result;

    constructor(address owner_) {
        owner = owner_;
    }

    receive() external payable {
        if (scheme == Scheme.Refuse) revert("no, thank you");
        if (scheme == Scheme.BurnGas) {
            for (uint256 i = 0; ; ++i) {}
        }
        if (scheme == Scheme.BombReturnData) {
            assembly ("memory-safe") {
                return(0, 100000)
            }
        }
        if (scheme == Scheme.Reenter) (succeeded, result) = target.call{value: value}(data);
    }

    function changeOwner(address owner_) external {
        owner = owner_;
    }

    function plan(Scheme scheme_) external {
        scheme = scheme_;
    }

    /// @notice The next money it gets makes it send `value_` of its own and `data_` to `target_`.
    function planCall(address target_, bytes calldata data_, uint256 value_) external {
        (scheme, target, data, value) = (Scheme.Reenter, target_, data_, value_);
    }

    function execute(address target_, bytes calldata data_) external returns (bytes memory) {
        (bool success, bytes memory answer) = target_.call(data_);
        require(success, "the call failed");
        return answer;
    }

    function isValidSignature(bytes32 hash, bytes calldata signature) external view returns (bytes4) {
        (address signer, , ) = ECDSA.tryRecover(hash, signature);
        return signer == owner ? this.isValidSignature.selector : bytes4(0xffffffff);
    }
}
