"""Law 15: nobody alone is above the limits of their edition; what two persons decide is what was asked."""

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any

from tests.proofs.judging.books import Books
from tests.proofs.judging.court import Court
from tests.proofs.judging.days import local_day, name_of, told
from tests.proofs.judging.life import Life, Row

LASTS = timedelta(hours=72)
SUBJECT = 80  #: so long is the subject of a counter
ASKED = ("unit", "points", "reason_code", "note", "reference")
CHECKED = ("approved", "refused")
ENDS = (*CHECKED, "withdrawn")
MERGES = ("merge", "unmerge")
OF_MEMBERS = ("adjustment", "contact", "unfreeze", *MERGES)
PERSONAL = ("note", "value", "salt")  #: what of a content is emptied once its person is forgotten
VOID = {"too_old": None, "too_late": ("publication",), "another_edition": ("publication",),
        "member_erased": OF_MEMBERS}  # fmt: skip


def judge(court: Court, life: Life) -> None:
    """Corrections of one member: alone within the limits, or as a second person approved them."""
    approved = life.approvals
    for request in life.approval_request:
        _request(court, request, life.erased_at is not None)
        if request.kind == "adjustment":
            _reference(court, life, request)
        there = request.op_id is None or request.op_id in life.operations
        court.holds("15", request, there, f"there is no operation {request.op_id}")
    for row in life.operation:
        if row.kind in ("merge_out", "merge_in") and row.op_id in approved:
            _merged_as_asked(court, row, approved[row.op_id])
        if row.kind == "adjust" and row.refers_to is None:
            request, file = approved.get(row.op_id), (row.reasons or {}).get("file")
            if file is not None:
                by = (row.reasons.get("by"), row.reasons.get("approved_by"))
                court.totals["lines of files"][file, *by, row.booked_at, row.place] += 1
                continue
            checker = request.checker if request else None
            court.same("15", row, "approved_by", (row.reasons or {}).get("approved_by"), checker)
            if request is None:
                _alone(court, life, row)
            else:
                _as_asked(court, life, row, request)


def _request(court: Court, row: Row, is_erased: bool) -> None:
    text = json.dumps([row.kind, row.content], sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    if not (is_erased and not any(row.content.get(name) for name in PERSONAL)):  # what was noted is gone (M7)
        court.same("15", row, "digest", row.digest, hashlib.sha256(text.encode()).hexdigest())
    court.same("15", row, "void_at", row.void_at, row.asked_at + LASTS)
    court.holds("15", row, row.checker != row.maker, f"{row.maker} asked for it and decided it")
    court.same("15", row, "checked", row.checker is not None, row.state in CHECKED)
    court.same("15", row, "waits", row.decided_at is None, row.state == "waiting")
    court.same("15", row, "void", row.because is not None, row.state == "void")
    is_done = row.state == "approved"
    court.same("15", row, "booked", row.op_id is not None, is_done and row.kind in ("adjustment", *MERGES))
    court.same("15", row, "published", row.edition is not None, is_done and row.kind == "publication")
    court.same("15", row, "of a member", row.member_id is not None, row.kind in OF_MEMBERS)
    if row.decided_at is not None:
        too_old = row.decided_at >= row.void_at
        court.holds("15", row, row.decided_at >= row.asked_at, f"decided at {row.decided_at}")
        court.same("15", row, "too old", too_old, row.because == "too_old")
    if row.because is not None:
        kinds = VOID.get(row.because, ())
        fits = kinds is None or row.kind in kinds
        court.holds("15", row, fits, f"a {row.kind} is not void because of {row.because}")
        if row.member_id is not None and row.because == "member_erased":
            court.holds("15", row, is_erased, "its member was not forgotten")
    name, what = name_of(row.approval_id), (row.kind, row.digest)
    court.totals["requests"][name, "asked", row.maker, row.asked_at, *what] += 1
    if row.state in ENDS:
        by = row.checker or row.maker
        court.totals["requests"][name, row.state, by, row.decided_at, *what] += 1


def _reference(court: Court, life: Life, request: Row) -> None:
    """A request has taken its maker's reference, which leads to what it led to."""
    key = json.dumps([request.content.get("reference")], ensure_ascii=False, separators=(",", ":"))
    scope = f"adjustment@{request.maker}"
    claim = next((one for one in life.claim if (one.scope, one.key) == (scope, key)), None)
    if not court.holds("15", request, claim is not None, "nobody has a claim on this reference"):
        return
    assert claim is not None
    court.same("15", claim, "taken_at", claim.taken_at, request.asked_at)
    court.same("15", claim, "op_id", claim.op_id, request.op_id)
    answer = (claim.outcome or {}).get("answer") or {}
    due = {name: request.content.get(name) for name in ("unit", "points", "reason_code", "reference")}
    due |= {"approval_id": name_of(request.approval_id), "status": "waiting_for_approval"}
    due |= {name: request.content.get(name) for name in ("member_id", "limit", "most")}
    due |= {"void_at": told(request.void_at)}
    court.same("15", claim, "the answer", {name: answer.get(name) for name in due}, due)


def _as_asked(court: Court, life: Life, row: Row, request: Row) -> None:
    reasons, content = row.reasons or {}, request.content
    unit, points = _moved(life, row)
    done = {"unit": unit, "points": points} | {name: reasons.get(name) for name in ASKED[2:]}
    court.same("15", row, "what was approved", done, {name: content.get(name) for name in ASKED})
    court.same("15", row, "by", reasons.get("by"), request.maker)
    court.same("15", row, "booked_at", row.booked_at, request.decided_at)
    court.same("15", request, "its member", content.get("member_id"), name_of(life.member_id))


def _merged_as_asked(court: Court, row: Row, request: Row) -> None:
    """Two persons' merge is what one asked for: of these two members, when the other approved it."""
    reasons, content = row.reasons or {}, request.content
    done = (reasons.get("by"), reasons.get("approved_by"), reasons.get("reason"), row.booked_at)
    due = (request.maker, request.checker, content.get("reason"), request.decided_at)
    court.same("15", row, "what was approved", done, due)
    other = content.get("into") if request.kind == "merge" else content.get("from")
    court.same("15", row, "the other of the two", reasons.get("with"), other)


def _alone(court: Court, life: Life, row: Row) -> None:
    edition, (unit, points) = court.editions.number(row.edition), _moved(life, row)
    sections = (edition.document.get("approvals") or {}).get("adjustment") if edition else None
    limits = _limits(sections or {}, unit, edition.units[unit].decimals if edition and sections else 0)
    points = abs(points)
    if "single" in limits:
        fine = points <= limits["single"]
        court.holds("15", row, fine, f"{points} {unit} corrected by one person, {limits['single']} at most")
    day = local_day(row.booked_at, court.editions.zone).isoformat()
    maker = f"by {(row.reasons or {}).get('by')}"[:SUBJECT]
    for whose, subject in (("maker", maker), ("member", name_of(life.member_id))):
        if (most := limits.get(f"{whose}_day")) is not None:
            name = f"alone:{unit}:{whose}"
            court.counters.add(name, subject, day, 1, points)
            said = (name, subject, day, row.booked_at, row.op_id, points, most, row.place)
            court.totals["corrected alone"][said] += 1


def _limits(sections: Mapping[str, Any], unit: str, decimals: int) -> dict[str, int]:
    return {name: int(Fraction(str(most)) * 10**decimals) for name, most in sections.get(unit, {}).items()}


def _moved(life: Life, row: Row) -> tuple[str, int]:
    parts = life.parts.get(row.op_id, [])
    unit = parts[0].unit if parts else ""
    return unit, sum(line.points for line in life.lines.get((row.op_id, unit), []))


def judge_whole(court: Court, books: Books) -> None:
    """The sums of days; requests on nobody; each request beside its acts, and editions beside requests."""
    sums: dict[tuple[str, str, str], int] = {}
    for *key, _, _, points, most, place in sorted(court.totals["corrected alone"]):
        name, subject, day = key
        due = sums[name, subject, day] = sums.get((name, subject, day), 0) + points
        where = f"of {subject} on {day}: {due}, {most} at most alone"
        court.holds("15", place, due <= most, f"{name} {where}")
    published, files = {}, {}
    for row in books.rows("approval_request"):
        if row.kind == "bulk_file" and row.state == "approved":
            files[row.content.get("sha256"), row.maker, row.checker] = row.decided_at
        if row.member_id is None:
            _request(court, row, False)
        if row.edition is not None:
            published[row.edition] = row
    for row in books.rows("edition"):
        request = published.pop(row.number, None)
        court.same("15", row, "approved_by", row.approved_by, request.checker if request else None)
        if request is not None:
            asked, content = (row.sha256, row.number - 1, row.published_by, row.published_at), request.content
            due = (content.get("sha256"), content.get("base"), request.maker, request.decided_at)
            court.same("15", row, "what was approved", asked, due)
            court.same("15", row, "document", row.document, content.get("document"))
            if (since := content.get("in_force_from")) is not None:
                court.same("15", row, "in_force_from", row.in_force_from, datetime.fromisoformat(since))
    for number, request in published.items():
        court.breach("15", request, f"edition {number} is not there")
    for file, maker, checker, booked_at, place in sorted(court.totals["lines of files"]):
        decided_at = files.get((file, maker, checker))
        fine = decided_at is not None and decided_at <= booked_at
        court.holds(
            "15", place, fine, f"a line of the file {file}, which {checker} did not approve for {maker}"
        )
    due_acts, acted = court.totals["requests"], court.totals["acts of approving"]
    for done in due_acts.keys() | acted.keys():
        where = f"approval_request approval_id={done[0]}"
        court.same("15", where, f"acts of it being {done[1:]}", acted[done], due_acts[done])
