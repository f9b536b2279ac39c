"""What goes back to the customer for goods that come back: in proportion to how they were paid. Pure."""

from collections.abc import Iterable, Mapping

from loyalty.sales.facts import BY_POINTS, Refund, Tender


def refunded(tenders: Iterable[Tender], bought_minor: int, back_minor: int) -> Refund:
    """What has gone back in all, once `back_minor` of `bought_minor` has come back.

    It depends on what came back in all, never on the split: it never falls, its parts add up to the money
    due to the last minor unit, and all goods make all that was paid. Each tender gets its part of what the
    ones before it left, rounded down; points go back with the part of their tender.
    """
    paid = list(tenders)
    money: dict[str, int] = {}
    points: dict[str, int] = {}
    rest_minor = sum(tender.amount_minor for tender in paid)
    due_minor = rest_minor * back_minor // bought_minor if bought_minor else 0
    for tender in paid:
        part_minor = tender.amount_minor * due_minor // rest_minor if rest_minor else 0
        rest_minor -= tender.amount_minor
        due_minor -= part_minor
        if tender.kind != BY_POINTS:
            money[tender.kind] = money.get(tender.kind, 0) + part_minor
        elif tender.unit is not None and tender.amount_minor:
            back = tender.points * part_minor // tender.amount_minor
            points[tender.unit] = points.get(tender.unit, 0) + back
    return Refund(money, points)


def further(after: Refund, before: Refund) -> Refund:
    """What goes back now, of what has gone back in all after it and before it."""
    return Refund(_less(after.money, before.money), _less(after.points, before.points))


def _less(after: Mapping[str, int], before: Mapping[str, int]) -> dict[str, int]:
    return {name: amount - before.get(name, 0) for name, amount in after.items()}
