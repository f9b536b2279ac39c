"""Small clubs for servers: founded in this process, then served by others, by the clock of the machine."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from loyalty.app import create_app
from loyalty.clock import SystemClock
from loyalty.db import db
from tests.makers import Maker
from tests.proofs.judge import judge
from tests.proofs.servers import settings_of

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Club:
    """What callers of a server know: a key that may do everything, and members by card and id."""

    key: str
    cards: tuple[str, ...]
    members: tuple[str, ...]


def found(database_url: str, *, members: int = 1, points: int = 0, **changes: object) -> Club:
    """Publish the small programme with these changes; enrol members who hold so many reward points."""
    return found_and(database_url, lambda _: None, members=members, points=points, **changes)[0]


def found_and(
    database_url: str, then: Callable[[Maker], T], *, members: int = 1, points: int = 0, **changes: object
) -> tuple[Club, T]:
    """The same, and what one thing more that is done then comes to."""
    with founding(database_url) as make:
        make.club(datetime.now(UTC) - timedelta(days=400), **changes)
        till = make.till()
        shoppers = [make.shopper(till) for _ in range(members)]
        if points:
            for shopper in shoppers:
                shopper.adjust(points)
        cards = tuple(shopper.card for shopper in shoppers)
        return Club(till._key, cards, tuple(shopper.member_id for shopper in shoppers)), then(make)


@contextmanager
def founding(database_url: str, **settings: Any) -> Iterator[Maker]:
    """An application on this database in this process, by the machine's clock."""
    app = create_app(settings_of(database_url, **settings), SystemClock())
    yield Maker(app, SystemClock())  # type: ignore[arg-type]
    with app.app_context():
        db.engine.dispose()


def seat(database_url: str, members: Sequence[str]) -> None:
    """Let members, by their ids, be one household, in this order."""
    with founding(database_url) as make:
        for one in members:
            beside = ["--beside", members[0]] if one != members[0] else []
            why = ["--reason", "family", "--document", "--reference", f"seat-{one}"]
            make.run("households", "seat", one, *why, *beside)


def sound(make: Maker) -> None:
    """The club's own auditor and the judge find nothing. Raises AssertionError with what they say."""
    make.run("ledger", "verify")
    breaches = judge(make.app.extensions["loyalty"].settings.database_url)
    assert not breaches, "\n".join(["the judge finds:", *breaches[:20]])


def verified(database_url: str) -> None:
    """As `sound`, of the books on this database."""
    with founding(database_url) as make:
        sound(make)
