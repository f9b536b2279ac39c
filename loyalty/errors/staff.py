"""Refusals of the staff's pages: signing in, and who may do what."""

from loyalty.errors.refusal import Refusal


class SignInWrong(Refusal):
    """Address, password or code is wrong, or the account is not open: nobody learns which."""

    code = "sign_in_wrong"


class TriedTooOften(Refusal):
    """An account was tried too often: `seconds` until it is heard again; the same for any address."""

    code = "tried_too_often"


class LinkOver(Refusal):
    """A link that is good for once was used, replaced, or is too old; or it never was."""

    code = "link_over"


class PasswordWeak(Refusal):
    """The password will not do: `why` is short, long, simple or personal."""

    code = "password_weak"


class AppCodeWrong(Refusal):
    """The code is not what the app that is being set up shows."""

    code = "app_code_wrong"


class PasskeyRefused(Refusal):
    """What the browser answered is no passkey that is known here, or comes too late."""

    code = "passkey_refused"


class StaffKnown(Refusal):
    """A colleague signs in by this address already."""

    code = "staff_known"


class LastAdministrator(Refusal):
    """Somebody must be left who keeps the accounts."""

    code = "last_administrator"


class OwnAccount(Refusal):
    """Nobody changes what they may do themselves: another administrator does."""

    code = "own_account"


class NotPermitted(Refusal):
    """None of the colleague's roles allows this."""

    code = "not_permitted"
