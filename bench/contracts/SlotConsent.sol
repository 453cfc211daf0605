// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

/// @title Consent as one word a purpose: no notice, no data classes, no signature
contract SlotConsent {
    mapping(address customer => mapping(address brand => mapping(uint8 purpose => uint256))) public consents;

    /// @notice A customer decided about one purpose.
    event ConsentSet(
        address indexed customer,
        address indexed brand,
        uint8 indexed purpose,
        bool granted,
        uint16 version
    );

    /// @notice Decides about one purpose.
    function set(address brand, uint8 purpose, bool granted, uint16 version) external {
        _set(brand, purpose, granted, version);
    }

    /// @notice Decides about many purposes in one call.
    function setMany(address brand, uint8[] calldata purposes, bool granted, uint16 version) external {
        for (uint256 i = 0; i < purposes.length; ++i) _set(brand, purposes[i], granted, version);
    }

    function _set(address brand, uint8 purpose, bool granted, uint16 version) private {
        consents[msg.sender][brand][purpose] = granted ? (block.timestamp << 16) | version : 1;
        emit ConsentSet(msg.sender, brand, purpose, granted, version);
    }
}
