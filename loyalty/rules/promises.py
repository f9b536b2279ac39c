"""The keys `from` and `parts` of a rule: when its points become usable. Pure."""

from fractions import Fraction

from loyalty.document import Section
from loyalty.rules.terms import On, Promise

MOST_DAYS = 36_500
MOST_PARTS = 12
COOLING_OFF_END = "cooling_off_end"  #: a policy's points wait for it (I4)


def parse(section: Section, on: On) -> tuple[Promise, ...]:
    """When the points become usable, in whole or in parts (P11); () is at once.

    After `days`; by an `event`, at the latest after `at_latest_days`, or not at all if it is not told
    `within_days`; `then_days` after the event's own day. A policy's: at its "cooling_off_end" (I4), or `days`
    after it, or after its day of issue.
    """
    if section.has("parts"):
        if section.has("from"):
            section.skip("from")
            section.note("from", "stands alone, or each of parts says its own")
        parts = tuple(
            _promise(table, table.decimal("share"), on)
            for table in section.tables("parts", least=2, most=MOST_PARTS)
        )
        if section.sound("parts"):
            _check_shares(section, parts)
        return parts
    if on == "policy" and section.peek("from") == COOLING_OFF_END:
        section.skip("from")
        return (Promise(Fraction(1), cooling_off=True),)
    table = section.table("from") if section.has("from") else None
    if table is None:
        return ()
    if not any(table.has(key) for key in ("days", "event", "after")):
        table.skip()
        section.note("from", 'must be { days = 14 } or { event = "call_back_done" }')
    return (_promise(table, Fraction(1), on),)


def _check_shares(section: Section, parts: tuple[Promise, ...]) -> None:
    if any(part.share <= 0 for part in parts) or sum(part.share for part in parts) != 1:
        section.note("parts", "the shares must be above 0, and 1 in all")


def _promise(table: Section, share: Fraction, on: On) -> Promise:
    if on == "policy":
        after = table.has("after") and table.choice("after", (COOLING_OFF_END,)) == COOLING_OFF_END
        return Promise(share, _days(table, "days"), cooling_off=after)
    if not table.has("event"):
        return Promise(share, _days(table, "days"))
    at_latest, within = _days(table, "at_latest_days"), _days(table, "within_days")
    if at_latest and within:
        table.note("within_days", "at_latest_days opens what within_days lets lapse")
    return Promise(share, at_latest, table.code("event"), within, _days(table, "then_days"))


def _days(table: Section, key: str) -> int | None:
    return table.whole(key, least=1, most=MOST_DAYS) if table.has(key) else None
