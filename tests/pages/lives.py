"""Three members worth looking at: a diamond of the insurer's club, one without a card yet, a shopper."""

import tomllib
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

from tests.api.test_benefits import Desk
from tests.clocks import MovableClock
from tests.ladders import noon
from tests.makers import Maker, Shopper, wire
from tests.policies import Core, coverage

TODAY = "2026-03-18"
ADDRESS = {"lines": ["五四路 128 号"], "city": "福州", "postcode": "350001", "country": "CN"}
PLACES = {
    "centre-fz": ("service-centre", "福州服务中心", "Service centre Fuzhou"),
    "clinic-fz": ("clinic", "福州体检中心", "Clinic Fuzhou"),
    "clinic-xm": ("clinic", "厦门体检中心", "Clinic Xiamen"),
    "lounge-foc": ("airport", "长乐机场贵宾厅", "Lounge of Changle airport"),
    "hotel-xm": ("hotel", "厦门海景酒店", "Seaview Hotel Xiamen"),
}
POLICIES = (
    ("86010120120001", "岁岁安年金保险", "260000.00", "2012-05-01"),
    ("86010120150002", "长乐终身重疾保险", "184000.00", "2015-09-18"),
    ("86010120180003", "同福终身寿险", "500000.00", "2018-03-01"),
)
ENDED = ("86010120160004", "春晖教育金保险", "65000.00", "2016-01-10")


def insurers_house(make: Maker, clock: MovableClock) -> Maker:
    """The insurer's club with its places, managers, an event to come and news."""
    clock.move(noon("2026-01-05"))
    make.programme("insurer-club.toml")
    for code, (provider, zh, en) in PLACES.items():
        make.run("places", "open", code, "--provider", provider, "--zh", zh, "--en", en)
    make.run("service-managers", "add", "M-1", "--name", "周敏")
    return make


def diamond(house: Maker, clock: MovableClock) -> Shopper:
    """林淑华, diamond by three policies since January; a fourth matured in February. She comes to a walk."""
    core = Core(house.till())
    lin = house.shopper(
        core.till, name="林淑华", phone="+8613805715621", email="lin@example.org", locale="zh-CN",
        birth_date="1968-05-06", address=ADDRESS, references=["C-1"],
    )  # fmt: skip
    for number, product, premium, issued in (*POLICIES, ENDED):
        tell(core, number, product, premium, issued)
    lin.card = lin.till.post("/members/lookup", {"reference": "C-1"}).json["card"]["number"]
    clock.move(noon("2026-01-12"))
    for kind in ("profile_completed", "e_statement_chosen"):
        lin.tell("/facts", fact(lin, clock, kind), 201)
    clock.move(noon("2026-02-12"))
    tell(core, *ENDED, version=2, status="matured", effective_at="2026-02-12T10:00:00+08:00")
    desk = Desk(house)
    desk.use(lin, "airport-lounge", "lounge-1", place="lounge-foc")
    clock.move(noon("2026-03-02"))
    desk.use(lin, "priority-counter", "counter-1", place="centre-fz")
    for starts, seats, zh, en in (
        ("2026-03-28T09:00:00+08:00", "12", "春日植物园健步走", "A walk in the botanical garden"),
        ("2026-04-18T14:00:00+08:00", "1", "银发摄影课", "A course in photography"),
    ):
        words = ("--starts", starts, "--capacity", seats, "--zh", zh, "--en", en)
        event = str(house.run("club-events", "announce", "--benefit", "club-event", *words).stdout).strip()
        if int(seats) > 1:
            desk.use(lin, "club-event", "walk-1", event=event, party=2, reserve=True)
    house.run(
        "news", "publish", "information", "--zh", "三月刊：春天的体检", "--en", "March: checks in spring"
    )
    clock.move(noon(TODAY))
    house.run("jobs", "nightly")
    return lin


def newcomer(house: Maker) -> Shopper:
    """陈安, who joined and has neither a card nor a policy yet."""
    return house.shopper(name="陈安", email="chen@example.org", locale="zh-CN", references=["C-2"])


def shopper(make: Maker, clock: MovableClock) -> Shopper:
    """Ana of the retail club: silver, with a purchase a month, points spent, goods given back, a voucher."""
    clock.move(noon("2025-06-02"))
    make.programme("retail-club.toml", "2025-01-01T00:00:00Z")
    make.run("places", "open", "cafe", "--provider", "cafe", "--zh", "咖啡馆", "--en", "Café")
    ana = make.shopper(
        name="Ana Silva", email="ana@example.org", locale="en", birth_date="1988-05-14",
        consents=[needed_to_join("retail-club.toml")],
    )  # fmt: skip
    for month in range(9):
        clock.move(noon("2025-06-04") + timedelta(days=30 * month))
        bought = ana.buy("180.00")
        if month == 4:
            ana.give_back(bought, (1, "80.00"))
    ana.tell("/redemptions", {"card": ana.card, "points": 300, "reference": "gift"}, 201)
    clock.move(noon(TODAY))
    ana.tell("/reward-orders", {"card": ana.card, "reward": "tote-bag", "reference": "bag"}, 201)
    make.run("jobs", "nightly")
    return ana


def needed_to_join(programme: str) -> dict[str, str]:
    """The consent that a programme asks of whoever joins, given on paper in English."""
    told = tomllib.loads(Path("config/programmes", programme).read_text(encoding="utf-8"))
    [one] = [one for one in told["consent"] if one.get("needed_to_join")]
    return {
        "purpose": one["code"], "recipient": one["recipient"], "data": one["data"], "language": "en",
        "text_sha256": sha256(one["text"]["en"].encode()).hexdigest(), "channel": "paper",
    }  # fmt: skip


def tell(core: Core, number: str, product: str, premium: str, issued: str, **more: str | int) -> None:
    """A state of one of her policies."""
    core.tells(
        number, "C-1", issued_on=issued, cooling_off_ends_on=issued,
        coverages=[coverage(premium, product=product)], **more,
    )  # fmt: skip


def fact(who: Shopper, clock: MovableClock, kind: str) -> dict[str, object]:
    """Something she did."""
    return {
        "kind": kind, "reference": f"{kind}-1", "card": who.card, "happened_at": wire(clock.now()),
        "attributes": {},
    }  # fmt: skip
