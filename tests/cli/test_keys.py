from datetime import timedelta

import pytest

from loyalty import access


def test_a_key_is_printed_alone_and_all_else_goes_elsewhere(make):
    done = make.run("keys", "create", "--terminal", "T1", "--scope", "points:earn,members:read")
    assert access.split_key(done.stdout.removesuffix("\n")) is not None
    assert "T1 with members:read, points:earn" in done.stderr


@pytest.mark.parametrize(
    "scopes",
    [
        ["--scope", "points:earn", "--scope", "points:spend"],
        ["--scope", "points:earn,points:spend"],
        ["--scope", " points:spend , points:earn,points:earn"],
    ],
)
@pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
def test_scopes_are_repeated_or_separated_by_commas(make, scopes):
    make.run("keys", "create", "--terminal", "T1", *scopes)
    assert "points:earn,points:spend  live" in make.run("keys", "list").stdout


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--scope", "points:steal"], "no such scope: points:steal; there are members:read"),
        (["--scope", ","], "no such scope"),
        ([], "--scope"),
        (["--scope", "points:earn", "--mode", "dry"], "--mode"),
        (["--scope", "points:earn", "--language", "fr"], "--language"),
        (["--scope", "points:earn", "--expires-on", "tomorrow"], "--expires-on"),
        (["--scope", "points:earn", "--client", ""], "printable"),
        (["--scope", "points:earn", "--client", "a\nb"], "printable"),
        (["--scope", "points:earn", "--client", "x" * 41], "printable"),
    ],
)
@pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
def test_a_wrong_word_is_a_usage_error_that_names_the_right_ones(make, words, told):
    done = make.run("keys", "create", "--terminal", "T1", *words, exit_code=2)
    assert told in done.stderr
    assert done.stdout == ""
    assert make.run("keys", "list").stdout == ""


def test_the_list_shows_every_key_and_no_secret(make, clock):
    first = make.run("keys", "create", "--terminal", "T1", "--scope", "points:earn").stdout.strip()
    make.run("keys", "create", "--terminal", "T2", "--scope", "members:read", "--expires-on", "2026-01-05")
    make.run("keys", "revoke", access.split_key(first).prefix)
    clock.move(timedelta(days=1))
    lines = make.run("keys", "list").stdout.splitlines()
    assert [line.split()[1:] for line in lines] == [
        ["T1", "T1", "points:earn", "revoked", "last", "used", "never"],
        ["T2", "T2", "members:read", "expired", "last", "used", "never"],
    ]
    assert first.split("_")[2] not in "".join(lines)


def test_revoking_twice_changes_nothing_and_an_unknown_key_is_told(make):
    key = make.run("keys", "create", "--terminal", "T1", "--scope", "points:earn").stdout.strip()
    prefix = access.split_key(key).prefix
    for _ in range(2):
        assert f"revoked {prefix}" in make.run("keys", "revoke", prefix).stderr
    assert "no key begins with nonsense" in make.run("keys", "revoke", "nonsense", exit_code=1).stderr
