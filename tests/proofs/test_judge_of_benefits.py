"""The judge on what the night told of benefits: true of the period it was told of, whatever came after."""

import pytest
from sqlalchemy import text

from tests.api.test_benefits import benefit
from tests.jobs.test_grants import granted, night
from tests.ladders import club, midnight
from tests.makers import wire
from tests.proofs.clubs import sound
from tests.proofs.judge import judge
from tests.reads.unguarded import lived

BY_TERM, BY_YEAR = {"count": 1, "per": "term"}, {"count": 1, "per": "calendar_year"}


def publish(make, quota, **terms):
    lounge = benefit("lounge", tiers=("silver",), quota=quota)
    make.document(club(tiers={"silver": 0}, **terms) | {"benefit": [lounge]})


def by_hand(shopper, until):
    told = {"tier": "silver", "until": wire(midnight(until)), "reason": "a friend of the house"}
    shopper.tell(f"/members/{shopper.member_id}/tier", told, 201, "by-hand")


def replaced_at_once(make):
    """A term by hand begins at the instant of joining, once the night has told of that which it replaces."""
    make.clock.move(midnight("2027-01-01"))
    publish(make, BY_TERM)
    ana = make.shopper()
    make.run("jobs", "nightly")
    by_hand(ana, "2027-05-01")
    night(make, "2027-02-01")
    return ana


def test_b1_a_term_that_another_replaced_at_its_first_instant_was_granted_what_was_told(make):
    replaced_at_once(make)
    assert granted(make) == [("lounge", 1, "2027-12-31T16:00:00Z")]  # no more is granted to who has less time
    sound(make)


def test_b2_a_year_that_another_edition_counts_by_the_term_was_granted_what_was_told(make):
    make.clock.move(midnight("2027-01-01"))
    long = {"length": {"months": 24, "less_a_day": True}, "terms_follow": "calendar_year"}
    publish(make, BY_YEAR, **long)
    make.shopper()
    night(make, "2027-01-02")
    publish(make, BY_TERM | {"count": 3}, **long)
    night(make, "2028-01-02")
    assert granted(make) == [("lounge", 1, "2027-12-31T16:00:00Z"), ("lounge", 3, "2028-12-31T16:00:00Z")]
    sound(make)


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
@pytest.mark.parametrize(
    "change",
    [
        ('"granted": 1', '"granted": 2'),
        ("2027-12-31", "2027-12-30"),
        ('"lounge"', '"suite"'),
    ],
)
def test_b1_what_was_never_granted_is_found(request, kind, change):
    with lived(request.getfixturevalue(f"{kind}_databases"), replaced_at_once) as engine:
        url = engine.url.render_as_string(hide_password=False)
        assert judge(url) == []
        old, new = change
        words = "UPDATE outbox_message SET body = replace({}, :old, :new){} WHERE kind = 'benefit.granted'"
        cast = ("body::text", "::json") if kind == "postgresql" else ("body", "")
        with engine.begin() as books:
            assert books.execute(text(words.format(*cast)), {"old": old, "new": new}).rowcount == 1
        assert any(line.startswith("law B1: outbox_message ") for line in judge(url))
