"""What a colleague sees of a member whom they have not opened is masked, or written down."""

from tests.pages.colleagues import Colleague
from tests.pages.counter import acts_of
from tests.pages.desk import says


def test_who_is_seen_before_a_merge_is_named_in_the_chain(app, make):
    """Bulk reading: the other side of a merge shows points, by card or by number; each look is noted."""
    make.club()
    ana, ben = make.shopper(name="Ana Silva"), make.shopper(name="Ben Quill")
    ben.adjust(777)
    lin = Colleague(app, "desk", name="Lin")
    lin.opens(ana.member_id)
    at = f"/staff/members/{ana.member_id}/merge"
    by_card = lin.post(at, card=ben.card)
    by_number = lin.post(at, step="ask", other=ben.member_id, key="k")
    for answer, status in ((by_card, 200), (by_number, 422)):
        says(answer, "777", status=status)
        assert "Quill" not in answer.text
    assert lin.post(at, step="ask", other="0", key="k").status_code == 404
    named = {"with": ana.member_id}
    assert [told for _, *told in acts_of(make, "member.compared")] == [[ben.member_id, named]] * 2
