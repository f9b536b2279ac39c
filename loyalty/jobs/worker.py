"""The worker: every minute it looks whether a night is due. Its truth is in rows, not in a queue."""

import structlog
from flask import Flask
from huey import MemoryHuey, crontab
from huey.consumer import Consumer

from loyalty import calendar
from loyalty.channels import channels_of
from loyalty.db import Books, books_kept, reading
from loyalty.errors import Busy, NoProgramme
from loyalty.jobs.anchor import anchor_file, drop_anchor
from loyalty.jobs.figures import keep_cohorts
from loyalty.jobs.importing.queue import work_on_imports
from loyalty.jobs.letters import write_and_send
from loyalty.jobs.nightly import Night, last_night, nightly
from loyalty.jobs.post import post
from loyalty.jobs.retention import retain
from loyalty.jobs.sender import Sender
from loyalty.jobs.verifying import verify_night
from loyalty.jobs.verifying_acts import check_acts, check_asked
from loyalty.jobs.what_if import work_on_what_ifs
from loyalty.rooms import Rooms, rooms

log = structlog.get_logger()


def make_worker(app: Flask) -> Consumer:
    """A consumer that does this application's periodic work until it is told to stop."""
    queue = MemoryHuey("loyalty", utc=True)

    def look() -> None:
        with app.app_context():
            for books in books_kept():
                night = night_if_due(rooms(), books)
                if night is not None and books == "live":
                    drop_anchor(rooms(), anchor_file(rooms(), app.instance_path), night.as_of)
                if night is not None:
                    verify_night(rooms(), books)
                    retain(rooms(), books)
                if night is not None and books == "live":
                    check_acts(rooms(), anchor_file(rooms(), app.instance_path))
                if night is not None and books == "live":
                    keep_cohorts(rooms())

    def tell() -> None:
        with app.app_context():
            post(rooms(), Sender())

    def write() -> None:
        with app.app_context():
            write_and_send(rooms(), channels_of(rooms().settings))

    def check() -> None:
        with app.app_context():
            check_asked(rooms(), anchor_file(rooms(), app.instance_path))

    def bring_in() -> None:
        with app.app_context():
            work_on_imports(rooms())

    def try_drafts() -> None:
        with app.app_context():
            work_on_what_ifs(rooms())

    queue.periodic_task(crontab(), name="night")(queue.lock_task("night")(look))
    queue.periodic_task(crontab(), name="post")(queue.lock_task("post")(tell))
    queue.periodic_task(crontab(), name="letters")(queue.lock_task("letters")(write))
    queue.periodic_task(crontab(), name="imports")(queue.lock_task("imports")(bring_in))
    queue.periodic_task(crontab(), name="what-if")(queue.lock_task("what-if")(try_drafts))
    queue.periodic_task(crontab(), name="checks")(queue.lock_task("checks")(check))
    return queue.create_consumer(workers=5, periodic=True, check_worker_health=True)


def night_if_due(room: Rooms, books: Books = "live") -> Night | None:
    """Run the night if it is switched on and the day has none yet; None when there was nothing to do."""
    if not room.settings.nightly:
        return None
    now = room.clock.now()
    try:
        with reading() as session:
            today = calendar.local_day(now, room.shelf.editions(session, now).zone)
        last = last_night(room, now, books)
        if last is not None and last >= today:
            return None
        night = nightly(room, now, books=books)
    except (NoProgramme, Busy) as refusal:
        log.info("night_waits", books=books, code=refusal.code)
        return None
    log.info("night_done", books=books, as_of=now.isoformat(), stopped=night.stopped, **night.members)
    return night
