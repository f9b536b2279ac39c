"""Sending requests byte for byte, as a server's front hands them on, and judging what is heard."""

import io
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote_to_bytes

from flask import Flask
from werkzeug.test import TestResponse, create_environ, run_wsgi_app
from werkzeug.wrappers import Request

from tests.proofs.fuzzing.contract import NDJSON

PROBLEM = "application/problem+json"
_API = (Path(__file__).parents[3] / "docs" / "api.md").read_text(encoding="utf-8")
CODES = {code: int(status) for code, status in re.findall(r"^\| `(\w+)` \| (\d{3}) \|", _API, re.MULTILINE)}
ACTIONS = {"retry", "ask_member", "call_manager", "sell_without"}
SENT_AGAIN = {409, 429, 503}
_SAID = {"type", "title", "status", "code", "detail", "cashier_text", "action"}
_CLEAN = Request(create_environ())  #: what an answer is told to belong to: who reads it mends nothing nasty
_CGI = {"Content-Type": "CONTENT_TYPE", "Content-Length": "CONTENT_LENGTH"}


@dataclass(frozen=True, slots=True)
class Sent:
    """One request as it goes out: path and query percent-encoded, headers in Latin-1."""

    method: str
    path: str
    query: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    def __str__(self) -> str:
        headers = {name: text[:300] for name, text in self.headers.items() if name != "Authorization"}
        return f"{self.method} {self.path[:300]}?{self.query[:300]} {headers} {self.body[:2_000]!r}"


def send(app: Flask, sent: Sent) -> TestResponse:
    """What the application answers; nothing on the way mends the request."""
    environ: dict[str, Any] = {
        "REQUEST_METHOD": sent.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(sent.path).decode("latin-1"),
        "RAW_URI": f"{sent.path}?{sent.query}",
        "QUERY_STRING": sent.query,
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "CONTENT_LENGTH": str(len(sent.body)),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(sent.body),
        "wsgi.errors": io.StringIO(),
        "wsgi.multithread": False,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    for name, text in sent.headers.items():
        environ[_CGI.get(name, "HTTP_" + name.upper().replace("-", "_"))] = text
    body, status, headers = run_wsgi_app(app.wsgi_app, environ, buffered=True)
    return TestResponse(body, status, headers, _CLEAN)


def judge(sent: Sent, answer: TestResponse) -> None:
    """Raises AssertionError for a fault of ours and for an error that is no valid problem."""
    said, status = f"{answer.status_code} {answer.text[:2_000]}\n{sent}", answer.status_code
    assert status < 500 or status == 503, f"a fault of ours: {said}"
    assert "<script" not in answer.text or not answer.mimetype.endswith("html"), f"HTML of theirs: {said}"
    if not sent.path.startswith("/v1/"):
        return
    assert "Loyalty-Time" in answer.headers, said
    if status >= 400 and sent.method != "HEAD":
        assert answer.mimetype == PROBLEM, f"no problem: {said}"
        assert (fault := fault_of(status, answer.json, "Retry-After" in answer.headers)) is None, (
            fault,
            said,
        )
    elif answer.mimetype == NDJSON:
        for number, line in enumerate(answer.text.splitlines(), start=1):
            assert (fault := _fault_of_line(json.loads(line), number)) is None, (fault, line[:2_000], said)


def fault_of(status: int, body: Mapping[str, Any], told_when: bool) -> str | None:
    """What is wrong with a problem that was heard with a status (RFC 9457, and A1)."""
    if not body.keys() >= _SAID or not all(body[name] for name in _SAID):
        return "does not say all"
    if not all(isinstance(body[name], str) for name in _SAID - {"status"}):
        return "says in other types"
    if body["status"] != status or CODES.get(body["code"]) != status:
        return "status and code are not as documented"
    if body["action"] not in ACTIONS or len(body["cashier_text"]) > 40:
        return "is not for a cashier"
    return None if status not in SENT_AGAIN or told_when else "does not say when to come back"


def _fault_of_line(told: Mapping[str, Any], number: int) -> str | None:
    """A line of a batch that failed on our side is a fault, too."""
    if told["line"] != number:
        return "another line"
    if told["status"] != "refused":
        return None
    return None if CODES.get(told["code"], 500) < 500 and told["action"] in ACTIONS else "a fault of ours"
