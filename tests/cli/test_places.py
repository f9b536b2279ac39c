"""`flask places` and `flask service-managers`: where benefits are given, and who looks after members."""

import pytest


def lines(make, group):
    return make.run(group, "list").stdout.splitlines()


def test_places_are_opened_changed_closed_and_listed(make):
    names = ("--zh", "三号航站楼", "--en", "Terminal 3")
    assert (
        make.run("places", "open", "t3", "--provider", "airport", *names).stdout == "opened: t3 of airport\n"
    )
    assert (
        make.run("places", "open", "t3", "--provider", "lounges", *names).stdout == "changed: t3 of lounges\n"
    )
    make.run("places", "open", "inn", "--provider", "hotel", "--zh", "酒店", "--en", "Inn")
    make.run("places", "close", "t3")
    assert lines(make, "places") == ["inn  hotel  酒店  Inn", "t3  lounges  三号航站楼  Terminal 3  closed"]
    make.run("places", "open", "t3", "--provider", "airport", *names)
    assert lines(make, "places")[0] == "t3  airport  三号航站楼  Terminal 3"


def test_a_place_that_is_not_there_is_not_closed(make):
    assert "no place nowhere" in make.run("places", "close", "nowhere", exit_code=1).output


@pytest.mark.parametrize("code", ["T3", "-", "a b", "x" * 41])
def test_a_place_has_a_code(make, code):
    told = make.run("places", "open", "--provider", "p", "--zh", "甲", "--en", "A", "--", code, exit_code=2)
    assert "CODE" in told.output


def test_service_managers_come_change_leave_and_come_back(make):
    assert make.run("service-managers", "add", "A-1", "--name", "Ms A").stdout == "added: A-1\n"
    assert (
        make.run("service-managers", "add", "A-1", "--name", "Ms B", "--no-pool").stdout == "changed: A-1\n"
    )
    assert lines(make, "service-managers") == ["A-1  Ms B"]
    for _ in range(2):
        assert make.run("service-managers", "leave", "A-1").stdout == "left: A-1\n"
    assert lines(make, "service-managers") == ["A-1  Ms B  left"]
    make.run("service-managers", "add", "A-1", "--name", "Ms B")
    assert lines(make, "service-managers") == ["A-1  Ms B  pool"]
    assert "no manager A-2" in make.run("service-managers", "leave", "A-2", exit_code=1).output
