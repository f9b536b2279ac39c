"""Which unit a caller means."""

from datetime import datetime

from loyalty.decide.programme import Editions
from loyalty.errors import Invalid, NotSpendable, UnitUnknown


def spendable_unit(editions: Editions, unit: str | None, now: datetime) -> str:
    """The unit to spend; without a name, the only one that can be.

    Raises UnitUnknown, NotSpendable; Invalid when several could be meant.
    """
    units = editions.at(now).programme.units
    if unit is not None:
        if unit not in units:
            raise UnitUnknown(unit=unit)
        if not units[unit].spendable:
            raise NotSpendable(unit=unit)
        return unit
    spendable = sorted(code for code, terms in units.items() if terms.spendable)
    if not spendable:
        raise NotSpendable()
    if len(spendable) > 1:
        raise Invalid(fields={"unit": f"name one of {', '.join(spendable)}"})
    return spendable[0]


def known_unit(editions: Editions, unit: str, now: datetime) -> str:
    """A unit of the programme. Raises UnitUnknown."""
    if unit not in editions.at(now).programme.units:
        raise UnitUnknown(unit=unit)
    return unit
