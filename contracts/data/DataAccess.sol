// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";

import {IConsentRegistry} from "../../interfaces/data/IConsentRegistry.sol";
import {ICustomerData} from "../../interfaces/data/ICustomerData.sol";
import {IDataAccess} from "../../interfaces/data/IDataAccess.sol";
import {ConsentTrail} from "../libraries/ConsentTrail.sol";
import {Signed} from "../libraries/Signed.sol";
import {AccessBalances} from "./AccessBalances.sol";

/// @title Paid access to datasets
/// @dev What an access has earned up to a moment is a function of that moment alone (`_earned`), so what was paid is known from `paidUntil`,
/// what was refunded from `refundedFrom`, and no rounding adds up. The first never passes the second, whatever the registry says: with that
/// the two together are never more than the price.
contract DataAccess is AccessBalances, Signed {
    using ConsentTrail for ConsentTrail.Trail;

    /// @dev Six slots, one a line where fields share it. `digest` is the manifest's while offered, the envelope's once accepted.
    struct Stream {
        // brand 160 | period 32 | purpose 8 | dataClass 8 | expiresAt 40
        address brand;
        uint32 period;
        uint8 purpose;
        uint8 dataClass;
        uint40 expiresAt;
        // owner 160 | tenure 32 | startedAt 40: zero until it is accepted
        address owner;
        uint32 tenure;
        uint40 startedAt;
        // currency 160 | snapshot 16 | paidUntil 40 | refundedFrom 40: all that settling writes
        address currency;
        uint16 snapshot;
        uint40 paidUntil;
        uint40 refundedFrom;
        // price 128 | minimum 32 | closedAt 40
        uint128 price;
        uint32 minimum;
        uint40 closedAt;
        uint256 datasetId;
        bytes32 digest;
    }

    bytes32 private constant ACCEPT_TYPEHASH = keccak256(
        "AcceptAccess(address owner,uint256 accessId,address brand,uint256 datasetId,uint8 purpose,address currency,"
        "uint256 price,uint32 period,uint32 minimum,bytes32 envelopeDigest,uint256 nonce,uint256 deadline)"
    );
    bytes32 private constant CLOSE_TYPEHASH = keccak256(
        "CloseAccess(address owner,uint256 accessId,uint256 nonce,uint256 deadline)"
    );

    uint8 private constant PURPOSES = 64;

    /// @dev What a refusal of the registry's has to be raised by to be the reason of the same meaning; both are in the same order.
    uint8 private constant REASON_OF_REFUSAL = uint8(Reason.NoConsent) - uint8(IConsentRegistry.Refusal.NoConsent);

    /// @inheritdoc IDataAccess
    address public immutable consents;
    /// @inheritdoc IDataAccess
    address public immutable datasets;

    mapping(uint256 accessId => Stream) private _streams;

    /// @notice Deploys the market for the data of `datasets_` under the consents of `consents_`.
    constructor(address consents_, address datasets_) EIP712("DataAccess", "1") {
        consents = consents_;
        datasets = datasets_;
    }

    /* OFFER */

    /// @inheritdoc IDataAccess
    function offer(Offer calldata offer_) external payable returns (uint256 accessId) {
        if (offer_.price == 0 || offer_.period == 0) revert DataAccess_Zero();
        if (offer_.purpose >= PURPOSES) revert DataAccess_UnknownPurpose(offer_.purpose);
        if (offer_.minimum > offer_.period) revert DataAccess_MinimumTooLong(offer_.minimum, offer_.period);
        if (block.timestamp > offer_.expiresAt) revert DataAccess_OfferExpired(offer_.expiresAt);
        if (msg.value != 0 && offer_.currency != _NATIVE) revert DataAccess_WrongValue(msg.value, 0);
        accessId = accessIdOf(msg.sender, offer_);
        Stream storage stream = _streams[accessId];
        if (stream.brand != address(0)) revert DataAccess_OfferExists(accessId);
        ICustomerData.Dataset memory dataset = ICustomerData(datasets).datasetOf(offer_.datasetId);
        _checkManifest(dataset, offer_.manifestDigest);

        if (msg.value != 0) {
            _credit(msg.sender, _NATIVE, msg.value);
            emit Funded(msg.sender, _NATIVE, msg.sender, msg.value);
        }
        _spend(msg.sender, offer_.currency, offer_.price);
        stream.brand = msg.sender;
        stream.period = offer_.period;
        stream.purpose = offer_.purpose;
        stream.dataClass = dataset.dataClass;
        stream.expiresAt = offer_.expiresAt;
        stream.currency = offer_.currency;
        stream.price = offer_.price;
        stream.minimum = offer_.minimum;
        stream.datasetId = offer_.datasetId;
        stream.digest = offer_.manifestDigest;
        emit AccessOffered(accessId, msg.sender, offer_.datasetId, offer_);
    }

    /// @inheritdoc IDataAccess
    function retract(uint256 accessId) external {
        Stream storage stream = _offered(accessId);
        address brand = stream.brand;
        if (msg.sender != brand && block.timestamp <= stream.expiresAt) revert DataAccess_NotBrand(msg.sender, brand);

        _credit(brand, stream.currency, stream.price);
        delete _streams[accessId];
        emit OfferRetracted(accessId, brand);
    }

    /* ACCEPT */

    /// @inheritdoc IDataAccess
    function accept(uint256 accessId, bytes32 envelopeDigest) external {
        _accept(msg.sender, accessId, envelopeDigest);
    }

    /// @inheritdoc IDataAccess
    function acceptBySig(
        address owner,
        uint256 accessId,
        bytes32 envelopeDigest,
        uint256 nonce,
        uint256 deadline,
        bytes calldata signature
    ) external {
        Stream storage stream = _existing(accessId);
        // In two parts, because the compiler cannot reach so many variables at once.
        bytes32 structHash = keccak256(
            bytes.concat(
                abi.encode(ACCEPT_TYPEHASH, owner, accessId, stream.brand, stream.datasetId, stream.purpose),
                abi.encode(stream.currency, uint256(stream.price), stream.period, stream.minimum),
                abi.encode(envelopeDigest, nonce, deadline)
            )
        );
        _useSigned(owner, structHash, nonce, deadline, signature);
        _accept(owner, accessId, envelopeDigest);
    }

    /* CLOSE */

    /// @inheritdoc IDataAccess
    function close(uint256 accessId) external {
        Stream storage stream = _accepted(accessId);
        uint256 closedAt = block.timestamp;
        if (msg.sender != stream.owner) {
            if (msg.sender != stream.brand) revert DataAccess_NotParty(msg.sender);
            uint256 earliest = _minimumOver(stream);
            if (closedAt < earliest) closedAt = earliest;
        }
        _close(msg.sender, accessId, stream, uint40(closedAt));
    }

    /// @inheritdoc IDataAccess
    function closeBySig(
        address owner,
        uint256 accessId,
        uint256 nonce,
        uint256 deadline,
        bytes calldata signature
    ) external {
        bytes32 structHash = keccak256(abi.encode(CLOSE_TYPEHASH, owner, accessId, nonce, deadline));
        _useSigned(owner, structHash, nonce, deadline, signature);
        Stream storage stream = _accepted(accessId);
        if (owner != stream.owner) revert DataAccess_NotOwner(owner, stream.owner);
        _close(owner, accessId, stream, uint40(block.timestamp));
    }

    /* SETTLE */

    /// @inheritdoc IDataAccess
    function collect(uint256 accessId, uint256 steps) external nonReentrant returns (uint256 amount) {
        Stream storage stream = _accepted(accessId);
        uint16 reached;
        uint40 until;
        (amount, reached, until) = _due(stream, steps);
        if (amount == 0 && reached == stream.snapshot) revert DataAccess_NothingDue(accessId);

        stream.snapshot = reached;
        stream.paidUntil = until;
        if (amount != 0) {
            address owner = stream.owner;
            emit EarningsPaid(accessId, owner, amount, until);
            _pay(stream.currency, owner, amount);
        }
    }

    /// @inheritdoc IDataAccess
    function takeBack(uint256 accessId, uint16 snapshot) external returns (uint256 amount) {
        Stream storage stream = _accepted(accessId);
        uint40 from = _endOf(stream);
        if (snapshot != 0) {
            ConsentTrail.Trail memory trail = _trailOf(stream);
            uint16 latest = trail.latestOf();
            uint16 followed = stream.snapshot;
            if (snapshot < followed || snapshot > latest) {
                revert DataAccess_SnapshotOutOfRange(snapshot, followed, latest);
            }
            from = _earlier(from, trail.endShownBy(snapshot, latest));
        }
        uint40 paidUntil = stream.paidUntil;
        if (from < paidUntil) from = paidUntil;
        amount = _refundable(stream, from);
        if (amount == 0) revert DataAccess_NothingDue(accessId);

        address brand = stream.brand;
        stream.refundedFrom = from;
        _credit(brand, stream.currency, amount);
        emit PriceRefunded(accessId, brand, amount, from);
    }

    /* VIEWS */

    /// @inheritdoc IDataAccess
    function canRead(uint256 accessId) external view returns (bool readable, Reason reason) {
        reason = _whyNot(_streams[accessId]);
        readable = reason == Reason.None;
    }

    /// @inheritdoc IDataAccess
    function accessOf(uint256 accessId) external view returns (Access memory access) {
        Stream storage stream = _existing(accessId);
        access.brand = stream.brand;
        access.datasetId = stream.datasetId;
        access.currency = stream.currency;
        access.price = stream.price;
        access.purpose = stream.purpose;
        access.dataClass = stream.dataClass;
        access.period = stream.period;
        access.minimum = stream.minimum;
        access.expiresAt = stream.expiresAt;
        access.digest = stream.digest;
        access.owner = stream.owner;
        access.startedAt = stream.startedAt;
        access.tenure = stream.tenure;
        access.snapshot = stream.snapshot;
        access.paidUntil = stream.paidUntil;
        access.closedAt = stream.closedAt;
        access.refundedFrom = stream.refundedFrom;
    }

    /// @inheritdoc IDataAccess
    function accessIdOf(address brand, Offer calldata offer_) public pure returns (uint256) {
        return uint256(keccak256(abi.encode(brand, offer_)));
    }

    /// @inheritdoc IDataAccess
    function earningsOf(uint256 accessId, uint256 steps) external view returns (uint256 due, uint256 paid) {
        Stream storage stream = _streams[accessId];
        if (stream.owner == address(0)) return (0, 0);
        (due, , ) = _due(stream, steps);
        paid = _earned(stream, stream.paidUntil);
    }

    /* INTERNALS */

    function _accept(address owner, uint256 accessId, bytes32 envelopeDigest) private {
        Stream storage stream = _offered(accessId);
        if (block.timestamp > stream.expiresAt) revert DataAccess_OfferExpired(stream.expiresAt);
        if (envelopeDigest == 0) revert DataAccess_EmptyDigest();
        uint256 datasetId = stream.datasetId;
        ICustomerData.Dataset memory dataset = ICustomerData(datasets).datasetOf(datasetId);
        if (owner != dataset.owner) revert DataAccess_NotOwner(owner, dataset.owner);
        _checkManifest(dataset, stream.digest);
        (Reason reason, uint16 snapshot) = _refusal(owner, stream);
        if (reason != Reason.None) revert DataAccess_NotAllowed(reason);

        stream.owner = owner;
        stream.tenure = dataset.tenure;
        stream.startedAt = uint40(block.timestamp);
        stream.snapshot = snapshot;
        stream.paidUntil = uint40(block.timestamp);
        stream.digest = envelopeDigest;
        emit AccessAccepted(accessId, owner, datasetId, envelopeDigest, dataset.keyEpoch);
    }

    function _close(address party, uint256 accessId, Stream storage stream, uint40 closedAt) private {
        uint40 before = stream.closedAt;
        if (before != 0 && before <= closedAt) revert DataAccess_AlreadyClosed(accessId, before);
        stream.closedAt = closedAt;
        emit AccessClosed(accessId, party, closedAt);
    }

    function _existing(uint256 accessId) private view returns (Stream storage stream) {
        stream = _streams[accessId];
        if (stream.brand == address(0)) revert DataAccess_UnknownAccess(accessId);
    }

    function _offered(uint256 accessId) private view returns (Stream storage stream) {
        stream = _existing(accessId);
        if (stream.owner != address(0)) revert DataAccess_AlreadyAccepted(accessId);
    }

    function _accepted(uint256 accessId) private view returns (Stream storage stream) {
        stream = _existing(accessId);
        if (stream.owner == address(0)) revert DataAccess_NotAccepted(accessId);
    }

    /// @dev What the owner's consent lacks now, and the number of the snapshot that says so.
    function _refusal(address owner, Stream storage stream) private view returns (Reason reason, uint16 latest) {
        (address brand, uint8 purpose, uint8 dataClass) = (stream.brand, stream.purpose, stream.dataClass);
        IConsentRegistry registry = IConsentRegistry(consents);
        IConsentRegistry.Refusal refusal = registry.whyNot(owner, brand, purpose, dataClass);
        latest = registry.snapshotCount(owner, brand);
        if (refusal != IConsentRegistry.Refusal.None) return (Reason(REASON_OF_REFUSAL + uint8(refusal)), latest);
        if (!ConsentTrail.isFit(latest)) reason = Reason.Interrupted;
    }

    function _whyNot(Stream storage stream) private view returns (Reason) {
        if (stream.brand == address(0)) return Reason.UnknownAccess;
        if (stream.owner == address(0)) return Reason.NotAccepted;
        if (_tenureEnd(stream) != 0) return Reason.DatasetGone;
        uint40 closedAt = stream.closedAt;
        if (closedAt != 0 && block.timestamp >= closedAt) return Reason.Closed;
        if (block.timestamp >= _periodOver(stream)) return Reason.PeriodOver;
        (Reason reason, ) = _refusal(stream.owner, stream);
        if (reason != Reason.None) return reason;
        // How far it went does not matter here.
        // slither-disable-next-line unused-return
        (, , bool ended) = _trailOf(stream).follow(stream.snapshot, type(uint256).max);
        return ended ? Reason.Interrupted : Reason.None;
    }

    /// @dev What `collect` is to pay and to write.
    function _due(
        Stream storage stream,
        uint256 steps
    ) private view returns (uint256 amount, uint16 reached, uint40 until) {
        // Whether it ended there does not matter here.
        // slither-disable-next-line unused-return
        (reached, until, ) = _trailOf(stream).follow(stream.snapshot, steps);
        until = _earlier(_earlier(until, _endOf(stream)), stream.refundedFrom);
        uint40 paidUntil = stream.paidUntil;
        if (until < paidUntil) until = paidUntil;
        amount = _earned(stream, until) - _earned(stream, paidUntil);
    }

    /// @dev What would go back if the access earned nothing from `from` on.
    function _refundable(Stream storage stream, uint40 from) private view returns (uint256) {
        uint40 to = _earlier(_periodOver(stream), stream.refundedFrom);
        return from < to ? _earned(stream, to) - _earned(stream, from) : 0;
    }

    /// @dev The end as far as it is known without the consents; it may be to come.
    function _endOf(Stream storage stream) private view returns (uint40) {
        return _earlier(_earlier(_periodOver(stream), stream.closedAt), _tenureEnd(stream));
    }

    function _tenureEnd(Stream storage stream) private view returns (uint40) {
        return ICustomerData(datasets).tenureEnd(stream.datasetId, stream.tenure);
    }

    function _trailOf(Stream storage stream) private view returns (ConsentTrail.Trail memory) {
        return
            ConsentTrail.Trail({
                consents: IConsentRegistry(consents),
                customer: stream.owner,
                brand: stream.brand,
                purpose: stream.purpose,
                dataClass: stream.dataClass,
                since: stream.startedAt,
                earliest: _minimumOver(stream)
            });
    }

    function _periodOver(Stream storage stream) private view returns (uint40) {
        return stream.startedAt + stream.period;
    }

    function _minimumOver(Stream storage stream) private view returns (uint40) {
        return stream.startedAt + stream.minimum;
    }

    /// @dev What the stream has earned from its beginning up to `at`, which is within its period.
    function _earned(Stream storage stream, uint40 at) private view returns (uint256) {
        return (uint256(stream.price) * (at - stream.startedAt)) / stream.period;
    }

    function _checkManifest(ICustomerData.Dataset memory dataset, bytes32 expected) private pure {
        if (dataset.manifestDigest != expected) revert DataAccess_DatasetChanged(dataset.manifestDigest, expected);
    }

    /// @dev Zero stands for never.
    function _earlier(uint40 a, uint40 b) private pure returns (uint40) {
        return b != 0 && b < a ? b : a;
    }
}
