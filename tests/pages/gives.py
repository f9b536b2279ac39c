"""A club that gives a clinic's check, a lounge, a rate, dinners, post, news and somebody to ask."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import update

from loyalty.db import carry_out
from loyalty.ids import from_text
from loyalty.members import Member
from tests.clocks import MovableClock
from tests.ladders import noon
from tests.makers import Maker, Shopper, wire

NOW = noon("2026-03-18")  #: a Wednesday
TIERS = ["silver", "gold"]
CHECK = {
    "code": "check", "name": {"zh": "年度体检", "en": "Health check"}, "kind": "service", "tiers": TIERS,
    "providers": ["clinic"], "quota": {"count": 1, "per": "calendar_year"},
    "booking": {"lead_days": 3, "cancel_days": 1, "no_show": "used"}, "needs_consent": "clinic",
    "transferable_to": ["spouse", "parent"], "guests": 1,
}  # fmt: skip
LOUNGE = {
    "code": "lounge", "name": {"zh": "机场贵宾厅", "en": "Airport lounge"}, "kind": "service",
    "tiers": TIERS, "providers": ["airport"], "guests": 1, "quota": {"count": 6, "per": "calendar_year"},
}  # fmt: skip
SPA = {
    "code": "spa", "name": {"zh": "水疗", "en": "Spa"}, "kind": "service", "tiers": TIERS,
    "booking": {"lead_days": 0, "no_show": "free"},
}  # fmt: skip
RATE = {
    "code": "hotel-rate", "name": {"zh": "酒店优惠", "en": "Hotel rates"}, "kind": "discount",
    "tiers": TIERS, "providers": ["hotel"], "discount": {"percent": "20"},
}  # fmt: skip
DINNER = {
    "code": "dinner", "name": {"zh": "俱乐部活动", "en": "Club events"}, "kind": "event", "tiers": TIERS,
    "guests": 2, "booking": {"lead_days": 1, "cancel_days": 2, "no_show": "used"},
}  # fmt: skip
CARD = {
    "code": "birthday-card", "name": {"zh": "生日贺卡", "en": "Birthday card"}, "kind": "mailing",
    "tiers": TIERS, "days_ahead": 10, "quota": {"count": 1, "per": "calendar_year"},
}  # fmt: skip
NEWS = {"code": "news", "name": {"zh": "资讯服务", "en": "Information"}, "kind": "feed", "tiers": TIERS}
HELP = {"code": "manager", "name": {"zh": "专属服务经理", "en": "Service manager"}, "kind": "person",
        "tiers": TIERS}  # fmt: skip
COACH = {"code": "coach", "name": {"zh": "接送", "en": "Airport coach"}, "kind": "service", "tiers": ["gold"]}
CONSENT = {
    "code": "clinic", "name": {"zh": "把姓名交给体检机构", "en": "Your name, for the clinic"},
    "text": {"zh": "体检机构会收到您的姓名和时间。", "en": "The clinic receives your name and your time."},
    "recipient": "the clinic", "data": "name",
}  # fmt: skip
BENEFITS = [CHECK, LOUNGE, SPA, RATE, DINNER, CARD, NEWS, HELP, COACH]
PLACES = {
    "c1": ("clinic", "市第一医院体检中心", "First Hospital"),
    "c2": ("clinic", "康源健康管理中心", "Kangyuan Clinic"),
    "t3": ("airport", "三号航站楼", "Terminal 3"), "inn": ("hotel", "湖滨酒店", "Lake Inn"),
}  # fmt: skip


def open_club(make: Maker, clock: MovableClock, *, places: bool = True, **changes: Any) -> Maker:
    """The club, at noon of a day in March; `changes` are paths of the small programme."""
    clock.move(NOW)
    usual: dict[str, Any] = {"benefit": BENEFITS, "consent": [CONSENT], "club.time_zone": "Asia/Shanghai"}
    make.club(**(usual | changes))
    for code, (provider, zh, en) in PLACES.items() if places else ():
        make.run("places", "open", code, "--provider", provider, "--zh", zh, "--en", en)
    return make


def announce(make: Maker, capacity: int = 3, starts: datetime = NOW + timedelta(days=10)) -> str:
    """An event of the club; its opaque id."""
    words = ("--benefit", "dinner", "--starts", starts.isoformat(), "--capacity", str(capacity))
    done = make.run("club-events", "announce", *words, "--zh", "植物园春游", "--en", "Spring walk")
    return str(done.stdout).strip()


def goes(who: Shopper, benefit: str, name: str, **more: Any) -> Any:
    """A place records a visit, or somebody books one for the member; the answer."""
    body = {"benefit": benefit, "card": who.card, "reference": name} | more
    return who.tell("/benefit-uses", body, 201)


def visited(who: Shopper, clock: MovableClock, times: int) -> None:
    """So many visits of the spa, one a day, from now on."""
    now = clock.now()
    for no in range(times):
        clock.move(now + timedelta(days=no))
        booked = goes(who, "spa", f"spa-{no}", at=wire(clock.now() + timedelta(hours=1)), reserve=True)
        clock.move(timedelta(hours=2))
        who.tell(f"/benefit-uses/{booked['use_id']}/confirm", None, 200)


def suspend(make: Maker, who: Shopper) -> None:
    """The member may look, and no more (M9)."""
    mine = update(Member).where(Member.member_id == from_text(who.member_id))
    with make.app.app_context():
        carry_out(lambda session: session.execute(mine.values(state="suspended")))
