"""The information service: news for the cards that have it (B8)."""

from datetime import timedelta

import pytest

from tests.api.test_benefits import benefit

SILVER = benefit("silver-news", kind="feed", tiers=("silver", "gold"))
GOLD = benefit("gold-news", kind="feed", tiers=("gold",))


@pytest.fixture
def club(make):
    make.club(benefit=[SILVER, GOLD])
    return make


def publish(club, code, title, *words):
    return club.run("news", "publish", code, "--zh", title, "--en", title, *words).stdout.strip()


def titles(who):
    return [one["title"]["en"] for one in who.look("/news")["items"]]


def test_b8_news_is_for_the_cards_that_have_it(club, clock):
    ana, ben = club.shopper(), club.shopper()
    ben.given("gold", clock.now() + timedelta(days=90))
    publish(club, "silver-news", "A")
    clock.move(timedelta(days=1))
    publish(club, "gold-news", "B", "--days", "7")
    clock.move(timedelta(days=1))
    assert (titles(ana), titles(ben)) == (["A"], ["B", "A"])
    clock.move(timedelta(days=7))
    assert titles(ben) == ["A"]


def test_news_is_withdrawn_at_once(club, clock):
    ana = club.shopper()
    item = publish(club, "silver-news", "A")
    clock.move(timedelta(seconds=1))
    club.run("news", "withdraw", item)
    assert titles(ana) == []


def test_news_of_no_feed_is_refused(club):
    words = ("--zh", "A", "--en", "A")
    assert "no benefit of news" in club.run("news", "publish", "lounge", *words, exit_code=1).output
    assert "no news 0" in club.run("news", "withdraw", "0", exit_code=1).output
