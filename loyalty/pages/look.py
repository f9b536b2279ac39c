"""What every page shares: its files, its headers, its cookie, and the check that a form is one of ours."""

from datetime import timedelta
from pathlib import Path
from typing import cast

from flask import Blueprint, Flask, Request, Response, request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin
from flask_wtf.csrf import CSRFProtect
from werkzeug.exceptions import Forbidden

from loyalty.rooms import Rooms, request_itself

HERE = Path(__file__).parent
_OF_PAGES = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self';"
    " connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    "Referrer-Policy": "same-origin",  # the check of forms looks at it
    "Cache-Control": "no-store",
}
_COOKIE_LASTS = timedelta(days=90)  #: where a page asks for more than the browser being open
_OURS = ("same-origin", "none")  #: Sec-Fetch-Site of what our own pages send, or a person asks for
_SAFE = ("GET", "HEAD", "OPTIONS")
_STAFF = "/staff"
_csrf = CSRFProtect()
_dressed: list[str] = []  #: where pages lie that are dressed


class Cookies(SecureCookieSessionInterface):
    """The cookie of members and places, and one of its own for staff: neither touches the other."""

    def get_cookie_name(self, app: Flask) -> str:
        """Which of them the page at hand reads and writes."""
        name: str = app.config["SESSION_COOKIE_NAME"]
        return f"{name}-staff" if is_below(_STAFF) else name

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """What the cookie holds; who sends none, as a till, has nothing unsealed."""
        if "HTTP_COOKIE" not in request.environ or self.get_cookie_name(app) not in request.cookies:
            return self.session_class()
        return super().open_session(app, request)

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Keep what a page wrote; where nobody looked at the session, the answer says nothing of it."""
        if session or session.modified or session.accessed:
            super().save_session(app, session, response)


def register(app: Flask) -> None:
    """Serve the look at /look, and give the pages their cookie."""
    settings = cast(Rooms, app.extensions["loyalty"]).settings
    key, *earlier = settings.keys_for("cookies of pages")
    is_secure = settings.env == "production"
    app.config.update(
        SECRET_KEY=key,
        SECRET_KEY_FALLBACKS=earlier,
        SESSION_COOKIE_NAME="__Host-loyalty" if is_secure else "loyalty",
        SESSION_COOKIE_SECURE=is_secure,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        PERMANENT_SESSION_LIFETIME=_COOKIE_LASTS,
        WTF_CSRF_CHECK_DEFAULT=False,
        WTF_CSRF_TIME_LIMIT=None,
    )
    app.session_interface = Cookies()
    _csrf.init_app(app)
    app.after_request(_with_headers)
    files = Blueprint("look", __name__, static_folder=str(HERE / "static"), static_url_path="/look")
    app.register_blueprint(files)


def is_below(prefix: str) -> bool:
    """Whether the page at hand is one of those that begin so."""
    return request.path == prefix or request.path.startswith(f"{prefix}/")


def dress(pages: Blueprint) -> None:
    """Let a blueprint's forms come from its own pages alone, and its answers carry what pages need."""
    pages.before_request(_refuse_foreign)
    _dressed.append(pages.url_prefix or "")


def _refuse_foreign() -> None:
    if request.method not in _SAFE:
        if request.headers.get("Sec-Fetch-Site", "none") not in _OURS:
            raise Forbidden
        _csrf.protect()


def _with_headers(answer: Response) -> Response:
    # What no page answers, too.
    if request_itself().path.startswith(tuple(_dressed)) and any(is_below(prefix) for prefix in _dressed):
        for name, value in _OF_PAGES.items():
            answer.headers[name] = value
    return answer
