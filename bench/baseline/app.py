"""The baseline's endpoint."""

from functools import wraps
from hashlib import sha256
from hmac import compare_digest
from typing import Any

from flask import Flask, abort, g, jsonify, request
from marshmallow import ValidationError
from sqlalchemy import make_url

from bench.baseline.earning import answered_before, record
from bench.baseline.models import ApiKey, db
from bench.baseline.schemas import PurchaseIn

purchase_in = PurchaseIn()


def create_app(database_url: str) -> Flask:
    """The application on a PostgreSQL database."""
    app = Flask(__name__)
    app.config["SQLALCHEMY_DATABASE_URI"] = make_url(database_url).set(drivername="postgresql+psycopg")
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = {"pool_size": 10, "max_overflow": 10, "pool_pre_ping": True}
    db.init_app(app)
    app.add_url_rule("/readyz", view_func=lambda: jsonify(ready=True))
    app.add_url_rule("/v1/purchases", view_func=purchases, methods=["POST"])
    app.register_error_handler(ValidationError, lambda error: (jsonify(errors=error.messages), 422))
    return app


def needs_key(view: Any) -> Any:
    """Let in whoever has a key."""

    @wraps(view)
    def checked() -> Any:
        scheme, _, key = request.headers.get("Authorization", "").partition(" ")
        known = db.session.get(ApiKey, key.partition(".")[0]) if scheme == "Bearer" else None
        if known is None or known.revoked_at or not compare_digest(known.digest, digest(key)):
            abort(401)
        g.client = known.client
        return view()

    return checked


@needs_key
def purchases() -> Any:
    """A till tells a finished sale, and hears what it earned."""
    sale = purchase_in.load(request.get_json())
    key, request_hash = request.headers.get("Idempotency-Key"), digest(request.get_data())
    if key is not None and (earlier := answered_before(g.client, key)) is not None:
        if earlier.request_hash != request_hash:
            abort(422)
        return jsonify(earlier.answer), 201
    return jsonify(record(sale, g.client, key, request_hash)), 201


def digest(text: str | bytes) -> str:
    """What is kept of a key or of a body."""
    return sha256(text.encode() if isinstance(text, str) else text).hexdigest()
