"""The settings of this copy, typed. All faults are told at once, before anything starts."""

import hashlib
import hmac
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

PREFIX = "LOYALTY_"
OTHERS = frozenset({"LOYALTY_REAL_DATA", "LOYALTY_TESTS_STRICT"})  #: read by the tests, not by the service
SHORTEST_SECRET = 32
RISKS = (
    "fsync",
    "full_page_writes",
    "synchronous_commit",
    "default_transaction_isolation",
    "journal_mode",
    "synchronous",
    "schema",
)  #: what a database may put at risk; loyalty/risks.py says how
_WELL_KNOWN = (
    "secret",
    "changeme",
    "change-me",
    "change_me",
    "password",
    "example",
    "default",
    "insecure",
    "12345678",
)
_URLS = {"public_url": ("https", "http"), "smtp_url": ("smtp", "smtps"), "sms_url": ("https", "http")}
_ADDRESS = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9.-]{1,189}")
_WEBHOOK_SECRET = re.compile(r"whsec_[A-Za-z0-9+/]{32,86}={0,2}")
_SWITCH = {
    "1": True,
    "true": True,
    "yes": True,
    "on": True,
    "0": False,
    "false": False,
    "no": False,
    "off": False,
}


class SettingsFaulty(Exception):
    """The settings cannot be used; `faults` maps each name of the environment to its problem."""

    def __init__(self, faults: Mapping[str, str]) -> None:
        self.faults = dict(sorted(faults.items()))
        lines = [f"  {name}: {problem}" for name, problem in self.faults.items()]
        super().__init__("\n".join(["the settings are faulty:", *lines]))


def _one_of(*choices: str, default: str) -> Any:
    return field(default=default, metadata={"choices": choices})


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How this copy runs. A field `name` is `LOYALTY_NAME` in the environment and in .env.example."""

    secret_key: str = field(default="", repr=False)
    secret_key_fallbacks: str = field(
        default="", repr=False
    )  #: earlier secret keys, separated by commas: what was drawn from them is still heard
    identity_key: str = field(
        default="", repr=False
    )  #: for digests of documents; never change it once in use
    database_url: str = field(
        default="sqlite:///loyalty.db", repr=False
    )  #: relative files lie under instance/
    training_database_url: str = field(default="", repr=False)  #: of the training books; none when empty
    env: str = _one_of("production", "development", "testing", default="production")
    port: int = field(default=8000, metadata={"least": 1, "most": 65535})
    proxies: int = field(
        default=0, metadata={"least": 0, "most": 9}
    )  #: in front, each adding to X-Forwarded-For
    log_level: str = _one_of("DEBUG", "INFO", "WARNING", "ERROR", default="INFO")
    log_format: str = _one_of("json", "text", default="json")
    rate_limit_per_minute: int = field(default=60_000, metadata={"least": 1, "most": 10**9})  #: for each key
    rate_limit_storage: str = field(default="memory://", repr=False)
    allow_cli_publish: bool = False  #: only asked in production
    anchor_file: str = "anchors.txt"  #: relative files lie under instance/
    nightly: bool = True  #: whether the worker runs the night by itself
    keep_answers_days: int = field(default=30, metadata={"least": 30, "most": 36_500})  #: given to callers
    keep_letters_days: int = field(default=100, metadata={"least": 100, "most": 36_500})
    keep_files_days: int = field(default=7, metadata={"least": 1, "most": 365})  #: handed in, left lying
    keep_runs_days: int = field(default=400, metadata={"least": 30, "most": 36_500})  #: but for nights
    public_url: str = ""  #: where members reach this copy, for the links of letters; none when empty
    smtp_url: str = field(default="", repr=False)  #: letters by e-mail; none when empty
    mail_from: str = ""  #: the sender of letters by e-mail
    sms_url: str = field(default="", repr=False)  #: a webhook that sends text messages; none when empty
    sms_secret: str = field(default="", repr=False)  #: signs that webhook (Standard Webhooks)
    allow_unsafe: str = ""  #: risks of a database that is served all the same, separated by commas

    def __post_init__(self) -> None:
        """Refuse what cannot be used. Raises SettingsFaulty with every fault."""
        if faults := self._faults():
            raise SettingsFaulty(faults)

    @classmethod
    def from_env(cls, environ: Mapping[str, str] | None = None) -> "Settings":
        """The settings that the environment tells; an empty value counts as not given.

        Raises SettingsFaulty for unknown LOYALTY_ names too: a typo must not pass as a default.
        """
        given = {
            k: v for k, v in (os.environ if environ is None else environ).items() if k.startswith(PREFIX)
        }
        known = {variable(f.name): f for f in fields(cls)}
        faults = {name: "no such setting" for name in given if name not in known and name not in OTHERS}
        values: dict[str, Any] = {}
        for name, one in known.items():
            text = given.get(name, "")
            if text == "":
                continue
            try:
                values[one.name] = _parse(text, one.type)
            except ValueError as fault:
                faults[name] = str(fault)
        try:
            settings = cls(**values)
        except SettingsFaulty as more:
            raise SettingsFaulty(more.faults | faults) from None
        if faults:
            raise SettingsFaulty(faults)
        return settings

    def keys_for(self, purpose: str) -> tuple[bytes, ...]:
        """The keys of one purpose: drawn from the secret key, then from the earlier ones."""
        return _drawn(self.secret_key, self.secret_key_fallbacks, purpose)

    @property
    def identity_secret(self) -> bytes:
        """The key for keyed digests of documents; drawn from the secret key when none of its own is given."""
        if self.identity_key:
            return self.identity_key.encode()
        return self.keys_for("digests of documents")[0]

    @property
    def webhook_secrets(self) -> tuple[bytes, ...]:
        """What the secrets of webhook endpoints are drawn from; the earlier ones sign along."""
        return self.keys_for("secrets of webhooks")

    @property
    def freeze_keys(self) -> tuple[bytes, ...]:
        """What signs the freeze links of notices: the first one does; those of earlier keys are heard."""
        return self.keys_for("freeze links")

    @property
    def staff_keys(self) -> tuple[bytes, ...]:
        """What seals the second factors of staff: the first one does; what earlier keys sealed is opened."""
        return self.keys_for("factors of staff")

    @property
    def accepted_risks(self) -> frozenset[str]:
        """The risks that are accepted by their names."""
        return frozenset(_listed(self.allow_unsafe))

    @property
    def _fallbacks(self) -> list[str]:
        return _listed(self.secret_key_fallbacks)

    def _faults(self) -> dict[str, str]:
        faults = {}
        for one in fields(self):
            if problem := _problem(getattr(self, one.name), one.metadata):
                faults[variable(one.name)] = problem
        if self.env != "testing":
            for name, secret in (("secret_key", self.secret_key), ("identity_key", self.identity_key)):
                if (secret or name == "secret_key") and (problem := _weakness(secret)):
                    faults[variable(name)] = problem
            for secret in self._fallbacks:
                if problem := _weakness(secret):
                    faults[variable("secret_key_fallbacks")] = problem
        faults |= {variable(name): fault for name, fault in self._faults_of_letters()}
        if not self.accepted_risks <= set(RISKS):
            faults[variable("allow_unsafe")] = f"must name risks among {', '.join(RISKS)}"
        if problem := _no_database(self.database_url):
            faults[variable("database_url")] = problem
        if self.training_database_url and (
            problem := _no_training(self.training_database_url, self.database_url)
        ):
            faults[variable("training_database_url")] = problem
        return faults

    def _faults_of_letters(self) -> Iterator[tuple[str, str]]:
        """What cannot be used of where letters go and what they say of us."""
        for name, schemes in _URLS.items():
            if (url := getattr(self, name)) and (fault := _no_url(url, schemes)):
                yield name, fault
        if self.smtp_url and not _ADDRESS.fullmatch(self.mail_from):
            yield "mail_from", "must be an e-mail address where LOYALTY_SMTP_URL is given"
        if self.sms_url and not _WEBHOOK_SECRET.fullmatch(self.sms_secret):
            yield "sms_secret", "must be whsec_ and 24 to 64 bytes in base64 where LOYALTY_SMS_URL is given"


def variable(name: str) -> str:
    """The name of a setting in the environment."""
    return PREFIX + name.upper()


def default_text(name: str) -> str:
    """The default of a setting as one would write it in the environment."""
    default: object = next(f.default for f in fields(Settings) if f.name == name)
    return str(default).lower() if isinstance(default, bool) else str(default)


def _listed(text: str) -> list[str]:
    told = (one.strip() for one in text.split(","))
    return [one for one in told if one]


def _parse(text: str, kind: Any) -> Any:
    if kind is bool:
        if text.lower() not in _SWITCH:
            raise ValueError("must be true or false")
        return _SWITCH[text.lower()]
    if kind is int:
        if not (text.isascii() and text.isdigit()):
            raise ValueError("must be a whole number")
        return int(text)
    return text


def _problem(value: Any, metadata: Mapping[str, Any]) -> str | None:
    if "choices" in metadata and value not in metadata["choices"]:
        return f"must be one of {', '.join(metadata['choices'])}"
    if "least" in metadata and not metadata["least"] <= value <= metadata["most"]:
        return f"must be from {metadata['least']} to {metadata['most']}"
    return None


@lru_cache(maxsize=32)
def _drawn(secret_key: str, fallbacks: str, purpose: str) -> tuple[bytes, ...]:
    """Drawn once for each purpose: a request asks for some of them."""
    told = f"loyalty: {purpose}".encode()
    return tuple(hmac.digest(key.encode(), told, hashlib.sha256) for key in (secret_key, *_listed(fallbacks)))


def _weakness(secret: str) -> str | None:
    if len(secret) < SHORTEST_SECRET:
        return f"must be given, with at least {SHORTEST_SECRET} characters"
    if len(set(secret)) < 8 or any(word in secret.lower() for word in _WELL_KNOWN):
        return "must be random, not a well-known value"
    return None


def _no_url(url: str, schemes: tuple[str, ...]) -> str | None:
    try:
        parts = urlsplit(url)
        _ = parts.port  # a port that is none is told by asking for it
    except ValueError:
        return "must be a URL"
    return (
        None if parts.scheme in schemes and parts.hostname else f"must begin with {' or '.join(schemes)}://"
    )


def _no_database(database_url: str) -> str | None:
    try:
        backend = make_url(database_url).get_backend_name()
    except ArgumentError:
        return "must be a database URL"
    return None if backend in {"sqlite", "postgresql", "postgres"} else "must be sqlite or postgresql"


def _no_training(training_url: str, database_url: str) -> str | None:
    if problem := _no_database(training_url):
        return problem
    if _no_database(database_url) is None and _place(training_url) == _place(database_url):
        return "must be another database than the live one"
    return None


def _place(database_url: str) -> tuple[object, ...]:
    """Where a database lies, however its URL is spelt and whoever signs in."""
    url = make_url(database_url)
    if url.get_backend_name() == "sqlite":
        return ("sqlite", url.database)
    return ("postgresql", url.host or "localhost", url.port or 5432, url.database)
