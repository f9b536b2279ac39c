"""For every call of the contract requests that are granted, so that what is made nasty is reached."""

from datetime import timedelta
from typing import Any

from tests.makers import receipt, wire
from tests.policies import policy
from tests.proofs.fuzzing.benefit_wishes import BENEFIT_WISHES
from tests.proofs.fuzzing.person_wishes import PERSON_WISHES, person
from tests.proofs.fuzzing.wish import BEARER, Wish, Wishes, member, of, says
from tests.proofs.fuzzing.world import World

_GOODS = frozenset({("lines",), ("amount",)})
_HOLDER = frozenset({("holder", "member_id"), ("holder", "reference")})
_SOLD = frozenset({("card",), ("token",), ("member_id",), ("original",)})


def _hand_tier(world: World) -> Wish:
    until = wire(world.clock.now() + timedelta(days=90))
    body = {"tier": "silver", "until": until, "reason": "a friend", "protected": False}
    return Wish({"member_id": world.cal.member_id}, body=body)


def _adjusts(world: World) -> Wish:
    body = {
        "member_id": world.ana.member_id, "unit": "reward", "points": 1_000, "reason_code": "goodwill",
        "note": "fuzz", "reference": world.name("adj"),
    }  # fmt: skip
    return Wish(body=body)


def _adjusts_above(world: World) -> Wish:
    told = _adjusts(world).body | {"member_id": world.fay.member_id, "unit": "status", "points": 11}
    return Wish(body=told)


def _decides(world: World) -> Wish:
    asked = world.asked()
    return Wish({"approval_id": asked["approval_id"]}, body={"digest": asked["digest"]})


def _basket(world: World) -> dict[str, Any]:
    line = {"line": 1, "sku": "A1", "category": "later", "quantity": "1", "amount": "20.00"}
    return {
        "card": world.ana.card, "store": "S1", "terminal": "T1", "sold_at": world.now(), "cashier": "c7",
        "currency": "CNY", "lines": [line], "attributes": {"colour": "red"},
    }  # fmt: skip


def _sale(world: World) -> dict[str, Any]:
    return _basket(world) | {
        "business_date": "2026-01-05", "receipt": world.name("r"), "rounding": "0.00",
        "tenders": [
            {"kind": "points", "amount": "1.00", "points": 100, "unit": "reward"},
            {"kind": "cash", "amount": "19.00"},
        ],
    }  # fmt: skip


def _held_sale(world: World) -> dict[str, Any]:
    held = world.ana.hold(200, reference=world.name("h"))["hold_id"]
    paid = {"kind": "points", "amount": "1.00", "points": 100, "hold_id": held}
    quoted = world.till.post("/quotes", _basket(world)).json["quote_id"]
    return _sale(world) | {"tenders": [paid, {"kind": "cash", "amount": "19.00"}], "quote_id": quoted}


def _returns(world: World) -> dict[str, Any]:
    lines = [{"line": 1, "quantity": "0", "amount": "0.01"}]
    return receipt(world.name("b"), "return_ref") | {"returned_at": world.now(), "lines": lines}


def _brings_back(world: World) -> Wish:
    original = {name: world.sale[name] for name in ("store", "terminal", "business_date", "receipt")}
    return Wish(body=_returns(world) | {"original": original}, one_of=(_SOLD, _GOODS))


def _brings_goods(world: World) -> Wish:
    line = {"line": 1, "sku": "A", "category": "later", "quantity": "1", "amount": "0.01"}
    body = _returns(world) | {"card": world.ana.card, "lines": [line]}
    return Wish(body=body, one_of=(_SOLD, _GOODS))


def _cancels(world: World) -> Wish:
    return Wish(body=receipt(world.name("r")) | {"cancel_ref": world.name("c")})


def _cancels_a_sale(world: World) -> Wish:
    sale = _sale(world)
    world.till.post("/purchases", sale)
    return Wish(body=receipt(sale["receipt"]) | {"cancel_ref": world.name("c")})


def _reconciles(world: World) -> Wish:
    total = {"count": 1, "amount": "1.00"}
    slip = {"terminal": "T1", "receipt": world.sale["receipt"], "kind": "sale", "amount": "1.00"}
    totals = {"sales": total, "returns": total, "redeemed": total}
    body = {"store": "S1", "business_date": "2026-01-05", "totals": totals, "receipts": [slip]}
    return Wish(body=body)


def _tells_a_fact(world: World) -> Wish:
    body = {
        "card": world.ana.card, "kind": "called", "reference": world.name("f"), "happened_at": world.now(),
        "attributes": {"colour": "red"}, "about": world.purchase,
    }  # fmt: skip
    return Wish(body=body, one_of=(BEARER,))


def _spends(world: World, **more: Any) -> Wish:
    body = {"card": world.ana.card, "points": 2, "unit": "reward", "reference": world.name("s")} | more
    return Wish(body=body, one_of=(BEARER,))


def _transfers(world: World) -> Wish:
    body = {
        "from": world.ben.member_id, "to": world.ana.member_id, "unit": "reward", "points": 3,
        "reference": world.name("t"),
    }  # fmt: skip
    return Wish(body=body)


def _state(world: World) -> dict[str, Any]:
    covered = {
        "no": 1, "product": "life", "main": True, "premium": "1000.00", "reduced_premium": "500.00",
        "pay_mode": "annual", "pay_years": 20, "cover_years": 30, "whole_life": False,
    }  # fmt: skip
    return policy(
        world.rng.randint(1, 10**6),
        effective_at=world.now(), holder={"reference": "C-2"}, group=False, channel="agency",
        service_agent="A-1", holder_is_agent=False, receipt_signed_on="2025-12-05", paid_to="2026-12-01",
        years_paid=1, grace_ends_on="2027-02-01", coverages=[covered], attributes={"colour": "red"},
        insured=[{"reference": "C-1", "relation": "spouse", "birth_date": "1980-02-29"}],
    )  # fmt: skip


def _premium(world: World) -> dict[str, Any]:
    return {
        "policy_no": "P0", "due_on": "2025-12-01", "paid_at": world.now(), "amount": "100.00",
        "currency": "CNY", "reference": world.name("F"),
    }  # fmt: skip


def _paid(world: World) -> Wish:
    premium = _premium(world)
    world.till.post("/premiums", premium)
    return Wish({"reference": premium["reference"]})


def _customer(world: World) -> Wish:
    body = {name: told for name, told in person(world).items() if name in ("phone", "email", "address")}
    body |= {
        "version": world.rng.randint(1, 10**6), "name": "王小明", "birth_date": "1980-02-29",
        "documents": [{"kind": "id", "number": "X1"}], "references": ["C-5b"], "agent": "A-1",
        "deceased": False,
    }  # fmt: skip
    return Wish({"reference": "C-5"}, body=body)


def _endpoint_changes(world: World) -> Wish:
    path = f"/webhook-endpoints/{world.endpoint}"
    body = {"url": "https://hooks.example.org/b", "kinds": ["points.earned"], "state": "active"}
    return Wish(
        {"endpoint_id": world.endpoint}, headers=world.etag(path), body=body | {"rotate_secret": False}
    )


def _endpoint_leaves(world: World) -> Wish:
    gone = world.spare_endpoint()
    return Wish({"endpoint_id": gone}, headers=world.etag(f"/webhook-endpoints/{gone}"))


def _puts_up(world: World) -> Wish:
    world.make_room()
    return Wish(body={"url": "https://hooks.example.org/c", "kinds": ["points.earned"]})


#: Operation → requests that are granted, each made anew; together they hold every array and object.
WISHES: Wishes = {
    **BENEFIT_WISHES,
    **PERSON_WISHES,
    "POST /v1/members/{member_id}/cards": (
        lambda world: Wish({"member_id": world.cal.member_id}, body={"reason": "lost"}),
    ),
    "POST /v1/members/{member_id}/block": (member("dan"),),
    "POST /v1/members/{member_id}/unblock": (member("dan"),),
    "POST /v1/members/{member_id}/codes": (
        lambda world: Wish({"member_id": world.ana.member_id}, body={"purpose": "earn"}),
    ),
    "GET /v1/members/{member_id}/balance": (member(),),
    "GET /v1/members/{member_id}/tier": (member(),),
    "POST /v1/members/{member_id}/tier": (_hand_tier,),
    "GET /v1/members/{member_id}/entries": (member(),),
    "POST /v1/adjustments": (_adjusts, _adjusts_above),
    "GET /v1/approvals": (lambda world: Wish(query={"state": "waiting", "kind": "adjustment"}),),
    "GET /v1/approvals/{approval_id}": (of("approval_id", lambda world: world.asked()["approval_id"]),),
    "POST /v1/approvals/{approval_id}/approve": (_decides,),
    "POST /v1/approvals/{approval_id}/refuse": (_decides,),
    "POST /v1/approvals/{approval_id}/withdraw": (
        of("approval_id", lambda world: world.asked(by_others=False)["approval_id"]),
    ),
    "POST /v1/quotes": (says(_basket, BEARER),),
    "POST /v1/purchases": (says(_sale, BEARER), says(_held_sale, BEARER)),
    "GET /v1/purchases": (lambda world: Wish(query=receipt(world.sale["receipt"])),),
    "GET /v1/purchases/{purchase}": (of("purchase", lambda world: world.purchase),),
    "POST /v1/purchases/batch": (says(_sale, BEARER), says(_held_sale, BEARER)),
    "POST /v1/purchases/{purchase}/returns": (
        lambda world: Wish({"purchase": world.purchase}, body=_returns(world), one_of=(_GOODS,)),
    ),
    "POST /v1/returns": (_brings_back, _brings_goods),
    "POST /v1/purchases/cancel": (_cancels, _cancels_a_sale),
    "GET /v1/reviews": (lambda world: Wish(query={"state": "open"}),),
    "GET /v1/reviews/{review_id}": (of("review_id", World.review),),
    "POST /v1/reviews/{review_id}/release": (of("review_id", World.review),),
    "POST /v1/reviews/{review_id}/reject": (of("review_id", World.review),),
    "POST /v1/reconciliations": (_reconciles,),
    "POST /v1/facts": (_tells_a_fact,),
    "POST /v1/holds": (lambda world: _spends(world, ends_in_seconds=60),),
    "GET /v1/holds": (lambda world: Wish(query={"reference": world.held_as}),),
    "POST /v1/holds/{hold_id}/capture": (lambda world: Wish({"hold_id": world.hold()}, body={"points": 1}),),
    "POST /v1/holds/{hold_id}/void": (of("hold_id", World.hold),),
    "POST /v1/holds/cancel": (says(lambda world: {"reference": world.name("h")}),),
    "GET /v1/holds/{hold_id}": (of("hold_id", lambda world: world.held),),
    "POST /v1/redemptions": (
        lambda world: _spends(world, **{"for": "tea"}),
        lambda world: _spends(world, pool=True),
    ),
    "GET /v1/redemptions": (lambda world: Wish(query={"reference": world.spent_as}),),
    "POST /v1/redemptions/{redemption}/reverse": (
        lambda world: Wish({"redemption": world.spent()}, body={"points": 1, "reference": world.name("rev")}),
    ),
    "POST /v1/redemptions/cancel": (says(lambda world: {"reference": world.name("s")}),),
    "GET /v1/redemptions/{redemption}": (of("redemption", lambda world: world.redemption),),
    "POST /v1/transfers": (_transfers,),
    "PUT /v1/policies/{policy_no}": (
        lambda world: Wish(
            {"policy_no": f"P{world.rng.randint(1, 9)}"}, body=_state(world), one_of=(_HOLDER,)
        ),
    ),
    "GET /v1/policies/{policy_no}": (of("policy_no", lambda world: "P0"),),
    "POST /v1/policies/batch": (
        lambda world: Wish(
            body=_state(world) | {"policy_no": f"P{world.rng.randint(1, 9)}"}, one_of=(_HOLDER,)
        ),
    ),
    "POST /v1/premiums": (says(_premium),),
    "POST /v1/premiums/{reference}/reverse": (_paid,),
    "PUT /v1/customers/{reference}": (_customer,),
    "GET /v1/customers/{reference}": (of("reference", lambda world: "C-1"),),
    "GET /v1/events": (lambda world: Wish(query={"limit": "3"}),),
    "POST /v1/webhook-endpoints": (_puts_up,),
    "GET /v1/webhook-endpoints": (lambda world: Wish(),),
    "GET /v1/webhook-endpoints/{endpoint_id}": (of("endpoint_id", lambda world: world.endpoint),),
    "PATCH /v1/webhook-endpoints/{endpoint_id}": (_endpoint_changes,),
    "DELETE /v1/webhook-endpoints/{endpoint_id}": (_endpoint_leaves,),
}
