import pytest

from loyalty import ids


@pytest.fixture
def ana(make):
    make.club()
    return make.shopper()


def test_staff_correct_points_with_a_reason(ana):
    told = ana.adjust(30, reason_code="sorry", note="a late parcel", reference="case-7")
    assert (told["points"], told["unit"], told["reason_code"]) == (30, "reward", "sorry")
    assert told["balance"]["reward"] == {"available": 30, "held": 0, "pending": 0, "debt": 0}
    ana.adjust(-10)
    down, up = ana.look("/entries")["items"]
    assert (up["kind"], up["contra"], up["points"], up["last_day"]) == (
        "adjust",
        "adjusted",
        30,
        "2028-01-05",
    )
    told_why = {"reason_code": "sorry", "note": "a late parcel", "reference": "case-7"}
    assert up["reasons"] == told_why | {"by": "T1"}
    assert (down["points"], down["balance_after"]) == (-10, 20)


def test_nobody_is_corrected_below_nothing(ana):
    ana.adjust(30)
    told = ana.adjust(-31, expect=422)
    assert (told["code"], told["available"]) == ("not_enough_points", 30)
    ana.hold(20)
    assert ana.adjust(-11, expect=422)["available"] == 10


def test_a_unit_that_is_not_spent_can_be_corrected_and_moves_the_tier(ana):
    told = ana.adjust(2000, unit="status")
    assert (told["tier"], told["tier_change"]["after"]) == ("gold", "gold")
    assert ana.adjust(-500, unit="status")["tier"] == "gold"
    assert ana.look("/tier")["measure"] == 1500


def test_p2_a_correction_is_made_once_for_its_reference(ana):
    first = ana.adjust(30, reference="case-7")
    again = ana.adjust(30, reference="case-7")
    assert (again["replayed"], again["adjustment_id"]) == (True, first["adjustment_id"])
    assert ana.adjust(31, reference="case-7", expect=422)["code"] == "key_reused"
    assert ana.figures() == (30, 0, 0, 0)


@pytest.mark.parametrize("points", [0, 10**12 + 1, -(10**12) - 1, 1.5, "1", True, None])
def test_n1_a_correction_is_a_whole_number_of_points(ana, points):
    assert ana.adjust(points, expect=422)["fields"].keys() == {"points"}


def test_n1_the_largest_correction_is_carried_out(ana):
    ana.adjust(10**12)
    assert ana.adjust(-(10**12))["balance"]["reward"]["available"] == 0


def test_only_a_known_unit_of_a_known_member_is_corrected(ana):
    assert ana.adjust(1, unit="gems", expect=422)["code"] == "unit_unknown"
    refused = ana.adjust(1, member_id=ids.to_text(7), expect=404)
    assert (refused["code"], refused["fields"]) == ("not_found", {"member_id": "is unknown"})
    assert ana.adjust(1, reason_code="No Code", expect=422)["fields"].keys() == {"reason_code"}


def test_a_till_that_may_only_spend_corrects_nothing(make, ana):
    ana.till = make.till("points:spend")
    assert ana.adjust(1, expect=403)["code"] == "forbidden"
