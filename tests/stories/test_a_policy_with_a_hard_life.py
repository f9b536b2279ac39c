"""石静's policy is raised, reduced, lapses and comes back. The club is insurer-club.toml."""

from tests.ladders import midnight, noon
from tests.policies import Core, coverage, standing


def test_a_policy_is_reduced_lapses_and_is_reinstated(make, clock):
    make.programme("insurer-club.toml")
    clock.move(noon("2026-01-05"))
    jing = make.shopper(name="石静", references=["C-3"])
    core = Core(make.till())

    def tells(day, version, premium, **more):
        """The core system tells what its policy is from nine o'clock of a day."""
        clock.move(noon(day))
        goes_on = {"reduced_premium": "30000.00"} if "status" in more else {}
        core.tells(
            "P1", "C-3", version=version, effective_at=f"{day}T09:00:00+08:00",
            coverages=[coverage(f"{premium}.00", **goes_on)],
            **more,
        )  # fmt: skip
        return standing(jing)[0]

    assert tells("2026-01-05", 1, 200_000) == 200_000
    assert tells("2026-03-01", 2, 260_000) == 260_000
    assert tells("2026-05-01", 3, 150_000) == 150_000  # the newest 60,000 go, then 50,000 of the first
    assert standing(jing)[1:] == ("gold", "2027-01-04")
    assert tells("2026-07-01", 4, 150_000, status="grace") == 150_000
    assert tells("2026-09-01", 5, 150_000, status="lapsed") == 0
    assert standing(jing)[1:] == ("gold", "2027-01-04")  # the card stays, whatever the policy does

    clock.move(noon("2027-01-05"))
    assert standing(jing) == (0, None, None)
    assert jing.look("/tier", midnight("2027-01-05"))["reason"] == "review"
    assert tells("2027-02-01", 6, 150_000) == 150_000  # within two years: as it was, at once
    assert standing(jing)[1:] == ("silver", "2028-01-31")
    assert tells("2027-06-01", 7, 150_000, status="reduced_paid_up") == 30_000
    assert standing(jing)[1:] == ("silver", "2028-01-31")
    clock.move(noon("2028-02-01"))
    assert standing(jing) == (30_000, "standard", "2029-01-31")
    make.run("jobs", "nightly")
    make.run("ledger", "verify")
