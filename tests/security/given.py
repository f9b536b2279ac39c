"""What the matrix of staff needs of a club, and things of it that no colleague owns."""

from datetime import timedelta
from secrets import token_urlsafe

from loyalty import benefits, ids, reviews
from loyalty.benefits import ClubEvent
from loyalty.db import carry_out
from tests.api.test_benefits import benefit
from tests.pages.shop import thing

GIVES = {
    "benefit": [benefit("gala", kind="event", booking={}), benefit("feed", kind="feed")],
    "reward": [thing("pin", "徽章", "Pin", 10, delivery="order")],
}  #: what a club needs that announces, publishes and sends
SALE = {
    "sold_at": "2026-01-05T00:30:00+00:00", "currency": "EUR", "cashier": None, "lines": [], "tenders": [],
    "rounding_minor": 0, "attributes": {}, "quoted": None,
}  # fmt: skip


def given_by_the_club(app, who, name):
    """An event or a piece of news, which are nobody's own; an order of a member's; None for other names."""
    now, words = who.member.clock.now(), {"zh": "晚宴", "en": "Gala"}
    event = ClubEvent("gala", words, now + timedelta(days=3), None, 9)
    made = {
        "event_id": lambda rows: ids.to_text(benefits.announce(rows, event, now)),
        "item_id": lambda rows: ids.to_text(benefits.publish_item(rows, "feed", words, words, None, now)),
    }
    if name == "order_id":
        who.member.adjust(10)
        wanted = {"card": who.member.card, "reward": "pin", "reference": token_urlsafe(6)}
        return who.member.tell("/reward-orders", wanted, 201)["order_id"]
    with app.app_context():
        return carry_out(made[name]) if name in made else None


def rejected(rows, sale, now):
    """A sale that was held and is rejected by now."""
    review_id = reviews.hold(rows, sale, now)
    reviews.close(rows, review_id, "rejected", "T1", now)
    return review_id
