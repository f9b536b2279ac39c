"""One member who does, and has done to them, whatever the club knows; words are planted everywhere."""

import io
import random
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

from tests.api.test_rewards import MUG
from tests.makers import Maker, Shopper
from tests.merging import merge
from tests.pages.colleagues import Colleague
from tests.pages.reader import Reader
from tests.pages.test_staff_imports import approved
from tests.policies import COOLING, Core, insurer
from tests.proofs.office import LIMITS

DAY = timedelta(days=1)
ACTS = 16  #: of a life
PLANTED: dict[str, Any] = {
    "name": "Zoraya Quillfeather",
    "phone": "+86 138 0013 8765",
    "email": "zoraya@quill.example",
    "address": {"recipient": "Z. Q.", "lines": ["77 Larkspur Lane"], "city": "Mirandola"},
    "birth_date": "1987-03-14",
    "identity": [{"kind": "passport", "number": "XPT9988776"}],
    "references": ["CORE-ZQ-1", "CORE-ZQ-2"],
    "attributes": {"nick": "quilly-attr"},
}
OTHER = {"name": "Zora Plumefield", "phone": "+86 139 0013 0042", "references": ["CORE-ZP-3"]}
WORDS = {
    word: f"planted-{word}" for word in ("correction", "request", "tier", "note", "opening", "state", "merge")
}
SPELLINGS = (
    "Quillfeather", "quillfeather", "13800138765", "138 0013 8765", "zoraya@quill", "Larkspur", "Mirandola",
    "1987-03-14", "XPT9988776", "CORE-ZQ", "quilly-attr", "Plumefield", "13900130042", "CORE-ZP",
    "WIFE-OF-ZQ", *WORDS.values(),
)  # fmt: skip


class FullLife:
    """Ana among others: what she does comes by chance, and leaves words in every corner of the club."""

    def __init__(self, make: Maker, rng: random.Random, folder: Path) -> None:
        self.make, self.rng, self.folder, self.counted = make, rng, folder, Counter[str]()
        price = {"price": {"unit": "reward", "points": 20}}
        sale = {"code": "sale", "on": "purchase", "unit": "reward", "earn": {"points": 1, "per": "1.00"}}
        make.document(
            insurer(**{"tier[0].attain": 0, "rule": [COOLING, sale], "reward": [MUG | price]}, **LIMITS)
        )
        self.till = make.till()
        self.core, self.bob = Core(self.till), make.person("bob")
        self.ana, self.ben = make.shopper(self.till, **PLANTED), make.shopper(self.till, name="Ben")
        self.lin, self.kim = (
            Colleague(make.app, "desk", "finance"),
            Colleague(make.app, "configuration", name="Kim"),
        )
        self.names, self.references = [self.ana.member_id], list(PLANTED["references"])
        self.phone, self.holds, self.turns, self.version = PLANTED["phone"], [], 0, 0

    def live(self) -> None:
        """Days of random acts, a night on the way."""
        acts = [
            self._buys, self._spends, self._holds, self._orders, self._is_corrected, self._asks,
            self._is_given, self._is_noted, self._is_opened, self._is_suspended, self._is_insured,
            self._is_told_of, self._is_merged, self._comes_by_a_file, self._signs_in, self._is_foreseen,
            self._takes_a_copy,
        ]  # fmt: skip
        self._buys()
        for turn in range(ACTS):
            act = self.rng.choice(acts)
            act()
            self.counted[act.__name__.removeprefix("_").replace("_", " ")] += 1
            if turn == ACTS // 2:
                self.make.clock.move(self.make.clock.now() + DAY)
                self.make.run("jobs", "nightly")
                for who in (self.lin, self.kim):
                    who.sign_in_again()

    def leaves(self) -> None:
        """Let go of what is held, then be forgotten."""
        for held in self.holds:
            self.till.post(f"/holds/{held['hold_id']}/void")  # it may have ended by itself
        version = self.till.get(f"/members/{self.ana.member_id}").headers["ETag"]
        gone = self.till.send("DELETE", f"/members/{self.ana.member_id}", if_match=version)
        assert gone.status_code == 204, gone.json

    def write_files(self) -> None:
        """All that the club writes into files by itself, or for those who check its books."""
        self.make.run("ledger", "export", str(self.folder / f"books-{self._turn()}"))
        self.make.run("audit", "anchor")
        shown = self.make.run("audit", "show", "--last", "10000").stdout
        (self.folder / f"acts-{self._turn()}").write_text(shown, "utf-8")

    def _turn(self) -> int:
        self.turns += 1
        return self.turns

    def _buys(self) -> None:
        self.ana.buy(f"{self.rng.randrange(30, 90)}.00", currency="CNY")

    def _spends(self) -> None:
        if available := self.ana.figures()[0]:
            spent = self.ana.redeem(self.rng.randint(1, available))
            if self.rng.random() < 0.3:
                self.ana.reverse(spent)

    def _holds(self) -> None:
        if (available := self.ana.figures()[0]) and self.rng.random() < 0.7:
            self.holds.append(self.ana.hold(self.rng.randint(1, available)))
        elif self.holds:
            self.till.post(f"/holds/{self.holds.pop()['hold_id']}/capture", {})

    def _orders(self) -> None:
        if self.ana.figures()[0] >= 20:
            wish = {"card": self.ana.card, "reward": "mug", "reference": f"o-{self._turn()}"}
            self.ana.tell("/reward-orders", wish, 201)

    def _is_corrected(self) -> None:
        answer = self.till.post("/adjustments", self._correction(9, "correction"))
        assert answer.status_code in (201, 202), answer.json

    def _asks(self) -> None:
        asked = self.ana.tell("/adjustments", self._correction(150, "request"), 202)["approval_id"]
        if self.rng.random() < 0.6:
            digest = self.bob.get(f"/approvals/{asked}").json["digest"]
            word = self.rng.choice(["approve", "refuse"])
            self.bob.post(f"/approvals/{asked}/{word}", {"digest": digest}, idempotency_key=asked)

    def _correction(self, points: int, word: str) -> dict[str, Any]:
        why = {"reason_code": "goodwill", "note": WORDS[word], "reference": f"c-{self._turn()}"}
        return {"member_id": self.ana.member_id, "unit": "reward", "points": points} | why

    def _is_given(self) -> None:
        self.ana.given("gold", self.make.clock.now() + 90 * DAY, reason=WORDS["tier"])

    def _sends(self, page: str, **told: str) -> None:
        self.lin.opens(self.ana.member_id)
        answer = self.lin.post(f"/staff/members/{self.ana.member_id}{page}", key=f"f-{self._turn()}", **told)
        assert answer.status_code == 303, answer.text

    def _is_noted(self) -> None:
        self._sends("/notes/new", kind="call", words=WORDS["note"])

    def _is_opened(self) -> None:
        self._sends("/open", reason="other", words=WORDS["opening"])

    def _is_suspended(self) -> None:
        for act in ("suspend", "resume"):
            self._sends("/state", act=act, reason="other", note=WORDS["state"])

    def _is_insured(self) -> None:
        self.version += 1
        wife = {"insured": [{"reference": "WIFE-OF-ZQ", "relation": "spouse"}]}
        self.core.tells("P1", self.references[0], version=self.version, **wife)

    def _is_told_of(self) -> None:
        told = {"version": self._turn(), "name": PLANTED["name"], "phone": PLANTED["phone"], "agent": "A-7"}
        heard = self.till.send("PUT", f"/customers/{self.references[0]}", told)
        assert heard.status_code == 200, heard.json

    def _is_merged(self) -> None:
        if len(self.names) > 1:
            return
        other: Shopper = self.make.shopper(self.till, **OTHER)
        other.buy("15.00", currency="CNY")
        merge(other, self.ana, note=WORDS["merge"])
        self.names.append(other.member_id)
        self.references += OTHER["references"]

    def _comes_by_a_file(self) -> None:
        row = f"CORE-ZQ-2,{PLANTED['name']}\r\n"
        file = (io.BytesIO(f"reference,name\r\n{row}".encode()), "told.csv")
        handed = self.kim.post("/staff/imports", kind="members", file=file, key=f"f-{self._turn()}")
        self.make.run("jobs", "imports")
        self.kim.open(handed.headers["Location"])
        if "Ask a second person" in self.kim.last.text:
            approved(self.make.app, self.kim, self.lin, self.kim.last.request.path)
            self.make.run("jobs", "imports")

    def _signs_in(self) -> None:
        reader = Reader(self.make.app, self.ana)
        reader.open("/me/")
        reader.open("/me/sign-in")
        self.make.app.test_client().post("/me/sign-in", data={"contact": self.phone})

    def _is_foreseen(self) -> None:
        if not self.counted["is foreseen"]:
            file = str(self.folder / "next.toml")
            self.make.run("programme", "export", "1", file)
            self.make.run("programme", "what-if", file, "--json")

    def _takes_a_copy(self) -> None:
        assert self.till.get(f"/members/{self.ana.member_id}/export?format=csv").status_code == 200
