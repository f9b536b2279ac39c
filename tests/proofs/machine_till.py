"""How wishes of the model are told to the application, and what of its answers the model speaks of."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from tests.makers import Shopper, receipt, wire
from tests.proofs.model import Member
from tests.proofs.model_rights import Right
from tests.proofs.model_terms import ATTAIN, FOREVER, RETAIN, TIERS, UNITS, day_of
from tests.proofs.model_wishes import Wish
from tests.receipts import money


def told(wish: Wish, people: list[Shopper], ids: Mapping[str, str]) -> tuple[str, Any]:
    """The path and the body of a wish."""
    who = people[wish.who]
    named = {"reference": wish.name}
    spends = {"card": who.card, "unit": wish.unit, "points": wish.points} | named
    match wish.verb:
        case "purchase":
            lines = [
                {"line": no, "amount": money(cents), "category": category}
                for no, (cents, category) in enumerate(wish.lines, 1)
            ]
            body = {"card": who.card, "sold_at": wire(wish.at), "currency": "EUR", "lines": lines}
            return "/purchases", receipt(wish.name) | body
        case "give_back":
            back = [{"line": no, "quantity": "0", "amount": money(cents)} for no, cents in wish.lines]
            goods = {"lines": back} if back else {"amount": money(wish.cents)}
            body = receipt(wish.name, "return_ref") | {"returned_at": wire(wish.at)} | goods
            if len(wish.name) % 2:
                return "/returns", body | {"original": receipt(wish.of)}
            return f"/purchases/{ids[wish.of]}/returns", body
        case "cancel_sale":
            return "/purchases/cancel", receipt(wish.of) | {"cancel_ref": wish.name}
        case "redeem":
            return "/redemptions", spends
        case "hold":
            return "/holds", spends | {"ends_in_seconds": wish.seconds}
        case "capture":
            return f"/holds/{ids[wish.of]}/capture", {"points": wish.points}
        case "void":
            return f"/holds/{ids[wish.of]}/void", None
        case "reverse":
            name = f"{wish.of}/spent" if wish.of.startswith("hold") else wish.of
            return f"/redemptions/{ids[name]}/reverse", {"points": wish.points} | named
        case "cancel_hold":
            return "/holds/cancel", named
        case "cancel_redemption":
            return "/redemptions/cancel", named
        case "adjust":
            why = {"reason_code": "goodwill", "note": "at random"}
            told = {"member_id": who.member_id, "unit": wish.unit, "points": wish.points}
            return "/adjustments", told | why | named
        case "transfer":
            ends = {"from": who.member_id, "to": people[wish.to].member_id}
            return "/transfers", ends | {"unit": wish.unit, "points": wish.points} | named
        case "hand":
            given = {"tier": wish.tier, "until": wire(wish.at), "reason": "a friend of the house"}
            return f"/members/{who.member_id}/tier", given
        case "block" | "unblock":
            return f"/members/{who.member_id}/{wish.verb}", None
    return told_of_card(wish, who, ids)


def told_of_card(wish: Wish, who: Shopper, ids: Mapping[str, str]) -> tuple[str, Any]:
    """The same of what cards give, and of what points buy."""
    named = {"reference": wish.name}
    match wish.verb:
        case "use":
            return "/benefit-uses", {"card": who.card, "benefit": wish.what} | visit(wish, ids) | named
        case "confirm" | "cancel_use" | "miss":
            ends = {"confirm": "confirm", "cancel_use": "cancel", "miss": "no-show"}
            return f"/benefit-uses/{ids[wish.of]}/{ends[wish.verb]}", None
        case "order":
            return "/reward-orders", {"card": who.card, "reward": wish.what} | named
        case "cancel_order" | "send":
            return f"/reward-orders/{ids[wish.of]}/{wish.verb.partition('_')[0]}", None
        case "burn":
            return f"/vouchers/{ids[f'{wish.of}/voucher']}/use", named
    raise ValueError(wish.verb)


def visit(wish: Wish, ids: Mapping[str, str]) -> dict[str, Any]:
    """When a visit is, to which event, and with how many."""
    event = {"event": ids[wish.of]} if wish.of else {}
    booked = {"at": wire(wish.at), "reserve": True} if wish.reserve and not event else {}
    return {"party": 1 + wish.guests} | event | booked


def names_of(wish: Wish, answer: Any) -> dict[str, str]:
    """The application's ids in an answer, by the model's names."""
    match wish.verb:
        case "purchase":
            return {wish.name: answer["purchase_id"]}
        case "redeem":
            return {wish.name: answer["redemption_id"]}
        case "hold":
            return {wish.name: answer["hold_id"]}
        case "capture":
            return {f"{wish.of}/spent": answer["redemption_id"]}
        case "use":
            return {wish.name: answer["use_id"]}
        case "order":
            return {wish.name: answer["order_id"], f"{wish.name}/voucher": answer["voucher"]}
    return {}


def instant(text: str) -> datetime:
    """As the API writes it."""
    return datetime.fromisoformat(text)


def heard(answer: Any) -> dict[str, Any]:
    """An answer in the model's words: awards laid flat."""
    award = answer.get("award")
    if award is None:
        return answer
    pending = sorted((one["unit"], one["points"], instant(one["opens_at"])) for one in award["pending"])
    return answer | {"units": award["units"], "pending": pending}


def balance(member: Member) -> dict[str, Any]:
    """What a balance shows."""
    return {
        unit: member.figures(unit)
        | {"expiring": [(n, str(day)) for day, n in sorted(member.lots[unit].items()) if day != FOREVER]}
        for unit in UNITS
    }


def rights(had: Mapping[str, Right]) -> dict[str, Any]:
    """What a look at benefits shows."""
    return {
        benefit: {
            "granted": one.granted, "reserved": one.reserved, "used": one.used, "remaining": one.remaining,
            "from": wire(one.from_at), "until": wire(one.until) if one.until else None,
        }
        for benefit, one in had.items()
    }  # fmt: skip


def rights_heard(answer: Any) -> dict[str, Any]:
    figures = ("granted", "reserved", "used", "remaining")
    return {
        one["benefit"]: {name: one[name] for name in figures}
        | {name: one["period"][name] for name in ("from", "until")}
        for one in answer["items"]
    }


def balance_heard(answer: Any) -> dict[str, Any]:
    return {
        unit: {name: shown[name] for name in ("available", "held", "pending", "debt")}
        | {"expiring": [(lot["points"], lot["last_day"]) for lot in shown["expiring"]]}
        for unit, shown in answer["units"].items()
    }


def standing(member: Member, at: Any) -> dict[str, Any]:
    """What a tier shows."""
    term = member.terms[-1]
    measure = member.measure(day_of(at))
    step = (
        {"tier": TIERS[term.tier + 1], "missing": max(0, ATTAIN[term.tier + 1] - measure)}
        if term.tier + 1 < len(TIERS)
        else None
    )
    return {
        "tier": TIERS[term.tier],
        "from": wire(term.from_at),
        "until": wire(term.until),
        "reason": term.reason,
        "measure": measure,
        "next": step,
        "keep": {"missing": max(0, RETAIN[term.tier] - measure)},
    }


def tier_heard(answer: Any) -> dict[str, Any]:
    return {name: answer[name] for name in ("tier", "from", "until", "reason", "measure", "next", "keep")}
