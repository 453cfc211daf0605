// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {IERC2981} from "@openzeppelin/contracts/interfaces/IERC2981.sol";

import {MockCardCollection} from "./MockCardCollection.sol";

/// @title A collection that answers as a test wants it to
contract MockCrookedCollection is MockCardCollection {
    bytes public royaltyAnswer;
    bytes public termsAnswer;
    bool public royaltyReverts;
    bool public deniesRoyalty;
    bool public deniesInterfaces;
    bool public keepsCards;

    function answerRoyalty(bytes calldata answer) external {
        royaltyAnswer = answer;
    }

    function answerTerms(bytes calldata answer) external {
        termsAnswer = answer;
    }

    function revertRoyalty() external {
        royaltyReverts = true;
    }

    function denyRoyalty() external {
        deniesRoyalty = true;
    }

    function denyInterfaces() external {
        deniesInterfaces = true;
    }

    function keepCards() external {
        keepsCards = true;
    }

    function transferFrom(address from, address to, uint256 cardId) public payable override {
        if (!keepsCards) super.transferFrom(from, to, cardId);
    }

    function cardOf(uint256) public view override returns (uint16, uint40, uint40) {
        _return(termsAnswer);
    }

    function royaltyInfo(uint256, uint256) public view override returns (address, uint256) {
        require(!royaltyReverts, "no answer");
        _return(royaltyAnswer);
    }

    function supportsInterface(bytes4 interfaceId) public view override returns (bool) {
        require(!deniesInterfaces, "no answer");
        return (interfaceId != type(IERC2981).interfaceId || !deniesRoyalty) && super.supportsInterface(interfaceId);
    }

    function _return(bytes memory answer) private pure {
        assembly ("memory-safe") {
            return(add(answer, 32), mload(answer))
        }
    }
}
