"""The REST API that tills, partners and core systems speak, version 1."""

from flask import Flask
from werkzeug.routing import BaseConverter

from loyalty.api import auth, docs, errors, limits, paths
from loyalty.api.resource import PREFIX
from loyalty.api.routes import ROUTES
from loyalty.api.schemas.policies import PolicyLineIn

__all__ = ["register"]

_TITLE = "Loyalty"
_CONVERTERS: dict[str, type[BaseConverter]] = {"opaque": paths.OpaqueId, "pair": paths.PairId}


def register(app: Flask) -> None:
    """Serve /v1, its document at /openapi.json and its page at /docs."""
    app.config.update(
        API_TITLE=_TITLE,
        API_VERSION="v1",
        OPENAPI_VERSION="3.1.0",
        OPENAPI_URL_PREFIX="/",
        OPENAPI_JSON_PATH="openapi.json",
    )
    app.url_map.converters.update(_CONVERTERS)
    app.url_map.merge_slashes = False  # one address for each thing, and no redirect that nobody documented
    auth.identify(f"{PREFIX}/", app)
    limits.register(app, f"{PREFIX}/")
    errors.register(app)
    docs.register(app)
    api = errors.LoyaltyApi(app)
    api.spec.components.security_scheme("key", {"type": "http", "scheme": "bearer"})
    api.spec.options["security"] = [{"key": []}]
    for converter in _CONVERTERS.values():
        api.register_converter(converter, paths.documented)
    api.spec.components.schema("PolicyLineIn", schema=PolicyLineIn)  # lines are no body of their own
    for resource in ROUTES:
        api.register_blueprint(resource)
