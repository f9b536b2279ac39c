"""How points age: what the editions, the tier held and the last act make of an account. Pure."""

from datetime import date, datetime

from loyalty import calendar
from loyalty.decide.programme import Editions
from loyalty.ledger.lots import Account
from loyalty.tiers.evaluation import Term


def ordered(editions: Editions, account: Account, at: datetime) -> Account:
    """The account as its points are spent by the edition in force at an instant (P4)."""
    unit = editions.at(at).programme.units.get(account.unit)
    oldest_first = unit is not None and unit.oldest_first
    return account if account.oldest_first == oldest_first else account._replace(oldest_first=oldest_first)


def aged(editions: Editions, account: Account, term: Term, enrolled_at: datetime) -> Account:
    """The account as its points die, or do not, while `term` runs.

    Whether a tier pauses it is a promise of the edition under which the term began; how long it lives without
    an act, of the edition in force when the day of the last act began. Joining is the first act.
    """
    if not ages_by_tier_or_act(editions, account.unit):
        return account
    active_on = account.last_active_on or calendar.local_day(enrolled_at, editions.zone)
    months = _idle_months(editions, account.unit, active_on)
    return account._replace(
        paused=pauses(editions, account.unit, term.tier, term.edition),
        thawed_at=term.from_at if account.unit in editions.pausing else None,
        idle_after=calendar.add_months(active_on, months) if months else None,
        idle_months=months,
    )


def ages_by_tier_or_act(editions: Editions, unit: str) -> bool:
    """Whether more than the days of its lots ever said, or says, when points of a unit die."""
    return unit in editions.idling or unit in editions.pausing


def die_alone(editions: Editions) -> frozenset[str]:
    """The units whose lots die by their day alone, and no tier falls with them."""
    ladders = (edition.programme.ladder for edition in editions.items)
    falling = {
        one.unit for ladder in ladders if ladder.terms.falls == "at_once" for one in ladder.terms.counters
    }
    units = {unit for edition in editions.items for unit in edition.programme.units} - falling
    return frozenset(unit for unit in units if not ages_by_tier_or_act(editions, unit))


def pauses(editions: Editions, unit: str, tier: str | None, number: int) -> bool:
    """Whether a term of that tier, begun under the edition of that number, lets nothing of a unit die."""
    said = editions.number(number).programme.units.get(unit)
    return said is not None and tier in said.paused_while_tier


def acted(editions: Editions, account: Account, day: date) -> Account:
    """The account after its member acted on `day`, where that keeps points alive. Age it again."""
    if account.unit not in editions.idling:
        return account
    return account._replace(last_active_on=max(account.last_active_on or day, day))


def _idle_months(editions: Editions, code: str, day: date) -> int:
    """How long an act on `day` keeps points without a day of their own alive; 0 is for ever."""
    unit = editions.at(calendar.day_start(day, editions.zone)).programme.units.get(code)
    return unit.expiry.inactive_months if unit is not None else 0
