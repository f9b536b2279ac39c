"""Where letters of tests arrive: a real SMTP server and a real gateway of text messages, on this machine."""

import email
import json
import ssl
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import default
from http.server import BaseHTTPRequestHandler, HTTPServer
from socketserver import StreamRequestHandler, ThreadingTCPServer
from threading import Thread
from typing import Any, cast

from flask import Flask
from sqlalchemy import text
from standardwebhooks import Webhook

from loyalty.db import reading
from tests.clocks import START

SECRET = "whsec_" + b64encode(b"a secret of these tests: 32 bytes").decode()

NOON = START.replace(hour=12)
PASSED_ON = {"unit.reward.transfer": {"member_day": 1000, "least": 10}}
LISBON = {"club.time_zone": "Europe/Lisbon"}


def letters_kept(app: Flask, columns: str = "state") -> list[Any]:
    """Those columns of every letter, in the order they were written."""
    with app.app_context(), reading() as session:
        return list(session.execute(text(f"SELECT {columns} FROM letter ORDER BY letter_id")))


@dataclass
class Mailbox:
    """What the SMTP server took, and what it answers next to RCPT, DATA or AUTH; else all is well."""

    port: int = 0
    tls: ssl.SSLContext | None = None  #: offered by STARTTLS
    answers: dict[str, list[str]] = field(default_factory=dict)
    heard: list[str] = field(default_factory=list)  #: the commands
    taken: list[tuple[str, EmailMessage]] = field(default_factory=list)  #: (to whom, what)

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"smtp://127.0.0.1:{self.port}"

    @property
    def texts(self) -> list[str]:
        """The bodies of what it took."""
        return [message.get_content() for _, message in self.taken]

    def answer(self, verb: str, well: str) -> str:
        """What it says to a command."""
        told = self.answers.get(verb, [])
        return told.pop(0) if told else well


@contextmanager
def mailbox(tls: ssl.SSLContext | None = None) -> Iterator[Mailbox]:
    """Speak SMTP until the block ends."""
    box = Mailbox(tls=tls)

    class Handler(StreamRequestHandler):
        def say(self, line: str) -> None:
            self.wfile.write(line.encode() + b"\r\n")

        def finish(self) -> None:
            super().finish()
            self.connection.close()  # TLS took the line over, which the server itself does not know

        def handle(self) -> None:
            to = ""
            self.say("220 here")
            while command := self.rfile.readline().decode().strip():
                box.heard.append(command)
                verb = command[:4].upper()
                if verb == "EHLO":
                    offers = ["250-here", *(["250-STARTTLS"] if box.tls else []), "250 AUTH PLAIN"]
                    self.say("\r\n".join(offers))
                elif verb == "STAR" and box.tls:
                    self.say("220 go on")
                    self.connection = box.tls.wrap_socket(self.connection, server_side=True)
                    self.rfile = self.connection.makefile("rb")
                    self.wfile = cast(Any, self.connection.makefile("wb", buffering=0))
                elif verb == "RCPT":
                    to = command.partition("<")[2].partition(">")[0]
                    self.say(box.answer("RCPT", "250 ok"))
                elif verb == "DATA":
                    self.say("354 go on")
                    lines = list(iter(self.rfile.readline, b".\r\n"))
                    answer = box.answer("DATA", "250 ok")
                    if answer.startswith("2"):
                        box.taken.append((to, email.message_from_bytes(b"".join(lines), policy=default)))
                    self.say(answer)
                elif verb == "AUTH":
                    self.say(box.answer("AUTH", "235 ok"))
                else:
                    self.say("221 bye" if verb == "QUIT" else "250 ok")

    with ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        box.port = server.server_address[1]
        Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield box
        finally:
            server.shutdown()


@dataclass
class Gateway:
    """A gateway of text messages: what it took, verified, and the statuses it answers next."""

    port: int = 0
    answers: list[int] = field(default_factory=list)
    heard: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}/sms?club=1"

    def taken(self) -> list[dict[str, Any]]:
        """What it was told; raises where a signature is not good."""
        for headers, body in self.heard:
            Webhook(SECRET).verify(body, headers)
        return [json.loads(body) for _, body in self.heard]


@contextmanager
def gateway() -> Iterator[Gateway]:
    """Listen until the block ends."""
    one = Gateway()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            one.heard.append((dict(self.headers) | {"target": self.path}, body))
            self.send_response(one.answers.pop(0) if one.answers else 202)
            self.send_header("Location", one.url)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        one.port = server.server_port
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield one
        finally:
            server.shutdown()
            thread.join()
