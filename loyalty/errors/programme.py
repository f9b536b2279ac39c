"""Refusals about the programme and what it names."""

from loyalty.errors.refusal import Refusal


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


class UnitUnknown(Refusal):
    """The programme has no such unit."""

    code = "unit_unknown"


class TierUnknown(Refusal):
    """The programme has no such tier."""

    code = "tier_unknown"


class NoDraft(Refusal):
    """No draft of the programme is open."""

    code = "no_draft"


class DraftOpen(Refusal):
    """A draft of the programme is open: there is one at a time."""

    code = "draft_open"


class DraftChanged(Refusal):
    """Somebody else changed the same places meanwhile; `conflicts` lists them."""

    code = "draft_changed"


class DraftTooLarge(Refusal):
    """The document is longer than a programme may be."""

    code = "draft_too_large"
