"""The sales of tills that were offline."""

from typing import Any

from loyalty.actions.who import Bearer
from loyalty.api import guessing, rehearsal
from loyalty.api.auth import needs, speaks_for
from loyalty.api.compiled import compiled
from loyalty.api.ndjson import NDJSON, answer_lines, takes_lines
from loyalty.api.resource import Resource, View, takes_long_bodies
from loyalty.api.schemas.reviews import BatchOutcomeOut
from loyalty.api.schemas.tills import PurchaseIn
from loyalty.api.selling import book_line, book_together
from loyalty.sales import Purchase

batches = Resource("batches", "/purchases/batch", "Sales of tills that were offline.")
_LINE = compiled(PurchaseIn())


def _names_members(view: View) -> View:
    guessing.note_asking(view, PurchaseIn)
    return view


@batches.route("", methods=["POST"])
@needs("points:earn")
@takes_long_bodies
@_names_members
@batches.doc(**takes_lines("PurchaseIn", "one sale"))
@batches.response(200, BatchOutcomeOut, content_type=NDJSON)
def record_all() -> Any:
    """Report the sales of an offline stretch; each line is answered by one, in order, as it is carried out.

    Receipts are the keys: a batch may be cut, mixed and sent again. A line that is odd (too old, stamped
    ahead, more than a terminal may tell) is quarantined for review. Points are not spent offline.
    """
    return answer_lines(_LINE, _booked, book_together)


def _booked(told: Any, sale: tuple[Bearer, Purchase]) -> dict[str, Any]:
    _, fact = sale
    speaks_for(fact.receipt.store, fact.receipt.terminal)
    rehearsal.meet(told)
    return book_line(sale)
