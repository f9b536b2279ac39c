"""What was asked, put together from what was done: a claim's hash is of just that (law 5, P2)."""

import json
from collections.abc import Iterator
from hashlib import sha256
from itertools import product
from typing import Any

from tests.proofs.judging.court import Court
from tests.proofs.judging.days import number_of, pair
from tests.proofs.judging.households import pooled
from tests.proofs.judging.life import Life, Row


def fingerprint(content: object) -> str:
    """The hash of a wish."""
    text = json.dumps(content, default=str, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return sha256(text.encode()).hexdigest()


def judge(court: Court, life: Life, claim: Row, row: Row, act: str) -> None:
    """A claim on an operation is on what its rows tell, in one of the words in which it can be asked."""
    contents = list(_contents(court, life, claim, row, act))
    if life.kin and (_by_bearer(act, row) or life.kind(row.refers_to) == "hold_in"):  # by an old name, maybe
        return
    if _by_bearer(act, row) and life.erased_at:  # the codes of whoever was forgotten are gone (M7)
        return
    if contents and not (
        _by_bearer(act, row) and any(code.used_at == row.booked_at for code in life.member_code)
    ):
        due = {fingerprint(content) for content in contents}
        what = f"request_hash is {claim.request_hash[:12]}…, and what was done is not what it is of"
        court.holds("5", claim, claim.request_hash in due, what)


def _by_bearer(act: str, row: Row) -> bool:
    """Whether the member was named by a card, an id, or a code, which nobody keeps."""
    return act in ("redemption", "reward_order", "hold") or (act == "return" and row.refers_to is None)


def _bearers(life: Life) -> list[dict[str, Any]]:
    cards = [{"card": card.number, "member_id": None} for card in life.card]
    return [*cards, {"card": None, "member_id": life.member_id}]


def _contents(court: Court, life: Life, claim: Row, row: Row, act: str) -> Iterator[Any]:
    told = row.reasons or {}
    parts = life.parts.get(row.op_id, [])
    unit, points = (parts[0].unit, parts[0].points) if parts else ("", 0)
    together = {"pool": True} if "pool" in told else {}
    mine, ours = life.member_id, pair(life.member_id, row.refers_to or 0)
    if act == "redemption" and "reference" in told:
        for bearer, named in product(_bearers(life), (unit, None)):
            asked = {"bearer": bearer, "unit": named, "points": points + pooled(row)}
            yield asked | {"for": told.get("for")} | together
    elif act == "reward_order":
        yield from ({"bearer": one, "reward": told.get("reward")} | together for one in _bearers(life))
    elif act == "reward_cancel":
        yield {"order": ours}
    elif act == "hold" and (hold := life.holds.get(row.op_id)) is not None:
        seconds = (hold.ends_at - hold.taken_at).total_seconds()
        for bearer, named in product(_bearers(life), (unit, None)):
            yield {"bearer": bearer, "unit": named, "points": points, "seconds": seconds}
    elif act == "adjustment" and not life.erased_at:  # then what was noted is gone (M7)
        signed = sum(line.points for line in life.lines.get((row.op_id, unit), []))
        for whose in (mine, *life.kin):
            yield {"member": whose, "unit": unit, "points": signed, "reason": told.get("reason_code"),
                   "note": told.get("note")}  # fmt: skip
    elif act == "reversal":
        yield from ({"redemption": ours, "points": named} for named in (points + pooled(row), None))
    elif act == "void":
        yield {"hold": ours, "captured": 0}
    elif act == "capture" and claim.request_hash:
        yield from ({"hold": ours, "captured": named} for named in (points, None))
    elif act == "cancellation" and (sale := life.sales.get(row.refers_to or 0)) is not None:
        yield {"receipt": [sale.store, sale.terminal, sale.business_date.isoformat(), sale.receipt]}
    elif act == "premium" and (premium := life.premiums.get(row.op_id)) is not None:
        names = ("reference", "policy_no", "due_on", "paid_at", "amount_minor")
        currency = court.editions.items[0].currency
        yield {name: getattr(premium, name) for name in names} | {"currency": currency}
    elif act == "premium_reversal" and (premium := life.premiums.get(row.refers_to or 0)) is not None:
        yield {"reference": premium.reference}
    elif act == "transfer":
        other = number_of(told.get("with"))
        if not life.kin:
            for to in (other, *court.merged.get(other or 0, ())):
                yield {"from": mine, "to": to, "unit": unit, "points": points}
    elif act in ("merge", "unmerge") and not life.erased_at:
        other, said = number_of(told.get("with")), {"reason": told.get("reason"), "note": told.get("note")}
        yield {"member": mine, "into": other, **said} if act == "merge" else {"member": other, **said}
    elif act == "return":
        back = life.returns.get(row.op_id)
        if back is not None:
            yield from _returns(life, back)


def _returns(life: Life, back: Row) -> Iterator[Any]:
    reference = {"store": back.store, "terminal": back.terminal, "business_date": back.business_date,
                 "receipt": back.return_ref}  # fmt: skip
    fact: dict[str, Any] = {
        "reference": reference,
        "returned_at": back.returned_at,
        "amount_minor": back.amount_minor,
    }
    if back.sale_op_id is not None:
        names = ("line", "quantity_thousandths", "amount_minor")
        fact["lines"] = [dict(zip(names, line, strict=True)) for line in back.lines]
        yield {"sale": [life.member_id, back.sale_op_id], "fact": fact}
        return
    names = ("line", "sku", "category", "quantity_thousandths", "amount_minor")
    fact |= {"lines": [], "goods": [dict(zip(names, line, strict=True)) for line in back.lines]}
    yield from ({"bearer": bearer, "fact": fact} for bearer in _bearers(life))
