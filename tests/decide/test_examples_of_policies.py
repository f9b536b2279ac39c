"""Examples of a programme may tell states of policies; a faulty one is told with its path."""

from typing import Any

import pytest

from loyalty.decide.programme import compile_programme
from loyalty.decide.proving import failing_examples
from loyalty.errors import ProgrammeFaulty
from tests.policies import insurer

AT = "2026-01-05T10:00:00+08:00"
STATE: dict[str, Any] = {
    "no": "P1", "at": AT, "issued_on": "2026-01-05", "cooling_off_ends_on": "2026-01-20",
    "coverages": [{"premium": "60000.00", "pay_years": 20, "cover_years": 30}],
}  # fmt: skip
SIGNED = {key: value for key, value in STATE.items() if key != "cooling_off_ends_on"}


def club(*states: dict[str, Any], **expect: Any) -> dict[str, Any]:
    facts = [{"enrol": {"at": "2026-01-05T09:00:00+08:00"}}, *({"policy": state} for state in states)]
    example = {"say": "policies", "at": "2026-06-01T00:00:00+08:00", "expect": expect, "facts": facts}
    return insurer(example=[example], policies={"cooling_off_days": 15})


@pytest.mark.parametrize(
    ("states", "expect"),
    [
        pytest.param([STATE], {"points": {"status": 60_000}, "tier": "silver"}, id="by the day told"),
        pytest.param(
            [SIGNED | {"receipt_signed_on": "2026-01-05"}], {"points": {"status": 60_000}}, id="by receipt"
        ),
        pytest.param([SIGNED], {"points": {"status": 0}, "pending": {"status": 60_000}}, id="unknown"),
        pytest.param(
            [STATE, STATE | {"version": 2, "at": "2026-05-01T10:00:00+08:00", "held": False}],
            {"points": {"status": 0}, "tier": "silver"}, id="passed on to somebody else",
        ),
        pytest.param(
            [STATE, STATE | {"version": 2, "at": "2026-05-01T10:00:00+08:00", "status": "cancelled",
                             "effective_at": "2026-01-10T10:00:00+08:00"}],
            {"points": {"status": 0}, "tier": ""}, id="cancelled in cooling-off, told late",
        ),
    ],
)  # fmt: skip
def test_i1_i4_i5_t10_what_policies_lead_to(states, expect):
    assert failing_examples(compile_programme(club(*states, **expect))) == []


@pytest.mark.parametrize(
    ("changes", "path", "message"),
    [
        ({"status": "sleeping"}, "status", "must be"),
        ({"issued_on": 5}, "issued_on", "must be a day"),
        ({"receipt_signed_on": "soon"}, "receipt_signed_on", "must be a day"),
        ({"coverages": [{"premium": "1.00", "pay_mode": "weekly"}]}, "coverages[0].pay_mode", "must be"),
        ({"coverages": [{"premium": 1.0}]}, "coverages[0].premium", "in quotes"),
    ],
)
def test_a_faulty_state_is_told_with_its_path(changes, path, message):
    with pytest.raises(ProgrammeFaulty) as faulty:
        compile_programme(club(STATE | changes, tier=""))
    found: Any = faulty.value.facts["faults"]
    where = f"example[0].facts[1].policy.{path}"
    assert [told for place, told in found if place == where and message in told], found
