"""Every address under /staff that shows a page, filled with the things of a club at work."""

from collections.abc import Iterator, Mapping, Sequence

from sqlalchemy import select
from werkzeug.routing import Rule

from loyalty.access import ApiKey
from loyalty.approvals import ApprovalRequest
from loyalty.benefits.models import ClubEvent, Place, Use
from loyalty.db import reading
from loyalty.ids import from_text
from loyalty.imports import ImportFile
from loyalty.pages.forms.sections import sections
from loyalty.reads.draft import draft_view
from loyalty.reads.what_if_runs import runs_view
from loyalty.reviews import Review
from loyalty.rewards.models import RewardOrder
from loyalty.staff import StaffAccount
from tests.pages.at_work import AtWork

Things = Mapping[tuple[str, ...], Sequence[tuple[object, ...]]]

#: more faces of a page, by the names of views
QUERIES = {
    "staff.approvals": ("view=mine", "view=all"),
    "staff.audit": ("kind=points.adjusted",),
    "staff.books": ("months=24",),
    "staff.draft_place": ("as=text",),
    "staff.find": ("q=",),
    "staff.held_sales": ("view=all",),
    "staff.jobs": ("kind=what-if",),
    "staff.member_points": ("unit=status",),
}
MOST = 9  #: of one kind of thing


def addresses_of(club: AtWork) -> list[str]:
    """The addresses, each one answered with a page: what is taken away as a file is left out.

    A page about one thing is told for each there is; what belongs to a thing, for the first. An address whose
    parts nothing is known for fails, so that a new page is not forgotten.
    """
    things = things_of(club)
    found = [path for rule in _rules(club) for path in _filled(club, rule, things)]
    return [path for path in found if _is_page(club, path)]


def things_of(club: AtWork) -> Things:
    """What there is, by the names of an address's parts, in their order in the alphabet."""
    with club.app.test_request_context("/staff"), reading() as rows:

        def newest(column):
            return [(one,) for one in rows.scalars(select(column).order_by(column.desc()).limit(MOST))]

        def pairs(*columns):
            return [tuple(one) for one in rows.execute(select(*columns).order_by(*columns).limit(MOST))]

        document = draft_view(rows, None).document
        places = [(key, name) for name, one in sections().items() for key in _keys(document, name, one.holds)]
        return {
            ("account_id",): newest(StaffAccount.account_id),
            ("approval_id",): newest(ApprovalRequest.approval_id),
            ("event_id",): newest(ClubEvent.event_id),
            ("import_id",): newest(ImportFile.import_id),
            ("key", "section"): places,
            ("key_id",): newest(ApiKey.key_id),
            ("member_id",): [(from_text(one.member_id),) for one in (club.lin, *club.members)],
            ("number",): [(2,), (1,)],
            ("order_id",): [(pair,) for pair in pairs(RewardOrder.member_id, RewardOrder.op_id)],
            ("path",): [("nowhere",)],
            ("place",): newest(Place.code),
            ("review_id",): newest(Review.review_id),
            ("revision",): [(2,)],
            ("run_id",): [(one.run_id,) for one in runs_view(rows, None, MOST)],
            ("section",): [(name,) for name in sections()],
            ("token",): [(club.link[0],), ("nobodys",)],
            ("use_id",): [(pair,) for pair in pairs(Use.member_id, Use.use_id)],
        }


def _keys(document: Mapping[str, Sequence[object]], name: str, holds: str) -> list[str]:
    """The first two tables of a section, and the benefit at fault."""
    if holds == "table" or name not in document:
        return []
    keys = list(document[name]) if isinstance(document[name], dict) else range(len(document[name]))
    return [str(key) for key in (*keys[:2], *([4] if name == "benefit" else []))]


def _rules(club: AtWork) -> list[Rule]:
    found = club.app.url_map.iter_rules()
    return sorted(
        (rule for rule in found if f"{rule.rule}/".startswith("/staff/") and "GET" in rule.methods),
        key=lambda rule: rule.rule,
    )


def _filled(club: AtWork, rule: Rule, things: Things) -> Iterator[str]:
    parts = tuple(sorted(rule.arguments))
    known = things.get(parts) if parts else [()]
    assert known, (
        f"{rule.rule}: tests/pages/staff_addresses.py knows nothing for {parts}; tell it in things_of"
    )
    is_about_one = rule.rule.endswith(">")
    build = club.app.url_map.bind("").build
    paths = [build(rule.endpoint, dict(zip(parts, one, strict=True))) for one in known]
    yield from paths if is_about_one else paths[:1]
    yield from (f"{paths[0]}?{query}" for query in QUERIES.get(rule.endpoint, ()))


def _is_page(club: AtWork, path: str) -> bool:
    answer = club.ada.client.get(path, headers=club.ada.headers)
    assert answer.status_code in (200, 303, 404, 422), f"{path}: {answer.status_code}"
    return answer.status_code != 303 and "<html" in answer.text[:100]
