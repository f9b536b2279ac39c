"""What the examples of a programme may speak of: its units, tiers, benefits and rewards. Pure."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from loyalty.document import Section


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What the rest of the programme has to offer to an example, by codes."""

    decimals: Mapping[str, int]  #: of each unit
    currency: str
    tiers: Collection[str]
    benefits: Collection[str]
    rewards: Collection[str]

    def unit(self, section: Section) -> str:
        """The unit that a fact is about."""
        return _known(section, "unit", self.decimals)

    def benefit(self, section: Section) -> str:
        """The benefit that a fact is about."""
        return _known(section, "benefit", self.benefits)

    def reward(self, section: Section) -> str:
        """The reward that a fact is about."""
        return _known(section, "reward", self.rewards)

    def steps(self, section: Section, unit: str, *, least: int) -> int:
        """The points of a fact, in the unit's smallest steps."""
        return section.steps("points", self.decimals.get(unit, 0), least=least)


def _known(section: Section, key: str, codes: Collection[str]) -> str:
    code = section.code(key)
    if section.sound(key) and code not in codes:
        section.note(key, f'there is no {key} "{code}"')
    return code
