"""What roles are called, and what they are for."""

from flask_babel import gettext

from loyalty.staff import Role


def role_name(role: Role) -> str:
    """What a role is called."""
    names: dict[Role, str] = {
        "desk": gettext("Service desk"),
        "marketing": gettext("Marketing"),
        "configuration": gettext("Configuration"),
        "finance": gettext("Finance"),
        "auditor": gettext("Auditor"),
        "administrator": gettext("Administrator"),
    }
    return names[role]


def role_purpose(role: Role) -> str:
    """What somebody with a role does here."""
    purposes: dict[Role, str] = {
        "desk": gettext("Finds members, corrects their points, books and records benefits."),
        "marketing": gettext("Keeps the catalogue of benefits, drafts the programme, reads the figures."),
        "configuration": gettext("Drafts and publishes the programme, imports files."),
        "finance": gettext("Reads the books, approves corrections, files and publications."),
        "auditor": gettext("Reads everything, changes nothing."),
        "administrator": gettext("Keeps the accounts of colleagues, keys and jobs."),
    }
    return purposes[role]
