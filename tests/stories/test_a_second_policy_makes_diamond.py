"""林岚 takes a second policy and gives it up: her card keeps its word. The club is insurer-club.toml."""

from datetime import timedelta

from loyalty.calendar import INSTANT
from tests.ladders import midnight, noon
from tests.policies import Core, coverage, standing

SECOND = {
    "issued_on": "2026-05-10",
    "cooling_off_ends_on": "2026-05-25",
    "coverages": [coverage("800000.00")],
}


def test_a_second_policy_makes_diamond_and_its_surrender_takes_nothing_before_the_last_day(make, clock):
    make.programme("insurer-club.toml")
    clock.move(noon("2026-01-05"))
    lan = make.shopper(name="林岚", references=["C-1"])
    core = Core(make.till())

    core.tells("P1", "C-1", coverages=[coverage("200000.00")])  # its cooling-off was over in December
    assert standing(lan) == (200_000, "gold", "2027-01-04")

    clock.move(noon("2026-05-10"))
    told = core.tells("P2", "C-1", effective_at="2026-05-10T10:00:00+08:00", **SECOND)
    assert (told["position"]["after"], told["position"]["pending_until"]) == ({}, "2026-05-25T16:00:00Z")
    assert standing(lan, midnight("2026-05-26") - INSTANT) == (200_000, "gold", "2027-01-04")
    assert standing(lan, midnight("2026-05-26")) == (1_000_000, "diamond", "2027-05-25")  # 200,000 + 800,000

    clock.move(noon("2026-06-01"))  # the night is late: the clock alone has lifted her
    assert standing(lan) == (1_000_000, "diamond", "2027-05-25")
    why = lan.look("/tier")["policies"]
    assert [(part["policy_no"], part["units"]["status"]) for part in why] == [
        ("P1", 200_000),
        ("P2", 800_000),
    ]

    make.run("jobs", "nightly")
    assert standing(lan) == (1_000_000, "diamond", "2027-05-25")

    clock.move(noon("2026-10-01"))
    told = core.tells(
        "P2", "C-1", version=2, effective_at="2026-10-01T10:00:00+08:00", status="surrendered", **SECOND
    )
    assert (told["position"]["before"], told["position"]["after"]) == ({"status": 800_000}, {})
    assert (told["tier"], told["tier_change"]) == ("diamond", None)
    assert standing(lan) == (200_000, "diamond", "2027-05-25")

    last = midnight("2027-05-26")
    assert standing(lan, last - INSTANT) == (200_000, "diamond", "2027-05-25")
    assert standing(lan, last) == (200_000, "gold", "2028-05-25")
    clock.move(last + timedelta(hours=3))
    make.run("jobs", "nightly")
    assert standing(lan) == (200_000, "gold", "2028-05-25")
    assert lan.look("/tier")["reason"] == "review"
    assert standing(lan, noon("2026-12-01")) == (200_000, "diamond", "2027-05-25")
    make.run("ledger", "verify")
