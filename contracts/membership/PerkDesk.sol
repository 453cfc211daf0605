// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {IERC721} from "@openzeppelin/contracts/token/ERC721/IERC721.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {IERC165} from "@openzeppelin/contracts/utils/introspection/IERC165.sol";

import {ICardTerms} from "../../interfaces/membership/ICardTerms.sol";
import {IERC6672} from "../../interfaces/membership/IERC6672.sol";
import {IMembershipCard} from "../../interfaces/membership/IMembershipCard.sol";
import {IPerkDesk} from "../../interfaces/membership/IPerkDesk.sol";
import {IPerkReceiver} from "../../interfaces/membership/IPerkReceiver.sol";
import {IPerkTerms} from "../../interfaces/membership/IPerkTerms.sol";
import {Signed} from "../libraries/Signed.sol";

/// @title Where the holders of a brand's cards redeem their perks
/// @dev A use writes one word (`Uses`), that of physical goods a second one (`Record`).
contract PerkDesk is IPerkDesk, AccessManaged, Signed {
    /// @dev What a card did with a perk, in one word. `allotment` is the term and the window of the latest use: startsAt 40 | window
    /// number 40. What was used in any other is over. Never 0 once there was a use: no term starts in 1970.
    struct Uses {
        uint80 allotment;
        uint8 used;
        uint64 serial;
    }

    /// @dev What is kept of physical goods, in one word.
    struct Record {
        address redeemer;
        uint80 allotment;
        State state;
    }

    /// @dev A card, as its collection says.
    struct Card {
        uint256 id;
        uint16 tierId;
        uint40 startsAt;
        uint40 expiresAt;
    }

    bytes32 private constant _REDEEM_TYPEHASH = keccak256(
        "RedeemPerk(address holder,uint256 cardId,uint16 tierId,uint8 perkId,"
        "bytes32 ref,uint256 nonce,uint256 deadline)"
    );
    bytes32 private constant _CANCEL_TYPEHASH = keccak256(
        "CancelRedemption(address redeemer,bytes32 redemptionId,uint256 nonce,uint256 deadline)"
    );

    uint8 private constant _MAX_PERKS = 32;
    /// @dev What a receiver gets, and so the most that it can cost whoever redeems.
    uint256 private constant _RECEIVER_GAS = 50_000;
    /// @dev More than it takes to reach the receiver (2,600 if it is cold) and, afterwards, to end.
    uint256 private constant _GAS_AROUND = 10_000;

    /// @inheritdoc IPerkDesk
    address public immutable cards;

    /// @inheritdoc IPerkDesk
    mapping(uint16 tierId => uint8 count) public perkCount;

    mapping(uint16 tierId => mapping(uint8 perkId => Perk)) private _perks;
    /// @dev By a redemption's number without its serial: cardId 168 | tierId 16 | perkId 8.
    mapping(uint256 series => Uses) private _uses;
    mapping(bytes32 redemptionId => Record) private _records;

    constructor(address authority_, address cards_) AccessManaged(authority_) EIP712("PerkDesk", "1") {
        cards = cards_;
    }

    /* DEFINE PERKS */

    /// @inheritdoc IPerkDesk
    function definePerk(
        uint16 tierId,
        uint8 count,
        uint32 window,
        Kind kind,
        address receiver,
        string calldata uri
    ) external restricted returns (uint8 perkId) {
        uint32 period = IMembershipCard(cards).tier(tierId).period;
        if (count == 0) revert PerkDesk_NoUses();
        perkId = perkCount[tierId];
        if (perkId == _MAX_PERKS) revert PerkDesk_TooManyPerks(tierId);
        // A tier's period is as final as the perk.
        if (window == 0) window = period;
        perkCount[tierId] = perkId + 1;
        _perks[tierId][perkId] = Perk(count, window, kind, 0, receiver, uri);
        emit PerkDefined(tierId, perkId, count, window, kind, receiver, uri);
    }

    /// @inheritdoc IPerkDesk
    function retirePerk(uint16 tierId, uint8 perkId) external restricted {
        Perk storage perk_ = _perkOf(tierId, perkId);
        if (perk_.retiredAt != 0) revert PerkDesk_PerkRetired(tierId, perkId);
        perk_.retiredAt = uint40(block.timestamp);
        emit PerkRetired(tierId, perkId);
    }

    /* REDEEM */

    /// @inheritdoc IPerkDesk
    function redeemPerk(uint256 cardId, uint8 perkId, bytes32 ref) external returns (bytes32 redemptionId) {
        return _redeem(_cardOf(cardId), msg.sender, perkId, ref, "");
    }

    /// @inheritdoc IPerkDesk
    function redeemPerkBySig(
        address holder,
        uint256 cardId,
        uint8 perkId,
        bytes32 ref,
        uint256 nonce,
        uint256 deadline,
        bytes calldata signature
    ) external returns (bytes32 redemptionId) {
        Card memory card = _cardOf(cardId);
        bytes32 structHash = keccak256(
            abi.encode(_REDEEM_TYPEHASH, holder, cardId, card.tierId, perkId, ref, nonce, deadline)
        );
        _useSigned(holder, structHash, nonce, deadline, signature);
        return _redeem(card, holder, perkId, ref, "");
    }

    /// @inheritdoc IERC6672
    function redeem(bytes32 redemptionId, uint256 tokenId, string calldata memo) external {
        uint8 perkId = uint8(uint256(redemptionId) >> 64);
        bytes32 next = nextRedemptionId(tokenId, perkId);
        if (redemptionId != next) revert PerkDesk_NotNext(redemptionId, next);
        _redeem(_cardOf(tokenId), msg.sender, perkId, 0, memo);
    }

    function _redeem(
        Card memory card,
        address holder,
        uint8 perkId,
        bytes32 ref,
        string memory memo
    ) private returns (bytes32 redemptionId) {
        if (IERC721(cards).ownerOf(card.id) != holder) revert PerkDesk_NotHolder(card.id, holder);
        if (block.timestamp >= card.expiresAt) revert PerkDesk_NotActive(card.id);
        Perk storage perk_ = _perkOf(card.tierId, perkId);
        if (_isTooLate(card, perk_)) revert PerkDesk_PerkRetired(card.tierId, perkId);

        uint256 series = _series(card, perkId);
        uint80 allotment = _allotment(card, perk_);
        Uses memory uses = _uses[series];
        if (uses.allotment != allotment) (uses.allotment, uses.used) = (allotment, 0);
        if (uses.used >= perk_.count) revert PerkDesk_NoneLeft(card.id, perkId);
        uses.used += 1;
        uses.serial += 1;
        _uses[series] = uses;
        redemptionId = bytes32((series << 64) | uses.serial);
        if (perk_.kind == Kind.Physical) _records[redemptionId] = Record(holder, allotment, State.Open);

        emit PerkRedeemed(redemptionId, holder, ref);
        emit Redeem(address(this), card.id, holder, redemptionId, memo);
        address receiver = perk_.receiver;
        if (receiver != address(0)) _tell(receiver, redemptionId, card, holder, perkId, ref);
    }

    /// @dev Nothing the receiver does can undo the redemption, and nobody who sends it can keep the receiver from being told: a call gets
    /// at most 63 of 64 parts of what is left, so that much more has to be there.
    function _tell(
        address receiver,
        bytes32 redemptionId,
        Card memory card,
        address holder,
        uint8 perkId,
        bytes32 ref
    ) private {
        bytes memory data = abi.encodeCall(
            IPerkReceiver.onPerkRedeemed,
            (redemptionId, card.id, holder, card.tierId, perkId, ref)
        );
        if (gasleft() < _RECEIVER_GAS + _RECEIVER_GAS / 63 + _GAS_AROUND) revert PerkDesk_TooLittleGas();
        (uint256 receiverGas, bool success) = (_RECEIVER_GAS, false);
        // A call that leaves what the receiver returns where it is: copying it would let the receiver burn more than its share.
        // solhint-disable-next-line no-inline-assembly
        assembly ("memory-safe") {
            success := call(receiverGas, receiver, 0, add(data, 32), mload(data), 0, 0)
        }
        if (!success) emit ReceiverFailed(redemptionId, receiver);
    }

    /* CANCEL */

    /// @inheritdoc IPerkDesk
    function cancelRedemption(bytes32 redemptionId) external {
        _cancelOwn(msg.sender, redemptionId, "");
    }

    /// @inheritdoc IPerkDesk
    function cancelRedemptionBySig(
        address redeemer,
        bytes32 redemptionId,
        uint256 nonce,
        uint256 deadline,
        bytes calldata signature
    ) external {
        bytes32 structHash = keccak256(abi.encode(_CANCEL_TYPEHASH, redeemer, redemptionId, nonce, deadline));
        _useSigned(redeemer, structHash, nonce, deadline, signature);
        _cancelOwn(redeemer, redemptionId, "");
    }

    /// @inheritdoc IERC6672
    function cancel(bytes32 redemptionId, uint256 tokenId, string calldata memo) external {
        if (_cardIdOf(redemptionId) != tokenId) revert PerkDesk_NotOpen(redemptionId);
        _cancelOwn(msg.sender, redemptionId, memo);
    }

    /// @inheritdoc IPerkDesk
    function declineRedemptions(bytes32[] calldata redemptionIds) external restricted returns (uint256 declined) {
        for (uint256 i = 0; i < redemptionIds.length; ++i) {
            if (_records[redemptionIds[i]].state != State.Open) continue;
            _cancel(msg.sender, redemptionIds[i], "");
            ++declined;
        }
    }

    function _cancelOwn(address redeemer, bytes32 redemptionId, string memory memo) private {
        Record storage record = _records[redemptionId];
        if (record.state != State.Open) revert PerkDesk_NotOpen(redemptionId);
        if (record.redeemer != redeemer) revert PerkDesk_NotRedeemer(redemptionId, redeemer);
        _cancel(redeemer, redemptionId, memo);
    }

    /// @dev A use is given back in the window it was made in, as long as no later one was used: given back in a later one, that would
    /// have one more than its count.
    function _cancel(address by, bytes32 redemptionId, string memory memo) private {
        Record storage record = _records[redemptionId];
        Uses storage uses = _uses[uint256(redemptionId) >> 64];
        record.state = State.Cancelled;
        bool isOver = uses.allotment != record.allotment;
        if (!isOver) uses.used -= 1;
        emit RedemptionCancelled(redemptionId, by);
        emit Cancel(address(this), _cardIdOf(redemptionId), redemptionId, memo);
    }

    /* CONFIRM */

    /// @inheritdoc IPerkDesk
    function confirmDelivery(bytes32[] calldata redemptionIds) external restricted returns (uint256 confirmed) {
        for (uint256 i = 0; i < redemptionIds.length; ++i) {
            Record storage record = _records[redemptionIds[i]];
            if (record.state != State.Open) continue;
            record.state = State.Done;
            emit DeliveryConfirmed(redemptionIds[i]);
            ++confirmed;
        }
    }

    /* VIEWS */

    /// @inheritdoc IPerkDesk
    function perksLeft(uint256 cardId) external view returns (bytes32) {
        Card memory card = _cardOf(cardId);
        uint256 count = perkCount[card.tierId];
        uint256 lanes = 0;
        for (uint256 i = 0; i < count; ++i) lanes |= _left(card, uint8(i)) << (8 * i);
        return bytes32(lanes);
    }

    /// @inheritdoc IPerkTerms
    function hasPerksLeft(uint256 cardId, bytes32 pinned) external view returns (bool) {
        Card memory card = _cardOf(cardId);
        uint256 lanes = uint256(pinned);
        for (uint256 i = 0; lanes != 0; ++i) {
            // What is not pinned is not looked at.
            uint256 lane = lanes & 0xff;
            if (lane != 0 && _left(card, uint8(i)) < lane) return false;
            lanes >>= 8;
        }
        return true;
    }

    /// @inheritdoc IPerkDesk
    function nextRedemptionId(uint256 cardId, uint8 perkId) public view returns (bytes32) {
        uint256 series = _series(_cardOf(cardId), perkId);
        return bytes32((series << 64) | (_uses[series].serial + 1));
    }

    /// @inheritdoc IPerkDesk
    function redemption(bytes32 redemptionId) external view returns (Redemption memory) {
        uint256 series = uint256(redemptionId) >> 64;
        return
            Redemption({
                cardId: _cardIdOf(redemptionId),
                tierId: uint16(series >> 8),
                perkId: uint8(series),
                state: _stateOf(redemptionId),
                redeemer: _records[redemptionId].redeemer
            });
    }

    /// @inheritdoc IERC6672
    function isRedeemed(address operator, bytes32 redemptionId, uint256 tokenId) external view returns (bool) {
        return operator == address(this) && _cardIdOf(redemptionId) == tokenId && _stands(redemptionId);
    }

    /// @inheritdoc IERC6672
    function getRedemptionIds(address operator, uint256 tokenId) external view returns (bytes32[] memory ids) {
        if (operator != address(this) || tokenId >> 168 != 0) return ids;
        uint256 tiers = IMembershipCard(cards).tierCount();
        uint256 found = 0;
        // Once to count them, once to list them: a card's redemptions are not kept in a list.
        for (uint256 pass = 0; pass < 2; ++pass) {
            if (pass == 1) ids = new bytes32[](found);
            found = 0;
            for (uint256 tierId = 1; tierId <= tiers; ++tierId) {
                for (uint256 perkId = 0; perkId < perkCount[uint16(tierId)]; ++perkId) {
                    uint256 series = (tokenId << 24) | (tierId << 8) | perkId;
                    for (uint256 serial = 1; serial <= _uses[series].serial; ++serial) {
                        bytes32 id = bytes32((series << 64) | serial);
                        if (!_stands(id)) continue;
                        if (pass == 1) ids[found] = id;
                        ++found;
                    }
                }
            }
        }
    }

    /// @inheritdoc IPerkDesk
    function perk(uint16 tierId, uint8 perkId) external view returns (Perk memory) {
        return _perkOf(tierId, perkId);
    }

    /// @inheritdoc IERC165
    function supportsInterface(bytes4 interfaceId) external pure returns (bool) {
        return interfaceId == type(IERC165).interfaceId || interfaceId == type(IERC6672).interfaceId;
    }

    /* INTERNALS */

    function _cardOf(uint256 cardId) private view returns (Card memory card) {
        card.id = cardId;
        (card.tierId, card.startsAt, card.expiresAt) = ICardTerms(cards).cardOf(cardId);
    }

    function _perkOf(uint16 tierId, uint8 perkId) private view returns (Perk storage perk_) {
        perk_ = _perks[tierId][perkId];
        if (perk_.count == 0) revert PerkDesk_UnknownPerk(tierId, perkId);
    }

    /// @dev Whether the card's term started after the perk was retired, if it was.
    function _isTooLate(Card memory card, Perk storage perk_) private view returns (bool) {
        return perk_.retiredAt != 0 && card.startsAt > perk_.retiredAt;
    }

    /// @dev The term and the window of now. Terms start in the past.
    function _allotment(Card memory card, Perk storage perk_) private view returns (uint80) {
        uint256 window = perk_.window;
        uint256 number = window == 0 ? 0 : (block.timestamp - card.startsAt) / window;
        return uint80((uint256(card.startsAt) << 40) | number);
    }

    /// @dev How many uses of a perk the card has left now: none of one that its tier does not have.
    function _left(Card memory card, uint8 perkId) private view returns (uint256) {
        Perk storage perk_ = _perks[card.tierId][perkId];
        if (block.timestamp >= card.expiresAt || _isTooLate(card, perk_)) return 0;
        Uses memory uses = _uses[_series(card, perkId)];
        return uses.allotment != _allotment(card, perk_) ? perk_.count : perk_.count - uses.used;
    }

    /// @dev Cards count from 1, and none has a number that 168 bits do not hold.
    function _series(Card memory card, uint8 perkId) private pure returns (uint256) {
        return (card.id << 24) | (uint256(card.tierId) << 8) | perkId;
    }

    function _cardIdOf(bytes32 redemptionId) private pure returns (uint256) {
        return uint256(redemptionId) >> 88;
    }

    function _stateOf(bytes32 redemptionId) private view returns (State) {
        uint256 series = uint256(redemptionId) >> 64;
        uint64 serial = uint64(uint256(redemptionId));
        if (serial == 0 || serial > _uses[series].serial) return State.None;
        if (_perks[uint16(series >> 8)][uint8(series)].kind != Kind.Physical) return State.Done;
        return _records[redemptionId].state;
    }

    function _stands(bytes32 redemptionId) private view returns (bool) {
        State state = _stateOf(redemptionId);
        return state != State.None && state != State.Cancelled;
    }
}
