"""The postal address of a member: a form of its own, for birthday cards and what is sent."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import flash, redirect, request, url_for
from flask_babel import get_locale, gettext
from sqlalchemy.orm import Session

from loyalty.actions.change_member import change_member
from loyalty.actions.once import Asking
from loyalty.decide.programme import Editions
from loyalty.members import LINE_MOST, LINES_MOST, PARTS_MOST
from loyalty.pages.member.blueprint import ask, carry, here, show
from loyalty.pages.words import language
from loyalty.reads.profile import profile_of
from loyalty.reads.region import region_of

_NO_COUNTRIES = {"EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"}  #: regions of that length which are none
_TOLD = ("recipient", "lines", "postcode", "city", "region", "country")


def address_page() -> Any:
    """The address that the club has, in a form."""
    return _page()


def change_address() -> Any:
    """Keep the address; an empty form removes it."""
    told = {name: request.form.get(name, "").strip() for name in _TOLD}
    faults = dict(_faults(told))
    if faults:
        return _page(told=told, faults=faults), 422
    address, me = _address(told), here()

    def wish(rows: Session, editions: Editions, asking: Asking) -> None:
        told = {"address": address}
        change_member(rows, editions, me.member_id, me.version, told, asking.now, by_member=True)

    carry(wish)
    flash(gettext("Your address is saved.") if address else gettext("Your address is removed."))
    return redirect(url_for("me.profile"), 303)


def _address(told: Mapping[str, str]) -> dict[str, Any] | None:
    """What the club keeps of the form; nothing when only a country is left in it."""
    lines = _lines(told)
    if not lines:
        return None
    parts = {name: told[name] for name in (*PARTS_MOST, "country") if told[name]}
    return parts | {"lines": lines}


def _faults(told: Mapping[str, str]) -> Any:
    lines = _lines(told)
    if len(lines) > LINES_MOST or any(len(line) > LINE_MOST for line in lines):
        yield "lines", gettext("Please use at most four lines of two hundred characters.")
    elif not lines and any(told[name] for name in PARTS_MOST):
        yield "lines", gettext("Please type street and number.")
    elif not all(line.isprintable() for line in lines):
        yield "lines", gettext("Please use letters, digits and signs alone.")
    for name, most in PARTS_MOST.items():
        if len(told[name]) > most or not told[name].isprintable():
            yield name, gettext("Please write this shorter, without line breaks.")
    if told["country"] and told["country"] not in _countries():
        yield "country", gettext("Please choose a country from the list.")


def _lines(told: Mapping[str, str]) -> list[str]:
    return [line.strip() for line in told["lines"].splitlines() if line.strip()]


def _countries() -> dict[str, str]:
    """Countries and regions by code, in the order of their names in the reader's language."""
    names = {
        code: str(name)
        for code, name in get_locale().territories.items()
        if len(code) == 2 and code.isalpha() and code not in _NO_COUNTRIES
    }
    # GB 18030 holds common characters in the order of their sounds, which is how Chinese readers look.
    order = "gb18030" if language() == "zh" else "utf-8"
    return dict(sorted(names.items(), key=lambda one: one[1].encode(order)))


def _page(**more: Any) -> str:
    def question(rows: Session, editions: Editions, now: Any) -> tuple[Any, str]:
        return profile_of(rows, here().member_id), region_of(editions, now)

    me, region = ask(question)
    kept = dict(me.address or {"country": region})
    told = {name: kept.get(name, "") for name in _TOLD} | {"lines": "\n".join(kept.get("lines", ()))}
    shown = {"told": told, "faults": {}, "countries": _countries(), "most": PARTS_MOST, "me": me}
    return show("profile/address", **(shown | more))


VIEWS: tuple[tuple[str, str, str, Callable[..., Any]], ...] = (
    ("/profile/address", "GET", "address", address_page),
    ("/profile/address", "POST", "change_address", change_address),
)
