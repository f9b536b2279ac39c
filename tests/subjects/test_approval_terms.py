import pytest

from loyalty.approvals.terms import Alone, ApprovalTerms, parse
from loyalty.document import Faults, Section


def parsed(document):
    faults = Faults()
    terms = parse(Section(document, faults), {"reward": 0, "status": 1})
    return terms, [path for path, _ in faults.all()]


def test_a_programme_without_the_section_needs_nobody_else():
    assert parsed({}) == (ApprovalTerms({}), [])


def test_limits_are_written_in_points_by_unit():
    told = {"reward": {"single": 0, "member_day": 20}, "status": {"maker_day": 5}}
    terms, faults = parsed({"approvals": {"adjustment": told}})
    assert terms.adjustment == {"reward": Alone(0, None, 20), "status": Alone(None, 50, None)}
    assert faults == []


@pytest.mark.parametrize(
    ("section", "path"),
    [
        ({}, "approvals.adjustment"),
        ({"adjustment": {}}, "approvals.adjustment"),
        ({"adjustment": {"gems": {"single": 1}}}, "approvals.adjustment.gems"),
        ({"adjustment": {"reward": {"single": -1}}}, "approvals.adjustment.reward.single"),
        ({"adjustment": {"reward": {"weekly": 1}}}, "approvals.adjustment.reward.weekly"),
        ({"adjustment": {"reward": {}}, "transfer": 1}, "approvals.transfer"),
    ],
)
def test_faults_are_told_by_their_path(section, path):
    assert parsed({"approvals": section})[1] == [path]
