"""The chain of acts and its anchors outside the database (silent edits)."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from loyalty.db import db
from tests.guarding import Page


@pytest.fixture
def anchors(app, tmp_path) -> Path:
    file = tmp_path / "anchors.txt"
    room = app.extensions["loyalty"]
    app.extensions["loyalty"] = replace(room, settings=replace(room.settings, anchor_file=str(file)))
    return file


@pytest.fixture
def ana(make):
    make.club()
    return make.shopper()


def disturb(app, *statements: str, tables: str = "'act', 'entry'") -> None:
    """What somebody with the database's password could do: first the guards go, then the rows change."""
    with app.app_context(), db.engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SET LOCAL session_replication_role = replica"))
        else:
            names = connection.execute(
                text(f"SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name IN ({tables})")
            ).scalars()
            for name in names.all():
                connection.execute(text(f"DROP TRIGGER {name}"))
        for statement in statements:
            connection.execute(text(statement))


def test_each_act_of_staff_is_a_line_in_the_transaction_of_the_act(make, ana, anchors, clock):
    ana.adjust(50)
    ana.adjust(-500, expect=422)
    ana.given("gold", clock.now() + timedelta(days=90))
    ana.tell(f"/members/{ana.member_id}/block", None, 200, key="b")
    ana.tell(f"/members/{ana.member_id}/unblock", None, 200, key="u")
    ana.tell(f"/members/{ana.member_id}/cards", {"reason": "lost"}, 201, key="c")
    shown = make.run("audit", "show").stdout.splitlines()
    kinds = [line.split("  ")[3] for line in shown]
    wanted = [
        "edition.published",
        "points.adjusted",
        "tier.given",
        "card.blocked",
        "card.unblocked",
        "card.replaced",
    ]
    assert [kind for kind in kinds if kind in wanted] == wanted


def test_nothing_personal_is_written_to_the_chain(make, anchors):
    """M7: only opaque ids."""
    make.club()
    ana = make.shopper(name="Ana Silva", phone="+4366412345678", email="ana@example.org")
    ana.adjust(50)
    ana.tell(f"/members/{ana.member_id}/cards", {"reason": "lost"}, 201, key="c")
    shown = make.run("audit", "show").stdout
    assert not any(word in shown for word in ("Ana", "66412345678", "ana@example.org", ana.card))


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE act SET actor = 'nobody' WHERE seq = 2", "act 2 was changed"),
        ("DELETE FROM act WHERE seq = 2", "act 2 is missing"),
        ("DELETE FROM act WHERE seq = (SELECT max(seq) FROM act)", "is missing at the end"),
        ("DELETE FROM act_head", "the head was changed"),
    ],
)
def test_a_line_changed_or_removed_is_named(make, app, ana, anchors, statement, said):
    ana.adjust(50)
    ana.adjust(60)
    make.run("audit", "verify")
    disturb(app, statement)
    assert said in make.run("audit", "verify", exit_code=1).output


def test_the_database_itself_refuses_to_rewrite_an_act(app, ana):
    for statement in ("UPDATE act SET actor = 'x'", "DELETE FROM act"):
        with (
            app.app_context(),
            pytest.raises(Exception, match="append-only"),
            db.engine.begin() as connection,
        ):
            connection.execute(text(statement))


def test_a_day_is_anchored_once_and_a_changed_entry_breaks_its_anchor(make, app, ana, anchors, clock):
    ana.buy("10.00")
    clock.move(timedelta(days=2))
    make.run("jobs", "nightly")
    first = anchors.read_text().splitlines()
    make.run("audit", "anchor")
    assert anchors.read_text().splitlines() == first
    assert [line.split(" ")[0] for line in first] == ["2026-01-06"]
    clock.move(timedelta(days=2))
    make.run("audit", "anchor")
    assert [line.split(" ")[0] for line in anchors.read_text().splitlines()][-1] == "2026-01-08"
    make.run("audit", "verify")


def test_a_whole_chain_made_anew_does_not_fit_its_anchors(make, app, ana, anchors, clock):
    """Who can rewrite the chain and its head cannot rewrite the file."""
    ana.adjust(50)
    ana.buy("10.00")
    clock.move(timedelta(days=1))
    make.run("audit", "anchor")
    make.run("audit", "verify")
    disturb(
        app, "DELETE FROM act WHERE seq > 1", "UPDATE act_head SET seq = 1, hash = (SELECT hash FROM act)"
    )
    said = make.run("audit", "verify", exit_code=1).output
    assert "2026-01-05: the acts up to it are not those that were anchored" in said
    disturb(app, "UPDATE entry SET points = points + 1 WHERE contra = 'issued'")
    assert "its entries are not those that were anchored" in make.run("audit", "verify", exit_code=1).output


def test_a_torn_line_is_named_and_stops_no_night(make, ana, anchors, clock):
    for _ in range(2):
        clock.move(timedelta(days=1))
        make.run("audit", "anchor")
    whole = anchors.read_text()
    anchors.write_text(whole[:-40])
    clock.move(timedelta(days=1))
    make.run("audit", "anchor")
    assert "the line after it is no anchor" in make.run("audit", "verify", exit_code=1).output


def test_an_anchor_that_was_taken_out_is_missed(make, ana, anchors, clock):
    for _ in range(3):
        clock.move(timedelta(days=1))
        make.run("audit", "anchor")
    first, _, third = anchors.read_text().splitlines()
    anchors.write_text(f"{first}\n{third}\n")
    assert "2026-01-05: the days after it" in make.run("audit", "verify", exit_code=1).output


def test_words_that_may_be_personal_are_sealed_and_can_go_but_not_change(make, app, ana, anchors, clock):
    """Silent edits, M7: of a note the chain has a salted digest; an edit shows, forgetting breaks nothing."""
    words = "Maria Silva, passport AB1"
    make.run("members", "note", ana.member_id, words, "--reference", "n-1")
    page = Page(app, clock, ana)
    page.freeze()
    make.run("members", "unfreeze", ana.member_id, "--reason", words)
    assert words not in make.run("audit", "show").stdout
    make.run("audit", "verify")
    for statement, said in (
        (
            "UPDATE member_note SET words = 'another' WHERE words LIKE 'Maria%'",
            "sealed a note that was changed",
        ),
        ("DELETE FROM member_note", "sealed a note that is missing"),
    ):
        disturb(app, statement, tables="'member_note'")
        assert said in make.run("audit", "verify", exit_code=1).output
        disturb(app, f"UPDATE member_note SET words = '{words}'", tables="'member_note'")
    version = ana.till.get(f"/members/{ana.member_id}").headers["ETag"]
    assert ana.till.send("DELETE", f"/members/{ana.member_id}", if_match=version).status_code == 204
    make.run("audit", "verify")
