"""A club and those who work in it, while their roles come and go; and whom nobody may touch."""

import random
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from threading import Lock
from typing import Any, Protocol

from sqlalchemy import text
from werkzeug.test import TestResponse

from loyalty import ids, staff
from loyalty.db import reading
from loyalty.staff import Role
from tests.api.test_rewards import MUG
from tests.makers import Maker, Shopper, Till
from tests.pages.colleagues import Colleague, administrator, path_of
from tests.pages.reader import Reader
from tests.proofs.office import LIMITS
from tests.proofs.powers import DECIDED_BY, Target, permissions
from tests.security.staff_rows import MATRIX
from tests.security.test_staff_matrix import filled

REASONS = ("goodwill", "call", "other", "lost", "unproven")
FORM = {
    "unit": "reward", "points": "50", "note": "a proof", "words": "a proof", "kind": "call", "act": "suspend",
    "role": "finance", "what": "block", "tier": "gold", "last_day": "2029-01-01", "q": "Zq", "seen": "1",
    "client": "T-9", "scope": "points:spend", "name": "flows", "form": "csv", "months": "2", "as_of": "",
    "email": "new@example.org",
}  # fmt: skip
GIVEN: tuple[Role, ...] = (
    "desk", "desk", "finance", "finance", "marketing", "configuration", "auditor",
)  # fmt: skip
MISSING = ids.to_text(1 << 60)
TOKEN = re.compile('name="csrf_token" value="([^"]+)"')
NOT_ALLOWED = 403


class At(Protocol):
    """Somebody at a door."""

    counted: Counter[str]

    def step(self, rng: random.Random) -> list[str]:
        """Try something; what was wrong with what came of it."""


@dataclass(slots=True)
class Crowd:
    """A club. Nobody has any right to touch the sleepers, or sees who they are."""

    make: Maker
    rng: random.Random
    sleepers: list[str] = field(init=False)
    secrets: dict[str, list[str]] = field(default_factory=dict)  #: by member: words that say who they are
    active: list[Shopper] = field(init=False)
    targets: list[Target] = field(init=False)
    things: dict[str, str] = field(default_factory=dict)  #: of the sleepers, by the names in addresses
    held: list[str] = field(init=False)
    linked: dict[str, set[str]] = field(default_factory=dict)
    workers: list["Working"] = field(init=False)

    def __post_init__(self) -> None:
        make, till = self.make, self.make.till()
        make.club(reward=[MUG | {"price": {"unit": "reward", "points": 5}}], **LIMITS,
                  limits={"earn": {"transaction": 5_000}})  # fmt: skip
        make.run("places", "open", "t2", "--provider", "airport", "--zh", "地点", "--en", "Terminal 2")
        people = [self._member(till, number) for number in range(5)]
        asleep, self.active = people[:2], people[2:]
        self.sleepers = [one.member_id for one in asleep]
        self.targets = [Target(one.member_id, one.card, "") for one in asleep]
        self.held = [one.buy("6000.00", expect=202)["review_id"] for one in self.active]
        self._of_sleepers(asleep[0])
        self.workers = [Working(self, [role], f"W{no}") for no, role in enumerate(GIVEN)]
        own = self.active[0].member_id
        make.run("staff", "link", self.workers[0].who.email, "--member", own)
        self.linked[self.workers[0].name] = {own}

    def _member(self, till: Till, number: int) -> Shopper:
        name = f"Zq{self.rng.randrange(10**9):09}"
        phone, email = f"9{self.rng.randrange(10**8):08}", f"{name.lower()}@quill.example"
        one = self.make.shopper(till, name=name, phone=phone, email=email)
        self.secrets[one.member_id] = [name, phone, email]
        one.buy("90.00")
        return one

    def _of_sleepers(self, one: Shopper) -> None:
        wish = {"card": one.card, "reward": "mug", "reference": "asleep"}
        self.things["order_id"] = one.tell("/reward-orders", wish, 201)["order_id"]
        self.things["operation"] = one.buy("1.00")["purchase_id"]
        Reader(self.make.app, one)
        with self.make.app.app_context(), reading() as rows:
            self.things["session_id"] = ids.to_text(
                rows.scalars(text("SELECT session_id FROM member_session")).one()
            )

    def seen_in(self, answer: TestResponse, by: str, but: str | None = None) -> Iterator[str]:
        """Whoever stands in an answer who has no business there; `but` is whom it may show."""
        body = answer.get_data(as_text=True)
        for member, words in self.secrets.items():
            if member != but and any(word in body for word in words):
                yield f"{by} was shown {member} by {answer.request.method} {answer.request.path}"

    def roles_ever(self, actor: str) -> set[str]:
        """The roles that a colleague has or had."""
        return set().union(*(one.ever for one in self.workers if one.name == actor))

    def reading(self, words: str, **told: Any) -> list[Any]:
        """What a query of the books finds."""
        with self.make.app.app_context(), reading() as rows:
            return list(rows.execute(text(words), told))


class Working:
    """A colleague whose roles come and go: every address of staff, corrections and decisions among them."""

    def __init__(self, crowd: Crowd, roles: list[Role], name: str) -> None:
        self.crowd, self.counted = crowd, Counter[str]()
        self.who = Colleague(crowd.make.app, *roles, name=name)
        self.name = staff.actor(self.who.account_id)
        self.member = crowd.rng.choice(crowd.active).member_id
        self.things = self.who.own_things()
        self.maybe, self.lock, self.turns = [roles], Lock(), 0
        self.ever: set[str] = set(roles)

    def step(self, rng: random.Random) -> list[str]:
        """A correction, a decision, or any address at all."""
        return rng.choice([self._corrects, self._corrects, self._decides, self._knocks])(rng)

    def _corrects(self, rng: random.Random) -> list[str]:
        member = rng.choice(self.crowd.active).member_id
        told = {"unit": "reward", "way": rng.choice(["give", "give", "take"]), "reason": "goodwill",
                "points": str(rng.choice([40, 60, 100, 101, 300])), "note": "a proof"}  # fmt: skip
        self.who.opens(member)
        return self._sends("POST", f"/staff/members/{member}/correct", told, {"points:correct"}, member)

    def _decides(self, rng: random.Random) -> list[str]:
        asked = self.crowd.reading("SELECT approval_id, kind, digest, maker FROM approval_request")
        if not asked:
            return self._corrects(rng)
        approval_id, kind, digest, maker = rng.choice(asked)
        word = rng.choice(["approve", "approve", "approve", "refuse"])
        path = f"/staff/approvals/{ids.to_text(approval_id)}/{word}"
        needs = {"approvals:see", DECIDED_BY[kind]}
        faults = self._sends("POST", path, {"digest": digest, "reason": "unproven"}, needs, None)
        [(checker,)] = self.crowd.reading(
            "SELECT checker FROM approval_request WHERE approval_id = :one", one=approval_id
        )
        return [*faults, *([f"{maker} decided alone on what they asked for"] if checker == maker else [])]

    def _knocks(self, rng: random.Random) -> list[str]:
        call = rng.choice(list(MATRIX))
        row, (method, path) = MATRIX[call], call.split()
        whose = rng.choice(["own", "foreign", "missing"])
        may_keep = any("people:keep" in permissions(roles) for roles in self._maybe())
        touches = whose == "foreign" and path.endswith("_id>/open")
        if row.needs == "anybody" or "/account/" in path or "sign-" in path or may_keep or touches:
            return []
        member = self.member if whose == "own" else self.crowd.sleepers[0]
        if whose == "own":
            self.who.opens(member)
        needs = {row.needs} - {"staff"}
        told = FORM | {"reason": rng.choice(REASONS), "way": rng.choice(["give", "take"])}
        return self._sends(method, filled(path, self._thing(path, whose, member)), told, needs, self.member)

    def _thing(self, path: str, whose: str, member: str) -> str:
        if whose == "missing" or "_id>" not in path:
            return MISSING if "_id>" in path else "1"
        other = self if whose == "own" else self.crowd.workers[0]
        things = other.things | {
            "member_id": member, "account_id": path_of(other.who), "review_id": self.crowd.held[0],
            "approval_id": MISSING, "key_id": MISSING,
        }  # fmt: skip
        name = re.search(r":(\w+)>", path)
        return things.get(name[1], MISSING) if name else MISSING

    def _maybe(self) -> list[list[Role]]:
        with self.lock:
            return list(self.maybe)

    def _sends(
        self, method: str, path: str, told: dict[str, str], needs: set[str], shows: str | None
    ) -> list[str]:
        """Send it, and hold the answer against what the roles before and after it may."""
        before = self._maybe()
        self.turns += 1
        form = {**told, "key": f"{self.who.name}-{self.turns}", "csrf_token": self._token()}
        answer = self.who.client.open(path, method=method, data=form if method == "POST" else None)
        can = {needs <= permissions(roles) for roles in [*before, *self._maybe()]}
        return self._judged(answer, can, f"{self.name} ({before}): {method} {path}", shows)

    def _judged(self, answer: TestResponse, can: set[bool], what: str, shows: str | None) -> list[str]:
        is_out = answer.status_code == 303 and answer.headers["Location"].startswith("/staff/sign-in")
        self.counted[f"staff {'signed out' if is_out else answer.status_code}"] += 1
        faults = list(self.crowd.seen_in(answer, self.name, shows))
        if is_out or answer.status_code == 503:
            return faults
        if answer.status_code == NOT_ALLOWED and False not in can:
            faults.append(f"{what} was kept out")
        if answer.status_code != NOT_ALLOWED and True not in can:
            faults.append(f"{what} was let in: {answer.status_code}")
        return faults + ([f"{what}: {answer.status_code}"] if answer.status_code >= 500 else [])

    def _token(self) -> str:
        """What a form carries; a session that ended is begun anew."""
        found = TOKEN.search(self.who.client.get("/staff").text)
        if found is None:
            self.who.sign_in_again()
            found = TOKEN.search(self.who.client.get("/staff").text)
        return found[1] if found else ""


class Keeping:
    """The administrator, who gives and takes roles while their owners work."""

    def __init__(self, crowd: Crowd) -> None:
        self.crowd, self.counted, self.who = crowd, Counter[str](), administrator(crowd.make.app)

    def step(self, rng: random.Random) -> list[str]:
        """Somebody's roles change; from the answer on the roles before are worth nothing."""
        whom, roles = rng.choice(self.crowd.workers), rng.sample(GIVEN, rng.choice([1, 1, 2]))
        with whom.lock:
            before = whom.maybe[-1]
            whom.maybe = [before, roles]
            whom.ever |= set(roles)
        answer = self.who.post(f"/staff/people/{path_of(whom.who)}/roles", role=roles)
        done = answer.status_code == 303
        with whom.lock:
            whom.maybe = [roles if done else before]
        self.counted[f"roles {answer.status_code}"] += 1
        return [] if done or answer.status_code == 503 else [f"roles were not changed: {answer.status_code}"]
