"""Where the rooms are joined. Nobody imports this but wsgi.py and the tests."""

from collections.abc import Callable
from typing import Any

from flask import Flask, Request
from flask_migrate import Migrate
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import MapAdapter
from werkzeug.wsgi import get_host

from config import logs
from config.settings import Settings
from loyalty import api, cli, health, metrics, pages, trail
from loyalty.clock import SystemClock
from loyalty.db import behave, db, engine_options
from loyalty.reads.programme import Shelf
from loyalty.risks import MIGRATIONS
from loyalty.rooms import Clock, Rooms

LARGEST_BODY = 5 * 1024 * 1024  #: a batch; the API holds single requests to less


class Club(Flask):
    """The application; none of its views and hooks is a coroutine, and nobody asks each time."""

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """A view or hook, to be called as it is."""
        return func

    def create_url_adapter(self, request: Request | None) -> MapAdapter | None:
        """What finds the view of a request; its host is worked out once, and no name is looked at."""
        if request is None or "HTTP_UPGRADE" in request.environ or self.config["TRUSTED_HOSTS"] is not None:
            return super().create_url_adapter(request)
        request.host = get_host(request.environ)
        return self.url_map.bind(
            request.host,
            request.root_path,
            "",
            request.scheme,
            request.method,
            request.path,
            request.query_string.decode(errors="replace"),
        )


def create_app(settings: Settings, clock: Clock = SystemClock()) -> Flask:
    """One application on one database; tests, tools and wsgi.py all come in here."""
    logs.configure(settings)
    app = Club("loyalty", static_folder=None)
    app.config.from_mapping(
        TESTING=settings.env == "testing",
        PROPAGATE_EXCEPTIONS=False,
        MAX_CONTENT_LENGTH=LARGEST_BODY,
        SQLALCHEMY_ENGINE_OPTIONS=engine_options(settings.database_url),
        SQLALCHEMY_BINDS=_further_books(settings),
    )
    if settings.proxies:
        # gunicorn leaves REMOTE_ADDR at the proxy's: all members would wait for one another's codes.
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=settings.proxies, x_proto=0)  # type: ignore[method-assign]
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    app.extensions["loyalty"] = Rooms(settings, clock, Shelf())
    db.init_app(app)
    with app.app_context():
        for engine in db.engines.values():
            behave(engine)
    Migrate(app, db, directory=str(MIGRATIONS))
    trail.register(app)
    health.register(app)
    metrics.register(app)
    api.register(app)
    pages.register(app)
    cli.register(app)
    return app


def _further_books(settings: Settings) -> dict[str, dict[str, Any]]:
    url = settings.training_database_url
    return {"training": engine_options(url)} if url else {}
