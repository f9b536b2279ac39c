"""The core system's view of a person: versioned, and the only way to change a name or a document (M5)."""

import pytest
from sqlalchemy import select

from loyalty.acts import Act
from loyalty.db import db
from loyalty.ledger import packing
from loyalty.outbox import Message
from tests.policies import Core, coverage, insurer

DOCUMENT = {"kind": "id", "number": "110105 1949 1231 002X"}
PREMIUMS = {"code": "paid", "on": "premium", "unit": "status", "earn": {"points": 1, "per": "10.00"}}


@pytest.fixture
def core(make):
    make.document(insurer(**{"tier[0].attain": 0}))
    return Core(make.till())


@pytest.fixture
def ana(make, core):
    return make.shopper(core.till, references=["C-1"])


@pytest.fixture(autouse=True)
def _verified(make):
    yield
    make.run("ledger", "verify")


def tells(core, reference="C-1", version=1, expect=200, **more):
    answer = core.till.send("PUT", f"/customers/{reference}", {"version": version, "name": "王小明"} | more)
    assert answer.status_code == expect, answer.json
    return answer.json


def shows(core, reference="C-1", expect=200):
    answer = core.till.get(f"/customers/{reference}")
    assert answer.status_code == expect, answer.json
    return answer.json


def news(app, kind="policies.wanted"):
    with app.app_context(), db.engine.connect() as books:
        return list(books.scalars(select(Message.body).where(Message.kind == kind).order_by(Message.seq)))


def test_m5_name_and_documents_change_by_the_core_system(core, ana):
    told = tells(
        core, phone="138 0013 8000", email="ming@example.org", birth_date="1949-12-31",
        address={"lines": ["1 Road"]}, documents=[DOCUMENT], agent="A-7",
    )  # fmt: skip
    assert told == {
        "reference": "C-1", "version": 1, "known_version": 1, "applied": True, "joined": False,
        "member_id": ana.member_id, "replayed": False,
    }  # fmt: skip
    shown = shows(core)
    assert (shown["name"], shown["phone"], shown["birth_date"]) == ("王小明", "138 0013 8000", "1949-12-31")
    assert (shown["agent"], shown["version"], shown["state"]) == ("A-7", 1, "active")
    assert (shown["documents"], shown["references"]) == ([{"kind": "id", "last_four": "002X"}], ["C-1"])
    member = ana.look("")
    assert (member["name"], member["identity"]) == ("王小明", [{"kind": "id", "last_four": "002X"}])
    found = core.till.post("/members/lookup", {"phone": "+86 13800138000"}).json
    assert found["member_id"] == ana.member_id


def test_m5_a_name_does_not_change_elsewhere(ana):
    answer = ana.till.send("PATCH", f"/members/{ana.member_id}", {"name": "Eva"}, if_match='"2"')
    assert (answer.status_code, answer.json["fields"].keys()) == (422, {"name"})


def test_m5_what_is_left_out_stays_and_null_empties(core, ana):
    tells(core, phone="138 0013 8000", email="ming@example.org", documents=[DOCUMENT], agent="A-7")
    tells(core, version=2, phone=None, name="Wang Xiaoming")
    shown = shows(core)
    assert (shown["name"], shown["phone"], shown["email"]) == ("Wang Xiaoming", None, "ming@example.org")
    assert (shown["agent"], len(shown["documents"])) == ("A-7", 1)
    tells(core, version=3, agent=None, documents=[])
    assert (shows(core)["agent"], shows(core)["documents"]) == (None, [])


def test_m5_documents_take_the_place_of_those_before(make, core, ana):
    tells(core, documents=[DOCUMENT, {"kind": "passport", "number": "E1"}])
    tells(core, version=2, documents=[DOCUMENT | {"number": "11010519491231002x"}])
    assert shows(core)["documents"] == [{"kind": "id", "last_four": "002X"}]
    bea = make.shopper(core.till, references=["C-2"], identity=[{"kind": "passport", "number": "E1"}])
    assert tells(core, "C-1", 3, 422, documents=[{"kind": "passport", "number": "E1"}])["code"] == (
        "already_member"
    )
    assert shows(core, "C-2")["member_id"] == bea.member_id
    assert shows(core)["version"] == 2


def test_m5_an_older_version_changes_nothing(core, ana):
    tells(core, version=3, name="Third", agent="A-3")
    told = tells(core, version=2, name="Second", agent="A-2", deceased=True, references=["C-9"])
    assert (told["applied"], told["known_version"], told["version"]) == (False, 3, 2)
    shown = shows(core)
    assert (shown["name"], shown["agent"], shown["state"]) == ("Third", "A-3", "active")
    assert shown["references"] == ["C-1"]


def test_p2_a_version_told_again_changes_nothing_and_other_content_is_refused(core, ana):
    first = tells(core, agent="A-1")
    tells(core, version=2, agent="A-2")
    assert tells(core, agent="A-1") == first | {"replayed": True}
    assert shows(core)["agent"] == "A-2"
    assert tells(core, expect=422, agent="A-9")["code"] == "key_reused"


def test_m5_further_references_are_of_the_same_person_alone(make, core, ana):
    bea = make.shopper(core.till, references=["C-2"])
    tells(core, references=["C-1", "C-3", "C-3"])
    assert shows(core, "C-3")["references"] == ["C-1", "C-3"]
    assert (shows(core, "C-3")["version"], shows(core, "C-3")["member_id"]) == (None, ana.member_id)
    refused = tells(core, version=2, name="Nobody", references=["C-4", "C-2"], expect=422)
    assert refused["code"] == "already_member"
    assert (shows(core)["name"], shows(core)["references"]) == ("王小明", ["C-1", "C-3"])
    assert shows(core, "C-2")["member_id"] == bea.member_id
    core.tells("P1", "C-3")
    assert ana.figures(unit="status")[0] == 100_000


def test_m9_death_stops_the_card_at_once_and_an_error_is_undone(core, ana, app):
    assert shows(core)["state"] == "active"
    tells(core, deceased=True)
    assert shows(core)["state"] == "deceased"
    assert ana.buy("10.00", currency="CNY", expect=422)["code"] == "card_blocked"
    tells(core, version=2)
    tells(core, version=3, deceased=True)
    assert shows(core)["state"] == "deceased"
    tells(core, version=4, deceased=False)
    assert shows(core)["state"] == "active"
    ana.buy("10.00", currency="CNY")
    tells(core, version=5, deceased=False)
    with app.app_context(), db.engine.connect() as books:
        acts = books.scalars(select(Act.kind).where(Act.kind.like("member.%")).order_by(Act.seq)).all()
    assert acts == ["member.deceased", "member.restored"]


def test_m9_a_premium_of_a_deceased_holder_is_refused(make):
    make.document(insurer(rule=[PREMIUMS]))
    core = Core(make.till())
    make.shopper(core.till, references=["C-1"])
    core.tells("P1", "C-1")
    tells(core, deceased=True)
    told = {
        "policy_no": "P1", "due_on": "2025-12-01", "paid_at": "2026-01-05T10:00:00+08:00",
        "amount": "10.00", "reference": "F-1",
    }  # fmt: skip
    answer = core.till.post("/premiums", told)
    assert (answer.status_code, answer.json["code"]) == (422, "card_blocked")


def test_m9_who_got_a_card_after_death_was_told_comes_back_with_it(make):
    make.document(insurer())
    core = Core(make.till())
    make.shopper(core.till, references=["C-1"])
    tells(core, deceased=True)
    core.tells("P1", "C-1")
    assert shows(core)["state"] == "deceased"
    tells(core, version=2, deceased=False)
    assert shows(core)["state"] == "active"


def test_i8_somebody_unknown_is_refused_and_nothing_is_kept(core):
    assert tells(core, "C-9", expect=422)["code"] == "not_a_member"
    assert shows(core, "C-9", 404)["code"] == "not_found"


def test_i8_somebody_unknown_joins_where_the_club_takes_them_in(make, app):
    make.document(insurer(**{"club.enrolment": "automatic"}))
    core = Core(make.till())
    told = tells(core, "C-9", documents=[DOCUMENT], references=["C-10"], birth_date="1949-12-31", agent="A-7")
    assert (told["applied"], told["joined"]) == (True, True)
    shown = shows(core, "C-9")
    assert (shown["name"], shown["birth_date"], shown["agent"]) == ("王小明", "1949-12-31", "A-7")
    assert (shown["references"], len(shown["documents"])) == (["C-10", "C-9"], 1)
    assert news(app) == [{}]
    assert tells(core, "C-10", 1, name="Wang")["joined"] is False


def test_i8_a_holder_who_joined_by_a_policy_gets_a_name_later(make):
    make.document(insurer(**{"club.enrolment": "automatic"}))
    core = Core(make.till())
    core.tells("P1", "C-9", coverages=[coverage("2000")])
    assert shows(core, "C-9")["name"] == "C-9"
    tells(core, "C-9")
    assert shows(core, "C-9")["name"] == "王小明"


@pytest.mark.parametrize(
    ("rule", "wanted"),
    [
        pytest.param(None, True, id="policies"),
        pytest.param([PREMIUMS], True, id="premiums"),
        pytest.param(
            [{"code": "buy", "on": "purchase", "unit": "reward", "earn": {"points": 1, "per": "1.00"}}],
            False,
            id="neither",
        ),
    ],
)
def test_i8_joining_and_a_further_reference_ask_for_all_policies(make, app, rule, wanted):
    make.document(insurer(**{"rule": rule} if rule else {}))
    core = Core(make.till())
    make.shopper(core.till)
    assert news(app) == []  # no core system knows her
    make.shopper(core.till, references=["C-1"])
    assert news(app) == [{}] * wanted
    tells(core, references=["C-1"])
    assert news(app) == [{}] * wanted
    tells(core, version=2, references=["C-3"])
    assert news(app) == [{}, {}] * wanted


def test_i8_a_member_who_is_imported_now_is_asked_for_too(make, app, tmp_path):
    make.document(insurer())
    file = tmp_path / "members.csv"
    file.write_text("reference,name\nC-1,Ana\n", encoding="utf-8")
    make.run("import", "members", str(file))
    assert len(news(app)) == 1


def test_i8_a_full_load_gives_a_new_member_a_policy_that_was_kept_before_they_joined(make, core, ana, app):
    core.tells("P1", "C-1")
    moved = {"version": 2, "effective_at": "2026-01-05T10:00:00+08:00"}
    first = core.tells("P1", "C-2", **moved)
    assert ana.figures(unit="status")[0] == 0
    bea = make.shopper(core.till, references=["C-2"])
    assert bea.figures(unit="status")[0] == 0
    assert len(news(app)) == 2
    assert core.tells("P1", "C-2", **moved) == first | {"replayed": True}
    assert core.tells("P1", "C-2", **moved) == first | {"replayed": True}
    assert (bea.figures(unit="status")[0], bea.look("/tier")["tier"]) == (100_000, "silver")
    assert ana.figures(unit="status")[0] == 0


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"birth_date": "2026-01-06"}, "birth_date"),
        ({"phone": "x"}, "phone"),
        ({"documents": [DOCUMENT, {"kind": "id", "number": "--"}]}, "documents.1.number"),
        ({"name": " "}, "name"),
        ({"version": 0}, "version"),
        ({"tier": "gold"}, "tier"),
    ],
)
def test_what_cannot_be_is_refused_with_its_field(core, ana, more, field):
    assert tells(core, expect=422, **more)["fields"].keys() == {field}
    assert shows(core)["name"] == "Ana Silva"


@pytest.mark.parametrize("reference", ["x" * 101, "a%0Ab"])
def test_a_reference_that_nobody_can_have_is_refused(core, reference):
    assert tells(core, reference, expect=422)["fields"].keys() == {"reference"}


def test_only_the_core_system_tells_of_persons(make, core, ana):
    assert make.till("members:write").send("PUT", "/customers/C-1", {}).status_code == 403
    assert make.till("points:earn").get("/customers/C-1").status_code == 403
    assert make.till("members:read").get("/customers/C-1").status_code == 200


def test_m7_no_answer_that_is_kept_holds_anything_personal(core, ana, app):
    tells(core, phone="138 0013 8000", documents=[DOCUMENT])
    with app.app_context(), db.engine.connect() as books:
        kept = books.exec_driver_sql("SELECT outcome, request_hash FROM claim").all()
    assert kept
    told = [str(packing.unpacked(row.outcome)) for row in kept if row.outcome]
    assert all("王" not in one and "138" not in one for one in told)
