import pytest

NOTHING = {"available": 0, "held": 0, "pending": 0, "debt": 0}
WELCOME = NOTHING | {"available": 100}  #: the programme's gift for joining


@pytest.fixture
def desk(make):
    make.programme()
    return make.till()


def join(desk, key="k1", **told):
    answer = desk.post("/members", {"name": "Ana Silva"} | told, idempotency_key=key)
    assert answer.status_code == 201, answer.json
    return answer.json


@pytest.mark.parametrize("told", ["+86 138 0013 8000", "0086138 0013 8000", "＋８６１３８００１３８０００"])
def test_m5_one_phone_is_found_however_it_is_written(desk, told):
    member = join(desk, phone="008613800138000")
    assert desk.post("/members/lookup", {"phone": told}).json["member_id"] == member["member_id"]


def test_m5_an_email_is_found_in_any_case(desk):
    member = join(desk, email="Ana@Example.com")
    assert desk.post("/members/lookup", {"email": "ana@EXAMPLE.com"}).json["member_id"] == member["member_id"]


def test_m5_a_family_may_share_a_phone_and_is_asked_for_the_card(desk):
    join(desk, phone="912345678")
    join(desk, key="k2", phone="912345678")
    answer = desk.post("/members/lookup", {"phone": "912345678"})
    assert (answer.status_code, answer.json["code"]) == (422, "member_ambiguous")


@pytest.mark.parametrize(
    "wanted", [{"phone": "912345678"}, {"email": "nobody@example.com"}, {"reference": "no"}]
)
def test_a3_nobody_is_not_found(desk, wanted):
    answer = desk.post("/members/lookup", wanted)
    assert (answer.status_code, answer.json["code"]) == (404, "not_found")


@pytest.mark.parametrize(
    "wanted", [{}, {"card": "7000", "reference": "x"}, {"card": "70 00"}, {"phone": "hello"}]
)
def test_a_look_up_asks_by_exactly_one_thing(desk, wanted):
    assert desk.post("/members/lookup", wanted).json["code"] == "invalid_request"


def test_a_till_sees_no_more_than_it_needs(desk, make):
    member = join(desk, phone="912345678", email="ana@example.com", references=["core-1"])
    answer = make.till("points:earn").post("/members/lookup", {"card": member["card"]["number"]})
    assert answer.json == {
        "member_id": member["member_id"],
        "state": "active",
        "stopped": False,
        "first_name": "Ana",
        "phone": "****5678",
        "card": {
            "number": "****" + member["card"]["number"][-4:],
            "tier": "standard",
            "last_day": "2027-01-04",
        },
        "tier": "standard",
        "balance": {"reward": WELCOME, "status": NOTHING},
        "print": ["Standard", "Points: 100"],
    }


def test_a_key_that_may_read_members_sees_the_whole_one(desk, make):
    member = join(desk, references=["core-1"])
    found = make.till("members:read").post("/members/lookup", {"reference": "core-1"}).json
    assert member.items() <= found.items()
    assert found["balance"] == {"reward": WELCOME, "status": NOTHING}


@pytest.mark.parametrize("wanted", [{"phone": "912345678"}, {"email": "ana@example.com"}])
def test_a_till_may_not_ask_by_contact(desk, make, wanted):
    answer = make.till("points:earn").post("/members/lookup", wanted)
    assert (answer.status_code, answer.json["needs"]) == (403, ["members:read"])
