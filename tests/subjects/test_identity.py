from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty.members import identity

KEY = b"the key of these tests"


@pytest.mark.parametrize(
    "told",
    [
        "+86 138 0013 8000",
        "0086138 0013 8000",
        "008613800138000",
        "13800138000",
        " 138-0013-8000 ",
        "１３８００１３８０００",
        "＋８６１３８００１３８０００",
    ],
)
def test_m5_however_it_is_written_a_phone_is_one_phone(told):
    assert identity.phone_e164(told, "CN") == "+8613800138000"


@pytest.mark.parametrize(
    ("told", "region", "expected"),
    [
        pytest.param("912 345 678", "PT", "+351912345678", id="a local number"),
        pytest.param("0086 138 0013 8000", "US", "+8613800138000", id="00 where it is not the exit code"),
        pytest.param("912345678", "ZZ", None, id="no region: only international numbers"),
        pytest.param("+351912345678", "ZZ", "+351912345678", id="no region, but international"),
        pytest.param("", "CN", None, id="nothing"),
        pytest.param("hello", "CN", None, id="no number"),
        pytest.param("12", "CN", None, id="too short"),
        pytest.param("+86" + "1" * 30, "CN", None, id="too long"),
        pytest.param("00", "CN", None, id="an exit code alone"),
    ],
)
def test_m5_a_phone_is_kept_in_its_international_form(told, region, expected):
    assert identity.phone_e164(told, region) == expected


@pytest.mark.parametrize(
    ("zone", "currency", "region"),
    [
        ("Asia/Shanghai", "CNY", "CN"),
        ("Europe/Lisbon", "EUR", "PT"),
        ("America/New_York", "USD", "US"),
        ("UTC", "JPY", "JP"),
        ("UTC", "EUR", identity.NO_REGION),
    ],
)
def test_m5_a_club_hears_local_numbers_of_where_its_clocks_are(zone, currency, region):
    assert identity.default_region(zone, currency) == region


def test_m5_a_document_is_kept_as_a_keyed_digest_and_its_last_four():
    kept = identity.document("id_card", "11010519491231002X", KEY)
    assert kept is not None
    assert (kept.kind, kept.last_four, len(kept.digest)) == ("id_card", "002X", 64)
    assert "1101" not in kept.digest + kept.last_four
    assert identity.document("id_card", " 110105 19491231-002ｘ ", KEY) == kept


def test_m5_another_kind_or_another_key_is_another_digest():
    kept = identity.document("id_card", "123456", KEY)
    assert kept != identity.document("passport", "123456", KEY)
    assert kept != identity.document("id_card", "123456", b"another")


def test_m5_a_document_without_letters_and_digits_is_none():
    assert identity.document("id_card", " -- ", KEY) is None


@given(st.text())
def test_m5_folding_twice_changes_nothing_more(name):
    assert identity.search_key(identity.search_key(name)) == identity.search_key(name)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ｗang Wei", "wang  wei"),
        ("STRASSE", "straße"),
        ("王　小明", "王 小明"),
        ("Ana@Example.COM", "ana@example.com"),
    ],
)
def test_m5_names_match_folded(one, other):
    assert identity.search_key(one) == identity.search_key(other)


@pytest.mark.parametrize(
    ("born", "mmdd"),
    [(date(2000, 2, 29), 229), (date(1999, 12, 31), 1231), (date(2001, 1, 1), 101), (None, None)],
)
def test_n8_a_birthday_is_found_by_month_and_day(born, mmdd):
    assert identity.birth_mmdd(born) == mmdd


@pytest.mark.parametrize(
    ("name", "shown"),
    [("Ana Silva", "Ana"), ("王小明", "王**"), ("王 小明", "王"), ("Ana", "Ana"), ("  ", "")],
)
def test_a_till_sees_no_more_than_a_first_name(name, shown):
    assert identity.first_name(name) == shown


def test_a_till_sees_the_end_of_a_phone():
    assert identity.masked_phone("+8613800138000") == "****8000"
    assert identity.masked_phone(None) is None
