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
