"""What a policy gives once a newer edition rates every layer of it, from an instant on (I2). Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from loyalty.decide import rating
from loyalty.decide.programme import Editions
from loyalty.decide.rating import Told


@dataclass(frozen=True, slots=True)
class Rebasing:
    """A policy rated by a newer edition from `at` on; what it gives then once all of it is open."""

    at: datetime
    told: Told  #: as it is known from now on
    before: Mapping[str, int]
    after: Mapping[str, int]

    @property
    def changes(self) -> bool:
        """Whether it gives anything else."""
        return self.before != self.after


def rebase(editions: Editions, told: Told, edition: int, at: datetime) -> Rebasing | None:
    """The policy rated by that edition from an instant on; None where it, or a newer one, rates it then.

    Nothing that an edition of its own or an earlier rebase rates newer is rated older.
    """
    if any(since <= at and number >= edition for since, number in told.rebases):
        return None
    after = replace(told, rebases=tuple(sorted({*told.rebases, (at, edition)})))
    given = [rating.rate(editions, one, at).in_all for one in (told, after)]
    return Rebasing(at, after, *given)
