from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import select, update

from loyalty import ids, members
from loyalty.db import carry_out, reading
from loyalty.ledger import packing
from loyalty.members import Member, Newcomer, Person

SHA = "a" * 64
CONSENT = {
    "purpose": "health_check",
    "recipient": "City Clinic",
    "data": "name, birth date",
    "text_sha256": SHA,
    "language": "zh",
    "channel": "counter",
}


@pytest.fixture
def desk(make):
    make.programme()
    return make.till()


def join(desk, key="k1", **told):
    answer = desk.post("/members", {"name": "Ana Silva"} | told, idempotency_key=key)
    assert answer.status_code == 201, answer.json
    return answer.json


def test_a_person_joins_and_holds_the_first_card(desk, clock):
    member = join(
        desk,
        phone="912 345 678",
        email="Ana@Example.com",
        birth_date="2000-02-29",
        address={"lines": ["Rua Augusta 1"], "city": "Lisboa", "country": "PT"},
        identity=[{"kind": "id_card", "number": "12345678-X"}],
        references=["core-1"],
        locale="pt",
        attributes={"shoe_size": 38, "vip": True, "note": "likes tea"},
        consents=[CONSENT],
    )
    assert member["state"] == "active"
    assert member["tier"] == member["card"]["tier"] == "standard"
    assert len(member["card"]["number"]) == 16
    assert member["card"]["last_day"] == "2027-01-04"
    assert member["card"]["valid_until"] == "2027-01-05T00:00:00Z"
    assert member["phone"] == "912 345 678"
    assert member["identity"] == [{"kind": "id_card", "last_four": "678X"}]
    assert member["references"] == ["core-1"]
    assert member["attributes"] == {"shoe_size": 38, "vip": True, "note": "likes tea"}
    assert member["address"] == {"lines": ["Rua Augusta 1"], "city": "Lisboa", "country": "PT"}
    assert member["consents"] == [CONSENT | {"given_at": "2026-01-05T02:00:00Z", "withdrawn_at": None}]
    shown = desk.get(f"/members/{member['member_id']}")
    assert shown.json == member
    assert shown.headers["ETag"] == f'"{member["version"]}"'


def test_a_member_below_the_first_tier_is_enrolled_and_has_no_card(make):
    make.programme("insurer-club.toml")
    member = join(make.till())
    assert (member["state"], member["tier"], member["card"]) == ("enrolled", None, None)


def test_p2_joining_twice_with_one_key_makes_one_member(desk):
    first = desk.post("/members", {"name": "Ana Silva"}, idempotency_key='"k1"')
    again = desk.post("/members", {"name": "Ana Silva"}, idempotency_key="k1")
    assert again.json == first.json
    assert again.status_code == 201
    assert "Idempotency-Replayed" not in first.headers
    assert again.headers["Idempotency-Replayed"] == "true"


def test_p2_the_same_key_with_another_name_is_reused(desk):
    join(desk)
    answer = desk.post("/members", {"name": "Eva"}, idempotency_key="k1")
    assert (answer.status_code, answer.json["code"]) == (422, "key_reused")


def test_p2_a_reference_is_a_business_key_and_needs_no_header(desk):
    told = {"name": "Ana Silva", "references": ["core-1", "core-2"]}
    first, again = desk.post("/members", told), desk.post("/members", told)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json["member_id"] == again.json["member_id"]


def test_p2_without_any_key_nobody_joins(desk):
    answer = desk.post("/members", {"name": "Ana Silva"})
    assert (answer.status_code, answer.json["code"]) == (400, "idempotency_key_missing")


def test_p2_a_malformed_key_is_refused(desk):
    answer = desk.post("/members", {"name": "Ana Silva"}, idempotency_key="x" * 256)
    assert (answer.status_code, answer.json["code"]) == (400, "idempotency_key_malformed")


def test_m5_a_document_belongs_to_one_member(desk):
    join(desk, identity=[{"kind": "id_card", "number": "12345678-X"}])
    told = {"name": "Eva", "identity": [{"kind": "id_card", "number": " 12345678 x"}]}
    answer = desk.post("/members", told, idempotency_key="k2")
    assert (answer.status_code, answer.json["code"]) == (422, "already_member")


def test_m5_a_reference_belongs_to_one_member(desk, make):
    join(desk, references=["core-1"])
    answer = desk.post("/members", {"name": "Eva", "references": ["core-2", "core-1"]})
    assert (answer.status_code, answer.json["code"]) == (422, "already_member")


def test_m5_a_refused_enrolment_leaves_nothing_behind(app, desk):
    join(desk, references=["core-1"])
    desk.post("/members", {"name": "Eva", "references": ["core-2", "core-1"]})
    with app.app_context(), reading() as session:
        assert session.scalars(select(Person.name)).all() == ["Ana Silva"]


def test_m5_no_document_number_is_kept(app, desk):
    join(desk, identity=[{"kind": "id_card", "number": "12345678-X"}])
    with app.app_context(), reading() as session:
        rows = session.connection().exec_driver_sql("SELECT * FROM identity_document").all()
        kept = session.connection().exec_driver_sql("SELECT scope, key, outcome FROM claim").all()
    rows += [(scope, key, packing.unpacked(told)) for scope, key, told in kept if told]
    assert "1234" not in str(rows)


def patch(desk, member, body, version=None):
    version = version or member["version"]
    return desk.send("PATCH", f"/members/{member['member_id']}", body, if_match=f'"{version}"')


def test_contacts_change_and_null_empties(desk):
    member = join(desk, phone="912345678", email="ana@example.com", locale="pt")
    answer = patch(desk, member, {"phone": "+86 138 0013 8000", "email": None, "attributes": {"a": 1}})
    changed = answer.json
    assert (changed["phone"], changed["email"], changed["locale"]) == ("+86 138 0013 8000", None, "pt")
    assert changed["attributes"] == {"a": 1}
    assert answer.headers["ETag"] == f'"{member["version"] + 1}"'
    again = patch(desk, changed, {"locale": None, "address": {"lines": ["x"]}}).json
    assert (again["locale"], again["address"]) == (None, {"lines": ["x"]})
    assert desk.post("/members/lookup", {"phone": "008613800138000"}).status_code == 200


@pytest.mark.parametrize(
    "body", [{"name": "Eva"}, {"identity": []}, {"references": ["x"]}, {"birth_date": "2000-01-01"}]
)
def test_m5_names_and_documents_do_not_change_here(desk, body):
    answer = patch(desk, join(desk), body)
    assert (answer.status_code, answer.json["code"]) == (422, "invalid_request")


def test_p2_a_change_needs_the_version_it_was_made_from(desk):
    member = join(desk)
    path = f"/members/{member['member_id']}"
    assert desk.send("PATCH", path, {"locale": "en"}).status_code == 428
    assert patch(desk, member, {"locale": "en"}, version=member["version"] + 1).status_code == 412
    assert patch(desk, member, {"locale": "en"}).status_code == 200
    stale = patch(desk, member, {"locale": "zh"})
    assert (stale.status_code, stale.json["code"]) == (412, "version_stale")


def test_a3_a_change_of_nobody_is_not_found(desk):
    assert patch(desk, {"member_id": "0", "version": 1}, {"locale": "en"}).status_code == 404


def test_m10_consents_are_added_and_the_last_word_stands(desk, clock):
    member = join(desk, consents=[CONSENT])
    clock.move(timedelta(days=1))
    other = CONSENT | {"purpose": "lounge", "recipient": "Airport"}
    changed = patch(desk, member, {"consents": [CONSENT | {"act": "withdrawn"}, other]}).json["consents"]
    stands = {one["purpose"]: (one["given_at"], one["withdrawn_at"]) for one in changed}
    assert stands == {
        "health_check": ("2026-01-05T02:00:00Z", "2026-01-06T02:00:00Z"),
        "lounge": ("2026-01-06T02:00:00Z", None),
    }


@pytest.mark.parametrize("missing", sorted(CONSENT))
@pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
def test_m10_a_consent_says_everything(desk, missing):
    consent = {name: value for name, value in CONSENT.items() if name != missing}
    answer = desk.post("/members", {"name": "Ana", "consents": [consent]}, idempotency_key="k1")
    assert list(answer.json["fields"]) == [f"consents.0.{missing}"]


def test_m10_the_database_refuses_to_rewrite_a_consent(app, desk):
    join(desk, consents=[CONSENT])
    with app.app_context(), pytest.raises(Exception, match="append-only"):
        carry_out(lambda session: session.execute(update(members.Consent).values(purpose="other")))


@pytest.mark.parametrize("state", ["suspended", "left", "deceased"])
def test_m9_the_card_of_a_member_who_may_not_act_is_refused(app, desk, state):
    member = join(desk)
    with app.app_context():
        carry_out(lambda session: session.execute(update(Member).values(state=state)))
    answer = desk.post("/members/lookup", {"card": member["card"]["number"]})
    assert (answer.status_code, answer.json["code"]) == (422, "card_blocked")
    shown = desk.get(f"/members/{member['member_id']}").json
    assert shown["state"] == state
    refused = desk.post(f"/members/{member['member_id']}/cards", {"reason": "lost"}, idempotency_key="k2")
    assert refused.json["code"] == "card_blocked"


def test_m9_no_other_state_is_kept(app, desk):
    join(desk)
    with app.app_context(), pytest.raises(Exception, match="state_known"):
        carry_out(lambda session: session.execute(update(Member).values(state="asleep")))


def test_n8_birthdays_are_found_by_day_in_chunks(app, clock):
    born = ["02-28", "02-29", "03-01", "02-29"]

    def add(session):
        return [
            members.add(
                session,
                Newcomer(name="Ana", birth_date=clock.now().date().replace(2000, *map(int, day.split("-")))),
                clock.now(),
                enrolled_on=clock.now().date(),
                region="PT",
                identity_key=b"k",
            ).member_id
            for day in born
        ]

    def found(session, joined_before, mmdds, after_id, limit):
        return members.members_with_birthday(session, mmdds, joined_before, after_id, limit)

    later = clock.now() + timedelta(days=1)
    with app.app_context():
        made = carry_out(add)
        with reading() as session:
            leap, common = [229], [228, 229]
            born_on = partial(found, session, later)
            assert born_on(leap, 0, 10) == [made[1], made[3]]
            assert born_on(common, 0, 2) == [made[0], made[1]]
            assert born_on(common, made[1], 2) == [made[3]]
            assert found(session, clock.now(), common, 0, 10) == []


def test_an_id_on_the_wire_is_opaque(desk):
    assert ids.from_text(join(desk)["member_id"]) is not None
