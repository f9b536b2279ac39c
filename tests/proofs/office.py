"""Colleagues at work on the club's pages: what each does, and which acts that is to leave in the trail."""

import io
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import text
from werkzeug.test import TestResponse

from loyalty import ids, staff
from loyalty.db import reading
from tests.makers import Maker, Shopper
from tests.pages.colleagues import Colleague, administrator, path_of

ALONE = {"single": 100, "maker_day": 250, "member_day": 200}
LIMITS = {"approvals": {"adjustment": {"reward": ALONE}}}
MEMBERS = 3
Acts = list[tuple[str, str]]  #: who did what


@dataclass(frozen=True, slots=True)
class Done:
    """What a colleague sent, what came back, and the acts it is to leave, in their order."""

    answer: TestResponse
    acts: Acts


@dataclass(slots=True)
class Office:
    """A club with members, and colleagues of several roles; each works on a browser of their own."""

    make: Maker
    rng: random.Random
    lin: Colleague = field(init=False)  #: at the desk
    wei: Colleague = field(init=False)  #: of finance
    kim: Colleague = field(init=False)  #: of configuration
    ada: Colleague = field(init=False)  #: keeps accounts and keys
    members: list[Shopper] = field(init=False)
    requests: list[tuple[str, Colleague]] = field(default_factory=list)  #: that wait, with their makers
    turns: int = 0

    def __post_init__(self) -> None:
        self.make.club(**LIMITS)
        app = self.make.app
        self.lin, self.wei = Colleague(app, "desk", name="Lin"), Colleague(app, "finance", name="Wei")
        self.kim, self.ada = Colleague(app, "configuration", name="Kim"), administrator(app)
        till = self.make.till()
        self.members = [self.make.shopper(till) for _ in range(MEMBERS)]
        for one in self.members:
            one._bearer = {"member_id": one.member_id}  # whose card is replaced

    def begin_day(self) -> None:
        """Everybody signs in: sessions of yesterday are over."""
        for who in (self.lin, self.wei, self.kim, self.ada):
            who.sign_in_again()

    def does(self) -> tuple[str, Done]:
        """Something a colleague does; its name."""
        deed = self.rng.choice(DEEDS)
        return deed.__name__, deed(self)

    def key(self) -> str:
        """The name of a form that was not sent before."""
        self.turns += 1
        return f"f-{self.turns}"

    def anybody(self) -> Shopper:
        """A member."""
        return self.rng.choice(self.members)

    def send(self, who: Colleague, member: Shopper, page: str, **filled: Any) -> TestResponse:
        """A form on a member whom this colleague has opened."""
        who.opens(member.member_id)
        return who.post(f"/staff/members/{member.member_id}{page}", key=self.key(), **filled)


def me(who: Colleague) -> str:
    """What the trail calls a colleague."""
    return staff.actor(who.account_id)


def acts_after(make: Maker, last: int) -> Acts:
    """Who did what since that line of the trail."""
    words = text("SELECT actor, kind FROM act WHERE seq > :last ORDER BY seq")
    with make.app.app_context(), reading() as rows:
        return [(actor, kind) for actor, kind in rows.execute(words, {"last": last})]


def last_act(make: Maker) -> int:
    """The number of the last line of the trail."""
    with make.app.app_context(), reading() as rows:
        return int(rows.execute(text("SELECT coalesce(max(seq), 0) FROM act")).scalar_one())


def is_done(done: Done) -> bool:
    """Whether what was sent was carried out."""
    return done.answer.status_code in (200, 303)


def _left(who: Colleague, answer: TestResponse, kind: str) -> Done:
    return Done(answer, [(me(who), kind)] if answer.status_code in (200, 303) else [])


def corrects(office: Office) -> Done:
    """Points given or taken: booked, or asked for; more than there is, or nothing, is refused."""
    who, points = office.rng.choice([office.lin, office.wei]), office.rng.choice([0, 5, 60, 100, 101, 300])
    told = {"unit": "reward", "way": office.rng.choice(["give", "give", "take"]), "points": str(points)}
    member, before = office.anybody(), _waiting(office.make)
    answer = office.send(who, member, "/correct", **told, reason="goodwill", note="a proof")
    if fresh := _waiting(office.make) - before:
        office.requests.append((fresh.pop(), who))
        return Done(answer, [(me(who), "approval.asked")])
    return _left(who, answer, "points.adjusted")


def decides(office: Office) -> Done:
    """A request is approved or refused by somebody; nobody's by its own maker."""
    if not office.requests:
        return corrects(office)
    path, maker = office.rng.choice(office.requests)
    word, at = office.rng.choice(["approve", "approve", "refuse", "withdraw"]), f"/staff/approvals/{path}"
    who = office.rng.choice([office.wei, office.lin, maker])
    told = {"digest": _digest(office.make, path), "reason": "unproven", "key": office.key()}
    answer = who.post(f"{at}/{word}", **told)
    if _state(office.make, path) == "waiting":
        return Done(answer, [])
    office.requests.remove((path, maker))
    assert (who is maker) == (word == "withdraw"), f"{me(who)} did {word} what {me(maker)} asked for"
    kind = {"approve": "approval.approved", "refuse": "approval.refused", "withdraw": "approval.withdrawn"}
    booked = [(me(maker), "points.adjusted")] if word == "approve" else []
    return Done(answer, [*booked, (me(who), kind[word])])


def opens(office: Office) -> Done:
    """A member's data are shown, for a reason; without one, or without a member, they are not."""
    told = office.rng.choice([{"reason": "call"}, {"reason": "other", "words": "a proof"}, {"reason": ""}])
    path = f"/staff/members/{office.anybody().member_id}/open"
    return _left(office.wei, office.wei.post(path, **told), "member.opened")


def writes(office: Office) -> Done:
    """A note; one without words is none."""
    words = office.rng.choice(["wants a ground floor", ""])
    answer = office.send(office.lin, office.anybody(), "/notes/new", kind="call", words=words)
    return _left(office.lin, answer, "note.written")


def hands_a_tier(office: Office) -> Done:
    """A tier until a day that is ahead; one that is past is refused."""
    ahead = office.make.clock.now().replace(year=2029 - 4 * office.rng.randrange(2)).date()
    told = {"tier": "gold", "last_day": str(ahead), "reason": "a guest"}
    return _left(office.lin, office.send(office.lin, office.anybody(), "/tier", **told), "tier.given")


def changes_a_card(office: Office) -> Done:
    """A card is replaced, or not for want of a reason."""
    told = {"what": "replace", "reason": office.rng.choice(["lost", ""])}
    return _left(office.lin, office.send(office.lin, office.anybody(), "/card", **told), "card.replaced")


def makes_a_key(office: Office) -> Done:
    """A key for a till; one without a name is none."""
    told = {"client": office.rng.choice([f"T-{office.key()}", ""]), "scope": "points:earn"}
    return _left(office.ada, office.ada.post("/staff/keys/make", key=office.key(), **told), "key.made")


def changes_roles(office: Office) -> Done:
    """A colleague's roles change, or stay as they were; nobody changes their own."""
    whom = office.rng.choice([office.lin, office.ada])
    roles = [["desk"], ["desk", "marketing"]][office.rng.randrange(2)]
    before = last_act(office.make)
    answer = office.ada.post(f"/staff/people/{path_of(whom)}/roles", role=roles)
    changed = bool(acts_after(office.make, before))
    assert not (changed and whom is office.ada), "an administrator changed their own roles"
    office.lin.sign_in_again()
    return Done(answer, [(me(office.ada), "staff.roles_changed")] if changed else [])


def edits(office: Office) -> Done:
    """The draft of the programme is begun, or dropped."""
    began = office.kim.open("/staff/programme").text.count("/staff/programme/drop")
    word, kind = ("drop", "draft.dropped") if began else ("begin", "draft.begun")
    return _left(office.kim, office.kim.post(f"/staff/programme/{word}", key=office.key()), kind)


def takes_away(office: Office) -> Done:
    """A report is taken as a file; who may not take it does not."""
    who = office.rng.choice([office.wei, office.lin])
    told = {"name": "flows", "form": "csv", "unit": "reward", "months": "2", "as_of": ""}
    return _left(who, who.post("/staff/reports", **told), "report.taken")


def hands_in(office: Office) -> Done:
    """A file of members is handed in; an empty one is not."""
    content = office.rng.choice([b"reference,name\r\nA-1,Ana\r\n", b""])
    told = {"kind": "members", "file": (io.BytesIO(content), "told.csv"), "key": office.key()}
    return _left(office.kim, office.kim.post("/staff/imports", **told), "import.handed_in")


DEEDS: tuple[Callable[[Office], Done], ...] = (
    corrects, corrects, corrects, decides, decides, opens, writes, hands_a_tier, changes_a_card, makes_a_key,
    changes_roles, edits, takes_away, hands_in,
)  # fmt: skip


def _waiting(make: Maker) -> set[str]:
    words = text("SELECT approval_id FROM approval_request WHERE state = 'waiting'")
    with make.app.app_context(), reading() as rows:
        return {ids.to_text(one) for one in rows.execute(words).scalars()}


def _digest(make: Maker, path: str) -> str:
    return _of(make, path, "digest")


def _state(make: Maker, path: str) -> str:
    return _of(make, path, "state")


def _of(make: Maker, path: str, column: str) -> str:
    words = text(f"SELECT {column} FROM approval_request WHERE approval_id = :one")
    with make.app.app_context(), reading() as rows:
        return str(rows.execute(words, {"one": ids.from_text(path)}).scalar_one())
