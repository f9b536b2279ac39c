"""A member's life carried out again, under the editions as they were or under others. Pure.

Nothing is decided here: every fact goes to the decision that booked it. What the editions refuse has not
happened; a sale whose points are refused was paid with money.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from loyalty.decide import (
    arrival,
    cancel,
    giving,
    leftover,
    lived,
    occasion,
    paying,
    policy,
    pool,
    premium,
    purchase,
    rating,
    reward,
    spend,
    standing,
    transfer,
    without_receipt,
)
from loyalty.decide.course import Course
from loyalty.decide.lived import Fact, Lived
from loyalty.decide.memory import NOWHERE, Memory, Order, Policy, Sale
from loyalty.decide.outcome import Outcome
from loyalty.decide.programme import Editions
from loyalty.decide.rating import Told
from loyalty.decide.reward import Bought
from loyalty.decide.take_back import give_back_goods
from loyalty.errors import HoldClosed, NotFound, NotTransferable, Refusal
from loyalty.ledger.lots import Account, choose
from loyalty.sales.facts import BY_POINTS, Purchase, Returned


def replayed(editions: Editions, life: Lived) -> Memory:
    """A life under some editions, as far as its last fact."""
    memory = Memory(editions, life)
    for fact in life.facts:
        _tell(memory, fact)
    return memory


def _tell(memory: Memory, fact: Fact) -> None:
    name, how = _HOW[type(fact)]
    try:
        how(memory, fact)
    except Refusal as refusal:
        memory.refused[name, refusal.code] += 1


def _come(memory: Memory, fact: lived.Came) -> None:
    editions = memory.editions
    accounts = {unit: Account(unit) for unit in editions.at(fact.at).programme.units}
    unborn = replace(memory.snapshot, accounts=accounts)
    if fact.luggage is None:
        memory.live(occasion.enrolment(editions, unborn, fact.at, memory.ids), fact.at)
    else:
        memory.live(arrival.arrive(editions, fact.luggage, unborn, fact.at, memory.ids), fact.at)


def _buy(memory: Memory, fact: lived.Bought) -> None:
    try:
        _book(memory, fact, _as_here(memory, fact.fact))
    except Refusal as refusal:
        if fact.fact.by_points is None:
            raise
        memory.refused["points as payment", refusal.code] += 1
        _book(memory, fact, _in_money(fact.fact))


def _book(memory: Memory, fact: lived.Bought, sale: Purchase) -> None:
    quoted = None if fact.quoted is None else memory.edition_here(fact.quoted)
    outcome = purchase.purchase(
        memory.editions, sale, memory.snapshot, fact.at, memory.ids, quoted, fact.told_at
    )
    memory.live(outcome, fact.at)
    paid = next((one.op_id for one in outcome.operations if one.kind in paying.SPENDING), None)
    if paid is not None and fact.paid_by is not None:
        memory.here[fact.paid_by] = paid
    sold = replace(memory.given(fact.op_id, outcome), lines=sale.lines, tenders=sale.tenders)
    memory.sales[fact.op_id] = Sale(sold, sale.sold_at, paid)


def _bring_back(memory: Memory, fact: lived.BroughtBack) -> None:
    if fact.sale is None:
        outcome = without_receipt.give_back_unreceipted(
            memory.editions, fact.fact, memory.snapshot, fact.at, memory.ids
        )
        memory.live(outcome, fact.at)
        return
    sold = memory.sold(fact.sale)
    gone = memory.gone(sold.op_id, fact.at, void=False)
    outcome = give_back_goods(memory.editions, sold, fact.fact, memory.snapshot, fact.at, memory.ids, gone)
    memory.live(outcome, fact.at)
    sale = memory.sales[fact.sale]
    sale.sold = replace(sale.sold, returns=(*sold.returns, fact.fact))
    if Returned.of(sale.sold.returns).in_all_minor:
        memory.undone.setdefault(sold.op_id, False)


def _cancel(memory: Memory, fact: lived.Cancelled) -> None:
    sold, sale = memory.sold(fact.op_id), memory.sales[fact.op_id]
    of_premium = fact.op_id in memory.premiums
    void = of_premium or cancel.is_void(memory.editions, sale.at, fact.at)
    outcome = cancel.cancel(
        memory.editions, sold, memory.snapshot, fact.at, memory.ids, void=void,
        gone=memory.gone(sold.op_id, fact.at, void=void), judged_at=sale.at if of_premium else None,
    )  # fmt: skip
    memory.live(outcome, fact.at)
    memory.undone[sold.op_id] = void


def _act(memory: Memory, fact: lived.Acted) -> None:
    about = fact.fact.about
    told = fact.fact if about is None else replace(fact.fact, about=memory.here.get(about, NOWHERE))
    outcome = occasion.activity(memory.editions, told, memory.snapshot, fact.at, memory.ids)
    memory.live(outcome, fact.at)
    memory.given(fact.op_id, outcome)


def _celebrate(memory: Memory, fact: lived.Celebrated) -> None:
    outcome = occasion.yearly(
        memory.editions, fact.on, fact.happened_at, memory.snapshot, fact.at, memory.ids
    )
    memory.live(outcome, fact.at)


def _pay(memory: Memory, fact: lived.Paid) -> None:
    outcome = premium.pay(memory.editions, fact.fact, fact.state, "", memory.snapshot, fact.at, memory.ids)
    memory.live(outcome, fact.at)
    happened_at = min(fact.fact.paid_at, fact.at)
    judged = giving.judged_at(memory.editions, happened_at, fact.at)
    memory.sales[fact.op_id] = Sale(memory.given(fact.op_id, outcome), judged)
    memory.premiums.add(fact.op_id)


def _insure(memory: Memory, fact: lived.Insured) -> None:
    since = fact.at if fact.by_club else min(fact.state.effective_at, fact.at)
    rebases = tuple((at, memory.edition_here(number)) for at, number in fact.told.rebases)
    _follow(memory, fact.state.policy_no, replace(fact.told, rebases=rebases), since, fact.at)


def _follow(memory: Memory, policy_no: str, told: Told, since: datetime, at: datetime) -> None:
    known, mine = memory.policies.get(policy_no), memory.life.member_id
    after = rating.schedule(memory.editions, told, mine)
    waiting = rating.waiting(memory.editions, told, mine, at)
    share = policy.Share((), after, waiting=waiting)
    if known is not None:
        share = replace(known.share, before=known.share.after, after=after, waiting=waiting)
    void = policy.is_void(memory.editions, told, at)
    gone = memory.gone(share.op_id, at, void=True) if void and share.op_id is not None else None
    outcome = policy.follow(memory.editions, share, since, {}, memory.snapshot, at, memory.ids, gone)
    memory.live(outcome, at)
    op_id, promises = policy.kept_of(share, outcome)
    if op_id is not None:
        kept = replace(share, op_id=op_id, promises=promises)
        memory.policies[policy_no] = Policy(told, kept, void)


def _spend(memory: Memory, fact: lived.Spent) -> None:
    if fact.by_others:
        told = memory.editions, fact.unit, fact.points, memory.snapshot, next(memory.ids)
        outcome = pool.give(*told, fact.at, memory.ids, {})
    elif fact.reward is None:
        outcome = spend.redeem(
            memory.editions, fact.unit, fact.points, memory.snapshot, fact.at, memory.ids, {}
        )
    else:
        outcome = _order(memory, fact, fact.reward)
    memory.live(outcome, fact.at)
    memory.here[fact.op_id] = outcome.booked(pool.OUT if fact.by_others else "redeem").op_id


def _order(memory: Memory, fact: lived.Spent, code: str) -> Outcome:
    """A reward is bought; stocks and the value cap of a year, which know more than one life, are not."""
    before = [Bought(one.reward, one.on) for one in memory.orders.values()]
    outcome = reward.buy(memory.editions, code, before, 0, memory.snapshot, fact.at, memory.ids, "")
    terms, course = memory.editions.at(fact.at).programme.reward(code), memory.course(fact.at)
    memory.orders[fact.op_id] = Order(code, course.day(fact.at), terms.points, terms.cost_minor)
    return outcome


def _give_back(memory: Memory, fact: lived.GivenBack) -> None:
    spent = memory.spent.get(memory.here.get(fact.op_id, NOWHERE))
    if spent is None:
        raise NotFound()
    outcome = spend.reverse(memory.editions, spent, fact.points, memory.snapshot, fact.at, memory.ids)
    memory.live(outcome, fact.at)
    memory.orders.pop(fact.op_id, None)


def _hold(memory: Memory, fact: lived.Held) -> None:
    outcome = spend.hold(
        memory.editions, fact.unit, fact.points, fact.lasts, memory.snapshot, fact.at, memory.ids
    )
    memory.live(outcome, fact.at)
    here = memory.here[fact.op_id] = outcome.booked("hold").op_id
    memory.held[here] = fact.unit


def _close(memory: Memory, fact: lived.Closed) -> None:
    hold = memory.here.get(fact.hold, NOWHERE)
    if hold not in memory.held:
        raise HoldClosed()
    unit = memory.held[hold]
    outcome = spend.close_hold(memory.editions, unit, hold, fact.points, memory.snapshot, fact.at, memory.ids)
    memory.live(outcome, fact.at)
    closing = "capture" if fact.points else "void"
    memory.here[fact.op_id] = outcome.booked(closing).op_id


def _correct(memory: Memory, fact: lived.Corrected) -> None:
    outcome = spend.adjust(memory.editions, fact.unit, fact.points, memory.snapshot, fact.at, memory.ids, {})
    memory.live(outcome, fact.at)


def _pass_on(memory: Memory, fact: lived.PassedOn) -> None:
    course = _transferring(memory, fact.unit, fact.at)
    portions = choose(course.account(fact.unit), fact.points)
    outcome = transfer.give_away(course, fact.unit, portions, course.new_id(), fact.at, {})
    memory.live(outcome, fact.at)


def _receive(memory: Memory, fact: lived.Received) -> None:
    course = _transferring(memory, fact.unit, fact.at)
    outcome = transfer.take_in(course, fact.unit, fact.portions, course.new_id(), fact.at, {})
    memory.live(outcome, fact.at)


def _hand(memory: Memory, fact: lived.Handed) -> None:
    course = memory.course(fact.at)
    standing.hand(course, fact.tier, fact.until_at, fact.note, fact.protected, fact.at)
    memory.live(course.outcome(), fact.at)


def _forget(memory: Memory, fact: lived.Forgotten) -> None:
    for policy_no, known in list(memory.policies.items()):
        states = tuple(
            replace(one, holder=None) if one.holder == memory.life.member_id else one
            for one in known.told.states
        )
        _follow(memory, policy_no, replace(known.told, states=states), fact.at, fact.at)
    course = memory.course(fact.at)
    leftover.forfeit_all(course, fact.at)
    memory.live(course.outcome(), fact.at)


def _transferring(memory: Memory, unit: str, at: datetime) -> Course:
    if memory.editions.at(at).programme.units[unit].transfer is None:
        raise NotTransferable(unit=unit)
    return memory.course(at)


def _as_here(memory: Memory, sale: Purchase) -> Purchase:
    """A sale whose tender names the hold by its number here."""
    tender = sale.by_points
    if tender is None or tender.hold is None:
        return sale
    held = replace(tender, hold=(memory.life.member_id, memory.here.get(tender.hold[1], NOWHERE)))
    return replace(sale, tenders=tuple(held if one is tender else one for one in sale.tenders))


def _in_money(sale: Purchase) -> Purchase:
    """The same sale, with what points did not pay paid like anything else."""
    plain = (
        replace(one, kind="cash", unit=None, points=0, hold=None) if one.kind == BY_POINTS else one
        for one in sale.tenders
    )
    return replace(sale, tenders=tuple(plain))


_HOW: dict[type, tuple[str, Callable[[Memory, Any], None]]] = {
    lived.Came: ("enrolment", _come),
    lived.Bought: ("purchase", _buy),
    lived.BroughtBack: ("return", _bring_back),
    lived.Cancelled: ("cancellation", _cancel),
    lived.Acted: ("activity", _act),
    lived.Celebrated: ("occasion", _celebrate),
    lived.Insured: ("policy", _insure),
    lived.Paid: ("premium", _pay),
    lived.Spent: ("redemption", _spend),
    lived.GivenBack: ("reversal", _give_back),
    lived.Held: ("hold", _hold),
    lived.Closed: ("capture", _close),
    lived.Corrected: ("adjustment", _correct),
    lived.PassedOn: ("transfer", _pass_on),
    lived.Received: ("transfer", _receive),
    lived.Handed: ("tier by hand", _hand),
    lived.Forgotten: ("erasure", _forget),
}
