import csv
from io import StringIO

import pytest

from loyalty import access
from tests.makers import Till

ONE_IS_ENOUGH = pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
TWO = """\
client,store,terminals,scopes,mode,language,expires_on,signed
S1-server,S1,T1;T2,points:earn;points:spend,live,zh,2026-12-31,yes
core,,,members:write,,en,,
"""


@pytest.fixture
def create(make, tmp_path):
    """`flask keys create --file` with that text."""

    def of(text, exit_code=0):
        file = tmp_path / "keys.csv"
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
        return make.run("keys", "create", "--file", str(file), exit_code=exit_code)

    return of


def test_many_keys_are_made_at_once_and_shown_once(make, app, create):
    make.programme()
    rows = list(csv.DictReader(StringIO(create(TWO).stdout)))
    assert [row["client"] for row in rows] == ["S1-server", "core"]
    assert all(access.split_key(row["key"]).prefix == row["prefix"] for row in rows)
    assert [row["signing_secret"][:3] for row in rows] == ["ls_", ""]
    listed = [line.split()[1:-1] for line in make.run("keys", "list").stdout.splitlines()]
    assert listed == [
        ["S1-server", "S1", "T1,T2", "-", "points:earn,points:spend", "live", "yes", "live"],
        ["core", "*", "*", "-", "members:write", "live", "no", "live"],
    ]
    asked = Till(app, rows[1]["key"]).post("/members/0/codes", {"purpose": "earn"})
    assert (asked.status_code, asked.json["cashier_text"]) == (404, "Not found.")


@ONE_IS_ENOUGH
def test_columns_may_be_in_any_order_or_missing_and_a_spreadsheet_may_have_written_them(make, create):
    create("﻿scopes,client\r\npoints:earn,T1\r\n")
    assert make.run("keys", "list").stdout.split()[1:7] == ["T1", "*", "*", "-", "points:earn", "live"]


@ONE_IS_ENOUGH
@pytest.mark.parametrize(
    ("line", "told"),
    [
        (",S1,T1,points:earn,,,,", "printable"),
        ("x,S1,T1,points:steal,,,,", "no such scope: points:steal"),
        ("x,S1,T1,,,,,", "a key needs a scope"),
        ("x,S1,T1,points:earn,dry,,,", "'dry' is none of live, training, test"),
        ("x,S1,T1,points:earn,live,fr,,", "'fr' is none of zh, en"),
        ("x,S1,T1,points:earn,,,tomorrow,", "'tomorrow' is not a day"),
        ("x,S1,T1,points:earn,,,,maybe", "signed is yes or no"),
        (f"x,S1,{'T' * 41},points:earn,,,,", "printable"),
        ("x,S1,T1,points:earn,,,,,,", "more fields"),
    ],
)
def test_one_faulty_line_and_no_key_is_made(make, create, line, told):
    done = create(f"{TWO}{line}\n", exit_code=2)
    assert "line 4: " in done.stderr
    assert told in done.stderr
    assert done.stdout == ""
    assert make.run("keys", "list").stdout == ""


@ONE_IS_ENOUGH
def test_every_fault_is_told_by_its_line(create):
    told = create("client,scopes\n,points:earn\nok,points:earn\nx,none\n", exit_code=2).stderr
    assert "line 2: " in told
    assert "line 3: " not in told
    assert "line 4: " in told


@ONE_IS_ENOUGH
@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "asks for no key"),
        ("client,scopes\n", "asks for no key"),
        ("client,scope\nx,points:earn\n", "no such column: scope"),
        (b"client,scopes\n\xff\xfe,points:earn\n", "not CSV in UTF-8"),
        ('client,scopes\n"x,points:earn\n', "not CSV in UTF-8"),
        ("client,scopes,mode\nx,points:earn,training\n", "LOYALTY_TRAINING_DATABASE_URL"),
    ],
)
def test_a_file_that_is_none_makes_nothing(make, create, text, told):
    assert told in create(text, exit_code=2).stderr
    assert make.run("keys", "list").stdout == ""


@ONE_IS_ENOUGH
def test_two_lines_of_one_client_are_two_keys_of_one_client(make, create):
    """As a store server and its spare."""
    create("client,scopes\nS1,points:earn\nS1,points:earn\n")
    assert [line.split()[1] for line in make.run("keys", "list").stdout.splitlines()] == ["S1", "S1"]
