"""Staff at the counter who turn a member's state, for tests of lives and estates."""

from tests.pages.shop import TEA, thing

SHOPS = {
    "reward": [thing("massage", "按摩", "Massage", 300), TEA],
}


class Counter:
    """Staff who turn a member's state."""

    def __init__(self, make, shopper):
        self.make, self.who, self.turns = make, shopper, 0

    def turns_to(self, command, *more, exit_code=0, key=None, who=None):
        """Run one of the commands; what it says."""
        self.turns += 1
        member = (who or self.who).member_id
        key = key or f"turn-{self.turns}"
        words = ("members", command, member, "--reason", "asked", "--reference", key, *more)
        return self.make.run(*words, exit_code=exit_code).output

    @property
    def state(self):
        return self.who.till.get(f"/members/{self.who.member_id}").json["state"]


def events(shopper):
    shopper_events = shopper.till.get("/events").json["items"]
    return [one["type"] for one in shopper_events if one["type"].startswith(("member.", "estate."))]


def order(shopper, reward="massage", expect=201):
    body = {"card": shopper.card, "reward": reward, "reference": f"order-{reward}"}
    return shopper.tell("/reward-orders", body, expect)


def burn(shopper, bought, expect=200):
    return shopper.tell(f"/vouchers/{bought['voucher']}/use", {"reference": "use"}, expect)


def verify(make):
    make.run("ledger", "verify")
