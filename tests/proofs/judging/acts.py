"""Law 14: acts are chained by hash; editions are what was published."""

import hashlib
import json
from datetime import datetime

from tests.proofs.judging.books import Books
from tests.proofs.judging.court import Court
from tests.proofs.judging.days import name_of


def judge_whole(court: Court, books: Books) -> None:
    """The chain from its first line to its head; then what the lines say of editions."""
    before, last = "", 0
    published = {}
    for row in books.rows("act"):
        court.same("14", row, "seq", row.seq, last + 1)
        line = [before, row.seq, row.at.isoformat(), row.actor, row.kind, row.subject, row.content]
        text = json.dumps(line, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        court.same("14", row, "hash", row.hash, hashlib.sha256(text.encode()).hexdigest())
        before, last = row.hash, row.seq
        if row.kind == "edition.published":
            published[row.subject] = row
        if row.kind == "tier.given":
            told = row.content
            until = datetime.fromisoformat(told["until"])
            court.totals["handed"][row.subject, row.at, told["tier"], until, told["protected"]] += 1
        if row.kind == "points.adjusted":
            court.totals["adjusted"][row.content["operation"], row.subject, row.content["unit"],
                                     row.content["points"]] += 1  # fmt: skip
    heads = books.table("act_head")
    court.same("14", "act_head", "rows", [(row.seq, row.hash) for row in heads], [(last, before)])
    _editions(court, books, published)
    _done(court)


def _editions(court: Court, books: Books, published: dict) -> None:
    before = None
    for number, row in enumerate(books.rows("edition"), start=1):
        court.same("14", row, "number", row.number, number)
        text = json.dumps(row.document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        court.same("14", row, "sha256", row.sha256, hashlib.sha256(text.encode()).hexdigest())
        if before is not None:
            court.holds("14", row, row.in_force_from > before, f"in force from {row.in_force_from}")
        before = row.in_force_from
        act = published.pop(str(number), None)
        if court.holds("14", row, act is not None, "no act published it"):
            told = {"sha256": row.sha256, "in_force_from": str(row.in_force_from)}
            court.same("14", row, "what was published", told, act.content)
            court.same("14", row, "published_at", row.published_at, act.at)
            court.same("14", row, "published_by", row.published_by, act.actor)
    for subject, act in published.items():
        court.breach("14", act, f"edition {subject} was published, and is not there")


def judge(court: Court, life) -> None:
    """Each adjustment by hand is an act."""
    for row in life.operation:
        if row.kind == "adjust" and row.refers_to is None:
            for part in life.parts.get(row.op_id, []):
                points = sum(line.points for line in life.lines.get((row.op_id, part.unit), []))
                name = f"{name_of(life.member_id)}-{name_of(row.op_id)}"
                court.totals["adjustments"][name, name_of(life.member_id), part.unit, points] += 1


def _done(court: Court) -> None:
    done, acted = court.totals["adjustments"], court.totals["adjusted"]
    for key in sorted(done.keys() | acted.keys()):
        court.same("14", f"operation {key[0]}", f"acts of adjusting {key[3]} {key[2]}", acted[key], done[key])
    for given in court.totals["given"].keys() | court.totals["handed"].keys():
        done, acted = court.totals["given"][given], court.totals["handed"][given]
        court.same("14", f"term of member {given[0]}", f"acts of giving {given[2]} at {given[1]}", acted, done)
