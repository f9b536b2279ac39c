"""Which edition's promises a card keeps, from its first instant to its last (B2)."""

import pytest

from loyalty.decide import entitled
from tests.ladders import club, midnight, noon
from tests.lives import Someone

NAMES = {"zh": "权益", "en": "Benefit"}
YEARS, TERM = "calendar_year", "term"


def catalogue(follow, months=12, **counts):
    """A club whose cards, had by joining, give these, so many a calendar year."""
    given = [
        {"code": code, "name": NAMES, "kind": "service", "tiers": ["silver"],
         "quota": {"count": count, "per": "calendar_year"}}
        for code, count in counts.items()
    ]  # fmt: skip
    length = {"months": months, "less_a_day": True}
    return club({"silver": 0}, terms_follow=follow, length=length) | {"benefit": given}


def joined(first, *later):
    """Who joined on 2 July 2026 under an edition, with those that came later, each with its first day."""
    someone = Someone(first, joined="2026-07-02")
    for document, day in later:
        someone.hears_of(document, day)
    return someone


MORE = catalogue(YEARS, lounge=6, spa=1)


@pytest.mark.parametrize(
    ("editions", "shown"),
    [
        pytest.param(
            [catalogue(YEARS, lounge=2), (MORE, "2026-10-01")],
            [("2026-12-31", 1, 2, None), ("2027-01-01", 2, 6, 1), ("2027-07-02", 2, 6, 1)],
            id="the new year brings what is in force then",
        ),
        pytest.param(
            [catalogue(YEARS, lounge=2), (MORE, "2027-01-01")],
            [("2026-12-31", 1, 2, None), ("2027-01-01", 2, 6, 1)],
            id="also what came into force with it",
        ),
        pytest.param(
            [catalogue(YEARS, lounge=2), (MORE, "2027-01-02")],
            [("2027-01-02", 1, 2, None), ("2027-07-01", 1, 2, None), ("2027-07-02", 2, 6, 1)],
            id="a day later it is for the next term",
        ),
        pytest.param(
            [catalogue(TERM, lounge=2), (MORE, "2026-10-01")],
            [("2027-01-01", 1, 2, None), ("2027-07-01", 1, 2, None), ("2027-07-02", 2, 6, 1)],
            id="the edition that a term began under says what it follows",
        ),
        pytest.param(
            [catalogue(YEARS, lounge=2), (catalogue(YEARS, spa=1), "2026-10-01")],
            [("2026-12-31", 1, 2, None), ("2027-01-01", 2, None, 1)],
            id="and takes what is not promised any more",
        ),
        pytest.param(
            [
                catalogue(YEARS, 36, lounge=1),
                (catalogue(TERM, 36, lounge=2), "2026-10-01"),
                (catalogue(TERM, 36, lounge=3), "2027-10-01"),
            ],
            [("2026-12-31", 1, 1, None), ("2027-01-01", 2, 2, None), ("2028-01-01", 2, 2, None),
             ("2029-07-02", 3, 3, None)],
            id="until one follows the term again",
        ),
        pytest.param(
            [
                catalogue(YEARS, 36, lounge=1),
                (catalogue(YEARS, 36, lounge=2), "2026-10-01"),
                (catalogue(YEARS, 36, lounge=3), "2027-10-01"),
            ],
            [("2027-12-31", 2, 2, None), ("2028-01-01", 3, 3, None), ("2029-01-01", 3, 3, None)],
            id="year by year",
        ),
    ],
)  # fmt: skip
def test_b2_a_card_keeps_the_promises_of_its_term_or_of_each_calendar_year(editions, shown):
    someone = joined(*editions)
    for day, edition, lounge, spa in shown:
        at = midnight(day)
        given = [someone.entitlement(code, at) for code in ("lounge", "spa")]
        assert [had and had.granted for had in given] == [lounge, spa], day
        assert entitled.edition_of(someone.editions, someone.at(at).terms, at) == edition, day


def test_b2_what_follows_the_year_in_mid_period_raises_or_lowers_what_the_period_grants():
    """A period that runs on over the new year is one, as with an upgrade (B4); the term is one, too."""
    once = {"count": 1, "per": "term"}
    first, later = catalogue(YEARS, lounge=1), catalogue(YEARS, lounge=1)
    first["benefit"][0]["quota"], later["benefit"][0]["quota"] = once, once | {"count": 3}
    someone = joined(first, (later, "2026-10-01"))
    for day, granted in (("2026-12-31", 1), ("2027-01-01", 3)):
        had = someone.entitlement("lounge", noon(day))
        assert (had.granted, had.period.from_at) == (granted, noon("2026-07-02"))
        assert had.period.until_at == midnight("2027-07-02")
