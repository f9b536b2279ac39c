"""The fields of a tier and of the terms of cards. Declared, not drawn."""

from typing import Any

from flask_babel import gettext as _

from loyalty.pages.forms import choices, naming
from loyalty.pages.forms.fields import Choice, Field, Line, Many, Tick
from loyalty.pages.forms.groups import Form, Forms, Group


def fields(document: dict[str, Any]) -> tuple[Field, ...]:
    """All fields of a tier."""
    return (
        Group(
            "",
            _("What it is"),
            (
                naming.name(),
                Line(
                    "code",
                    _("Code for machines"),
                    help=_("Small letters, digits and hyphens. It cannot change: members hold it."),
                ),
            ),
        ),
        Group(
            "",
            _("What it takes"),
            (
                _bars(
                    document,
                    "attain",
                    _("To reach it"),
                    _("From so many on; each tier asks more than the one below."),
                ),
                _bars(document, "retain", _("To keep it"), _("At a review. Empty: as many as to reach it.")),
                _bars(
                    document,
                    "void_below",
                    _("Void below"),
                    _("At a review the card is void below it. Empty: it goes down."),
                ),
            ),
        ),
    )


def _bars(document: dict[str, Any], key: str, label: str, help: str) -> Field:
    counters = choices.counters(document)
    if not counters:
        return Line(key, label, "decimal", help)
    return Group(key, label, [Line(code, code, "decimal") for code in counters], help)


def terms(document: dict[str, Any]) -> tuple[Field, ...]:
    """All fields of the terms."""
    begun = (
        Choice(
            "starts",
            _("A higher card begins"),
            [("at_once", _("at once")), ("next_day", _("at the next midnight"))],
            default="at_once",
        ),
        Choice("on_upgrade", _("Its term"), _upgrades(), default="restart"),
        Choice(
            "lift_costs",
            _("It costs"),
            [("nothing", _("nothing")), ("attain", _("the points to reach it"))],
            default="nothing",
        ),
        Choice(
            "terms_follow",
            _("Benefits as promised last"),
            [("term", _("for the card's term")), ("calendar_year", _("for the calendar year"))],
            default="term",
        ),
    )
    return (
        Group("", _("What decides the card"), (_measure(document),)),
        Group(
            "",
            _("How long a card lasts"),
            (
                _length("length", _("A term lasts"), is_needed=True),
                _length("length_after_review", _("A term that a review begins"), is_needed=False),
            ),
        ),
        Group("", _("Going up"), begun),
        Group("", _("The review"), _review(document)),
    )


def _upgrades() -> list[tuple[str, str]]:
    return [
        ("restart", _("begins anew")),
        ("keep_end", _("ends as the one before")),
        ("later_of_both", _("ends on the later of both days")),
    ]


def _measure(document: dict[str, Any]) -> Forms:
    units = choices.units(document)
    months = (
        Line("months", _("Months"), "whole"),
        Tick("whole", _("Whole calendar months")),
        Forms(
            "ends_before",
            _("A review leaves out"),
            (
                Form("", _("nothing")),
                Form("months", _("the last months"), fields=(Line("months", _("So many months"), "whole"),)),
            ),
        ),
    )
    years = [("calendar_year", _("calendar year")), ("membership_year", _("year of membership"))]
    window = Forms(
        "window",
        _("In"),
        (
            Form("year", _("a year"), value=Choice("", _("Which year"), years)),
            Form("days", _("so many days"), fields=(Line("days", _("Days"), "whole"),), marks=("days",)),
            Form("months", _("so many months"), fields=months, marks=("months",)),
        ),
    )
    return Forms(
        "measure",
        _("Measured by"),
        (
            Form(
                "balance",
                _("points held"),
                fields=(Choice("balance", _("Points of"), units),),
                marks=("balance",),
            ),
            Form(
                "earned",
                _("points earned in a time"),
                fields=(Choice("earned", _("Points of"), units), window),
                marks=("earned",),
            ),
        ),
        help=_("Several counters, any of which is enough, are written as text."),
        text_label=_("several counters, as text"),
    )


def _length(key: str, label: str, *, is_needed: bool) -> Forms:
    ends = [
        ("exact", _("to the day")),
        ("month_end", _("end of the month")),
        ("year_end", _("end of the year")),
    ]
    less = Tick("less_a_day", _("Less a day"))
    months = (
        Line("months", _("Months"), "whole"),
        Choice("align", _("Until"), ends, default="exact"),
        Line("plus", _("More months or years"), "whole", _("By the end they run to.")),
        less,
    )
    forms = (
        Form("months", _("so many months"), fields=months, marks=("months",)),
        Form("days", _("so many days"), fields=(Line("days", _("Days"), "whole"), less), marks=("days",)),
        Form(
            "until",
            _("until a day of the year"),
            fields=(Line("until", _("Day"), help=_("Month and day, as 12-31.")),),
            marks=("until",),
        ),
        Form(
            "month-end",
            _("until the end of a month"),
            fields=(Line("month_end", _("Months later"), "whole"),),
            marks=("month_end",),
        ),
        Form(
            "year-end",
            _("until the end of a year"),
            fields=(Line("year_end", _("Years later"), "whole"),),
            marks=("year_end",),
        ),
    )
    return Forms(key, label, forms if is_needed else (Form("", _("as any other")), *forms))


def _review(document: dict[str, Any]) -> tuple[Field, ...]:
    costs = [("nothing", _("nothing")), ("retain", _("the points to keep it"))]
    reversal = [("keep", _("stays to its end")), ("resume", _("ends, the one before comes back"))]
    return (
        _measured_on(),
        *_falling(),
        Choice("keep_costs", _("Keeping a card costs"), costs, default="nothing"),
        Choice("on_reversal", _("A card that returned goods made"), reversal, default="keep"),
        _rollover(),
        Many("void_forfeits", _("A void card takes points of"), choices.units(document)),
    )


def _measured_on() -> Forms:
    day = Line("", _("Day"), help=_("Month and day, as 12-31."))
    measured = (
        Form("term_end", _("at the end of the term"), constant="term_end"),
        Form("day", _("on a day of the year"), value=day),
    )
    own = Form("review", _("a day of its own"), fields=(Forms("measured_on", _("Measured"), measured),))
    return Forms("review", _("What a review looks at"), (Form("", _("the end of the term")), own))


def _falling() -> tuple[Field, ...]:
    when = [("term_end", _("at the end of its term")), ("at_once", _("at once"))]
    to = [
        ("to_measure", _("to the card the points are good for")),
        ("one_step", _("one step")),
        ("never", _("never")),
    ]
    bars = [("attain", _("to reach a card")), ("retain", _("to keep a card"))]
    return (
        Choice("when", _("A card goes down"), when, default="term_end"),
        Choice("downgrade", _("It goes down"), to, default="to_measure"),
        Choice("downgrade_bars", _("Judged by the points"), bars, default="attain"),
    )


def _rollover() -> Forms:
    return Forms(
        "rollover",
        _("Points after a review"),
        (
            Form("", _("stay as they are")),
            Form("none", _("are forfeited"), constant="none"),
            Form("once", _("of this term go on once"), constant="once"),
            Form(
                "cap",
                _("go on up to a number"),
                fields=(Line("cap", _("Points"), "decimal"),),
                marks=("cap",),
            ),
            Form(
                "percent",
                _("go on by a share"),
                fields=(Line("percent", _("Percent"), "decimal", after="%"),),
                marks=("percent",),
            ),
        ),
    )
