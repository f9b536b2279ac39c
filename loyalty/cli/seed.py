"""`flask seed`: a club to look at."""

import tomllib
from datetime import datetime, timedelta
from pathlib import Path

import click
from flask.cli import AppGroup
from sqlalchemy.orm import Session

from loyalty import access, benefits, calendar, members
from loyalty.actions.admit_staff import open_set_up
from loyalty.actions.issue_keys import issue_keys
from loyalty.actions.keep_place import open_place
from loyalty.actions.publish import publish
from loyalty.benefits import Place
from loyalty.cli.staff import staff_door, way_in
from loyalty.db import books_kept, carry_out, reading
from loyalty.errors import LinkOver, NoProgramme, NotFound
from loyalty.jobs.demo import HIS_CONTACT, STORE, TERMINAL, card_of, is_told, tell_stories
from loyalty.jobs.nightly import nightly
from loyalty.reads.why import tier_view
from loyalty.rooms import Rooms, rooms

seed = AppGroup("seed", help="A club to look at.")
ROOT = Path(__file__).parents[2]
PROGRAMME = ROOT / "config/programmes/retail-club.toml"
KEY_FILE = ROOT / "instance/demo-key"
CAFE = Place("cafe", "cafe")
OPENED = timedelta(days=800)  #: how long ago the demo club opened


@seed.command("demo", short_help="Make the demo club once, and print how to get in.")
@click.option(
    "--key-file",
    type=click.Path(dir_okay=False, path_type=Path),
    default=KEY_FILE,
    help="Where the demo till's key is kept; the one for rehearsals lies beside it.",
)
def demo(key_file: Path) -> None:
    """Make the demo club once, and print how to get in; never in production."""
    room = rooms()
    if room.settings.env == "production":
        raise click.ClickException("the demo club is not for production")
    now = room.clock.now()
    if not _is_there():
        carry_out(lambda session: _make(room, session, now))
        nightly(room, now)
    click.echo(_way_in(room, _key(key_file, now, _till("live")), now))
    base = f"http://127.0.0.1:{room.settings.port}"
    key = _key(key_file.with_name(f"{key_file.name}-cafe"), now, _cafe(now))
    click.echo(
        f"\nBruno's own pages (the code that signs him in is shown there): {base}/me/\n  {HIS_CONTACT}"
    )
    click.echo(
        f"\nThe page of the café, where cards are checked and coffees recorded: {base}/partner\n  {key}"
    )
    click.echo(f"\nThe staff's pages{_staff_way_in(now)}")
    if "training" in books_kept():
        key = _key(key_file.with_name(f"{key_file.name}-test"), now, _till("test"))
        click.echo("\nRehearse a till's day (it counts for nothing; docs/integrators-guide.md tells it):")
        click.echo(f"  python3 examples/till.py {base} {key}")


def _staff_way_in(now: datetime) -> str:
    """How staff get in: the link of the first administrator, or the door once there is one."""
    try:
        token = carry_out(lambda session: open_set_up(session, "demo", now))
    except LinkOver:
        return f": {staff_door()}"
    return f", by the link of the first administrator, once, within a day:\n  {way_in(token)}"


def _is_there() -> bool:
    with reading() as session:
        return is_told(session)


def _make(room: Rooms, session: Session, now: datetime) -> None:
    try:
        editions = room.shelf.editions(session, now)
    except NoProgramme:
        document = tomllib.loads(PROGRAMME.read_text("utf-8"))
        publish(session, document, by="demo", in_force_from=now - OPENED, now=now)
        session.flush()
        room.shelf.forget()
        editions = room.shelf.editions(session, now)
    tell_stories(session, editions, room.settings.identity_secret, now)


def _till(mode: access.Mode) -> access.Grant:
    return access.Grant(TERMINAL, None, (TERMINAL,), access.TILL_SCOPES, mode, language="en")


def _cafe(now: datetime) -> access.Grant:
    """What the café's key may do; the café is open with that."""
    try:
        with reading() as session:
            benefits.place(session, CAFE.code)
    except NotFound:
        carry_out(lambda session: open_place(session, CAFE, {"zh": "咖啡馆", "en": "Café"}, "demo", now))
    return access.Grant(CAFE.code, None, (), (access.PLACE,), language="en", place=CAFE.code)


def _key(file: Path, now: datetime, grant: access.Grant) -> str:
    """A key of the demo: made once for this database, in a file that only its owner reads."""
    if file.exists() and _is_known(file.read_text()):
        return file.read_text()
    [key] = carry_out(lambda session: issue_keys(session, [access.Wanted(grant, None)], "demo", now))
    file.parent.mkdir(parents=True, exist_ok=True)
    file.touch(mode=0o600)
    file.write_text(key)
    return key


def _is_known(key: str) -> bool:
    presented = access.split_key(key)
    with reading() as session:
        row = access.key_by_prefix(session, presented.prefix) if presented else None
    return row is not None and row.revoked_at is None and access.matches(key, row.digest)


def _way_in(room: Rooms, key: str, now: datetime) -> str:
    base = f"http://127.0.0.1:{room.settings.port}"
    with reading() as session:
        card = card_of(session, 2)
        editions = room.shelf.editions(session, now)
        day = calendar.local_day(now, editions.zone)
        bruno = tier_view(session, editions, members.by_reference(session, "demo-2").member_id, now, now)
    ahead = f", {bruno.next_missing} points from {bruno.next_tier}" if bruno.next_missing else ""
    return f"""The demo club has twelve members. Bruno Costa's card is {card}; he is {bruno.tier}{ahead}.
  API document           {base}/docs
  Health                 {base}/readyz
  A key for everything   {key}

Earn points (send it again: nothing changes):
  curl -s {base}/v1/purchases -H 'Authorization: Bearer {key}' -H 'Content-Type: application/json' \\
    -d '{{"store": "{STORE}", "terminal": "{TERMINAL}", "business_date": "{day}", "receipt": "R{now:%H%M%S}",
         "card": "{card}", "sold_at": "{now.isoformat(timespec="seconds")}", "currency": "EUR",
         "lines": [{{"line": 1, "sku": "TEA", "category": "food", "quantity": "1", "amount": "25.00"}}]}}'"""
