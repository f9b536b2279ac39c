"""Refusals about points: spending, holding, passing on."""

from loyalty.errors.refusal import Refusal


class NotEnoughPoints(Refusal):
    """The member holds fewer spendable points than asked for."""

    code = "not_enough_points"
    judged = True


class InDebt(Refusal):
    """While in debt nothing can be spent (P8)."""

    code = "in_debt"
    judged = True


class NotSpendable(Refusal):
    """Points of this unit are never spent."""

    code = "not_spendable"


class HoldClosed(Refusal):
    """The hold was captured, voided, or has ended; it leaves `open` once (P6)."""

    code = "hold_closed"
    judged = True


class HoldOpen(Refusal):
    """Points are held for a till: the member cannot be forgotten before that has ended (M7)."""

    code = "hold_open"


class TooMuchCaptured(Refusal):
    """A capture of more than is held (P10)."""

    code = "capture_exceeds_hold"
    judged = True


class TooMuchReversed(Refusal):
    """More is reversed than was redeemed (P10)."""

    code = "reversal_exceeds_redemption"
    judged = True


class TooManyPoints(Refusal):
    """An operation moves at most 10¹² points (N1)."""

    code = "too_many_points"
    judged = True


class NotTransferable(Refusal):
    """Points of this unit do not pass between members (P12)."""

    code = "not_transferable"


class TransferLimit(Refusal):
    """More than a member may pass on in a day (P12)."""

    code = "transfer_limit"
    judged = True


class TransferTooSmall(Refusal):
    """Fewer than a member passes on at once (P12)."""

    code = "transfer_too_small"
    judged = True


class SameMember(Refusal):
    """A member passes points to somebody else, or is merged with them, not with themselves (P12, M6)."""

    code = "same_member"


class CeilingExceeded(Refusal):
    """More than the club lets pass without a second look: `ceiling` says which."""

    code = "ceiling_exceeded"
    judged = True


class ReferenceCancelled(Refusal):
    """The hold, redemption or premium of this reference was cancelled before it was told (P18)."""

    code = "reference_cancelled"
