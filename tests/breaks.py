"""Breaks that somebody plants in the books, past the application, and mends again."""

from flask import Flask
from sqlalchemy import text

from loyalty import ids
from loyalty.db import carry_out
from tests.makers import Shopper


def plant(app: Flask, shopper: Shopper, change: str, unit: str = "reward") -> None:
    """Change a member's account of a unit where the database does not see that anything is wrong."""
    mine = {"member_id": ids.from_text(shopper.member_id), "unit": unit}
    statement = text(f"UPDATE account SET {change} WHERE member_id = :member_id AND unit = :unit")
    with app.app_context():
        assert carry_out(lambda session: session.execute(statement, mine)).rowcount == 1


def break_total(app: Flask, shopper: Shopper) -> None:
    """Seven points that no lot holds (law 1)."""
    plant(app, shopper, "available = available + 7")


def mend_total(app: Flask, shopper: Shopper) -> None:
    """Take them away again."""
    plant(app, shopper, "available = available - 7")
