"""What an operator reads first."""

import os
import subprocess
from pathlib import Path

import click
import pytest

pytestmark = pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
CLUB = Path(__file__).parents[2] / "bin/club"
WIDTH = 80


def groups(app):
    return {name: one for name, one in app.cli.commands.items() if not one.hidden}


def test_only_what_operators_need_is_shown(app):
    shown = {
        "audit",
        "backup",
        "benefits",
        "club-events",
        "db",
        "households",
        "import",
        "jobs",
        "keys",
        "ledger",
        "mailings",
        "members",
        "news",
        "places",
        "policies",
        "programme",
        "report",
        "seed",
        "service-managers",
        "staff",
        "staff-cards",
    }
    assert groups(app).keys() == shown


def test_every_command_says_what_it_does_in_one_whole_line(app):
    for group in (one for name, one in groups(app).items() if name != "db"):
        assert isinstance(group, click.Group)
        longest = max(map(len, group.commands))
        for command in group.commands.values():
            told = command.get_short_help_str(WIDTH - 6 - longest)
            assert told.endswith("."), (group.name, command.name, told)
            assert not told.endswith("..."), (group.name, command.name, told)


def test_the_help_of_bin_club_is_the_clubs_own(database, kind):
    settings = {"LOYALTY_ENV": "testing", "LOYALTY_SECRET_KEY": "x" * 64, "LOYALTY_DATABASE_URL": database}
    told = subprocess.run(
        [CLUB, "--help"], capture_output=True, text=True, check=True, timeout=60, env=os.environ | settings
    ).stdout
    assert told.startswith("Usage: bin/club ")
    assert "Everything an operator does" in told
    shown = {line.split()[0] for line in told.partition("Commands:")[2].splitlines() if line}
    assert {"db", "staff-cards"} < shown
    assert not shown & {"limiter", "openapi", "routes", "run", "shell"}
