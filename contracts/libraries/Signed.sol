// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";

import {ISigned} from "../../interfaces/access/ISigned.sol";

/// @title Acts that their author signs and anyone relays
/// @dev The two checks every signature form shares, apart from the nonce: `_checkSigned` is good for contracts that keep a nonce of
/// their own, `_useSigned` spends one of the signer's unordered nonces.
abstract contract Signed is ISigned, EIP712 {
    /// @dev One bit a nonce, 256 to a word, so that the 255 acts after the first pay for a changed slot, not for a new one.
    mapping(address signer => mapping(uint256 word => uint256 bits)) private _usedNonces;

    /// @inheritdoc ISigned
    function isNonceUsed(address signer, uint256 nonce) public view virtual returns (bool) {
        return _usedNonces[signer][nonce >> 8] & (1 << (nonce & 0xff)) != 0;
    }

    /// @inheritdoc ISigned
    // The name is fixed by ERC-2612.
    // solhint-disable-next-line func-name-mixedcase
    function DOMAIN_SEPARATOR() external view virtual returns (bytes32) {
        return _domainSeparatorV4();
    }

    /// @dev Reverts unless `signer` signed `structHash` for this contract on this chain and `deadline` has not passed.
    function _checkSigned(
        address signer,
        bytes32 structHash,
        uint256 deadline,
        bytes calldata signature
    ) internal view {
        if (block.timestamp > deadline) revert Signed_Expired(deadline);
        if (!_isSigned(signer, structHash, signature)) revert Signed_InvalidSignature(signer);
    }

    /// @dev Says whether `signer` signed `structHash` for this contract on this chain. The key is tried first and the wallet (ERC-1271)
    /// asked only if it does not fit: the signer's account is then not touched at all, which saves 2,600 gas. No address of a contract
    /// wallet has a known key, and where an account with a key has code (EIP-7702) the key may do anything in its name anyway.
    function _isSigned(address signer, bytes32 structHash, bytes memory signature) internal view returns (bool) {
        bytes32 digest = _hashTypedDataV4(structHash);
        (address recovered, ECDSA.RecoverError err, ) = ECDSA.tryRecover(digest, signature);
        if (err == ECDSA.RecoverError.NoError && recovered == signer) return true;
        return SignatureChecker.isValidERC1271SignatureNow(signer, digest, signature);
    }

    /// @dev As `_checkSigned`, and marks `nonce` as used.
    function _useSigned(
        address signer,
        bytes32 structHash,
        uint256 nonce,
        uint256 deadline,
        bytes calldata signature
    ) internal {
        _checkSigned(signer, structHash, deadline, signature);
        _useNonce(signer, nonce);
    }

    /// @dev Marks one of `signer`'s unordered nonces as used; reverts if it was before.
    function _useNonce(address signer, uint256 nonce) internal {
        if (!_tryUseNonce(signer, nonce)) revert Signed_NonceUsed(signer, nonce);
    }

    /// @dev Marks one of `signer`'s unordered nonces as used; returns false if it was before.
    function _tryUseNonce(address signer, uint256 nonce) internal returns (bool) {
        mapping(uint256 word => uint256 bits) storage words = _usedNonces[signer];
        uint256 bit = 1 << (nonce & 0xff);
        uint256 used = words[nonce >> 8];
        if (used & bit != 0) return false;
        words[nonce >> 8] = used | bit;
        return true;
    }
}
