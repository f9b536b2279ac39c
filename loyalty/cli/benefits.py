"""`flask benefits`: what cards give, and what it costs the club."""

import sys
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal

import click
from flask.cli import AppGroup
from sqlalchemy.orm import Session

from loyalty import ids
from loyalty.db import reading
from loyalty.money import money_text
from loyalty.reads.given import value_given
from loyalty.rooms import rooms
from loyalty.sheets import write_csv

benefits = AppGroup("benefits", help="What cards give besides points.")
COLUMNS = ("member", "benefits", "rewards", "total", "premium", "percent")


@benefits.command("value", short_help="What members were given in a year, against premium.")
@click.argument("year", type=click.IntRange(1900, 9998))
def value(year: int) -> None:
    """Print what each member was given in YEAR, as the club pays it, beside their yearly premium: CSV.

    The premium is a year's, of the policies held at the end of the year, or now; `percent` is left out
    where there is none. Members who were given nothing are left out.
    """
    now = rooms().clock.now()
    with reading() as session:
        write_csv(sys.stdout, COLUMNS, _rows(session, year, now))


def _rows(session: Session, year: int, now: datetime) -> Iterator[tuple[object, ...]]:
    editions = rooms().shelf.editions(session, now)
    currency = editions.at(now).programme.club.currency
    for one in value_given(session, year, editions.zone, now):
        given = (one.benefits, one.rewards, one.total, one.premium)
        amounts = (Decimal(money_text(minor, currency)) for minor in given)
        percent = Decimal(f"{100 * one.total / one.premium:.2f}") if one.premium else None
        yield ids.to_text(one.member_id), *amounts, percent
