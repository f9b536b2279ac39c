"""The example client lives its day against a copy that is really served, as an integrator would run it."""

import importlib.util
import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator

import pytest
from flask import Flask
from werkzeug.serving import make_server

from loyalty.app import create_app
from loyalty.clock import SystemClock
from loyalty.db import db
from tests.books.tills import rows, till
from tests.conftest import Databases
from tests.databases import settings_for
from tests.house.sources import ROOT
from tests.makers import Maker

PATIENCE_SECONDS = 2.0
EXAMPLE = ROOT / "examples/till.py"
SPEC = importlib.util.spec_from_file_location("till", EXAMPLE)
assert SPEC
assert SPEC.loader
example = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(example)


class ShorterNights(SystemClock):
    """The machine's clock, but nobody is kept waiting much longer than the example's patience."""

    def sleep(self, seconds: float) -> None:
        """Wait, though not for long."""
        time.sleep(min(seconds, 2 * PATIENCE_SECONDS))


@pytest.fixture
def app(kind: Databases) -> Iterator[Flask]:
    with kind.clone() as live, kind.clone() as training:
        app = create_app(settings_for(live, training_database_url=training), ShorterNights())
        yield app
        with app.app_context():
            for engine in db.engines.values():
                engine.dispose()


@pytest.fixture
def url(app: Flask) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, app, threaded=True)
    served = threading.Thread(target=server.serve_forever)
    served.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    served.join()
    server.server_close()


def live_a_day(url: str, key: str) -> list[str]:
    """What the example prints, a line for each step."""
    words = [sys.executable, str(EXAMPLE), url, key, "--patience", str(PATIENCE_SECONDS)]
    done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.splitlines()


class LosesAnswers(example.Club):
    """What is asked at this path is done, and nobody hears of it."""

    path = "/nothing"

    def ask(self, method, path, body=None):
        """As ever, but for the one path."""
        answer = super().ask(method, path, body)
        if path == self.path:
            raise example.Unheard
        return answer


@pytest.fixture
def make(app: Flask) -> Maker:
    made = Maker(app, SystemClock())
    made.programme("retail-club.toml")
    return made


@pytest.fixture
def club(make: Maker, url: str) -> LosesAnswers:
    return LosesAnswers(url, till(make, "test")._key, patience_seconds=60, tries=1)


def test_a_tills_day(make, app, url):
    key = till(make, "test")._key
    day = live_a_day(url, key)
    assert [line[0] for line in day] == list("123456788889")
    assert "replayed: True" in day[2]
    assert day[3] == "4 refusal: This card cannot be used. → sell_without"
    assert "'money': " in day[4]
    assert "money_by_tender" in day[5]
    assert day[-2] == "8 and back again: ['created', 'created', 'created']"
    assert day[-1] == "9 day end: all is there"
    assert live_a_day(url, key)[-1] == "9 day end: all is there"  # another day, with the same cards
    assert (rows(app, "live")["sale"], rows(app, "training")["sale"]) == (0, 14)
    make.run("ledger", "verify")


def test_a_key_of_another_mode_and_a_club_out_of_reach_are_told_in_a_line(make, url):
    for words, told in (
        ((url, till(make, "live")._key), "This key is not of the mode test.\n"),
        ((url, "nonsense"), "unauthorised: "),
        (("http://127.0.0.1:1", "nonsense"), "No answer from http://127.0.0.1:1\n"),
    ):
        done = subprocess.run(
            [sys.executable, str(EXAMPLE), *words], capture_output=True, text=True, check=False
        )
        assert done.returncode == 1
        assert done.stderr.startswith(told)


def test_a_sale_whose_answer_was_lost_is_told_once_after_the_till_was_started_anew(club, app, tmp_path):
    club.path = "/purchases"
    sale = example.Till(club, "S1", "T1", tmp_path)
    assert sale.sell(sale.sale(example.WORKS, clothes="10.00")) is None
    started_anew = example.Till(club, "S1", "T1", tmp_path)
    assert [outcome["status"] for outcome in started_anew.catch_up()] == ["replayed"]
    assert started_anew.catch_up() == []
    assert started_anew.close_day()["match"] is True
    assert rows(app, "training")["sale"] == 1


@pytest.mark.parametrize("lost", ["/holds", "/purchases"])
def test_points_are_free_again_when_their_answer_was_lost(club, app, tmp_path, lost):
    shop = example.Till(club, "S1", "T1", tmp_path)
    shop.sell(shop.sale(example.WORKS, clothes="300.00"))
    before = club.ask("POST", "/members/lookup", {"card": example.WORKS})["balance"]["reward"]
    paid = shop.sale(example.WORKS, clothes="50.00")
    quoted, club.path = shop.quote(paid), lost
    with pytest.raises(example.Unheard):
        shop.pay_with_points(paid, quoted)
    club.path = "/nothing"
    assert club.ask("POST", "/members/lookup", {"card": example.WORKS})["balance"]["reward"] == before
    with pytest.raises(example.Refused, match=r"receipt_cancelled|key_reused"):
        club.ask("POST", "/purchases", paid)
    assert shop.close_day()["match"] is True


def test_what_a_batch_refuses_is_kept_for_the_next_one_or_for_a_manager(club, tmp_path):
    shop = example.Till(club, "S1", "T1", tmp_path)
    sales = [
        shop.sale(card, clothes="10.00") for card in (example.WORKS, "7000000000000056", example.BLOCKED)
    ]
    shop.unheard.write_text("".join(json.dumps(sale) + "\n" for sale in sales), "utf-8")
    assert [outcome["status"] for outcome in shop.catch_up()] == ["created", "refused", "refused"]
    assert [json.loads(line) for line in shop.unheard.read_text("utf-8").splitlines()] == [sales[1]]
    assert json.loads(shop.refused.read_text("utf-8")) == {"sale": sales[2], "code": "card_blocked"}
    assert shop.close_day()["match"] is True
