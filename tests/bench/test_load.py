import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from bench.load import LoadFailed, Request, load


class Handler(BaseHTTPRequestHandler):
    """Answers each path in a way of its own, and echoes what was sent."""

    protocol_version = "HTTP/1.1"

    def do_POST(self):
        sent = self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(500 if self.path == "/broken" else 201)
        if self.path == "/lines":
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            for byte in sent:
                self.wfile.write(b"1\r\n%c\r\n" % byte)
            self.wfile.write(b"0\r\n\r\n")
        else:
            self.send_header("Content-Length", str(len(sent)))
            self.end_headers()
            self.wfile.write(sent)
        self.close_connection = self.path == "/closing"  # and does not say so

    def log_message(self, *_):
        """Nothing to say."""


@pytest.fixture
def url():
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        answering = threading.Thread(target=server.serve_forever, args=(0.01,))
        answering.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        answering.join()


def asked(path, body=b"a", expect=201):
    wire = b"POST %s HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n%s" % (path.encode(), len(body), body)
    return Request(wire, path, expect)


def some(path, many):
    """So many requests of each client, which notes what it hears."""
    heard = []

    def client(number):
        for turn in range(many):
            heard.append((yield asked(path, b"%d-%d" % (number, turn))))

    return client, heard


def test_each_client_asks_until_its_requests_are_over_and_hears_every_answer(url):
    client, heard = some("/", 3)
    told = load(url, client, 4, seconds=60)
    assert (told.done, told.statuses) == (12, {201: 12})
    assert sorted(heard) == sorted(b"%d-%d" % (number, turn) for number in range(4) for turn in range(3))
    assert len(told.latencies["/"]) == 12
    assert told.milliseconds("/", 50) <= told.milliseconds("/", 99) == told.latencies["/"][-1] * 1000


def test_an_answer_in_chunks_is_heard_whole(url):
    client, heard = some("/lines", 2)
    load(url, client, 1, seconds=60)
    assert heard == [b"1\r\n0\r\n1\r\n-\r\n1\r\n%d\r\n0\r\n\r\n" % turn for turn in range(2)]


def test_who_is_cut_off_between_two_answers_asks_again(url):
    client, heard = some("/closing", 3)
    assert load(url, client, 2, seconds=60).done == len(heard) == 6


def test_any_other_status_fails_the_run(url):
    client, _ = some("/broken", 1)
    with pytest.raises(LoadFailed, match="500"):
        load(url, client, 1, seconds=60)


def test_when_the_time_is_over_nobody_asks_any_more(url):
    client, heard = some("/", 10**6)
    assert load(url, client, 2, seconds=0.05).done == len(heard)


def test_in_an_open_loop_as_many_are_asked_however_few_lines_there_are(url):
    done = {load(url, some("/", 10**6)[0], lines, seconds=0.2, rate=200).done for lines in (1, 8)}
    assert len(done) == 1
