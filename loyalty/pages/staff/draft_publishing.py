"""The draft on its way to an edition: what is still in the way, and from when it is to be in force."""

from collections.abc import Callable
from typing import Any

from loyalty.pages.staff.allowing import allowed
from loyalty.pages.staff.draft_examples import ran_examples
from loyalty.pages.staff.drafting import show_draft, the_draft


@allowed("programme:see")
def publishing_page() -> Any:
    """What is in the way, and the form where nothing is."""
    draft, names = the_draft()
    failing = sum(bool(one.fails) for one in ran_examples(draft))
    return show_draft("publishing", draft, names, failing=failing)


VIEWS: tuple[tuple[str, str, str, Callable[..., Any]], ...] = (
    ("/programme/publish", "GET", "draft_publishing", publishing_page),
)
