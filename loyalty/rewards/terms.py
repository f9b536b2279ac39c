"""The sections `reward` of a programme: what points buy, at which price, how often, by whom. Pure (B9)."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal, get_args

from loyalty import conditions
from loyalty.conditions import Condition
from loyalty.document import Section
from loyalty.expiry import Expiry
from loyalty.expiry import parse as parse_expiry

Nature = Literal["goods", "service", "cash", "premium"]
Delivery = Literal["voucher", "order"]
Per = Literal["day", "month", "year", "lifetime"]

MOST_REWARDS = 1_000
MOST_STOCK = 10_000_000
MOST_TIMES = 10_000
MOST_ABOUT = 500
CASH_LIKE = ("cash", "premium")  #: what an insurer may not give without leave (B10)


@dataclass(frozen=True, slots=True)
class Limit:
    """How often one member may buy it."""

    times: int
    per: Per


@dataclass(frozen=True, slots=True)
class Reward:
    """One thing that points buy."""

    code: str
    name: Mapping[str, str]
    nature: Nature
    delivery: Delivery  #: by a voucher that is burned somewhere, or by an order that is sent
    unit: str
    points: int  #: the price, in the unit's smallest steps
    stock: int | None  #: how many there are in all, whatever edition sells them; None: no end
    limit: Limit | None
    tiers: tuple[str, ...]  #: that may buy it; (): any, and no card at all
    from_day: date | None  #: the first day it is sold
    last_day: date | None  #: the last one
    when: Condition | None  #: what must be true of the member
    valid: Expiry  #: how long its voucher can be used
    providers: tuple[str, ...]  #: whose places burn its voucher; (): any place
    cost_minor: int | None  #: what it costs the club (B10)
    about: Mapping[str, str]  #: what members read about it; {}: its name says it


def parse(
    document: Section, decimals: Mapping[str, int], tiers: Collection[str], currency: str
) -> tuple[Reward, ...]:
    """The rewards in their order; units with their decimals, tiers and currency are the programme's."""
    sections = document.tables("reward", most=MOST_REWARDS)
    rewards = tuple(_reward(section, decimals, tiers, currency) for section in sections)
    for place, (reward, section) in enumerate(zip(rewards, sections, strict=True)):
        if reward.code and reward.code in {earlier.code for earlier in rewards[:place]}:
            section.note("code", "is taken by an earlier reward")
    return rewards


def _reward(section: Section, decimals: Mapping[str, int], tiers: Collection[str], currency: str) -> Reward:
    price = section.table("price")
    unit = price.code("unit") if price else ""
    if price is not None and price.sound("unit") and unit not in decimals:
        price.note("unit", f'there is no unit "{unit}"')
    reward = Reward(
        code=section.code("code"),
        name=section.names("name"),
        nature=section.choice("nature", get_args(Nature), "goods"),
        delivery=section.choice("delivery", get_args(Delivery), "voucher"),
        unit=unit,
        points=price.steps("points", decimals.get(unit, 0), least=1) if price else 1,
        stock=section.whole("stock", least=0, most=MOST_STOCK) if section.has("stock") else None,
        limit=_limit(section),
        tiers=section.codes("tiers", ()),
        from_day=section.date("from_day") if section.has("from_day") else None,
        last_day=section.date("last_day") if section.has("last_day") else None,
        when=conditions.when(section, "reward"),
        valid=parse_expiry(section),
        providers=section.codes("providers", ()),
        cost_minor=section.minor("cost", currency) if section.has("cost") else None,
        about=section.names("about", most=MOST_ABOUT) if section.has("about") else {},
    )
    for tier in reward.tiers:
        if tier not in tiers:
            section.note("tiers", f'there is no tier "{tier}"')
    if reward.valid.inactive_months:
        section.note("expiry", "a voucher has a last day of its own")
    if reward.delivery == "order":
        for key in ("expiry", "providers"):
            if section.has(key):
                section.note(key, "is for a voucher")
    if reward.from_day and reward.last_day and reward.last_day < reward.from_day:
        section.note("last_day", "is before the first one")
    return reward


def _limit(section: Section) -> Limit | None:
    table = section.table("limit") if section.has("limit") else None
    if table is None:
        return None
    return Limit(table.whole("times", least=1, most=MOST_TIMES), table.choice("per", get_args(Per)))
