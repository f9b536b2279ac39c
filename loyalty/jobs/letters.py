"""Letters to members: written of what was booked, then sent, by whichever worker claims them.

At least once: a worker that dies between sending a letter and noting it leaves it to be sent again, under the
same id, once its ten minutes are over.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import cast

import structlog
from sqlalchemy.orm import Session

from loyalty import ids, letters, outbox
from loyalty.actions.write_letters import write_of_events
from loyalty.channels import Channel, NotDelivered
from loyalty.db import carry_out, reading
from loyalty.decide.programme import Editions
from loyalty.errors import NoProgramme
from loyalty.letters import Links, Words, freeze_token, letter_words
from loyalty.reads.region import language_of
from loyalty.reads.to_send import ToSend, to_send
from loyalty.rooms import Rooms

CHUNK = 200  #: events read in one transaction
CLAIM = 10  #: letters that one worker takes at once
_HALF_A_CLAIM = letters.CLAIMED_FOR.total_seconds() / 2
log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class _Ready:
    """One letter in this worker's hands: the number of the try says whose it is."""

    letter_id: int
    tries: int
    kind: str
    channel: letters.Channel
    address: str
    words: Words


def write_and_send(room: Rooms, channels: Mapping[letters.Channel, Channel]) -> int:
    """Write of what was booked meanwhile, then send what is due; how many letters went out.

    Without a programme there is nothing to write of; without a channel the events are passed over.
    """
    try:
        with reading() as session:
            room.shelf.editions(session, room.clock.now())
    except NoProgramme:
        return 0
    while carry_out(lambda session: outbox.line_up(session, CHUNK)) == CHUNK:
        pass
    while carry_out(partial(_write, room, list(channels))) == CHUNK:
        pass
    total = 0
    while ready := carry_out(partial(_take, room, list(channels))):
        total += _send(room, channels, ready)
    if total:
        log.info("letters_sent", total=total)
    return total


def _write(room: Rooms, channels: Sequence[letters.Channel], session: Session) -> int:
    now = room.clock.now()
    return write_of_events(session, room.shelf.editions(session, now), channels, CHUNK, now)


def _take(room: Rooms, channels: Sequence[letters.Channel], session: Session) -> list[_Ready]:
    """Claim the next letters; what must not go any more is dropped on the way."""
    now, ready = room.clock.now(), list[_Ready]()
    editions = room.shelf.editions(session, now)
    while channels and not ready and (found := list(to_send(session, channels, now, CLAIM))):
        for one in found:
            if one.address is None:
                letters.close(one.letter, one.why)
                continue
            letters.claim(one.letter, now)
            ready.append(_worded(room, editions, one, one.address, now))
        session.flush()
    return ready


def _worded(room: Rooms, editions: Editions, one: ToSend, address: str, now: datetime) -> _Ready:
    letter, base = one.letter, room.settings.public_url.rstrip("/")
    links = Links()
    if base:
        key = room.settings.freeze_keys[0]
        token = freeze_token(key, letter.member_id, letter.created_at)
        links = Links(f"{base}/me/freeze/{token}", f"{base}/me/profile")
    way = cast(letters.Channel, letter.channel)
    names = editions.at(now).programme.club.name
    words = letter_words(letter.kind, letter.facts, language_of(one.locale, editions, now), names, links)
    return _Ready(letter.letter_id, letter.tries, letter.kind, way, address, words)


def _send(room: Rooms, channels: Mapping[letters.Channel, Channel], ready: Sequence[_Ready]) -> int:
    """Send what was claimed, while the claim has time enough; how many went out."""
    began, done = room.clock.monotonic(), 0
    for one in ready:
        if room.clock.monotonic() - began > _HALF_A_CLAIM:
            break  # who takes the rest later must not find it half sent
        now = room.clock.now()
        try:
            channels[one.channel].deliver(one.address, one.words, ids.to_text(one.letter_id), now)
        except NotDelivered as failure:
            given_up = carry_out(partial(_failed, one, failure, room.clock.now()))
            log.warning(
                "letter_failed", kind=one.kind, fault=str(failure), attempt=one.tries, given_up=given_up
            )
            continue
        carry_out(partial(_sent, one, room.clock.now()))
        done += 1
    return done


def _sent(one: _Ready, now: datetime, session: Session) -> None:
    letters.sent(session, one.letter_id, one.tries, now)


def _failed(one: _Ready, failure: NotDelivered, now: datetime, session: Session) -> bool:
    return letters.failed(session, one.letter_id, one.tries, str(failure), now, for_good=failure.for_good)
