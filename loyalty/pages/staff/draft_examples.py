"""The draft's examples, run: which hold, which fail, and why."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from loyalty.decide.proving import failing_examples
from loyalty.pages.forms.fault_words import in_words
from loyalty.pages.staff.allowing import allowed
from loyalty.pages.staff.drafting import page_of, show_draft, the_draft
from loyalty.reads.draft import DraftView


@dataclass(frozen=True, slots=True)
class Ran:
    """One example and what came of it."""

    number: int
    say: str
    fails: list[str]  #: nothing: it holds


@allowed("programme:see")
def examples_page() -> Any:
    """Run them all; a draft with faults can run none."""
    draft, names = the_draft()
    ran = ran_examples(draft)
    failing = sum(bool(one.fails) for one in ran)
    return show_draft("examples", draft, names, shown=page_of(ran), all=len(ran), failing=failing)


def ran_examples(draft: DraftView) -> list[Ran]:
    """Every example of a draft without faults, those that fail first."""
    if draft.compiled is None:
        return []
    fails: dict[str, list[str]] = {}
    for path, words in failing_examples(draft.compiled):
        fails.setdefault(path, []).append(words)
    ran = [
        Ran(
            number,
            one.say,
            [in_words(words.removeprefix(f"{one.say}: ")) for words in fails.get(f"example[{number}]", ())],
        )
        for number, one in enumerate(draft.compiled.examples)
    ]
    return sorted(ran, key=lambda one: not one.fails)


VIEWS: tuple[tuple[str, str, str, Callable[..., Any]], ...] = (
    ("/programme/examples", "GET", "draft_examples", examples_page),
)
