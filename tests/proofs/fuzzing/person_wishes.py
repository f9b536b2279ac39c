"""Requests that are granted, for every call about who is a member."""

from typing import Any

from tests.proofs.fuzzing.wish import Wish, Wishes, member, says
from tests.proofs.fuzzing.world import World

_PERSON = frozenset({("card",), ("token",), ("phone",), ("email",), ("reference",)})
_CONSENT = {
    "act": "given", "purpose": "news", "recipient": "the club", "data": "name, phone",
    "text_sha256": "0" * 64, "language": "zh", "channel": "app",
}  # fmt: skip
_ADDRESS = {
    "recipient": "Ana", "lines": ["Rua 1"], "city": "Lisboa", "region": "L", "postcode": "1000",
    "country": "PT",
}  # fmt: skip


def person(world: World) -> dict[str, Any]:
    """What may be told of somebody."""
    return {
        "phone": "13800138000", "email": "a@example.org", "address": _ADDRESS, "locale": "zh",
        "attributes": {"colour": "red"}, "consents": [_CONSENT],
    }  # fmt: skip


def _joins(world: World) -> Wish:
    body = person(world) | {
        "name": "王小明", "birth_date": "1980-02-29", "references": [world.name("ref")],
        "identity": [{"kind": "id", "number": world.name("doc")}],
    }  # fmt: skip
    return Wish(body=body)


def _changes(world: World) -> Wish:
    member_id = world.newcomer()  # whoever is known longer may be merged, and forgotten, by now
    return Wish({"member_id": member_id}, headers=world.etag(f"/members/{member_id}"), body=person(world))


def _leaves(world: World) -> Wish:
    member_id = world.newcomer()
    return Wish({"member_id": member_id}, headers=world.etag(f"/members/{member_id}"))


def _merges(world: World) -> Wish:
    body = {"into": world.newcomer(), "reason": "same_person", "note": "seen", "reference": world.name("m")}
    return Wish({"member_id": world.newcomer()}, body=body)


def _unmerges(world: World) -> Wish:
    wish = _merges(world)
    world.cal.till.post(f"/members/{wish.path['member_id']}/merge", wish.body)
    return Wish(wish.path, body={"reason": "two", "note": "seen", "reference": world.name("u")})


PERSON_WISHES: Wishes = {
    "POST /v1/members": (_joins,),
    "GET /v1/members/{member_id}": (member(),),
    "PATCH /v1/members/{member_id}": (_changes,),
    "DELETE /v1/members/{member_id}": (_leaves,),
    "POST /v1/members/{member_id}/merge": (_merges,),
    "POST /v1/members/{member_id}/unmerge": (_unmerges,),
    "GET /v1/members/{member_id}/export": (member(),),
    "POST /v1/members/lookup": (says(lambda world: {"card": world.ana.card}, _PERSON),),
}
