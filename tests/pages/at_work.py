"""A club at work, for whoever looks at all pages of staff: colleagues, members, what waits or went wrong."""

import re
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from flask import Flask

from loyalty.actions.ask_approval import ask_publication
from loyalty.actions.draft import begin_draft, save_draft
from loyalty.db import carry_out
from loyalty.programme import Place, with_value
from loyalty.reads.draft import draft_view
from loyalty.rooms import rooms
from tests.clocks import MovableClock
from tests.ladders import noon
from tests.makers import PROGRAMMES, Maker, Shopper
from tests.merging import merge
from tests.pages import lives
from tests.pages.colleagues import Colleague, administrator, path_of
from tests.pages.test_staff_acts_on_members import correct, does
from tests.pages.test_staff_imports import CORRECTIONS, approved, hand_in

SHOP = {
    "code": "shop", "name": {"zh": "商城购物", "en": "From the shop"}, "on": "purchase", "unit": "reward",
    "earn": {"points": 1, "per": "10.00"},
}  # fmt: skip
SHARED = {"household": {"most": 4, "unit": {"reward": {"others_month": 500}}}}
APPROVAL = {"by": "监管局", "reference": "2026-7", "until": "2030-12-31"}  #: without it nobody pools
WHY = {"reason": "told_by_family", "note": "女儿带着证明来过服务中心。"}
NAMES = ("何雨桐", "郑志强", "吴美玲", "黄国栋", "徐静", "孙丽华")


@dataclass(frozen=True)
class AtWork:
    """A club whose colleagues have worked for some months."""

    app: Flask
    make: Maker
    clock: MovableClock
    ada: Colleague  #: with every role; looks at everything
    desk: Colleague
    wei: Colleague  #: of finance
    kim: Colleague  #: of configuration
    lin: Shopper  #: a diamond with a long history
    members: tuple[Shopper, ...]  #: in every state that a member can be in; the last one nobody opened
    link: list[str]  #: what an invitation's link ends with

    def carry(self, wish: Callable[..., object]) -> None:
        """A wish of the house itself, with its rows and the time."""
        with self.app.app_context():
            carry_out(lambda rows: wish(rows, rooms().clock.now()))


def at_work(app: Flask, make: Maker, clock: MovableClock) -> AtWork:
    """The insurer's club in spring, with all that its pages show."""
    lin = lives.diamond(lives.insurers_house(make, clock), clock)
    make.document(_with_a_shop())
    club = AtWork(
        app, make, clock, administrator(app), Colleague(app, "desk", name="Chen"),
        Colleague(app, "finance", name="Wei"), Colleague(app, "configuration", name="Kim"),
        lin, _members(make, lin), [],
    )  # fmt: skip
    for step in (
        _history,
        _nights,
        _colleagues,
        _states,
        _household,
        _keys,
        _corrections,
        _held,
        _imports,
        _draft,
        _tried,
        _faults,
    ):
        step(club)
    club.ada.sign_in_again()
    for who in (lin, *club.members[:-1]):
        club.ada.opens(who.member_id)
    return club


def _with_a_shop() -> dict[str, object]:
    told = tomllib.loads((PROGRAMMES / "insurer-club.toml").read_text(encoding="utf-8"))
    del told["example"]
    told["compliance"] |= {"approval": APPROVAL}
    return told | {"rule": [*told["rule"], SHOP], "limits": {"earn": {"transaction": 300}}} | SHARED


def _members(make: Maker, lin: Shopper) -> tuple[Shopper, ...]:
    return tuple(
        make.shopper(
            lin.till, name=name, phone=f"+86138057156{no:02}", references=[f"C-{no}"], locale="zh-CN"
        )
        for no, name in enumerate(NAMES, 10)
    )


def _colleagues(club: AtWork) -> None:
    """One who may not come in any more, one who did not come yet, one with two roles."""
    Colleague(club.app, "marketing", "auditor", name="Mei")
    gone = Colleague(club.app, "desk", name="Tang")
    club.ada.post(f"/staff/people/{path_of(gone)}/disable")
    made = club.ada.post("/staff/people/invite", name="何芳", email="fang@example.org", role="desk")
    club.link.append(re.search(r"/staff/enter/([\w-]+)", made.text).group(1))
    club.ada.own_things()
    for _ in range(3):
        club.ada.sign_in_again()


def _history(club: AtWork) -> None:
    """More lines, visits, notes and orders of one member than a page holds."""
    lin, desk = club.lin, club.desk
    for turn in range(55):
        club.clock.move(timedelta(hours=9))
        lin.adjust(20 + turn)
    desk.sign_in_again()
    for turn, kind in enumerate(("call", "visit", "complaint", "general")):
        does(
            desk,
            lin,
            "/notes/new",
            "Keep the note",
            kind=kind,
            words=f"体检希望安排在一楼，腿脚不便。{turn + 1}",
        )
    lin.tell("/reward-orders", {"card": lin.card, "reward": "tea-set", "reference": "tea"}, 201)
    lin.redeem(40)
    lin.hold(25)
    does(desk, lin, "/card", "Replace the card", reason="damaged")
    lin.card = lin.till.post("/members/lookup", {"reference": "C-1"}).json["card"]["number"]


def _states(club: AtWork) -> None:
    """Suspended, left, deceased, settled, merged; one of them is the second who asks for a walk."""
    suspended, left, dead, gone, stays, _ = club.members
    for who, act in ((suspended, "suspend"), (left, "leave"), (dead, "die")):
        does(club.desk, who, "/state", "Do this", act=act, **WHY)
    gone.adjust(30)
    merge(gone, stays)


def _household(club: AtWork) -> None:
    """Two share points, and a third was asked to."""
    seat, why = ("households", "seat"), ("--reason", "family", "--reference")
    club.make.run(*seat, club.lin.member_id, *why, "h-1", "--document")
    for no, one, agreed in ((2, club.members[4], ("--document",)), (3, club.members[5], ())):
        club.make.run(*seat, one.member_id, *why, f"h-{no}", "--beside", club.lin.member_id, *agreed)


def _keys(club: AtWork) -> None:
    """Keys of tills, of a place, of a person; one that ended."""
    club.make.keys(terminal="福州一号柜台")
    club.make.keys("approvals:decide", person="bob")
    club.make.run("keys", "create", "--scope", "place:use", "--place", "clinic-fz")


def _corrections(club: AtWork) -> None:
    """Asked for a while ago, and void; approved, refused, withdrawn; and two that wait."""
    lin, desk, wei = club.lin, club.desk, club.wei

    def asked(points: str, note: str) -> str:
        correct(desk, lin, points=points, note=note)
        return str(
            desk.open("/staff/approvals?view=mine").text.split('href="/staff/approvals/')[1].split('"')[0]
        )

    asked("900", "漏记了两次活动")
    club.clock.move(timedelta(days=4))
    for one in (desk, wei, club.ada, club.kim):
        one.sign_in_again()
    for button, more in (("Approve: it is done at once", {}), ("Refuse", {"reason": "unproven"})):
        wei.open(f"/staff/approvals/{asked('800', '服务中心漏记')}")
        wei.send(button, **more)
    desk.open(f"/staff/approvals/{asked('700', '填错了')}")
    desk.send("Withdraw")
    asked("600", "系统升级时漏记的积分")


def _held(club: AtWork) -> None:
    """Sales above what passes alone: one waits, one was released, one rejected."""
    who = club.members[-1]
    for how in ("Release and book it", "Reject", ""):
        told = who.buy("90000.00", currency="CNY", expect=202)
        club.wei.open(f"/staff/held-sales/{told['review_id']}")
        if how:
            club.wei.send(how)


def _imports(club: AtWork) -> None:
    """Files: with faults, ready, done, of corrections that wait for a second person, still being checked."""
    ada, run = club.ada, club.make.run
    hand_in(ada, "members", "reference,name,birth_date", *(f"F-{n},,1970-13-0{n % 9}" for n in range(60)))
    hand_in(ada, "members", "reference,name", *(f"D-{n},林小{n}" for n in range(6)), name="会员.csv")
    done = ada.last.request.path
    hand_in(club.wei, "corrections", CORRECTIONS, "C-1,reward,40,goodwill,漏记,K-1", name="更正.csv")
    asked = club.wei.last.request.path
    run("jobs", "imports")
    approved(club.app, ada, club.wei, done)
    club.wei.open(asked)
    club.wei.send("Ask a second person")
    run("jobs", "imports")
    hand_in(ada, "members", "reference,name", "R-1,赵强", "R-2,钱芳", name="三月新会员.csv")
    run("jobs", "imports")
    hand_in(ada, "members", "reference,name", "W-1,周明", name="四月新会员.csv")


def _draft(club: AtWork) -> None:
    """A draft that waits for a second person."""
    maker = f"staff:{path_of(club.kim)}"

    def wish(rows: object, now: object) -> None:
        draft = begin_draft(rows, maker, now)
        document = draft_view(rows, None).document
        document = with_value(document, Place("tier", 3), document["tier"][3] | {"attain": 900_000})
        save_draft(rows, document, draft.revision, maker, now)
        ask_publication(rows, document, base=2, in_force_from=noon("2026-05-01"), by=maker, now=now)

    club.carry(wish)


def _tried(club: AtWork) -> None:
    """The draft was tried on real history, and is to be tried on more of it."""
    for told in ({"when": "since", "day": "2026-03-01"}, {"when": "ever"}):
        club.make.run("jobs", "what-if")
        club.kim.open("/staff/programme/what-if")
        club.kim.send("Try it", **told)


def _faults(club: AtWork) -> None:
    """The draft was changed since, and has faults now."""

    def wish(rows: object, now: object) -> None:
        draft = draft_view(rows, None)
        document = draft.document
        faulty = document["benefit"][4] | {"quota": {"count": "viele", "per": "calendar_year"}}
        document = with_value(document, Place("benefit", 4), faulty | {"when": "member.tierr == 'x'"})
        save_draft(rows, document, draft.revision, f"staff:{path_of(club.kim)}", now)

    club.carry(wish)


def _nights(club: AtWork) -> None:
    for _ in range(2):
        club.make.run("jobs", "nightly")
        club.clock.move(timedelta(days=1))
    for one in (club.ada, club.desk, club.wei, club.kim):
        one.sign_in_again()
