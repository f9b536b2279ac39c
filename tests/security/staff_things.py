"""What colleagues and members have in a club, for addresses of the staff's pages to name."""

from datetime import timedelta
from secrets import token_urlsafe

from loyalty import benefits, ids, reviews, staff, work
from loyalty.access import Grant, add_key
from loyalty.actions.ask_approval import BulkFile, ask_bulk_file
from loyalty.benefits import ClubEvent
from loyalty.db import carry_out
from loyalty.reads.what_if import KIND as WHAT_IF
from loyalty.reviews import Held
from loyalty.rooms import rooms
from tests.api.test_benefits import benefit
from tests.pages.shop import thing

PLACE = "t3"
WASH = {"code": "wash", "name": {"zh": "洗车", "en": "Car wash"}, "kind": "service", "tiers": ["silver"]}
GIVES = {
    "benefit": [WASH, benefit("gala", kind="event", booking={}), benefit("feed", kind="feed")],
    "reward": [thing("pin", "徽章", "Pin", 10, delivery="order")],
}  #: what a club needs that announces, publishes and sends
FILE = BulkFile("corrections.csv", "a" * 64, 12, {"reward given": 300})
SALE = {
    "sold_at": "2026-01-05T00:30:00+00:00", "currency": "EUR", "cashier": None, "lines": [], "tenders": [],
    "rounding_minor": 0, "attributes": {}, "quoted": None,
}  # fmt: skip


def things_of(app, who):
    """What belongs to a colleague, by the names that addresses use; a member is theirs whom they opened."""
    with app.app_context():
        asked = carry_out(
            lambda rows: ask_bulk_file(rows, FILE, by=staff.actor(who.account_id), now=rooms().clock.now())
        )
        grant = Grant(f"T-{token_urlsafe(6)}", None, (), ("points:earn",))
        key, _ = carry_out(lambda rows: add_key(rows, rooms().clock.now(), grant))
        sale = Held(
            ids.from_text(who.member_id), "earn.transaction", "S-1", "t1", rooms().clock.now().date(),
            token_urlsafe(6), 100, SALE, "T1",
        )  # fmt: skip
        held = carry_out(lambda rows: rejected(rows, sale, rooms().clock.now()))
        run = carry_out(lambda rows: tried(rows, staff.actor(who.account_id), rooms().clock.now()))
        told = {
            "review_id": ids.to_text(held),
            "run_id": ids.to_text(run),
            "key_id": ids.to_text(key.key_id),
            "account_id": ids.to_text(who.account_id),
            "approval_id": ids.to_text(asked.approval_id),
            "member_id": who.member_id,
            "use_id": who.use_id,
        }
    return told | who.own_things()


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


def tried(rows, by, now):
    """A draft that somebody let be tried on real history, which waits for a worker; the one that does."""
    if waits := work.running(rows, WHAT_IF):
        return waits[0].id
    asked = {"since": None, "draft": 1, "revision": 1}
    return work.start(rows, WHAT_IF, as_of=now, now=now, asked=asked, about="a" * 64, asked_by=by)


def rejected(rows, sale, now):
    """A sale that was held and is rejected by now."""
    review_id = reviews.hold(rows, sale, now)
    reviews.close(rows, review_id, "rejected", "T1", now)
    return review_id


def used(shopper):
    """A visit that a member made, by the name that addresses use."""
    told = {"benefit": "wash", "card": shopper.card, "reference": shopper.member_id}
    return shopper.tell("/benefit-uses", told, 201)["use_id"]
