"""Fields that several sections have alike: names, codes, providers."""

from flask_babel import gettext as _

from loyalty.pages.forms.fields import Line
from loyalty.pages.forms.groups import Group, names


def name() -> Group:
    """What people read."""
    return names("name", _("Name in Chinese"), _("Name in English"))


def code() -> Line:
    """The name for machines."""
    help = _("Small letters, digits and hyphens. It stays the same when the name changes.")
    return Line("code", _("Code for machines"), help=help)


def providers() -> Line:
    """Whose places give it."""
    help = _("Codes of those whose places give it, as clinic, airport. Empty is any place.")
    return Line("providers", _("Providers"), "codes", help)
