"""程野 falls ill: his premium is waived, and nothing of his card is lost. The club is insurer-club.toml."""

from tests.ladders import noon
from tests.policies import Core, coverage, standing


def test_a_premium_is_waived_and_nothing_is_lost(make, clock):
    make.programme("insurer-club.toml")
    clock.move(noon("2026-01-05"))
    ye = make.shopper(name="程野", references=["C-4"])
    core = Core(make.till())
    core.tells("P1", "C-4", coverages=[coverage("220000.00")])
    assert standing(ye) == (220_000, "gold", "2027-01-04")

    clock.move(noon("2026-08-01"))
    told = core.tells(  # nothing is due any more: the core system tells a premium of nothing
        "P1", "C-4", version=2, effective_at="2026-08-01T09:00:00+08:00", status="premium_waived",
        coverages=[coverage("0.00")],
    )  # fmt: skip
    assert told["position"]["after"] == {"status": 220_000}
    assert told["position"]["before"] == told["position"]["after"]

    clock.move(noon("2027-01-05"))
    assert standing(ye) == (220_000, "gold", "2028-01-04")
    make.run("jobs", "nightly")
    kept = ye.look("/tier")
    assert (kept["reason"], kept["measure"]) == ("review", 220_000)
    make.run("ledger", "verify")
