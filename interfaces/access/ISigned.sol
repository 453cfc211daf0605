// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

/// @title Acts that their author signs and anyone relays
interface ISigned {
    /// @notice The signature's deadline, a Unix time in seconds, has passed.
    error Signed_Expired(uint256 deadline);

    /// @notice `signer` did not sign this message for this contract on this chain, or the signature is malformed.
    error Signed_InvalidSignature(address signer);

    /// @notice `signer` has used this nonce already.
    error Signed_NonceUsed(address signer, uint256 nonce);

    /// @notice Says whether `signer` has used the unordered `nonce`.
    function isNonceUsed(address signer, uint256 nonce) external view returns (bool);

    /// @notice Returns the EIP-712 domain separator of this contract on this chain.
    // The name is fixed by ERC-2612.
    // solhint-disable-next-line func-name-mixedcase
    function DOMAIN_SEPARATOR() external view returns (bytes32);
}
