"""The ways to write to a member: e-mail by SMTP, texts by a gateway's webhook, the log while developing.

Nothing further in knows them. A way joins by being one more `Channel` that `channels_of` gives.
"""

import json
import smtplib
import ssl
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from functools import lru_cache
from typing import Protocol
from urllib.parse import parse_qs, unquote, urlsplit

import structlog
import urllib3

from config.settings import Settings
from loyalty import letters
from loyalty.hooks import SECONDS, PlainPool, Pool, signed
from loyalty.letters import Words

_PORTS = {"smtp": 587, "smtps": 465, "https": 443, "http": 80}
_HERE = frozenset({"localhost", "127.0.0.1", "::1"})
_SENDERS = 4  #: threads that send what cannot wait
_log = structlog.get_logger(__name__)


class NotDelivered(Exception):
    """The message did not go out; the text says why, without an address. `for_good`: never to that one."""

    def __init__(self, fault: str, *, for_good: bool = False) -> None:
        super().__init__(fault)
        self.for_good = for_good


class Channel(Protocol):
    """A way to write to a member."""

    def deliver(self, to: str, words: Words, message_id: str, now: datetime) -> None:
        """Send one message to one address; the same id names the same message. Raises NotDelivered."""


@dataclass(frozen=True, slots=True)
class Email:
    """E-mail by SMTP: TLS always, but for a server on this machine or where the setting says `?plain=1`."""

    url: str = field(repr=False)
    sender: str

    def deliver(self, to: str, words: Words, message_id: str, now: datetime) -> None:
        """Send one e-mail. Raises NotDelivered within about fifteen seconds of silence."""
        message = self._message(to, words, message_id, now)
        try:
            with self._server() as server:
                server.send_message(message, self.sender, [to])
        except smtplib.SMTPRecipientsRefused as refused:
            code = next(iter(refused.recipients.values()))[0]
            raise NotDelivered(f"the recipient was refused: {code}", for_good=code >= 500) from None
        except smtplib.SMTPResponseException as refused:
            raise NotDelivered(f"{type(refused).__name__}: {refused.smtp_code}") from None
        except (smtplib.SMTPException, OSError, ValueError) as fault:
            raise NotDelivered(type(fault).__name__) from None

    def _message(self, to: str, words: Words, message_id: str, now: datetime) -> EmailMessage:
        message = EmailMessage(policy=SMTP)
        try:
            message["To"] = Address(addr_spec=to)
            message["From"] = Address(addr_spec=self.sender)
            message["Subject"] = words.subject
            message["Date"] = format_datetime(now)
            message["Message-ID"] = f"<{message_id}@{self.sender.rpartition('@')[2]}>"
            message["Auto-Submitted"] = "auto-generated"
            message.set_content(words.text + "\n", cte="base64")
            to.encode("ascii")
        except (MessageError, ValueError, IndexError):  # an address that is none, or a line break in a header
            raise NotDelivered("the address cannot be written to", for_good=True) from None
        return message

    def _server(self) -> smtplib.SMTP:
        parts = urlsplit(self.url)
        host, port = parts.hostname or "", parts.port or _PORTS[parts.scheme]
        context = ssl.create_default_context()
        if parts.scheme == "smtps":
            server: smtplib.SMTP = smtplib.SMTP_SSL(host, port, timeout=SECONDS, context=context)
        else:
            server = smtplib.SMTP(host, port, timeout=SECONDS)
        try:
            if parts.scheme == "smtp" and host not in _HERE and parse_qs(parts.query).get("plain") != ["1"]:
                server.starttls(context=context)
            if parts.username:
                server.login(unquote(parts.username), unquote(parts.password or ""))
        except BaseException:
            server.close()
            raise
        return server


@dataclass(frozen=True, slots=True)
class Text:
    """Text messages: a gateway's webhook is told each, signed by the Standard Webhooks scheme."""

    url: str = field(repr=False)
    secret: str = field(repr=False)

    def deliver(self, to: str, words: Words, message_id: str, now: datetime) -> None:
        """Post {to, text, message_id}, following no redirect. Raises NotDelivered unless answered 2xx."""
        parts = urlsplit(self.url)
        text = words.text.replace("\n\n", "\n")
        body = json.dumps({"to": to, "text": text, "message_id": message_id}, ensure_ascii=False)
        headers = {"Content-Type": "application/json", **signed([self.secret], message_id, body, now)}
        kind = Pool if parts.scheme == "https" else PlainPool
        pool = kind(
            parts.hostname or "",
            parts.port or _PORTS[parts.scheme],
            retries=False,
            timeout=urllib3.Timeout(total=SECONDS),
        )
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        try:
            answer = pool.request(
                "POST", target, body=body.encode(), headers=headers, redirect=False, preload_content=False
            )
            answer.close()
        except (urllib3.exceptions.HTTPError, UnicodeError) as error:
            raise NotDelivered(type(error).__name__) from None
        finally:
            pool.close()
        if not 200 <= answer.status < 300:
            raise NotDelivered(f"answered {answer.status}")


@dataclass(frozen=True, slots=True)
class Logged:
    """While developing: the text stands in the log, and goes nowhere."""

    kind: str

    def deliver(self, to: str, words: Words, message_id: str, now: datetime) -> None:
        """Write the text to the log, without the address."""
        _log.warning(f"not sent while developing ({self.kind}): {words.subject}: {words.text}")


def channels_of(settings: Settings) -> Mapping[letters.Channel, Channel]:
    """The ways that this copy can write to members, by the kind of contact; none where none is set up.

    Only a copy for development that has none writes to its log instead.
    """
    found: dict[letters.Channel, Channel] = {}
    if settings.smtp_url:
        found["email"] = Email(settings.smtp_url, settings.mail_from)
    if settings.sms_url:
        found["phone"] = Text(settings.sms_url, settings.sms_secret)
    if not found and settings.env == "development":
        return {kind: Logged(kind) for kind in letters.CHANNELS}
    return found


def send_soon(channel: Channel, to: str, words: Words, message_id: str, now: datetime) -> None:
    """Send what cannot wait for the worker, as a one-time code, while the caller goes on.

    Who asks learns nothing by how long it takes; what fails stands in the log, and is not tried again.
    """
    _senders().submit(_try, channel, to, words, message_id, now)


@lru_cache(maxsize=1)
def _senders() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(_SENDERS, "letters")


def _try(channel: Channel, to: str, words: Words, message_id: str, now: datetime) -> None:
    try:
        channel.deliver(to, words, message_id, now)
    except NotDelivered as failure:
        _log.warning("letter_failed", kind="code", fault=str(failure), given_up=True)
