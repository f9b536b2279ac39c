"""The units of points as the programme declares them. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from loyalty import expiry
from loyalty.document import Section
from loyalty.document.values import code
from loyalty.expiry import MOST_DAYS, Expiry
from loyalty.ledger import worth
from loyalty.ledger.worth import Worth

OnReturn = Literal["debt", "clamp", "pending_only"]
Order = Literal["expiring_first", "oldest_first"]

MOST_UNITS = 50
MOST_DECIMALS = 6


@dataclass(frozen=True, slots=True)
class Transfer:
    """How members may pass points of a unit to each other (P12)."""

    member_day: int  #: the most a member may give away, and the most one may get, on a local day
    least: int  #: the fewest points of one transfer


@dataclass(frozen=True, slots=True)
class Unit:
    """A kind of points. All amounts of it are integers in its smallest step: 10 ** -decimals (N1)."""

    code: str
    name: Mapping[str, str]
    spendable: bool
    decimals: int
    expiry: Expiry
    on_return: OnReturn
    give_back_days: int
    oldest_first: bool = False  #: spent by the day earned, not by the day of expiry (P4)
    paused_while_tier: tuple[str, ...] = ()  #: nothing of it dies while such a tier is held
    transfer: Transfer | None = None  #: None: its points stay with who has them
    worth: Worth | None = None  #: what they pay of goods (P17); None: nothing
    cap: int | None = None  #: the most that rules bring a balance to, what is pending included
    floor: int = 0  #: once a balance has reached it, no rule takes it below, unless it takes all


def parse(document: Section, currency: str) -> dict[str, Unit]:
    """The section `unit`, by code; what points are worth is money of `currency`."""
    sections = document.named("unit", most=MOST_UNITS)
    return {code: _unit(code, section, currency) for code, section in sections.items()}


def _unit(name: str, section: Section, currency: str) -> Unit:
    decimals = section.whole("decimals", 0, most=MOST_DECIMALS)
    unit = Unit(
        code=name,
        name=section.names("name"),
        spendable=section.truth("spendable"),
        decimals=decimals,
        expiry=expiry.parse(section),
        on_return=section.choice("on_return", get_args(OnReturn), "debt"),
        give_back_days=section.whole("give_back_days", 30, most=MOST_DAYS),
        oldest_first=section.choice("order", get_args(Order), "expiring_first") == "oldest_first",
        paused_while_tier=section.read("paused_while_tier", _tiers, (), ()),
        transfer=_transfer(section),
        worth=worth.parse(section, decimals, currency),
        cap=section.steps("cap", decimals, least=1) if section.has("cap") else None,
        floor=section.steps("floor", decimals, least=1) if section.has("floor") else 0,
    )
    if unit.cap is not None and unit.floor > unit.cap and section.sound("cap", "floor"):
        section.note("floor", "is above the cap")
    if unit.cap is not None and unit.transfer is not None:
        section.note("transfer", "points of a unit with a cap stay with whom rules gave them")
    return unit


def _tiers(value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not value or len(set(map(str, value))) < len(value):
        raise ValueError('must be a list of tiers, each once, as ["gold"]')
    return tuple(code(one) for one in value)


def _transfer(unit: Section) -> Transfer | None:
    table = unit.table("transfer") if unit.has("transfer") else None
    if table is None:
        return None
    decimals = unit.peek("decimals")
    decimals = decimals if isinstance(decimals, int) and unit.sound("decimals") else 0
    least = table.steps("least", decimals, least=1) if table.has("least") else 1
    transfer = Transfer(table.steps("member_day", decimals, least=1), least)
    if transfer.least > transfer.member_day and table.sound("member_day", "least"):
        table.note("least", "is more than may be passed on in a day")
    return transfer
