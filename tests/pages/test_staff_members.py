"""Members as staff find and see them: masked until they are opened with a reason, then everything."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from loyalty import members, staff
from loyalty.db import reading
from tests.pages.colleagues import Colleague
from tests.pages.counter import acts_of, found, opens
from tests.pages.desk import text_of
from tests.pages.homes import insured

FOUND_BY = ("card", "+351 912 345 678", "００３５１９１２３４５６７８", "ANA@example.org", "C-77", "ana sil")


def test_a_member_is_found_by_all_that_names_them_however_it_is_typed(app, make, statements):
    """M5: card, phone, e-mail and reference whole, a name by its beginning."""
    make.club()
    told = {"phone": "912345678", "email": "ana@example.org", "references": ["C-77"]}
    ana = make.shopper(name="Ana Silva", **told)
    desk = Colleague(app, "desk")
    for told in FOUND_BY:
        answer = found(desk, ana.card if told == "card" else told)
        assert answer.request.path == f"/staff/members/{ana.member_id}", told
    for nobody in ("C-7", "912345", "ana@example", "Silva", "%%", "__"):
        assert "Nobody was found" in text_of(found(desk, nobody)), nobody
    assert found(desk, "A").status_code == 422
    make.shopper(name="Ana Costa", phone="912345678")
    for both in ("Ana", "912345678"):
        said = text_of(found(desk, both))
        assert said.count("A＊") == 2, said
        assert not any(secret in said for secret in ("Silva", "Costa", "91234", ana.card[:8]))
    statements.clear()
    found(desk, "Ana")
    assert len(statements) <= 40, "for two pages, the form's and the answer's"


def test_a_names_beginning_is_looked_for_by_its_index(app, make):
    """On PostgreSQL only with the letters' own order, and never by a pattern on SQLite."""
    make.club()
    make.shopper(name="Ana Silva")
    with app.app_context(), reading() as rows:
        if rows.get_bind().dialect.name == "postgresql":
            rows.execute(text("SET LOCAL enable_seqscan = off"))  # a table of one row is read through
            asked = "EXPLAIN SELECT member_id FROM person WHERE name_key BETWEEN 'ana' AND 'anaz'"
            plan, told = "\n".join(rows.scalars(text(asked))), "Index Cond: (((name_key)::text >= 'ana'"
        else:
            asked = "EXPLAIN QUERY PLAN SELECT member_id FROM person WHERE name_key BETWEEN 'ana' AND 'anaz'"
            plan, told = str(rows.execute(text(asked)).all()), "(name_key>? AND name_key<?)"
        assert told in plan
        found_too = [one.name for one in members.search(rows, "ANA", "CN", 5)]
    assert found_too == ["Ana Silva"]


def test_a_member_is_shown_masked_until_opened_and_again_after_a_quarter_of_an_hour(app, make, clock):
    """Bulk reading: masked by default; opening takes a reason, is written down, and lasts for minutes."""
    make.club()
    ana = make.shopper(name="Ana Silva", phone="912345678", email="ana@example.org")
    desk = Colleague(app, "desk")
    path, secrets = f"/staff/members/{ana.member_id}", ("Ana Silva", "912345678", "ana@example.org")
    for page in ("", "/points", "/visits", "/orders", "/notes"):
        answer = desk.open(path + page)
        assert answer.request.path == path
        assert not any(secret in answer.text for secret in (*secrets, ana.card)), page
    for wrong in ({"reason": "curious"}, {"reason": "other"}, {}):
        assert opens(desk, ana.member_id, **({"reason": ""} | wrong)).status_code == 422
    assert acts_of(make, "member.opened") == []
    said = text_of(opens(desk, ana.member_id, "other", words="asked by the auditor"))
    assert all(secret in said for secret in (*secrets, "asked by the auditor"))
    [(actor, subject, content)] = acts_of(make, "member.opened")
    assert (actor, subject) == (staff.actor(desk.account_id), ana.member_id)
    assert (content["reason"], set(content)) == ("other", {"reason", "note", "words"}), (
        "the words are erasable"
    )
    clock.move(timedelta(minutes=14))
    assert "Ana Silva" in desk.open(path).text
    clock.move(timedelta(minutes=1))
    assert "Ana Silva" not in desk.open(path).text


def test_what_one_colleague_opened_is_masked_for_another_and_after_closing(app, make):
    make.club()
    ana = make.shopper(name="Ana Silva")
    desk, other = Colleague(app, "desk"), Colleague(app, "finance", name="Bo")
    assert "Ana Silva" in opens(desk, ana.member_id).text
    assert "Ana Silva" not in other.open(f"/staff/members/{ana.member_id}").text
    desk.open(f"/staff/members/{ana.member_id}")
    desk.send("Close")
    assert "Ana Silva" not in desk.open(f"/staff/members/{ana.member_id}").text
    marketing = Colleague(app, "marketing", name="Cy")
    assert "More is not for your role" in text_of(marketing.open(f"/staff/members/{ana.member_id}"))


def test_who_finds_nobody_too_often_waits_and_it_is_written_down(app, make, clock):
    """Bulk reading: looking for people by guesses is slowed, and stands in the chain of acts."""
    make.club()
    desk, other = Colleague(app, "desk"), Colleague(app, "desk", name="Bo")
    for no in range(21):
        assert found(desk, f"7000{no:012}").status_code == 200
    assert found(desk, "70001").status_code == 429
    assert acts_of(make, "members.not_found") == [(staff.actor(desk.account_id),) * 2 + ({},)]
    assert found(other, "70001").status_code == 200, "nobody else waits"
    clock.move(timedelta(minutes=11))
    assert found(desk, "70001").status_code == 200


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_page_of_a_member_has_everything(app, make, clock, language, statements):
    """T9, I7, B1: tier and why, points with lots, policies, benefits, lines with who booked them."""
    lin = insured(make, clock, longer=True)
    desk = Colleague(app, "desk", name="Bo", language="en")
    opens(desk, lin.member_id)
    desk.headers = {"Accept-Language": language}
    statements.clear()
    said = text_of(desk.open(f"/staff/members/{lin.member_id}"))
    asked = [one for one in statements if not one.startswith(("PRAGMA", "BEGIN"))]
    assert len(asked) <= 30, len(asked)
    for fact in ("林淑华", "960,000", "P-2012-4821", "700,000", "1,966", "90,000", "+161", "C-1", "周敏"):
        assert fact in said, fact
    for page, fact in (("points", "1,486"), ("points?unit=status", "960,000"), ("visits", "Lounge T2")):
        shown = text_of(desk.open(f"/staff/members/{lin.member_id}/{page}"))
        assert fact in shown or language == "zh", page
    for page in ("orders", "notes", "notes?page=2", "visits?before=x", "points?before=x"):
        assert desk.open(f"/staff/members/{lin.member_id}/{page}").status_code == 200
