from sqlalchemy import text

from tests.ladders import SHANGHAI
from tests.reads.unguarded import audited, lived, spoilt

REQUEST = "UPDATE approval_request SET"
SPOILT = [
    f"{REQUEST} op_id = op_id + 1 WHERE op_id IS NOT NULL",
    f"{REQUEST} checker = 'eve' WHERE state = 'approved'",
    f"{REQUEST} maker = 'eve' WHERE state = 'approved'",
    "UPDATE operation_part SET points = points + 1 WHERE unit = 'reward'",
]


def corrected(make):
    """A correction by one person, one by two, one that waits."""
    make.club(approvals={"adjustment": {"reward": {"single": 10}}})
    ana, bob = make.shopper(), make.person("bob")
    ana.adjust(10)
    path = f"/approvals/{ana.adjust(11, expect=202)['approval_id']}"
    bob.post(f"{path}/approve", {"digest": bob.get(path).json["digest"]}, idempotency_key="k")
    ana.adjust(12, expect=202)


def test_a_correction_of_two_persons_is_what_was_asked_and_approved(kind):
    with lived(kind, corrected) as engine:
        for attack in SPOILT:
            with spoilt(engine) as books:
                assert list(audited(books, SHANGHAI, "approvals")) == []
                books.execute(text(attack))
                assert [fault.where.split()[0] for fault in audited(books, SHANGHAI, "approvals")] == [
                    "approval_request"
                ]
