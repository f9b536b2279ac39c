"""Books with a rich past, in which every table that holds value has rows: what corruptions are tried on."""

from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zoneinfo import ZoneInfo

from tests import pasts
from tests.ladders import SHANGHAI, club, noon
from tests.makers import Maker, Shopper, Till, receipt, wire
from tests.policies import COOLING, SINGLE, Core, coverage, insurer
from tests.tenders import WORTH, paid

DAY = timedelta(days=1)
FACT = {"code": "profile", "on": "activity", "unit": "reward", "earn": {"fixed": 30},
        "limit": {"times": 2, "per": "year"}, "budget": {"points": 1000, "per": "month"}}  # fmt: skip
MARK = {"code": "tenth", "on": "purchase", "unit": "bonus", "earn": {"fixed": 7},
        "milestone": {"reaches": 2, "of": "times"}}  # fmt: skip
OF_POLICIES = {"code": "regular", "on": "policy", "unit": "status", "from": "cooling_off_end",
               "earn": {"points": 1, "per": "100.00", "of": "annual_premium"}}  # fmt: skip
OF_PREMIUMS = {"code": "paid", "on": "premium", "unit": "bonus",
               "earn": {"points": 1, "per": "100.00", "of": "amount"}}  # fmt: skip
ALL: dict[str, Any] = {
    "unit.reward.worth": WORTH,
    "unit.reward.transfer": {"member_day": 1000, "least": 10},
    "rule[7]": FACT,
    "rule[8]": MARK,
    "rule[9]": OF_POLICIES,
    "rule[10]": OF_PREMIUMS,
    "limits": {"earn": {"transaction": 5000}},
    "approvals": {"adjustment": {"reward": {"single": 100, "maker_day": 500, "member_day": 150}}},
}
PREMIUM = {"policy_no": "P1", "due_on": "2026-12-01", "amount": "9000.00"}
LATER = "2027-12-01T00:00:00+00:00"


def shop(make: Maker) -> None:
    """The past of tests/pasts.py; then Dan, who is insured and pays with points, and Eva, who gets some."""
    ana, *_ = pasts.live(make, **ALL)
    till, clock = ana.till, make.clock
    dan, eva = make.shopper(till, references=["C-1"]), make.shopper(till)
    for shopper in (dan, eva):
        shopper.buy("200.00", cashier="c1")
    _insured(dan)
    clock.move(2 * DAY)
    _pays_with_points(dan)
    _tells(dan, eva)
    _under_review(eva)
    _needs_two(make, dan)
    clock.move(9 * DAY)
    make.run("jobs", "nightly")
    make.run("jobs", "post")
    eva.buy("12.00", sold_at=wire(clock.now() - 40 * DAY))
    eva.tell(f"/members/{eva.member_id}/cards", {"reason": "lost"}, 201, "lost")


def _insured(dan: Shopper) -> None:
    core = Core(dan.till)
    since = {"effective_at": wire(dan.clock.now()), "currency": "EUR"}
    core.tells("P1", "C-1", **since)
    core.tells("P1", "C-1", version=2, coverages=[coverage("120000.00")], **since)
    core.tells("P1", "C-1", version=3, coverages=[coverage("80000.00")], **since)
    core.tells("P2", "C-1", **since)
    core.tells("P2", "C-1", version=2, status="matured", **(since | {"effective_at": LATER}))
    core.tells("P3", "C-1", cooling_off_ends_on="2027-04-01", **since)
    core.tells("P4", "C-1", cooling_off_ends_on="2027-04-01", **since)
    core.tells("P4", "C-1", version=2, status="cancelled", cooling_off_ends_on="2027-04-01", **since)
    for name in ("F-1", "F-2"):
        told = PREMIUM | {"reference": name, "paid_at": wire(dan.clock.now())}
        dan.tell("/premiums", told, 201)
    dan.tell("/premiums/F-2/reverse", None, 200)


def _pays_with_points(dan: Shopper) -> None:
    sold = dan.buy("8.00", "2.00", **paid(100, "1.00", "9.00"))
    dan.give_back(sold, (1, "4.00"))
    dan.buy("3.00", **receipt("to-cancel"))
    dan.tell("/purchases/cancel", receipt("to-cancel") | {"cancel_ref": "c-1"}, 200)
    dan.tell("/purchases/cancel", receipt("never-told") | {"cancel_ref": "c-2"}, 200)
    dan.redeem(5, reference="by-reference")
    dan.tell("/redemptions/cancel", {"reference": "by-reference"}, 200)


def _tells(dan: Shopper, eva: Shopper) -> None:
    gift = {"from": dan.member_id, "to": eva.member_id, "unit": "reward", "points": 25, "reference": "gift"}
    dan.tell("/transfers", gift, 201)
    for turn in range(3):
        fact = {"member_id": eva.member_id, "kind": "profile", "reference": f"f-{turn}"}
        eva.tell("/facts", fact | {"happened_at": wire(eva.clock.now())}, 201)


def _under_review(eva: Shopper) -> None:
    held = [eva.buy("6000.00", expect=202) for _ in range(3)]
    for one, act in zip(held, ("release", "reject"), strict=False):
        eva.tell(f"/reviews/{one['review_id']}/{act}", None, 200, act)


def _needs_two(make: Maker, dan: Shopper) -> None:
    """Corrections and an edition that wait: approved, refused, withdrawn, or void by the night."""
    bob = make.person("bob")
    for points in (90, -20):
        dan.adjust(points)
    waits = [dan.adjust(points, expect=202)["approval_id"] for points in (60, 101, 102, 103)]
    with TemporaryDirectory() as folder:
        file = str(Path(folder) / "next.toml")
        make.run("programme", "export", "1", file)
        make.run("programme", "ask", file)
    [edition] = bob.get("/approvals?kind=publication").json["items"]
    _decides(bob, edition["approval_id"], "approve")
    _decides(bob, waits[0], "approve")
    _decides(bob, waits[1], "refuse")
    dan.tell(f"/approvals/{waits[2]}/withdraw", None, 200, "withdrawn")


def _decides(checker: Till, approval_id: str, act: str) -> None:
    path = f"/approvals/{approval_id}"
    done = checker.post(f"{path}/{act}", {"digest": checker.get(path).json["digest"]}, idempotency_key=path)
    assert done.status_code == 200, done.json


def tiers(make: Maker) -> None:
    """Tiers that take points: Ana pays for silver and waits for gold, Ben's year ends with a forfeit."""
    bars = {"silver": 100, "gold": 180}
    takes = {"lift_costs": "attain", "keep_costs": "retain", "rollover": {"cap": 10}, "starts": "next_day"}
    make.document(club(bars, **takes))
    ana, ben, cai = make.shopper(), make.shopper(), make.shopper()
    make.clock.move(noon("2026-02-01"))
    ben.buy("130.00")
    make.clock.move(noon("2027-02-10"))
    make.run("jobs", "nightly")
    sold = ana.buy("100.00")
    ana.give_back(sold, (1, "20.00"))
    make.clock.move(noon("2027-02-11"))
    make.run("jobs", "nightly")
    ana.buy("180.00")
    cai.buy("100.00")
    make.run("jobs", "post")


def forgotten(make: Maker) -> None:
    """Ana is forgotten with points, promises, a debt, an order and a policy; Ben takes her policy on."""
    make.document(_insurer())
    core = Core(make.till())
    ana = make.shopper(core.till, references=["Ana"])
    make.shopper(core.till, name="Ben", references=["Ben"])
    core.tells("P1", "Ana", insured=[{"reference": "Ana", "relation": "self"}])
    core.tells("P2", "Ben", insured=[{"reference": "Ana", "relation": "spouse"}])
    core.tells("P3", "Ana", cooling_off_ends_on=None)
    sold = ana.buy("100.00", currency="CNY")
    ana.adjust(500)
    ana.given("gold", make.clock.now() + 90 * DAY)
    ana.tell("/reward-orders", {"card": ana.card, "reward": "mug", "reference": "o"}, 201)
    ana.redeem(500)
    ana.give_back(sold, (1, "100.00"))
    ana.buy("10.00", currency="CNY")
    version = core.till.get(f"/members/{ana.member_id}").headers["ETag"]
    gone = core.till.send("DELETE", f"/members/{ana.member_id}", if_match=version)
    assert gone.status_code == 204, gone.json
    make.clock.move(make.clock.now() + DAY)
    core.tells("P1", "Ben", version=2)
    make.clock.move(make.clock.now() + 400 * DAY)
    make.run("jobs", "nightly")
    make.run("jobs", "post")


def lives(make: Maker) -> None:
    """Ana is suspended and back; Ben leaves for good, Cleo comes back; Dan dies, and Ana gets his points."""
    price = {"unit": "reward", "points": 100}
    make.club(reward=[{"code": "mug", "name": {"zh": "杯", "en": "Mug"}, "price": price}])
    ana, ben, cleo, dan, eva = (make.shopper(name=name) for name in ("Ana", "Ben", "Cleo", "Dan", "Eva"))
    for one in (ana, ben, cleo, dan, eva):
        one.adjust(500)
    dan.tell("/reward-orders", {"card": dan.card, "reward": "mug", "reference": "o"}, 201)
    spent = eva.buy("100.00")
    eva.redeem(eva.figures()[0])
    eva.give_back(spent, amount="100.00")
    for number, (who, turn, *more) in enumerate(
        (
            (ana, "suspend"), (ana, "resume"), (ben, "suspend"), (ben, "leave"), (cleo, "leave"),
            (cleo, "come-back"), (dan, "report-death"), (dan, "settle-estate", "--heir", ana.member_id),
            (eva, "report-death"), (eva, "settle-estate"), (cleo, "report-death"), (cleo, "take-death-back"),
        )
    ):  # fmt: skip
        make.run("members", turn, who.member_id, "--reason", "asked", "--reference", f"t{number}", *more)
    make.clock.move(make.clock.now() + 40 * DAY)
    make.run("jobs", "nightly")
    make.run("jobs", "post")


def shared(make: Maker) -> None:
    """Ana, Ben and Cai spend together, buy a mug, get things back; Ben goes, Dan is Cai from then on."""
    mug = {"code": "mug", "name": {"zh": "杯", "en": "Mug"}, "price": {"unit": "reward", "points": 250}}
    shared = {"most": 4, "unit": {"reward": {"others_month": 200}}}
    make.club(household=shared, reward=[mug])
    ana, ben, cai, dan = (make.shopper(name=name) for name in ("Ana", "Ben", "Cai", "Dan"))
    for number, one in enumerate((ana, ben, cai)):
        one.buy("100.00")
        beside = ["--beside", ana.member_id] if number else []
        told = ["--reason", "family", "--reference", f"s{number}", "--document", *beside]
        make.run("households", "seat", one.member_id, *told)
    make.clock.move(make.clock.now() + timedelta(minutes=5))
    told = ana.redeem(150, pool=True)
    ana.reverse(told, 20)
    ana.reverse(told)
    ana.redeem(10)
    order = {"card": ana.card, "reward": "mug", "reference": "m", "pool": True}
    bought = ana.tell("/reward-orders", order, 201)
    ana.tell(f"/reward-orders/{bought['order_id']}/cancel", None, 200)
    cai.redeem(120, pool=True, reference="cancelled")
    cai.tell("/redemptions/cancel", {"reference": "cancelled"}, 200)
    make.run("households", "order", cai.member_id, ben.member_id, ana.member_id, "--reference", "o")
    last = ana.redeem(100, pool=True)
    make.clock.move(make.clock.now() + timedelta(minutes=5))
    make.run("households", "remove", ben.member_id, "--reason", "asked", "--reference", "r")
    into = {"into": dan.member_id, "reason": "same_person", "note": "told", "reference": "dan"}
    cai.tell(f"/members/{cai.member_id}/merge", into, 201)
    ana.reverse(last)
    make.clock.move(make.clock.now() + 40 * DAY)
    make.run("jobs", "nightly")
    make.run("jobs", "post")


def _insurer() -> dict[str, Any]:
    """An insurer's club in which sales and what is promised give points, too."""
    sale = {"code": "sale", "on": "purchase", "unit": "reward", "earn": {"points": 1, "per": "1.00"}}
    waits = sale | {"code": "waits", "phase": "bonus", "earn": {"fixed": 30}, "from": {"event": "called"}}
    mug = {"code": "mug", "name": {"zh": "杯", "en": "Mug"}, "price": {"unit": "reward", "points": 100}}
    return insurer(**{"tier[0].attain": 0, "rule": [COOLING, SINGLE, sale, waits], "reward": [mug]})


PASTS = (
    (shop, ZoneInfo("Europe/Lisbon")),
    (shop, ZoneInfo("Europe/Lisbon")),
    (tiers, SHANGHAI),
)  #: how, and by which clocks
