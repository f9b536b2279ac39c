"""Refusals of the asking itself: keys, scopes, strict input, locks."""

from loyalty.errors.refusal import Refusal


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


class TooManyWaiting(Refusal):
    """So much long work waits that nobody would see the end of one more."""

    code = "too_many_waiting"


class Unavailable(Busy):
    """Database gone, full or failing: not done, or (cut off at the commit) unknown; the same key again."""

    code = "unavailable"


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

    @classmethod
    def at(cls, field: str) -> "NotFound":
        """What this field of the body names is unknown; one whose form we never gave out hears the same."""
        return cls(fields={field: "is unknown"})


class VersionMissing(Refusal):
    """A change of a thing carries no If-Match (P2)."""

    code = "version_missing"


class VersionStale(Refusal):
    """The thing was changed since it was read."""

    code = "version_stale"


class StoreForeign(Refusal):
    """The key speaks for another store."""

    code = "store_foreign"


class PlaceOfOthers(Refusal):
    """The key speaks for another place."""

    code = "place_of_others"


class SignatureMissing(Refusal):
    """The key signs its requests, and this one carries no signature."""

    code = "signature_missing"


class SignatureWrong(Refusal):
    """The signature is not that of this request."""

    code = "signature_wrong"


class ClockSkew(Refusal):
    """A signed request is stamped too far from our clock; the facts say how far (`skew_seconds`)."""

    code = "clock_skew"


class NonceReused(Refusal):
    """A signed request came twice, word for word."""

    code = "nonce_reused"


class TerminalLocked(Refusal):
    """Too many unknown cards were tried with this key; it is locked for a while."""

    code = "terminal_locked"


class TwoLiveKeys(Refusal):
    """A client has at most two live keys: one in use and one to change to."""

    code = "two_live_keys"


class BatchTooLong(Refusal):
    """A batch has at most 10,000 lines."""

    code = "batch_too_long"
