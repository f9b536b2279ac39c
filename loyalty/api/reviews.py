"""Sales held for review: a person lists, releases or rejects them."""

from typing import Any

from sqlalchemy.orm import Session

from loyalty.actions.once import Asking
from loyalty.actions.review import reject as turn_away
from loyalty.actions.review import release as let_through
from loyalty.api.auth import caller, needs
from loyalty.api.carrying import carry, look
from loyalty.api.idempotency import answering, takes_key
from loyalty.api.paging import cut, from_cursor, page_schema
from loyalty.api.resource import Resource
from loyalty.api.schemas.reviews import ReleasedOut, ReviewOut, ReviewsIn
from loyalty.decide.programme import Editions
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
    store = caller().store
    return look(lambda session, _, __: review_view(session, review_id, store))


@reviews.route("/<opaque:review_id>/release", methods=["POST"])
@needs("members:write")
@takes_key()
@reviews.response(200, ReleasedOut)
def release(review_id: int) -> Any:
    """Book the sale as of when it was sold, above its ceiling."""
    store = caller().store

    def wish(session: Session, editions: Editions, asking: Asking) -> tuple[dict[str, Any], bool]:
        review_view(session, review_id, store)
        return let_through(session, editions, review_id, asking=asking)

    answer, replayed = carry(wish)
    return answering(answer, 200, replayed=replayed)


@reviews.route("/<opaque:review_id>/reject", methods=["POST"])
@needs("members:write")
@takes_key()
@reviews.response(200, ReviewOut)
def reject(review_id: int) -> Any:
    """Never book the sale; its receipt stays taken."""
    store = caller().store

    def wish(session: Session, _: Editions, asking: Asking) -> tuple[dict[str, Any], bool]:
        review_view(session, review_id, store)
        replayed = turn_away(session, review_id, asking=asking)
        return review_view(session, review_id), replayed

    answer, replayed = carry(wish)
    return answering(answer, 200, replayed=replayed)
