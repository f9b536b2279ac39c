"""How the baseline books a sale: one unit of work, one commit."""

from datetime import date, timedelta
from typing import Any

from flask import abort
from sqlalchemy import func, select, tuple_
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import selectinload

from bench.baseline.models import (
    Card,
    Entry,
    IdempotencyKey,
    Lot,
    Member,
    Outbox,
    Purchase,
    Tally,
    db,
)
from bench.baseline.rules import ZONE, award_for, expires_on, is_higher, tier_for
from bench.baseline.schemas import PurchaseOut

purchase_out = PurchaseOut()
YEAR = timedelta(days=365)


def answered_before(client: str, key: str) -> IdempotencyKey | None:
    """What a key was answered with."""
    return db.session.get(IdempotencyKey, (client, key))


def record(sale: dict[str, Any], client: str, key: str | None, request_hash: str) -> dict[str, Any]:
    """Book a sale and say what it led to; 404 for an unknown card, 409 for a receipt that was told before."""
    member = _member(sale["card"])
    award = award_for(sale, member.tier)
    earned = _totals(award)
    sold_on = sale["sold_at"].astimezone(ZONE).date()
    lots = _lots(member, sold_on)
    tier_change = _count_and_lift(member, earned["status"], sold_on)
    purchase = _purchase(sale, member, award)
    _book(purchase, member, earned, lots)
    db.session.add(purchase)
    db.session.add(Outbox(member_id=member.id, kind="points.earned", body={"units": earned}))
    try:
        db.session.flush()  # gives the purchase its id
        answer: dict[str, Any] = purchase_out.dump(
            {
                "purchase_id": purchase.id,
                "award": {"units": earned, "because": award},
                "balance": {account.unit: account.balance for account in member.accounts},
                "tier": member.tier,
                "tier_change": tier_change,
            }
        )
        if key is not None:
            db.session.add(IdempotencyKey(client=client, key=key, request_hash=request_hash, answer=answer))
        db.session.commit()
    except IntegrityError:
        db.session.rollback()
        abort(409)
    return answer


def _member(card: str) -> Member:
    """The member who holds a working card, locked; the accounts are read under that lock."""
    member = db.session.scalar(
        select(Member)
        .join(Card, Card.member_id == Member.id)
        .where(Card.number == card, Card.blocked_at.is_(None))
        .options(selectinload(Member.accounts))
        .with_for_update(of=Member)
    )
    return member or abort(404)


def _purchase(sale: dict[str, Any], member: Member, award: list[dict[str, Any]]) -> Purchase:
    return Purchase(
        member_id=member.id,
        store=sale["store"],
        terminal=sale["terminal"],
        business_date=sale["business_date"],
        receipt=sale["receipt"],
        sold_at=sale["sold_at"],
        currency=sale["currency"],
        amount_minor=int(sum(line["amount"] for line in sale["lines"]) * 100),
        lines=[
            line | {"quantity": str(line["quantity"]), "amount": str(line["amount"])}
            for line in sale["lines"]
        ],
        award=award,
    )


def _totals(award: list[dict[str, Any]]) -> dict[str, int]:
    earned = {"reward": 0, "status": 0}
    for reason in award:
        earned[reason["unit"]] += reason["points"]
    return earned


def _lots(member: Member, sold_on: date) -> dict[int, Lot]:
    """By account the lot of the last day that points earned now have; a fresh one where there is none yet."""
    days = {account.id: expires_on(account.unit, sold_on) for account in member.accounts}
    found = db.session.scalars(select(Lot).where(tuple_(Lot.account_id, Lot.expires_on).in_(days.items())))
    lots = {lot.account_id: lot for lot in found}
    return {
        key: lots.get(key) or Lot(account_id=key, expires_on=day, remaining=0) for key, day in days.items()
    }


def _book(purchase: Purchase, member: Member, earned: dict[str, int], lots: dict[int, Lot]) -> None:
    """Add points to the accounts and to their lots, with their entries."""
    for account in member.accounts:
        if points := earned[account.unit]:
            lot = lots[account.id]
            lot.remaining += points
            account.balance += points
            purchase.entries.append(
                Entry(account=account, lot=lot, points=points, balance_after=account.balance)
            )


def _count_and_lift(member: Member, points: int, sold_on: date) -> dict[str, str] | None:
    """Count status points on their day; lift the member to the tier that twelve months attain."""
    status = next(account for account in member.accounts if account.unit == "status")
    year = select(func.sum(Tally.earned)).where(Tally.account_id == status.id, Tally.day > sold_on - YEAR)
    attained = tier_for(int(db.session.scalar(year) or 0) + points)
    tally = db.session.get(Tally, (status.id, sold_on))
    if tally is None:
        tally = Tally(account_id=status.id, day=sold_on, earned=0)
        db.session.add(tally)
    tally.earned += points
    if not is_higher(attained, member.tier):
        return None
    change = {"before": member.tier, "after": attained}
    member.tier, member.tier_since = attained, func.now()
    db.session.add(Outbox(member_id=member.id, kind="tier.changed", body=change))
    return change
