from datetime import timedelta

import pytest
from flask_migrate import downgrade, upgrade
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from loyalty import approvals, work
from loyalty.db import carry_out, reading
from loyalty.ids import from_text
from tests.breaks import break_total, mend_total
from tests.clocks import START
from tests.guarding import Page
from tests.merging import merge

KEPT = {"sale": "receipt, lines, award, amount_minor", "sale_return": "return_ref, lines, sale_op_id"}
WITHOUT_A_RECEIPT = (
    "INSERT INTO sale_return SELECT member_id, sale_op_id, NULL, store, terminal, business_date, 'B-none',"
    " returned_at, lines, amount_minor, refund FROM sale_return"
)


@pytest.fixture
def ana(make):
    """A member with a sale and a return in the books."""
    make.club()
    ana = make.shopper()
    ana.give_back(ana.buy("100.00"), amount="30.00")
    return ana


def rows(app):
    with app.app_context(), reading() as session:
        return {
            table: session.execute(text(f"SELECT {columns} FROM {table}")).all()
            for table, columns in KEPT.items()
        }


def test_sales_and_returns_live_through_the_migration_of_tenders_and_back(app, ana):
    before = rows(app)
    with app.app_context():
        downgrade(revision="0007")
        upgrade()
    assert rows(app) == before
    assert all(before.values())
    with app.app_context(), pytest.raises(DBAPIError, match="append-only"):
        carry_out(lambda session: session.execute(text("DELETE FROM sale_return")))
    ana.give_back(ana.buy("100.00"), amount="30.00")


def test_terms_and_operations_live_through_the_migration_of_tiers_that_take_points(app, ana):
    """Rebuilt tables keep their rows, and refuse to have them rewritten."""
    counts = text("SELECT (SELECT count(*) FROM term), (SELECT count(*) FROM operation)")
    with app.app_context():
        with reading() as session:
            before = session.execute(counts).one()
        downgrade(revision="0012")
        upgrade()
        with reading() as session:
            assert session.execute(counts).one() == before
        with pytest.raises(DBAPIError, match="append-only"):
            carry_out(lambda session: session.execute(text("UPDATE operation SET kind = 'earn'")))
    ana.buy("5.00")


def test_members_live_through_the_migration_of_stops_and_nobody_is_stopped_after_it(app, make, ana):
    break_total(app, ana)
    ana.buy("5.00", expect=423)
    mend_total(app, ana)
    counts = text("SELECT (SELECT count(*) FROM standing), (SELECT count(*) FROM entry)")
    with app.app_context():
        with reading() as session:
            before = session.execute(counts).one()
        downgrade(revision="0016")
        upgrade()
        with reading() as session:
            assert session.execute(counts).one() == before
    ana.buy("5.00")
    make.run("ledger", "verify")


def test_a_return_without_a_receipt_has_no_place_in_the_schema_before(app, ana):
    before = rows(app)
    with app.app_context():
        carry_out(lambda session: session.execute(text(WITHOUT_A_RECEIPT)))
        downgrade(revision="0007")
        upgrade()
    assert rows(app) == before


def test_members_live_through_the_migration_of_what_keeps_points_in(app, make, clock, ana):
    """Down, nobody's points are kept in any more; up, of what was told before no letter is written."""
    page = Page(app, clock, ana)
    page.lock()
    page.want()
    assert ana.redeem(1, 422)["code"] == "spend_locked"
    make.run("jobs", "post")
    heads = text("SELECT (SELECT position FROM letter_head), (SELECT position FROM outbox_head)")
    wishes = text("SELECT count(*) FROM member WHERE unwanted_letters IS NOT NULL AND frozen_at IS NULL")
    with app.app_context():
        downgrade(revision="0023")
        upgrade()
        with reading() as session:
            read, told = session.execute(heads).one()
            assert read == told > 0
            assert session.execute(wishes).scalar_one() == 1
    ana.redeem(1)
    make.run("ledger", "verify")


def test_members_live_through_the_migration_of_merges_and_stand_alone_after_it(app, make, ana):
    """Down, whoever was merged stands alone; up, operations are guarded as before, and merges work."""
    ben = make.shopper(ana.till)
    ben.buy("40.00")
    ben.hold(10)
    merge(ben, ana)
    counts = text(
        "SELECT (SELECT count(*) FROM operation), (SELECT count(*) FROM entry), (SELECT count(*) FROM term)"
    )
    with app.app_context():
        with reading() as session:
            before = session.execute(counts).one()
        downgrade(revision="0033")
        upgrade()
        with reading() as session:
            assert session.execute(counts).one() == before
            merged = session.execute(text("SELECT count(*) FROM member WHERE merged_into IS NOT NULL"))
            assert merged.scalar_one() == 0
        with pytest.raises(DBAPIError, match="append-only"):
            carry_out(lambda session: session.execute(text("UPDATE operation SET kind = 'earn'")))
    ana.buy("5.00")
    merge(make.shopper(ana.till), ana, reference="m-2")


def test_what_two_persons_corrected_lives_through_the_migration_of_approval_requests(app, make):
    """Down, what waits is not asked for any more, and what was approved stays booked."""
    make.club(approvals={"adjustment": {"reward": {"single": 10}}})
    ana, bob = make.shopper(), make.person("bob")
    waits = [ana.adjust(11, expect=202)["approval_id"] for _ in range(2)]
    path = f"/approvals/{waits[0]}"
    bob.post(f"{path}/approve", {"digest": bob.get(path).json["digest"]}, idempotency_key="k")
    with app.app_context():
        downgrade(revision="0029")
        upgrade()
    assert bob.get("/approvals").json["items"] == []
    assert ana.look("/entries")["items"][0]["reasons"]["approved_by"] == "bob"
    assert ana.adjust(11, expect=202)["limit"] == "single"
    make.run("ledger", "verify")


def test_what_was_asked_for_members_is_forgotten_below_its_migration_and_asked_for_after_it(app, make, ana):
    """Down, requests about contacts are gone; up, what is personal may be emptied, and nothing else."""
    ana.adjust(1)
    who, now = from_text(ana.member_id), make.clock.now()
    told = {"contact": "phone", "value": "+8613900139000", "salt": "s", "note": "n"}

    def asked(rows):
        return approvals.ask(rows, "contact", told, maker="a", now=now, member_id=who).approval_id

    with app.app_context():
        carry_out(asked)
        downgrade(revision="0034")
        with reading() as session:
            assert session.execute(text("SELECT count(*) FROM approval_request")).scalar_one() == 0
        upgrade()
        approval_id = carry_out(asked)
        carry_out(lambda session: approvals.forget_person(session, who))
        with reading() as session:
            content = approvals.by_id(session, approval_id).content
        assert content == {"contact": "phone", "value": "", "salt": "", "note": ""}
        for words in ("content = '{}'", "maker = 'b'"):
            with pytest.raises(DBAPIError, match="append-only"):
                carry_out(lambda session, w=words: session.execute(text(f"UPDATE approval_request SET {w}")))


def test_members_and_notes_live_through_the_migration_of_lives_and_old_freezes_doubt_what_is_younger(
    app, make, clock, ana
):
    """Down, notes are lost and who died stays so; up, a freeze of before doubts contacts changed since it."""
    turns = ("--reason", "asked", "--reference")
    make.run("members", "note", ana.member_id, "a word", "--reference", "n1")
    make.run("members", "report-death", ana.member_id, *turns, "d1")
    Page(app, clock, ana).freeze()
    frozen = text("SELECT state, alive_as, frozen_at = frozen_since FROM member")
    with app.app_context():
        downgrade(revision="0030")
        upgrade()
        with reading() as session:
            assert [tuple(row) for row in session.execute(frozen)] == [("deceased", "active", True)]
    assert make.run("members", "notes", ana.member_id).output == ""
    make.run("members", "take-death-back", ana.member_id, *turns, "d2")
    make.run("members", "note", ana.member_id, "another", "--reference", "n2")
    with app.app_context(), pytest.raises(DBAPIError, match="append-only"):
        carry_out(lambda session: session.execute(text("DELETE FROM member_note")))
    ana.buy("5.00")
    make.run("ledger", "verify")


def test_what_was_told_beside_a_sale_comes_with_the_migration_of_what_ifs(app, make, ana):
    """Rows live through it, forth and back; operations still refuse every change but that of words."""
    sold = ana.buy("5.00", attributes={"channel": "app"})
    before, told = rows(app), text("SELECT attributes FROM sale ORDER BY op_id DESC LIMIT 1")
    with app.app_context():
        with reading() as session:
            assert "channel" in str(session.scalar(told))
        downgrade(revision="0031")
        upgrade()
        with reading() as session:
            assert session.scalar(told) in ({}, "{}")
        with pytest.raises(DBAPIError, match="append-only"):
            carry_out(lambda session: session.execute(text("UPDATE operation SET kind = 'earn'")))
    assert rows(app) == before
    ana.give_back(sold, amount="5.00")


def test_work_lives_through_the_migration_of_work_that_is_asked_for_and_what_was_stopped_has_failed(app):
    now = START + timedelta(days=1)
    with app.app_context():
        task_id = carry_out(
            lambda session: work.start(session, "what-if", as_of=START, now=START, asked_by="a")
        )
        carry_out(lambda session: work.keep_part(session, task_id, 1, "9", {"n": 1}, done=1, now=START))
        carry_out(lambda session: work.stop(session, task_id, now=now))
        downgrade(revision="0034")
        upgrade()
        with reading() as session:
            [task] = work.headings(session, "what-if")
            assert (task.state, task.done, task.finished_at, task.asked_by) == ("failed", 1, now, None)
            assert list(work.parts(session, task_id)) == [{"n": 1}]
        assert carry_out(lambda session: work.go_on(session, task_id))
