"""The page at /docs: Swagger UI, served by us, under the same strict policy as everything else."""

from pathlib import Path

from flask import Blueprint, Flask, Response

STATIC = Path(__file__).parent / "static"


def register(app: Flask) -> None:
    """Serve /docs and what it needs. It shows no more than the public document, so it needs no key."""
    docs = Blueprint(
        "docs", __name__, url_prefix="/docs", static_folder=str(STATIC), static_url_path="/assets"
    )
    page = (STATIC / "docs.html").read_text("utf-8")
    docs.add_url_rule("", "page", lambda: Response(page, mimetype="text/html"))
    app.register_blueprint(docs)
