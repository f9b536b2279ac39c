"""Sales held for review: a person lists, releases or rejects them."""

from typing import Any

from loyalty.actions.review import reject as turn_away
from loyalty.actions.review import release as let_through
from loyalty.api.auth import caller, needs
from loyalty.api.carrying import carry, look
from loyalty.api.idempotency import answering, takes_key
from loyalty.api.paging import cut, from_cursor, page_schema
from loyalty.api.resource import Resource
from loyalty.api.schemas.reviews import ReleasedOut, ReviewOut, ReviewsIn
from loyalty.errors import Invalid
from loyalty.ids import from_text, to_text
from loyalty.reads.review import review_view, reviews_view

reviews = Resource("reviews", "/reviews", "Sales that wait for a person's look.")


@reviews.route("", methods=["GET"])
@needs("members:write")
@reviews.arguments(ReviewsIn, location="query")
@reviews.response(200, page_schema(ReviewOut))
def list_(told: dict[str, Any]) -> Any:
    """Reviews, the newest first."""
    place = from_cursor(told["cursor"], 1)
    before = from_text(place[0]) if place else None
    if place and before is None:
        raise Invalid(fields={"cursor": "is not one of ours"})
    store = caller().store
    rows = look(lambda session, _, __: reviews_view(session, store, told["state"], before, told["limit"] + 1))
    return cut(rows, told["limit"], lambda row: [to_text(row["review_id"])])


@reviews.route("/<opaque:review_id>", methods=["GET"])
@needs("members:write")
@reviews.response(200, ReviewOut)
def show(review_id: int) -> Any:
    """A review and what became of it."""
    return _mine(review_id)


@reviews.route("/<opaque:review_id>/release", methods=["POST"])
@needs("members:write")
@takes_key()
@reviews.response(200, ReleasedOut)
def release(review_id: int) -> Any:
    """Book the sale as of when it was sold, above its ceiling."""
    _mine(review_id)
    answer, replayed = carry(
        lambda session, editions, asking: let_through(session, editions, review_id, asking=asking)
    )
    return answering(answer, 200, replayed=replayed)


@reviews.route("/<opaque:review_id>/reject", methods=["POST"])
@needs("members:write")
@takes_key()
@reviews.response(200, ReviewOut)
def reject(review_id: int) -> Any:
    """Never book the sale; its receipt stays taken."""
    _mine(review_id)

    def wish(session: Any, _: Any, asking: Any) -> tuple[dict[str, Any], bool]:
        replayed = turn_away(session, review_id, asking=asking)
        return review_view(session, review_id), replayed

    answer, replayed = carry(wish)
    return answering(answer, 200, replayed=replayed)


def _mine(review_id: int) -> dict[str, Any]:
    """A review of the key's own store; another one's is unknown (A3)."""
    store = caller().store
    return look(lambda session, _, __: review_view(session, review_id, store))
