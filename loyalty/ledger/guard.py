"""Assertions that stay on in production: a guarded statement must meet exactly the row it was planned for."""

from typing import Any


class BooksDisturbed(RuntimeError):
    """A guarded statement met other rows than were read under the lock: nothing may be committed."""


def expect_one(result: Any) -> None:
    """Raises BooksDisturbed unless the statement touched one row."""
    if result.rowcount != 1:
        raise BooksDisturbed(f"{result.rowcount} rows where one was expected")
