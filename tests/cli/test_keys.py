from datetime import timedelta

import pytest

from loyalty import access


def test_a_key_is_printed_alone_and_all_else_goes_elsewhere(make):
    done = make.run("keys", "create", "--terminal", "T1", "--scope", "points:earn,members:read")
    assert access.split_key(done.stdout.removesuffix("\n")) is not None
    prefix_of_it = prefix(done.stdout.strip())
    assert f"key {prefix_of_it} of client T1 with members:read, points:earn; keep it" in done.stderr


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
    assert "points:earn,points:spend  live  no      live   never" in make.run("keys", "list").stdout


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--scope", "points:steal"], "no such scope: points:steal; there are members:read"),
        (["--scope", ","], "a key needs a scope"),
        ([], "a key needs a scope"),
        (["--scope", "points:earn", "--mode", "dry"], "--mode"),
        (["--scope", "points:earn", "--language", "fr"], "--language"),
        (["--scope", "points:earn", "--expires-on", "tomorrow"], "--expires-on"),
        (["--scope", "points:earn", "--client", ""], "printable"),
        (["--scope", "points:earn", "--terminal", "T2"], "--client is needed"),
        (["--scope", "points:earn", "--store", " S1"], "printable"),
        (["--scope", "points:earn", "--mode", "training"], "LOYALTY_TRAINING_DATABASE_URL"),
        (["--scope", "points:earn", "--mode", "test"], "LOYALTY_TRAINING_DATABASE_URL"),
        (["--file", __file__], "--file names"),
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
    listed = make.run("keys", "list")
    lines = listed.stdout.splitlines()
    assert listed.stderr.startswith("prefix    client")
    assert len({line.index("T") for line in lines}) == 1  # in columns
    assert [line.split()[1:] for line in lines] == [
        ["T1", "*", "T1", "-", "points:earn", "live", "no", "revoked", "never"],
        ["T2", "*", "T2", "-", "members:read", "live", "no", "expired", "never"],
    ]
    assert first.split("_")[2] not in "".join(lines)


def test_revoking_twice_changes_nothing_and_an_unknown_key_is_told(make):
    key = make.run("keys", "create", "--terminal", "T1", "--scope", "points:earn").stdout.strip()
    prefix = access.split_key(key).prefix
    for _ in range(2):
        assert f"revoked {prefix}" in make.run("keys", "revoke", prefix).stderr
    assert "no key begins with nonsense" in make.run("keys", "revoke", "nonsense", exit_code=1).stderr


def test_a_store_server_has_one_key_for_its_terminals(make):
    words = ["--client", "S1-server", "--store", "S1", "--terminal", "T2", "--terminal", "T1", "--signed"]
    done = make.run("keys", "create", *words, "--scope", "points:earn")
    key, secret = done.stdout.split()
    assert access.split_key(key) is not None
    assert secret.startswith("ls_")
    [line] = make.run("keys", "list").stdout.splitlines()
    assert line.split()[1:-1] == ["S1-server", "S1", "T1,T2", "-", "points:earn", "live", "yes", "live"]


def test_a_core_system_has_a_key_for_any_terminal(make):
    make.run("keys", "create", "--client", "core", "--scope", "members:write")
    assert make.run("keys", "list").stdout.split()[1:4] == ["core", "*", "*"]


def made(make, *words):
    return make.run("keys", "create", "--terminal", "T1", "--scope", "points:earn", *words).stdout.split()


def prefix(key):
    return access.split_key(key).prefix


def test_a_rotated_key_has_the_same_rights_and_a_length_of_life_of_its_own(make, clock):
    options = [
        "--store",
        "S1",
        "--client",
        "C1",
        "--language",
        "en",
        "--expires-on",
        "2026-02-03",
        "--signed",
    ]
    old, _ = made(make, *options)
    clock.move(timedelta(days=20))
    done = make.run("keys", "rotate", prefix(old))
    _, secret = done.stdout.split()
    assert secret.startswith("ls_")
    assert f"{prefix(old)} is accepted until 2026-01-26 02:00 UTC" in done.stderr
    first, second = (line.split()[1:] for line in make.run("keys", "list").stdout.splitlines())
    assert first == second
    rotated = clock.now()
    for later, states in (
        (timedelta(hours=24), ["expired", "live"]),
        (timedelta(days=29, hours=22, seconds=-1), ["expired", "live"]),
        (timedelta(days=29, hours=22), ["expired", "expired"]),
    ):
        clock.move(rotated + later)
        assert [line.split()[-2] for line in make.run("keys", "list").stdout.splitlines()] == states


def test_a_client_that_is_changing_its_key_does_not_change_it_again(make, clock):
    old = made(make)[0]
    new = make.run("keys", "rotate", prefix(old), "--overlap-hours", "2").stdout.strip()
    for key in (old, new):
        refused = make.run("keys", "rotate", prefix(key), exit_code=1).stderr
        both = ", ".join(sorted(map(prefix, (old, new))))
        assert f"T1 has two live keys already: revoke one of {both}" in refused
    clock.move(timedelta(hours=2))
    assert "no live key begins" in make.run("keys", "rotate", prefix(old), exit_code=1).stderr
    make.run("keys", "rotate", prefix(new), "--overlap-hours", "0")
    states = [line.split()[-2] for line in make.run("keys", "list").stdout.splitlines()]
    assert states == ["expired", "expired", "live"]


def test_rotating_never_lengthens_the_life_of_the_old_key(make, clock):
    old = made(make, "--expires-on", "2026-01-05")[0]
    done = make.run("keys", "rotate", prefix(old), "--overlap-hours", "48")
    assert "accepted until 2026-01-06 00:00 UTC" in done.stderr


def test_each_act_on_a_key_is_a_line_in_the_chain_of_acts_and_holds_no_secret(make):
    key = made(make)[0]
    new = make.run("keys", "rotate", prefix(key)).stdout.strip()
    for _ in range(2):
        make.run("keys", "revoke", prefix(key))
    lines = [line.split("  ") for line in make.run("audit", "show").stdout.splitlines()]
    assert [line[3] for line in lines] == ["key.made", "key.rotated", "key.revoked"]
    told = str(lines)
    assert prefix(key) in told
    assert prefix(new) in told
    assert not any(secret.split("_")[2] in told for secret in (key, new))


@pytest.mark.parametrize("words", [["nonsense"], ["aaaaaaaa", "--overlap-hours", "-1"]])
def test_what_cannot_be_rotated_is_told(make, words):
    make.run("keys", "rotate", *words, exit_code=1 if len(words) == 1 else 2)
