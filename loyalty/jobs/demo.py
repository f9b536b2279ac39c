"""The demo club: twelve members with stories, lived through the same actions as real ones."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy.orm import Session

from loyalty import calendar, ids, members, sales
from loyalty.actions.block_card import block_card
from loyalty.actions.earn import earn
from loyalty.actions.enrol import enrol
from loyalty.actions.hand_tier import hand_tier
from loyalty.actions.hold import hold
from loyalty.actions.once import Asking
from loyalty.actions.redeem import redeem, reverse
from loyalty.actions.replace_card import replace_card
from loyalty.actions.take_back import take_back
from loyalty.actions.who import Bearer
from loyalty.decide.programme import Editions
from loyalty.errors import NotFound
from loyalty.members import Newcomer
from loyalty.reads.sale import SaleName

CLIENT = "demo"
HIS_CONTACT = "bruno@example.org"  #: by which Bruno, the second member, signs in
STORE, TERMINAL = "Lisbon 1", "T1"


@dataclass(slots=True)
class Story:
    """One member's life so far, told act by act, each as many days ago as it happened."""

    session: Session
    editions: Editions
    identity_key: bytes
    today: datetime
    no: int
    member_id: int = 0
    acts: int = 0

    def joins(self, days_ago: int, name: str, **person: Any) -> "Story":
        """Become a member."""
        newcomer = Newcomer(name=name, references=(f"demo-{self.no}",), **person)
        self.member_id, _ = enrol(
            self.session, self.editions, newcomer, asking=self.ask(days_ago), identity_key=self.identity_key
        )
        return self

    def buys(self, days_ago: int, amount_minor: int, category: str = "clothes") -> str:
        """Buy one thing; the sale's id."""
        asking = self.ask(days_ago)
        line = sales.Line(1, "demo", category, 1000, amount_minor)
        currency = self.editions.at(asking.now).programme.club.currency
        fact = sales.Purchase(self._receipt(asking), asking.now, currency, (line,))
        answer, _ = earn(self.session, self.editions, Bearer(member_id=self.member_id), fact, asking=asking)
        return str(answer["purchase_id"])

    def returns(self, days_ago: int, purchase_id: str, amount_minor: int) -> None:
        """Bring goods of that sale back."""
        asking = self.ask(days_ago)
        name = SaleName(*(ids.pair_from_text(purchase_id) or (0, 0)))
        fact = sales.Return(self._receipt(asking), asking.now, amount_minor=amount_minor)
        take_back(self.session, self.editions, name, fact, asking=asking)

    def spends(self, days_ago: int, points: int) -> str:
        """Spend points; the redemption's id."""
        asking = self.ask(days_ago)
        answer, _ = redeem(
            self.session,
            self.editions,
            Bearer(member_id=self.member_id),
            points,
            unit=None,
            purpose="demo",
            reference=str(asking.header_key),
            asking=asking,
        )
        return str(answer["redemption_id"])

    def gets_back(self, days_ago: int, redemption_id: str, points: int) -> None:
        """Hear that a redemption is reversed in part."""
        asking = self.ask(days_ago)
        member_id, op_id = ids.pair_from_text(redemption_id) or (0, 0)
        reverse(
            self.session,
            self.editions,
            member_id,
            op_id,
            points,
            reference=str(asking.header_key),
            asking=asking,
        )

    def holds(self, points: int, lasts: timedelta) -> None:
        """Have points set aside just now."""
        asking = self.ask(0)
        hold(
            self.session,
            self.editions,
            Bearer(member_id=self.member_id),
            points,
            lasts,
            unit=None,
            reference=str(asking.header_key),
            asking=asking,
        )

    def ask(self, days_ago: int) -> Asking:
        """Who asks for the next act, and when."""
        self.acts += 1
        return Asking(CLIENT, f"demo-{self.no}-{self.acts}", self.today - timedelta(days=days_ago))

    def _receipt(self, asking: Asking) -> sales.Receipt:
        day = calendar.local_day(asking.now, self.editions.zone)
        return sales.Receipt(STORE, TERMINAL, day, str(asking.header_key))


def tell_stories(session: Session, editions: Editions, identity_key: bytes, now: datetime) -> None:
    """Twelve lives, all or none."""
    story = partial(Story, session, editions, identity_key, now)
    _shoppers(story)
    _spenders(story)
    _cards(story)


def is_told(session: Session) -> bool:
    """Whether the demo's members are here already."""
    try:
        return members.by_reference(session, "demo-1") is not None
    except NotFound:
        return False


def card_of(session: Session, no: int) -> str:
    """The card number of the demo's member of that number. Raises NotFound."""
    card = members.active_card(session, members.by_reference(session, f"demo-{no}").member_id)
    if card is None:
        raise NotFound
    return card.number


def _shoppers(story: Any) -> None:
    """Those who mostly buy."""
    ana = story(1).joins(740, "Ana Silva", phone="+351912345671", birth_date=date(1988, 5, 14))
    ana.buys(735, 320_00)  # about to expire: two years are nearly over
    ana.buys(40, 85_00)
    bruno = story(2).joins(300, "Bruno Costa", email=HIS_CONTACT)
    bruno.buys(200, 1_240_00)
    bruno.buys(30, 740_00)  # a step from gold
    story(3).joins(120, "Carla Nunes").buys(90, 260_00)
    story(4).joins(20, "Davi Rocha")  # joined, has not bought yet
    elena = story(5).joins(320, "Elena Petrova", birth_date=date(1979, 11, 2), locale="en")
    for days_ago in (310, 220, 130, 60):
        elena.buys(days_ago, 1_700_00)  # diamond
    gu = story(6).joins(250, "顾伟", phone="+8613812345678", birth_date=date(1996, 2, 29), locale="zh")
    gu.buys(100, 905_50)


def _spenders(story: Any) -> None:
    """Those who spend and bring back."""
    helena = story(7).joins(200, "Helena Marques")
    coat = helena.buys(60, 400_00)
    helena.spends(30, 450)
    helena.returns(10, coat, 400_00)  # spent what she then returned: a debt
    ivo = story(8).joins(180, "Ivo Lima")
    ivo.buys(45, 150_00)
    ivo.holds(60, timedelta(hours=12))  # a till has set points aside
    joana = story(9).joins(220, "Joana Reis", birth_date=date(2001, 8, 30))
    shoes = joana.buys(50, 299_99)
    joana.returns(48, shoes, 99_99)  # a part came back
    joana.gets_back(20, joana.spends(21, 150), 50)


def _cards(story: Any) -> None:
    """Those whose cards have stories."""
    kai = story(10).joins(150, "Kai Andersen")
    kai.buys(70, 75_00)
    replace_card(kai.session, kai.editions, kai.member_id, "lost", asking=kai.ask(5))
    luisa = story(11).joins(90, "Luísa Prado")
    luisa.buys(80, 60_00)
    block_card(luisa.session, luisa.member_id, blocked=True, asking=luisa.ask(2))
    maria = story(12).joins(60, "Maria Sousa")
    hand_tier(
        maria.session,
        maria.editions,
        maria.member_id,
        "gold",
        maria.today + timedelta(days=180),
        reason="welcome from a partner club",
        protected=True,
        asking=maria.ask(55),
    )
