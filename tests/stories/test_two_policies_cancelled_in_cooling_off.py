"""何川 cancels two policies in cooling-off: one is told in time, one late. The club is insurer-club.toml."""

from tests.ladders import noon
from tests.policies import Core, coverage, standing


def test_cancelled_in_cooling_off_once_told_in_time_and_once_late(make, clock):
    make.programme("insurer-club.toml")
    clock.move(noon("2026-01-05"))
    chuan = make.shopper(name="何川", references=["C-2"])
    core = Core(make.till())
    core.tells("P0", "C-2", coverages=[coverage("50000.00")])
    assert standing(chuan) == (50_000, "silver", "2027-01-04")

    first = {
        "issued_on": "2026-02-01",
        "cooling_off_ends_on": "2026-02-20",
        "coverages": [coverage("200000.00")],
    }
    clock.move(noon("2026-02-01"))
    core.tells("P1", "C-2", effective_at="2026-02-01T09:00:00+08:00", **first)
    assert chuan.figures(unit="status") == (50_000, 0, 200_000, 0)
    clock.move(noon("2026-02-10"))  # told in time: nothing was ever given
    core.tells("P1", "C-2", version=2, effective_at="2026-02-10T09:00:00+08:00", status="cancelled", **first)
    assert chuan.figures(unit="status") == (50_000, 0, 0, 0)
    clock.move(noon("2026-03-01"))
    assert standing(chuan) == (50_000, "silver", "2027-01-04")

    second = first | {"issued_on": "2026-03-01", "cooling_off_ends_on": "2026-03-20"}
    core.tells("P2", "C-2", effective_at="2026-03-01T09:00:00+08:00", **second)
    clock.move(noon("2026-04-01"))
    make.run("jobs", "nightly")
    assert standing(chuan) == (250_000, "gold", "2027-03-20")
    told = core.tells(  # cancelled on 15 March, told on 1 April: gold was made by what never was
        "P2", "C-2", version=2, effective_at="2026-03-15T09:00:00+08:00", status="cancelled", **second
    )
    assert told["tier_change"] == {
        "before": "gold",
        "after": "silver",
        "until": "2027-01-04T16:00:00Z",
        "last_day": "2027-01-04",
    }
    assert standing(chuan) == (50_000, "silver", "2027-01-04")  # the silver term goes on to its own end
    assert chuan.look("/tier")["reason"] == "resumed"

    core.tells(
        "P2", "C-2", version=3, effective_at="2026-03-16T09:00:00+08:00", **second
    )  # a mistake of theirs
    assert standing(chuan)[:2] == (250_000, "gold")
    make.run("ledger", "verify")
