"""Merging meets states of members, second persons, notes, and what-ifs (M6, M9)."""

import json

import pytest

from tests.api.test_approvals import decide, request
from tests.api.test_merge import books_balance, two  # noqa: F401 -- whatever happens here, the books are good
from tests.cli.counter import Counter
from tests.documents import small
from tests.guarding import Page
from tests.merging import merge, part

LIMITED = {"approvals": {"adjustment": {"reward": {"single": 10}}}}


def test_m6_only_who_may_act_is_merged_and_takes_somebody_in(make):
    ana, ben = two(make)
    counter = Counter(make, ben)
    for gone_to, back in (("suspend", "resume"), ("leave", "come-back"), ("report-death", "take-death-back")):
        counter.turns_to(gone_to)
        for gone, stays in ((ana, ben), (ben, ana)):
            told = merge(gone, stays, 422, f"{gone_to}-{gone.member_id}")
            assert (told["code"], told["act"]) == ("state_forbids", "merge")
        counter.turns_to(back)
    merge(ben, ana)


def test_m9_a_turn_of_the_merged_ones_life_is_one_of_the_survivors(make):
    ana, ben = two(make)
    carl = make.shopper(ana.till)
    ben.buy("30.00")
    merge(ben, ana)
    counter = Counter(make, ben)
    counter.turns_to("suspend", "--note", "seen twice")
    assert ana.look("")["state"] == ben.look("")["state"] == "suspended"
    assert ben.buy(expect=422)["code"] == ana.buy(expect=422)["code"] == "card_blocked"
    counter.turns_to("report-death")
    assert "same_member" in counter.turns_to("settle-estate", "--heir", ben.member_id, exit_code=1)
    counter.turns_to("settle-estate", "--heir", carl.member_id)
    assert (ana.figures()[0], carl.figures()[0]) == (0, 30)
    assert ben.adjust(1, expect=422)["code"] == "state_forbids"
    assert part(ben, 422)["code"] == "not_as_before"


def test_m9_who_was_merged_is_what_they_were_where_the_survivor_has_died(make):
    ana, ben = two(make)
    ben.buy("30.00")
    merge(ben, ana)
    Counter(make, ana).turns_to("report-death")
    part(ben)
    assert (ben.look("")["state"], ana.look("")["state"]) == ("active", "deceased")
    ben.redeem(30)


def test_notes_of_both_are_read_of_either_and_a_freeze_keeps_the_survivors_points_in(app, make, clock):
    ana, ben = two(make)
    for member, words in ((ana, "likes tea"), (ben, "likes coffee")):
        make.run("members", "note", member.member_id, words, "--reference", words)
    merge(ben, ana)
    make.run("members", "note", ben.member_id, "likes both", "--reference", "n3")
    shown = make.run("members", "notes", ana.member_id).output
    assert shown == make.run("members", "notes", ben.member_id).output
    assert all(words in shown for words in ("likes tea", "likes coffee", "likes both"))
    assert "likes coffee" in ana.till.get(f"/members/{ana.member_id}/export").text
    ana.buy("10.00")
    Page(app, clock, ben).freeze()
    assert ana.redeem(1, 422)["code"] == "spend_locked"


def test_a_correction_that_waits_is_decided_as_it_was_asked_for_and_passed_on(make):
    ana, ben = two(make, **LIMITED)
    bob = make.person("bob")
    waits = [ben.adjust(points, expect=202) for points in (40, 20)]
    merge(ben, ana)
    decided = decide(bob, waits[0])["adjustment"]
    assert decided["balance"]["reward"]["available"] == ana.figures()[0] == 40
    assert ben.adjust(11, expect=202)["member_id"] == ana.member_id
    booked = {line["operation"] for line in ben.look("/entries")["items"] if line["kind"] == "adjust"}
    assert booked == {request(bob, waits[0])["adjustment_id"]}
    part(ben)
    decide(bob, waits[1], key="k2")
    assert (ana.figures()[0], ben.figures()[0]) == (0, 60)


@pytest.mark.parametrize("which", [0, 1])
def test_nobody_acts_on_a_member_whose_other_half_they_are_linked_with(make, which):
    ana, ben = both = two(make, **LIMITED)
    waits = ben.adjust(40, expect=202)
    merge(ben, ana)
    linked = both[which].member_id
    for name in ("T1", "bob"):
        make.run("staff-cards", "link", "--store", "office", "--cashier", name, "--member", linked)
    for refused in (ana.adjust(1, expect=422), ben.adjust(1, expect=422), part(ben, 422)):
        assert refused["code"] == "self_dealing"
    assert decide(make.person("bob"), waits, expect=422)["code"] == "self_dealing"
    carl = make.shopper(ana.till)
    assert merge(carl, ana, 422, "m-2")["code"] == "self_dealing"


def test_a_what_if_leaves_out_whoever_was_ever_merged_and_says_how_many(make, tmp_path):
    ana, ben = two(make)
    make.shopper(ana.till).buy("20.00")
    ana.buy("50.00")
    ben.buy("50.00")
    merge(ben, ana)
    part(ben)
    file = tmp_path / "draft.json"
    file.write_text(json.dumps(small()), "utf-8")
    told = json.loads(make.run("programme", "what-if", str(file), "--json").stdout)
    assert told["members"]["members"] == 3
    assert (told["members"]["merged"], told["members"]["unlike"]) == (2, 0)
    assert "left out are 2" in make.run("programme", "what-if", str(file)).stdout
