"""The fields of a reward and of a consent. Declared, not drawn."""

from typing import Any

from flask_babel import gettext as _

from loyalty.pages.forms import choices, naming
from loyalty.pages.forms.fields import Choice, Field, Line, Many, Only, Tick
from loyalty.pages.forms.groups import Form, Forms, Group, names
from loyalty.pages.forms.lengths import expiry
from loyalty.pages.forms.rules import periods

_VOUCHER = Only("delivery", ("", "voucher"))


def reward(document: dict[str, Any]) -> tuple[Field, ...]:
    """All fields of a reward."""
    price = (
        Choice("unit", _("Points of"), choices.spendable_units(document)),
        Line("points", _("Points"), "decimal"),
    )
    limit = (Line("times", _("Times"), "whole"), Choice("per", _("In each"), periods()))
    about = names("about", _("About it in Chinese"), _("About it in English"), "long")
    what = (
        naming.name(),
        about,
        Choice("nature", _("What it is"), natures(), default="goods"),
        Choice("delivery", _("How it is got"), deliveries(), default="voucher"),
        naming.code(),
    )
    sold = (
        Group("price", _("Price"), price),
        Line(
            "stock",
            _("How many there are"),
            "whole",
            _("In all, whatever edition sells them. Empty is no end."),
        ),
        Forms(
            "limit",
            _("For each member"),
            (Form("", _("No bound")), Form("limit", _("At most"), fields=limit)),
        ),
        Many("tiers", _("Cards that may buy it"), choices.tiers(document), _("None ticked: everybody may.")),
        Line("from_day", _("Sold from"), "date"),
        Line("last_day", _("Last day it is sold"), "date"),
        Line(
            "when",
            _("Only if"),
            "condition",
            _("True or false, of the member. Leave it empty where everybody may buy it."),
            on="reward",
        ),
    )
    voucher = (
        expiry(_("How long its voucher can be used")),
        naming.providers(),
    )
    cost = Line("cost", _("What it costs the club"), "money", after=choices.currency(document))
    return (
        Group("", _("What it is"), what),
        Group("", _("How it is sold"), sold),
        Group("", _("Its voucher"), voucher, only=_VOUCHER),
        Group("", _("What it costs"), (cost,)),
    )


def natures() -> list[tuple[str, str]]:
    """What a reward may be."""
    return [
        ("goods", _("goods")),
        ("service", _("a service")),
        ("cash", _("cash")),
        ("premium", _("a premium paid")),
    ]


def deliveries() -> list[tuple[str, str]]:
    """How a reward is got."""
    return [("voucher", _("by a voucher")), ("order", _("sent to the member"))]


def consent(document: dict[str, Any]) -> tuple[Field, ...]:
    """All fields of a consent."""
    return (
        Group(
            "",
            _("What is asked"),
            (
                naming.name(),
                names("text", _("What members read, in Chinese"), _("What members read, in English"), "long"),
                Tick("needed_to_join", _("Needed to join the club")),
                naming.code(),
            ),
        ),
        Group(
            "",
            _("Who learns what"),
            (
                Line("recipient", _("Who is told")),
                Line("data", _("Which data")),
            ),
        ),
    )
