"""Small worlds for tests. Every maker has defaults; a test names only what it is about."""

import json
from datetime import datetime
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from loyalty.access import TILL_SCOPES
from tests.clocks import MovableClock
from tests.documents import GONE, small

PROGRAMMES = Path(__file__).parents[1] / "config" / "programmes"


class Till:
    """Somebody with a key who speaks to the API."""

    def __init__(self, app: Flask, key: str) -> None:
        self._client = app.test_client()
        self._key = key

    def send(self, method: str, path: str, body: object = None, **headers: str) -> TestResponse:
        """One request; `idempotency_key="a"` becomes the header Idempotency-Key."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        given = {"json": body} if body is not None else {}
        return self._client.open(
            f"/v1{path}", method=method, headers={"Authorization": f"Bearer {self._key}"} | named, **given
        )

    def get(self, path: str) -> TestResponse:
        """Look."""
        return self.send("GET", path)

    def post(self, path: str, body: object = None, **headers: str) -> TestResponse:
        """Make something."""
        return self.send("POST", path, body, **headers)

    def batch(self, *facts: object, path: str = "/purchases/batch") -> list[Any]:
        """Tell sales that were made offline, or others, a line each (text as it is); what became of each."""
        lines = [fact if isinstance(fact, str) else json.dumps(fact) for fact in facts]
        answer = self._client.post(
            f"/v1{path}",
            data="\n".join(lines) + "\n",
            content_type="application/x-ndjson",
            headers={"Authorization": f"Bearer {self._key}"},
        )
        assert answer.status_code == 200, answer.json
        return [json.loads(line) for line in answer.text.splitlines()]


class Shopper:
    """A member with a card, at a till; each verb expects a status and gives the answer's body."""

    def __init__(self, till: Till, clock: MovableClock, member: dict[str, Any]) -> None:
        self.till, self.clock, self.member_id = till, clock, member["member_id"]
        self.card = member["card"]["number"] if member["card"] else None
        self._turns = count(1)
        self._bearer = {"card": self.card} if self.card else {"member_id": self.member_id}

    def buy(
        self, *lines: str | dict[str, Any], expect: int = 201, key: str | None = None, **more: Any
    ) -> Any:
        """Report a sale of these lines, an amount or a table each; `more` replaces parts of the body."""
        return self.tell("/purchases", self.sale(*lines, **more), expect, key)

    def sale(self, *lines: str | dict[str, Any], **more: Any) -> dict[str, Any]:
        """The body of such a report."""
        sold = [line if isinstance(line, dict) else {"amount": line} for line in lines or ("100.00",)]
        body = receipt(self._name("R")) | self._bearer | {
            "sold_at": wire(self.clock.now()), "currency": "EUR",
            "lines": [{"line": no} | line for no, line in enumerate(sold, start=1)],
        }  # fmt: skip
        return body | more

    def give_back(self, purchase: Any, *lines: tuple[int, str], expect: int = 201, **more: Any) -> Any:
        """Goods of a sale come back, by (line, amount) or by `amount=…`."""
        back = {"lines": [{"line": no, "quantity": "0", "amount": amount} for no, amount in lines]}
        body = receipt(self._name("B"), "return_ref") | (back if lines else {})
        body |= {"returned_at": wire(self.clock.now())} | more
        return self.tell(f"/purchases/{purchase['purchase_id']}/returns", body, expect)

    def redeem(self, points: int, expect: int = 201, key: str | None = None, **more: Any) -> Any:
        """Spend points at once."""
        body = self._bearer | {"points": points, "reference": self._name("red")}
        return self.tell("/redemptions", body | more, expect, key)

    def reverse(self, redeemed: Any, points: int | None = None, expect: int = 201, **more: Any) -> Any:
        """Give spent points back, all that is left when no number is said."""
        body = {"reference": self._name("rev")} | ({"points": points} if points else {})
        return self.tell(f"/redemptions/{redeemed['redemption_id']}/reverse", body | more, expect)

    def hold(self, points: int, expect: int = 201, **more: Any) -> Any:
        """Set points aside."""
        body = self._bearer | {"points": points, "reference": self._name("hold")}
        return self.tell("/holds", body | more, expect)

    def capture(self, held: Any, points: int | None = None, expect: int = 200, key: str | None = None) -> Any:
        """Spend what is held, all of it when no number is said."""
        return self.tell(
            f"/holds/{held['hold_id']}/capture", {"points": points} if points else {}, expect, key
        )

    def void(self, held: Any, expect: int = 200, key: str | None = None) -> Any:
        """Let go of what is held."""
        return self.tell(f"/holds/{held['hold_id']}/void", None, expect, key)

    def adjust(self, points: int, unit: str = "reward", expect: int = 201, **more: Any) -> Any:
        """Correct the points by hand."""
        body = {"member_id": self.member_id, "unit": unit, "points": points, "reason_code": "goodwill",
                "note": "a test", "reference": self._name("adj")}  # fmt: skip
        return self.tell("/adjustments", body | more, expect)

    def given(
        self, tier: str, until: datetime, expect: int = 201, key: str | None = None, **more: Any
    ) -> Any:
        """A tier is given by hand."""
        body = {"tier": tier, "until": wire(until), "reason": "a friend of the house"} | more
        return self.tell(f"/members/{self.member_id}/tier", body, expect, key or self._name("tier"))

    def tell(self, path: str, body: Any, expect: int, key: str | None = None) -> Any:
        """Send a wish, with an Idempotency-Key if one is given."""
        answer = self.till.post(path, body, **({"idempotency_key": key} if key else {}))
        assert answer.status_code == expect, answer.json
        return answer.json

    def look(self, path: str, at: datetime | None = None) -> Any:
        """What the API shows of this member, now or at an instant."""
        answer = self.till.get(f"/members/{self.member_id}{path}" + (f"?at={wire(at)}" if at else ""))
        assert answer.status_code == 200, answer.json
        return answer.json

    def figures(self, at: datetime | None = None, unit: str = "reward") -> tuple[int, int, int, int]:
        """What is available, held, pending and owed of a unit."""
        shown = self.look("/balance", at)["units"][unit]
        return shown["available"], shown["held"], shown["pending"], shown["debt"]

    def _name(self, kind: str) -> str:
        return f"{kind}-{next(self._turns)}-{self.member_id}"


def receipt(number: str, called: str = "receipt") -> dict[str, Any]:
    """The business key of a sale or of a return."""
    return {"store": "S1", "terminal": "T1", "business_date": "2026-01-05", called: number}


def wire(instant: datetime) -> str:
    """An instant as tills write it."""
    return instant.isoformat().replace("+00:00", "Z")


class Maker:
    """Makes what a test needs, through the same doors that operators and tills use."""

    def __init__(self, app: Flask, clock: MovableClock) -> None:
        self.app = app
        self.clock = clock
        self.numbers = count(1)

    def run(self, *words: str, exit_code: int = 0) -> Any:
        """Run `flask …` and expect that exit code; its result."""
        done = self.app.test_cli_runner().invoke(args=list(words))
        assert done.exit_code == exit_code, done.output or repr(done.exception)
        return done

    def programme(self, file: Path | str = "retail-club.toml", in_force_from: str | None = None) -> None:
        """Publish a programme: one of the shipped files by its name, or any file by its path."""
        since = ["--in-force-from", in_force_from] if in_force_from else []
        self.run("programme", "publish", str(PROGRAMMES / file), *since)

    def club(self, in_force_from: datetime | None = None, **changes: object) -> None:
        """Publish the small programme of documents.py with these changes; everybody who joins gets a card."""
        card_for_all = {"tier[0].attain": 0, "example": GONE}
        self.document(small(**(card_for_all | changes)), in_force_from)

    def document(self, document: dict[str, Any], in_force_from: datetime | None = None) -> None:
        """Publish a programme that a test wrote."""
        with TemporaryDirectory() as folder:
            file = Path(folder) / "club.json"
            file.write_text(json.dumps(document), encoding="utf-8")
            self.programme(file, in_force_from.isoformat() if in_force_from else None)

    def shopper(self, till: Till | None = None, **person: object) -> Shopper:
        """Enrol somebody, whose card is then at that till, or at one that may do everything."""
        till = till or self.till()
        body = {"name": "Ana Silva"} | person
        answer = till.post("/members", body, idempotency_key=f"join-{next(self.numbers)}")
        assert answer.status_code == 201, answer.json
        return Shopper(till, self.clock, answer.json)

    def till(self, *scopes: str, terminal: str = "T1", **options: str) -> Till:
        """A till whose key has these scopes; all of them when none is named."""
        return Till(self.app, self.keys(*scopes, terminal=terminal, **options)[0])

    def person(self, name: str, *scopes: str) -> Till:
        """Somebody with a key of their own; they may decide what others ask for when no scope is named."""
        return Till(self.app, self.keys(*scopes or ("approvals:decide",), person=name)[0])

    def keys(self, *scopes: str, **options: str | bool) -> list[str]:
        """A key made as operators do, with `flask keys create`'s options, and its secret if it is signed."""
        told: dict[str, str | bool] = {"scope": ",".join(scopes or TILL_SCOPES), "language": "en"} | options
        words = [
            word
            for name, value in told.items()
            for word in (f"--{name.replace('_', '-')}", *([] if value is True else [str(value)]))
        ]
        return str(self.run("keys", "create", *words).stdout).split()
