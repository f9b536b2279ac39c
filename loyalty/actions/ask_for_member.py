"""Staff ask for what two persons do for a member: another contact, an end of a freeze, a merge.

Nothing is done before a second colleague approves it; what is asked for was possible when it was asked.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from secrets import token_hex
from typing import Any

from sqlalchemy.orm import Session

from loyalty import acts, approvals, ids, members
from loyalty.actions.answers import balances
from loyalty.actions.book import fresh_ids
from loyalty.actions.keep_apart import keep_apart
from loyalty.actions.merge import merge
from loyalty.actions.once import Asking, Told, Wish, once
from loyalty.actions.sign_in_member import Contact
from loyalty.actions.unmerge import unmerge
from loyalty.approvals import Kind
from loyalty.decide import standing
from loyalty.decide.outcome import Snapshot
from loyalty.decide.programme import Editions
from loyalty.errors import Invalid, NotFrozen, NotMerged
from loyalty.reads.snapshot import load

_SALT_BYTES = 16  #: so that nobody tries out which number a digest was made of


@dataclass(frozen=True, slots=True)
class Case:
    """Why something is asked for, by codes, which document was seen, and the colleague's own words."""

    reason: str
    document: str
    note: str


def ask_contact(
    session: Session, editions: Editions, member_id: int, contact: Contact, case: Case, *, asking: Asking
) -> int:
    """Ask that a member has this phone or e-mail address; the request's id, once for the asking's key.

    Raises NotFound, SelfDealing, StateForbids; Invalid where they have it already.
    """
    member_id = members.current(session, member_id)

    def content() -> Mapping[str, Any]:
        members.check(members.stands(members.by_id(session, member_id)), "change")
        if members.reached_by(members.person_of(session, member_id)).get(contact.kind) == contact.value:
            raise Invalid(fields={"contact": "is the member's already"})
        return {"contact": contact.kind, "value": contact.value, "salt": token_hex(_SALT_BYTES)}

    return _ask(session, "contact", member_id, (), case, asking, content)


def ask_unfreeze(session: Session, member_id: int, case: Case, *, asking: Asking) -> int:
    """Ask that a member's freeze ends; the request's id, once for the asking's key.

    Raises NotFound, SelfDealing, NotFrozen.
    """
    member_id = members.current(session, member_id)

    def content() -> Mapping[str, Any]:
        if members.spend_guard(members.by_id(session, member_id)).frozen_at is None:
            raise NotFrozen
        return {}

    return _ask(session, "unfreeze", member_id, (), case, asking, content)


def ask_merge(
    session: Session, editions: Editions, gone: int, stays: int, case: Case, *, asking: Asking
) -> int:
    """Ask that `gone` is merged into `stays`, as both are now; the request's id, once for the asking's key.

    Raises whatever `merge` raises.
    """

    def content() -> Mapping[str, Any]:
        def wish() -> dict[str, Any]:
            return rehearse_merge(session, editions, gone, stays, asking=asking)

        return {"into": ids.to_text(stays)} | _seen(session, editions, gone, stays, wish, asking)

    return _ask(session, "merge", gone, (stays,), case, asking, content)


def ask_unmerge(session: Session, editions: Editions, gone: int, case: Case, *, asking: Asking) -> int:
    """Ask that `gone` is a member of their own again; the request's id, once for the asking's key.

    Raises whatever `unmerge` raises.
    """
    stays = members.current(session, gone)

    def content() -> Mapping[str, Any]:
        if stays == gone:
            raise NotMerged
        tried = Asking(asking.client, None, asking.now)

        def wish() -> dict[str, Any]:
            why = {"reason": "", "note": "", "reference": "try"}
            return _rehearsed(session, lambda: unmerge(session, editions, gone, **why, asking=tried)[0])

        return {"from": ids.to_text(stays)} | _seen(session, editions, gone, stays, wish, asking)

    return _ask(session, "unmerge", gone, (stays,), case, asking, content)


def rehearse_merge(
    session: Session, editions: Editions, gone: int, stays: int, *, asking: Asking
) -> dict[str, Any]:
    """What `merge` would answer now, and nothing of it is kept. Raises what it raises."""
    tried = Asking(asking.client, None, asking.now)
    return _rehearsed(
        session,
        lambda: merge(session, editions, gone, stays, reason="", note="", reference="try", asking=tried)[0],
    )


def figures_of(editions: Editions, both: Mapping[int, Snapshot], asking: Asking) -> dict[str, Any]:
    """What these members have at the instant, unit by unit."""
    now = asking.now
    return {
        ids.to_text(one): balances(standing.true_at(editions, snapshot, now, fresh_ids(now)).outcome())
        for one, snapshot in both.items()
    }


def _seen(
    session: Session,
    editions: Editions,
    gone: int,
    stays: int,
    rehearse: Callable[[], dict[str, Any]],
    asking: Asking,
) -> dict[str, Any]:
    """What both have now, and what `stays` would have then, as it is rehearsed."""
    both = {one: load(session, editions, one, asking.now)[0] for one in (gone, stays)}
    figures, after = figures_of(editions, both, asking), rehearse()
    return {"figures": figures, "after": {"balance": after["balance"], "tier": after["tier"]}}


def _rehearsed(session: Session, wish: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    with session.begin_nested() as tried:
        answer = wish()
        tried.rollback()
    return answer


def _ask(
    session: Session,
    kind: Kind,
    member_id: int,
    others: tuple[int, ...],
    case: Case,
    asking: Asking,
    content: Callable[[], Mapping[str, Any]],
) -> int:
    """Keep the request. The claim of its key says nothing of a person: it is never forgotten (M7)."""
    now, who = asking.now, ids.to_text(member_id)

    def do() -> Told:
        for one in (member_id, *others):
            keep_apart(session, asking.client, one)
        asked = {"member_id": who} | asdict(case) | dict(content())
        request = approvals.ask(session, kind, asked, maker=asking.client, now=now, member_id=member_id)
        name = ids.to_text(request.approval_id)
        told = {"kind": kind, "digest": request.digest, "member": who}
        acts.record(session, now, actor=asking.client, kind="approval.asked", subject=name, content=told)
        return Told({"approval_id": name}, member_id)

    answer, _ = once(session, Wish(f"{kind}_request", asking, None, {"member": who}), do)
    return ids.from_text(answer["approval_id"]) or 0
