"""The lines a till prints for a member: plain text, nothing personal."""

from collections.abc import Mapping

from loyalty.decide.programme import Programme


def print_lines(
    programme: Programme, tier: str | None, available: Mapping[str, int], language: str
) -> list[str]:
    """The tier, then what can be spent of each unit, as the programme names them in that language."""
    lines = [_named(programme.ladder.tier(tier).name, language)] if tier else []
    for code, unit in sorted(programme.units.items()):
        if unit.spendable:
            lines.append(f"{_named(unit.name, language)}: {shown(available.get(code, 0), unit.decimals)}")
    return lines


def _named(name: Mapping[str, str], language: str) -> str:
    return name.get(language) or next(iter(name.values()))


def shown(points: int, decimals: int) -> str:
    """Points as people read them, in a unit's smallest steps.

    >>> shown(12480, 0), shown(12480, 1)
    ('12,480', '1,248.0')
    """
    whole, rest = divmod(points, 10**decimals)
    return f"{whole:,}.{rest:0{decimals}}" if decimals else f"{whole:,}"
