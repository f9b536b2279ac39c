"""The pages: plain HTML from templates, under a policy that lets nothing in from elsewhere."""

from flask import Flask

from loyalty.pages import look, words
from loyalty.pages.member import me
from loyalty.pages.partner import partner

__all__ = ["register"]


def register(app: Flask) -> None:
    """Serve /me and /partner and what their pages look like."""
    words.register(app)
    look.register(app)
    app.register_blueprint(me)
    app.register_blueprint(partner)
