"""The ways to write to a member, each over a real server."""

import io
import logging
import socket
import ssl
from datetime import UTC, datetime
from time import monotonic, sleep

import pytest

from config import logs
from loyalty.channels import Email, Logged, NotDelivered, Text, channels_of, send_soon
from loyalty.letters import Words, code_words
from tests.clocks import START
from tests.databases import settings_for
from tests.jobs.receivers import CERTIFICATE, HOST
from tests.letterbox import SECRET, gateway, mailbox

CLUB = {"zh": "会", "en": "Club"}
WORDS = Words("Subject 主题", "one\n\n二")
SENDER = "club@example.org"


@pytest.fixture
def name(monkeypatch):
    """A public name, and its certificate, that lead to this machine."""
    found = socket.getaddrinfo

    def here(host, port, *more, **named):
        return found("127.0.0.1" if host == HOST else host, port, *more, **named)

    monkeypatch.setattr(socket, "getaddrinfo", here)
    monkeypatch.setenv("SSL_CERT_FILE", CERTIFICATE)
    return HOST


@pytest.fixture
def tls():
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)
    return context


def deliver(channel, to="ana@example.org", words=WORDS):
    channel.deliver(to, words, "m1", START)


def test_an_e_mail_arrives_as_it_was_written():
    with mailbox() as box:
        deliver(Email(box.url, SENDER))
    [(to, message)] = box.taken
    assert (to, message["Subject"], message["Message-ID"]) == (
        "ana@example.org",
        WORDS.subject,
        "<m1@example.org>",
    )
    assert message.get_content().split() == ["one", "二"]
    assert message["Date"].datetime == START


def test_a_password_goes_over_tls_alone(name, tls):
    with mailbox(tls) as box:
        deliver(Email(f"smtp://club%40a:p%3Aw@{name}:{box.port}", SENDER))
    verbs = [command.split()[0] for command in box.heard]
    assert verbs[:4] == ["ehlo", "STARTTLS", "ehlo", "AUTH"]
    assert len(box.taken) == 1


def test_without_starttls_nothing_is_told_unless_the_setting_says_so(name):
    with mailbox() as box:
        with pytest.raises(NotDelivered, match="SMTPNotSupportedError"):
            deliver(Email(f"smtp://club:secret@{name}:{box.port}", SENDER))
        assert (box.taken, [one for one in box.heard if "AUTH" in one]) == ([], [])
        deliver(Email(f"smtp://{name}:{box.port}?plain=1", SENDER))
    assert len(box.taken) == 1


def test_a_strange_certificate_is_not_trusted(name, tls, monkeypatch):
    monkeypatch.delenv("SSL_CERT_FILE")
    with mailbox(tls) as box, pytest.raises(NotDelivered, match="SSLCertVerificationError"):
        deliver(Email(f"smtp://{name}:{box.port}", SENDER))
    assert box.taken == []


def test_a_server_that_is_away_is_no_accident():
    with mailbox() as box:
        pass
    with pytest.raises(NotDelivered, match="ConnectionRefusedError") as told:
        deliver(Email(box.url, SENDER))
    assert not told.value.for_good


@pytest.mark.parametrize(
    "to", ["a@example.org\r\nBcc: b@example.org", "no address", "é@example.org", "", "a@b, c@d"]
)
def test_no_address_forges_a_header(to):
    with mailbox() as box:
        with pytest.raises(NotDelivered) as told:
            deliver(Email(box.url, SENDER), to)
        assert told.value.for_good
        with pytest.raises(NotDelivered):
            deliver(Email(box.url, SENDER), words=Words("s\r\nBcc: b@example.org", "t"))
    assert box.taken == []


def test_a_text_message_is_signed_and_not_redirected():
    now = datetime.now(UTC)
    with gateway() as sms:
        Text(sms.url, SECRET).deliver("+351912345678", WORDS, "m1", now)
        assert sms.taken() == [{"to": "+351912345678", "text": "one\n二", "message_id": "m1"}]
        sms.answers = [302, 500]
        for status in (302, 500):
            with pytest.raises(NotDelivered, match=f"answered {status}"):
                deliver(Text(sms.url, SECRET), "+351912345678")
        assert len(sms.heard) == 3
    with pytest.raises(NotDelivered, match="NewConnectionError"):
        deliver(Text(sms.url, SECRET), "+351912345678")


def test_the_settings_say_which_ways_there_are():
    none = settings_for("sqlite:///x.db")
    assert channels_of(none) == {}
    both = settings_for(
        "sqlite:///x.db", smtp_url="smtps://h", mail_from=SENDER, sms_url="https://g/x", sms_secret=SECRET
    )
    assert channels_of(both) == {"email": Email("smtps://h", SENDER), "phone": Text("https://g/x", SECRET)}
    assert not [word for word in ("smtps", SECRET) if word in repr(both) + repr(channels_of(both))]
    key = "0f9b7c2e81d64a35-a-k3y-of-these"
    developing = settings_for("sqlite:///x.db", env="development", secret_key=key * 2)
    assert set(channels_of(developing)) == {"email", "phone"}


def test_while_developing_the_log_says_what_would_have_been_sent():
    logs.configure(settings_for("sqlite:///x.db"))
    heard = io.StringIO()
    listener = logging.StreamHandler(heard)
    logging.getLogger().addHandler(listener)
    try:
        deliver(Logged("email"), words=code_words("123456", 10, "en", CLUB))
    finally:
        logging.getLogger().removeHandler(listener)
    assert "Your code is 123456." in heard.getvalue()
    assert "ana@example.org" not in heard.getvalue()


@pytest.mark.parametrize(
    ("language", "words"), [("zh", "您的验证码是 123456"), ("en", "Your code is 123456")]
)
def test_a_code_goes_out_at_once_while_its_asker_goes_on(language, words):
    with mailbox() as box:
        send_soon(
            Email(box.url, SENDER), "ana@example.org", code_words("123456", 10, language, CLUB), "c1", START
        )
        until = monotonic() + 5
        while not box.taken and monotonic() < until:
            sleep(0.01)
    assert box.texts[0].startswith(words)
