"""Why a member has their card, in plain words, and never a word that urges (T9, I7)."""

from tests.documents import ANY_OF
from tests.ladders import noon
from tests.pages.desk import text_of
from tests.pages.homes import customer, insured
from tests.pages.reader import Reader
from tests.policies import Core, coverage, insurer


def test_t9_an_insurers_member_reads_what_counts_and_nothing_of_what_is_missing(app, make, clock):
    lin = insured(make, clock)
    text = text_of(Reader(app, lin).open("/me/why"))
    assert "You have 960,000 Status points now." in text
    assert "Your Diamond card and all its 9 benefits stay until 1 June 2026 ; we look again then." in text
    assert "As things stand today Changed to Gold" in text
    assert "You need do nothing now." in text
    for bar in ("1,000,000", "200,000", "40,000", "below", "standard."):
        assert bar not in text
    zh = text_of(Reader(app, lin, "zh").open("/me/why"))
    assert "您的钻石卡和全部 9 项权益照常保留到 2026年6月1日 ，到那天再复核。" in zh


def test_i7_each_policy_has_its_share_and_a_sad_event_kind_words(app, make, clock):
    lin = insured(make, clock)
    text = text_of(Reader(app, lin).open("/me/why"))
    assert "Policy ending in 4821 700,000 since 2012 Policy ending in 0937 260,000 since 2015" in text
    assert "A change to a policy Policy ending in 5530 changed on 12 January 2026: its 80,000" in text
    assert "surrender" not in text
    zh = text_of(Reader(app, lin, "zh").open("/me/why"))
    assert "保单状态变更 尾号 5530 的保单于 2026年1月12日有变更，原有的 80,000 贡献值不再计入。" in zh


def test_i3_what_came_back_is_no_change_any_more(app, make, clock):
    clock.move(noon("2026-01-10"))
    make.document(insurer())
    core = Core(make.till())
    lin = make.shopper(core.till, references=["C-1"])
    reader = Reader(app, lin)
    core.tells("P1", "C-1")
    core.tells("P1", "C-1", version=2, status="lapsed", effective_at="2026-01-08T10:00:00+08:00")
    assert "A change to a policy" in text_of(reader.open("/me/why"))
    for page in ("/me/", "/me/why"):
        assert "As things stand today, your card ends on" in text_of(reader.open(page))
    core.tells("P1", "C-1", version=3, effective_at="2026-01-09T10:00:00+08:00")
    for page in ("/me/", "/me/why"):
        text = text_of(reader.open(page))
        assert "A change to a policy" not in text
        assert "As things stand today, your card" not in text


def test_t9_a_shops_member_reads_the_marks_the_months_and_how_the_card_came(app, make, clock):
    ana = customer(make, clock)
    page = Reader(app, ana).open("/me/why")
    text = text_of(page)
    assert "In the last 12 months you collected 1,005 Status points." in text
    assert "Keep Silver 400 Gold 2,000 (995 to go)" in text
    assert 'aria-label="1,005 Status points; Silver 400; Gold 2,000"' in page.text
    assert "February 2026 180 January 2026 420 December 2025 95 November 2025 310" in text
    assert "18 January 2026 Up to Silver 2 October 2025 First card: Standard" in text
    assert "from 500 1 benefit · your card" in text
    assert "With 400 or more Silver again" in text


def test_t9_below_the_standard_the_card_stays_and_that_is_what_it_says(app, make, clock):
    make.club(**{"tier[0].retain": 0, "terms.measure": {"balance": "status"}})
    ana = make.shopper()
    ana.adjust(2_100, unit="status")
    ana.adjust(-700, unit="status")
    text = text_of(Reader(app, ana).open("/me/why"))
    assert (
        "You have 1,400 Status now. That is 100 below the Gold standard. Your Gold card stays until" in text
    )
    assert "With 1,500 or more Gold again" in text
    assert "As things stand today Changed to Silver" in text
    coming = "As things stand today, your card becomes Silver on 5 January 2027."
    assert f"{coming} The service desk gladly explains it." in text
    assert coming in text_of(Reader(app, ana).open("/me/"))
    assert "5 January 2026 2,100" in text  # where they come from


def test_t3_without_a_card_the_page_says_how_cards_come_about(app, make, clock):
    clock.move(noon("2026-01-10"))
    make.document(insurer(**{"club.show_missing": "none"}))
    reader = Reader(app, make.shopper())
    text = text_of(reader.open("/me/why"))
    assert "How cards come about" in text
    assert "You don't have a card yet. It comes by itself, and you need do nothing now." in text
    assert "The 3 cards of the club" in text
    assert "50,000" not in text


def test_t8_a_card_given_by_the_club_says_so(app, make, clock):
    make.club()
    ana = make.shopper()
    ana.given("gold", noon("2026-12-31"))
    text = text_of(Reader(app, ana).open("/me/why"))
    assert "5 January 2026 Gold given by the club" in text
    assert "Why Gold" in text


def test_t2_each_of_several_counters_is_told(app, make):
    make.club(**ANY_OF)
    ana = make.shopper()
    ana.adjust(60)
    text = text_of(Reader(app, ana).open("/me/why"))
    assert "This year you collected 0 Status. You have 60 Points now." in text


def test_many_policies_are_folded_behind_the_largest(app, make, clock):
    clock.move(noon("2026-01-10"))
    make.document(insurer())
    core = Core(make.till())
    lin = make.shopper(core.till, references=["C-1"])
    for no in range(10):
        core.tells(f"P-{no:04}", "C-1", coverages=[coverage(f"{10_000 + no}.00")])
    text = text_of(Reader(app, lin).open("/me/why"))
    assert "2 more Policy ending in 0001 10,001" in text
