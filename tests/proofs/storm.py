"""Duplicate storm: every request comes up to five times at once, some altered; one effect per key (G2)."""

import json
import random
from collections import Counter, deque
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import create_engine, text

from loyalty.db import engine_options
from tests.proofs.asks import Ask
from tests.proofs.clubs import Club, found, verified
from tests.proofs.proof import POSTGRESQL, SQLITE, Ground, Proof
from tests.proofs.racing import Told, processes, until_verdict
from tests.proofs.servers import Server
from tests.proofs.tellers import Teller
from tests.proofs.wishes import Wish, Wisher

MEMBERS, OWNED = 12, 1_000_000
CONNECTIONS = 16
WISHES = 120  #: new ones; about half of them are followed by another that is about what they made
MOST_SENDS, ALTERED = 5, 0.2
LATE = 0.1  #: the share of wishes that come once more, long after
PROGRAMME = {"unit.reward.transfer": {"member_day": 10**9}}


@dataclass(slots=True)
class Storm:
    """A club's servers under duplicates, and all that was heard of each wish."""

    club: Club
    servers: Sequence[Server]
    chance: random.Random
    heard: dict[str, list[Told]] = field(default_factory=dict)

    def send(self, wishes: Iterable[Wish], most: int = MOST_SENDS) -> None:
        """Twins stand next to each other in one line, and every connection takes the next: they meet."""
        sends = [(wish, twin) for wish in wishes for twin in wish.twins(self.chance, most, ALTERED)]
        line = deque(sends)

        def work(number: int) -> list[tuple[Wish, Told]]:
            port = self.servers[number % len(self.servers)].port
            teller, told = Teller("127.0.0.1", port, self.club.key), []
            while line:
                try:
                    wish, ask = line.popleft()
                except IndexError:
                    break
                told.append((wish, until_verdict(teller, ask)))
            teller.hang_up()
            return told

        with ThreadPoolExecutor(CONNECTIONS) as pool:
            for lines in pool.map(work, range(CONNECTIONS)):
                for wish, told in lines:
                    self.heard.setdefault(name_of(wish), []).append(told)

    def verdict(self, wish: Wish) -> Told:
        """The sending that was carried out. Raises AssertionError unless all others heard so."""
        told = self.heard[name_of(wish)]
        done = [one for one in told if _is_done(wish, one)]
        carried_out = {_content(one.ask) for one in done}
        assert len(carried_out) == 1, f"{len(carried_out)} contents were carried out: {told}"
        for one in told:
            if one not in done:
                assert (one.heard.status, one.heard.code) == (422, "key_reused"), one
                assert _content(one.ask) not in carried_out, one
        assert len({_said(one) for one in done}) == 1, f"they heard different answers: {done}"
        first = sum(not one.heard.is_replay for one in done)
        # An answer that never came may have been the first one.
        assert first == 1 or (first == 0 and any(one.lost for one in told)), f"{first} effects: {told}"
        return done[0]


def round_(ground: Ground, seed: int) -> Mapping[str, int]:
    """Two waves of wishes and a late repetition; then every balance is the sum of one effect per key."""
    chance = random.Random(seed)
    with ground.database() as url:
        club = found(url, members=MEMBERS, points=OWNED, **PROGRAMME)
        wisher = Wisher(club, chance)
        with processes(url, ground.folder) as servers:
            storm = Storm(club, servers, chance)
            first = [wisher.fresh() for _ in range(WISHES)]
            storm.send(first)
            second = [wish for one in first for wish in wisher.follow(one, storm.verdict(one).body)]
            storm.send(second)
            wishes = first + second
            storm.send(chance.sample(wishes, int(len(wishes) * LATE)), most=1)
            effects = [(wish, storm.verdict(wish).ask) for wish in wishes]
            _balances_are_sums(storm, effects)
        _operations_are_counted(url, effects)
        verified(url)
    told = [one for line in storm.heard.values() for one in line]
    counted = Counter(
        sends=len(told), keys=len(wishes), reused=sum(one.heard.code == "key_reused" for one in told)
    )
    for one in told:
        counted.update(one.noise)
    return counted


def name_of(wish: Wish) -> str:
    """The key that it was made under."""
    return f"{wish.ask.path} {wish.ask.key}"


def _is_done(wish: Wish, told: Told) -> bool:
    return told.heard.code == wish.refused if wish.refused else told.heard.is_ok


def _content(ask: Ask) -> str:
    return json.dumps(ask.body, sort_keys=True)


def _said(told: Told) -> str:
    """An answer, but for the mark of a replay, which must be that of the header."""
    body: dict[str, Any] = dict(told.body)
    assert body.pop("replayed", told.heard.is_replay) == told.heard.is_replay, told
    return json.dumps([told.heard.status, body], sort_keys=True)


def _balances_are_sums(storm: Storm, effects: Sequence[tuple[Wish, Ask]]) -> None:
    """What members have is what they had, and one effect of each wish."""
    wanted = {member: [OWNED, 0] for member in storm.club.members}
    for wish, ask in effects:
        for member, (available, held) in wish.moves(ask.body).items():
            wanted[member][0] += available
            wanted[member][1] += held
    teller = Teller("127.0.0.1", storm.servers[0].port, storm.club.key)
    for member, sums in wanted.items():
        shown = teller.get(f"/members/{member}/balance").body["units"]["reward"]
        assert [shown["available"], shown["held"]] == sums, (member, shown, sums)
        assert (shown["pending"], shown["debt"]) == (0, 0), (member, shown)
    teller.hang_up()


def _operations_are_counted(url: str, effects: Sequence[tuple[Wish, Ask]]) -> None:
    """There are as many operations and members as wishes for them."""
    wanted = Counter(kind for wish, _ in effects for kind in wish.books) + Counter(adjust=MEMBERS)
    joined = sum(ask.path == "/members" for _, ask in effects)
    engine = create_engine(**engine_options(url))
    with engine.connect() as connection:
        kinds = connection.execute(text("SELECT kind, count(*) FROM operation GROUP BY kind")).all()
        members = connection.execute(text("SELECT count(*) FROM member")).scalar_one()
    engine.dispose()
    assert dict(map(tuple, kinds)) == wanted, (kinds, wanted)
    assert members == MEMBERS + joined, (members, joined)


STORM = Proof("storm", "sends", round_, quick=1, long={SQLITE: 50_000, POSTGRESQL: 50_000})
