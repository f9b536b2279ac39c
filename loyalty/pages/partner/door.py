"""Signing in to the page of a place by its key, and out again."""

from typing import Any

from flask import redirect, render_template, request, session, url_for

from loyalty import access
from loyalty.actions.sign_in_place import sign_in_place, sign_out_place
from loyalty.db import carry_out, reading
from loyalty.errors import Unauthorised
from loyalty.pages.partner.blueprint import SECRET, check_books
from loyalty.rooms import rooms


def sign_in() -> Any:
    """The door: one field."""
    return render_template("partner/sign-in.html", fault=False)


def come_in() -> Any:
    """Sign in by the place's key; whatever is wrong with it, the answer is the same."""
    now, text = rooms().clock.now(), request.form.get("key", "").strip()
    try:
        with reading() as rows:  # whatever opens nothing writes nothing
            check_books(access.key_of_place(rows, text, now))
        secret = carry_out(lambda rows: sign_in_place(rows, text, session.get(SECRET, ""), now))
    except Unauthorised:
        return render_template("partner/sign-in.html", fault=True), 422
    session.clear()  # whoever used this browser before is nobody to the one who comes in
    session[SECRET] = secret
    return redirect(url_for("partner.desk"), 303)


def go_out() -> Any:
    """Sign out of this browser."""
    now, secret = rooms().clock.now(), session.get(SECRET, "")
    carry_out(lambda rows: sign_out_place(rows, secret, now))
    session.clear()
    return redirect(url_for("partner.sign_in"), 303)


VIEWS = (("/sign-in", "GET", sign_in), ("/sign-in", "POST", come_in), ("/sign-out", "POST", go_out))
