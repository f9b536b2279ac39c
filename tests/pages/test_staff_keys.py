"""Keys of tills and places on the pages of staff: made and shown once, changed, ended."""

import re
from datetime import timedelta

import pytest

from tests.makers import Till
from tests.pages.colleagues import Colleague, path_of
from tests.pages.desk import Desk, says


@pytest.fixture
def ada(app, make):
    make.club()
    return Colleague(app, "administrator", name="Ada")


def key_in(answer):
    return re.search(r"lk_[a-z2-7]{8}_[a-z2-7]+", answer.text).group()


def key_page(ada, client):
    """The page of the only key of a client."""
    row = next(row for row in ada.open("/staff/keys").text.split("<tr>") if f"<td>{client}" in row)
    return ada.open(re.search(r'href="([^"]+)"', row).group(1))


def is_heard(app, key):
    return Till(app, key).get("/members/nobody").status_code != 401


def test_a_key_is_shown_once_and_heard_until_it_is_ended(app, make, ada):
    ada.open("/staff/keys/make")
    told = {"client": "T-9", "store": "S-1", "terminals": "t1, t2", "scope": "members:read"}
    made = ada.send("Make the key", **told)
    says(made, "Keep it now: it is not shown again.")
    key = key_in(made)
    assert is_heard(app, key)
    says(key_page(ada, "T-9"), "accepted", "S-1 · t1, t2", "members:read")
    assert key not in ada.last.text
    says(ada.send("End this key"), "The key is not accepted any more.", "ended")
    make.clock.move(make.clock.now() + timedelta(seconds=10))
    assert not is_heard(app, key)
    acts = make.run("audit", "show").stdout
    assert acts.count("key.made  ") >= 1
    assert acts.splitlines()[-1].split("  ")[2:4] == [f"staff:{path_of(ada)}", "key.revoked"]


def test_a_form_pressed_twice_makes_one_key(ada):
    told = {"key": "once", "client": "T-9", "scope": "points:earn"}
    key_in(ada.post("/staff/keys/make", **told))
    again = ada.post("/staff/keys/make", **told)
    assert again.status_code == 303
    says(ada.open("/staff/keys"), "The key was made before, and is not shown again.")
    assert ada.last.text.count("<td>T-9") == 1


def test_a_key_is_changed_with_an_overlap(app, ada, clock):
    ada.open("/staff/keys/make")
    first = key_in(ada.send("Make the key", client="T-9", scope="members:read", signed=""))
    key_page(ada, "T-9")
    changed = ada.send("Make the second key", hours="1")
    says(changed, "The key before is accepted until")
    second = key_in(changed)
    assert is_heard(app, first)
    assert is_heard(app, second)
    clock.move(clock.now() + timedelta(hours=1, seconds=10))
    assert (is_heard(app, first), is_heard(app, second)) == (False, True)


def test_what_a_key_lacks_is_said_beside_its_field(ada):
    ada.open("/staff/keys/make")
    for told, said in (
        ({"client": "", "scope": "members:read"}, "A name has 1 to 40 characters."),
        ({"client": "T-9"}, "Please choose at least one."),
        ({"client": "T-9", "scope": "approvals:decide"}, "Please choose at least one."),
        (
            {"client": "T-9", "scope": "members:read", "expires_on": "2020-01-01"},
            "Please choose a day to come.",
        ),
        ({"client": "T-9", "scope": "members:read", "mode": "old"}, "Please choose one of these."),
        ({"place": "nowhere"}, "This place is not open."),
    ):
        says(ada.post("/staff/keys/make", key=f"k{len(said)}", **told), said, status=422)


def test_the_key_of_a_place_signs_in_there(app, make, ada):
    make.run("places", "open", "c1", "--provider", "clinic", "--zh", "体检中心", "--en", "Clinic")
    ada.open("/staff/keys/make")
    key = key_in(ada.send("Make the key of the place", place="c1"))
    says(Desk(app).sign_in(key), "Clinic")


def test_the_key_of_a_person_is_ended_but_not_taken_over(ada, make):
    make.person("bob")
    says(key_page(ada, "bob"), "The key of a person is changed by an operator.")
    path = ada.last.request.path
    says(ada.post(f"{path}/rotate"), "The key of a person is changed by an operator.", status=422)
    says(ada.open(path), "accepted")
