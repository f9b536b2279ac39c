"""The fields of a benefit: what a card gives. Declared, not drawn."""

from typing import Any

from flask_babel import gettext as _

from loyalty.pages.forms import choices, naming
from loyalty.pages.forms.fields import Choice, Field, Line, Many, Only
from loyalty.pages.forms.groups import Form, Forms, Group

_VISITED = Only("kind", ("service", "discount", "event"))
_BOOKED = Only("kind", ("service", "event"))
_MAILED = Only("kind", ("mailing",))


def fields(document: dict[str, Any]) -> tuple[Field, ...]:
    """All fields of a benefit."""
    return (
        Group(
            "",
            _("What it is"),
            (
                naming.name(),
                Choice("kind", _("Kind"), kinds(), help=_("What is asked below depends on it.")),
                naming.code(),
            ),
        ),
        Group("", _("For whom"), _for_whom(document)),
        Group(
            "",
            _("How often"),
            (_quota(document), _on_upgrade()),
            only=Only("kind", ("service", "discount", "event", "mailing")),
        ),
        Group("", _("Discount"), (_discount(),), only=Only("kind", ("discount",))),
        Group("", _("Visits"), (_booking(), *_visits()), only=_VISITED),
        Group("", _("By post"), _mailing(), only=_MAILED),
        Group("", _("What it costs"), (_cost(document),)),
    )


def _cost(document: dict[str, Any]) -> Line:
    help = _("What one use costs the club, for its figures and for the yearly cap of compliance.")
    return Line("cost", _("Cost of one use"), "money", help, after=choices.currency(document))


def kinds() -> list[tuple[str, str]]:
    """The kinds of benefits."""
    return [
        ("service", _("Service, given at a place")),
        ("discount", _("Discount on a bill")),
        ("mailing", _("Something sent by post")),
        ("event", _("Club events")),
        ("person", _("A person who looks after the member")),
        ("feed", _("News for the member")),
    ]


def _for_whom(document: dict[str, Any]) -> tuple[Field, ...]:
    consents = choices.consents(document)
    consent: Field = (
        Choice(
            "needs_consent",
            _("Consent it needs"),
            consents,
            default="",
            help=_("What the member must have allowed before it is given."),
        )
        if len(consents) > 1
        else Line(
            "needs_consent",
            _("Consent it needs"),
            help=_("The code of what the member must have allowed before it is given."),
        )
    )
    return (
        Many(
            "tiers",
            _("Cards that give it"),
            choices.tiers(document),
            _("Tick every card; a higher one does not give it by itself."),
        ),
        consent,
        Line(
            "transferable_to",
            _("Who may use it instead"),
            "codes",
            _("Relations of the insured person, as spouse, parent."),
            only=Only("kind", ("service",)),
        ),
        Line(
            "when",
            _("Only if"),
            "condition",
            _("True or false, of the member and the visit. Leave it empty where it is always given."),
            only=_VISITED,
            on="visit",
        ),
    )


def _quota(document: dict[str, Any]) -> Forms:
    by_tier = [Line(code, name, "whole") for code, name in choices.tiers(document)]
    count = Forms(
        "count",
        _("Times"),
        (
            Form("one", _("The same for all cards"), value=Line("", _("How many times"), "whole")),
            Form(
                "by-tier",
                _("By card"),
                fields=(Group("", _("How many times"), by_tier, _("For each card that gives it.")),),
            ),
        ),
    )
    per = Forms(
        "per",
        _("In which period"),
        (
            Form("named", _("A period by name"), value=Choice("", _("Period"), periods())),
            Form(
                "months",
                _("Rolling months"),
                fields=(Line("months", _("Months"), "whole"),),
                marks=("months",),
            ),
        ),
    )
    return Forms(
        "quota",
        _("How often it may be used"),
        (
            Form("", _("As often as the member likes")),
            Form(
                "quota",
                _("So many times"),
                fields=(
                    count,
                    per,
                    Choice("subject", _("Counted for"), subjects(), default="member"),
                    Line(
                        "cap",
                        _("At most in one term of the card"),
                        "whole",
                        _("Whatever the periods allow. Leave it empty for no such bound."),
                    ),
                ),
            ),
        ),
    )


def periods() -> list[tuple[str, str]]:
    """The periods of a quota."""
    return [
        ("calendar_year", _("calendar year")),
        ("term", _("term of the card")),
        ("policy_year", _("policy year")),
        ("lifetime", _("for life")),
    ]


def subjects() -> list[tuple[str, str]]:
    """Whom a quota is counted for."""
    return [
        ("member", _("the member")),
        ("person", _("each person who uses it")),
        ("card", _("the card")),
        ("policy", _("each policy")),
    ]


def _on_upgrade() -> Choice:
    options = [
        ("full", _("the whole quota of the higher card")),
        ("difference", _("what the higher card gives more")),
        ("prorated", _("its share for the rest of the period")),
    ]
    return Choice("on_upgrade", _("After an upgrade in mid-period"), options, default="full", only=_VISITED)


def _discount() -> Forms:
    return Forms(
        "discount",
        _("What goes off the bill"),
        (
            Form(
                "percent",
                _("A percentage"),
                fields=(Line("percent", _("Percent"), "decimal", after="%"),),
                marks=("percent",),
            ),
            Form("amount", _("An amount"), fields=(Line("amount", _("Amount"), "money"),), marks=("amount",)),
        ),
    )


def _booking() -> Forms:
    counted = [("used", _("counts as used")), ("free", _("counts as not used"))]
    return Forms(
        "booking",
        _("Booking"),
        (
            Form("", _("Not booked ahead")),
            Form(
                "booking",
                _("Booked ahead"),
                fields=(
                    Line("lead_days", _("Days ahead at least"), "whole"),
                    Line("cancel_days", _("Cancelled free of charge until, days before"), "whole"),
                    Choice("no_show", _("Not turning up"), counted, default="used"),
                ),
            ),
        ),
        only=_BOOKED,
    )


def _visits() -> tuple[Field, ...]:
    return (
        Line("guests", _("Guests who may come along"), "whole", _("Each visit. Empty is none.")),
        naming.providers(),
    )


def _mailing() -> tuple[Field, ...]:
    days = [("birthday", _("birthday")), ("anniversary", _("anniversary in the club"))]
    return (
        Choice("occasion", _("For which day of the year"), days, default="birthday"),
        Line("days_ahead", _("Made so many days before"), "whole"),
    )
