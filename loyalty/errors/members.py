"""Refusals about members and what speaks for them."""

from loyalty.errors.refusal import Refusal


class CardUnknown(Refusal):
    """No card has this number."""

    code = "card_unknown"


class CardBlocked(Refusal):
    """The card is replaced, lost or blocked, or its holder may not act; a till is told nothing more (M2)."""

    code = "card_blocked"
    judged = True


class MemberAmbiguous(Refusal):
    """Several members share this contact (M5)."""

    code = "member_ambiguous"


class AlreadyMember(Refusal):
    """The document or reference belongs to a member already (M5)."""

    code = "already_member"


class PersonErased(Refusal):
    """The club has forgotten the person of this reference or document: no feed brings them back (M7)."""

    code = "person_erased"


class CodeUnknown(Refusal):
    """No member's page shows this code now: mistyped, expired, or used before (M4)."""

    code = "code_unknown"


class CodePurpose(Refusal):
    """The code was shown for the other purpose: earning or spending (M4)."""

    code = "code_purpose"


class CodeNeeded(Refusal):
    """The club spends points only with the member's own code (M4)."""

    code = "code_needed"


class SpendLocked(Refusal):
    """Points do not leave this member now: locked by themselves, frozen, or paused after a contact changed.

    A till is not told which; `until` stands where waiting alone opens it.
    """

    code = "spend_locked"
    judged = True


class AccountStopped(Refusal):
    """The member's books broke a law: nothing is written of them until an operator releases them.

    Not judged: once they are released, the same key is carried out.
    """

    code = "account_stopped"


class AlreadyMerged(Refusal):
    """The member was merged into another, or others were merged into them: there are no chains (M6)."""

    code = "already_merged"
    judged = True


class NotMerged(Refusal):
    """The member was not merged into anybody (M6)."""

    code = "not_merged"
    judged = True


class ReviewWaits(Refusal):
    """A sale of the member is held for review: it is released or rejected before they are merged (M6)."""

    code = "review_waits"
    judged = True


class NotFrozen(Refusal):
    """The member's points are not frozen: there is nothing to lift."""

    code = "not_frozen"
    judged = True


class NotAsBefore(Refusal):
    """Points were spent since two members were merged, or are not there any more: they stay one (M6)."""

    code = "not_as_before"
    judged = True


class StateForbids(Refusal):
    """What was asked for is nothing for a member in this `state` (M9)."""

    code = "state_forbids"
    judged = True


class OwnCard(Refusal):
    """A cashier's own card at their own till, where the club denies that."""

    code = "own_card"
    judged = True
