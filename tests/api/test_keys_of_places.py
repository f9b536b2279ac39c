"""Keys of places: what a place does by REST, and what is nothing to it (A3, B5, B6)."""

import pytest

from loyalty import access
from tests.makers import Till
from tests.pages.places import books_shower, key_of, open_house


@pytest.fixture
def house(make, clock):
    return open_house(make, clock)


@pytest.fixture
def ana(house):
    return house.shopper()


@pytest.fixture
def lounge(app, house):
    return Till(app, key_of(house, "t3"))


def test_b6_a_place_asks_and_records_without_naming_itself(lounge, ana):
    asked = lounge.post("/benefits/lounge/check", {"card": ana.card}).json
    assert (asked["allowed"], asked["remaining"]) == (True, 2)
    told = lounge.post("/benefit-uses", {"benefit": "lounge", "card": ana.card, "reference": "v"})
    assert (told.status_code, told.json["place"]) == (201, "t3")


def test_a_place_speaks_for_no_other(lounge, ana):
    visit = {"card": ana.card, "place": "t2"}
    for path, body in (
        ("/benefits/lounge/check", visit),
        ("/benefit-uses", visit | {"benefit": "lounge", "reference": "v"}),
        ("/vouchers/AAAA-BBBB-CCCC/use", {"place": "t2", "reference": "w"}),
    ):
        answer = lounge.post(path, body)
        assert (answer.status_code, answer.json["code"], answer.json["place"]) == (
            403,
            "place_of_others",
            "t2",
        )


@pytest.mark.parametrize("word", ["confirm", "cancel", "no-show"])
def test_a3_a_booking_at_another_place_is_unknown(app, house, lounge, ana, word):
    elsewhere = books_shower(house, ana, place="t2")["use_id"]
    answer = lounge.post(f"/benefit-uses/{elsewhere}/{word}")
    assert (answer.status_code, answer.json["code"]) == (404, "not_found")
    own = Till(app, key_of(house, "t2"))
    assert own.post(f"/benefit-uses/{elsewhere}/confirm").status_code == 200
    assert lounge.post(f"/benefit-uses/{elsewhere}/confirm").status_code == 404


def test_a_place_learns_nothing_else_of_a_member(lounge, ana):
    """Least power: its scope opens three questions of its own place, and no member."""
    for method, path, body in (
        ("GET", f"/members/{ana.member_id}/benefits", None),
        ("GET", f"/members/{ana.member_id}", None),
        ("GET", f"/members/{ana.member_id}/balance", None),
        ("POST", "/members/lookup", {"card": ana.card}),
        ("GET", "/club-events", None),
        ("GET", "/events", None),
    ):
        assert lounge.send(method, path, body).status_code == 403, path


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--place", "t3"], "the key of a place names it and has the scope place:use alone"),
        (["--place", "t3", "--scope", "place:use,points:earn"], "has the scope place:use alone"),
        (["--client", "x", "--scope", "place:use"], "the key of a place names it"),
        (["--place", "t9", "--scope", "place:use"], "no place t9 is open"),
        (["--place", " t3", "--scope", "place:use"], access.NAMES_HAVE),
    ],
)
def test_a_key_of_a_place_is_for_one_that_is_open_and_for_nothing_else(house, words, said):
    assert said in house.run("keys", "create", *words, exit_code=2).stderr


def test_many_keys_of_places_come_from_a_file_all_or_none(house, tmp_path):
    file = tmp_path / "keys.csv"
    file.write_text("client,scopes,place\nA,place:use,t2\nB,place:use,t9\n")
    assert "no place t9 is open" in house.run("keys", "create", "--file", str(file), exit_code=2).stderr
    assert house.run("keys", "list").stdout == ""
    file.write_text("client,scopes,place\nA,place:use,t2\nB,place:use,t3\n")
    assert house.run("keys", "create", "--file", str(file)).stdout.count("lk_") == 2
    assert [line.split()[1:5] for line in house.run("keys", "list").stdout.splitlines()] == [
        ["A", "*", "*", "t2"],
        ["B", "*", "*", "t3"],
    ]


def test_a_rotated_key_speaks_for_the_same_place(app, house, lounge, ana):
    again = house.run("keys", "rotate", lounge._key.split("_")[1]).stdout.strip()
    body = {"benefit": "lounge", "card": ana.card, "reference": "v"}
    assert Till(app, again).post("/benefit-uses", body).json["place"] == "t3"
