"""Members and cards: one active card each, numbers that check, days that agree (M1, M2, M9, M10)."""

from datetime import UTC, datetime

from tests.proofs.judging.books import Books
from tests.proofs.judging.court import Court
from tests.proofs.judging.days import local_day, millisecond, number_of
from tests.proofs.judging.life import Life, Row

STATES = ("enrolled", "active", "suspended", "left", "deceased")
HERE = "here"  #: enrolled or active, as the card says
FOREVER = datetime.max.replace(tzinfo=UTC)
DIGITS, REHEARSALS = 16, "0" * 11
DAMM = ("0317598642", "7092154863", "4206871359", "1750983426", "6123045978",
        "3674209581", "5869720134", "8945362017", "9438617205", "2581436790")  # fmt: skip


def judge(court: Court, life: Life) -> None:
    """One member: the person, cards, codes, consents."""
    where = f"member member_id={life.member_id}"
    if not court.holds("M5", where, life.member, "there is none, and other tables know of them"):
        return
    row = life.member[0]
    court.same("M5", where, "persons", len(life.person), 0 if life.erased_at else 1)
    if life.erased_at:
        _erased(court, life)
    court.same("N7", row, "enrolled_at in milliseconds", millisecond(row.enrolled_at), row.member_id >> 21)
    court.same("N5", row, "enrolled_on", row.enrolled_on, local_day(row.enrolled_at, court.editions.zone))
    court.holds("M9", row, row.state in STATES, f"state is {row.state!r}")
    alive = row.alive_as if row.state == "deceased" else row.state
    court.same("M9", row, "whether it lived", row.alive_as is not None, row.state == "deceased")
    if alive in ("enrolled", "active"):
        court.same("M9", row, "state", alive, "active" if life.card else "enrolled")
    if not life.erased_at:
        _turned(court, life, row)
    _merged(court, life, row)
    active = [card for card in life.card if card.ended_at is None]
    court.holds("M2", row, len(active) <= 1, f"{len(active)} active cards")
    lives = bool(life.card) and not life.erased_at
    court.same("M2", row, "whether a card is alive", bool(active), lives)
    for person in life.person:
        born = person.birth_date
        due = None if born is None else born.month * 100 + born.day
        court.same("N8", person, "birth_mmdd", person.birth_mmdd, due)
    cards = sorted(life.card, key=lambda card: (card.issued_at, card.ended_at or FOREVER))
    for before, card, following in zip([None, *cards], cards, [*cards[1:], None], strict=False):
        _card(court, life, card, before)
        due = following.issued_at if following is not None else life.erased_at
        court.same("M2", card, "ended_at", card.ended_at, due)
    _issued(court, life)
    for code in life.member_code:
        seconds = (code.expires_at - code.shown_at).total_seconds()
        court.same("M4", code, "seconds shown", seconds, 60.0)
        court.holds(
            "M4", code, code.used_at is None or code.used_at >= code.shown_at, "used before it was shown"
        )
    for consent in life.consent:
        court.same(
            "N7", consent, "told_at in milliseconds", millisecond(consent.told_at), consent.consent_id >> 21
        )


def _merged(court: Court, life: Life, row: Row) -> None:
    """Whoever is merged is so since an instant, by their last merge (M6)."""
    court.same("M6", row, "merged at an instant", row.merged_at is not None, row.merged_into is not None)
    if row.merged_into is not None:
        merges = [one for one in life.operation if one.kind == "merge_out"]
        last = max(merges, key=lambda one: one.op_id, default=None)
        into = number_of((last.reasons or {}).get("with")) if last is not None else None
        court.same("M6", row, "merged_into", row.merged_into, into)
        court.holds("M6", row, last is None or row.merged_at == last.booked_at, f"at {row.merged_at}")


def _turned(court: Court, life: Life, row: Row) -> None:
    """The state, and those to come back to, are what the turns that were told lead to (M9)."""
    stands: str | None = HERE
    left_as: str | None = None
    alive_as: str | None = None
    for one in life.outbox_message:
        if one.kind == "member.suspended":
            stands = "suspended"
        elif one.kind == "member.resumed":
            stands = HERE
        elif one.kind == "member.left":
            left_as, stands = stands, "left"
        elif one.kind == "member.came_back":
            stands, left_as = left_as, None
        elif one.kind == "member.deceased":
            alive_as, stands = stands, "deceased"
        elif one.kind == "member.restored":
            stands, alive_as = alive_as, None
    found = [HERE if one in ("enrolled", "active") else one for one in (row.state, row.left_as, row.alive_as)]
    court.same("M9", row, "state, left as, alive as", found, [stands, left_as, alive_as])
    court.holds("M9", row, row.forfeits_at is None or row.left_as is not None, "it did not leave")
    court.holds("M9", row, row.settled_at in (None, *life.settled), f"settled at {row.settled_at}")
    court.same("M9", row, "whether it is settled", row.settled_at is not None and stands != "deceased", False)


def _erased(court: Court, life: Life) -> None:
    """Of whoever was forgotten nothing says who they were, and no points are left (M7)."""
    row = life.member[0]
    court.same("M7", row, "state", row.state, "left")
    court.same("M7", row, "what it says", (row.locale, row.attributes), (None, {}))
    for table in ("identity_document", "member_reference", "customer", "member_code", "staff_card"):
        for one in getattr(life, table, []):
            court.breach("M7", one, "it is of somebody who was forgotten")
    for account in life.account:
        left = (account.available, account.held, account.debt, account.pending, account.lowering)
        court.same("M7", account, "points", left, (0, 0, 0, 0, 0))
    told = [one for one in life.outbox_message if one.kind == "member.erased"]
    court.same("M7", row, "when it was told", [one.booked_at for one in told], [life.erased_at])


def _card(court: Court, life: Life, card: Row, before: Row | None) -> None:
    court.same("M2", card, "end and reason", card.ended_at is None, card.ended_reason is None)
    court.holds("M2", card, card.issued_at >= life.member[0].enrolled_at, f"issued at {card.issued_at}")
    for name in ("ended_at", "blocked_at"):
        at = getattr(card, name)
        court.holds("M2", card, at is None or at >= card.issued_at, f"{name} is {at}")
    made = any(row.kind == "card.issued" and row.booked_at == card.issued_at for row in life.outbox_message)
    if before is not None:
        made = before.ended_reason != "replaced"  # then a number made elsewhere took its place
    if made:
        prefixes = {edition.document["club"].get("card_prefix", "70") for edition in court.editions.items}
        ours = card.number.isdigit() and len(card.number) == DIGITS and card.number[:2] in prefixes
        if not court.holds("M1", card, ours, "no such number is given out"):
            return
        court.holds("M1", card, _damm(card.number) == 0, "its check digit is wrong")
        court.holds("M1", card, not _luhn(card.number), "it looks like a payment card")
        court.holds("M1", card, card.number[2:-3] != REHEARSALS, "it is a card of rehearsals")


def _issued(court: Court, life: Life) -> None:
    """The card that a tier brought is told of."""
    at = {card.issued_at for card in life.card}
    for row in life.outbox_message:
        if row.kind == "card.issued":
            court.holds("13", row, row.booked_at in at, f"no card was issued at {row.booked_at}")
            court.same("13", row, "body", row.body, {})


def judge_whole(court: Court, books: Books) -> None:
    """Rows of members that nobody may be are found as lives; of work and keys, what ids and states say."""
    for row in books.rows("work"):
        court.same("N7", row, "started_at in milliseconds", millisecond(row.started_at), row.id >> 21)
        court.same("P5", row, "whether it is running", row.finished_at is None, row.state == "running")
    for row in books.rows("api_key"):
        court.same("N7", row, "created_at in milliseconds", millisecond(row.created_at), row.key_id >> 21)
    last = max((row.position for row in books.rows("outbox_head")), default=0)
    for row in books.rows("webhook_endpoint"):
        court.holds("A5", row, row.position <= last, f"it took event {row.position} of {last}")


def _damm(digits: str) -> int:
    interim = 0
    for digit in digits:
        interim = int(DAMM[interim][int(digit)])
    return interim


def _luhn(digits: str) -> bool:
    doubled = [int(digit) * (2 - place % 2) for place, digit in enumerate(digits)]
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0
