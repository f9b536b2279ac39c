"""What keeps one colleague from giving value alone, where somebody edits rows or loses a role meanwhile."""

import pytest
from sqlalchemy import text

from loyalty import approvals
from loyalty.db import reading
from tests.pages.colleagues import Colleague, administrator, path_of
from tests.pages.desk import says
from tests.pages.test_staff_approvals import ask_points
from tests.proofs.spoiling import unguarded

APPROVE = "Approve: it is done at once"


@pytest.fixture
def ana(make):
    make.club(approvals={"adjustment": {"reward": {"single": 100}}})
    return make.shopper()


@pytest.fixture
def lin(app, ana):
    return Colleague(app, "desk", name="Lin")


@pytest.fixture
def wei(app, ana):
    return Colleague(app, "finance", name="Wei")


def asked(app):
    """The one request there is."""
    with app.app_context(), reading() as rows:
        [request] = approvals.newest(rows, None, None, None, None, 1)
        return request


def edit(database, kind, points, digest=None):
    """What somebody with the database's password does to the request: guards go, then its content changes."""
    changed = {
        "sqlite": f"json_set(content, '$.points', {points})",
        "postgresql": f"jsonb_set(content, '{{points}}', '{points}')",
    }[kind]
    more = ", digest = :digest" if digest else ""
    with unguarded(database) as engine, engine.begin() as rows:
        told = {"digest": digest} if digest else {}
        rows.execute(text(f"UPDATE approval_request SET content = {changed}{more}"), told)


def kind_of(database):
    return "sqlite" if database.startswith("sqlite") else "postgresql"


@pytest.mark.parametrize("whole", [False, True], ids=["content", "content and digest"])
def test_what_was_edited_after_it_was_seen_is_not_approved(app, database, ana, lin, wei, whole):
    """Minting alone: an edit between the look and the press approves nothing, its digest made anew or not."""
    path = ask_points(app, lin, ana)
    wei.open(path)
    digest = approvals.digest_of("adjustment", asked(app).content | {"points": 15_000})
    edit(database, kind_of(database), 15_000, digest if whole else None)
    says(wei.send(APPROVE), "This is not what was seen.", status=422)
    assert ana.figures()[0] == 0
    assert asked(app).state == "waiting"


def test_what_was_edited_after_it_was_approved_is_found(app, make, database, ana, lin, wei):
    """Minting alone: a request edited after approval does not fit what it led to, which is named."""
    path = ask_points(app, lin, ana)
    wei.open(path)
    says(wei.send(APPROVE), "Approved, and done.")
    make.run("ledger", "verify")
    edit(database, kind_of(database), 15_000)
    assert "approval_request" in make.run("ledger", "verify", exit_code=1).output
    assert ana.figures()[0] == 150


def test_whoever_lost_the_role_meanwhile_approves_nothing(app, ana, lin, wei):
    """Minting alone: a role revoked in mid-session decides nothing, on an open page either."""
    path = ask_points(app, lin, ana)
    wei.open(path)
    administrator(app).post(f"/staff/people/{path_of(wei)}/roles", role="desk")
    assert wei.send(APPROVE).request.path == "/staff/sign-in"
    wei.sign_in_again()
    digest = {"key": "k", "digest": asked(app).digest}
    assert wei.post(f"{path}/approve", **digest).status_code == 403
    assert ana.figures()[0] == 0


def test_whoever_asked_decides_nothing_with_another_role_either(app, ana, lin):
    """Minting alone: given the role of a checker later, a maker's own request stays another's to decide."""
    path = ask_points(app, lin, ana)
    administrator(app).post(f"/staff/people/{path_of(lin)}/roles", role=["desk", "finance"])
    lin.sign_in_again()
    digest = {"key": "k", "digest": asked(app).digest}
    says(lin.post(f"{path}/approve", **digest), "A second person decides.", status=422)
    assert ana.figures()[0] == 0
