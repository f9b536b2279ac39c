"""The pages: plain HTML from templates, under a policy that lets nothing in from elsewhere."""

from flask import Flask

from loyalty.pages import look, words
from loyalty.pages.member import me
from loyalty.pages.partner import partner
from loyalty.pages.staff import staff

__all__ = ["register"]


def register(app: Flask) -> None:
    """Serve /me, /partner and /staff and what their pages look like."""
    words.register(app)
    look.register(app)
    app.register_blueprint(me)
    app.register_blueprint(partner)
    app.register_blueprint(staff)
