"""The words of reports: what stands over their columns and before their rows."""

import re
from collections.abc import Mapping
from datetime import date

from flask_babel import gettext

from loyalty.decide.programme import Programme
from loyalty.pages.words import month_text, named


def heading(column: str, programme: Programme) -> str:
    """What a column is called; the name of a tier, benefit or reward where it is one's code."""
    return _columns().get(column) or _names(programme).get(column, column)


def named_in(start: str, programme: Programme) -> str:
    """What a row is called, by its first cell: a month as people write it, or one of our words."""
    if is_month(start):
        return month_text(date.fromisoformat(f"{start}-01"))
    return _rows().get(start) or heading(start, programme)


def is_month(start: str) -> bool:
    """Whether a row is of a month: 2026-03."""
    return re.fullmatch(r"\d{4}-\d\d", start) is not None


def _names(programme: Programme) -> Mapping[str, str]:
    tiers = {step.code: step.name for step in programme.ladder.tiers}
    benefits = {one.code: one.name for one in programme.benefits}
    rewards = {one.code: one.name for one in programme.rewards}
    return {code: named(name) for code, name in (rewards | benefits | tiers).items()}


def _columns() -> Mapping[str, str]:
    return {
        "month": gettext("Month"),
        "opening": gettext("At its start"),
        "closing": gettext("At its end"),
        "issued": gettext("Issued"),
        "redeemed": gettext("Spent"),
        "expired": gettext("Expired"),
        "returned": gettext("Taken back for returns"),
        "adjusted": gettext("Corrected"),
        "transferred": gettext("Passed on"),
        "merged": gettext("Moved by mergers"),
        "forfeited": gettext("Forfeited"),
        "imported": gettext("Imported"),
        "debt": gettext("Debts paid"),
        "position": gettext("From policies"),
        "points": gettext("Points"),
        "came_in": gettext("Came in"),
        "left": gettext("Still held"),
        "expired_percent": gettext("Expired, in percent"),
        "line": gettext("Line"),
        "proof": gettext("What was proven"),
        "as_of": gettext("When"),
        "faults": gettext("Faults"),
        "laws": gettext("Broken laws"),
        "benefits": gettext("Benefits"),
        "rewards": gettext("Rewards"),
        "given": gettext("Given in all"),
        "premiums": gettext("Premiums paid"),
        "given_percent": gettext("Given, in percent of premiums"),
        "below": gettext("No tier"),
        "waiting": gettext("Waiting for their review"),
        "members": gettext("Members"),
        "joined": gettext("Joined"),
        "rose": gettext("Rose"),
        "kept": gettext("Kept their tier"),
        "fell": gettext("Fell"),
        "gone": gettext("Forgotten or merged"),
        "due": gettext("Due"),
        "rise": gettext("Would rise"),
        "keep": gettext("Would keep it"),
        "fall": gettext("Would fall"),
    }


def _rows() -> Mapping[str, str]:
    return {
        "earlier": gettext("Earlier months"),
        "overdue": gettext("Overdue, not written off yet"),
        "later": gettext("Later"),
        "never": gettext("Without a day of their own"),
        "owed": gettext("Owed by members"),
        "held": gettext("Held by members"),
        "left_over": gettext("Left over"),
        "verify": gettext("Everything"),
        "verify_changes": gettext("What had changed"),
    }
