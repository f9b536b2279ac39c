"""Every address of the members' pages: forms of ours alone, no change by looking, nobody else's things."""

import re
from collections.abc import Iterator
from itertools import product

import pytest
from sqlalchemy import select
from werkzeug.routing import Rule

from loyalty import ids
from loyalty.db import reading
from loyalty.letters import freeze_token
from loyalty.tables import Base
from tests.guarding import patch
from tests.pages.desk import text_of
from tests.pages.places import SHOWER, TIERS, books_shower
from tests.pages.reader import Reader
from tests.pages.shop import ALL, customer, open_shop

MARKUP = "<img src=x onerror=alert(1)>\"'"
INLINE = re.compile("<style|<[^>]+ (?:style|on[a-z]+)=")
GALA = {
    "code": "gala", "name": {"zh": "晚宴", "en": "Gala"}, "kind": "event", "tiers": TIERS,
    "booking": {"lead_days": 0, "cancel_days": 0},
}  # fmt: skip
CONSENT = {
    "purpose": "survey", "recipient": MARKUP, "data": MARKUP, "text_sha256": "a" * 64, "language": "en",
    "channel": "paper",
}  # fmt: skip
OF_ALL = {
    "code",
    "month",
    "kind",
    "purpose",
    "event_id",
    "token",
}  #: what addresses name that is nobody's own
UNKNOWN = {"operation": 1 << 60, "session_id": 1 << 60, "order_id": (5, 1 << 60), "use_id": (5, 1 << 60)}


@pytest.fixture
def shop(make, clock):
    open_shop(make, clock, reward=ALL, benefit=[SHOWER, GALA])
    make.run("places", "open", "t3", "--provider", "airport", "--zh", "地点", "--en", "Terminal 3")
    return make


@pytest.fixture
def things(app, shop, clock):
    """What belongs to two members, by the names that addresses use, and what belongs to the club."""
    event = shop.run(
        "club-events", "announce", "--benefit", "gala", "--starts", "2026-03-28T09:00:00+08:00",
        "--capacity", "3", "--zh", "晚宴", "--en", "Gala",
    ).stdout.split()[0]  # fmt: skip
    found = {}
    for number, name in enumerate((MARKUP, "Bea")):
        who = customer(shop, name=name, phone=f"+861380013800{number}", email=f"m{number}@example.org")
        patch(who, address={"lines": [MARKUP]}, consents=[CONSENT])
        wish = {"card": who.card, "reward": "massage", "reference": f"o-{number}"}
        order = who.tell("/reward-orders", wish, 201)["order_id"]
        use = books_shower(shop, who, hours=number + 1)["use_id"]
        reader, member_id = Reader(app, who), ids.from_text(who.member_id)
        reader.home = "/me/profile"
        device = re.search("devices/([^/]+)/end", reader_of_another(app, who)).group(1)
        key = app.extensions["loyalty"].settings.freeze_keys[0]
        found[number] = {
            "reader": reader, "operation": who.buy("10.00")["purchase_id"], "session_id": device,
            "order_id": order, "use_id": use, "event_id": event, "month": "2026-03", "kind": "phone",
            "purpose": "earn", "token": freeze_token(key, member_id, clock.now()),
        }  # fmt: skip
    return found


def reader_of_another(app, who):
    """The list of devices as a second browser of a member sees it."""
    return Reader(app, who).open("/me/profile/devices").text


def rules(app, method) -> Iterator[Rule]:
    """The members' addresses that answer to a method."""
    for rule in sorted(app.url_map.iter_rules(), key=lambda one: one.rule):
        if rule.rule.startswith("/me/") and method in (rule.methods or ()):
            yield rule


def paths(rule, values) -> Iterator[str]:
    """An address with these values in it, once for each code there may be."""
    codes = ("massage", "tea", "shower", "gala") if "code" in rule.arguments else ("",)
    for code in codes:
        path = rule.rule
        for name, value in (values | {"code": code}).items():
            path = re.sub(rf"<(?:[^:>]*:)?{name}>", str(value), path)
        yield path


def token_of(reader):
    """What a form of this browser carries."""
    return re.search('name="csrf_token" value="([^"]+)"', reader.client.get("/me/profile").text).group(1)


def books(app):
    """All rows there are, but for when a browser was seen."""
    with app.app_context(), reading() as session:
        kept = {}
        for name, table in Base.metadata.tables.items():
            columns = [one for one in table.c if (name, one.name) != ("member_session", "seen_at")]
            kept[name] = sorted(map(repr, session.execute(select(*columns)).all()))
        return kept


def test_no_form_of_elsewhere_is_heard(app, things):
    """CSRF, XSS, clickjacking: without our token, or sent by another site, no form changes anything."""
    mine = things[0]
    client, token = mine["reader"].client, token_of(mine["reader"])
    before, tried = books(app), 0
    for rule in rules(app, "POST"):
        for path in paths(rule, mine):
            answers = [client.post(path, data={"csrf_token": told}) for told in ("", "x", token[:-1])]
            assert {answer.status_code for answer in answers} == {400}, path
            for site in ("cross-site", "same-site"):
                answer = client.post(path, data={"csrf_token": token}, headers={"Sec-Fetch-Site": site})
                assert answer.status_code == 403, path
            tried += 1
    assert tried >= 20
    assert books(app) == before


def test_looking_changes_nothing(app, things, clock):
    """CSRF, XSS, clickjacking: no GET of any page changes a row, but for when the browser was seen."""
    before, seen = books(app), 0
    for rule in rules(app, "GET"):
        for path in paths(rule, things[0]):
            assert things[0]["reader"].client.get(path).status_code < 500, path
            assert books(app) == before, path
            seen += 1
    assert seen >= 35


def test_what_members_are_called_is_text_on_every_page(app, things):
    """CSRF, XSS, clickjacking: names are escaped, nothing runs inline, no page is framed or kept."""
    reader, escaped = things[0]["reader"], 0
    sought = f"?q={MARKUP}&next={MARKUP}&before={MARKUP}&unit={MARKUP}"
    for rule, more in product(rules(app, "GET"), ("", sought)):
        for path in paths(rule, things[0]):
            answer = reader.client.get(path + more)
            policy = answer.headers["Content-Security-Policy"]
            assert ("default-src 'none'" in policy, "frame-ancestors 'none'" in policy) == (True, True)
            assert "unsafe" not in policy
            assert answer.headers["Cache-Control"] == "no-store"
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            if answer.mimetype == "text/html":
                page = answer.text
                assert "<img" not in page, path
                assert INLINE.search(re.sub('"[^"]*"', '""', page)) is None, path
                assert re.search("<script(?![^>]* src=)", page) is None, path
                escaped += "&lt;img src=x" in page
    assert escaped >= 3
    refused = reader.client.get("/me/nowhere/<img src=x>")
    assert (refused.status_code, "<img" in refused.text) == (404, False)
    reader.open("/me/profile/contact/email")
    assert "<img" not in reader.send("Send the code", contact=MARKUP).text


def test_nobody_reaches_anothers_things(app, things):
    """Another's data: their things are, in every address, the same as things that never were."""
    reader, theirs, tried = things[0]["reader"], things[1], set()
    token = token_of(reader)
    before = books(app)
    for method in ("GET", "POST"):
        for rule in rules(app, method):
            own = rule.arguments - OF_ALL
            assert own <= UNKNOWN.keys(), f"say whose {own} is"
            if not own:
                continue
            values = things[0] | {name: theirs[name] for name in own}
            never = things[0] | {name: _text(UNKNOWN[name]) for name in own}
            for foreign, unknown in zip(paths(rule, values), paths(rule, never), strict=True):
                heard = [
                    reader.client.open(
                        path, method=method, data={"csrf_token": token} if method == "POST" else {}
                    )
                    for path in (foreign, unknown)
                ]
                assert [one.status_code for one in heard] == [404, 404], foreign
                assert text_of(heard[0]) == text_of(heard[1])
            tried |= own
    assert tried >= {"operation", "session_id", "order_id"}
    assert books(app) == before


def _text(number):
    return ids.pair_to_text(*number) if isinstance(number, tuple) else ids.to_text(number)
