import pytest

from loyalty.access import digest, fresh_key, matches, split_key

RANDOM = bytes(range(37))


def test_a_key_carries_256_random_bits_and_what_it_is_found_by():
    key = fresh_key(RANDOM)
    assert key.whole.startswith(f"lk_{key.prefix}_")
    assert len(key.whole.split("_")[2]) * 5 >= 256
    assert split_key(key.whole) == key


def test_a_key_is_known_by_its_digest_alone():
    key = fresh_key(RANDOM)
    assert matches(key.whole, digest(key.whole))
    assert not matches(key.whole + "a", digest(key.whole))
    assert key.whole not in digest(key.whole)


def test_a_key_takes_no_less_randomness():
    with pytest.raises(ValueError, match="37"):
        fresh_key(b"short")


@pytest.mark.parametrize(
    "told", ["", "lk", "lk_", "lk_abc", "lk__secret", "lk_abc_", "xx_abc_def", "lk_ab_ｃ", "lk_a_" + "b" * 99]
)
def test_what_never_was_a_key_is_none(told):
    assert split_key(told) is None
