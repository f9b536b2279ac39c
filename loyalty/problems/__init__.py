"""Refusals as outsiders hear them (RFC 9457): the one table from errors to statuses and words.

A cashier may read `zh` and `en` out: at most 40 characters, and nothing a customer may not hear.
"""

from collections.abc import Mapping
from typing import Any

from loyalty.errors import Refusal
from loyalty.problems.approvals import APPROVALS
from loyalty.problems.asking import ASKING
from loyalty.problems.benefits import BENEFITS
from loyalty.problems.households import HOUSEHOLDS
from loyalty.problems.members import MEMBERS
from loyalty.problems.points import POINTS
from loyalty.problems.policies import POLICIES
from loyalty.problems.programme import PROGRAMME
from loyalty.problems.protocol import PROTOCOL
from loyalty.problems.rewards import REWARDS
from loyalty.problems.sales import SALES
from loyalty.problems.signing_in import SIGNING_IN
from loyalty.problems.staff import STAFF
from loyalty.problems.words import Action, Problem

MEDIA_TYPE = "application/problem+json"
PROBLEMS: dict[type[Refusal], Problem] = (
    ASKING
    | MEMBERS
    | PROGRAMME
    | POINTS
    | SALES
    | POLICIES
    | BENEFITS
    | REWARDS
    | SIGNING_IN
    | STAFF
    | APPROVALS
    | HOUSEHOLDS
)

__all__ = [
    "MEDIA_TYPE",
    "PROBLEMS",
    "PROTOCOL",
    "Action",
    "Problem",
    "problem_body",
    "problem_of",
    "protocol_body",
    "reason",
]


def problem_of(refusal: Refusal) -> Problem:
    """How this refusal is told."""
    return PROBLEMS[type(refusal)]


def problem_body(refusal: Refusal, language: str) -> dict[str, Any]:
    """The body of a refusal, its facts beside the standard members."""
    return _body(refusal.code, problem_of(refusal), language, refusal.facts)


def reason(refusal: Refusal, language: str) -> dict[str, Any]:
    """What speaks against something that is only asked about: a refusal's code, words and facts."""
    return dict(refusal.facts) | {"code": refusal.code, "title": _words(problem_of(refusal), language)}


def protocol_body(status: int, language: str, **facts: object) -> dict[str, Any]:
    """The body of a refusal of the protocol; a status without an entry is told as a bad request."""
    code, problem = PROTOCOL.get(status, PROTOCOL[400])
    return _body(code, problem, language, facts) | {"status": status}


def _body(code: str, problem: Problem, language: str, facts: Mapping[str, object]) -> dict[str, Any]:
    return dict(facts) | {
        "type": f"urn:loyalty:problem:{code}",
        "title": problem.title,
        "status": problem.status,
        "code": code,
        "detail": _detail(problem.title, facts),
        "cashier_text": _words(problem, language),
        "action": problem.action,
    }


def _words(problem: Problem, language: str) -> str:
    return problem.zh if language == "zh" else problem.en


def _detail(title: str, facts: Mapping[str, object]) -> str:
    fields = facts.get("fields")
    told = fields if isinstance(fields, Mapping) else facts
    # In the order of their names: a remembered refusal reads as it did the first time, whatever kept it.
    said = ((name, value) for name, value in sorted(told.items()) if isinstance(value, str | int))
    words = "; ".join(f"{name}: {value}" for name, value in said)
    return f"{title} ({words})" if words else title
