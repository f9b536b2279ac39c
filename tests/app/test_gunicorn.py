import gc
import http.client
import runpy
import socket

import pytest

from tests.house.sources import ROOT
from tests.proofs.clubs import found
from tests.proofs.servers import serving

ONLY_SQLITE = pytest.mark.parametrize("kind", ["sqlite"], indirect=True)


def test_what_was_made_at_the_start_is_left_alone():
    before = gc.get_threshold()
    try:
        runpy.run_path(str(ROOT / "gunicorn.conf.py"))["post_worker_init"](None)
        assert gc.get_freeze_count() > 10_000
        assert gc.get_threshold()[0] > before[0]
    finally:
        gc.unfreeze()
        gc.set_threshold(*before)


@ONLY_SQLITE
@pytest.mark.parametrize(
    ("path", "connection"),
    [
        ("/v1/purchases", "keep-alive"),
        ("/v1/purchases/batch", "close"),
        ("/v1/policies/batch", "close"),
    ],
)
def test_only_the_answer_to_a_batch_ends_a_connection(database, tmp_path, path, connection):
    with serving(database, tmp_path, workers=1) as server:
        till = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
        till.request("POST", path, body=b"{}")
        answer = till.getresponse()
        assert answer.status == 401
        assert answer.headers["Connection"] == connection
        till.close()


@ONLY_SQLITE
def test_who_is_slow_to_close_after_a_batch_keeps_nobody_waiting(database, tmp_path):
    club = found(database)
    with serving(database, tmp_path, workers=1) as server:
        asked = ["POST /v1/purchases/batch HTTP/1.1", "Host: club", f"Authorization: Bearer {club.key}"]
        asked += ["Content-Type: application/x-ndjson", "Content-Length: 0", "", ""]
        with socket.create_connection(("127.0.0.1", server.port), timeout=30) as slow:
            slow.sendall("\r\n".join(asked).encode())
            heard = b""
            while came := slow.recv(4096):
                heard += came
            assert heard.startswith(b"HTTP/1.1 200")
            other = http.client.HTTPConnection("127.0.0.1", server.port, timeout=1)  # gunicorn would linger 2
            other.request("GET", "/healthz")
            assert other.getresponse().status == 200
            other.close()
