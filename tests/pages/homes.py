"""Two members of the shipped clubs: an insurer's customer with a diamond card, a shop's with a gold one."""

from datetime import timedelta
from typing import Any

from tests.clocks import MovableClock
from tests.ladders import noon
from tests.makers import Maker, Shopper
from tests.policies import Core, coverage

POLICIES = {"P-2012-4821": "700000.00", "P-2015-0937": "260000.00", "P-2018-5530": "80000.00"}


def insured(make: Maker, clock: MovableClock, *, longer: bool = False) -> Shopper:
    """A customer since 2025 with a diamond card, three policies, and one that was surrendered."""
    clock.move(noon("2025-06-02"))
    make.programme("insurer-club.toml", in_force_from="2025-01-01T00:00:00+08:00")
    make.run("places", "open", "clinic-1", "--provider", "clinic", "--zh", "体检中心", "--en", "Clinic")
    make.run("places", "open", "t2", "--provider", "airport", "--zh", "二号厅", "--en", "Lounge T2")
    make.run("service-managers", "add", "B-1", "--name", "周敏")
    core = Core(make.till())
    lin = make.shopper(core.till, name="林淑华", references=["C-1"], birth_date="1968-05-06")
    for number, premium in POLICIES.items():
        core.tells(number, "C-1", **_policy(number, premium))
    lin.card = lin.till.post("/members/lookup", {"reference": "C-1"}).json["card"]["number"]
    lin._bearer = {"card": lin.card}
    for place in range(12 if longer else 2):
        clock.move(timedelta(days=3))
        lin.adjust(150 + place)
    clock.move(noon("2026-03-18"))
    gone = _policy("P-2018-5530", "80000.00") | {"effective_at": "2026-01-12T10:00:00+08:00"}
    core.tells("P-2018-5530", "C-1", version=2, status="surrendered", **gone)
    body = {"benefit": "airport-lounge", "card": lin.card, "place": "t2"}
    for visit in range(4):
        lin.tell("/benefit-uses", body | {"reference": f"l{visit}"}, 201)
    if longer:  # a policy whose cooling-off is not known to end
        told = _policy("P-2026-7716", "90000.00") | {"effective_at": "2026-03-10T10:00:00+08:00"}
        core.tells("P-2026-7716", "C-1", **told | {"cooling_off_ends_on": None})
    make.run("jobs", "nightly")
    return lin


def customer(make: Maker, clock: MovableClock, *, longer: bool = False) -> Shopper:
    """A shop's customer since autumn 2025 with a silver card, of which a year's purchases count."""
    clock.move(noon("2025-10-02"))
    make.programme("retail-club.toml", in_force_from="2025-01-01T00:00:00Z")
    ana = make.shopper(name="Ana Silva")
    for amount in ("310.00", "95.50", "420.00", "180.00") * (4 if longer else 1):
        clock.move(timedelta(days=9 if longer else 36))
        ana.buy(amount)
    return ana


def _policy(number: str, premium: str) -> dict[str, Any]:
    """A policy of the year in its number, as the core system told it when the club began."""
    year = number.split("-")[1]
    days = {"issued_on": f"{year}-03-01", "cooling_off_ends_on": f"{year}-03-20"}
    return days | {"effective_at": "2025-06-02T12:00:00+08:00", "coverages": [coverage(premium)]}


def asked(statements: list[str]) -> list[str]:
    """The statements that a page needed, without those that only begin a transaction of SQLite."""
    return [one for one in statements if not one.startswith(("PRAGMA", "BEGIN"))]
