"""The fields of a unit: a kind of points. Declared, not drawn."""

from typing import Any

from flask_babel import gettext as _

from loyalty.pages.forms import choices, naming
from loyalty.pages.forms.fields import Choice, Field, Line, Many, Tick
from loyalty.pages.forms.groups import Form, Forms, Group
from loyalty.pages.forms.lengths import expiry


def fields(document: dict[str, Any]) -> tuple[Field, ...]:
    """All fields of a unit."""
    orders = [("expiring_first", _("those that expire first")), ("oldest_first", _("the oldest"))]
    returns = [
        ("debt", _("what is missing becomes a debt")),
        ("clamp", _("no more is taken than there is")),
        ("pending_only", _("only what is pending is taken")),
    ]
    keeping = (
        expiry(_("How long its points live"), dies_by_inactivity=True),
        Many("paused_while_tier", _("Nothing dies while the member holds"), choices.tiers(document)),
    )
    moving = (
        Choice("order", _("Spent first"), orders, default="expiring_first"),
        Choice("on_return", _("When goods come back"), returns, default="debt"),
        Line(
            "give_back_days",
            _("Given back for"),
            "whole",
            _("Points that were spent live so many days more when they are given back."),
            after=_("days"),
        ),
        _transfer(),
        _worth(document),
    )
    bounds = (
        Line("cap", _("Most that rules bring a balance to"), "decimal"),
        Line(
            "floor",
            _("Least that a balance is kept at"),
            "decimal",
            _("Once a balance has reached it, no rule takes it below."),
        ),
    )
    return (
        Group("", _("What it is"), (naming.name(), *_nature())),
        Group("", _("How long it lives"), keeping),
        Group("", _("Spending and returns"), moving),
        Group("", _("Bounds"), bounds),
    )


def _nature() -> tuple[Field, ...]:
    return (
        Tick(
            "spendable",
            _("Can be spent"),
            _("Points that decide the card are not spent. It cannot change after the first edition."),
            must_be_said=True,
        ),
        Line(
            "decimals",
            _("Decimals"),
            "whole",
            _("Digits after the point. It cannot change after the first edition."),
        ),
    )


def _transfer() -> Forms:
    passed = (
        Line("member_day", _("At most a day"), "decimal", _("Given away, and got, by one member.")),
        Line("least", _("At least at a time"), "decimal"),
    )
    return Forms(
        "transfer",
        _("Passing points on"),
        (Form("", _("Not possible")), Form("transfer", _("Between members"), fields=passed)),
    )


def _worth(document: dict[str, Any]) -> Forms:
    paid = (
        Line("points", _("So many points"), "decimal"),
        Line("money", _("are worth"), "money", after=choices.currency(document)),
        Line("step", _("Taken in steps of"), "decimal", _("Empty: as many as above.")),
        Line("max_share", _("Share that may be paid"), "decimal", _("From 0 to 1; empty is all.")),
        Line("excluded_categories", _("Never for"), "codes", _("Categories of goods.")),
    )
    return Forms(
        "worth",
        _("Paying goods with points"),
        (Form("", _("Not possible")), Form("worth", _("At a rate"), fields=paid)),
    )
