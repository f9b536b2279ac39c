"""Receipts as a till counts them, for tests that act at random."""

from collections import Counter


def money(minor: int) -> str:
    """Minor units as tills write them."""
    return f"{'-' if minor < 0 else ''}{abs(minor) // 100}.{abs(minor) % 100:02}"


def minors(text: str) -> int:
    """What tills wrote, in minor units."""
    return int(text.replace(".", ""))


def goods(lines, exchanges=True):
    """Lines of a sale that comes to no less than nothing; some are handed back where it is an exchange."""
    told, left = [], sum(minor for minor, _, back in lines if not back)
    for minor, category, back in lines:
        handed = back and exchanges and minor <= left
        left -= minor if handed else 0
        told.append({"amount": money(-minor if handed else minor), "category": category, "quantity": "1"})
        if handed:
            told[-1]["quantity"] = "-1"
    return told


class Sale:
    """A sale, and what of it came back, as the till counts it."""

    def __init__(self, told, answer, tenders):
        self.told, self.answer, self.tenders = told, answer, tenders
        self.lines = [minors(line["amount"]) for line in told["lines"]]
        self.back: Counter = Counter()
        self.refunded: Counter = Counter()
        self.forgiven: Counter = Counter()  # per unit: what was not there to be taken back
        self.points = self.taken = 0
        self.cancelled, self.reversed_by_hand = False, False

    @property
    def left(self) -> int:
        """What may still come back in all."""
        return sum(self.lines) - sum(self.back.values())
