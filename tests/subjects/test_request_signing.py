import hashlib
import hmac
from dataclasses import replace

import pytest

from loyalty.access import Signed, is_signed, read_signature, signing_secret

REQUEST = Signed("POST", "/v1/purchases?a=1", "0" * 64, "aaaaaaaa", 1_767_578_400, "nonce-nonce-nonce")
SECRET = signing_secret(b"a server's key", "aaaaaaaa")


def test_what_is_signed_is_six_lines():
    lines = f"POST\n/v1/purchases?a=1\n{'0' * 64}\naaaaaaaa\n1767578400\nnonce-nonce-nonce"
    assert REQUEST.signature(SECRET) == hmac.new(SECRET.encode(), lines.encode(), hashlib.sha256).hexdigest()


@pytest.mark.parametrize(
    "changed",
    [
        {"method": "PUT"},
        {"target": "/v1/purchases?a=2"},
        {"body_sha256": "1" * 64},
        {"prefix": "aaaaaaab"},
        {"stamp": 1_767_578_401},
        {"nonce": "nonce-nonce-noncf"},
    ],
)
def test_every_part_is_under_the_signature(changed):
    signature = REQUEST.signature(SECRET)
    assert is_signed(REQUEST, signature, [SECRET])
    assert not is_signed(replace(REQUEST, **changed), signature, [SECRET])


def test_each_key_has_a_secret_of_its_own_and_each_server_key_too():
    drawn = {signing_secret(key, prefix) for key in (b"one", b"two") for prefix in ("aaaaaaaa", "bbbbbbbb")}
    assert len(drawn) == 4


def test_one_of_several_secrets_is_enough():
    assert is_signed(REQUEST, REQUEST.signature(SECRET), ["ls_another", SECRET])
    assert not is_signed(REQUEST, REQUEST.signature(SECRET), [])


def test_a_header_is_read_with_and_without_blanks():
    told = "t=1,nonce=nonce-nonce-nonce,v1=" + "a" * 64
    assert (
        read_signature(told)
        == read_signature(f" {told.replace(',', ', ')} ")
        == (1, "nonce-nonce-nonce", "a" * 64)
    )
