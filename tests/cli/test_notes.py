"""What staff write of a member: kept with its author, never changed, gone with the person."""

import re

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from loyalty.db import carry_out, reading


def test_notes_are_kept_once_by_whom_and_gone_with_the_person(app, make):
    make.club()
    ana = make.shopper()
    words = ("members", "note", ana.member_id, "prefers to be called", "--kind", "call", "--reference", "n1")
    assert make.run(*words).output == f"noted: {ana.member_id}\n"
    assert make.run(*words).output == f"noted before: {ana.member_id}\n"
    second = ("members", "note", ana.member_id, "moved to Chengdu", "--reference", "n2")
    make.run(*second)
    first, last = make.run("members", "notes", ana.member_id).output.splitlines()
    assert "moved to Chengdu" in first
    assert re.search(r"call  cli:\S+  prefers to be called", last)
    assert "invalid" in make.run(*second[:3], "  ", "--reference", "n3", exit_code=1).output
    assert "no member" in make.run("members", "notes", "zzz", exit_code=1).output
    shown = make.run("audit", "show").output
    assert "note.written" in shown
    assert "Chengdu" not in shown
    assert "moved to Chengdu" in ana.till.get(f"/members/{ana.member_id}/export").text
    etag = ana.till.get(f"/members/{ana.member_id}").headers["ETag"]
    assert ana.till.send("DELETE", f"/members/{ana.member_id}", if_match=etag).status_code == 204
    with app.app_context(), reading() as rows:
        assert rows.execute(text("SELECT count(*) FROM member_note")).scalar_one() == 0
    assert "no member" in make.run("members", "notes", ana.member_id, exit_code=1).output


def test_m7_the_database_refuses_to_rewrite_a_note_and_to_drop_one_of_who_is_known(app, make):
    make.club()
    ana = make.shopper()
    make.run("members", "note", ana.member_id, "a word", "--reference", "n1")
    for attack in ("UPDATE member_note SET words = 'another'", "DELETE FROM member_note"):
        with app.app_context(), pytest.raises(DBAPIError, match="append-only"):
            carry_out(lambda rows, told=attack: rows.execute(text(told)))
    assert "a word" in make.run("members", "notes", ana.member_id).output
