import pytest
from flask import Flask

from loyalty.api.idempotency import REPLAYED, answering, header_key, if_match
from loyalty.api.paging import cut, from_cursor
from loyalty.errors import Invalid, KeyMalformed, VersionMissing, VersionStale

APP = Flask(__name__)


@pytest.mark.parametrize(
    ("header", "key"),
    [
        (None, None),
        ('"abc"', "abc"),
        ("abc", "abc"),
        ('"a \\"b\\" \\\\c"', 'a "b" \\c'),
        ('"', '"'),
        ("x" * 255, "x" * 255),
        ('"' + "x" * 255 + '"', "x" * 255),
    ],
)
def test_p2_a_key_may_be_quoted_or_bare(header, key):
    with APP.test_request_context(headers={} if header is None else {"Idempotency-Key": header}):
        assert header_key() == key


@pytest.mark.parametrize("header", ["", '""', "x" * 256, "é", "a\tb", " "])
def test_p2_a_key_is_1_to_255_printable_characters(header):
    with APP.test_request_context(headers={"Idempotency-Key": header}), pytest.raises(KeyMalformed):
        header_key()


@pytest.mark.parametrize(
    ("header", "fault"),
    [
        (None, VersionMissing),
        ("*", VersionStale),
        ('W/"1"', VersionStale),
        ("1", VersionStale),
        ('"x"', VersionStale),
    ],
)
def test_p2_a_change_names_the_version_it_was_made_from(header, fault):
    headers = {} if header is None else {"If-Match": header}
    with APP.test_request_context(headers=headers), pytest.raises(fault):
        if_match()


def test_p2_a_version_is_read_from_its_etag():
    with APP.test_request_context(headers={"If-Match": '"12"'}):
        assert if_match() == 12


def test_p2_only_a_replay_is_marked_as_one():
    assert answering({}, 201, replayed=True) == ({}, 201, {REPLAYED: "true"})
    assert answering({}, 201, replayed=False, headers={"ETag": "1"}) == ({}, 201, {"ETag": "1"})


def test_a_list_is_walked_by_its_cursor():
    rows = [1, 2, 3, 4, 5]
    first = cut(rows[:3], 2, lambda row: (row, "x"))
    assert first["items"] == [1, 2]
    assert from_cursor(first["next"], 2) == ["2", "x"]
    assert cut(rows[3:], 2, lambda row: (row, "x")) == {"items": [4, 5], "next": None}
    assert from_cursor(None, 2) is None


@pytest.mark.parametrize("cursor", ["", "x", "!!!!", "Mg", "Mgp4=", "é"])
def test_a_cursor_we_never_gave_out_is_refused(cursor):
    with pytest.raises(Invalid):
        from_cursor(cursor, 2)
