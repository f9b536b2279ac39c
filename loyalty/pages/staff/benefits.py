"""The catalogue: what the edition in force gives to each tier, and how often it was had this year."""

from collections.abc import Callable
from typing import Any

from loyalty.pages.staff.allowing import allowed
from loyalty.pages.staff.benefit_words import kind_words, quota_text
from loyalty.pages.staff.blueprint import ask, show
from loyalty.reads.catalogue import Had, catalogue

NEVER_HAD = Had()


@allowed("benefits:see")
def catalogue_page() -> Any:
    """The catalogue, to read: it is changed in the draft of the programme."""
    return show(
        "benefits/catalogue",
        found=ask(catalogue),
        never_had=NEVER_HAD,
        kind_words=kind_words(),
        quota_text=quota_text,
    )


VIEWS: tuple[tuple[str, str, str, Callable[..., Any]], ...] = (
    ("/benefits", "GET", "benefits", catalogue_page),
)
