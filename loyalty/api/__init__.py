"""The REST API that tills, partners and core systems speak, version 1."""

from flask import Flask, Response

from loyalty.api import auth, docs, errors, limits, paths, selling
from loyalty.api.contract import contract
from loyalty.api.resource import PREFIX
from loyalty.api.routes import ROUTES

__all__ = ["register"]


def register(app: Flask) -> None:
    """Serve /v1, its document at /openapi.json and its page at /docs."""
    app.url_map.converters.update(paths.CONVERTERS)
    app.url_map.merge_slashes = False  # one address for each thing, and no redirect that nobody documented
    auth.identify(f"{PREFIX}/", app)
    selling.gather(app)
    limits.register(app, f"{PREFIX}/")
    errors.register(app)
    docs.register(app)
    app.add_url_rule("/openapi.json", "openapi", lambda: Response(contract(), mimetype="application/json"))
    for resource in ROUTES:
        app.register_blueprint(resource)
