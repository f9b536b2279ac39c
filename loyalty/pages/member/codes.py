"""One-time codes of a browser: sent to a contact, told, and what they prove.

What a browser asked stands in its cookie, in a slot for each thing that is to be proven; only in that slot
does it count.
"""

import secrets
from typing import Any

from flask import g, request, session
from flask_babel import ngettext
from sqlalchemy.orm import Session

from loyalty import access, ids, letters
from loyalty.access import Asker
from loyalty.actions.once import Asking
from loyalty.actions.sign_in_member import Asked, Contact, Proof, ask_for_code
from loyalty.channels import channels_of, send_soon
from loyalty.decide.programme import Editions
from loyalty.errors import CodeExpired, ContactMalformed, TooSoon
from loyalty.pages.member.blueprint import carry
from loyalty.pages.words import language, said
from loyalty.rooms import rooms

ASKED = "asked"  #: the slot of who signs in
KNOWN = "known"  #: of a member who proves again who they are
NEW = "new"  #: of a contact that is to be a member's


def fresh_browser() -> str:
    """What a code is bound to: a secret that this browser's cookie alone will hold."""
    return secrets.token_urlsafe(access.SECRET_BYTES)


def send_code(text: str, browser: str, *, to_anybody: bool = False) -> Asked:
    """Send a code to a contact, for this browser. Raises ContactMalformed, TooSoon.

    To a stranger nothing goes out, unless the contact is to become a member's (`to_anybody`).
    """
    asker, key = Asker(browser, request.remote_addr or ""), rooms().settings.identity_secret

    def wish(rows: Session, editions: Editions, asking: Asking) -> Asked:
        return ask_for_code(rows, editions, text, asker, key, asking.now)

    asked = carry(wish)
    room, kind = rooms(), asked.contact.kind
    channel = channels_of(room.settings).get(kind)
    if (asked.goes_out or to_anybody) and channel is not None:
        minutes = int(access.CODE_LASTS.total_seconds() // 60)
        words = letters.code_words(asked.digits, minutes, language(), g.club.name)
        send_soon(channel, asked.contact.value, words, ids.to_text(asked.code_id), room.clock.now())
    return asked


def remember(asked: Asked, browser: str, text: str, slot: str = ASKED) -> None:
    """Let this browser's cookie hold what it asked; while developing, the code itself to be shown."""
    told = {"id": asked.code_id, "kind": asked.contact.kind, "value": asked.contact.value}
    shown = {"demo": asked.digits} if rooms().settings.env == "development" else {}
    session[slot] = told | {"browser": browser, "text": text} | shown


def tell_code(text: str, slot: str = ASKED) -> str | None:
    """Tell this browser's code: what is wrong with it, in words, or nothing. Raises CodeExpired."""
    proof, key = proof_at_hand(slot), rooms().settings.identity_secret
    digits = "".join(one for one in text if one.isascii() and one.isdigit())[:6]
    left = carry(
        lambda rows, _, asking: access.tell_code(rows, proof.code_id, proof.browser, digits, key, asking.now)
    )
    if left is None:
        return None
    if not left:
        raise CodeExpired
    return str(
        ngettext(
            "That code is not right. %(num)s try left.", "That code is not right. %(num)s tries left.", left
        )
    )


def proof_at_hand(slot: str = ASKED) -> Proof:
    """What this browser asked, and may have proven. Raises CodeExpired where it asked nothing."""
    told = session.get(slot)
    if not told:
        raise CodeExpired
    return Proof(told["id"], told["browser"], Contact(told["kind"], told["value"]))


def code_view(slot: str = ASKED) -> dict[str, Any]:
    """What a page that asks for the code shows of it."""
    told = session.get(slot, {})
    return {"contact": told.get("text", ""), "demo": told.get("demo")}


def fault_of(refusal: ContactMalformed | TooSoon) -> str:
    """Why no code was sent, in words; when the next one may be asked for."""
    if isinstance(refusal, TooSoon):
        seconds = int(str(refusal.facts["seconds"]))
        return str(
            ngettext(
                "A code was sent just now. You can ask for another in %(num)s second.",
                "A code was sent just now. You can ask for another in %(num)s seconds.",
                seconds,
            )
        )
    return said(refusal)
