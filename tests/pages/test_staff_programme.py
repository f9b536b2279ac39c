"""The programme's draft on the staff's pages: edited place by place and as text, compared, run, published."""

import io
import re
from datetime import timedelta

import pytest

from loyalty.actions.approve import approve
from loyalty.actions.once import Asking
from loyalty.db import carry_out, reading
from loyalty.programme import Place, value_at
from loyalty.reads.approvals import approvals_view
from loyalty.reads.draft import draft_view
from loyalty.rooms import rooms
from tests.documents import small
from tests.pages.colleagues import Colleague
from tests.pages.desk import text_of
from tests.pages.filled import fill, told_by

LOUNGE = {
    "code": "lounge",
    "name": {"zh": "贵宾厅", "en": "Airport lounge"},
    "kind": "service",
    "tiers": ["gold"],
    "quota": {"count": 6, "per": "calendar_year"},
    "guests": 1,
}
HOTEL = {
    "code": "hotel",
    "name": {"zh": "酒店", "en": "Hotel"},
    "kind": "discount",
    "tiers": ["gold"],
    "discount": {"percent": "20"},
}
SINGLE = ("club", "compliance", "terms", "household", "policies", "counts", "limits", "approvals")
BENEFIT = "/staff/programme/draft/benefit/0"


@pytest.fixture
def lin(app, make):
    """A colleague with a draft at hand, of a club with two benefits and one example."""
    make.document(small(benefit=[LOUNGE, HOTEL]))
    lin = Colleague(app, "configuration")
    lin.open("/staff/programme")
    fill(lin, "Begin a draft")
    return lin


def draft(app, revision=None):
    with app.app_context(), reading() as rows:
        return draft_view(rows, revision)


def test_a_draft_is_begun_shown_and_dropped(app, lin):
    page = text_of(lin.open("/staff/programme"))
    assert "from edition 1 by Lin" in page
    assert re.search(r"Benefits 2 .*Tiers 2 .*Rules 2", page)
    assert "A draft is open already" in text_of(
        lin.post("/staff/programme/begin") and lin.open("/staff/programme")
    )
    assert "Begin a draft" in text_of(fill(lin, "Drop it"))
    assert lin.open(BENEFIT).status_code == 404


@pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
@pytest.mark.parametrize("file", ["insurer-club.toml", "retail-club.toml"])
def test_a_form_that_nobody_changed_saves_nothing(app, make, file):
    make.programme(file)
    lin = Colleague(app, "configuration")
    lin.open("/staff/programme")
    fill(lin, "Begin a draft")
    for section, tables in draft(app).document.items():
        keys = range(len(tables)) if isinstance(tables, list) else tables
        for key in [""] if section in SINGLE else list(keys)[:12]:
            assert lin.open(f"/staff/programme/draft/{section}/{key}".rstrip("/")).status_code == 200
            fill(lin, "Save")
    assert draft(app).changes == []


def test_a_fault_stands_beside_its_field_and_goes_when_it_is_mended(app, lin):
    lin.open(BENEFIT)
    page = fill(lin, "Save", {"quota.count": "viele", "guests": "2"})
    assert 'id="quota.count" name="quota.count" class="num"' in re.sub(" +", " ", page.text)
    assert 'aria-describedby="quota.count-fault" aria-invalid="true"' in page.text
    assert "1 fault to mend here" in text_of(page)
    assert "Must be a whole number" in text_of(page)
    assert "Guests who may come along 1 → 2" in text_of(page)
    lin.open("/staff/programme/draft/tier/0")
    assert "Faults elsewhere Benefits 1 fault" in text_of(lin.last)
    lin.open(BENEFIT)
    fill(lin, "Save", {"quota.count": "1,000"})
    assert draft(app).document["benefit"][0] == LOUNGE | {
        "quota": LOUNGE["quota"] | {"count": 1000},
        "guests": 2,
    }
    assert draft(app).faults == ()


def test_only_what_belongs_to_a_kind_is_asked_and_kept(app, lin):
    lin.open(BENEFIT)
    page = fill(lin, "Save", {"kind": "mailing", "occasion": "anniversary"})
    document = draft(app).document["benefit"][0]
    assert (document["kind"], "guests" in document) == ("mailing", False)
    _, told = told_by(page.text, "Save")
    assert {"occasion", "days_ahead"} <= told.keys()
    assert not {"guests", "providers", "discount:form"} & told.keys()


def test_how_often_goes_by_card_and_a_key_without_a_field_stays(app, lin):
    lin.open(BENEFIT + "?as=text")
    text = told_by(lin.last.text, "Save")[1]["text"][0]
    fill(lin, "Save", text='stars = "five"\n' + text)
    page = lin.open(BENEFIT)
    assert 'stars = "five"' in text_of(page).replace("&#34;", '"')
    assert "stars : Is not known here" in text_of(page)
    fill(lin, "Save", {"quota.count:form": "by-tier", "quota.count.gold": "12", "tiers": ["silver", "gold"]})
    kept = draft(app).document["benefit"][0]
    assert kept["quota"]["count"] == {"gold": 12}
    assert (kept["tiers"], kept["stars"]) == (["silver", "gold"], "five")


def test_a_table_as_text_that_is_no_toml_is_shown_with_its_line(app, lin):
    lin.open(BENEFIT + "?as=text")
    page = fill(lin, "Save", text='code = "lounge"\nkind =')
    assert (page.status_code, "Invalid value (at end of document)" in text_of(page)) == (422, True)
    assert draft(app).revision == 1


def test_what_two_people_change_in_different_places_is_brought_together(app, lin):
    bo = Colleague(app, "marketing", name="Bo")
    lin.open(BENEFIT)
    bo.open(BENEFIT)
    fill(bo, "Save", guests="3")
    assert "What others saved meanwhile is in it too." in text_of(fill(lin, "Save", {"quota.count": "8"}))
    kept = draft(app).document["benefit"][0]
    assert (kept["guests"], kept["quota"]["count"]) == (3, 8)


@pytest.mark.parametrize(("button", "count"), [("mine", 8), ("theirs", 7)])
def test_where_both_changed_the_same_both_are_shown_and_one_is_chosen(app, lin, button, count):
    bo = Colleague(app, "marketing", name="Bo")
    lin.open(BENEFIT)
    bo.open(BENEFIT)
    fill(bo, "Save", {"quota.count": "7", "quota.cap": "9"})
    page = fill(lin, "Save", {"quota.count": "8", "guests": "4"})
    assert page.status_code == 409
    assert "Airport lounge · How often it may be used · Times 6 8 7" in text_of(page)
    assert draft(app).document["benefit"][0]["quota"]["count"] == 7
    fill(lin, f"Keep {button}", stands=button)
    kept = draft(app).document["benefit"][0]
    assert (kept["quota"]["count"], kept["quota"]["cap"], kept["guests"]) == (count, 9, 4)


def test_tables_are_added_copied_moved_and_removed(app, lin):
    def codes():
        return [one["code"] for one in draft(app).document["benefit"]]

    def press(action, key, **more):
        seen = str(draft(app).revision)
        return lin.post(f"/staff/programme/draft/benefit/{key}/{action}", seen=seen, **more)

    lin.open("/staff/programme/draft/benefit")
    page = fill(lin, "Add one")
    assert (page.request.path, codes()) == ("/staff/programme/draft/benefit/2", ["lounge", "hotel", ""])
    assert "Must be a code" in text_of(page)
    press("remove", 2)
    press("duplicate", 0)
    assert codes() == ["lounge", "lounge-2", "hotel"]
    press("move", 2, to="up")
    assert codes() == ["lounge", "hotel", "lounge-2"]
    press("remove", 1)
    assert codes() == ["lounge", "lounge-2"]
    lin.post("/staff/programme/add/unit", seen=str(draft(app).revision), code="miles")
    assert "miles" in draft(app).document["unit"]
    assert press("remove", 9).status_code == 404


def test_a_condition_is_checked_as_typed_and_says_which_name_is_meant(app, lin):
    def checked(about, **told):
        return text_of(lin.post(f"/staff/programme/condition/{about}", **told))

    assert "It can be read." in checked("visit", when="member.tier == 'gold'")
    meant = checked("visit", when="member.tierr == 'gold'")
    assert "Line 1, column 7: there is no name “member.tierr” here. Do you mean member.tier?" in meant
    assert "visit.guests" in meant
    assert "Must be true or false, not INT" in checked("rule", when="member.age", on="birthday")
    assert "Choose first what the rule is for." in checked("rule", when="true", on="")
    assert "this cannot be read" in checked("reward", when="member.tier = 'a'")


def test_the_whole_draft_is_typed_as_text_taken_home_and_brought_back(app, lin):
    text = lin.open("/staff/programme/text/download").text
    assert 'code = "lounge"' in text
    lin.open("/staff/programme/text")
    page = fill(lin, "Save", text=text.replace("count = 6", "count = -6"))
    assert "Airport lounge · How often it may be used · Times : Must be from 1 to 10000" in text_of(page)
    broken = fill(lin, "Save", text="[club\n")
    assert "(at line 1, column 6)" in text_of(broken)
    assert "[club" in told_by(broken.text, "Save")[1]["text"][0]
    file = (io.BytesIO(text.replace("count = 6", "count = 5").encode()), "club.toml")
    lin.open("/staff/programme/text")
    fill(lin, "Save", file=file)
    assert draft(app).document["benefit"][0]["quota"]["count"] == 5
    assert "no text in UTF-8" in text_of(fill(lin, "Save", file=(io.BytesIO(b"\xff"), "club.toml")))


def test_changes_are_told_in_words_and_an_earlier_revision_is_restored(app, lin):
    lin.open(BENEFIT)
    fill(lin, "Save", {"quota.per": "lifetime"})
    page = text_of(lin.open("/staff/programme/changes"))
    assert "Benefits · Airport lounge · How often it may be used · In which period" in page
    assert "calendar year → for life" in page
    lin.open("/staff/programme/revisions/1")
    assert "for life → calendar year" in text_of(lin.last)
    assert "The draft says the same" in text_of(fill(lin, "Restore it"))
    assert (draft(app).revision, draft(app).changes) == (3, [])
    assert lin.open("/staff/programme/revisions/9").status_code == 404


def test_examples_are_run_and_say_why_they_fail(app, lin):
    assert "The one example holds." in text_of(lin.open("/staff/programme/examples"))
    lin.open("/staff/programme/draft/rule/0")
    fill(lin, "Save", {"earn.points": "2"})
    failed = text_of(lin.open("/staff/programme/examples"))
    assert "1 example fails" in failed
    assert "Points.reward should be 10, is 20" in failed
    assert "does not keep this example" in text_of(lin.open("/staff/programme/draft/example/0"))
    assert "All its examples hold. Run the examples" in text_of(lin.open("/staff/programme/publish"))


def test_a_draft_is_published_by_two_persons_and_ends(app, lin, make, clock):
    lin.open(BENEFIT)
    fill(lin, "Save", {"quota.count": "8"})
    lin.open("/staff/programme/publish")
    early = fill(lin, "Ask for it to be published", when="later", day="2020-01-01", time="00:00")
    assert "At the earliest" in text_of(early)
    assert "Choose a day and a time." in text_of(
        fill(lin, "Ask for it to be published", when="later", day="")
    )
    day = (clock.now() + timedelta(days=30)).date().isoformat()
    page = fill(lin, "Ask for it to be published", when="later", day=day, time="08:30")
    assert "This draft waits for a second person" in text_of(page)
    assert "Ask for it to be published" not in page.text
    with app.app_context():
        room = rooms()

        def second(rows):
            [asked] = approvals_view(rows, None, "waiting", "publication", None, 5, clock.now())
            asking = Asking("staff:second", "k1", clock.now())
            editions = room.shelf.editions(rows, clock.now())
            return approve(rows, editions, asked["approval_id"], asked["digest"], asking=asking)

        carry_out(second)
    page = text_of(lin.open("/staff/programme"))
    assert re.search(r"2 \d+ \w+ 2026, 08:30 Lin, approved by staff:second to come", page)
    assert "No draft is open" in page
    assert "Times 6 → 8" in text_of(lin.open("/staff/programme/editions/2"))


def test_what_was_published_meanwhile_is_brought_in(app, lin, make, clock):
    lin.open(BENEFIT)
    fill(lin, "Save", {"quota.count": "8"})
    make.document(small(benefit=[LOUNGE | {"guests": 5}, HOTEL]))
    clock.move(timedelta(seconds=5))
    page = lin.open("/staff/programme/publish")
    assert "Another edition was published" in text_of(page)
    assert "Ask for it to be published" not in page.text
    fill(lin, "Bring it in")
    now = draft(app)
    lounge = value_at(now.document, Place("benefit", 0))
    assert (lounge["guests"], lounge["quota"]["count"], now.base, now.is_behind) == (5, 8, 2, False)


def test_what_cannot_change_any_more_is_told_before_publishing(app, lin):
    lin.open("/staff/programme/draft/club")
    fill(lin, "Save", currency="USD")
    assert "Club · Currency : Cannot change after the first edition: it is EUR, not USD" in text_of(
        lin.open("/staff/programme/publish")
    )


def test_who_may_only_look_changes_nothing(app, lin):
    ada = Colleague(app, "auditor", name="Ada")
    page = ada.open(BENEFIT)
    assert '<fieldset class="stack" disabled>' in page.text
    assert ">Save<" not in page.text
    assert ada.post(BENEFIT, seen="1", guests="9").status_code == 403


def test_a_list_asks_few_statements(app, lin, statements):
    lin.open("/staff/programme/draft/benefit")
    statements.clear()
    lin.open("/staff/programme/draft/benefit")
    assert len([one for one in statements if one.startswith("SELECT")]) <= 9
    statements.clear()
    lin.open("/staff/programme")
    assert len([one for one in statements if one.startswith("SELECT")]) <= 11
