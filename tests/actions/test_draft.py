"""The programme edited as a draft, by several at once, on a real database."""

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from loyalty import acts
from loyalty.actions.draft import LARGEST, begin_draft, catch_up, drop_draft, save_draft
from loyalty.db import carry_out, reading
from loyalty.errors import Busy, DraftChanged, DraftOpen, DraftTooLarge, NoDraft, NoProgramme
from loyalty.programme import Place, with_value
from loyalty.reads.draft import draft_view, saved_revisions


@pytest.fixture
def club(app, make):
    make.club()
    with app.app_context():
        yield make


def begin(club, by="ana"):
    return carry_out(lambda session: begin_draft(session, by, club.clock.now()).draft_no)


def save(club, document, seen, by="ana"):
    return carry_out(lambda session: save_draft(session, document, seen, by, club.clock.now()))


def view(revision=None):
    with reading() as session:
        return draft_view(session, revision)


def with_days(document, days):
    return with_value(document, Place("club"), document["club"] | {"late_days": days})


def test_a_draft_begins_as_the_latest_edition_and_keeps_each_revision(club):
    begin(club)
    first = view()
    assert (first.revision, first.base, first.changes, first.faults) == (1, 1, [], ())
    assert save(club, with_days(first.document, 7), 1, "bia").revision == 2
    told = view()
    assert [(one.path, one.before, one.after) for one in told.changes] == [("club.late_days", None, 7)]
    assert (told.saved_by, told.compiled.club.late_days) == ("bia", 7)
    assert view(1).document == first.document
    with reading() as session:
        assert [(one.revision, one.saved_by) for one in saved_revisions(session)] == [(2, "bia"), (1, "ana")]
        kinds = [line.kind for line, _ in acts.lines(session)]
    assert kinds[-2:] == ["draft.begun", "draft.saved"]


def test_a_draft_with_faults_is_kept_and_every_fault_told(club):
    begin(club)
    save(club, with_days(view().document, -1) | {"nonsense": {}}, 1)
    told = view()
    assert told.compiled is None
    assert {path for path, _ in told.faults} == {"club.late_days", "nonsense"}


def test_what_changes_nothing_is_no_revision(club):
    begin(club)
    assert save(club, view().document, 1).revision == 1


def test_two_editors_at_once_both_stand_or_the_second_is_told(club):
    begin(club)
    seen = view().document
    save(club, with_days(seen, 7), 1, "ana")
    names = with_value(seen, Place("club"), seen["club"] | {"name": {"zh": "乙", "en": "B"}})
    saved = save(club, names, 1, "bia")
    assert (saved.revision, saved.is_merged) == (3, True)
    assert view().document["club"]["late_days"] == 7
    assert view().document["club"]["name"]["en"] == "B"
    with pytest.raises(DraftChanged) as refused:
        save(club, with_days(seen, 9), 1, "bia")
    (conflict,) = refused.value.facts["conflicts"]
    assert (conflict.path, conflict.mine, conflict.theirs) == ("club.late_days", 9, 7)
    assert view().revision == 3


def test_what_was_published_meanwhile_comes_into_the_draft(club):
    begin(club)
    save(club, with_days(view().document, 7), 1)
    club.club(club.clock.now() + timedelta(minutes=1), **{"club.quote_minutes": 3, "club.late_days": 9})
    assert view().is_behind
    conflicts = carry_out(lambda session: catch_up(session, "ana", club.clock.now()))
    told = view()
    assert ([one.path for one in conflicts], told.base, told.is_behind) == (["club.late_days"], 2, False)
    assert told.document["club"] | {"late_days": 7, "quote_minutes": 3} == told.document["club"]
    assert carry_out(lambda session: catch_up(session, "ana", club.clock.now())) == []


def test_one_draft_is_open_at_a_time_and_ends_once(club):
    begin(club)
    with pytest.raises(DraftOpen):
        begin(club)
    carry_out(lambda session: drop_draft(session, "ana", club.clock.now()))
    for refused in (lambda: save(club, {}, 1), view):
        with pytest.raises(NoDraft):
            refused()
    with reading() as session:
        assert saved_revisions(session) == ()
    assert begin(club) == 2


def test_refusals_before_anything_is_kept(club):
    begin(club)
    document = view().document
    for told, seen, refusal in (
        (document, 2, NoDraft),
        (document | {"note": "x" * LARGEST}, 1, DraftTooLarge),
        (document | {"note": 1.5}, 1, TypeError),
    ):
        with pytest.raises(refusal):
            save(club, told, seen)
    with pytest.raises(NoDraft):
        view(2)
    assert view().revision == 1


def test_without_an_edition_there_is_no_draft(app, make):
    with app.app_context(), pytest.raises(NoProgramme):
        begin(make)


def test_two_who_begin_at_once_begin_one(club, app):
    barrier, heard = Barrier(2), []

    def ask():
        with app.app_context():
            barrier.wait()
            try:
                heard.append(begin(club))
            except (DraftOpen, Busy) as refused:
                heard.append(type(refused))

    threads = [Thread(target=ask) for _ in range(2)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sorted(map(str, heard))[0] == "1"
    assert len([one for one in heard if one != 1]) == 1


@pytest.mark.parametrize(
    "attack",
    [
        "UPDATE draft_revision SET saved_by = 'x'",
        "DELETE FROM draft_revision",
        "INSERT INTO draft (draft_no, revision, began_at, began_by, is_open)"
        " VALUES (9, 1, '2026-01-01 00:00:00+00:00', 'x', true)",
    ],
)
def test_the_database_keeps_revisions_and_one_open_draft(club, attack):
    begin(club)
    with pytest.raises(DBAPIError):
        carry_out(lambda session: session.execute(text(attack)))
    assert view().saved_by == "ana"
