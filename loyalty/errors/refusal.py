"""What every refusal is, and the limit that all arithmetic keeps (N1)."""

MOST_POINTS = 10**12  #: an operation moves at most this many, in a unit's smallest steps (N1)


class Refusal(Exception):
    """Base of all refusals. `code` is a public promise: never rename it.

    `judged` refusals are judged after the member was found and locked; an Idempotency-Key
    remembers them (P3), and `remembered` says that its claim is written and must be committed.
    """

    code = "refused"
    judged = False

    def __init__(self, **facts: object) -> None:
        super().__init__(self.code)
        self.facts = facts
        self.remembered = False
        self.replayed = False
