"""What a browser brings along when somebody signs in by it, and the site that passkeys are bound to."""

from urllib.parse import urlsplit

from flask import request, session, url_for

from loyalty.actions.sign_in_staff import Browser
from loyalty.pages.devices import device_name
from loyalty.pages.staff.blueprint import NEXT, SECRET
from loyalty.rooms import rooms
from loyalty.staff import Site

_CHALLENGE = "challenge"


def browser() -> Browser:
    """The browser that asks."""
    name = device_name(request.user_agent.string)
    return Browser(name, request.remote_addr or "", rooms().settings.staff_keys)


def come_in(secret: str) -> str:
    """Let this browser hold the secret of a new session, and nothing of before; where it goes then."""
    before = session.get(NEXT)
    session.clear()
    session[SECRET] = secret
    return str(before or url_for("staff.home"))


def site() -> Site:
    """Where passkeys are good: the address that this copy is reached at, or the one that was asked."""
    origin = base_url()
    return Site(urlsplit(origin).hostname or "", origin)


def base_url() -> str:
    """The address that pages are served from, without a slash at its end."""
    parts = urlsplit(rooms().settings.public_url or request.host_url)
    return f"{parts.scheme}://{parts.netloc}"


def keep_challenge(challenge: bytes) -> None:
    """Let this browser's cookie hold what a passkey is asked to sign."""
    session[_CHALLENGE] = challenge.hex()


def kept_challenge() -> bytes:
    """What this browser's passkey was asked to sign; it is asked once. Nothing where it was not asked."""
    return bytes.fromhex(session.pop(_CHALLENGE, ""))
