"""A TCP proxy of ours: it understands nothing, passes bytes on, and at times loses them and cuts the line."""

import asyncio
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from enum import Enum

COMMIT_TOLD = b"C\x00\x00\x00\x0bCOMMIT\x00"  #: how PostgreSQL tells that a transaction is kept
LATE_SECONDS = 0.15
_MOST_BYTES = 64 * 1024


class Fate(Enum):
    """What becomes of some bytes on their way."""

    PASSED = "passed"
    LOST = "lost"  #: both sides see the line cut
    HALVED = "cut in the middle"  #: the first half arrives, then the line is cut
    LATE = "late"  #: who sent them sees the line cut; they arrive all the same


Judge = Callable[[bool, bytes], Fate]  #: (towards the server, some bytes) → what becomes of them


@dataclass(slots=True)
class Proxy:
    """Listens on a port of this machine and passes what it hears on to another."""

    target: int
    judge: Judge
    port: int = 0
    fates: Counter[Fate] = field(default_factory=Counter)

    def heal(self) -> None:
        """From now on nothing is lost any more."""
        self.judge = lambda _, __: Fate.PASSED

    async def serve(self, ready: threading.Event, over: asyncio.Event) -> None:
        """Pass on until it is over."""
        server = await asyncio.start_server(self._connect, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        ready.set()
        async with server:
            await over.wait()
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.cancel()

    async def _connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self.target)
        except OSError:
            writer.transport.abort()
            return
        ways = [
            asyncio.create_task(self._pass_on(True, reader, far_writer, writer)),
            asyncio.create_task(self._pass_on(False, far_reader, writer, far_writer)),
        ]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for end in (*ways, writer, far_writer):
                with suppress(OSError):
                    end.cancel() if isinstance(end, asyncio.Task) else end.close()

    async def _pass_on(
        self,
        towards_server: bool,
        source: asyncio.StreamReader,
        target: asyncio.StreamWriter,
        sender: asyncio.StreamWriter,
    ) -> None:
        """One way of one connection, until either side or fate ends it."""
        with suppress(OSError):
            while some := await source.read(_MOST_BYTES):
                fate = self.judge(towards_server, some)
                self.fates[fate] += 1
                if fate is Fate.LOST:
                    return
                if fate is Fate.LATE:
                    sender.transport.abort()
                    await asyncio.sleep(LATE_SECONDS)
                target.write(some if fate is not Fate.HALVED else some[: len(some) // 2])
                await target.drain()
                if fate is Fate.LATE:
                    await asyncio.sleep(LATE_SECONDS)
                if fate is not Fate.PASSED:
                    return


@contextmanager
def passing(target: int, judge: Judge) -> Iterator[Proxy]:
    """A proxy in a thread of its own, until the end of the block."""
    proxy, ready, over = Proxy(target, judge), threading.Event(), asyncio.Event()
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=lambda: loop.run_until_complete(proxy.serve(ready, over)))
    thread.start()
    ready.wait()
    try:
        yield proxy
    finally:
        loop.call_soon_threadsafe(over.set)
        thread.join()
        loop.close()
