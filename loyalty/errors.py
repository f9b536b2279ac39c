"""Every refusal: a class, a stable code, facts. The status and the words are in problems.py."""

MOST_POINTS = 10**12  #: an operation moves at most this many, in a unit's smallest steps (N1)


class Refusal(Exception):
    """Base of all refusals. `code` is a public promise: never rename it.

    `judged` refusals are judged after the member was found and locked; an Idempotency-Key
    remembers them (P3), and `remembered` says that its claim is written and must be committed.
    """

    code = "refused"
    judged = False

    def __init__(self, **facts: object) -> None:
        super().__init__(self.code)
        self.facts = facts
        self.remembered = False
        self.replayed = False


class Invalid(Refusal):
    """A value that is well-formed but cannot be: `fields` names each with its fault (dotted path → text)."""

    code = "invalid_request"


class MalformedJson(Refusal):
    """The body is not strict JSON: broken, a duplicate key, NaN, a lone surrogate, NUL, too deep (A2)."""

    code = "malformed_json"


class KeyMissing(Refusal):
    """A write that creates something carries neither an Idempotency-Key nor a business key (P2)."""

    code = "idempotency_key_missing"


class KeyMalformed(Refusal):
    """An Idempotency-Key is 1 to 255 printable characters."""

    code = "idempotency_key_malformed"


class KeyReused(Refusal):
    """The same key came again with other content (P2)."""

    code = "key_reused"


class TwinRunning(Refusal):
    """The same request is being carried out at this moment (P2)."""

    code = "in_progress"


class Busy(Refusal):
    """No lock within three seconds (A4): nothing was done, the same key may be sent again."""

    code = "busy"


class Unauthorised(Refusal):
    """No key, an unknown key, an expired or revoked one: a caller learns nothing more."""

    code = "unauthorised"


class Forbidden(Refusal):
    """The key's scopes do not cover this call."""

    code = "forbidden"


class TerminalForeign(Refusal):
    """The key speaks for another terminal."""

    code = "terminal_foreign"


class NotFound(Refusal):
    """No such object, or none that this key may see (A3)."""

    code = "not_found"


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


class VersionMissing(Refusal):
    """A change of a thing carries no If-Match (P2)."""

    code = "version_missing"


class VersionStale(Refusal):
    """The thing was changed since it was read."""

    code = "version_stale"


class NoProgramme(Refusal):
    """No edition has been published yet."""

    code = "no_programme"


class ProgrammeFaulty(Refusal):
    """The programme document has faults; `faults` lists (path, message)."""

    code = "programme_faulty"


class EditionTooSoon(Refusal):
    """An edition comes into force at least ten seconds after it is published."""

    code = "edition_too_soon"


class PublishingClosed(Refusal):
    """In production, publishing from the command line needs a setting that allows it."""

    code = "publishing_closed"


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


class UnitUnknown(Refusal):
    """The programme has no such unit."""

    code = "unit_unknown"


class TierUnknown(Refusal):
    """The programme has no such tier."""

    code = "tier_unknown"


class HoldClosed(Refusal):
    """The hold was captured, voided, or has ended; it leaves `open` once (P6)."""

    code = "hold_closed"
    judged = True


class TooMuchCaptured(Refusal):
    """A capture of more than is held (P10)."""

    code = "capture_exceeds_hold"
    judged = True


class TooMuchReturned(Refusal):
    """More is returned than was bought, on a line or in all (P10)."""

    code = "return_exceeds_purchase"
    judged = True


class TooMuchReversed(Refusal):
    """More is reversed than was redeemed (P10)."""

    code = "reversal_exceeds_redemption"
    judged = True


class LineUnknown(Refusal):
    """The purchase has no such line."""

    code = "line_unknown"
    judged = True


class TooManyPoints(Refusal):
    """An operation moves at most 10¹² points (N1)."""

    code = "too_many_points"
    judged = True


class SoldInFuture(Refusal):
    """The sale is stamped more than ten minutes ahead of our clock."""

    code = "sold_in_future"


class CurrencyForeign(Refusal):
    """The club keeps another currency."""

    code = "currency_foreign"
