"""Why a visit cannot be booked, in a member's words and beside the field that can change it."""

from datetime import date

from flask_babel import gettext, ngettext

from loyalty import problems
from loyalty.errors import (
    BenefitNotGiven,
    BookingTooLate,
    CardBlocked,
    ConditionNotMet,
    ConsentMissing,
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
    ValueCap,
)
from loyalty.pages.words import day_text, said

_FIELDS: dict[type[Refusal], str] = {
    BenefitNotGiven: "day",
    BookingTooLate: "day",
    Invalid: "day",
    QuotaUsed: "day",
    ValueCap: "day",
    NotFound: "place",
    PlaceForeign: "place",
    PartyTooLarge: "guests",
    EventFull: "guests",
    RelationForeign: "relation",
    PolicyForeign: "policy",
    ConsentMissing: "consent",
}


def of_booking(refusal: Refusal) -> dict[str, str]:
    """By field, or by "" where no field changes it, what speaks against a booking and what to do next.

    Raises the refusal again where it is not about what was asked for: it is told on a page of its own.
    """
    if problems.problem_of(refusal).status >= 500:
        raise refusal
    return {_FIELDS.get(type(refusal), ""): _words(refusal)}


def _words(refusal: Refusal) -> str:
    facts = refusal.facts
    if isinstance(refusal, BenefitNotGiven) and facts.get("last_day"):
        return _on(
            gettext("Your card gives this until %(day)s. Please choose a day up to then."), facts["last_day"]
        )
    if isinstance(refusal, BookingTooLate):
        return _on(gettext("The first day that can be booked is %(day)s."), facts["first_day"])
    if isinstance(refusal, QuotaUsed) and facts.get("again_from"):
        return _on(gettext("All visits are used or booked. From %(day)s there is more."), facts["again_from"])
    if isinstance(refusal, PartyTooLarge):
        most = int(str(facts["most"]))
        return str(
            ngettext("You can bring %(num)s guest at most.", "You can bring %(num)s guests at most.", most)
        )
    return _plain(type(refusal)) or said(refusal)


def _plain(kind: type[Refusal]) -> str:
    """What needs no figures; empty where the general words do."""
    words: dict[type[Refusal], str] = {
        BenefitNotGiven: gettext("Your card does not give this on that day. Please choose an earlier one."),
        QuotaUsed: gettext("All visits that your card gives are used or booked."),
        ValueCap: gettext(
            "What the club may give in that year is used up. Please choose a day of the next one."
        ),
        Invalid: gettext("That time has passed. Please choose a later one."),
        NotFound: gettext("This place takes no bookings now. Please choose another one."),
        PlaceForeign: gettext("This is not given there. Please choose another place."),
        RelationForeign: gettext("This person cannot use it. Please choose somebody of the list."),
        PolicyForeign: gettext("This policy is not in force then. Please choose another one."),
        ConsentMissing: gettext("Your consent is needed first. The counter takes it."),
        ConditionNotMet: gettext(
            "This visit is not one that the benefit is for. The counter can tell you more."
        ),
        CardBlocked: gettext("Your membership rests at the moment: you can look, but not book."),
        EventFull: gettext("There are not enough places left for all of you. You can wait for them."),
        EventOver: gettext("The event has begun, or was called off."),
        KeyReused: gettext("This form was sent before. Please look at your bookings, then send it again."),
    }
    return str(words.get(kind, ""))


def _on(words: str, day: object) -> str:
    return words % {"day": day_text(date.fromisoformat(str(day)))}
