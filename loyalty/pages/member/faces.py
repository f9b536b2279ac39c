"""How things of a programme look: the card of a tier, the picture of a benefit."""

from loyalty.benefits import Benefit, Kind
from loyalty.tiers import Tier

FACES = ("standard", "silver", "gold", "diamond")  #: the four cards that are drawn, the plainest first
_OF_KIND: dict[Kind, str] = {
    "service": "benefit", "discount": "benefit", "mailing": "birthday", "event": "ticket",
    "person": "manager", "feed": "news",
}  # fmt: skip
_OF_WORD = {
    "airport": "lounge", "lounge": "lounge", "consultation": "consult", "doctor": "consult",
    "check": "check", "clinic": "check", "hotel": "hotel", "counter": "counter", "centre": "counter",
}  # fmt: skip


def face_of(tier: Tier, tiers: int) -> str:
    """Which of the four cards a tier of so many wears: that of its name, else the one at its height.

    >>> face_of(Tier("ruby", {}, 1, {}, {}), 3), face_of(Tier("pearl", {}, 3, {}, {}), 3)
    ('standard', 'diamond')
    """
    if tier.code in FACES:
        return tier.code
    return FACES[round((tier.rank - 1) * (len(FACES) - 1) / max(tiers - 1, 1))]


def icon_of(terms: Benefit) -> str:
    """The picture of a benefit: by the words of its code, then by who gives it, then by its kind."""
    words = [word for code in (terms.code, *terms.providers) for word in code.split("-")]
    found = (_OF_WORD[word] for word in words if word in _OF_WORD)
    return (
        next(found, _OF_KIND[terms.kind]) if terms.kind in ("service", "discount") else _OF_KIND[terms.kind]
    )
