"""Law 14: acts are chained by hash; editions are what was published."""

import hashlib
import json
from datetime import datetime

from tests.proofs.judging.books import Books
from tests.proofs.judging.court import Court
from tests.proofs.judging.days import name_of
from tests.proofs.judging.life import Life, Row

LONGEST = 500  #: so much of what was wrong is kept beside a stop


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
        _acted(court, row)
    heads = books.table("act_head")
    court.same("14", "act_head", "rows", [(row.id, row.seq, row.hash) for row in heads], [(1, last, before)])
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
            told |= {"approved_by": row.approved_by} if row.approved_by is not None else {}
            court.same("14", row, "what was published", told, act.content)
            court.same("14", row, "published_at", row.published_at, act.at)
            court.same("14", row, "published_by", row.published_by, act.actor)
    for subject, act in published.items():
        court.breach("14", act, f"edition {subject} was published, and is not there")


def judge(court: Court, life: Life) -> None:
    """Each adjustment by hand is an act, and each look at a sale."""
    for row in life.review:
        if row.state in ("released", "rejected"):
            name = name_of(row.review_id)
            seen = (name, name_of(life.member_id), row.state, row.closed_by, row.closed_at)
            court.totals["reviewed"][seen] += 1
    for row in life.operation:
        if row.kind == "adjust" and row.refers_to is None:
            for part in life.parts.get(row.op_id, []):
                points = sum(line.points for line in life.lines.get((row.op_id, part.unit), []))
                name = f"{name_of(life.member_id)}-{name_of(row.op_id)}"
                court.totals["adjustments"][name, name_of(life.member_id), part.unit, points] += 1


def _acted(court: Court, row: Row) -> None:
    """What a line says was done."""
    told = row.content
    if row.kind == "tier.given":
        until = datetime.fromisoformat(told.get("until", "9999-12-31"))
        court.totals["handed"][row.subject, row.at, told.get("tier"), until, told.get("protected")] += 1
    elif row.kind == "points.adjusted":
        done = (told.get("operation"), row.subject, told.get("unit"), told.get("points"))
        court.totals["adjusted"][done] += 1
    elif row.kind in ("account.stopped", "account.released"):
        detail = told.get("detail", "")[:LONGEST]
        court.totals["acts of stopping"][
            row.subject, row.at, told.get("law"), detail, told.get("reason")
        ] += 1
    elif row.kind in ("sale.released", "sale.rejected"):
        state = row.kind.removeprefix("sale.")
        court.totals["looked at"][told.get("review"), row.subject, state, row.actor, row.at] += 1
    elif row.kind.startswith("approval."):
        done = (row.subject, row.kind.partition(".")[2], row.actor, row.at)
        court.totals["acts of approving"][(*done, told.get("kind"), told.get("digest"))] += 1
    elif row.kind == "policies.rebased":
        edition = int(row.subject.removeprefix("edition "))
        for policy_no, at in told.get("policies", {}).items():
            court.totals["rebased"][policy_no, datetime.fromisoformat(at), edition] += 1


def _done(court: Court) -> None:
    done, acted = court.totals["adjustments"], court.totals["adjusted"]
    for key in done.keys() | acted.keys():
        court.same("14", f"operation {key[0]}", f"acts of adjusting {key[3]} {key[2]}", acted[key], done[key])
    stopped, acted = court.totals["stops"], court.totals["acts of stopping"]
    for key in stopped.keys() | acted.keys():
        court.same(
            "14",
            f"stop of member {key[0]}",
            f"acts of stopping or releasing at {key[1]}",
            acted[key],
            stopped[key],
        )
    looked, closed = court.totals["looked at"], court.totals["reviewed"]
    for key in looked.keys() | closed.keys():
        court.same(
            "14", f"review {key[0]}", f"acts of it being {key[2]} by {key[3]}", looked[key], closed[key]
        )
    for given in court.totals["given"].keys() | court.totals["handed"].keys():
        done, acted = court.totals["given"][given], court.totals["handed"][given]
        court.same(
            "14", f"term of member {given[0]}", f"acts of giving {given[2]} at {given[1]}", acted, done
        )
