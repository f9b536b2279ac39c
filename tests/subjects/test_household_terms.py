import pytest

from loyalty.document import Faults, Section
from loyalty.households.terms import HouseholdTerms, parse


def parsed(document):
    faults = Faults()
    terms = parse(Section(document, faults), {"reward": 0, "status": 1})
    return terms, [path for path, _ in faults.all()]


def test_a_programme_without_the_section_knows_no_households():
    assert parsed({}) == (None, [])


def test_m8_what_the_others_spend_in_a_month_is_written_in_points_by_unit():
    told = {"most": 4, "unit": {"reward": {"others_month": 500}, "status": {"others_month": 5}}}
    assert parsed({"household": told}) == (HouseholdTerms(4, {"reward": 500, "status": 50}), [])


@pytest.mark.parametrize(
    ("section", "path"),
    [
        ({"most": 4}, "household.unit"),
        ({"most": 4, "unit": {}}, "household.unit"),
        ({"most": 1, "unit": {"reward": {"others_month": 1}}}, "household.most"),
        ({"most": 21, "unit": {"reward": {"others_month": 1}}}, "household.most"),
        ({"unit": {"reward": {"others_month": 1}}}, "household.most"),
        ({"most": 4, "unit": {"gems": {"others_month": 1}}}, "household.unit.gems"),
        ({"most": 4, "unit": {"reward": {}}}, "household.unit.reward.others_month"),
        ({"most": 4, "unit": {"reward": {"others_month": 0}}}, "household.unit.reward.others_month"),
    ],
)
def test_faults_are_told_by_their_path(section, path):
    assert parsed({"household": section})[1] == [path]
