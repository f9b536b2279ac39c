"""Assertions that stay on in production: what a statement meets must be what it was planned for.

A wish that breaks a law is undone whole, and the member whose books are broken is stopped (see `stops`).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy.exc import IntegrityError

DATABASE = "database"  #: the law of what the database itself refuses: its checks, keys and triggers


class BooksDisturbed(RuntimeError):
    """A law of the books does not hold, for this member where one is named: nothing may be committed."""

    def __init__(self, law: str, detail: str, member_id: int | None = None) -> None:
        super().__init__(f"law {law}: {detail}")
        self.law = law
        self.detail = detail
        self.member_id = member_id


def expect_one(result: Any, law: str, what: str, member_id: int | None = None) -> None:
    """Raises BooksDisturbed unless the statement touched one row."""
    if result.rowcount != 1:
        raise BooksDisturbed(law, f"{what}: {result.rowcount} rows where one was expected", member_id)


@contextmanager
def books_of(member_id: int) -> Iterator[None]:
    """What the database refuses in here is a broken law of this member's books.

    Everything in here is written under the member's lock, by keys that begin with the member: nobody else can
    have been there first. Only the first line of what the database said is kept: the others show values.
    """
    try:
        yield
    except IntegrityError as error:
        raise BooksDisturbed(DATABASE, str(error.orig).partition("\n")[0], member_id) from error
