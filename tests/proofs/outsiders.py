"""Those who knock at the club's doors from outside: members, tills and places, and what each tries."""

import random
from collections import Counter
from contextlib import suppress

from tests.makers import Shopper, Till
from tests.pages.desk import Desk
from tests.pages.reader import Reader
from tests.proofs.people import FORM, MISSING, NOT_ALLOWED, TOKEN, At, Crowd, Keeping
from tests.proofs.powers import CALLS, SCOPES, Target
from tests.security.staff_rows import MATRIX
from tests.security.test_members_routes import paths, rules
from tests.security.test_staff_matrix import filled


def everybody(crowd: Crowd) -> list[At]:
    """Colleagues with the administrator, awake members, tills of few scopes, and a place."""
    place = crowd.make.keys("place:use", place="t2")[0]
    few = [tuple(crowd.rng.sample(SCOPES, crowd.rng.randrange(1, 4))) for _ in range(4)]
    return [
        *crowd.workers,
        *(Browsing(crowd, one) for one in crowd.active),
        *(Telling(crowd, scopes) for scopes in few),
        Telling(crowd, ("place:use",), place),
        Strange(crowd, place),
        Keeping(crowd),
    ]


class Browsing:
    """A member on their pages, at addresses of somebody else's things."""

    def __init__(self, crowd: Crowd, whose: Shopper) -> None:
        self.crowd, self.whose, self.counted = crowd, whose, Counter[str]()
        self.reader = Reader(crowd.make.app, whose)

    def step(self, rng: random.Random) -> list[str]:
        """Look at, or send a form to, any address, as if the sleepers' things were one's own."""
        method = rng.choice(["GET", "POST"])
        rule = rng.choice(list(rules(self.crowd.make.app, method)))
        if "sign-out" in rule.rule or "devices/end" in rule.rule:
            return []
        missing = dict.fromkeys(("use_id", "event_id", "token", "kind", "purpose"), MISSING)
        values = missing | self.crowd.things | {"month": "2026-01"}
        path = rng.choice(list(paths(rule, values)))
        found = TOKEN.search(self.reader.client.get("/me/profile").text)
        whom = self.crowd.targets[0]
        form = FORM | {"csrf_token": found[1] if found else "", "card": whom.card, "points": "1"}
        form |= {"to": whom.card, "member_id": whom.member_id}
        answer = self.reader.client.open(path, method=method, data=form if method == "POST" else None)
        self.counted[f"member {answer.status_code}"] += 1
        if answer.status_code == 303 and answer.headers["Location"].startswith("/me/sign-in"):
            self.reader = Reader(self.crowd.make.app, self.whose)
        faults = list(self.crowd.seen_in(answer, self.whose.member_id, self.whose.member_id))
        bad = answer.status_code >= 500 and answer.status_code != 503
        return [*faults, *([f"a member: {method} {path}: {answer.status_code}"] if bad else [])]


class Telling:
    """A till with a key of few scopes: what it may not is refused, of whomever; what it may, it does."""

    def __init__(self, crowd: Crowd, scopes: tuple[str, ...], key: str | None = None) -> None:
        self.crowd, self.scopes, self.counted, self.turns = crowd, scopes, Counter[str](), 0
        self.till = Till(crowd.make.app, key or crowd.make.keys(*scopes, terminal="T1")[0])
        self.name = f"{'+'.join(scopes)}-{crowd.rng.randrange(10**9)}"

    def step(self, rng: random.Random) -> list[str]:
        """Any call: about sleepers where the key may not, about anybody awake where it may."""
        mine = [call for call in CALLS if call.scopes & set(self.scopes)]
        call = rng.choice(mine if mine and rng.random() < 0.5 else CALLS)
        may = bool(call.scopes & set(self.scopes))
        self.turns += 1
        awake = rng.choice(self.crowd.active)
        whom = Target(awake.member_id, awake.card, "") if may else rng.choice(self.crowd.targets)
        on = Target(whom.member_id, whom.card, f"{self.name}-{self.turns}")
        heard = self.till.send(call.method, call.path(on), call.body(on), idempotency_key=on.number)
        self.counted[f"key {heard.status_code}"] += 1
        what = f"a key for {self.scopes}: {call.method} {call.path(on)}: {heard.status_code}"
        if heard.status_code == 503:
            return []
        faults = list(self.crowd.seen_in(heard, what, on.member_id if may else None))
        if (heard.status_code == NOT_ALLOWED) == may:
            faults.append(f"{what} was {'kept out' if may else 'let in'}")
        return faults + ([what] if heard.status_code >= 500 else [])


class Strange:
    """A place's browser, and no browser of ours at all, at the doors of staff and of members."""

    def __init__(self, crowd: Crowd, key: str) -> None:
        self.crowd, self.counted, self.desk = crowd, Counter[str](), Desk(crowd.make.app)
        with suppress(StopIteration):
            self.desk.sign_in(key)

    def step(self, rng: random.Random) -> list[str]:
        """An address of staff, without being one of them."""
        call = rng.choice([call for call, row in MATRIX.items() if row.needs != "anybody"])
        method, path = call.split()
        answer = self.desk.client.open(filled(path, MISSING), method=method, data=FORM)
        self.counted[f"stranger {answer.status_code}"] += 1
        faults = list(self.crowd.seen_in(answer, "a place"))
        return faults if answer.status_code in (303, 400) else [*faults, f"a place was let in at {call}"]
