"""The least that a JSON view of Flask can be, served as the service is: `gunicorn bench.trivial:app`."""

from flask import Flask, Response, jsonify

app = Flask(__name__)


@app.get("/readyz")
def ready() -> Response:
    """It always is."""
    return jsonify(ready=True)


@app.post("/trivial")
def answer() -> tuple[Response, int]:
    """Some JSON, without a look at what was sent."""
    return jsonify(purchase_id="1", award={"points": 12}, balance={"points": 120}, replayed=False), 201
