"""The fields of the club, its compliance, its limits, and of how policies count. Declared, not drawn."""

from typing import Any

from flask_babel import gettext as _

from loyalty.pages.forms import choices, naming
from loyalty.pages.forms.fields import Choice, Field, Line
from loyalty.pages.forms.groups import Form, Forms, Group, names


def club(document: dict[str, Any]) -> tuple[Field, ...]:
    """All fields of the club."""
    return (
        Group("", _("What it is"), _identity()),
        Group("", _("Members"), _membership()),
        Group("", _("Tills"), _tills(choices.currency(document))),
    )


def _identity() -> tuple[Field, ...]:
    at_the_door = _("At the door of the members' pages.")
    zone, money = (
        _("As Asia/Shanghai. It cannot change after the first edition."),
        _("As CNY. It cannot change after the first edition."),
    )
    return (
        naming.name(),
        names("motto", _("Motto in Chinese"), _("Motto in English"), help=at_the_door),
        Line("time_zone", _("Time zone"), help=zone),
        Line("currency", _("Currency"), help=money),
        Line("card_prefix", _("Card numbers begin with"), help=_("Two digits.")),
    )


def _membership() -> tuple[Field, ...]:
    joining = [("closed", _("closed")), ("open", _("open"))]
    strangers = [("on_request", _("are refused")), ("automatic", _("make them a member"))]
    missing = [("none", _("is not shown")), ("points", _("is shown in points"))]
    expiring = Line("expiring_days", _("Letter before points expire"), "whole", after=_("days"))
    return (
        Choice("joining", _("Joining by the members' pages"), joining, default="closed"),
        Choice("enrolment", _("Policies of somebody who is no member"), strangers, default="on_request"),
        Choice("show_missing", _("What is missing to the next card"), missing, default="points"),
        _leaving(),
        Group("letters", "", (expiring,)),
    )


def _tills(currency: str) -> tuple[Field, ...]:
    late = _("So long after it happened a fact is judged as if told at once.")
    shown = [("card", _("the card")), ("code", _("the rotating code"))]
    own = [("flag", _("wait for review")), ("deny", _("are refused"))]
    most = (Line("member_day", _("For each member and day, at most"), "money", after=currency),)
    returns = (Form("", _("Not taken")), Form("limit", _("Taken"), fields=most))
    return (
        Line("late_days", _("What is told late counts for"), "whole", late, after=_("days")),
        Line("quote_minutes", _("A quote holds for"), "whole", after=_("minutes")),
        Choice("spend_needs", _("To spend points a member shows"), shown, default="card"),
        Choice("own_card", _("Cashiers' own cards at their own tills"), own, default="flag"),
        Forms("returns_without_receipt", _("Returns without a receipt"), returns),
    )


def _leaving() -> Forms:
    after = Line("after_days", _("Days"), "whole", _("Empty is 30."))
    return Forms(
        "leaving",
        _("Points of who leaves"),
        (
            Form("", _("are forfeited after 30 days")),
            Form("keep", _("are kept"), constant={"points": "keep"}),
            Form("after", _("are forfeited after so many days"), fields=(after,)),
        ),
    )


def compliance(document: dict[str, Any]) -> tuple[Field, ...]:
    """All fields of compliance."""
    leave = (
        Line("by", _("Approved by")),
        Line("reference", _("Reference")),
        Line("until", _("Until"), "date"),
    )
    return (
        Group(
            "",
            _("The law"),
            (
                Choice(
                    "regime",
                    _("The club is of"),
                    [("none", _("no special trade")), ("insurance", _("an insurer"))],
                ),
                Forms(
                    "approval",
                    _("Approval of an authority"),
                    (Form("", _("None")), Form("approval", _("There is one"), fields=leave)),
                    help=_("It lifts what an insurer may not do otherwise."),
                ),
                Line(
                    "value_cap_per_year",
                    _("Most one member is given a year"),
                    "money",
                    _("As the club pays it. Empty is no bound."),
                    after=choices.currency(document),
                ),
            ),
        ),
    )


def limits(_document: dict[str, Any]) -> tuple[Field, ...]:
    """All fields of the limits of trust."""

    def act(key: str, label: str) -> Group:
        return Group(
            key,
            label,
            (
                Line("transaction", _("Points at a time"), "whole"),
                Line("member_day", _("Points of a member a day"), "whole"),
                Line("member_day_times", _("Times of a member a day"), "whole"),
                Line("terminal_day", _("Points of a till a day"), "whole"),
            ),
        )

    offline = Group(
        "offline",
        _("Told after a till was offline"),
        (
            Line("days", _("At most so old"), "whole", after=_("days")),
            Line("sales_per_terminal_day", _("Sales of a till a day"), "whole"),
            Line("points_per_terminal_day", _("Points of a till a day"), "whole"),
        ),
    )
    acts = (
        act("earn", _("Points given")),
        act("spend", _("Points spent")),
        act("return", _("Points taken back")),
        act("manual", _("Corrected by hand")),
    )
    help = _("Above it a sale is held for review, and anything else refused. Empty is no limit.")
    return (Group("", _("What passes without a second look"), (*acts, offline), help),)


def approvals(document: dict[str, Any]) -> tuple[Field, ...]:
    """What one person may do alone, by unit."""
    lines = (
        Line("single", _("At a time"), "decimal"),
        Line("maker_day", _("One colleague a day, in all"), "decimal"),
        Line("member_day", _("One member a day, in all"), "decimal"),
    )
    by_unit = [Group(code, name, lines) for code, name in choices.units(document)]
    help = _("Above it a second person decides. Empty is no limit.")
    return (Group("", _("Points corrected by one person alone"), (Group("adjustment", "", by_unit),), help),)


def household(document: dict[str, Any]) -> tuple[Field, ...]:
    """What members of one household may spend together, by unit."""
    help = _("The others spend at most so many points of one member in a month. Empty: not shared.")
    lines = (Line("others_month", _("Points of one member a month"), "decimal"),)
    by_unit = [Group(code, name, lines) for code, name in choices.spendable_units(document)]
    most = Line("most", _("Members of one household, at most"), "whole", _("From 2 to 20."))
    return (
        Group("", _("Households"), (most,)),
        Group("", _("Points that are shared"), (Group("unit", "", by_unit),), help),
    )


def policies(_document: dict[str, Any]) -> tuple[Field, ...]:
    """All fields of what holds for policies."""
    return (
        Group(
            "",
            _("Policies"),
            (
                Line(
                    "cooling_off_days",
                    _("Cooling-off"),
                    "whole",
                    _("From the signed receipt, where the core system names no last day."),
                    after=_("days"),
                ),
                Line(
                    "reinstatement_months",
                    _("Reinstated as it was rated for"),
                    "whole",
                    _("So long after a lapse."),
                    after=_("months"),
                ),
            ),
        ),
    )


def counts(_document: dict[str, Any]) -> tuple[Field, ...]:
    """What each status of a policy counts."""
    statuses = (
        ("proposed", _("Proposed")),
        ("in_force", _("In force")),
        ("grace", _("In the days of grace")),
        ("paid_up", _("Paid up")),
        ("reduced_paid_up", _("Reduced paid-up")),
        ("premium_waived", _("Premium waived")),
        ("lapsed", _("Lapsed")),
        ("lapse_terminated", _("Ended after a lapse")),
        ("surrendered", _("Surrendered")),
        ("matured", _("Matured")),
        ("claim_terminated", _("Ended by a claim")),
        ("cancelled", _("Cancelled")),
        ("rescinded", _("Rescinded")),
        ("expired", _("Expired")),
    )
    lines = [Line(code, label, "decimal") for code, label in statuses]
    return (
        Group(
            "",
            _("What a status counts"),
            lines,
            _("From 0 to 1, or the word reduced: by the reduced premium. Empty counts nothing."),
        ),
    )
