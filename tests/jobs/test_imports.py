"""Files of sales: what is read, what is wrong on which line, and what is booked now."""

import random

import pytest

from loyalty import acts
from loyalty.db import reading
from loyalty.ids import to_text
from tests.files import csv_file, mapped
from tests.jobs.books import operations

SALES = mapped("reference", "receipt", "sold_at", "amount", store="S1", terminal="T9")
HEADER = "reference,receipt,sold_at,amount"


@pytest.fixture
def ana(make):
    make.club()
    return make.shopper(references=["ana"])


def purchases(make, file, *options, exit_code=0):
    return make.run("import", "purchases", file, *(options or SALES), exit_code=exit_code).output


def test_rows_of_one_receipt_are_one_sale_and_are_booked_once(make, ana, tmp_path):
    file = csv_file(
        tmp_path,
        "reference,receipt,sold_at,line,sku,category,quantity,unit_price,cashier",
        "ana,1,2026-01-05 01:00,1,TEA,fresh,3,2.50,C1",
        "ana,1,2026-01-05 01:00,2,CUP,home,1.5,10.00,C1",
    )
    fields = mapped("reference", "receipt", "sold_at", "line", "sku", "category", "quantity", "unit_price",
                    "cashier", store="S1", terminal="T9")  # fmt: skip
    assert "1 sale and 0 returns of 2 lines, read as UTF-8" in purchases(make, file, *fields)
    assert ana.figures() == (22 + 7, 0, 0, 0)  # 22.50, and the fresh 7.50 twice
    assert "0 purchases booked, 1 known before" in purchases(make, file, *fields)
    assert ana.figures() == (29, 0, 0, 0)
    named = "/purchases?store=S1&terminal=T9&business_date=2026-01-05&receipt=1"
    shown = ana.till.get(named)
    assert shown.status_code == 200, shown.json
    make.run("ledger", "verify")


def test_n2_lines_are_rounded_to_minor_units_half_up_and_the_output_says_so(make, ana, tmp_path):
    rows = ["ana,1,2026-01-05,0.995", "ana,1,2026-01-05,1.005", "ana,2,2026-01-05,4.994"]
    told = purchases(make, csv_file(tmp_path, HEADER, *rows))
    assert "rounded to minor units, half up: 3 lines" in told
    assert ana.figures() == (2 + 4, 0, 0, 0)  # 1.00 + 1.01, and 4.99


def test_a_receipt_below_nil_is_a_return_without_a_receipt(make, tmp_path):
    make.club(**{"club.returns_without_receipt": {"member_day": "500.00"}})
    ana = make.shopper(references=["ana"])
    rows = ["ana,1,2026-01-05 01:00,30.00", "ana,C2,2026-01-05 01:10,-40.00", "ana,C2,2026-01-05 01:10,-5.50"]
    assert "1 sale and 1 return of 3 lines" in purchases(make, csv_file(tmp_path, HEADER, *rows))
    assert ana.figures() == (0, 0, 0, 15)
    purchases(make, csv_file(tmp_path, HEADER, *rows))
    assert ana.figures() == (0, 0, 0, 15)
    make.run("ledger", "verify")


def test_a_club_that_takes_no_goods_without_a_receipt_refuses_the_row_and_books_the_others(
    make, ana, tmp_path
):
    rows = ["ana,C1,2026-01-05 01:00,-40.00", "ana,2,2026-01-05 01:10,10.00"]
    told = purchases(make, csv_file(tmp_path, HEADER, *rows), exit_code=1)
    assert "line 2: receipt_needed" in told
    assert "1 purchase booked" in told
    assert ana.figures() == (10, 0, 0, 0)


def test_rows_that_name_no_member_are_left_out(make, ana, tmp_path):
    rows = [",1,2026-01-05,99.00", "ana,2,2026-01-05,10.00", ",3,garbage,1"]
    assert "left out, as they name no member: 2 rows" in purchases(make, csv_file(tmp_path, HEADER, *rows))
    assert ana.figures() == (10, 0, 0, 0)


FAULTY = [
    ("bob,1,2026-01-05,10.00", "reference: 'bob' is no member"),
    ("ana,,2026-01-05,10.00", "receipt: is missing"),
    ("ana,1,05/01/2026,10.00", "sold_at: '05/01/2026' is not a time such as 2026-01-31 09:30:00"),
    ("ana,1,2026-02-30,10.00", "sold_at: '2026-02-30' is not a time such as 2026-01-31 09:30:00"),
    ("ana,1,2026-01-06,10.00", "sold_at: 2026-01-06T00:00:00+00:00 lies in the future"),
    ("ana,1,2026-01-05,1e3", "amount: '1e3' is not a number such as 12.50"),
    ("ana,1,2026-01-05,１２", "amount: '１２' is not a number such as 12.50"),
    ("ana,1,2026-01-05,99999999999999", "amount: '99999999999999' is not a number such as 12.50"),
    ("ana,1,2026-01-05", "has 3 cells, the header 4"),
    (f"ana,{'9' * 61},2026-01-05,10.00", "receipt: is longer than 60"),
    ("ana,a\tb,2026-01-05,10.00", "receipt: holds a control character"),
]


def test_a_dry_run_tells_every_fault_by_its_line_and_writes_nothing(make, app, ana, tmp_path):
    rows = [f"ana,good-{no},2026-01-05,10.00" for no, _ in enumerate(FAULTY)]
    lines = [line for pair in zip(rows, (row for row, _ in FAULTY), strict=True) for line in pair]
    file = csv_file(tmp_path, HEADER, *lines)
    for more in (["--dry-run"], []):
        told = purchases(make, file, *SALES, *more, exit_code=1)
        for no, (_, says) in enumerate(FAULTY):
            assert f"line {2 * no + 3}: {says}" in told.splitlines()
        assert f"{len(FAULTY)} faults; nothing was written" in told
    assert operations(app, "earn") == []


def test_a_dry_run_without_faults_writes_nothing_either(make, app, ana, tmp_path):
    file = csv_file(tmp_path, HEADER, "ana,1,2026-01-05,10.00")
    assert "no faults: 1 purchase could be imported" in purchases(make, file, *SALES, "--dry-run")
    assert operations(app, "earn") == []


def test_a_receipt_is_one_members_alone(make, ana, tmp_path):
    make.shopper(references=["bob"])
    rows = ["ana,1,2026-01-05,10.00", "bob,1,2026-01-05,10.00", ",1,2026-01-05,10.00"]
    told = purchases(make, csv_file(tmp_path, HEADER, *rows), exit_code=1)
    assert "line 3: reference: on line 2 the receipt is another member's" in told
    assert "line 4: names no member, as the receipt does on line 2" in told


def test_a_line_number_is_there_once(make, ana, tmp_path):
    rows = ["ana,1,2026-01-05,10.00,1", "ana,1,2026-01-05,10.00,1"]
    fields = mapped("reference", "receipt", "sold_at", "amount", "line", store="S1", terminal="T9")
    told = purchases(make, csv_file(tmp_path, f"{HEADER},line", *rows), *fields, exit_code=1)
    assert "line 3: line: the receipt of line 2 has a line 1 already" in told


def test_n1_a_price_times_a_quantity_has_its_limit_too(make, ana, tmp_path):
    file = csv_file(
        tmp_path,
        "reference,receipt,sold_at,quantity,unit_price",
        "ana,1,2026-01-05,100000,9999999999.99",
        "ana,2,2026-01-05,9999999999,0.01",
        "ana,3,2026-01-05,0.0001,1.00",
        "ana,4,2026-01-05,1,",
    )
    fields = mapped("reference", "receipt", "sold_at", "quantity", "unit_price", store="S1", terminal="T9")
    told = purchases(make, file, *fields, exit_code=1)
    assert "line 2: amount: is too large" in told
    assert "line 3: amount: is too large" in told
    assert "line 4: quantity: has more than 3 decimals" in told
    assert "line 5: unit_price: is missing" in told


def test_a_torn_quote_is_a_fault_on_its_line(make, ana, tmp_path):
    file = csv_file(tmp_path, HEADER, 'ana,1,2026-01-05,"10.00')
    assert "unexpected end of data; nothing after it was read" in purchases(make, file, exit_code=1)


def test_the_same_receipt_with_other_content_is_told_as_reused(make, ana, tmp_path):
    purchases(make, csv_file(tmp_path, HEADER, "ana,1,2026-01-05,10.00"))
    told = purchases(make, csv_file(tmp_path, HEADER, "ana,1,2026-01-05,11.00"), exit_code=1)
    assert "line 2: receipt: '1' was taken over before, with other content" in told
    assert ana.figures() == (10, 0, 0, 0)


def test_a_sale_above_a_ceiling_is_held_for_review_as_at_the_till(make, tmp_path):
    make.club(limits={"earn": {"transaction": 5}})
    ana = make.shopper(references=["ana"])
    told = purchases(make, csv_file(tmp_path, HEADER, "ana,1,2026-01-05,10.00", "ana,2,2026-01-05,5.00"))
    assert "1 purchase booked, 0 known before" in told
    assert "held for review: 1" in told
    assert ana.figures() == (5, 0, 0, 0)


def test_an_import_is_an_act_of_its_operator(make, app, ana, tmp_path):
    purchases(make, csv_file(tmp_path, HEADER, "ana,1,2026-01-05,10.00"))
    with app.app_context(), reading() as session:
        *_, (begun, _) = acts.lines(session)
    assert (begun.kind, begun.subject) == ("import.begun", "purchases")
    assert begun.content["purchases"] == 1
    assert not begun.content["historic"]


def test_members_are_named_by_card_or_by_id_too(make, app, ana, tmp_path):
    by_card = mapped("card", "receipt", "sold_at", "amount", store="S1", terminal="T9")
    purchases(make, csv_file(tmp_path, f"card,{HEADER[10:]}", f"{ana.card},1,2026-01-05,10.00"), *by_card)
    by_id = mapped("member_id", "receipt", "sold_at", "amount", store="S1", terminal="T9")
    rows = [f"{ana.member_id},2,2026-01-05,10.00", f"{to_text(7)},3,2026-01-05,1.00"]
    told = purchases(make, csv_file(tmp_path, f"member_id,{HEADER[10:]}", *rows), *by_id, exit_code=1)
    assert "line 3: member_id: '7' is no member" in told
    purchases(make, csv_file(tmp_path, f"member_id,{HEADER[10:]}", rows[0]), *by_id)
    assert ana.figures() == (20, 0, 0, 0)


def test_p14_a_sale_told_now_of_long_ago_is_late(make, app, ana, tmp_path):
    make.run("import", "purchases", csv_file(tmp_path, HEADER, "ana,1,2025-10-01,10.00"), *SALES)
    (earned,) = operations(app, "earn")
    assert earned.happened_at.date().isoformat() == "2025-09-30"  # midnight in Lisbon's summer
    assert (earned.booked_at, earned.imported_at) == (make.clock.now(), None)
    make.run("ledger", "verify")


def test_p16_shuffled_split_and_repeated_files_end_in_the_same_balances(make, ana, tmp_path):
    bob = make.shopper(references=["bob"])
    rows = [f"{who},{no},2026-01-0{1 + no % 5},{no}.50" for no in range(1, 30) for who in ("ana",)]
    rows += [f"bob,b{no},2026-01-0{1 + no % 5},{no}.00" for no in range(1, 30)]
    random.Random(16).shuffle(rows)
    for part in (rows[:20], rows[10:40], rows[35:], rows):
        purchases(make, csv_file(tmp_path, HEADER, *part))
    assert ana.figures() == bob.figures() == (sum(range(1, 30)), 0, 0, 0)


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--map", "sku=reference", *SALES[2:]], "reference or card or member_id is needed"),
        ([*SALES, "--map", "colour=receipt"], "colour is no field"),
        ([*SALES, "--set", "receipt=1"], "receipt is told twice"),
        ([*SALES, "--map", "sku"], "--map takes FIELD=COLUMN"),
        ([*SALES, "--map", "sku=SKU"], "column SKU is not among reference, receipt, sold_at, amount"),
        ([*SALES, "--encoding", "klingon"], "unknown encoding: klingon"),
        ([*SALES, "--encoding", "ascii"], "is not written in ascii"),
    ],
)
def test_what_cannot_be_asked_for_is_said_before_anything_is_read(make, ana, tmp_path, options, says):
    file = csv_file(tmp_path, HEADER, "ana,é,2026-01-05,10.00")
    told = make.app.test_cli_runner().invoke(args=["import", "purchases", file, *options])
    assert told.exit_code != 0
    assert says in told.output


def test_a_column_with_the_name_of_a_field_is_that_field_and_others_are_told_as_ignored(make, ana, tmp_path):
    file = csv_file(tmp_path, f"{HEADER},colour,terminal", "ana,1,2026-01-05,10.00,red,till 7")
    told = make.run("import", "purchases", file, "--set", "store=S1", "--set", "terminal=T9")
    assert "ignored, as no fields: colour, terminal" in told.stderr
    assert "ignored" not in told.stdout
    named = "/purchases?store=S1&terminal=T9&business_date=2026-01-05&receipt=1"
    assert ana.till.get(named).json["amount"] == "10.00"
    told = make.run(
        "import", "purchases", file, "--set", "store=S1", "--map", "terminal=receipt", exit_code=2
    )
    assert "receipt is needed" in told.stderr


def test_a_column_that_is_there_twice_is_none(make, ana, tmp_path):
    file = csv_file(tmp_path, f"{HEADER},amount", "ana,1,2026-01-05,1,2")
    assert "column amount is there twice" in purchases(make, file, exit_code=1)


def test_without_a_programme_there_is_nothing_to_import_by(make, tmp_path):
    assert "no programme is published" in purchases(make, csv_file(tmp_path, HEADER), exit_code=1)
