"""The fields of a rule: facts that give points. Declared, not drawn."""

from typing import Any

from flask_babel import gettext as _

from loyalty.pages.forms import choices, naming
from loyalty.pages.forms.fields import Choice, Field, Line, Only, Rows, Tick
from loyalty.pages.forms.groups import Form, Forms, Group
from loyalty.pages.forms.lengths import expiry

_GIVES = Only("phase", ("", "base", "bonus", "multiplier"))
_POINTS = Only("phase", ("", "base", "bonus"))


def fields(document: dict[str, Any]) -> tuple[Field, ...]:
    """All fields of a rule."""
    what = (
        naming.name(),
        Choice("on", _("For what"), facts()),
        Line(
            "when",
            _("Only if"),
            "condition",
            _("True or false, of the member and the fact. Leave it empty where it always counts."),
            on="rule",
        ),
        naming.code(),
    )
    how_much = (
        Choice("phase", _("What it does"), phases(), default="base"),
        Choice("unit", _("Points of"), choices.units(document)),
        _earn(document),
        Choice("round", _("Parts of a point are"), roundings(), default="down"),
        Choice(
            "at",
            _("Rounded"),
            [("fact", _("once for the whole")), ("line", _("line by line"))],
            default="fact",
        ),
        Tick(
            "step",
            _("Whole steps only"),
            _("Points for each whole amount, none for a part of it."),
            only=_POINTS,
        ),
        Choice(
            "paid_with_points",
            _("What is paid with points"),
            [("earns_nothing", _("gives none")), ("earns", _("gives points too"))],
            default="earns_nothing",
            only=Only("on", ("purchase",)),
        ),
    )
    return (
        Group("", _("What it is for"), what),
        Group("", _("How much"), how_much),
        Group("", _("When the points can be used"), (_from(), expiry(_("How long these points live")))),
        Group("", _("How often"), _bounds()),
    )


def facts() -> list[tuple[str, str]]:
    """The kinds of fact that rules are for."""
    return [
        ("purchase", _("a purchase")),
        ("activity", _("something the member does")),
        ("enrolment", _("joining")),
        ("birthday", _("birthday")),
        ("anniversary", _("anniversary in the club")),
        ("policy", _("a policy in force")),
        ("premium", _("a premium paid")),
    ]


def phases() -> list[tuple[str, str]]:
    """What a rule does, in the order it is worked out."""
    return [
        ("base", _("gives points")),
        ("bonus", _("gives more points")),
        ("multiplier", _("multiplies them")),
        ("cap", _("caps them")),
        ("take", _("takes points")),
    ]


def roundings() -> list[tuple[str, str]]:
    """What becomes of parts of a point."""
    return [("down", _("dropped")), ("half_up", _("rounded")), ("up", _("made whole"))]


def _earn(document: dict[str, Any]) -> Forms:
    amounts = [
        ("amount", _("the amount")),
        ("annual_premium", _("the yearly premium")),
        ("premium", _("the premium")),
    ]
    money = (
        Line("points", _("Points"), "decimal"),
        Line("per", _("for each"), "money", after=choices.currency(document)),
        Choice("of", _("of"), amounts, default=""),
        Line("factors", _("Weighed by"), "text", _("The name of a table of factors.")),
    )
    counted = (
        Line("points", _("Points"), "decimal"),
        Line("per_count", _("for each"), "decimal"),
        Line("of", _("of"), help=_("An attribute that the fact tells, as attributes.steps.")),
    )
    times = (
        Line("times", _("Times"), "decimal", _("From 1: a multiplier only adds.")),
        Line("of", _("What is multiplied"), help=_("The code of a rule; empty is all that base rules give.")),
    )
    return Forms(
        "earn",
        _("How many points"),
        (
            Form(
                "fixed",
                _("A fixed number"),
                fields=(Line("fixed", _("Points"), "decimal"),),
                marks=("fixed",),
            ),
            Form("counted", _("For a number told"), fields=counted, marks=("points", "per_count")),
            Form("money", _("For money"), fields=money, marks=("points",)),
            Form("times", _("A multiple"), fields=times, marks=("times",)),
            Form(
                "at-most", _("At most"), fields=(Line("at_most", _("Points"), "decimal"),), marks=("at_most",)
            ),
            Form("all", _("All there are"), constant={"all": True}),
        ),
    )


def _from() -> Forms:
    days = (Line("days", _("Days"), "whole"),)
    event = (
        Line("event", _("Event"), help=_("The code of what has to be told.")),
        Line("at_latest_days", _("At the latest after, days"), "whole"),
        Line("within_days", _("Lapses if not told within, days"), "whole"),
        Line("then_days", _("Days after the event"), "whole"),
    )
    after = (
        Choice("after", _("After"), [("cooling_off_end", _("the end of cooling-off"))]),
        Line("days", _("Days"), "whole"),
    )
    return Forms(
        "from",
        _("From when"),
        (
            Form("", _("At once")),
            Form("cooling-off", _("When cooling-off is over"), constant="cooling_off_end"),
            Form("event", _("When something is told"), fields=event, marks=("event",)),
            Form("after", _("So long after cooling-off"), fields=after, marks=("after",)),
            Form("days", _("After so many days"), fields=days, marks=("days",)),
        ),
    )


def periods() -> list[tuple[str, str]]:
    """The periods of limits."""
    return [("day", _("day")), ("month", _("month")), ("year", _("year")), ("lifetime", _("for life"))]


def _bounds() -> tuple[Field, ...]:
    limit = (
        Line("times", _("Times"), "whole"),
        Line("points", _("Points"), "decimal"),
        Choice("per", _("In each"), periods()),
    )
    budget = (Line("points", _("Points"), "decimal"), Choice("per", _("In each"), periods()))
    milestone = (
        Line("reaches", _("Mark"), "decimal", _("How many; of an amount, money.")),
        Line("of", _("What is added up"), help=_("times, amount, or an attribute as attributes.steps.")),
        Line("each", _("Each other"), help=_("An attribute: each value of it counts once.")),
    )
    return (
        Forms(
            "limit",
            _("For each member"),
            (Form("", _("No bound")), Form("limit", _("At most"), fields=limit)),
            only=_GIVES,
        ),
        Forms(
            "budget",
            _("For the whole club"),
            (Form("", _("No bound")), Form("budget", _("At most"), fields=budget)),
            only=_GIVES,
        ),
        Forms(
            "milestone",
            _("Only at a mark"),
            (Form("", _("At no mark")), Form("milestone", _("Once it is reached"), fields=milestone)),
            only=_GIVES,
        ),
        Line("group", _("Group"), help=_("Of the rules of a group only the best one counts."), only=_GIVES),
    )


def factor_fields(_document: dict[str, Any]) -> tuple[Field, ...]:
    """The fields of a table of factors."""
    goes_by = _("An attribute, as policy.channel. Empty: the coverage's attribute of the same name.")
    rows = _(
        "A number stands for all up to it, the last one for all above; of words, other is for the rest."
        " Empty the first box of a row to remove it."
    )
    return (
        Line("by", _("Goes by"), help=goes_by),
        Rows(_("Factors"), _("Up to, or the word"), _("Factor"), ("by",), rows),
    )
