"""A small whole programme as a document, and changes to it by path."""

import copy
import re
from typing import Any

_STEP = re.compile(r"([A-Za-z_-]+)|\[(\d+)\]")
GONE = object()  #: a change to this takes the key away

SMALL: dict[str, Any] = {
    "club": {"name": {"zh": "俱乐部", "en": "Club"}, "time_zone": "Europe/Lisbon", "currency": "EUR"},
    "unit": {
        "status": {"name": {"zh": "成长值", "en": "Status"}, "spendable": False},
        "reward": {"name": {"zh": "积分", "en": "Points"}, "spendable": True, "expiry": {"months": 24}},
    },
    "tier": [
        {"code": "silver", "name": {"zh": "银卡", "en": "Silver"}, "attain": 500},
        {"code": "gold", "name": {"zh": "金卡", "en": "Gold"}, "attain": 2000, "retain": 1500},
    ],
    "terms": {
        "measure": {"earned": "status", "window": {"months": 12}},
        "length": {"months": 12, "less_a_day": True},
    },
    "rule": [
        {"code": "points", "on": "purchase", "unit": "reward", "earn": {"points": 1, "per": "1.00"}},
        {
            "code": "double",
            "on": "purchase",
            "unit": "reward",
            "phase": "multiplier",
            "when": "line.category == 'fresh'",
            "earn": {"times": 2},
        },
    ],
    "example": [
        {
            "say": "ten give ten",
            "at": "2026-03-04T12:00:00Z",
            "expect": {"points": {"reward": 10}, "tier": ""},
            "facts": [
                {"enrol": {"at": "2026-03-02T10:00:00Z"}},
                {
                    "purchase": {
                        "receipt": "1",
                        "at": "2026-03-04T12:00:00Z",
                        "lines": [{"category": "home", "amount": "10.00"}],
                    }
                },
            ],
        }
    ],
}

#: Changes that make the measure of the small programme an any-of.
ANY_OF: dict[str, Any] = {
    "terms.measure": {
        "any": [
            {"code": "spend", "earned": "status", "window": "calendar_year"},
            {"code": "held", "balance": "reward"},
        ]
    },
    "tier[0].attain": {"spend": 100, "held": 50},
    "tier[1].attain": {"spend": 300},
    "tier[1].retain": {"spend": 200},
}


def small(**changes: object) -> dict[str, Any]:
    """The small programme, changed at paths (`**{"tier[1].attain": 3}`)."""
    document = copy.deepcopy(SMALL)
    for path, value in changes.items():
        *way, last = [name or int(place) for name, place in _STEP.findall(path)]
        inner: Any = document
        for step in way:
            inner = inner[step]
        if value is GONE:
            del inner[last]
        elif isinstance(last, int) and last == len(inner):
            inner.append(copy.deepcopy(value))
        else:
            inner[last] = copy.deepcopy(value)
    return document
