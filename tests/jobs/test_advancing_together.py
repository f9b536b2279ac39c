"""Many members are advanced at once, with the very rows that walking through each of them leaves."""

import random
from datetime import timedelta

import pytest
from sqlalchemy import BigInteger, literal, select, update

from loyalty import ids
from loyalty.actions import advance, write_off
from loyalty.actions.book import take_true
from loyalty.db import carry_out, reading
from loyalty.jobs import nightly as job
from loyalty.ledger import models as ledger
from loyalty.members import Member
from loyalty.outbox import Message
from loyalty.rooms import rooms
from loyalty.tables import id_text
from loyalty.tiers import models as tiers
from loyalty.tiers import store
from tests.jobs.books import digest
from tests.jobs.test_nightly import house
from tests.standings import terms_of

DAY = timedelta(days=1)
NAME = {"zh": "积分", "en": "Points"}
CLUB = {
    "unit.reward.expiry": {"days": 20},
    "unit.coins": {"name": NAME, "spendable": True, "expiry": {"months": 1, "align": "month_end"}},
    "unit.idle": {"name": NAME, "spendable": True, "expiry": {"inactive_months": 1}},
    "unit.score": {"name": NAME, "spendable": False, "expiry": {"days": 25}},
    "terms": {"measure": {"balance": "score"}, "length": {"months": 2}},
    "tier[1]": {"code": "gold", "name": NAME, "attain": 20, "retain": 15},
    "rule[1]": {"code": "soon", "on": "purchase", "unit": "reward", "phase": "bonus",
                "earn": {"fixed": 5}, "from": {"days": 9}},
}  # fmt: skip
UNITS = ("reward", "reward", "coins", "coins", "score")
BY_AGE = {"unit.coins.order": "oldest_first"}
AT_ONCE = {"terms.downgrade": "to_measure", "terms.when": "at_once"}
EARNED = {"terms.measure": {"earned": "score", "window": {"days": 45}}}
TABLES = (
    *(ledger.Account, ledger.Lot, ledger.Operation, ledger.OperationPart, ledger.Entry),
    *(ledger.Hold, ledger.Pending, ledger.Tally, tiers.Standing, tiers.Term, Message),
)


def live(make, seed, **changes):
    """Members gather points of all units and spend a few; in the middle the order of spending changes."""
    chance = random.Random(seed)
    make.club(make.clock.now(), **CLUB)
    till = make.till()
    people = [make.shopper(till) for _ in range(6)]
    for turn in range(24):
        if turn == 12:
            make.club(**CLUB, **BY_AGE, **changes)
        make.clock.move(timedelta(hours=chance.randint(1, 40)))
        one = chance.choice(people)
        one.adjust(chance.randint(1, 50), chance.choice(UNITS))
        if one is people[0]:
            one.buy("3.00")
        elif one is people[2]:
            one.adjust(2, "idle")
        elif one is people[1] and one.figures()[0]:
            one.hold(1, unit="reward", ends_in_seconds=chance.choice((60, 10**6)))
        elif one.figures()[0]:
            one.adjust(-1, "reward")
    return people


def rows(app):
    """All rows of members in full; for an id there is its place among those of its kind."""
    with app.app_context(), reading() as session:
        people = {
            one: no for no, one in enumerate(session.scalars(select(Member.member_id).order_by("member_id")))
        }
        of_all = session.execute(select(ledger.Operation.member_id, ledger.Operation.op_id).order_by("op_id"))
        places = {(0, None): None}
        for pair in of_all:
            places[tuple(pair)] = sum(one == pair[0] for one, _ in places)

        def plain(member_id, value):
            if isinstance(value, dict):
                return {key: plain(member_id, one) for key, one in value.items()}
            if isinstance(value, list):
                return [plain(member_id, one) for one in value]
            if not isinstance(value, str):
                return value
            return places.get(ids.pair_from_text(value), value.replace(ids.to_text(member_id), "them"))

        def told(row):
            found = {column.name: getattr(row, column.key) for column in row.__table__.columns}
            for name in found.keys() & {"op_id", "refers_to", "opened_by"}:
                found[name] = found[name] and places[row.member_id, found[name]]
            found.pop("event_id", None)
            return str(
                {name: plain(row.member_id, value) for name, value in found.items()}
                | {"member_id": people[row.member_id]}
            )

        return {
            table.__tablename__: sorted(told(row) for row in session.scalars(select(table)))
            for table in TABLES
        }


def night(make):
    with make.app.app_context():
        return job.nightly(rooms(), make.clock.now()).members["advanced"]


def one_by_one(make):
    """Every member is walked through to now by themselves, as whoever writes of them does."""
    now = make.clock.now()
    with make.app.app_context():
        editions = carry_out(lambda session: rooms().shelf.editions(session, now))
        with reading() as session:
            people = session.scalars(select(Member.member_id).order_by(Member.member_id)).all()
        for member_id in people:
            carry_out(lambda session, one=member_id: take_true(session, editions, one, now))


def dying(make):
    """How many lots are dead of each member of whom nothing else is due."""
    now = make.clock.now()

    def look(session):
        editions = rooms().shelf.editions(session, now)
        everybody = session.scalars(select(Member.member_id)).all()
        stands = store.stands(session, everybody)
        return write_off.find_dying(session, write_off.deaths_by(editions, now), stands, now)

    with make.app.app_context():
        return carry_out(look)


def following(make):
    """Of whom a term is followed by the next, and nothing else: how many keep their tier, how many do not."""
    now = make.clock.now()

    def look(session):
        editions = rooms().shelf.editions(session, now)
        everybody = session.scalars(select(Member.member_id)).all()
        told, _, _ = advance.decide(session, editions, store.stands(session, everybody), 99, now)
        kept = sum(not outcome.events for _, outcome in told)
        return kept, len(told) - kept

    with make.app.app_context():
        return carry_out(look)


@pytest.mark.parametrize(
    ("seed", "changes", "met"),
    [
        pytest.param(0, {}, (True, True, True), id="falls at reviews"),
        pytest.param(1, {}, (True, True, True), id="falls at reviews, too"),
        pytest.param(1, AT_ONCE, (True, True, False), id="falls at once"),
        pytest.param(0, EARNED, (True, True, True), id="by earnings"),
    ],
)
def test_advanced_at_once_or_one_by_one_the_rows_are_the_same(kind, seed, changes, met):
    with kind.clone() as one, kind.clone() as other, house(one) as whole, house(other) as parts:
        live(whole, seed, **changes), live(parts, seed, **changes)
        assert rows(whole.app) == rows(parts.app)
        seen = []
        for days in (25, 20, 25, 62):  # points die; terms end, too; at last nothing else is left to end
            for make in (whole, parts):
                make.clock.move(days * DAY)
            seen.append((len(dying(whole)), *following(whole)))
            night(whole), one_by_one(parts)
            assert rows(whole.app) == rows(parts.app)
        assert tuple(any(night) for night in zip(*seen, strict=True)) == met  # died; kept a tier; fell
        whole.run("ledger", "verify")


def test_any_chunks_of_it_leave_the_same_books(kind, monkeypatch):
    with kind.clone() as one, kind.clone() as other, house(one) as whole, house(other) as parts:
        for make in (whole, parts):
            live(make, 1)
            make.clock.move(25 * DAY)
        advanced = night(whole)
        monkeypatch.setattr(job, "CHUNK", 1)
        monkeypatch.setattr(advance, "TOGETHER", 3)
        assert night(parts) == advanced
        assert digest(parts.app) == digest(whole.app)


def test_whose_books_the_database_refuses_is_stopped_and_the_others_are_written_off(make):
    make.club(make.clock.now(), **CLUB)
    people = [make.shopper() for _ in range(3)]
    for one in people:
        one.adjust(10)
    make.clock.move(25 * DAY)
    at_once = dying(make)
    assert len(at_once) == 3
    broken = min(at_once)

    def lose_count(session):
        session.execute(update(ledger.Account).where(ledger.Account.member_id == broken).values(version=0))

    with make.app.app_context():
        carry_out(lose_count)
        found = job.nightly(rooms(), make.clock.now())
    assert found.stopped == 1
    assert dying(make).keys() == {broken}
    assert [one.look("")["stopped"] for one in people].count(True) == 1


def test_what_is_not_as_it_was_found_is_not_written_off_together(make):
    make.club(make.clock.now(), **CLUB)
    make.shopper().adjust(10)
    make.clock.move(25 * DAY)
    now, at_once = make.clock.now(), dying(make)

    def look_again(session):
        deaths = write_off.deaths_by(rooms().shelf.editions(session, now), now)
        return write_off.write_off(session, deaths, {one: lots + 1 for one, lots in at_once.items()}, now)

    with make.app.app_context():
        assert carry_out(look_again) is False
    assert dying(make) == at_once


def test_whose_terms_the_database_refuses_is_stopped_and_the_others_go_on(make):
    make.club(make.clock.now(), **CLUB)
    people = [make.shopper() for _ in range(3)]
    make.clock.move(70 * DAY)

    def forge(session):
        first = session.scalars(select(tiers.Term).order_by(tiers.Term.member_id)).first()
        cells = {column.name: getattr(first, column.name) for column in tiers.Term.__table__.columns}
        session.add(tiers.Term(**(cells | {"term_no": 2, "ended_at": first.until_at})))

    with make.app.app_context():
        carry_out(forge)
        assert job.nightly(rooms(), make.clock.now()).stopped == 1
    assert [one.look("")["stopped"] for one in people] == [True, False, False]
    assert [len(terms_of(make.app, one)) for one in people[1:]] == [2, 2]


def test_the_database_spells_ids_as_we_do(app):
    numbers = (1, 31, 32, 2**40 + 5, 2**62 + 12345, 2**63 - 1)
    with app.app_context(), reading() as session:
        for number in numbers:
            spelled = session.scalar(select(id_text(literal(number, BigInteger))))
            assert spelled == ids.to_text(number)
