// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

/// @title Consent as a struct of four words, one for each thing it says: no notice, no signature
contract StructConsent {
    /// @notice Which purposes and data classes, under which version of the notice, since when.
    struct Consent {
        uint256 purposes;
        uint256 dataClasses;
        uint256 version;
        uint256 at;
    }

    mapping(address customer => mapping(address brand => Consent)) public consents;

    /// @notice A customer decided anew.
    event ConsentSet(
        address indexed customer,
        address indexed brand,
        uint256 purposes,
        uint256 dataClasses,
        uint256 version
    );

    /// @notice Replaces the consent; withdraws it all if nothing is named.
    function set(address brand, uint256 purposes, uint256 dataClasses, uint256 version) external {
        consents[msg.sender][brand] = Consent(purposes, dataClasses, version, block.timestamp);
        emit ConsentSet(msg.sender, brand, purposes, dataClasses, version);
    }
}
