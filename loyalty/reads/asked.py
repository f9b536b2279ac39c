"""What colleagues ask each other for: the requests of a list, and one shown whole."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy.orm import Session

from loyalty import acts, ids, imports, members, programme, staff, usage
from loyalty.acts import Line
from loyalty.decide.alone import watch_alone
from loyalty.decide.programme import Editions
from loyalty.imports import ImportFile
from loyalty.programme import Change
from loyalty.reads.approvals import approval_view, approvals_view

View = Literal["others", "mine", "all"]


@dataclass(frozen=True, slots=True)
class Requests:
    """Requests of a list, the newest first, and who stands behind their names."""

    items: Sequence[Mapping[str, Any]]
    names: Mapping[str, str]  #: actor → name
    older: int | None  #: the last id shown, where there are more below it


@dataclass(frozen=True, slots=True)
class Day:
    """What one person corrects on a day, and what is corrected of one member, without a second person."""

    limit: str  #: `maker_day` or `member_day`
    most: int
    used: int  #: both in the unit's smallest steps


@dataclass(frozen=True, slots=True)
class Request:
    """One request as it stands, with all that a checker needs."""

    told: Mapping[str, Any]
    names: Mapping[str, str]  #: actor → name
    history: Sequence[Line]  #: what was done about it, in order
    card: str | None = None  #: of the member whom it is about, its last four
    other_card: str | None = None  #: of the survivor of a merge, its last four
    days: Sequence[Day] = ()  #: of the day a correction was asked for
    changes: Sequence[Change] = ()  #: of a publication, to the edition it follows
    file: ImportFile | None = None  #: that was handed in and is carried in once it is approved


def names_of(session: Session) -> dict[str, str]:
    """What colleagues are called, by the actor of their acts."""
    return {staff.actor(one.account_id): one.name for one in staff.colleagues(session)}


def requests(
    session: Session, view: View, me: str, before: int | None, limit: int, now: datetime
) -> Requests:
    """What waits for others than its maker, what I asked for, or all there was."""
    mine, state = (me if view == "mine" else None), ("waiting" if view == "others" else None)
    not_of = me if view == "others" else None
    found = approvals_view(session, mine, state, None, before, limit + 1, now, not_of=not_of)
    shown = found[:limit]
    older = shown[-1]["approval_id"] if len(found) > limit else None
    return Requests(shown, names_of(session), older)


def request(session: Session, editions: Editions | None, approval_id: int, now: datetime) -> Request:
    """One request, shown whole. Raises NotFound."""
    told, names = approval_view(session, approval_id, now), names_of(session)
    content = told["content"]
    history = acts.sought(session, acts.Sought(subject=ids.to_text(approval_id)))[::-1]
    if told["kind"] == "publication":
        base = programme.by_number(session, content["base"])
        changes = programme.differences(base.document if base else {}, content["document"])
        return Request(told, names, history, changes=changes)
    if told["kind"] == "bulk_file":
        handed_in = ids.from_text(content["import_id"] or "")
        file = imports.of_id(session, handed_in) if handed_in is not None else None
        return Request(told, names, history, file=file)
    stays = ids.from_text(content.get("into") or content.get("from") or "")
    whose = [one for one in (told["member_id"], stays) if one is not None]
    cards = {one: members.masked(number) for one, number in members.active_cards(session, whose).items()}
    is_correction = told["kind"] == "adjustment"
    days = _days(session, editions, told) if editions and is_correction else ()
    mine, other = cards.get(told["member_id"]), cards.get(stays or 0)
    return Request(told, names, history, card=mine, other_card=other, days=days)


def _days(session: Session, editions: Editions, told: Mapping[str, Any]) -> Sequence[Day]:
    """The sums of the day on which a correction was asked for, as far as they are limited."""
    watch = watch_alone(editions, told["content"]["unit"], told["maker"], told["asked_at"])
    limits = list(watch.days(told["member_id"]))
    used = usage.used(session, [key for _, _, key in limits])
    return [Day(limit, most, used[key].amount) for limit, most, key in limits]
