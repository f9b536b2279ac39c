"""Keys of the mode training: everything answers as in life, nothing counts, the books are their own."""

import re
import threading

import pytest
from sqlalchemy import text

from loyalty.app import create_app
from loyalty.db import books_kept, carry_out, db, reading
from loyalty.jobs.worker import night_if_due
from loyalty.members import Member
from loyalty.rooms import rooms
from tests.books.tills import rows, till
from tests.clocks import START
from tests.databases import settings_for
from tests.makers import Maker, Till, receipt, wire

PENDING = {"rule[0].from": {"days": 1}}
OWN = re.compile(r".*_id|number|reference|operation|refers_to|by")  #: what is another in every answer


def without_ids(told):
    if isinstance(told, dict):
        return {name: without_ids(inner) for name, inner in told.items() if not OWN.fullmatch(name)}
    return [without_ids(one) for one in told] if isinstance(told, list) else told


def a_day_at(shop):
    """What a till may do in a day; everything it heard."""
    sale = shop.buy("120.00", "30.00")
    heard = [sale, shop.redeem(20), shop.give_back(sale, (2, "30.00"))]
    held = shop.hold(50)
    heard += [held, shop.capture(held, 40), shop.adjust(7), shop.redeem(10_000, expect=422)]
    return without_ids([*heard, shop.look("/balance"), shop.look("/tier"), shop.look("/entries")["items"]])


def test_training_answers_as_in_life(make):
    make.club()
    heard = [a_day_at(make.shopper(till(make, mode))) for mode in ("live", "training")]
    assert heard[0] == heard[1]
    assert heard[0][-3]["units"]["reward"]["available"] == 150 - 20 - 30 - 40 + 7


def test_nothing_that_is_done_in_training_counts(make):
    make.club()
    training, test = till(make, "training"), till(make, "test")
    before = rows(make.app, "live")
    a_day_at(make.shopper(training))
    make.shopper(test)
    assert rows(make.app, "live") == before
    assert (before["member"], before["outbox_message"], before["operation"], before["claim"]) == (0, 0, 0, 0)
    assert rows(make.app, "training")["sale"] == 1
    assert rows(make.app, "training")["outbox_message"] > 0


def test_life_and_training_know_nothing_of_each_other(make):
    make.club()
    shops = {mode: make.shopper(till(make, mode), phone="+351912345678", references=["crm-1"])
             for mode in ("live", "training")}  # fmt: skip
    for here, there in (("live", "training"), ("training", "live")):
        shop, stranger = shops[here], shops[there]
        sale = shop.buy("10.00")
        held = shop.hold(5)
        post, get = stranger.till.post, stranger.till.get
        sold = receipt("R") | {
            "sold_at": wire(START),
            "currency": "EUR",
            "lines": [{"line": 1, "amount": "1"}],
        }
        assert post("/purchases", sold | {"card": shop.card}).json["code"] == "card_unknown"
        assert post("/purchases", sold | {"member_id": shop.member_id}).status_code == 404
        assert post("/members/lookup", {"card": shop.card}).json["code"] == "card_unknown"
        for path in (
            f"/members/{shop.member_id}",
            f"/members/{shop.member_id}/balance",
            f"/purchases/{sale['purchase_id']}",
            f"/holds/{held['hold_id']}",
        ):
            assert get(path).status_code == 404
    assert [len(rows(make.app, books)) > 0 for books in ("live", "training")] == [True, True]


def test_one_receipt_may_stand_in_both_books(make):
    make.club()
    for mode in ("live", "training", "training"):
        shop = make.shopper(till(make, mode))
        told = shop.buy("10.00", receipt=f"of {mode} {shop.card}")
        assert told["replayed"] is False
    live, training = (make.shopper(till(make, mode)) for mode in ("live", "training"))
    assert live.buy("10.00", receipt="same", key="same")["replayed"] is False
    assert training.buy("99.00", receipt="same", key="same")["replayed"] is False


def test_the_live_programme_is_in_force_in_training(make, clock):
    make.club()
    shop = make.shopper(till(make, "training"))
    assert shop.buy("10.00")["award"]["units"]["reward"] == 10
    make.club(in_force_from=START.replace(hour=3), **{"rule[0].earn": {"points": 3, "per": "1.00"}})
    clock.move(START.replace(hour=3))
    told = shop.buy("10.00")
    assert (told["award"]["units"]["reward"], told["edition"]) == (30, 2)
    assert (rows(make.app, "training")["edition"], rows(make.app, "live")["edition"]) == (0, 2)


def test_the_night_comes_to_both_books(make, clock):
    make.club(**PENDING)
    shops = [make.shopper(till(make, mode)) for mode in ("live", "training")]
    for shop in shops:
        shop.buy("10.00")
    done = make.run("jobs", "nightly", "--as-of", "2026-01-07").stdout.splitlines()
    nights = [line for line in done if line.startswith("night of")]
    assert [("in the training books" in line, "advanced 1" in line) for line in nights] == [
        (False, True),
        (True, True),
    ]
    with make.app.app_context():
        clock.move(START.replace(day=9))
        assert all(night_if_due(rooms(), books) for books in books_kept())
        assert [night_if_due(rooms(), books) for books in books_kept()] == [None, None]
    assert [shop.figures()[0] for shop in shops] == [10, 10]


def test_a_night_that_waits_in_training_holds_nobody_up(make, clock):
    make.club()
    with make.app.app_context():
        with db.engines["training"].begin() as connection:
            for table in ("work_part", "work"):
                connection.execute(text(f"DROP TABLE {table}"))
        assert night_if_due(rooms(), "live") is not None


def test_verify_proves_both_books(make):
    make.club()
    for mode in ("live", "training"):
        a_day_at(make.shopper(till(make, mode)))
    told = make.run("ledger", "verify").stdout
    assert "the training books:" in told
    with make.app.app_context():
        carry_out(lambda session: session.execute(text("UPDATE account SET available = 1")), books="training")
    told = make.run("ledger", "verify", exit_code=1).stdout
    live, _, training = told.partition("the training books:")
    assert "is broken" not in live
    assert "is broken" in training


def test_a_transaction_is_of_one_of_the_books(app):
    with app.app_context():
        with pytest.raises(RuntimeError, match="one wish, one transaction"):
            carry_out(lambda _: carry_out(lambda session: session.get(Member, 1), books="training"))
        with reading("training") as session:
            assert session.get_bind() is db.engines["training"]
        with reading() as session:
            assert session.get_bind() is db.engine


def test_threads_of_both_books_do_not_mix(make):
    make.club()
    shops = [make.shopper(till(make, mode)) for mode in ("live", "training")]
    threads = [
        threading.Thread(target=lambda shop=shop: [shop.buy("1.00") for _ in range(10)]) for shop in shops
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [shop.figures()[0] for shop in shops] == [10, 10]
    assert [rows(make.app, books)["sale"] for books in ("live", "training")] == [10, 10]


def test_ready_is_judged_by_the_live_books(app, client):
    assert client.get("/readyz").json.items() >= {
        "status": "ready", "database": "reachable", "migrations": "at head",
        "training": "reachable, at head",
    }.items()  # fmt: skip
    with app.app_context(), db.engines["training"].begin() as connection:
        connection.execute(text("DELETE FROM alembic_version"))
    told = client.get("/readyz")
    assert (told.status_code, told.json["training"]) == (200, "reachable, not at the head of the code")
    with app.app_context(), db.engine.begin() as connection:
        connection.execute(text("DELETE FROM alembic_version"))
    assert client.get("/readyz").status_code == 503


def test_without_training_books_their_keys_are_not_accepted(make, app, clock):
    """An operator who takes the training books away takes those keys away too."""
    make.club()
    training = till(make, "training")
    assert training.post("/members/lookup", {"card": "1"}).status_code != 401
    with app.app_context():
        alone = create_app(settings_for(db.engine.url.render_as_string(hide_password=False)), clock)
    told = Till(alone, training._key).post("/members/lookup", {"card": "1"})
    assert (told.status_code, told.json["code"]) == (401, "unauthorised")
    with alone.app_context():
        assert books_kept() == ("live",)
        db.engine.dispose()
    refused = Maker(alone, clock).run("keys", "create", "--terminal", "T1", "--scope", "points:earn",
                                      "--mode", "test", exit_code=2)  # fmt: skip
    assert "LOYALTY_TRAINING_DATABASE_URL" in refused.output
