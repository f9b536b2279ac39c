"""Points set aside, captured, let go."""

from datetime import timedelta
from typing import Any

from loyalty.actions.cancel_spending import cancel_hold
from loyalty.actions.hold import close_hold, hold
from loyalty.api.auth import caller, needs
from loyalty.api.carrying import carry_for_till, look
from loyalty.api.idempotency import answering, takes_key
from loyalty.api.resource import Resource
from loyalty.api.schemas.receipts import HoldOut, HoldViewOut
from loyalty.api.schemas.returns import SpendingCancelOut
from loyalty.api.schemas.tills import CaptureIn, HoldIn, ReferenceIn, bearer_of
from loyalty.reads.spending import hold_by_reference, hold_view

holds = Resource("holds", "/holds", "Points set aside for a till.")


@holds.route("", methods=["POST"])
@needs("points:spend")
@takes_key(required=False)
@holds.arguments(HoldIn)
@holds.response(201, HoldOut)
def take(told: dict[str, Any]) -> Any:
    """Set points aside until they are captured, let go, or the time is over; `reference` is the key."""
    bearer, lasts = bearer_of(told), timedelta(seconds=told["ends_in_seconds"])
    answer, replayed = carry_for_till(
        lambda session, editions, asking: hold(
            session,
            editions,
            bearer,
            told["points"],
            lasts,
            unit=told["unit"],
            reference=told["reference"],
            asking=asking,
        )
    )
    return answering(answer, 201, replayed=replayed)


@holds.route("/<pair:hold_id>/capture", methods=["POST"])
@needs("points:spend")
@takes_key(required=False)
@holds.arguments(CaptureIn)
@holds.response(200, HoldOut)
def capture(told: dict[str, Any], hold_id: tuple[int, int]) -> Any:
    """Spend what is held, all of it or `points`; the rest is let go."""
    return _close(hold_id, told["points"])


@holds.route("/<pair:hold_id>/void", methods=["POST"])
@needs("points:spend")
@takes_key(required=False)
@holds.response(200, HoldOut)
def void(hold_id: tuple[int, int]) -> Any:
    """Let go of all that is held."""
    return _close(hold_id, 0)


@holds.route("/cancel", methods=["POST"])
@needs("points:spend")
@takes_key(required=False)
@holds.arguments(ReferenceIn)
@holds.response(200, SpendingCancelOut)
def cancel(told: dict[str, str]) -> Any:
    """Undo one's own hold by its reference, whatever became of it; one that comes later is refused."""
    answer, replayed = carry_for_till(
        lambda session, editions, asking: cancel_hold(session, editions, told["reference"], asking=asking)
    )
    return answering(answer, 200, replayed=replayed)


@holds.route("", methods=["GET"])
@needs("points:spend")
@holds.arguments(ReferenceIn, location="query")
@holds.response(200, HoldViewOut)
def find(wanted: dict[str, str]) -> Any:
    """One's own hold by its reference."""
    client = caller().client
    return look(
        lambda session, _, asking: hold_by_reference(session, client, wanted["reference"], asking.now)
    )


@holds.route("/<pair:hold_id>", methods=["GET"])
@needs("points:spend")
@holds.response(200, HoldViewOut)
def show(hold_id: tuple[int, int]) -> Any:
    """A hold by its id."""
    return look(lambda session, _, asking: hold_view(session, *hold_id, asking.now))


def _close(hold_id: tuple[int, int], captured: int | None) -> Any:
    answer, replayed = carry_for_till(
        lambda session, editions, asking: close_hold(session, editions, *hold_id, captured, asking=asking)
    )
    return answering(answer, 200, replayed=replayed)
