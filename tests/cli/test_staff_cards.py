import pytest

from loyalty import ids

LINK = ("--store", "S1", "--cashier", "c7", "--member")


@pytest.fixture
def ana(make):
    make.club()
    return make.shopper()


def acts(make):
    return int(make.run("audit", "verify").stdout.split()[0])


def test_a_cashiers_own_card_is_flagged_at_their_own_till(make, ana):
    make.run("staff-cards", "link", *LINK, ana.member_id)
    assert ana.buy("10.00", cashier="c7")["flags"] == ["own_card"]
    assert ana.figures()[0] == 10
    for other in ({"cashier": "c8"}, {"cashier": None}, {"store": "S2", "cashier": "c7"}):
        body = {name: value for name, value in ana.sale("1.00", **other).items() if value is not None}
        assert ana.tell("/purchases", body, 201)["flags"] == []
    assert make.shopper().buy("1.00", cashier="c7")["flags"] == []


def test_a_club_may_deny_it(make):
    make.club(**{"club.own_card": "deny"})
    ana = make.shopper()
    make.run("staff-cards", "link", *LINK, ana.member_id)
    told = ana.buy("10.00", cashier="c7", expect=422, key="k")
    assert (told["code"], told["action"]) == ("own_card", "call_manager")
    assert ana.till.batch(ana.sale("10.00", cashier="c7"))[0]["code"] == "own_card"
    ana.buy("10.00", cashier="c8")
    make.run("staff-cards", "unlink", *LINK, ana.member_id)
    ana.buy("10.00", cashier="c7")
    assert ana.figures()[0] == 20


def test_links_are_listed_and_undone(make, ana):
    bea, before = make.shopper(), acts(make)
    for member in (ana, bea, ana):
        told = make.run("staff-cards", "link", *LINK, member.member_id).stdout
    assert told == f"already linked: c7 of S1 is {ana.member_id}\n"
    listed = make.run("staff-cards", "list").stdout.splitlines()
    assert sorted(listed) == sorted(f"S1  c7  {one.member_id}" for one in (ana, bea))
    make.run("staff-cards", "unlink", *LINK, ana.member_id)
    assert make.run("staff-cards", "list").stdout == f"S1  c7  {bea.member_id}\n"
    make.run("staff-cards", "unlink", *LINK, ana.member_id, exit_code=1)
    assert acts(make) == before + 3


@pytest.mark.parametrize("member", ["?", ids.to_text(7)])
def test_nobody_cannot_be_linked(make, member):
    assert "no member" in make.run("staff-cards", "link", *LINK, member, exit_code=1).output


@pytest.mark.parametrize("name", ["", " c7", "c\n7", "c" * 41])
def test_a_name_that_no_till_could_send_is_refused(make, ana, name):
    words = ("--store", "S1", "--cashier", name, "--member", ana.member_id)
    make.run("staff-cards", "link", *words, exit_code=2)
