"""`flask mailings`: what is printed and posted, and what came back."""

import csv
from datetime import datetime
from functools import partial
from pathlib import Path

import click
from flask.cli import AppGroup
from sqlalchemy.orm import Session

from loyalty import benefits, ids, members
from loyalty.actions.mail import mail_returned
from loyalty.cli.programme import operator_name
from loyalty.db import carry_out
from loyalty.errors import NotFound
from loyalty.rooms import rooms

mailings = AppGroup("mailings", help="What cards bring by post: files for the printer, returned mail.")
_PARTS = ("city", "region", "postcode", "country")
COLUMNS = ("mailing", "for_day", "language", "recipient", "lines", *_PARTS)
MOST = 10_000  #: in one file; the next one holds the others


@mailings.command("write", short_help="Write a file for the printer.")
@click.argument("benefit")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def write(benefit: str, file: Path) -> None:
    """Write the mailings of a BENEFIT that no file holds yet into FILE: CSV, UTF-8, a line each.

    The file is personal data: it is written for its owner alone, and is to be deleted once it is printed.
    """
    if file.exists():
        raise click.ClickException(f"{file} exists: a file is written once")
    now = rooms().clock.now()
    rows = carry_out(partial(_take, benefit, now))
    file.touch(mode=0o600)
    with file.open("w", encoding="utf-8", newline="") as lines:
        told = csv.writer(lines)
        told.writerow(COLUMNS)
        told.writerows(rows)
    click.echo(f"{len(rows)} in {file}")


@mailings.command("returned", short_help="The post brought one back.")
@click.argument("mailing")
def returned(mailing: str) -> None:
    """Post nothing more to the address of MAILING, as its file names it, until that changes."""
    by, now = operator_name(), rooms().clock.now()
    member, _, rest = mailing.partition("/")
    benefit, _, year = rest.partition("/")
    number = ids.from_text(member) or 0
    try:
        known = int(year) if year.isdecimal() else 0
        carry_out(lambda session: mail_returned(session, number, benefit, known, by, now))
    except NotFound:
        raise click.ClickException(f"{mailing} is not on its way") from None
    click.echo(f"returned: {mailing}")


def _take(benefit: str, now: datetime, session: Session) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = []
    for one in benefits.to_write(session, benefit, MOST):
        person, member = members.person_of(session, one.member_id), members.by_id(session, one.member_id)
        told = person.address or {}
        name = f"{ids.to_text(one.member_id)}/{one.benefit}/{one.year}"
        whom = (told.get("recipient") or person.name, "\n".join(told.get("lines", ())))
        parts = (str(told.get(part) or "") for part in _PARTS)
        rows.append((name, one.for_day.isoformat(), member.locale or "zh", *whom, *parts))
        benefits.mark_written(session, one, now)
    return rows
