"""Why a visit cannot be booked, written down or changed, in the counter's words, beside its field."""

from flask_babel import gettext, ngettext

from loyalty.errors import (
    BenefitNotGiven,
    BookingTooLate,
    CancelTooLate,
    ConditionNotMet,
    ConsentMissing,
    EventBooked,
    EventFull,
    EventOver,
    Invalid,
    KeyReused,
    NotFound,
    PartyTooLarge,
    PlaceForeign,
    PolicyForeign,
    QuotaUsed,
    Refusal,
    RelationForeign,
    UseClosed,
    ValueCap,
    VisitAhead,
)
from loyalty.pages.words import day_text, said

_FIELDS: dict[type[Refusal], str] = {
    BenefitNotGiven: "day",
    BookingTooLate: "day",
    Invalid: "day",
    QuotaUsed: "day",
    NotFound: "place",
    PlaceForeign: "place",
    PartyTooLarge: "guests",
    EventFull: "event",
    EventOver: "event",
    EventBooked: "event",
    RelationForeign: "relation",
    PolicyForeign: "policy",
}


def against(refusal: Refusal) -> dict[str, str]:
    """By field, or by "" where no field changes it, what speaks against a visit and what to do next."""
    return {_FIELDS.get(type(refusal), ""): words_of(refusal)}


def words_of(refusal: Refusal) -> str:
    """What speaks against it."""
    day = next((str(refusal.facts[name]) for name in _DAYS if refusal.facts.get(name)), "")
    if isinstance(refusal, PartyTooLarge):
        most = int(str(refusal.facts["most"]))
        return str(ngettext("%(num)s companion at most.", "%(num)s companions at most.", most))
    with_day = _with_day(type(refusal), day_text(day)) if day else ""
    return with_day or _plain(type(refusal)) or said(refusal)


_DAYS = ("last_day", "first_day", "again_from")  #: facts of refusals that are days


def _with_day(kind: type[Refusal], day: str) -> str:
    words: dict[type[Refusal], str] = {
        BenefitNotGiven: gettext(
            "The card gives this until %(day)s. Please choose a day up to then.", day=day
        ),
        BookingTooLate: gettext("The first day that can be booked is %(day)s.", day=day),
        QuotaUsed: gettext("All visits are used or booked. From %(day)s there is more.", day=day),
        CancelTooLate: gettext("It could be cancelled until %(day)s.", day=day),
        VisitAhead: gettext("The visit is still to come: this can be said from %(day)s on.", day=day),
    }
    return str(words.get(kind, ""))


def _plain(kind: type[Refusal]) -> str:
    words: dict[type[Refusal], str] = {
        BenefitNotGiven: gettext("The card does not give this on that day."),
        QuotaUsed: gettext("All visits that the card gives are used or booked."),
        ValueCap: gettext("What the club may give this member in that year is used up."),
        Invalid: gettext("A booking is for a time to come; a visit is written down once it was had."),
        NotFound: gettext("This place is not open. Please choose another one."),
        PlaceForeign: gettext("This is not given there. Please choose another place."),
        RelationForeign: gettext("This person cannot use it. Please choose somebody of the list."),
        PolicyForeign: gettext("This policy is not in force then. Please choose another one."),
        ConsentMissing: gettext("The member agrees first: on their own page, or by the core system."),
        ConditionNotMet: gettext("This visit is not one that the benefit is for."),
        EventFull: gettext("There are not enough places left. They can wait for them."),
        EventOver: gettext("The event has begun, or was called off."),
        EventBooked: gettext("They come to it already, or wait for a place."),
        UseClosed: gettext("This booking is over already."),
        KeyReused: gettext("This form was sent before. Please look at the bookings, then send it again."),
    }
    return str(words.get(kind, ""))
