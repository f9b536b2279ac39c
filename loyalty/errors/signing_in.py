"""Refusals of members' pages: signing in, and what needs a proof."""

from loyalty.errors.refusal import Refusal


class ContactMalformed(Refusal):
    """Neither a phone number nor an e-mail address."""

    code = "contact_malformed"


class TooSoon(Refusal):
    """Another code was sent just now: `seconds` until the next one; the same for everybody."""

    code = "too_soon"


class CodeExpired(Refusal):
    """The one-time code is over: used, too old, tried too often, or asked for by another browser."""

    code = "code_expired"


class JoiningClosed(Refusal):
    """The club takes nobody in by its pages."""

    code = "joining_closed"


class LoginTaken(Refusal):
    """Another member signs in by this contact, and still has it: said only to who has proven it (M5)."""

    code = "login_taken"


class MemberFrozen(Refusal):
    """Somebody answered a notice with "it was not me": the counter sees the member first."""

    code = "member_frozen"
