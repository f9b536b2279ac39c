"""Which entries an operation of a kind may have: against which contra, of which sign."""

from sqlalchemy import ColumnElement, and_, not_, or_

from loyalty.ledger.models import Entry, Operation
from loyalty.ledger.operations import OF_POLICIES

TAKES_BACK = ("return", "cancel")
OF_MERGES = ("merge_out", "merge_in", "pass_on")  #: what moves points between two who are one, either way
_MAY_MOVE = {  #: kind of operation → contras and the sign of their entries; debt is paid by any of them
    "earn": {"issued": 1},
    "open": {"issued": 1},
    "release": {"expired": -1},
    "void": {"expired": -1},
    "capture": {"redeemed": -1, "expired": -1},
    "redeem": {"redeemed": -1},
    "reverse": {"redeemed": 1},
    "pool_out": {"redeemed": -1},
    "pool_back": {"redeemed": 1},
    "return": {"returned": -1},
    "cancel": {"returned": -1},
    "transfer_out": {"transferred": -1},
    "transfer_in": {"transferred": 1},
    "expire": {"expired": -1},
    "import": {"imported": 1},
    "tier_price": {"redeemed": -1},
    "tier_refund": {"redeemed": 1},
    "forfeit": {"forfeited": -1},
    "hold_out": {"merged": -1},
    "hold_in": {"merged": 1},
}


def strays() -> ColumnElement[bool]:
    """Whether an operation of its kind cannot have written an entry, or tells another time than it."""
    fitting = [
        and_(Operation.kind == kind, Entry.contra == contra, Entry.points * sign > 0)
        for kind, signs in _MAY_MOVE.items()
        for contra, sign in signs.items()
    ]
    fitting.append(and_(Operation.kind == "adjust", Entry.contra == "adjusted"))
    fitting.append(and_(Operation.kind.in_((*OF_POLICIES, "open")), Entry.contra == "position"))
    merged = and_(Operation.kind.in_(OF_MERGES), Entry.contra == "merged")  # what is owed goes along
    fitting.append(merged)
    fitting.append(Entry.contra == "debt")
    forgiven = and_(Entry.contra == "adjusted", Operation.kind.in_(TAKES_BACK), Entry.kind == "debt")
    fitting.append(and_(forgiven, Entry.points > 0))
    # Whoever was forgotten owes nothing any more (M7).
    let_off = and_(Entry.contra == "forfeited", Operation.kind == "forfeit", Entry.kind == "debt")
    fitting.append(and_(let_off, Entry.points > 0))
    owed = or_(
        and_(Entry.contra.in_(("returned", "position")), Entry.points < 0),
        and_(Entry.contra == "debt", Entry.points > 0),
        forgiven,
        and_(let_off, Entry.points > 0),
        merged,
    )
    times = or_(Entry.happened_at != Operation.happened_at, Entry.booked_at != Operation.booked_at)
    return or_(not_(or_(*fitting)), and_(Entry.kind == "debt", not_(owed)), times)
