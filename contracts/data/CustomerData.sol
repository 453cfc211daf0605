// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {ERC721} from "solady/src/tokens/ERC721.sol";

import {ICustomerData} from "../../interfaces/data/ICustomerData.sol";
import {IERC5192} from "../../interfaces/data/IERC5192.sol";
import {IERC5484} from "../../interfaces/data/IERC5484.sol";
import {ContentId} from "../libraries/ContentId.sol";
import {Signed} from "../libraries/Signed.sol";

/// @title Datasets of customers
/// @dev The 96 bits beside the owner hold dataClass 8 | keyEpoch 32 | updatedAt 40, from the highest of the lower 80
/// down. Of a burned dataset only `updatedAt` is left, the time of the burning; not being zero, it keeps the id from
/// being used again.
contract CustomerData is ICustomerData, ERC721, Signed {
    /// @dev newWallet 160 | round 64 | tenure 32. Of a burned dataset only the tenure is left.
    struct Move {
        address newWallet;
        uint64 round;
        uint32 tenure;
    }

    bytes32 private constant MINT_TYPEHASH = keccak256(
        "MintDataset(address owner,bytes32 manifestDigest,uint8 dataClass,uint256 nonce,uint256 deadline)"
    );
    bytes32 private constant UPDATE_TYPEHASH = keccak256(
        "UpdateDataset(address owner,uint256 datasetId,bytes32 previousDigest,bytes32 manifestDigest,"
        "uint32 keyEpoch,uint256 nonce,uint256 deadline)"
    );
    bytes32 private constant PROPOSE_MOVE_TYPEHASH = keccak256(
        "ProposeMove(address owner,uint256 datasetId,address newWallet,uint256 nonce,uint256 deadline)"
    );
    bytes32 private constant CANCEL_MOVE_TYPEHASH = keccak256(
        "CancelMove(address owner,uint256 datasetId,uint256 nonce,uint256 deadline)"
    );
    bytes32 private constant ACCEPT_MOVE_TYPEHASH = keccak256(
        "AcceptMove(address newWallet,uint256 datasetId,uint256 nonce,uint256 deadline)"
    );
    bytes32 private constant BURN_TYPEHASH = keccak256(
        "BurnDataset(address owner,uint256 datasetId,uint256 nonce,uint256 deadline)"
    );

    uint8 private constant DATA_CLASSES = 64;

    uint32 private constant FIRST_KEY_EPOCH = 1;

    bytes4 private constant ERC4906_INTERFACE_ID = 0x49064906;

    mapping(uint256 datasetId => bytes32 digest) private _manifestDigests;
    mapping(uint256 datasetId => Move) private _moves;

    /// @dev When each tenure ended by a move. The last one of a burned dataset ended when it was burned: see `tenureEnd`.
    mapping(uint256 datasetId => mapping(uint32 tenure => uint40 endedAt)) private _tenureEnds;

    constructor() EIP712("CustomerData", "1") {}

    /* MINT */

    /// @inheritdoc ICustomerData
    function mint(bytes32 manifestDigest, uint8 dataClass) external returns (uint256 datasetId) {
        return _mintDataset(msg.sender, manifestDigest, dataClass);
    }

    /// @inheritdoc ICustomerData
    function mintBySig(
        address owner,
        bytes32 manifestDigest,
        uint8 dataClass,
        uint256 nonce,
        uint256 deadline,
        bytes calldata signature
    ) external returns (uint256 datasetId) {
        bytes32 structHash = keccak256(abi.encode(MINT_TYPEHASH, owner, manifestDigest, dataClass, nonce, deadline));
        _useSigned(owner, structHash, nonce, deadline, signature);
        return _mintDataset(owner, manifestDigest, dataClass);
    }

    /* UPDATE */

    /// @inheritdoc ICustomerData
    function update(uint256 datasetId, bytes32 manifestDigest, uint32 keyEpoch) external {
        _update(msg.sender, datasetId, manifestDigest, keyEpoch);
    }

    /// @inheritdoc ICustomerData
    function updateBySig(
        address owner,
        uint256 datasetId,
        bytes32 manifestDigest,
        uint32 keyEpoch,
        uint256 nonce,
        uint256 deadline,
        bytes calldata signature
    ) external {
        bytes32 structHash = keccak256(
            abi.encode(
                UPDATE_TYPEHASH,
                owner,
                datasetId,
                _manifestDigests[datasetId],
                manifestDigest,
                keyEpoch,
                nonce,
                deadline
            )
        );
        _useSigned(owner, structHash, nonce, deadline, signature);
        _update(owner, datasetId, manifestDigest, keyEpoch);
    }

    /* MOVE */

    /// @inheritdoc ICustomerData
    function proposeMove(uint256 datasetId, address newWallet) external {
        if (newWallet == address(0)) {
            _cancelMove(msg.sender, datasetId);
        } else {
            _proposeMove(msg.sender, datasetId, newWallet);
        }
    }

    /// @inheritdoc ICustomerData
    function proposeMoveBySig(
        address owner,
        uint256 datasetId,
        address newWallet,
        uint256 nonce,
        uint256 deadline,
        bytes calldata signature
    ) external {
        if (newWallet == address(0)) revert CustomerData_InvalidWallet(newWallet);
        bytes32 structHash = keccak256(abi.encode(PROPOSE_MOVE_TYPEHASH, owner, datasetId, newWallet, nonce, deadline));
        _checkSigned(owner, structHash, deadline, signature);
        uint256 expected = uint256(_moves[datasetId].round) + 1;
        if (nonce != expected) revert CustomerData_StaleProposal(nonce, expected);
        _proposeMove(owner, datasetId, newWallet);
    }

    /// @inheritdoc ICustomerData
    function cancelMoveBySig(
        address owner,
        uint256 datasetId,
        uint256 nonce,
        uint256 deadline,
        bytes calldata signature
    ) external {
        bytes32 structHash = keccak256(abi.encode(CANCEL_MOVE_TYPEHASH, owner, datasetId, nonce, deadline));
        _useSigned(owner, structHash, nonce, deadline, signature);
        _cancelMove(owner, datasetId);
    }

    /// @inheritdoc ICustomerData
    function acceptMove(uint256 datasetId) external {
        _acceptMove(msg.sender, datasetId);
    }

    /// @inheritdoc ICustomerData
    function acceptMoveBySig(
        address newWallet,
        uint256 datasetId,
        uint256 nonce,
        uint256 deadline,
        bytes calldata signature
    ) external {
        bytes32 structHash = keccak256(abi.encode(ACCEPT_MOVE_TYPEHASH, newWallet, datasetId, nonce, deadline));
        _useSigned(newWallet, structHash, nonce, deadline, signature);
        _acceptMove(newWallet, datasetId);
    }

    /* BURN */

    /// @inheritdoc ICustomerData
    function burn(uint256 datasetId) external {
        _burnDataset(msg.sender, datasetId);
    }

    /// @inheritdoc ICustomerData
    function burnBySig(
        address owner,
        uint256 datasetId,
        uint256 nonce,
        uint256 deadline,
        bytes calldata signature
    ) external {
        bytes32 structHash = keccak256(abi.encode(BURN_TYPEHASH, owner, datasetId, nonce, deadline));
        _useSigned(owner, structHash, nonce, deadline, signature);
        _burnDataset(owner, datasetId);
    }

    /* LOCKED: no transfer, no approval (ERC-5192). These functions are payable in the base, but keep nothing: they always revert. */

    /// @inheritdoc ERC721
    function approve(address, uint256) public payable override {
        revert CustomerData_TransferLocked();
    }

    /// @inheritdoc ERC721
    function setApprovalForAll(address, bool) public pure override {
        revert CustomerData_TransferLocked();
    }

    /// @inheritdoc ERC721
    function transferFrom(address, address, uint256) public payable override {
        revert CustomerData_TransferLocked();
    }

    /// @inheritdoc ERC721
    function safeTransferFrom(address, address, uint256) public payable override {
        revert CustomerData_TransferLocked();
    }

    /// @inheritdoc ERC721
    function safeTransferFrom(address, address, uint256, bytes calldata) public payable override {
        revert CustomerData_TransferLocked();
    }

    /* VIEWS */

    /// @inheritdoc ICustomerData
    function datasetOf(uint256 datasetId) external view returns (Dataset memory) {
        address owner = _existingOwner(datasetId);
        (uint8 dataClass, uint32 keyEpoch, uint40 updatedAt) = _unpack(_getExtraData(datasetId));
        return Dataset(owner, dataClass, keyEpoch, _manifestDigests[datasetId], updatedAt, _moves[datasetId].tenure);
    }

    /// @inheritdoc ICustomerData
    function datasetIdOf(address owner, bytes32 manifestDigest, uint8 dataClass) public pure returns (uint256) {
        return uint256(keccak256(abi.encode(owner, manifestDigest, dataClass)));
    }

    /// @inheritdoc ICustomerData
    function moveOf(uint256 datasetId) external view returns (address newWallet, uint64 round) {
        Move storage move = _moves[datasetId];
        return (move.newWallet, move.round);
    }

    /// @inheritdoc ICustomerData
    function tenureEnd(uint256 datasetId, uint32 tenure) external view returns (uint40 endedAt) {
        endedAt = _tenureEnds[datasetId][tenure];
        if (endedAt == 0 && _ownerOf(datasetId) == address(0) && tenure == _moves[datasetId].tenure) {
            // Burned, or never minted: then this is zero too.
            (, , endedAt) = _unpack(_getExtraData(datasetId));
        }
    }

    /// @inheritdoc IERC5192
    function locked(uint256 datasetId) external view returns (bool) {
        return _existingOwner(datasetId) != address(0);
    }

    /// @inheritdoc IERC5484
    function burnAuth(uint256 datasetId) external view returns (BurnAuth) {
        _existingOwner(datasetId);
        return BurnAuth.OwnerOnly;
    }

    /// @inheritdoc ERC721
    function name() public pure override returns (string memory) {
        return "web3crm Customer Data";
    }

    /// @inheritdoc ERC721
    function symbol() public pure override returns (string memory) {
        return "DATA";
    }

    /// @dev The manifest's CIDv1: raw codec, sha2-256, base32.
    function tokenURI(uint256 datasetId) public view override returns (string memory) {
        _existingOwner(datasetId);
        return string.concat("ipfs://", ContentId.rawCidV1(_manifestDigests[datasetId]));
    }

    /// @inheritdoc ERC721
    function supportsInterface(bytes4 interfaceId) public view override returns (bool) {
        return
            interfaceId == type(IERC5192).interfaceId ||
            interfaceId == type(IERC5484).interfaceId ||
            interfaceId == ERC4906_INTERFACE_ID ||
            super.supportsInterface(interfaceId);
    }

    /* INTERNALS */

    function _mintDataset(address owner, bytes32 manifestDigest, uint8 dataClass) private returns (uint256 datasetId) {
        if (manifestDigest == 0) revert CustomerData_EmptyDigest();
        if (dataClass >= DATA_CLASSES) revert CustomerData_UnknownDataClass(dataClass);
        datasetId = datasetIdOf(owner, manifestDigest, dataClass);
        if (_getExtraData(datasetId) != 0) revert CustomerData_IdUsed(datasetId);

        _manifestDigests[datasetId] = manifestDigest;
        _mintAndSetExtraDataUnchecked(owner, datasetId, _pack(dataClass, FIRST_KEY_EPOCH));
        emit Locked(datasetId);
        emit Issued(owner, owner, datasetId, BurnAuth.OwnerOnly);
        emit DatasetMinted(owner, datasetId, manifestDigest, dataClass);
    }

    function _update(address owner, uint256 datasetId, bytes32 manifestDigest, uint32 keyEpoch) private {
        _checkOwner(owner, datasetId);
        if (manifestDigest == 0) revert CustomerData_EmptyDigest();
        if (manifestDigest == _manifestDigests[datasetId]) revert CustomerData_SameManifest(manifestDigest);
        (uint8 dataClass, uint32 current, ) = _unpack(_getExtraData(datasetId));
        if (keyEpoch < current || keyEpoch - current > 1) revert CustomerData_KeyEpochOutOfRange(keyEpoch, current);

        _manifestDigests[datasetId] = manifestDigest;
        _setExtraData(datasetId, _pack(dataClass, keyEpoch));
        emit MetadataUpdate(datasetId);
        emit DatasetUpdated(owner, datasetId, manifestDigest, keyEpoch);
    }

    function _proposeMove(address owner, uint256 datasetId, address newWallet) private {
        _checkOwner(owner, datasetId);
        if (newWallet == owner) revert CustomerData_InvalidWallet(newWallet);
        emit MoveProposed(owner, datasetId, newWallet, _setMove(datasetId, newWallet));
    }

    /// @dev Begins a round even where nobody is invited, because a signed proposal that somebody holds back is good for
    /// the next one.
    function _cancelMove(address owner, uint256 datasetId) private {
        _checkOwner(owner, datasetId);
        emit MoveCancelled(owner, datasetId, _setMove(datasetId, address(0)));
    }

    function _setMove(uint256 datasetId, address newWallet) private returns (uint64 round) {
        Move storage move = _moves[datasetId];
        round = move.round + 1;
        (move.newWallet, move.round) = (newWallet, round);
    }

    /// @dev ERC-5192 wants a transfer of a locked token to fail, so an indexer sees the dataset unlocked for the moment
    /// of the move.
    function _acceptMove(address newWallet, uint256 datasetId) private {
        address owner = _existingOwner(datasetId);
        Move storage move = _moves[datasetId];
        if (newWallet == address(0) || newWallet != move.newWallet) {
            revert CustomerData_NotInvited(newWallet, datasetId);
        }

        uint32 tenure = move.tenure;
        _tenureEnds[datasetId][tenure] = uint40(block.timestamp);
        (move.newWallet, move.tenure) = (address(0), tenure + 1);
        emit Unlocked(datasetId);
        _transfer(owner, newWallet, datasetId);
        emit Locked(datasetId);
        emit DatasetMoved(owner, newWallet, datasetId);
    }

    function _burnDataset(address owner, uint256 datasetId) private {
        _checkOwner(owner, datasetId);
        delete _manifestDigests[datasetId];
        _moves[datasetId] = Move(address(0), 0, _moves[datasetId].tenure);
        _setExtraData(datasetId, _pack(0, 0));
        _burn(datasetId);
        emit DatasetBurned(owner, datasetId);
    }

    function _existingOwner(uint256 datasetId) private view returns (address owner) {
        owner = _ownerOf(datasetId);
        if (owner == address(0)) revert CustomerData_UnknownDataset(datasetId);
    }

    function _checkOwner(address person, uint256 datasetId) private view {
        if (_existingOwner(datasetId) != person) revert CustomerData_NotOwner(person, datasetId);
    }

    function _pack(uint8 dataClass, uint32 keyEpoch) private view returns (uint96) {
        return (uint96(dataClass) << 72) | (uint96(keyEpoch) << 40) | uint40(block.timestamp);
    }

    function _unpack(uint96 extra) private pure returns (uint8 dataClass, uint32 keyEpoch, uint40 updatedAt) {
        return (uint8(extra >> 72), uint32(extra >> 40), uint40(extra));
    }
}
