"""The sections `consent` of a programme: what a benefit needs, a member can be asked to allow (M10)."""

import pytest

from loyalty.decide.programme import compile_programme
from loyalty.errors import ProgrammeFaulty
from tests.documents import small

NEWS = {
    "code": "news", "name": {"zh": "资讯", "en": "News"}, "recipient": "the club", "data": "e-mail",
    "text": {"zh": "同意。", "en": "I agree."},
}  # fmt: skip
CHECK = {
    "code": "check", "name": {"zh": "体检", "en": "Check"}, "kind": "service", "tiers": ["silver"],
    "needs_consent": "clinic",
}  # fmt: skip


def faults_of(**sections):
    with pytest.raises(ProgrammeFaulty) as refused:
        compile_programme(small(**sections))
    return dict(refused.value.facts["faults"])


def test_m10_a_benefit_needs_no_consent_that_nobody_can_be_asked_for():
    assert faults_of(consent=[NEWS], benefit=[CHECK]) == {
        "benefit[0].needs_consent": 'there is no consent "clinic" to give'
    }
    programme = compile_programme(small(consent=[NEWS, NEWS | {"code": "clinic"}], benefit=[CHECK]))
    assert [one.code for one in programme.consents] == ["news", "clinic"]


def test_m10_a_consent_stands_once():
    assert faults_of(consent=[NEWS, NEWS]) == {"consent[1].code": '"news" is there twice'}
