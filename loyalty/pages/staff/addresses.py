"""E-mail addresses that colleagues sign in by, in their one form."""

from loyalty.members import EMAIL_MOST, search_key


def one_form(text: str) -> str:
    """An address as it is kept and looked for."""
    return search_key(text.strip()[: EMAIL_MOST + 1])


def is_address(email: str) -> bool:
    """Whether it can be written to, as far as its form goes."""
    name, _, domain = email.rpartition("@")
    is_clean = email.isprintable() and " " not in email and len(email) <= EMAIL_MOST
    return bool(name) and "." in domain and is_clean
