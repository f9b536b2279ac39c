"""The compiled programme: every section parsed, cross-checked and joined into plain frozen data. Pure."""

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from itertools import chain
from typing import get_args
from zoneinfo import ZoneInfo

from loyalty.approvals import terms as approval_sections
from loyalty.approvals.terms import ApprovalTerms
from loyalty.benefits import terms as benefit_sections
from loyalty.benefits.terms import Benefit
from loyalty.decide import club as club_sections
from loyalty.decide import examples as example_sections
from loyalty.decide.club import Club, Compliance, Limits
from loyalty.decide.example_vocabulary import Vocabulary
from loyalty.decide.examples import Example
from loyalty.document import Faults, Section
from loyalty.errors import NoProgramme, ProgrammeFaulty, RewardUnknown
from loyalty.households import terms as household_sections
from loyalty.households.terms import HouseholdTerms
from loyalty.ledger import terms as unit_sections
from loyalty.ledger.terms import Unit
from loyalty.members import terms as consent_sections
from loyalty.members.terms import ConsentTerms
from loyalty.policies import terms as policy_sections
from loyalty.policies.terms import PolicyTerms
from loyalty.rewards import terms as reward_sections
from loyalty.rewards.terms import CASH_LIKE, Reward
from loyalty.rules import parsing as rule_sections
from loyalty.rules.about import RulesAbout
from loyalty.rules.terms import On, Rule
from loyalty.tiers import parsing as tier_sections
from loyalty.tiers.terms import Ladder


@dataclass(frozen=True)
class Programme:
    """All that the club promises."""

    club: Club
    compliance: Compliance
    units: Mapping[str, Unit]
    ladder: Ladder
    rules: tuple[Rule, ...]
    examples: tuple[Example, ...]
    limits: Limits
    policies: PolicyTerms
    benefits: tuple[Benefit, ...]
    rewards: tuple[Reward, ...]
    consents: tuple[ConsentTerms, ...]
    approvals: ApprovalTerms
    household: HouseholdTerms | None = None  #: None: nobody pools

    def reward(self, code: str) -> Reward:
        """The reward of that code. Raises RewardUnknown."""
        found = next((one for one in self.rewards if one.code == code), None)
        if found is None:
            raise RewardUnknown(reward=code)
        return found

    @cached_property
    def rules_by_code(self) -> Mapping[str, Rule]:
        """The rules, each by its code."""
        return {rule.code: rule for rule in self.rules}

    @cached_property
    def rules_about(self) -> Mapping[str, RulesAbout]:
        """The rules about each kind of fact."""
        return {on: RulesAbout(rule for rule in self.rules if rule.on == on) for on in get_args(On)}

    @cached_property
    def unit_codes(self) -> tuple[str, ...]:
        """The units' codes, sorted."""
        return tuple(sorted(self.units))

    @cached_property
    def at_once(self) -> frozenset[str]:
        """The units that every rule gives at once, for as long as the unit says."""
        dated = {rule.unit for rule in self.rules if rule.opens or rule.expiry is not None}
        return frozenset(self.units.keys() - dated)

    @cached_property
    def capped(self) -> bool:
        """Whether any unit has a cap."""
        return any(unit.cap is not None for unit in self.units.values())

    @cached_property
    def oldest_first(self) -> frozenset[str]:
        """The units that are spent by the day earned."""
        return frozenset(code for code, unit in self.units.items() if unit.oldest_first)

    @cached_property
    def follows_policies(self) -> bool:
        """Whether it gives anything for policies or premiums."""
        return bool(self.rules_about["policy"].all or self.rules_about["premium"].all)


@dataclass(frozen=True, slots=True)
class Edition:
    """One immutable, numbered version of the programme."""

    number: int
    in_force_from: datetime
    programme: Programme


@dataclass(frozen=True)
class Editions:
    """All published editions, by number and so by the instant they come into force; at least one."""

    items: tuple[Edition, ...]

    def at(self, instant: datetime) -> Edition:
        """The edition in force at an instant (P13); before the first one, the first."""
        if self.items[-1].in_force_from <= instant:
            return self.items[-1]
        return self.items[max(bisect_right(self._starts, instant) - 1, 0)]

    def number(self, number: int) -> Edition:
        """The edition of that number. Raises NoProgramme."""
        for edition in reversed(self.items):
            if edition.number == number:
                return edition
        raise NoProgramme(number=number)

    @cached_property
    def _starts(self) -> tuple[datetime, ...]:
        return tuple(edition.in_force_from for edition in self.items)

    @cached_property
    def zone(self) -> ZoneInfo:
        """The club's time zone, which no edition can change."""
        return self.items[-1].programme.club.time_zone

    @cached_property
    def idling(self) -> frozenset[str]:
        """The units whose points any edition lets die by inactivity."""
        return frozenset(code for code, unit in self._units() if unit.expiry.inactive_months)

    @cached_property
    def pausing(self) -> frozenset[str]:
        """The units whose points any edition keeps alive while a tier is held."""
        return frozenset(code for code, unit in self._units() if unit.paused_while_tier)

    def _units(self) -> Iterator[tuple[str, Unit]]:
        return chain.from_iterable(edition.programme.units.items() for edition in self.items)


def compile_programme(document: Mapping[str, object]) -> Programme:
    """The programme a document describes, be it loaded from TOML or from JSON.

    Raises ProgrammeFaulty with every fault: each a dotted path and what is wrong there.
    """
    faults = Faults()
    root = Section(document, faults, stranger="is not supported")
    club, compliance = club_sections.parse(root)
    limits = club_sections.parse_limits(root)
    units = unit_sections.parse(root, club.currency)
    decimals = {code: unit.decimals for code, unit in units.items()}
    ladder = tier_sections.parse(root, decimals)
    rules = rule_sections.parse(root, decimals, club.currency)
    policies = policy_sections.parse(root)
    tier_codes = tuple(tier.code for tier in ladder.tiers)
    benefits = benefit_sections.parse(root, tier_codes, club.currency)
    rewards = reward_sections.parse(root, decimals, tier_codes, club.currency)
    consents = consent_sections.parse(root)
    approvals = approval_sections.parse(root, decimals)
    household = household_sections.parse(root, decimals)
    benefit_codes, reward_codes = (tuple(one.code for one in some) for some in (benefits, rewards))
    words = Vocabulary(decimals, club.currency, tier_codes, benefit_codes, reward_codes)
    examples = example_sections.parse(root, words)
    if compliance.regime == "insurance" and club.show_missing != "none" and root.sound("club"):
        root.note("club.show_missing", 'must be "none": an insurer must not urge to buy')
    _check_units(root, units, tier_codes, compliance)
    _check_rebates(root, units, rules, compliance)
    _check_rewards(root, units, rewards, compliance)
    _check_expiries(root, units, rules)
    _check_prices(root, units, ladder)
    _check_consents(root, benefits, consents)
    _check_household(root, units, household, compliance)
    if found := faults.all():
        raise ProgrammeFaulty(faults=found)
    return Programme(
        club,
        compliance,
        units,
        ladder,
        rules,
        examples,
        limits,
        policies,
        benefits,
        rewards,
        consents,
        approvals,
        household,
    )


def _check_expiries(root: Section, units: Mapping[str, Unit], rules: tuple[Rule, ...]) -> None:
    """A rule cannot date points of a unit whose lots have no day of their own."""
    for place, rule in enumerate(rules):
        unit = units.get(rule.unit)
        if rule.expiry is not None and unit is not None and unit.expiry.inactive_months:
            root.note(f"rule[{place}].expiry", f'points of "{rule.unit}" die together, by inactivity')


def _check_units(
    root: Section, units: Mapping[str, Unit], tiers: tuple[str, ...], compliance: Compliance
) -> None:
    """Tiers that a unit speaks of must be there; an insurer has no cash-like points without leave (B10)."""
    for code, unit in units.items():
        for tier in unit.paused_while_tier:
            if tier not in tiers and root.sound("tier"):
                root.note(f"unit.{code}.paused_while_tier", f'there is no tier "{tier}"')
        if compliance.regime == "insurance" and compliance.approval is None:
            if unit.transfer:
                root.note(f"unit.{code}.transfer", "an insurer's points are passed on only with an approval")
            if unit.worth:
                root.note(f"unit.{code}.worth", "an insurer's points are money only with an approval")


def _check_rebates(
    root: Section, units: Mapping[str, Unit], rules: tuple[Rule, ...], compliance: Compliance
) -> None:
    """No points to spend for a policy or a premium without leave: that would be a rebate (B10)."""
    if compliance.regime != "insurance" or compliance.approval is not None:
        return
    for place, rule in enumerate(rules):
        spendable = rule.unit in units and units[rule.unit].spendable
        if rule.on in ("policy", "premium") and spendable and root.sound(f"rule[{place}]"):
            words = f'points to spend ("{rule.unit}") for a {rule.on} are a rebate: they need an approval'
            root.note(f"rule[{place}].unit", words)


def _check_rewards(
    root: Section, units: Mapping[str, Unit], rewards: tuple[Reward, ...], compliance: Compliance
) -> None:
    """Rewards are bought with points that are spent; an insurer's are no cash without leave (B9, B10)."""
    for place, reward in enumerate(rewards):
        unit = units.get(reward.unit)
        if unit is not None and not unit.spendable:
            root.note(f"reward[{place}].price.unit", f'points of "{reward.unit}" are not spent')
        if compliance.regime == "insurance" and compliance.approval is None and reward.nature in CASH_LIKE:
            words = f"{reward.nature} for points is a rebate: it needs an approval"
            root.note(f"reward[{place}].nature", words)


def _check_prices(root: Section, units: Mapping[str, Unit], ladder: Ladder) -> None:
    """What pays for tiers is not spent on anything else: holds would set aside what a lift needs."""
    terms = ladder.terms
    for key, price in (("lift_costs", terms.lift_costs), ("keep_costs", terms.keep_costs)):
        spendable = any(unit in units and units[unit].spendable for unit in terms.balances)
        if price != "nothing" and spendable:
            root.note(f"terms.{key}", "is paid in points that are not spendable")


def _check_consents(root: Section, benefits: tuple[Benefit, ...], consents: tuple[ConsentTerms, ...]) -> None:
    """Where a programme holds the texts of consents, what a benefit needs is among them (M10)."""
    codes = {one.code for one in consents}
    for place, benefit in enumerate(benefits):
        if codes and benefit.needs_consent not in (None, *codes) and root.sound("consent"):
            words = f'there is no consent "{benefit.needs_consent}" to give'
            root.note(f"benefit[{place}].needs_consent", words)


def _check_household(
    root: Section, units: Mapping[str, Unit], household: HouseholdTerms | None, compliance: Compliance
) -> None:
    """Households spend what is spent; an insurer's not each other's points without leave (B10, M8)."""
    if household is None:
        return
    for code in household.others_month:
        if code in units and not units[code].spendable:
            root.note(f"household.unit.{code}", f'points of "{code}" are not spent')
    if compliance.regime == "insurance" and compliance.approval is None:
        root.note("household", "an insurer's points are pooled only with an approval")
