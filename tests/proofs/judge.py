"""The judge: reads the plain rows of a book, prints each broken law with its row, and is no part of the club.

    python tests/proofs/judge.py DATABASE_URL [CLUB_URL]

CLUB_URL is where a training book's editions are, which has none of its own.

Exits 0 for a good book, 1 for a broken one, 2 where there is none to read. The laws are those of the ledger
by their numbers; further ones carry the numbers of the club's rules (P8, T3, …).
"""

import sys
from pathlib import Path

if __name__ == "__main__":  # run as a file, from wherever: its laws lie beside it
    sys.path[0] = str(Path(__file__).resolve().parents[2])

from tests.proofs.judging import (
    accounts,
    acts,
    approvals,
    benefits,
    burials,
    claims,
    evidence,
    holds,
    lots,
    measures,
    members,
    news,
    operations,
    pledges,
    policies,
    sales,
    standing,
    usage,
    visits,
)
from tests.proofs.judging.books import Books, Unreadable, opened
from tests.proofs.judging.court import Court
from tests.proofs.judging.programmes import Editions

OF_A_MEMBER = (
    members,
    accounts,
    operations,
    holds,
    lots,
    pledges,
    standing,
    measures,
    policies,
    usage,
    sales,
    claims,
    burials,
    evidence,
    news,
    acts,
    benefits,
    visits,
    approvals,
)
MISSHAPEN = (LookupError, TypeError, ValueError, AttributeError, ArithmeticError)


def judge(database_url: str, club_url: str | None = None) -> list[str]:
    """Every breach, as `law NUMBER: table and key: what is stored and what should be`. Raises Unreadable."""
    with opened(database_url) as books:
        if club_url is None:
            return _judged(books, books)
        with opened(club_url) as club:
            return _judged(books, club)


def _judged(books: Books, club: Books) -> list[str]:
    court = Court(Editions(club.table("edition")))
    for row in books.rows("member"):
        if row.merged_into is not None:
            court.merged.setdefault(row.merged_into, []).append(row.member_id)
    for life in books.lives():
        for laws in OF_A_MEMBER:
            try:
                laws.judge(court, life)
            except MISSHAPEN as fault:
                where = f"member member_id={life.member_id}"
                court.breach("P1", where, f"rows that do not belong together ({laws.__name__}): {fault!r}")
    claims.judge_strays(court, [row for row in books.rows("claim") if row.member_id is None])
    keys = [*books.rows("api_key"), *club.rows("api_key")]
    claims.judge_clients(court, keys, club.rows("staff_account"))
    burials.judge_whole(court, books)
    accounts.judge_whole(court)
    news.judge_whole(court, books.table("outbox_head"))
    acts.judge_whole(court, books)
    approvals.judge_whole(court, books)
    usage.judge_whole(court, books)
    policies.judge_whole(court, books)
    members.judge_whole(court, books)
    benefits.judge_whole(court, books)
    return court.breaches


def main(words: list[str]) -> int:
    """The exit code."""
    if len(words) not in (1, 2):
        print("needed: the URL of a database; of a training book, that of its club too", file=sys.stderr)
        return 2
    try:
        breaches = judge(*words)
    except Unreadable as fault:
        print(f"cannot be read: {fault}", file=sys.stderr)
        return 2
    print("\n".join(breaches) if breaches else "a good book")
    return 1 if breaches else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
