// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {IERC165} from "@openzeppelin/contracts/utils/introspection/IERC165.sol";

import {IERC6672} from "./IERC6672.sol";
import {IPerkTerms} from "./IPerkTerms.sol";

/// @title Where the holders of a brand's cards redeem their perks
/// @notice A tier has up to 32 perks: each can be used so many times in a window. Who holds the card uses them, and what is left goes with
/// the card when it is sold: uses are counted for the card, never for a person.
/// @dev **How uses are counted.** A card's term is cut into windows from its start; in each, every perk has its whole count again, in the
/// last one too if the term cuts it short. A card that is renewed before its end keeps its term and the windows go on; renewed after its
/// end, or upgraded, it begins a term, which was paid for, and so a first window. Terms never start earlier than the one before, so the
/// latest window is all that has to be remembered. Two terms that start in the same second, in the same tier, share their uses.
///
/// **ERC-6672** is written for the ERC-721 contract. The cards were there before the desk and keep no flags, so the desk keeps them: it
/// answers as the cards would if the desk were the one operator that redeems them. `operator` is therefore always the desk's own address
/// (to the cards, the desk would be the caller), any other operator has redeemed nothing, and the redeemer is whoever held the card. A
/// redemption is one use, and there is nobody else's to cancel. `redeem` and `cancel` are the standard's forms of `redeemPerk` and
/// `cancelRedemption`, and both emit the standard's events. The token's number is the card's; ERC-721 itself is answered by `cards`.
///
/// **A redemption's number** says what was redeemed, from the highest bit: cardId 168 | tierId 16 | perkId 8 | serial 64, the last counted
/// from 1 for each perk of each card. Nothing but the last serial is stored of a use that cannot be cancelled, that is, of any perk but a
/// physical one: who redeemed it is in its events.
///
/// **Physical goods** stay open until the brand confirms the delivery, also when the card is sold or ends meanwhile: they are owed to
/// whoever redeemed them, and only she, or the brand, may cancel. The use then goes back to the card, whoever holds it now, as long as
/// the window it was made in lasts; after that it is lost. So what is left of a card never falls but by its holder's hand or in a new window.
///
/// Every signature form takes one of the signer's unordered nonces and requires, in this order:
/// - `deadline` has not passed: `Signed_Expired`.
/// - The signer, a key or an ERC-1271 wallet, signed this very act: `Signed_InvalidSignature`.
/// - The nonce is fresh: `Signed_NonceUsed`.
///
/// A signature is good for who holds the card when it is relayed: it is worthless while the card is somebody else's, and good again, until
/// its deadline, if it comes back in the same tier. Deadlines should be short.
interface IPerkDesk is IERC165, IERC6672, IPerkTerms {
    /// @notice What a perk gives.
    /// @param Service Something done at once, such as a free coffee
    /// @param Digital Something sent at once, such as a code
    /// @param Physical Goods that are delivered later; until then the redemption can be cancelled
    enum Kind {
        Service,
        Digital,
        Physical
    }

    /// @notice Where a redemption stands.
    /// @param None There is none of that number
    /// @param Open Goods that were not delivered yet
    /// @param Done Delivered, or with nothing to deliver
    /// @param Cancelled It does not count any more
    enum State {
        None,
        Open,
        Done,
        Cancelled
    }

    /// @notice A perk of a tier. All but its description is one word.
    /// @param count Uses in each window.
    /// @param window Seconds of a window; 0 = the whole of a term that never ends.
    /// @param kind What it gives.
    /// @param retiredAt When the brand retired it, a Unix time: terms that start later do not have it; 0 = it is not retired.
    /// @param receiver The contract that is told of each redemption; the zero address: nobody is.
    /// @param uri What it is, in words.
    struct Perk {
        uint8 count;
        uint32 window;
        Kind kind;
        uint40 retiredAt;
        address receiver;
        string uri;
    }

    /// @notice A redemption.
    /// @param redeemer Who redeemed it; kept only of physical goods, the zero address otherwise.
    struct Redemption {
        uint256 cardId;
        uint16 tierId;
        uint8 perkId;
        State state;
        address redeemer;
    }

    /// @notice Cards of `tierId` have a perk more from now on, those that are out already too.
    event PerkDefined(
        uint16 indexed tierId,
        uint8 indexed perkId,
        uint8 count,
        uint32 window,
        Kind kind,
        address receiver,
        string uri
    );
    /// @notice Terms that start after this do not have the perk.
    event PerkRetired(uint16 indexed tierId, uint8 indexed perkId);
    /// @notice `redeemer`, who held the card, used a perk of it, for `ref`. Which, of which card, is in the number and in `Redeem`.
    event PerkRedeemed(bytes32 indexed redemptionId, address indexed redeemer, bytes32 indexed ref);
    /// @notice `by`, who redeemed it or who acts for the brand, cancelled a redemption.
    event RedemptionCancelled(bytes32 indexed redemptionId, address indexed by);
    /// @notice The brand says that the goods were handed out.
    event DeliveryConfirmed(bytes32 indexed redemptionId);
    /// @notice The perk's receiver was called and failed. The redemption stands.
    event ReceiverFailed(bytes32 indexed redemptionId, address indexed receiver);

    /// @notice A perk without uses is none.
    error PerkDesk_NoUses();
    /// @notice The tier has 32 perks already.
    error PerkDesk_TooManyPerks(uint16 tierId);
    /// @notice The tier has no such perk.
    error PerkDesk_UnknownPerk(uint16 tierId, uint8 perkId);
    /// @notice The perk was retired, before the card's term started if it is a card that asks for it.
    error PerkDesk_PerkRetired(uint16 tierId, uint8 perkId);
    /// @notice `account` does not hold the card.
    error PerkDesk_NotHolder(uint256 cardId, address account);
    /// @notice The card's term is over.
    error PerkDesk_NotActive(uint256 cardId);
    /// @notice The card has used this perk up in this window.
    error PerkDesk_NoneLeft(uint256 cardId, uint8 perkId);
    /// @notice The next redemption of this perk will be `next`.
    error PerkDesk_NotNext(bytes32 redemptionId, bytes32 next);
    /// @notice The perk's receiver could not get the 50,000 gas that it is due.
    error PerkDesk_TooLittleGas();
    /// @notice There is no such redemption of goods that wait for delivery.
    error PerkDesk_NotOpen(bytes32 redemptionId);
    /// @notice It was not `account` who redeemed it.
    error PerkDesk_NotRedeemer(bytes32 redemptionId, address account);

    /// @notice Defines the next perk of `tierId`, for every card in it from now on. All of it is final, but it can be retired.
    /// @param count Uses in each window.
    /// @param window Seconds of a window; 0 = the tier's period, which for cards that never expire is for ever.
    /// @param receiver The contract that is told of each redemption (`IPerkReceiver`); the zero address: nobody is.
    /// @param uri What it is, in words.
    /// @return perkId Its number in the tier, counted from 0.
    /// @dev Requirements:
    /// - The caller has the role: `AccessManagedUnauthorized`.
    /// - The tier is defined: `MembershipCard_UnknownTier`.
    /// - `count` is not 0: `PerkDesk_NoUses`.
    /// - The tier has fewer than 32 perks: `PerkDesk_TooManyPerks`.
    function definePerk(
        uint16 tierId,
        uint8 count,
        uint32 window,
        Kind kind,
        address receiver,
        string calldata uri
    ) external returns (uint8 perkId);

    /// @notice Takes a perk out of what the tier offers. Whoever's term has started keeps it until the term ends, and as long as she extends
    /// it: she paid for a card with this perk. A brand that wants an end to that as well ends the tier's renewals.
    /// @dev Requirements:
    /// - The caller has the role: `AccessManagedUnauthorized`.
    /// - There is such a perk: `PerkDesk_UnknownPerk`.
    /// - It is not retired: `PerkDesk_PerkRetired`.
    function retirePerk(uint16 tierId, uint8 perkId) external;

    /// @notice Uses perk `perkId` of the caller's own card once. A receiver is told before this returns, with 50,000 gas and no say.
    /// @param ref Digest of what it is for, for example of an order. Never personal data.
    /// @return redemptionId The redemption's number.
    /// @dev Requirements:
    /// - The card exists: `TokenDoesNotExist`.
    /// - The caller holds it, being approved is not enough: `PerkDesk_NotHolder`.
    /// - It is active: `PerkDesk_NotActive`.
    /// - Its tier has the perk: `PerkDesk_UnknownPerk`.
    /// - The perk was not retired before the card's term started: `PerkDesk_PerkRetired`.
    /// - A use is left in this window: `PerkDesk_NoneLeft`.
    /// - There is gas enough to tell the receiver, if there is one: `PerkDesk_TooLittleGas`.
    function redeemPerk(uint256 cardId, uint8 perkId, bytes32 ref) external returns (bytes32 redemptionId);

    /// @notice As `redeemPerk`, for `holder`, who signed
    /// `RedeemPerk(address holder,uint256 cardId,uint16 tierId,uint8 perkId,bytes32 ref,uint256 nonce,uint256 deadline)`.
    /// `tierId` is the card's own when it is relayed: after an upgrade the same number is another perk, and the signature worthless.
    function redeemPerkBySig(
        address holder,
        uint256 cardId,
        uint8 perkId,
        bytes32 ref,
        uint256 nonce,
        uint256 deadline,
        bytes calldata signature
    ) external returns (bytes32 redemptionId);

    /// @notice Cancels a redemption of the caller's own whose goods were not delivered yet, also when the card is somebody else's by now.
    /// @dev Requirements:
    /// - Its goods wait for delivery: `PerkDesk_NotOpen`.
    /// - The caller redeemed it: `PerkDesk_NotRedeemer`.
    function cancelRedemption(bytes32 redemptionId) external;

    /// @notice As `cancelRedemption`, for `redeemer`, who signed
    /// `CancelRedemption(address redeemer,bytes32 redemptionId,uint256 nonce,uint256 deadline)`.
    function cancelRedemptionBySig(
        address redeemer,
        bytes32 redemptionId,
        uint256 nonce,
        uint256 deadline,
        bytes calldata signature
    ) external;

    /// @notice Cancels redemptions whose goods the brand will not deliver. Passes over any that does not wait for delivery.
    /// @return declined How many it was.
    /// @dev Requirements:
    /// - The caller has the role: `AccessManagedUnauthorized`.
    function declineRedemptions(bytes32[] calldata redemptionIds) external returns (uint256 declined);

    /// @notice Says that the goods of these redemptions were delivered: from now on they cannot be cancelled. Passes over any that does not
    /// wait for delivery, so that one cancelled in front does not stop the others; whoever hands goods out confirms first, and hands out
    /// only what was confirmed.
    /// @return confirmed How many it was.
    /// @dev Requirements:
    /// - The caller has the role: `AccessManagedUnauthorized`.
    function confirmDelivery(bytes32[] calldata redemptionIds) external returns (uint256 confirmed);

    /// @notice Returns how many uses card `cardId` has left now of perk `i`, in the 8 bits from bit `8 * i` on, counted from the lowest. A
    /// card whose term is over has none.
    /// @dev Requirements:
    /// - The card exists: `TokenDoesNotExist`.
    function perksLeft(uint256 cardId) external view returns (bytes32);

    /// @notice Returns the number that the next redemption of the perk will have.
    /// @dev Requirements:
    /// - The card exists: `TokenDoesNotExist`.
    function nextRedemptionId(uint256 cardId, uint8 perkId) external view returns (bytes32);

    /// @notice Returns a redemption; its state is `None` if there is none of that number.
    function redemption(bytes32 redemptionId) external view returns (Redemption memory);

    /// @notice Returns a perk of a tier.
    /// @dev Requirements:
    /// - There is such a perk: `PerkDesk_UnknownPerk`.
    function perk(uint16 tierId, uint8 perkId) external view returns (Perk memory);

    /// @notice Returns how many perks the tier has, retired ones too; their numbers are 0 to one less.
    function perkCount(uint16 tierId) external view returns (uint8);

    /// @notice Returns the collection whose cards have perks here.
    function cards() external view returns (address);
}
