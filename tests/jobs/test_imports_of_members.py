"""Members who come from another system with their cards, tiers, points and consents."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from loyalty.db import carry_out, reading
from tests.clocks import START
from tests.files import csv_file, mapped
from tests.jobs.books import operations
from tests.makers import Shopper

COLUMNS = ("reference", "name", "phone", "email", "birth_date", "locale", "enrolled_at", "card")
ROW = "A-1,王小明,+8613800138000,ming@example.org,1980-02-29,zh-CN,2019-05-01,KL0012345"
FIELDS = mapped(*COLUMNS)
HASH = "ab" * 32


def members(make, file, *options, exit_code=0):
    return make.run("import", "members", file, *options, exit_code=exit_code).output


def taken_over(make, tmp_path, columns, row, **fixed):
    """One member of a file with these further columns, as a shopper with the card they brought."""
    file = csv_file(tmp_path, ",".join([*COLUMNS, *columns]), f"{ROW},{row}")
    members(make, file, *mapped(*COLUMNS, *columns, **fixed))
    till = make.till()
    found = till.post("/members/lookup", {"card": "KL0012345"}).json
    return Shopper(till, make.clock, found)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_m1_members_keep_their_foreign_cards_in_whatever_encoding_they_come(make, tmp_path, encoding):
    make.club(**{"club.time_zone": "Asia/Shanghai", "club.currency": "CNY"})
    file = csv_file(tmp_path, ",".join(COLUMNS), ROW, encoding=encoding)
    told = members(make, file, *FIELDS)
    assert f"1 member, read as {'GB18030' if encoding == 'gb18030' else 'UTF-8'}" in told
    shown = make.till().post("/members/lookup", {"card": "KL0012345"}).json
    assert (shown["name"], shown["phone"], shown["references"]) == ("王小明", "+8613800138000", ["A-1"])
    assert shown["enrolled_at"] == "2019-04-30T16:00:00Z"
    assert shown["card"]["issued_at"] == shown["enrolled_at"]
    assert (shown["birth_date"], shown["locale"], shown["state"]) == ("1980-02-29", "zh-CN", "active")
    make.run("ledger", "verify")


def test_a_file_in_another_encoding_is_read_only_when_that_is_said(make, tmp_path):
    make.club()
    file = csv_file(tmp_path, "reference,name", "1,Zoë\xff", encoding="latin-1")
    assert "is neither UTF-8 nor GB18030" in members(make, file, *mapped("reference", "name"), exit_code=1)
    members(make, file, *mapped("reference", "name"), "--encoding", "latin-1")


def test_p2_nobody_comes_twice(make, tmp_path):
    make.club()
    file = csv_file(tmp_path, ",".join(COLUMNS), ROW)
    assert "1 member booked, 0 known before" in members(make, file, *FIELDS)
    make.clock.move(timedelta(days=3))
    assert "0 members booked, 1 known before" in members(make, file, *FIELDS)
    other = csv_file(tmp_path, ",".join(COLUMNS), ROW.replace("小明", "大明"))
    assert "line 2: reference: 'A-1' was taken over before, with other content" in members(
        make, other, *FIELDS, exit_code=1
    )


def test_points_come_with_their_dates_and_joining_gives_nothing(make, tmp_path):
    make.club(**{"rule[2]": {"code": "hi", "on": "enrolment", "unit": "reward", "earn": {"fixed": 7}}})
    columns = ("unit", "points", "last_day", "points.2", "last_day.2", "points.3", "earned_on.3")
    fixed = {"unit.2": "reward", "unit.3": "reward"}
    ming = taken_over(make, tmp_path, columns, "reward,120,2026-01-31,30,2026-03-31,5,2025-06-01", **fixed)
    assert ming.figures() == (155, 0, 0, 0)
    expiring = ming.look("/balance")["units"]["reward"]["expiring"]
    assert [(lot["points"], lot["last_day"]) for lot in expiring][:2] == [
        (120, "2026-01-31"),
        (30, "2026-03-31"),
    ]
    assert ming.figures(datetime(2026, 2, 1, 0, tzinfo=UTC)) == (35, 0, 0, 0)
    ming.redeem(130)
    assert ming.figures() == (25, 0, 0, 0)
    ming.buy("10.00")
    (came,) = operations(make.app, "import")
    assert (came.booked_at, came.imported_at) == (START, None)
    make.run("ledger", "verify")
    make.run("jobs", "nightly", "--as-of", "2028-01-01")
    make.run("ledger", "verify")


def test_lots_and_consents_may_be_json(make, tmp_path):
    make.club(**{"unit.reward.decimals": 1})
    lots = [{"unit": "reward", "points": "12.5", "last_day": "2026-06-30"}, {"unit": "reward", "points": 3}]
    consents = [
        {"purpose": "news", "recipient": "club", "data": "e-mail", "text_sha256": HASH, "language": "pt",
         "channel": "paper"},
        {"purpose": "calls", "recipient": "club", "data": "phone", "text_sha256": HASH, "language": "pt",
         "channel": "paper", "act": "withdrawn", "told_at": "2024-02-03T10:00:00Z"},
    ]  # fmt: skip
    cells = ",".join('"' + json.dumps(cell).replace('"', '""') + '"' for cell in (lots, consents))
    ming = taken_over(make, tmp_path, ("lots", "consents"), cells)
    assert ming.figures() == (155, 0, 0, 0)
    told = ming.till.get(f"/members/{ming.member_id}").json["consents"]
    assert [(one["purpose"], one["given_at"], one["withdrawn_at"]) for one in told] == [
        ("news", "2019-04-30T23:00:00Z", None),
        ("calls", None, "2024-02-03T10:00:00Z"),
    ]


def test_t3_the_running_term_comes_as_it_was_and_is_reviewed_at_its_own_end(make, tmp_path):
    make.club(**{"rule[0].unit": "status", "tier[0].attain": 100})
    columns = ("tier", "tier_from", "tier_last_day", "unit", "points", "earned_on")
    ming = taken_over(make, tmp_path, columns, "gold,2025-04-01,2026-03-31,status,400,2025-12-01")
    shown = ming.look("/tier")
    assert (shown["tier"], shown["last_day"], shown["reason"]) == ("gold", "2026-03-31", "imported")
    assert shown["from"] == "2025-03-31T23:00:00Z"
    ming.buy("10.00")
    assert ming.look("/tier")["measure"] == 410  # 400 earned in December, and 10
    after = ming.look("/tier", datetime(2026, 4, 2, tzinfo=UTC))
    assert (after["tier"], after["reason"]) == ("silver", "review")
    make.run("jobs", "nightly", "--as-of", "2026-04-02")
    make.run("ledger", "verify")


def test_t4_without_a_term_of_their_own_the_points_make_the_tier(make, tmp_path):
    make.club(**{"terms.measure": {"balance": "reward"}, "tier[0].attain": 100})
    ming = taken_over(make, tmp_path, ("unit", "points"), "reward,2000")
    assert ming.look("/tier")["tier"] == "gold"
    assert ming.card == "KL0012345"
    make.run("ledger", "verify")


def test_p4_lots_of_a_unit_that_spends_the_oldest_first_keep_the_day_they_were_earned(make, tmp_path):
    make.club(**{"unit.reward.order": "oldest_first"})
    columns = ("unit", "points", "earned_on", "points.2", "earned_on.2", "last_day.2")
    row = "reward,50,2025-06-01,60,2025-03-01,2027-12-31"
    ming = taken_over(make, tmp_path, columns, row, **{"unit.2": "reward"})
    ming.redeem(60)
    assert [lot["last_day"] for lot in ming.look("/balance")["units"]["reward"]["expiring"]] == ["2027-06-01"]
    make.run("ledger", "verify")


FAULTY = [
    ({"reference": ""}, "reference: is missing"),
    ({"name": ""}, "name: is missing"),
    ({"phone": "12"}, "phone: '12' is not a phone number"),
    ({"email": "nobody"}, "email: 'nobody' has not the right form"),
    ({"birth_date": "2030-01-01"}, "birth_date: lies in the future"),
    ({"birth_date": "yesterday"}, "birth_date: 'yesterday' is not a day such as 2026-01-31"),
    ({"enrolled_at": "2030-01-01"}, "enrolled_at: lies after the instant the member is imported as of"),
    ({"card": "12-34"}, "card: '12-34' has not the right form"),
    ({"tier": "lead", "tier_last_day": "2026-12-31"}, "tier: 'lead' is none of gold, silver"),
    ({"tier": "gold"}, "tier_last_day: is missing"),
    ({"tier": "gold", "tier_last_day": "2025-12-31"},
     "tier: its term does not run at the instant the member is imported as of"),
    ({"enrolled_at": "", "tier": "gold", "tier_last_day": "2026-12-31"}, "tier_from: is missing"),
    ({"points": "5", "unit": ""}, "unit: is missing"),
    ({"points": "5", "unit": "gold"}, "unit: 'gold' is none of reward, status"),
    ({"points": "5.5", "unit": "reward"}, "points: has more than 0 decimals"),
    ({"points": "-5", "unit": "reward"}, "points: are fewer than none"),
    ({"points": "5", "unit": "reward", "last_day": "2025-12-31"}, "last_day: is over"),
    ({"points": "5", "unit": "reward", "earned_on": "2026-12-31"}, "earned_on: lies in the future"),
    ({"lots": "[1]"}, "lots: must be a list of up to 100 objects"),
    ({"lots": "{}"}, "lots: must be a list of up to 100 objects"),
    ({"lots": "[NaN]"}, "lots: is not JSON"),
    ({"consents": "[{}]"}, "purpose: is missing"),
    ({"consents": '[{"told_at": "2030-01-01"}]'}, "told_at: lies in the future"),
    ({"consents": '[{"act": "sold"}]'}, "act: 'sold' is none of given, withdrawn"),
]  # fmt: skip


def test_a_dry_run_tells_every_fault_of_members_by_its_line(make, app, tmp_path):
    make.club()
    known = make.shopper(references=["known"])
    columns = {"reference": "", "name": "Ana", "enrolled_at": "2020-01-01"}
    others = ("phone", "email", "birth_date", "card", "tier", "tier_last_day", "tier_from", "unit", "points",
              "last_day", "earned_on", "lots", "consents")  # fmt: skip
    columns |= dict.fromkeys(others, "")
    rows = [{**columns, "reference": f"m{no}", **wrong} for no, (wrong, _) in enumerate(FAULTY)]
    rows += [{**columns, "reference": "known"}, {**columns, "reference": "m3"}]
    rows += [{**columns, "reference": f"c{no}", "card": known.card} for no in range(2)]
    quoted = [",".join('"' + cell.replace('"', '""') + '"' for cell in row.values()) for row in rows]
    file = csv_file(tmp_path, ",".join(columns), *quoted)
    told = members(make, file, *mapped(*columns), "--dry-run", exit_code=1).splitlines()
    for line, (_, says) in enumerate(FAULTY, start=2):
        assert f"line {line}: {says}" in told
    last = len(FAULTY) + 2
    assert f"line {last}: reference: 'known' is a member already" in told
    assert f"line {last + 1}: reference: is on line 5 too" in told
    assert f"line {last + 2}: card: ****{known.card[-4:]} is somebody's already" in told
    assert f"line {last + 3}: card: is on line {last + 2} too" in told
    with app.app_context(), reading() as session:
        assert session.scalar(text("SELECT count(*) FROM member")) == 1


def test_a_term_that_was_imported_lives_through_the_migration_and_back(make, app, tmp_path):
    from flask_migrate import downgrade, upgrade

    make.club()
    row = "gold,2025-04-01,2026-03-31"
    ming = taken_over(make, tmp_path, ("tier", "tier_from", "tier_last_day"), row)
    with app.app_context():
        downgrade(revision="0011")
        upgrade()
    assert ming.look("/tier")["reason"] == "by_hand"
    with app.app_context(), pytest.raises(Exception, match="append-only"):
        carry_out(lambda session: session.execute(text("DELETE FROM term")))
