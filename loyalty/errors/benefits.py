"""Refusals about benefits: why a member may not have one, there and then (B6)."""

from loyalty.errors.refusal import Refusal


class BenefitUnknown(Refusal):
    """The programme has no such benefit."""

    code = "benefit_unknown"


class BenefitNotGiven(Refusal):
    """The member's card does not give this benefit at that time; `last_day` is when one did last."""

    code = "benefit_not_given"
    judged = True


class QuotaUsed(Refusal):
    """All that the card gives of this benefit is used or booked (B5, B7); more comes `again_from`."""

    code = "quota_used"
    judged = True


class NotVisited(Refusal):
    """Nobody goes anywhere for this benefit: it is a mailing, a person or news."""

    code = "benefit_not_visited"
    judged = True


class NotBookable(Refusal):
    """This benefit is not booked ahead."""

    code = "benefit_not_bookable"
    judged = True


class BookingNeeded(Refusal):
    """This benefit has to be booked first, for `first_day` at the earliest."""

    code = "booking_needed"
    judged = True


class BookingTooLate(Refusal):
    """So soon it cannot be booked any more: `first_day` is the earliest."""

    code = "booking_too_late"
    judged = True


class CancelTooLate(Refusal):
    """So soon before the visit its booking cannot be cancelled any more."""

    code = "cancel_too_late"
    judged = True


class VisitAhead(Refusal):
    """Nobody can have come, or failed to come, before the day of the visit."""

    code = "visit_ahead"
    judged = True


class UseClosed(Refusal):
    """The booking was used, cancelled or missed before."""

    code = "use_closed"
    judged = True


class PlaceForeign(Refusal):
    """This benefit is not given at this place."""

    code = "place_foreign"
    judged = True


class PartyTooLarge(Refusal):
    """More companions than this benefit is for."""

    code = "party_too_large"
    judged = True


class RelationForeign(Refusal):
    """This benefit is not for a person of that relation."""

    code = "relation_foreign"
    judged = True


class EventForeign(Refusal):
    """This benefit is of events, and it is not for this one; or it is of no events at all."""

    code = "event_foreign"
    judged = True


class EventBooked(Refusal):
    """The member comes to this event already, or waits for a place; companions are told with that."""

    code = "event_booked"
    judged = True


class EventOver(Refusal):
    """The event was cancelled, or has begun."""

    code = "event_over"
    judged = True


class EventFull(Refusal):
    """No place is left at the event; one may wait."""

    code = "event_full"
    judged = True


class PolicyForeign(Refusal):
    """This benefit is each policy's own, and the member holds no such policy in force then."""

    code = "policy_foreign"
    judged = True


class ConsentMissing(Refusal):
    """The member has not consented to what this benefit needs (M10)."""

    code = "consent_missing"
    judged = True


class ConditionNotMet(Refusal):
    """The benefit's own condition does not hold of this visit."""

    code = "condition_not_met"
    judged = True
