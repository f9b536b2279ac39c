"""Where breaches are written down: the law, the row, what is stored and what should be."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Any

from tests.proofs.judging.life import Row
from tests.proofs.judging.programmes import Editions


class Counters:
    """What each counter of a limit should show: how often, and how much in all."""

    def __init__(self) -> None:
        self.counts: defaultdict[tuple[str, str, str], list[int]] = defaultdict(lambda: [0, 0])

    def add(self, name: str, subject: str, period: str, times: int, amount: int) -> None:
        """Count something."""
        count = self.counts[name, subject, period]
        count[0], count[1] = count[0] + times, count[1] + amount


@dataclass
class Court:
    """The breaches found so far, and what only the whole book can prove."""

    editions: Editions
    breaches: list[str] = field(default_factory=list)
    merged: dict[int, list[int]] = field(default_factory=dict)  #: survivor → who was merged into them
    counters: Counters = field(default_factory=Counters)
    totals: defaultdict[str, Counter[Any]] = field(default_factory=lambda: defaultdict(Counter))

    def breach(self, law: str, where: Row | str, what: str) -> None:
        """A law is broken there."""
        place = where if isinstance(where, str) else where.place
        self.breaches.append(f"law {law}: {place}: {what}")

    def same(self, law: str, where: Row | str, what: str, stored: object, due: object) -> bool:
        """What is stored is what is due; otherwise a breach."""
        if stored == due:
            return True
        self.breach(law, where, f"{what} is stored as {stored!r}, and should be {due!r}")
        return False

    def holds(self, law: str, where: Row | str, is_so: object, what: str) -> bool:
        """Something is so; otherwise a breach that says what is not."""
        if not is_so:
            self.breach(law, where, what)
        return bool(is_so)
