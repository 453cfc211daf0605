// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {ISigned} from "../access/ISigned.sol";
import {IERC5192} from "./IERC5192.sol";
import {IERC5484} from "./IERC5484.sol";

/// @title Datasets of customers
/// @notice Each dataset is an ERC-721 token that is locked to the person whose data it is (ERC-5192) and that she alone
/// can burn (ERC-5484). On chain are only the digest of its manifest, its data class, its key epoch and a time; the
/// manifest and what it points to are encrypted elsewhere. There is no owner, no role, no pause and no upgrade.
///
/// A dataset says nothing about who may use it: that is in the `ConsentRegistry`, by wallet, so consent does not come
/// along when a dataset moves to another wallet of its owner. Transfers and approvals are refused; a move takes an act
/// of both wallets.
///
/// Ids are never used twice: what was burned stays burned.
interface ICustomerData is ISigned, IERC5192, IERC5484 {
    /// @notice A dataset. Times are Unix times in seconds.
    /// @param owner Whose data it is.
    /// @param dataClass The bit of its data class, from 0 to 63.
    /// @param keyEpoch The number of its current key, from 1; a rotation raises it by one.
    /// @param manifestDigest sha2-256 of the manifest's bytes.
    /// @param updatedAt When the manifest was last set.
    /// @param tenure How often it has moved: 0 while its first owner has it, one more with every move.
    struct Dataset {
        address owner;
        uint8 dataClass;
        uint32 keyEpoch;
        bytes32 manifestDigest;
        uint40 updatedAt;
        uint32 tenure;
    }

    /// @notice `owner` minted a dataset.
    event DatasetMinted(address indexed owner, uint256 indexed datasetId, bytes32 manifestDigest, uint8 dataClass);

    /// @notice `owner` gave a dataset another manifest.
    event DatasetUpdated(address indexed owner, uint256 indexed datasetId, bytes32 manifestDigest, uint32 keyEpoch);

    /// @notice `owner` invites `newWallet` to take over a dataset; the acceptance must come before any further
    /// proposal.
    event MoveProposed(address indexed owner, uint256 indexed datasetId, address indexed newWallet, uint64 round);

    /// @notice `owner` took the invitation back, if there was one.
    event MoveCancelled(address indexed owner, uint256 indexed datasetId, uint64 round);

    /// @notice A dataset moved from one wallet of a person to another.
    event DatasetMoved(address indexed from, address indexed to, uint256 indexed datasetId);

    /// @notice `owner` burned a dataset.
    event DatasetBurned(address indexed owner, uint256 indexed datasetId);

    /// @notice ERC-4906: what `tokenURI` says about the dataset has changed.
    // The name of the argument is fixed by ERC-4906.
    // solhint-disable-next-line func-param-name-mixedcase
    event MetadataUpdate(uint256 _tokenId);

    /// @notice ERC-4906 declares it; a dataset changes alone, so it is never emitted here.
    // solhint-disable-next-line func-param-name-mixedcase
    event BatchMetadataUpdate(uint256 _fromTokenId, uint256 _toTokenId);

    /// @notice The digest of the manifest is zero.
    error CustomerData_EmptyDigest();

    /// @notice Data classes are bits from 0 to 63.
    error CustomerData_UnknownDataClass(uint8 dataClass);

    /// @notice This owner has minted this manifest in this data class before; the dataset exists or was burned.
    error CustomerData_IdUsed(uint256 datasetId);

    /// @notice There is no such dataset.
    error CustomerData_UnknownDataset(uint256 datasetId);

    /// @notice The dataset is not this person's.
    error CustomerData_NotOwner(address person, uint256 datasetId);

    /// @notice The dataset has this manifest already.
    error CustomerData_SameManifest(bytes32 manifestDigest);

    /// @notice The key epoch stays or goes up by one.
    error CustomerData_KeyEpochOutOfRange(uint32 keyEpoch, uint32 current);

    /// @notice A dataset moves to a wallet that is neither zero nor its owner's present one.
    error CustomerData_InvalidWallet(address newWallet);

    /// @notice The signed proposal was meant for another round than the next: the owner has acted since.
    error CustomerData_StaleProposal(uint256 nonce, uint256 expected);

    /// @notice The dataset's owner has not invited this wallet.
    error CustomerData_NotInvited(address wallet, uint256 datasetId);

    /// @notice Datasets are locked: no transfer, no approval.
    error CustomerData_TransferLocked();

    /// @notice Mints a dataset to the caller.
    ///
    /// Requirements:
    /// - `manifestDigest` is not zero;
    /// - `dataClass` is below 64;
    /// - the caller has not minted this manifest in this data class before.
    /// @return datasetId What `datasetIdOf` says.
    function mint(bytes32 manifestDigest, uint8 dataClass) external returns (uint256 datasetId);

    /// @notice `mint` for `owner`, who signed it.
    ///
    /// Requirements:
    /// - `deadline` has not passed;
    /// - the signature is the owner's;
    /// - the owner has not used the unordered `nonce`;
    /// - `manifestDigest` is not zero;
    /// - `dataClass` is below 64;
    /// - the owner has not minted this manifest in this data class before.
    function mintBySig(
        address owner,
        bytes32 manifestDigest,
        uint8 dataClass,
        uint256 nonce,
        uint256 deadline,
        bytes calldata signature
    ) external returns (uint256 datasetId);

    /// @notice Gives the caller's dataset another manifest; a new key epoch says that its keys were rotated.
    ///
    /// Requirements:
    /// - the dataset exists;
    /// - it is the caller's;
    /// - `manifestDigest` is not zero;
    /// - `manifestDigest` is another than before;
    /// - `keyEpoch` is as before or one more.
    function update(uint256 datasetId, bytes32 manifestDigest, uint32 keyEpoch) external;

    /// @notice `update` for `owner`, who signed it. The signature also covers the manifest that is replaced, so that it
    /// is worthless once the owner has updated the dataset otherwise.
    ///
    /// Requirements:
    /// - `deadline` has not passed;
    /// - the signature is the owner's;
    /// - the owner has not used the unordered `nonce`;
    /// - the dataset exists;
    /// - it is the owner's;
    /// - `manifestDigest` is not zero;
    /// - `manifestDigest` is another than before;
    /// - `keyEpoch` is as before or one more.
    function updateBySig(
        address owner,
        uint256 datasetId,
        bytes32 manifestDigest,
        uint32 keyEpoch,
        uint256 nonce,
        uint256 deadline,
        bytes calldata signature
    ) external;

    /// @notice Invites `newWallet`, another wallet of the caller's, to take over her dataset. Replaces the invitation
    /// before; the zero address only takes it back.
    ///
    /// Requirements:
    /// - the dataset exists;
    /// - it is the caller's;
    /// - `newWallet` is not the caller.
    function proposeMove(uint256 datasetId, address newWallet) external;

    /// @notice `proposeMove` for `owner`, who signed it. A signed proposal is good for one round, so that one that
    /// somebody held back is worthless once the owner has proposed or cancelled since.
    ///
    /// Requirements:
    /// - `newWallet` is not zero: `cancelMoveBySig` takes an invitation back;
    /// - `deadline` has not passed;
    /// - the signature is the owner's;
    /// - `nonce` is the round that the proposal begins, one more than the present one;
    /// - the dataset exists;
    /// - it is the owner's;
    /// - `newWallet` is not the owner.
    function proposeMoveBySig(
        address owner,
        uint256 datasetId,
        address newWallet,
        uint256 nonce,
        uint256 deadline,
        bytes calldata signature
    ) external;

    /// @notice Takes the invitation back, for `owner`, who signed it. It uses unordered nonces, so that a held-back
    /// proposal that is relayed first does not stop it.
    ///
    /// Requirements:
    /// - `deadline` has not passed;
    /// - the signature is the owner's;
    /// - the owner has not used the unordered `nonce`;
    /// - the dataset exists;
    /// - it is the owner's.
    function cancelMoveBySig(
        address owner,
        uint256 datasetId,
        uint256 nonce,
        uint256 deadline,
        bytes calldata signature
    ) external;

    /// @notice Moves a dataset to the caller, whom its owner has invited.
    ///
    /// Requirements:
    /// - the dataset exists;
    /// - the caller is invited.
    function acceptMove(uint256 datasetId) external;

    /// @notice `acceptMove` for `newWallet`, which signed it.
    ///
    /// Requirements:
    /// - `deadline` has not passed;
    /// - the signature is the new wallet's;
    /// - the new wallet has not used the unordered `nonce`;
    /// - the dataset exists;
    /// - the new wallet is invited.
    function acceptMoveBySig(
        address newWallet,
        uint256 datasetId,
        uint256 nonce,
        uint256 deadline,
        bytes calldata signature
    ) external;

    /// @notice Burns the caller's dataset for good.
    ///
    /// Requirements:
    /// - the dataset exists;
    /// - it is the caller's.
    function burn(uint256 datasetId) external;

    /// @notice `burn` for `owner`, who signed it.
    ///
    /// Requirements:
    /// - `deadline` has not passed;
    /// - the signature is the owner's;
    /// - the owner has not used the unordered `nonce`;
    /// - the dataset exists;
    /// - it is the owner's.
    function burnBySig(
        address owner,
        uint256 datasetId,
        uint256 nonce,
        uint256 deadline,
        bytes calldata signature
    ) external;

    /// @notice Returns a dataset.
    ///
    /// Requirements:
    /// - the dataset exists.
    function datasetOf(uint256 datasetId) external view returns (Dataset memory);

    /// @notice Returns the id that `owner`'s dataset gets when she mints this manifest in this data class.
    function datasetIdOf(address owner, bytes32 manifestDigest, uint8 dataClass) external pure returns (uint256);

    /// @notice Returns the wallet that is invited to take over the dataset, zero if none is, and the round of the last
    /// proposal or cancellation.
    function moveOf(uint256 datasetId) external view returns (address newWallet, uint64 round);

    /// @notice Returns when a tenure of the dataset ended, by its move or its burning; zero while it lasts, and for one
    /// that never began. So what was agreed with an owner can tell whether she has had the dataset ever since, also
    /// after it came back to her.
    function tenureEnd(uint256 datasetId, uint32 tenure) external view returns (uint40);
}
