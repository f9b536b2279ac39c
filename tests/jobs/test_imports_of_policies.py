"""Files of policies: a row a coverage, states told now or as history, once."""

from datetime import UTC, datetime

import pytest

from loyalty import acts
from loyalty.db import reading
from loyalty.policies import STATUSES
from tests.files import csv_file, mapped
from tests.jobs.books import operations
from tests.policies import Core, insurer

FIELDS = ("policy_no", "version", "effective_at", "status", "reference", "premium")
HEADER = ",".join(FIELDS)
FIXED = {"issued_on": "2025-12-01", "cooling_off_ends_on": "2025-12-20", "product": "life",
         "pay_mode": "annual", "pay_years": "20", "cover_years": "30"}  # fmt: skip
STATES = mapped(*FIELDS, **FIXED)


@pytest.fixture
def core(make):
    make.document(insurer())
    return Core(make.till())


@pytest.fixture
def ana(make, core):
    return make.shopper(core.till, references=["C-1"])


def imported(make, file, *options, exit_code=0):
    return make.run("import", "policies", file, *(options or STATES), exit_code=exit_code).output


def status(who, at=None):
    return who.figures(at, unit="status")[0]


def test_i1_a_state_of_a_file_is_applied_once_and_is_the_one_that_the_api_tells(make, core, ana, tmp_path):
    file = csv_file(tmp_path, HEADER, "P1,1,2026-01-05 10:00,in_force,C-1,100000.00")
    assert "1 state of policies, read as UTF-8" in imported(make, file, *STATES, "--set", "main=yes")
    assert status(ana) == 100_000
    assert "0 states booked, 1 known before" in imported(make, file, *STATES, "--set", "main=yes")
    assert core.tells("P1", "C-1")["replayed"]
    other = csv_file(tmp_path, HEADER, "P1,1,2026-01-05 10:00,in_force,C-1,100000.01")
    told = imported(make, other, *STATES, "--set", "main=yes", exit_code=1)
    assert "line 2: policy_no: 'P1', version 1 was taken over before, with other content" in told
    make.run("ledger", "verify")


def test_rows_of_one_policy_and_version_are_its_coverages(make, ana, tmp_path):
    rows = ["P1,1,2026-01-05,in_force,C-1,60000", "P1,1,2026-01-05,in_force,C-1,0.50",
            "P1,2,2026-01-05 01:00,in_force,C-1,70000"]  # fmt: skip
    assert "2 states of policies" in imported(make, csv_file(tmp_path, HEADER, *rows[:2], *rows[2:]))
    shown = ana.till.get("/policies/P1").json
    assert [state["version"] for state in shown["history"]] == [1, 2]
    assert [step["units"] for step in shown["schedule"]] == [{"status": 60_000}, {"status": 70_000}]


def test_a_state_may_come_without_its_coverages(make, ana, tmp_path):
    header = "policy_no,version,effective_at,status,reference,issued_on,product,premium,pay_mode"
    rows = ["P1,1,2026-01-05,in_force,C-1,2025-12-01,life,5000,single",
            "P1,2,2026-01-05 01:00,surrendered,C-1,2025-12-01,,,"]  # fmt: skip
    fields = mapped(*header.split(","), cooling_off_ends_on="2025-12-20")
    assert "2 states booked" in imported(make, csv_file(tmp_path, header, *rows), *fields)
    shown = ana.till.get("/policies/P1").json
    assert [step["units"] for step in shown["schedule"]] == [{"status": 500}, {}]


def test_a_gb18030_file_tells_lengths_to_an_age_attributes_and_who_is_insured(make, core, ana, tmp_path):
    header = "保单号,版本,生效,状态,客户号,保费,交至,保至,被保人,属性,团险"
    fields = [*FIELDS, "pay_until_age", "cover_until_age", "insured", "attributes", "group"]
    insured = '"[{""reference"": ""C-1"", ""relation"": ""self"", ""birth_date"": ""1990-03-05""}]"'
    row = f'P1,1,2026-01-05,in_force,C-1,1000.00,60,90,{insured},"{{""plan"": ""甲""}}",否'
    file = csv_file(tmp_path, header, row, encoding="gb18030")
    fixed = {name: value for name, value in FIXED.items() if "years" not in name}
    columns = [
        word for pair in zip(fields, header.split(","), strict=True) for word in ("--map", "=".join(pair))
    ]
    assert "read as GB18030" in imported(make, file, *columns, *mapped(**fixed))
    assert status(ana) == 1_000  # paid for 25 years: no more than the factor of 20


FAULTY = [
    ("P1,1,2026-01-05,in_force,C-1,", "premium: is missing"),
    ("P2,0,2026-01-05,in_force,C-1,1.00", "version: must be from 1 to 9007199254740992"),
    ("P3,1,,in_force,C-1,1.00", "effective_at: is missing"),
    ("P4,1,2026-01-05,asleep,C-1,1.00", f"status: 'asleep' is none of {', '.join(sorted(STATUSES))}"),
    ("P5,1,2026-01-05,in_force,C-1,1.001", "premium: has more than 2 decimals"),
    ("P6,1,2026-01-05,in_force,C-1,-1.00", "premium: is below nil"),
    ("P7,1,2026-01-05,in_force,,1.00",
     "reference: is missing; who holds it is told by reference or by member_id"),
    ("P8,1,2026-01-05,reduced_paid_up,C-1,1.00",
     "coverages.0.reduced_premium: must say what a reduced policy goes on with"),
]  # fmt: skip


def test_a_dry_run_tells_every_fault_by_its_line_and_writes_nothing(make, app, ana, tmp_path):
    rows = [f"G{no},1,2026-01-05,in_force,C-1,5.00" for no, _ in enumerate(FAULTY)]
    lines = [line for pair in zip(rows, (row for row, _ in FAULTY), strict=True) for line in pair]
    file = csv_file(tmp_path, HEADER, *lines)
    for more in (["--dry-run"], []):
        told = imported(make, file, *STATES, *more, exit_code=1)
        for no, (_, says) in enumerate(FAULTY):
            assert f"line {2 * no + 3}: {says}" in told.splitlines()
        assert f"{len(FAULTY)} faults; nothing was written" in told
    assert operations(app, "policy") == []


def test_coverages_of_one_state_agree_on_all_else_and_have_numbers_of_their_own(make, ana, tmp_path):
    rows = ["P1,1,2026-01-05,in_force,C-1,1.00,1", "P1,1,2026-01-05,lapsed,C-1,1.00,2",
            "P1,1,2026-01-05,in_force,C-1,1.00,1"]  # fmt: skip
    file = csv_file(tmp_path, f"{HEADER},coverage", *rows)
    told = imported(make, file, *STATES, "--dry-run", exit_code=1)
    assert "line 3: version: line 2 tells another state of it" in told
    assert "line 4: coverage: the state of line 2 has a coverage 1 already" in told


ODD = ('"{""A"": 1}"', '"{""a"": 1.5}"', '"{""a"": null}"', '"{""a"": 10000000000000000}"')


def test_what_is_no_member_no_list_and_no_object_is_a_fault(make, ana, tmp_path):
    header = "policy_no,version,effective_at,status,premium,member_id,insured,attributes"
    rows = ["P1,1,2026-01-05,in_force,1.00,7,,", "P2,1,2026-01-05,in_force,1.00,?,{},[]",
            *(f"A{no},1,2026-01-05,in_force,1.00,{ana.member_id},,{odd}" for no, odd in enumerate(ODD)),
            f"P3,1,2026-01-05,in_force,1.00,{ana.member_id},,"]  # fmt: skip
    fields = mapped("policy_no", "version", "effective_at", "status", "premium", "member_id", **FIXED)
    told = imported(make, csv_file(tmp_path, header, *rows), *fields, exit_code=1)
    assert "line 2: member_id: '7' is no member" in told
    assert "line 3: member_id: '?' is no member" in told
    assert "line 3: insured: must be a list of up to 50 objects" in told
    for line in range(3, 4 + len(ODD)):
        assert f"line {line}: attributes: must be an object of texts, whole numbers and truths" in told
    imported(make, csv_file(tmp_path, header, rows[-1]), *fields)
    assert status(ana) == 1


def test_i8_states_of_policies_that_nobody_in_the_club_holds_are_left_out(make, core, ana, tmp_path):
    rows = ["P1,1,2026-01-01,in_force,C-9,1000", "P1,2,2026-01-02,in_force,C-1,1000",
            "P1,3,2026-01-03,in_force,C-8,1000", "P2,1,2026-01-01,in_force,C-9,1000"]  # fmt: skip
    told = imported(make, csv_file(tmp_path, HEADER, *rows))
    assert "left out, as nobody in the club holds the policy: 2 states" in told
    assert "2 states booked" in told
    assert [state["version"] for state in core.shows("P1")["history"]] == [2, 3]
    assert status(ana) == 0
    told = imported(make, csv_file(tmp_path, HEADER, "P1,4,2026-01-04,in_force,C-7,1000"))
    assert "1 state booked" in told


def test_i8_a_policy_without_points_that_moves_to_an_outsider_is_still_followed(core, ana):
    core.tells("P1", "C-1", group=True)
    core.tells("P1", "C-9", version=2)
    assert [state["version"] for state in core.shows("P1")["history"]] == [1, 2]


def test_i8_a_club_that_takes_holders_in_takes_them_in_as_of_then(make, app, tmp_path):
    make.document(insurer(**{"club.enrolment": "automatic"}), datetime(2024, 1, 1, tzinfo=UTC))
    file = csv_file(tmp_path, HEADER, "P1,1,2025-12-31 10:00,in_force,C-1,60000")
    imported(make, file, *STATES, "--historic")
    till = make.till()
    member = till.post("/members/lookup", {"reference": "C-1"}).json
    assert member["enrolled_at"] == "2025-12-31T02:00:00Z"
    (given,) = operations(app, "policy")
    assert (given.booked_at, given.imported_at) == (
        datetime(2025, 12, 31, 2, tzinfo=UTC),
        make.clock.now(),
    )
    make.run("jobs", "post")
    assert till.get("/events").json["items"] == []
    make.run("ledger", "verify")


@pytest.fixture
def club_of_2024(make, tmp_path):
    """A club that opened in 2024, and a member of then."""
    make.document(insurer(), datetime(2024, 1, 1, tzinfo=UTC))
    file = csv_file(tmp_path, "reference,name,enrolled_at", "C-1,Ana,2024-01-10", name="members.csv")
    make.run("import", "members", file, *mapped("reference", "name", "enrolled_at"), "--historic")
    return tmp_path


def test_n7_history_is_told_when_it_was_told_with_the_nights_between(make, app, club_of_2024):
    rows = ["P1,3,2024-06-10,surrendered,C-1,60000,", "P1,2,2024-06-01,in_force,C-1,60000,2024-05-20 09:00",
            "P1,1,2024-02-01,in_force,C-1,210000,"]  # fmt: skip
    fixed = FIXED | {"issued_on": "2024-02-01", "cooling_off_ends_on": "2024-02-20"}
    file = csv_file(club_of_2024, f"{HEADER},told_at", *rows)
    imported(make, file, *mapped(*FIELDS, **fixed), "--historic")
    ana = make.till().post("/members/lookup", {"reference": "C-1"}).json["member_id"]

    def shown(at):
        tier = make.till().get(f"/members/{ana}/tier?at={at}T00:00:00Z").json
        units = make.till().get(f"/members/{ana}/balance?at={at}T00:00:00Z").json["units"]
        return tier["tier"], units["status"]["available"]

    assert shown("2024-02-20") == (None, 0)
    assert shown("2024-02-21") == ("gold", 210_000)
    assert shown("2024-06-02") == ("gold", 60_000)
    assert shown("2024-06-12") == ("gold", 0)
    assert shown("2025-02-22") == (None, 0)
    booked = [op.booked_at.date().isoformat() for op in operations(app, "position")]
    assert booked == ["2024-05-20", "2024-06-09"]
    make.run("ledger", "verify")


def test_history_before_a_later_booking_or_ahead_of_the_clock_is_a_fault(make, club_of_2024):
    rows = ["P1,1,2024-02-01,in_force,C-1,100000", "P2,1,2024-03-01,in_force,C-1,100000",
            "P3,1,2026-03-01,in_force,C-1,100000"]  # fmt: skip
    imported(make, csv_file(club_of_2024, HEADER, rows[1]), *STATES, "--historic")
    told = imported(make, csv_file(club_of_2024, HEADER, *rows), *STATES, "--historic", exit_code=1)
    assert "line 2: policy_no: 'P1', version 1: the member's books are already written until 2024-" in told
    assert "line 4: policy_no: 'P3', version 1 lies in the future: 2026-02-28T16:00:00+00:00" in told
    assert "2 faults; nothing was written" in told


def test_history_told_again_from_the_start_books_only_what_is_new(make, app, club_of_2024):
    rows = ["P1,1,2024-02-01,in_force,C-1,100000", "P2,1,2024-03-01,in_force,C-1,100000"]
    imported(make, csv_file(club_of_2024, HEADER, rows[0]), *STATES, "--historic")
    assert "1 state booked, 1 known before" in imported(
        make, csv_file(club_of_2024, HEADER, *rows), *STATES, "--historic"
    )
    assert len(operations(app, "policy")) == 2


def test_an_import_is_an_act_of_its_operator(make, app, ana, tmp_path):
    imported(make, csv_file(tmp_path, HEADER, "P1,1,2026-01-05,in_force,C-1,100000"))
    with app.app_context(), reading() as session:
        *_, (begun, _) = acts.lines(session)
    assert (begun.kind, begun.subject, begun.content["policies"]) == ("import.begun", "policies", 1)


def test_a_policy_needs_its_premium_and_its_holder(make, ana, tmp_path):
    file = csv_file(tmp_path, HEADER, "P1,1,2026-01-05,in_force,C-1,100000")
    told = imported(make, file, "--set", "issued_on=2026-01-01", exit_code=2)
    assert "product is needed: --map product=COLUMN" in told
