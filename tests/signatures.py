"""A till that signs its requests, as an integrator would write it: from the guide, not from our code."""

import hashlib
import hmac
import json
import secrets
from datetime import datetime

from flask import Flask
from werkzeug.test import TestResponse

from tests.clocks import MovableClock


class SigningTill:
    """Somebody with a key and its secret; each part of a signature can be told otherwise."""

    def __init__(self, app: Flask, clock: MovableClock, key: str, secret: str) -> None:
        self.client, self.clock, self.key, self.secret = app.test_client(), clock, key, secret

    def sign(
        self, method: str, target: str, body: bytes, *, at: datetime | None = None, nonce: str = ""
    ) -> str:
        """The header of one request."""
        stamp = int((at or self.clock.now()).timestamp())
        nonce = nonce or secrets.token_hex(16)
        lines = [method, target, hashlib.sha256(body).hexdigest(), self.key.split("_")[1], str(stamp), nonce]
        digest = hmac.new(self.secret.encode(), "\n".join(lines).encode(), hashlib.sha256).hexdigest()
        return f"t={stamp}, nonce={nonce}, v1={digest}"

    def send(
        self, method: str, target: str, body: object = None, signature: str | None = None
    ) -> TestResponse:
        """One request, signed unless a signature of another is given."""
        data = b"" if body is None else json.dumps(body).encode()
        signature = self.sign(method, target, data) if signature is None else signature
        headers = {"Authorization": f"Bearer {self.key}"} | (
            {"Loyalty-Signature": signature} if signature else {}
        )
        if body is not None:
            headers["Content-Type"] = "application/json"
        return self.client.open(target, method=method, data=data, headers=headers)
