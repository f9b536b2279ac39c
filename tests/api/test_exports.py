"""Everything the club has about a member, for the person themselves (M7)."""

import csv
import io
import json
import zipfile

import pytest

from loyalty.tables import Base
from tests.policies import Core, insurer

INSIDE = {"claim": "keys of callers, with answers that operations repeat"}


@pytest.fixture
def core(make):
    make.document(insurer(**{"tier[0].attain": 0}))
    return Core(make.till())


@pytest.fixture
def ana(core, make):
    ana = make.shopper(
        core.till, name="=Ana", references=["C-1"], phone="+8613800138000", attributes={"size": 4},
        identity=[{"kind": "id", "number": "X-1234"}],
    )  # fmt: skip
    core.tells("P1", "C-1")
    ana.adjust(50)
    ana.hold(20)
    return ana


def asked(who, form="json"):
    answer = who.till.get(f"/members/{who.member_id}/export?format={form}")
    assert answer.status_code == 200, answer.json
    return answer


def test_m7_the_document_holds_all_there_is(make, core, ana):
    make.shopper(core.till, name="Bea", references=["C-2"])
    answer = asked(ana)
    told = json.loads(answer.data)
    assert (told["member_id"], told["person"][0]["name"]) == (ana.member_id, "=Ana")
    assert told["identity_document"] == [{"kind": "id", "last_four": "1234", "member_id": ana.member_id}]
    assert [one["points"] for one in told["entry"] if one["unit"] == "reward"] == [50]
    assert (told["hold"][0]["points"], told["policy_version"][0]["policy_no"]) == (20, "P1")
    assert [one["kind"] for one in told["act"]] == ["points.adjusted"]
    assert "Bea" not in answer.text
    assert "attachment" in answer.headers["Content-Disposition"]


def test_m7_the_sheets_hold_the_same_and_no_formula(ana):
    told = json.loads(asked(ana).data)
    with zipfile.ZipFile(io.BytesIO(asked(ana, "csv").data)) as sheets:
        assert {f"{name}.csv" for name in told if name not in ("member_id", "exported_at")} == set(
            sheets.namelist()
        )
        rows = list(csv.DictReader(io.StringIO(sheets.read("person.csv").decode())))
    assert (rows[0]["name"], rows[0]["phone"]) == ("'=Ana", "'+8613800138000")


def test_a1_another_form_is_refused(ana):
    answer = ana.till.get(f"/members/{ana.member_id}/export?format=pdf")
    assert (answer.status_code, answer.json["fields"].keys()) == (422, {"format"})


def test_g8_who_may_not_read_members_is_refused(make, ana):
    till = make.till("points:earn")
    assert till.get(f"/members/{ana.member_id}/export").status_code == 403


def test_m7_every_table_of_members_is_in_it(app, ana):
    told = json.loads(asked(ana).data).keys()
    tables = {name for name, table in Base.metadata.tables.items() if "member_id" in table.c}
    assert tables - INSIDE.keys() <= told
