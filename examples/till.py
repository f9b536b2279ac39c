"""A till that speaks to the club, in Python's standard library alone.

    python3 examples/till.py http://127.0.0.1:8000 KEY

KEY is one of the mode `test`, as `make run` prints it: all is answered as in life, and nothing counts.
docs/integrators-guide.md says why each step is as it is.
"""

import argparse
import http.client
import json
import random
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

WORKS, BLOCKED, LATE = "7000000000000019", "7000000000000024", "7000000000000081"  # cards for rehearsals
CURRENCY = "EUR"


class Refused(Exception):
    """The club says no, and always will to this request: `problem` says why, and what a till does next."""

    def __init__(self, problem: dict[str, Any]) -> None:
        super().__init__(problem["code"])
        self.problem = problem


class Unheard(Exception):
    """No answer, however often it was sent: perhaps it is done, perhaps it is not."""


class Club:
    """The club's API. What hears no answer is sent again word for word, so that it is done once."""

    def __init__(self, url: str, key: str, patience_seconds: float = 3.0, tries: int = 4) -> None:
        self.url, self.key = url.rstrip("/") + "/v1", key
        self.patience_seconds, self.tries = patience_seconds, tries

    def ask(self, method: str, path: str, body: object = None) -> dict[str, Any]:
        """One request and its answer. Raises Refused, Unheard."""
        sent = None if body is None else json.dumps(body).encode()
        told: dict[str, Any] = json.loads(self._send(method, path, sent, "application/json"))
        return told

    def upload(self, lines: Iterable[str]) -> list[dict[str, Any]]:
        """Sales that were made while the club was out of reach: one outcome a line, in their order."""
        body = "\n".join(lines).encode()
        told = self._send("POST", "/purchases/batch", body, "application/x-ndjson")
        return [json.loads(line) for line in told.splitlines()]

    def _send(self, method: str, path: str, body: bytes | None, media_type: str) -> str:
        headers = {"Authorization": f"Bearer {self.key}", "Content-Type": media_type}
        request = urllib.request.Request(self.url + path, body, headers, method=method)
        for turn in range(self.tries):
            wait_seconds = 0.0
            try:
                with urllib.request.urlopen(request, timeout=self.patience_seconds) as answer:
                    return str(answer.read().decode())
            except urllib.error.HTTPError as error:
                if error.code < 500 and error.code not in (409, 429):
                    raise Refused(json.load(error)) from None
                wait_seconds = float(error.headers.get("Retry-After", 1))
            except (OSError, http.client.HTTPException):
                pass  # out of reach, or too late: it may have been done
            if wait_seconds > self.patience_seconds:
                break
            time.sleep(wait_seconds + random.uniform(0, 0.2) * turn)
        raise Unheard


class Till:
    """One terminal: it numbers its receipts, keeps what the club has not heard, and adds up its day."""

    def __init__(self, club: Club, store: str, terminal: str, folder: Path) -> None:
        self.club, self.store, self.terminal = club, store, terminal
        self.day = datetime.now().astimezone().date().isoformat()
        self.unheard = folder / "unheard.ndjson"  # survives a restart: these sales are known to nobody else
        self.refused = folder / "refused.ndjson"  # for a manager
        self.slips: dict[tuple[str, str], Decimal] = {}  # (sale or return, number) → amount
        self.number = 0

    def next_number(self, kind: str) -> str:
        """A number that this till never gives again."""
        self.number += 1
        return f"{kind}{self.number:04}"

    def sale(self, card: str, **amounts: str) -> dict[str, Any]:
        """A basket that was paid, a line for each category: built once, sent as often as needed."""
        lines = [
            {"line": no, "category": category, "amount": amount}
            for no, (category, amount) in enumerate(amounts.items(), start=1)
        ]
        named = {"store": self.store, "terminal": self.terminal, "business_date": self.day}
        sold = {"receipt": self.next_number("R"), "sold_at": now(), "currency": CURRENCY}
        return named | sold | {"card": card, "lines": lines}

    def quote(self, sale: dict[str, Any]) -> dict[str, Any]:
        """What the basket would earn, and how much of it could be paid with points."""
        basket = {name: told for name, told in sale.items() if name not in ("receipt", "business_date")}
        return self.club.ask("POST", "/quotes", basket)

    def sell(self, sale: dict[str, Any]) -> dict[str, Any] | None:
        """Report a finished sale; None when the club has not heard it yet. The goods are sold either way."""
        line = json.dumps(sale) + "\n"
        write(self.unheard, line)  # first: a till that dies in mid-sale forgets nothing
        try:
            answer = self.club.ask("POST", "/purchases", sale)
        except Unheard:
            return None
        except Refused:
            self.strike_out(line)
            raise
        self.strike_out(line)
        self.slips["sale", sale["receipt"]] = total(sale)
        return answer

    def strike_out(self, line: str) -> None:
        """The club has answered to this sale."""
        self.unheard.write_text(self.unheard.read_text("utf-8").replace(line, ""), "utf-8")

    def catch_up(self) -> list[dict[str, Any]]:
        """Tell the club what it has not heard. Doing it twice, or half, does no harm."""
        lines = self.unheard.read_text("utf-8").splitlines() if self.unheard.exists() else []
        outcomes = self.club.upload(lines)
        self.unheard.unlink(missing_ok=True)
        for line, outcome in zip(lines, outcomes, strict=True):
            sale = json.loads(line)
            if outcome["status"] != "refused":
                self.slips["sale", sale["receipt"]] = total(sale)
            elif outcome["action"] == "retry":
                write(self.unheard, line + "\n")
            else:
                write(self.refused, json.dumps({"sale": sale, "code": outcome["code"]}) + "\n")
        return outcomes

    def pay_with_points(self, sale: dict[str, Any], quoted: dict[str, Any]) -> dict[str, Any]:
        """Pay as much as may be with points. They are set aside first, while the customer still decides."""
        unit, most = next(iter(quoted["usable"].items()))
        asked = {"card": sale["card"], "unit": unit, "points": most["max_points"]}
        reference = f"{self.store} {self.terminal} {sale['receipt']}"
        try:
            held = self.club.ask("POST", "/holds", asked | {"reference": reference})
            points = {"kind": "points", "unit": unit, "points": held["points"], "hold_id": held["hold_id"]}
            cash = {"kind": "cash", "amount": str(total(sale) - Decimal(most["max_money"]))}
            tenders = {"tenders": [points | {"amount": most["max_money"]}, cash]}
            answer = self.club.ask("POST", "/purchases", sale | tenders | {"quote_id": quoted["quote_id"]})
        except Unheard:
            # Points are spent online only: nothing of it may have been, then the customer pays in money.
            self.cancel(sale)
            self.club.ask("POST", "/holds/cancel", {"reference": reference})
            raise
        self.slips["sale", sale["receipt"]] = total(sale)
        return answer

    def take_back(self, sale: dict[str, Any], line: int) -> dict[str, Any]:
        """One line of a sale comes back: the answer says what each tender gets back."""
        sold = sale["lines"][line - 1]
        named = {"store": self.store, "terminal": self.terminal, "business_date": self.day}
        body: dict[str, Any] = named | {
            "return_ref": self.next_number("B"),
            "returned_at": now(),
            "original": named | {"receipt": sale["receipt"]},
            "lines": [{"line": line, "quantity": "1", "amount": sold["amount"]}],
        }
        answer = self.club.ask("POST", "/returns", body)
        self.slips["return", body["return_ref"]] = Decimal(sold["amount"])
        return answer

    def cancel(self, sale: dict[str, Any]) -> dict[str, Any]:
        """The sale never was, whether or not the club has heard of it."""
        named = {name: sale[name] for name in ("store", "terminal", "business_date", "receipt")}
        self.slips.pop(("sale", sale["receipt"]), None)
        return self.club.ask("POST", "/purchases/cancel", named | {"cancel_ref": self.next_number("C")})

    def close_day(self) -> dict[str, Any]:
        """Compare the day with the club's books, receipt by receipt."""
        sums = {
            f"{kind}s": {"count": len(amounts), "amount": str(sum(amounts, Decimal("0.00")))}
            for kind in ("sale", "return")
            for amounts in [[amount for (of, _), amount in self.slips.items() if of == kind]]
        }
        receipts = [
            {"terminal": self.terminal, "receipt": number, "kind": kind, "amount": str(amount)}
            for (kind, number), amount in self.slips.items()
        ]
        body = {"store": self.store, "business_date": self.day, "totals": sums, "receipts": receipts}
        return self.club.ask("POST", "/reconciliations", body)


def now() -> str:
    """This instant as the API wants it, with its offset."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def write(file: Path, line: str) -> None:
    """Add a line to a file of this till's."""
    with file.open("a", encoding="utf-8") as kept:
        kept.write(line)


def total(sale: dict[str, Any]) -> Decimal:
    """What a sale comes to. Money is never a float."""
    return sum((Decimal(line["amount"]) for line in sale["lines"]), Decimal("0.00"))


def live_a_day(till: Till) -> None:
    """From the first customer to the end of the day."""
    sale = till.sale(WORKS, clothes="180.00", fresh="20.00")
    quoted = till.quote(sale)
    print("1 quote: it would earn", quoted["award"]["units"])
    print("2 sale:", told(till.sell(sale)))

    print("3 time-out and retry:", told(till.sell(till.sale(LATE, clothes="40.00"))))

    try:
        till.sell(till.sale(BLOCKED, clothes="10.00"))
    except Refused as refused:
        print("4 refusal:", refused.problem["cashier_text"], "→", refused.problem["action"])

    paid = till.sale(WORKS, clothes="30.00", fresh="10.00")
    quoted = till.quote(paid)
    print("5 paid with points:", till.pay_with_points(paid, quoted)["paid_with_points"])

    print("6 return:", till.take_back(paid, 1)["refund"])

    mistake = till.sale(WORKS, clothes="99.00")
    till.sell(mistake)
    till.cancel(mistake)
    print("7 cancelled:", mistake["receipt"])

    club, till.club = till.club, Club("http://127.0.0.1:1", "nobody hears", tries=1)
    for _ in range(3):
        print("8 offline:", told(till.sell(till.sale(WORKS, clothes="15.00"))))
    till.club = club
    print("8 and back again:", [outcome["status"] for outcome in till.catch_up()])

    print("9 day end:", "all is there" if (day := till.close_day())["match"] else day["differences"])


def told(answer: dict[str, Any] | None) -> str:
    """What a receipt prints."""
    if answer is None:
        return "waits in the queue"
    return f"{answer['award']['units']}, {', '.join(answer['print'])}, replayed: {answer['replayed']}"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Live a till's day with the cards for rehearsals.")
    parser.add_argument("url")
    parser.add_argument("key")
    parser.add_argument("--terminal", default="T1", help="one the key speaks for")
    parser.add_argument("--patience", type=float, default=3.0, help="seconds to wait for an answer")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:  # a real till keeps its queue where it survives
        club = Club(given.url, given.key, given.patience)
        try:
            live_a_day(Till(club, f"Example {time.time_ns()}", given.terminal, Path(folder)))
        except Refused as refused:
            code, detail = refused.problem["code"], refused.problem["detail"]
            sys.exit("This key is not of the mode test." if code == "card_unknown" else f"{code}: {detail}")
        except Unheard:
            sys.exit(f"No answer from {given.url}")
