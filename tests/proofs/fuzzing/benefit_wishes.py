"""Requests that are granted, for every call about benefits and rewards."""

from datetime import timedelta
from typing import Any

from tests.makers import wire
from tests.proofs.fuzzing.wish import BEARER, Wish, Wishes, member, of
from tests.proofs.fuzzing.world import World


def _visit(world: World) -> dict[str, Any]:
    return {
        "card": world.ana.card, "place": "t2", "party": 2, "amount": "10.00", "attributes": {"floor": 3},
    }  # fmt: skip


def _visits(world: World) -> Wish:
    body = _visit(world) | {
        "benefit": "lounge",
        "reference": world.name("u"),
        "reserve": False,
        "wait": False,
    }
    return Wish(body=body, one_of=(BEARER,))


def _books(world: World) -> Wish:
    when = wire(world.clock.now() + timedelta(days=30))
    body = {"card": world.ana.card, "benefit": "spa", "reference": world.name("u"), "reserve": True}
    return Wish(body=body | {"at": when, "for": "spouse"}, one_of=(BEARER,))


def _comes(world: World) -> Wish:
    """Somebody else each time: a member has one booking of an event."""
    body = {
        "card": world.make.shopper(world.till).card,
        "benefit": "gala",
        "reference": world.name("u"),
        "event": world.event,
    }
    return Wish(body=body, one_of=(BEARER,))


def _buys(world: World) -> Wish:
    body = {"card": world.ana.card, "reward": "cup", "reference": world.name("o")}
    return Wish(body=body, one_of=(BEARER,))


def _burns(world: World) -> Wish:
    return Wish({"code": world.ordered()["voucher"]}, body={"place": "t2", "reference": world.name("v")})


BENEFIT_WISHES: Wishes = {
    "GET /v1/members/{member_id}/benefits": (member(),),
    "GET /v1/members/{member_id}/benefit-uses": (member(),),
    "GET /v1/members/{member_id}/news": (member(),),
    "POST /v1/benefits/{code}/check": (
        lambda world: Wish({"code": "lounge"}, body=_visit(world), one_of=(BEARER,)),
    ),
    "POST /v1/benefit-uses": (_visits, _books, _comes),
    "POST /v1/benefit-uses/{use_id}/confirm": (of("use_id", World.booked),),
    "POST /v1/benefit-uses/{use_id}/cancel": (of("use_id", World.booked),),
    "POST /v1/benefit-uses/{use_id}/no-show": (of("use_id", World.booked),),
    "GET /v1/club-events": (lambda world: Wish(),),
    "GET /v1/rewards": (lambda world: Wish(),),
    "POST /v1/reward-orders": (_buys,),
    "POST /v1/reward-orders/{order_id}/cancel": (of("order_id", lambda world: world.ordered()["order_id"]),),
    "POST /v1/reward-orders/{order_id}/send": (
        of("order_id", lambda world: world.ordered("book")["order_id"]),
    ),
    "GET /v1/members/{member_id}/reward-orders": (member(),),
    "POST /v1/vouchers/{code}/use": (_burns,),
}
