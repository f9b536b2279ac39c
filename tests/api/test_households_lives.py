"""M8: what becomes of a household's spends and seats when its members go, merge, or ask all at once."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.api.test_households import books_balance, family, have, pooled, shopper
from tests.merging import merge

__all__ = ["books_balance", "family"]  # fixtures


def test_m7_m9_death_and_erasure_end_the_seat_and_the_others_get_back_what_is_theirs(family, make):
    ana, ben, cai = family
    told = pooled(ana, 300)
    make.run("members", "report-death", ben.member_id, "--reason", "told", "--reference", "d")
    version = ana.till.get(f"/members/{cai.member_id}").headers["ETag"]
    gone = ana.till.send("DELETE", f"/members/{cai.member_id}", if_match=version)
    assert gone.status_code == 204, gone.json
    assert ana.look("/balance")["pool"] == {"reward": 0}
    back = ana.reverse(told)
    assert (back["points"], back["pooled"]) == (200, 100)  # nothing goes back to who was forgotten
    assert have(ana, ben) == [100, 100]


@pytest.mark.parametrize("into", ["asker", "giver", "stranger"])
def test_m6_the_seat_goes_to_the_survivor_and_old_spends_come_back_to_them(family, make, into):
    ana, ben, cai = family
    told = pooled(ana, 250)
    stays = {"asker": ana, "giver": cai, "stranger": shopper(make)}[into]
    merge(ben, stays)
    assert ana.look("/balance")["pool"] == {"reward": 50 + (100 if into == "stranger" else 0)}
    assert ana.reverse(told)["points"] == 250
    due = {"asker": [200, 100], "giver": [100, 200], "stranger": [100, 100]}[into]
    assert have(ana, cai) == due
    if into == "stranger":
        assert have(stays) == [200]


def test_m8_the_last_points_of_a_household_go_to_one(family):
    """Each of three asks for all that there is, at once: one has it, and no two wait for each other."""
    with ThreadPoolExecutor(3) as threads:
        answers = list(
            threads.map(
                lambda one: (
                    one.till.post(
                        "/redemptions",
                        {"card": one.card, "points": 300, "pool": True, "reference": f"all-{one.member_id}"},
                    ).status_code
                ),
                family,
            )
        )
    assert sorted(answers) == [201, 422, 422]
    assert have(*family) == [0, 0, 0]


def test_m8_each_giver_is_told_what_they_paid(family, make):
    ana, ben, cai = family
    told = pooled(ana, 150)
    make.run("jobs", "post")
    events = ana.till.get("/events?limit=100").json["items"]
    spent = {one["member_id"]: (one["type"], one["data"]) for one in events if "reward" in str(one["data"])}
    kind, data = spent[ben.member_id]
    assert (kind, data["units"]) == ("points.pooled", {"reward": 50})
    kind, data = spent[ana.member_id]
    assert (kind, data["units"], data["pooled"]) == ("points.spent", {"reward": 100}, 50)
    assert data["operation"] == told["redemption_id"]
    assert spent[cai.member_id][0] == "points.earned"


def test_m6_who_asked_may_be_merged_though_they_paid_nothing_themselves(make, family):
    ana, ben, cai = family
    dan = shopper(make)
    ana.redeem(100)
    told = pooled(ana, 150)
    merge(ana, dan)
    back = ana.reverse(told, 60)
    assert (back["points"], back["pooled"], have(ben, cai, dan)) == (60, 60, [10, 100, 100])
    assert dan.tell("/redemptions/cancel", {"reference": told["reference"]}, 200)["points"] == 90
    assert have(ben, cai, dan) == [100, 100, 100]
