"""A club whose letters arrive at a real mail server and a real gateway."""

from dataclasses import replace

import pytest

from loyalty.channels import Email, Text
from loyalty.jobs.letters import write_and_send
from loyalty.rooms import rooms
from tests.letterbox import LISBON, NOON, PASSED_ON, SECRET, gateway, mailbox


@pytest.fixture
def box():
    with mailbox() as one:
        yield one


@pytest.fixture
def sms():
    with gateway() as one:
        yield one


@pytest.fixture
def public(app):
    """This copy has an address of its own."""
    room = app.extensions["loyalty"]
    told = replace(room.settings, public_url="https://club.example.org/")
    app.extensions["loyalty"] = replace(room, settings=told)


@pytest.fixture
def send(app, public, box, sms):
    """The worker's minute."""

    def run(**only):
        ways = only or {"email": Email(box.url, "club@example.org"), "phone": Text(sms.url, SECRET)}
        with app.app_context():
            return write_and_send(rooms(), ways)

    return run


@pytest.fixture
def club(make, clock):
    clock.move(NOON)
    make.club(**PASSED_ON, **LISBON)
    return make


@pytest.fixture
def ana(club, send):
    ana = club.shopper(email="ana@example.org", locale="en")
    ana.adjust(1000)
    send()
    return ana


@pytest.fixture
def by_mail(app, box):
    """The application's own settings name the mail server, for what finds its channels by itself."""
    room = app.extensions["loyalty"]
    told = replace(room.settings, smtp_url=box.url, mail_from="club@example.org")
    app.extensions["loyalty"] = replace(room, settings=told)
