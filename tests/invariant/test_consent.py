"""ConsentRegistry against a plain model: grants, withdrawals, notices, expiry, signatures held back, time.

C1  After a withdrawal in block b, ``isAllowed`` is false for what was withdrawn from b on, until the customer grants
    again.
C2  Nobody but the customer, by an act or a signature of hers, changes a snapshot.
C3  Nothing that a brand publishes turns a refusal into a permission.
C4  A use is allowed exactly if the customer's last word allows it: both bits set, not expired, the notice still
    acceptable, neither bit changed since that notice.
C5  A signed grant works at most once, and only if the customer has not acted with that brand since she signed it.
C6  Every snapshot stays readable under its number.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from brownie import ConsentRegistry
from brownie.exceptions import VirtualMachineError
from brownie.test import strategy
from hypothesis import strategies as st

from tests.support.signing import signed_by
from web3crm.chain import typed_data
from web3crm.chain.typed_data import Domain
from web3crm.domain.consent import Notice, Notices, Refusal, Snapshot, why_not

DAY = 86_400
FAR = 2**40
BITS = (0, 1, 63)
USES = [(purpose, data_class) for purpose in BITS for data_class in BITS]


@dataclass
class Consent:
    """What one customer last said to one brand; sets of bits, no words."""

    purposes: set[int] = field(default_factory=set)
    data_classes: set[int] = field(default_factory=set)
    notice: int = 0
    ends: int = 0
    said: int = 0


@dataclass
class Brand:
    """What one brand has published: for each version the bits that it changed."""

    changed_purposes: list[set[int]] = field(default_factory=list)
    changed_data_classes: list[set[int]] = field(default_factory=list)
    oldest: int = 0


def members(mask: int) -> set[int]:
    """The bits of ``BITS`` that the low bits of ``mask`` choose."""
    return {bit for place, bit in enumerate(BITS) if mask >> place & 1}


def as_set(bits: set[int]) -> int:
    return sum(1 << bit for bit in bits)


def is_good(consent: Consent, brand: Brand, purpose: int, data_class: int, now: int) -> bool:
    """C4, in sets."""
    since = slice(consent.notice, None)
    return (
        purpose in consent.purposes
        and data_class in consent.data_classes
        and now < (consent.ends or FAR)
        and consent.notice >= brand.oldest
        and not any(purpose in changed for changed in brand.changed_purposes[since])
        and not any(data_class in changed for changed in brand.changed_data_classes[since])
    )


class ConsentMachine:
    """The rules are what customers, brands and relayers can do; after each, contract and model must agree."""

    st_customer = strategy("uint8", max_value=1)
    st_brand = strategy("uint8", max_value=1)
    st_purposes = st.sampled_from((7, 5, 3, 2, 1, 0))
    st_data_classes = st.sampled_from((7, 5, 3, 2, 1, 0))
    st_changed_purposes = st.sampled_from((0, 1, 2, 4, 7))
    st_changed_data_classes = st.sampled_from((0, 0, 0, 1, 4))
    st_back = strategy("uint8", max_value=2)
    st_lasts = strategy("uint8", max_value=1)
    st_pick = strategy("uint8")

    def __init__(cls, registry: Any, customers: list[Any], brands: list[Any], relayer: Any, chain: Any) -> None:
        cls.registry, cls.customers, cls.brands, cls.relayer, cls.chain = registry, customers, brands, relayer, chain
        cls.domain = Domain(name="ConsentRegistry", chain_id=chain.id, contract=registry.address)

    def setup(self) -> None:
        pairs = [(customer, brand) for customer in range(2) for brand in range(2)]
        self.consents = {pair: Consent() for pair in pairs}
        self.snapshots: dict[tuple[int, int], list[Snapshot]] = {pair: [] for pair in pairs}
        self.notices = [Notices(), Notices()]
        self.published = [Brand(), Brand()]
        self.held_back: list[tuple[tuple[int, int], dict[str, Any], bytes]] = []
        self.nonce = 0
        # Every run begins with a notice of each brand and wide consents, or there would be little to refuse.
        for brand in range(2):
            self.rule_publish(brand, 7, 7, 0)
            for customer in range(2):
                self.rule_sign_and_hold_back(customer, brand, 7)
                self.rule_grant(customer, brand, 7, 7, 0, 0)
                self.rule_sign_and_hold_back(customer, brand, 7)

    # --- brands ---

    def rule_publish(self, st_brand: int, st_changed_purposes: int, st_changed_data_classes: int, st_back: int) -> None:
        brand, published = self.brands[st_brand], self.published[st_brand]
        version = len(published.changed_purposes) + 1
        oldest = max(published.oldest, version - 2 - st_back)
        purposes, data_classes = members(st_changed_purposes), members(st_changed_data_classes)
        before = self._allowed(st_brand)

        receipt = self.registry.publishNotice(
            b"\x11" * 32, "", as_set(purposes), as_set(data_classes), oldest, 30 * DAY, {"from": brand}
        )

        published.changed_purposes.append(purposes)
        published.changed_data_classes.append(data_classes)
        published.oldest = oldest
        self.notices[st_brand] = self.notices[st_brand].publish(
            Notice(b"\x11" * 32, as_set(purposes), as_set(data_classes), oldest, 30 * DAY, receipt.timestamp, "")
        )
        after = self._allowed(st_brand)
        assert after <= before, "C3"
        assert after == self._modelled(st_brand), "C4"

    # --- customers ---

    def rule_grant(
        self,
        st_customer: int,
        st_brand: int,
        st_purposes: int,
        st_data_classes: int,
        st_back: int,
        st_lasts: int,
    ) -> None:
        terms = self._terms(st_brand, st_purposes, st_data_classes, st_back, st_lasts)
        values = (terms["purposes"], terms["data_classes"], terms["notice_version"], terms["expires_at"])

        receipt = self._attempt(
            lambda: self.registry.grant(self.brands[st_brand], *values, {"from": self.customers[st_customer]}),
            succeeds=self._may_grant(st_brand, terms),
        )

        self._granted((st_customer, st_brand), terms, receipt)

    def rule_sign_and_hold_back(self, st_customer: int, st_brand: int, st_purposes: int) -> None:
        # Terms that are good for long, so that it is the number that a late relayer fails on.
        pair = (st_customer, st_brand)
        terms = self._terms(st_brand, st_purposes | 1, 7, 0, 0)
        terms["nonce"] = self.consents[pair].said + 1
        message = typed_data.consent_grant(
            domain=self.domain,
            customer=str(self.customers[st_customer]),
            brand=str(self.brands[st_brand]),
            notice_digest=b"\x11" * 32,
            deadline=FAR,
            **terms,
        )
        self.held_back.append((pair, terms, signed_by(self.customers[st_customer], message)))

    def rule_relay_what_was_held_back(self, st_pick: int) -> None:
        if not self.held_back:
            return
        pair, terms, signature = self.held_back[st_pick % len(self.held_back)]
        customer, brand = self.customers[pair[0]], self.brands[pair[1]]
        values = (terms["purposes"], terms["data_classes"], terms["notice_version"], terms["expires_at"])

        receipt = self._attempt(
            lambda: self.registry.grantBySig(
                customer, brand, *values, terms["nonce"], FAR, signature, {"from": self.relayer}
            ),
            succeeds=self._may_grant(pair[1], terms) and terms["nonce"] == self.consents[pair].said + 1,
        )

        self._granted(pair, terms, receipt)

    def rule_withdraw(self, st_customer: int, st_brand: int, st_purposes: int, st_data_classes: int) -> None:
        purposes, data_classes = members(st_purposes), members(st_data_classes)

        receipt = self._attempt(
            lambda: self.registry.withdraw(
                self.brands[st_brand],
                as_set(purposes),
                as_set(data_classes),
                {"from": self.customers[st_customer]},
            ),
            succeeds=bool(purposes | data_classes),
        )

        if receipt:
            self._withdrawn((st_customer, st_brand), purposes, data_classes, receipt)

    def rule_withdraw_by_signature(
        self, st_customer: int, st_brand: int, st_purposes: int, st_data_classes: int
    ) -> None:
        customer, brand = self.customers[st_customer], self.brands[st_brand]
        purposes, data_classes = members(st_purposes | 1), members(st_data_classes)
        self.nonce += 1
        message = typed_data.consent_withdraw(
            domain=self.domain,
            customer=str(customer),
            brand=str(brand),
            purposes=as_set(purposes),
            data_classes=as_set(data_classes),
            nonce=self.nonce,
            deadline=FAR,
        )

        receipt = self.registry.withdrawBySig(
            *message.message.values(), signed_by(customer, message), {"from": self.relayer}
        )

        self._withdrawn((st_customer, st_brand), purposes, data_classes, receipt)

    def rule_withdraw_everywhere(self, st_customer: int) -> None:
        receipt = self.registry.withdrawEverywhere(self.brands, {"from": self.customers[st_customer]})

        self._withdrawn((st_customer, 0), set(BITS), set(BITS), receipt)
        self._withdrawn((st_customer, 1), set(BITS), set(BITS), receipt)

    def rule_request_erasure(self, st_customer: int, st_brand: int) -> None:
        receipt = self.registry.requestErasure(self.brands[st_brand], {"from": self.customers[st_customer]})

        self._withdrawn((st_customer, st_brand), set(BITS), set(BITS), receipt)

    # --- time ---

    def rule_wait(self, st_pick: int) -> None:
        # Consents last 105 days or for ever, jumps are tens of days: none lands near an end.
        self.chain.sleep((30 + st_pick % 4 * 10) * DAY)
        self.chain.mine()

    # --- what must hold ---

    def invariant_snapshots_are_what_the_customers_said(self) -> None:
        """C2, C5, C6."""
        for (customer, brand), snapshots in self.snapshots.items():
            who = (self.customers[customer], self.brands[brand])
            latest = Snapshot(*self.registry.snapshotOf(*who))
            assert latest == (snapshots[-1] if snapshots else Snapshot())
            if snapshots:
                number = 1 + self.nonce % len(snapshots)
                assert Snapshot(*self.registry.snapshotAt(*who, number)) == snapshots[number - 1]

    def invariant_uses_are_what_the_model_allows(self) -> None:
        """C1, C4: one use a pair in turn; all of them whenever a brand publishes, and at the end."""
        turn = sum(len(snapshots) for snapshots in self.snapshots.values())
        for place, pair in enumerate(self.consents):
            self._compare(pair, *USES[(turn + 2 * place) % len(USES)])

    def teardown(self) -> None:
        for pair in self.consents:
            for use in USES:
                self._compare(pair, *use)

    # --- how ---

    def _compare(self, pair: tuple[int, int], purpose: int, data_class: int) -> None:
        customer, brand = self.customers[pair[0]], self.brands[pair[1]]
        now = self.chain.time()
        expected = is_good(self.consents[pair], self.published[pair[1]], purpose, data_class, now)
        latest = self.snapshots[pair][-1] if self.snapshots[pair] else Snapshot()
        mirrored = why_not(latest, self.notices[pair[1]], purpose=purpose, data_class=data_class, at=now)

        assert Refusal(self.registry.whyNot(customer, brand, purpose, data_class)) is mirrored
        assert (mirrored is Refusal.NONE) == expected

    def _allowed(self, brand: int) -> set[tuple[int, int, int]]:
        return {
            (customer, *use)
            for customer in range(2)
            for use in USES
            if self.registry.isAllowed(self.customers[customer], self.brands[brand], *use)
        }

    def _modelled(self, brand: int) -> set[tuple[int, int, int]]:
        now = self.chain.time()
        return {
            (customer, *use)
            for customer in range(2)
            for use in USES
            if is_good(self.consents[customer, brand], self.published[brand], *use, now)
        }

    def _terms(self, brand: int, purposes: int, data_classes: int, back: int, lasts: int) -> dict[str, Any]:
        return {
            "purposes": as_set(members(purposes)),
            "data_classes": as_set(members(data_classes)),
            "notice_version": max(0, len(self.published[brand].changed_purposes) - back),
            "expires_at": (self.chain.time() + 105 * DAY) * lasts,
        }

    def _may_grant(self, brand: int, terms: dict[str, Any]) -> bool:
        return (
            terms["purposes"] > 0
            and terms["data_classes"] > 0
            and max(1, self.published[brand].oldest) <= terms["notice_version"]
            and self.chain.time() < (terms["expires_at"] or FAR)
        )

    def _attempt(self, act: Any, *, succeeds: bool) -> Any:
        try:
            receipt = act()
        except VirtualMachineError:
            assert not succeeds
            return None
        assert succeeds
        return receipt

    def _granted(self, pair: tuple[int, int], terms: dict[str, Any], receipt: Any) -> None:
        if not receipt:
            return
        consent = self.consents[pair]
        consent.purposes = {bit for bit in BITS if terms["purposes"] >> bit & 1}
        consent.data_classes = {bit for bit in BITS if terms["data_classes"] >> bit & 1}
        consent.notice, consent.ends = terms["notice_version"], terms["expires_at"]
        self._said(pair, receipt)

    def _withdrawn(self, pair: tuple[int, int], purposes: set[int], data_classes: set[int], receipt: Any) -> None:
        self.consents[pair].purposes -= purposes
        self.consents[pair].data_classes -= data_classes
        self._said(pair, receipt)
        self._compare(pair, min(purposes, default=0), min(data_classes, default=0))

    def _said(self, pair: tuple[int, int], receipt: Any) -> None:
        consent = self.consents[pair]
        consent.said += 1
        self.snapshots[pair].append(
            Snapshot(
                as_set(consent.purposes),
                as_set(consent.data_classes),
                consent.notice,
                receipt.timestamp,
                consent.ends,
                consent.said,
            )
        )


def test_consent(state_machine, deployer, alice, bob, brand, issuer, relayer, chain):
    registry = deployer.deploy(ConsentRegistry)

    state_machine(
        ConsentMachine,
        registry,
        [alice, bob],
        [brand, issuer],
        relayer,
        chain,
        # Hypothesis keeps its first ten examples as short as it can, often one step: only what is above ten tests much.
        settings={"max_examples": 16, "stateful_step_count": 20},
    )
