// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {IERC2981} from "@openzeppelin/contracts/interfaces/IERC2981.sol";
import {ERC721} from "solady/src/tokens/ERC721.sol";

import {ICardTerms} from "../../interfaces/membership/ICardTerms.sol";

/// @title Cards for tests: anyone mints them and changes their terms
/// @dev Reads what the real collection reads in a sale (the card's word, its tier's word), so that gas can be compared.
contract MockCardCollection is ERC721, ICardTerms {
    struct Tier {
        uint16 royaltyBps;
        bool locked;
    }

    mapping(uint16 tierId => Tier) internal _tiers;

    error MockCardCollection_Locked(uint256 cardId);

    receive() external payable {}

    function mint(address to, uint256 cardId, uint16 tierId, uint40 startsAt, uint40 expiresAt) external {
        _mint(to, cardId);
        setCard(cardId, tierId, startsAt, expiresAt);
    }

    function setTier(uint16 tierId, uint16 royaltyBps, bool locked) external {
        _tiers[tierId] = Tier(royaltyBps, locked);
    }

    function setCard(uint256 cardId, uint16 tierId, uint40 startsAt, uint40 expiresAt) public {
        _setExtraData(cardId, uint96(tierId) | (uint96(startsAt) << 16) | (uint96(expiresAt) << 56));
    }

    function cardOf(uint256 cardId) public view virtual returns (uint16 tierId, uint40 startsAt, uint40 expiresAt) {
        uint96 word = _getExtraData(cardId);
        return (uint16(word), uint40(word >> 16), uint40(word >> 56));
    }

    function royaltyInfo(uint256 cardId, uint256 price) public view virtual returns (address, uint256) {
        return (address(this), (price * _tiers[uint16(_getExtraData(cardId))].royaltyBps) / 10_000);
    }

    function supportsInterface(bytes4 interfaceId) public view virtual override returns (bool) {
        return interfaceId == type(IERC2981).interfaceId || super.supportsInterface(interfaceId);
    }

    function name() public pure override returns (string memory) {
        return "Cards";
    }

    function symbol() public pure override returns (string memory) {
        return "CARD";
    }

    function tokenURI(uint256) public pure override returns (string memory) {
        return "";
    }

    function _beforeTokenTransfer(address from, address, uint256 cardId) internal view override {
        if (from == address(0)) return;
        if (_tiers[uint16(_getExtraData(cardId))].locked) revert MockCardCollection_Locked(cardId);
    }
}
