"""Long work and its runs: nights, proofs of the books, what colleagues asked for."""

from collections.abc import Callable
from typing import Any

from flask import request
from flask_babel import gettext

from loyalty import ids, work
from loyalty.pages.staff.allowing import allowed
from loyalty.pages.staff.blueprint import look_up, show
from loyalty.reads.verified import soundness
from loyalty.sheets import as_text

MOST = 50  #: runs of a page
SMALL = ("cohorts", "import members", "import purchases", "import policies", "import corrections")
#: kinds of work that nobody looks for alone


@allowed("jobs:see")
def jobs_page() -> Any:
    """Runs of a kind, or of all, the last one first; and how the books stand."""
    told, before = request.args.get("kind", ""), ids.from_text(request.args.get("before", ""))
    kinds = kind_names()
    kind = told if told in kinds else None
    found, books = look_up(
        lambda rows, now: (work.newest(rows, kind, before, MOST + 1), soundness(rows, now))
    )
    older = ids.to_text(found[MOST - 1].id) if len(found) > MOST else None
    return show(
        "jobs/jobs",
        small=SMALL,
        found=found[:MOST],
        books=books,
        kinds=kinds,
        kind=kind,
        older=older,
        is_newest=before is None,
        as_text=as_text,
    )


def kind_names() -> dict[str, str]:
    """What kinds of work are called."""
    return {
        "nightly": gettext("The night"),
        "cohorts": gettext("The night's figures"),
        "import members": gettext("Import of members"),
        "import purchases": gettext("Import of purchases"),
        "import policies": gettext("Import of policies"),
        "import corrections": gettext("Import of corrections"),
        "verify": gettext("Proof of all books"),
        "verify_changes": gettext("Proof of what changed"),
        "verify_acts": gettext("Proof of the acts"),
        "what-if": gettext("What-if"),
        "retention": gettext("What is no longer needed"),
    }


VIEWS: tuple[tuple[str, str, str, Callable[..., Any]], ...] = (("/jobs", "GET", "jobs", jobs_page),)
