// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {MerkleProof} from "@openzeppelin/contracts/utils/cryptography/MerkleProof.sol";

/// @title A cumulative airdrop of OpenZeppelin's parts, filled beforehand: nothing waits for maturity, nothing is minted
contract OzDistributor {
    using SafeERC20 for IERC20;

    IERC20 public immutable TOKEN;
    bytes32 public root;
    mapping(address customer => uint256) public claimed;

    /// @notice A customer was paid.
    event Claimed(address indexed customer, uint256 amount);

    /// @notice The proof does not lead to the root.
    error OzDistributor_InvalidProof();
    /// @notice The customer has had all of it.
    error OzDistributor_NothingToClaim();

    constructor(IERC20 token) {
        TOKEN = token;
    }

    /// @notice Replaces the root.
    function setRoot(bytes32 root_) external {
        root = root_;
    }

    /// @notice Pays a customer what she has not had yet.
    function claim(address customer, uint256 total, bytes32[] calldata proof) external {
        bytes32 leaf = keccak256(bytes.concat(keccak256(abi.encode(customer, total))));
        if (!MerkleProof.verifyCalldata(proof, root, leaf)) revert OzDistributor_InvalidProof();
        uint256 before = claimed[customer];
        if (total <= before) revert OzDistributor_NothingToClaim();
        claimed[customer] = total;
        emit Claimed(customer, total - before);
        TOKEN.safeTransfer(customer, total - before);
    }
}
