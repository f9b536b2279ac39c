"""A load generator: clients over keep-alive HTTP/1.1, all in one thread, cheap beside what they ask for.

Closed loop: every client asks as soon as it is answered. Open loop, at a `rate`: requests fall due at random
instants, whether earlier ones are answered or not, and their latency counts from there.
"""

import random
import selectors
import socket
import time
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from math import ceil
from urllib.parse import urlsplit

_HEAD_ENDS, _LENGTH, _LAST_CHUNK = b"\r\n\r\n", b"content-length:", b"\r\n0\r\n\r\n"
_SILENCE_SECONDS = 120.0  #: the longest that an answer may take to begin


class LoadFailed(Exception):
    """An answer was not the one expected: nothing that was measured counts."""


@dataclass(frozen=True, slots=True)
class Request:
    """One request as it goes over the wire; any status but `expect` fails the run."""

    wire: bytes
    kind: str
    expect: int


Client = Generator[Request, bytes, None]  #: hears the body of each answer; made ready before the clock starts


@dataclass(frozen=True, slots=True)
class Load:
    """What a run came to: answers, seconds by the clock, and what the generator itself took of a CPU."""

    done: int
    seconds: float
    own_seconds: float
    statuses: Mapping[int, int]
    latencies: Mapping[str, Sequence[float]]  #: seconds, ascending, by kind of request

    @property
    def rate(self) -> float:
        """Answers a second."""
        return self.done / self.seconds

    @property
    def own_microseconds(self) -> float:
        """What a request costs the generator, of a CPU."""
        return self.own_seconds / self.done * 1e6

    def milliseconds(self, kind: str, percent: float) -> float:
        """The latency that so many percent of a kind do not exceed."""
        found = self.latencies[kind]
        return found[max(0, ceil(len(found) * percent / 100) - 1)] * 1000


def load(
    url: str,
    requests_of_client: Callable[[int], Client],
    clients: int,
    seconds: float,
    *,
    rate: float | None = None,
) -> Load:
    """Let so many clients ask for so long; a client whose requests are over says no more.

    What a client does before its first request is done before the clock starts. Raises LoadFailed.
    """
    address = urlsplit(url)
    run = _Run()
    try:
        for number in range(clients):
            run.add(_Line((address.hostname or "", address.port or 80), requests_of_client(number)))
        own, began = time.process_time(), time.perf_counter()
        run.carry_on(_at_once(began + seconds) if rate is None else _at_random(began, seconds, rate))
        seconds, own = time.perf_counter() - began, time.process_time() - own
    finally:
        run.close()
    latencies = {kind: sorted(took) for kind, took in run.latencies.items()}
    return Load(run.statuses.total(), seconds, own, run.statuses, latencies)


def _at_once(end: float) -> Iterator[float]:
    """When requests fall due: always now, until the end."""
    while (now := time.perf_counter()) < end:
        yield now


def _at_random(began: float, seconds: float, rate: float) -> Iterator[float]:
    """When requests fall due: so many a second, one independent of the other."""
    chance, due = random.Random(7), began
    while (due := due + chance.expovariate(rate)) < began + seconds:
        yield due


class _Line:
    """One client's connection, and what it waits for."""

    def __init__(self, address: tuple[str, int], client: Client) -> None:
        self.address, self.client = address, client
        self.following = next(client, None)
        self.request: Request | None = None
        self.due = 0.0
        self.heard = bytearray()
        self.socket = _connected(address)

    def ask(self, due: float) -> None:
        """Send the next request."""
        self.request, self.following, self.due = self.following, None, due
        self.send()

    def send(self) -> None:
        """Send what is asked, or fail silently: that the line is closed is heard by whoever listens."""
        with suppress(ConnectionError):
            if self.request is not None:
                self.socket.sendall(self.request.wire)

    def hear(self) -> bool:
        """Take what came; false when the server has closed the line."""
        try:
            came = self.socket.recv(262_144)
        except ConnectionError:
            return False
        self.heard += came
        return bool(came)

    def tell_client(self) -> None:
        """Show the client its answer, and learn what it asks next."""
        body = bytes(self.heard[self.heard.index(_HEAD_ENDS) + len(_HEAD_ENDS) :])
        self.heard.clear()
        self.request = None
        try:
            self.following = self.client.send(body)
        except StopIteration:
            self.following = None


class _Run:
    """All lines of a run, and what was heard on them."""

    def __init__(self) -> None:
        self.selector = selectors.SelectSelector()  # unlike epoll it wakes to the microsecond
        self.free = deque[_Line]()
        self.waiting = 0
        self.statuses = Counter[int]()
        self.latencies = defaultdict[str, list[float]](list)

    def add(self, line: _Line) -> None:
        """Listen to one more line."""
        self.selector.register(line.socket, selectors.EVENT_READ, line)
        if line.following is not None:
            self.free.append(line)

    def carry_on(self, dues: Iterator[float]) -> None:
        """Ask whenever something is due and a line is free, until nothing is left to ask or to hear."""
        due: float | None = None
        while True:
            if due is None and self.free:
                due = next(dues, None)
            wait = None if due is None else due - time.perf_counter()
            if due is not None and wait is not None and wait <= 0:
                self.waiting += 1
                self.free.popleft().ask(due)
                due = None
            elif due is not None or self.waiting:
                self._listen(wait)
            else:
                return

    def _listen(self, seconds: float | None) -> None:
        heard = self.selector.select(_SILENCE_SECONDS if seconds is None else seconds)
        if not heard and seconds is None:
            raise LoadFailed(f"no answer in {_SILENCE_SECONDS:.0f} seconds")
        for key, _ in heard:
            line: _Line = key.data
            if not line.hear():
                self._reconnect(line)
            elif (status := _status_of_whole(line.heard)) is not None:
                self._answered(line, status)

    def _answered(self, line: _Line, status: int) -> None:
        request = line.request
        if request is None or status != request.expect:
            raise LoadFailed(bytes(line.heard[-2000:]).decode("utf-8", "replace"))
        self.latencies[request.kind].append(time.perf_counter() - line.due)
        self.statuses[status] += 1
        self.waiting -= 1
        line.tell_client()
        if line.following is not None:
            self.free.append(line)

    def _reconnect(self, line: _Line) -> None:
        """A server closes a line that was idle, perhaps as it is asked: what was asked is asked again."""
        if line.heard:
            raise LoadFailed(f"cut off in mid-answer: {bytes(line.heard[:500])!r}")
        self.selector.unregister(line.socket)
        line.socket.close()
        line.socket = _connected(line.address)
        self.selector.register(line.socket, selectors.EVENT_READ, line)
        line.send()

    def close(self) -> None:
        """Close every line."""
        for key in list(self.selector.get_map().values()):
            key.data.socket.close()
        self.selector.close()


def _connected(address: tuple[str, int]) -> socket.socket:
    line = socket.create_connection(address, timeout=_SILENCE_SECONDS)
    line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return line


def _status_of_whole(heard: bytearray) -> int | None:
    """The status of an answer that is here as a whole; None as long as some of it is to come."""
    end = heard.find(_HEAD_ENDS)
    if end < 0:
        return None
    head, body_begins = bytes(heard[:end]).lower(), end + len(_HEAD_ENDS)
    place = head.find(_LENGTH)
    if place < 0:
        is_whole = heard.endswith(_LAST_CHUNK)
    else:
        length = head[place + len(_LENGTH) :].partition(b"\r\n")[0]
        is_whole = len(heard) >= body_begins + int(length)
    return int(head[9:12]) if is_whole else None
