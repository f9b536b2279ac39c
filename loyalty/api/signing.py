"""Signed requests: a key made so is heard only with a signature over the whole request, once, and soon."""

from datetime import timedelta
from hashlib import sha256
from urllib.parse import urlsplit

from flask import request

from loyalty import access, calendar
from loyalty.access import SIGNING, Signed
from loyalty.api.auth import caller
from loyalty.db import carry_out
from loyalty.errors import ClockSkew, NonceReused, SignatureMissing, SignatureWrong
from loyalty.rooms import rooms

HEADER = "Loyalty-Signature"
MOST_SKEW = timedelta(seconds=300)


def check() -> None:
    """Before a request of a key that signs.

    Raises SignatureMissing, SignatureWrong, ClockSkew, NonceReused.
    """
    who, room = caller(), rooms()
    told = request.headers.get(HEADER)
    if told is None:
        raise SignatureMissing(header=HEADER)
    parts = access.read_signature(told)
    if parts is None:
        raise SignatureWrong
    stamp, nonce, signature = parts
    body = sha256(request.get_data(cache=True)).hexdigest()
    signed = Signed(request.method, _target(), body, who.prefix, stamp, nonce)
    server_keys = room.settings.keys_for(SIGNING)
    if not access.is_signed(signed, signature, [access.signing_secret(k, who.prefix) for k in server_keys]):
        raise SignatureWrong
    now = room.clock.now()
    skew_seconds = stamp - int(now.timestamp())
    if abs(skew_seconds) > MOST_SKEW.total_seconds():
        raise ClockSkew(skew_seconds=skew_seconds, server_time=calendar.instant_text(now))
    if not carry_out(lambda session: access.take_nonce(session, who.key_id, nonce, now)):
        raise NonceReused


def _target() -> str:
    """Path and query as they were sent, before anybody decoded them."""
    parts = urlsplit(str(request.environ.get("RAW_URI", request.full_path)))
    return parts.path + (f"?{parts.query}" if parts.query else "")
