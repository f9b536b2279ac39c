import json
import logging
import re

import pytest
import structlog

from config import logs
from tests.databases import settings_for

_MOMENT = re.compile(r"[0-9-]{10}T[0-9:.]+Z")


@pytest.fixture
def told(capsys):
    """What was logged since, as (lines, parsed)."""
    logs.configure(settings_for("sqlite://", log_level="INFO"))
    yield lambda: [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    logging.getLogger().setLevel("WARNING")


def test_a_line_is_json_with_what_may_be_told(told):
    request = logs.REQUEST_ID.set("r-1")
    structlog.get_logger("t").info("request", method="POST", status=201, name="Ana", body={"phone": "1"})
    logs.REQUEST_ID.reset(request)
    [line] = told()
    assert line.pop("timestamp").endswith("Z")
    assert line == {
        "event": "request", "level": "info", "logger": "t", "request_id": "r-1",
        "method": "POST", "status": 201,
    }  # fmt: skip


def test_cards_show_their_last_four_digits(told):
    structlog.get_logger("t").info("card 6221000012345678 refused", error="6221000012345678")
    [line] = told()
    assert line["event"] == "card ****5678 refused"
    assert line["error"] == "****5678"


def test_nobody_can_forge_a_line(told):
    structlog.get_logger("t").info("request", client='x\n{"event":"forged"}\x1b[31m\u2028')
    [line] = told()
    assert line["client"] == 'x\\x0a{"event":"forged"}\\x1b[31m\\x2028'


@pytest.mark.parametrize("form", ["json", "text"])
@pytest.mark.parametrize(
    "client",
    [
        "127.0.0.1",
        "6221000012345678",
        'a"b',
        "x\n\x1b[31m",
        "x\x7f",
        "x\u2028",
        "é",
        "\u0665" * 16,
        None,
        10**15,
    ],
)
def test_what_is_noted_reads_as_what_is_told(capsys, form, client):
    logs.configure(settings_for("sqlite://", log_level="INFO", log_format=form))
    said = {"method": "POST", "ms": 1.5, "client": client, "name": "Ana"}
    request = logs.REQUEST_ID.set('r-1 6221000012345678 "')
    structlog.get_logger("t").info("request", **said)
    logs.note(logging.getLogger("t"), "request", **said)
    logs.REQUEST_ID.reset(request)
    logging.getLogger().setLevel("WARNING")
    logs.note(logging.getLogger("t"), "request", **said)
    told, noted = [_MOMENT.sub("", line) for line in capsys.readouterr().err.splitlines()]
    assert noted == told
    assert "****5678" in noted


def test_lines_of_libraries_have_the_same_shape(told):
    logging.getLogger("library").warning("card %s", "6221000012345678")
    [line] = told()
    assert (line["event"], line["level"], line["logger"]) == ("card ****5678", "warning", "library")


def test_an_exception_is_told_with_its_trace(told):
    try:
        raise ValueError("card 6221000012345678")
    except ValueError:
        logging.getLogger("library").exception("it broke")
    [line] = told()
    assert "Traceback" in line["exception"]
    assert "6221000012345678" not in line["exception"]


def test_text_is_for_people(capsys):
    logs.configure(settings_for("sqlite://", log_level="INFO", log_format="text"))
    structlog.get_logger("t").info("request", status=201)
    assert "status=201" in capsys.readouterr().err
