import logging

import pytest

from loyalty import problems
from loyalty.errors import Busy, CardBlocked, Invalid, NotEnoughPoints, NotFound


@pytest.mark.parametrize(
    "problem", [*problems.PROBLEMS.values(), *(one for _, one in problems.PROTOCOL.values())]
)
def test_a1_a_cashier_reads_at_most_forty_characters(problem):
    assert 0 < len(problem.zh) <= 40
    assert 0 < len(problem.en) <= 40
    assert problem.title


def test_a1_business_refusals_are_422_and_only_a_running_twin_is_409():
    judged = {problem.status for refusal, problem in problems.PROBLEMS.items() if refusal.judged}
    assert judged == {422}
    told_409 = [refusal.code for refusal, problem in problems.PROBLEMS.items() if problem.status == 409]
    assert told_409 == ["in_progress"]


def test_a1_facts_stand_beside_the_standard_members_and_never_replace_them():
    body = problems.problem_body(NotEnoughPoints(asked=500, held=320, status=200, code="x"), "zh")
    assert (body["asked"], body["held"]) == (500, 320)
    assert (body["status"], body["code"]) == (422, "not_enough_points")
    assert body["detail"].startswith("Not enough points (asked: 500; code: x; held: 320")
    assert body["cashier_text"] == "积分不足"


def test_m2_a_blocked_card_tells_a_till_nothing_more():
    body = problems.problem_body(CardBlocked(), "en")
    assert set(body) == {"type", "title", "status", "code", "detail", "cashier_text", "action"}


def test_a1_an_invalid_value_names_its_field_in_the_detail():
    assert "phone: is wrong" in problems.problem_body(Invalid(fields={"phone": "is wrong"}), "en")["detail"]


def test_a1_a_status_without_an_entry_is_a_bad_request_of_that_status():
    body = problems.protocol_body(418, "en")
    assert (body["status"], body["code"]) == (418, "malformed_request")


ONE_IS_ENOUGH = pytest.mark.parametrize("kind", ["sqlite"], indirect=True)


@ONE_IS_ENOUGH
def test_a1_an_unknown_path_and_a_wrong_method_are_problems(client):
    unknown = client.get("/v1/nonsense")
    assert (unknown.status_code, unknown.json["code"]) == (404, "not_found")
    wrong = client.put("/v1/members/0")
    assert (wrong.status_code, wrong.json["code"]) == (405, "method_not_allowed")
    assert {"GET", "PATCH"} <= set(wrong.headers["Allow"].split(", "))
    assert unknown.content_type == wrong.content_type == "application/problem+json"


@ONE_IS_ENOUGH
def test_a1_a_doubled_slash_is_an_unknown_path_and_no_redirect(client):
    for path in ("/v1//members", "/v1/members//balance"):
        assert (client.get(path).status_code, client.get(path).json["code"]) == (404, "not_found")


@ONE_IS_ENOUGH
def test_errors_outside_the_api_are_not_problems(client):
    assert client.get("/nonsense").content_type.startswith("text/html")


@ONE_IS_ENOUGH
def test_a3_an_id_of_another_form_is_heard_as_an_unknown_object(make):
    make.programme()
    till = make.till("members:read")
    answers = [
        till.get(f"/members/{text}") for text in ("0", "zzzzzzzzzzzzz", "nonsense", "1e3", "%00", "１")
    ]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.data for answer in answers}) == 1


@pytest.fixture
def breaking(app, make, monkeypatch):
    """A till whose next look breaks as a test says."""
    make.programme()
    till = make.till("members:read")

    def broken(fault):
        def look(*_):
            raise fault

        monkeypatch.setattr("loyalty.api.members.member_view", look)
        return till.get("/members/0")

    return broken


@ONE_IS_ENOUGH
def test_a1_an_unknown_fault_is_a_500_with_a_request_id_and_nothing_else(breaking, caplog):
    with caplog.at_level(logging.ERROR):
        answer = breaking(RuntimeError("the password is 1234"))
    assert (answer.status_code, answer.json["code"]) == (500, "internal_error")
    assert answer.json["action"] == "retry"
    assert answer.json["request_id"] == answer.headers["X-Request-Id"]
    assert "1234" not in answer.text
    assert len([record for record in caplog.records if record.levelno >= logging.ERROR]) <= 1


@ONE_IS_ENOUGH
def test_a1_busy_is_503_and_says_when_to_come_back(breaking):
    answer = breaking(Busy())
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "1")
    assert answer.json["action"] == "retry"


@ONE_IS_ENOUGH
def test_p3_a_remembered_refusal_is_marked_as_a_replay(breaking):
    refusal = NotFound()
    assert "Idempotency-Replayed" not in breaking(refusal).headers
    refusal.replayed = True
    assert breaking(refusal).headers["Idempotency-Replayed"] == "true"


@pytest.mark.parametrize("path", ["policies/P0%00", "customers/C-1%00", "policies/%0a", "customers/%7f"])
def test_g6_a_name_that_nothing_can_have_is_that_of_nothing(make, path):
    make.programme("insurer-club.toml")
    answer = make.till().get(f"/{path}")
    assert (answer.status_code, answer.json["code"]) == (404, "not_found")
