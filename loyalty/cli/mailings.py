"""`flask mailings`: what is printed and posted, and what came back."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TextIO

import click
from flask.cli import AppGroup
from sqlalchemy.orm import Session

from loyalty import benefits, ids
from loyalty.actions.mail import mail_returned
from loyalty.cli.programme import operator_name
from loyalty.db import carry_out
from loyalty.errors import Busy, NotFound, Unavailable
from loyalty.reads.to_post import to_post
from loyalty.rooms import rooms
from loyalty.sheets import write_csv

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
    Whoever has no address, or one that mail came back from, is left out until that is mended.
    """
    now = rooms().clock.now()
    try:
        with _fresh(file) as lines:
            number = carry_out(partial(_fill, lines, benefit, now))
    except FileExistsError:
        raise click.ClickException(f"{file} exists: a file is written once") from None
    except OSError as error:
        raise click.ClickException(f"{file} cannot be written: {error.strerror}") from None
    except Busy:
        raise click.ClickException(f"the database is busy, or failed{_unsure(file)}") from None
    click.echo(f"{number} in {file}")


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


@contextmanager
def _fresh(file: Path) -> Iterator[TextIO]:
    """A new file that only its owner reads; it is gone again where what should fill it failed.

    It stays, filled, where the database does not say whether it kept that. Raises OSError.
    """
    opened = os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    try:
        with open(opened, "w", encoding="utf-8", newline="") as lines:
            yield lines
    except BaseException as error:
        if not (isinstance(error, Unavailable) and file.stat().st_size):
            file.unlink()
        raise


def _unsure(file: Path) -> str:
    return f"; {file} may be all there is of its mailings: print it" if file.exists() else ""


def _fill(lines: TextIO, benefit: str, now: datetime, session: Session) -> int:
    """Mark what may be posted as written, and have it on the disk before that is kept; how many."""
    lines.seek(0)
    lines.truncate()
    count = write_csv(lines, COLUMNS, _take(session, benefit, now))
    lines.flush()
    os.fsync(lines.fileno())
    return count


def _take(session: Session, benefit: str, now: datetime) -> Iterator[tuple[str, ...]]:
    for one in to_post(session, benefit, MOST):
        made = one.mailing
        name = f"{ids.to_text(made.member_id)}/{made.benefit}/{made.year}"
        parts = (str(one.address.get(part) or "") for part in _PARTS)
        where = ("\n".join(one.address.get("lines", ())), *parts)
        benefits.mark_written(session, made, now)
        yield name, made.for_day.isoformat(), one.language or "zh", one.recipient, *where
