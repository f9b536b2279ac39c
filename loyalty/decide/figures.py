"""What comes of many lives: counts that add up, and the first few samples of each kind. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Key = tuple[str, ...]  #: what is counted: its kind first
Sample = tuple[list[Any], Mapping[str, Any]]  #: its rank, and what is shown; the lowest ranks are kept
Row = Sequence[Any]  #: of the table of members who change

MOST = {"move": 5, "winner": 10, "loser": 10, "unlike": 10}  #: samples kept, by their kind


@dataclass(slots=True)
class Figures:
    """Counts, samples, and a row for each member who changes; the sum of two is that of their lives."""

    counts: Counter[Key] = field(default_factory=Counter)
    samples: dict[Key, list[Sample]] = field(default_factory=dict)
    rows: list[Row] = field(default_factory=list)

    def show(self, key: Key, rank: list[Any], shown: Mapping[str, Any]) -> None:
        """Keep a sample, if its rank is among the lowest."""
        self.samples[key] = _lowest(key, [*self.samples.get(key, []), (rank, shown)])

    def add(self, other: "Figures") -> None:
        """Count another's lives, too; its rows stay where they are."""
        for key, number in other.counts.items():
            self.counts[key] += number
        for key, samples in other.samples.items():
            self.samples[key] = _lowest(key, [*self.samples.get(key, []), *samples])

    def of(self, kind: str) -> Iterable[tuple[Key, int]]:
        """What is counted of a kind, in order; the keys without it."""
        return sorted((key[1:], number) for key, number in self.counts.items() if key[0] == kind)

    def shown(self, *key: str) -> list[Mapping[str, Any]]:
        """The samples of a key, in the order of their ranks."""
        return [shown for _, shown in self.samples.get(key, [])]

    def as_json(self) -> dict[str, Any]:
        """All of it as plain lists."""
        return {
            "counts": [[*key, number] for key, number in sorted(self.counts.items())],
            "samples": [[list(key), samples] for key, samples in sorted(self.samples.items())],
            "rows": self.rows,
        }

    @classmethod
    def of_json(cls, told: Mapping[str, Any]) -> "Figures":
        """The counts and samples again, without the rows."""
        counts = Counter({tuple(key): number for *key, number in told["counts"]})
        samples = {tuple(key): [(rank, shown) for rank, shown in kept] for key, kept in told["samples"]}
        return cls(counts, samples)


def _lowest(key: Key, samples: list[Sample]) -> list[Sample]:
    return sorted(samples, key=lambda sample: sample[0])[: MOST[key[0]]]
