"""What no law can speak of from rows alone: what corruptions leave alone, each with its reason."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Free:
    """A column, or a part of its JSON, or rows of a table to leave out or double (`table:delete`)."""

    what: str  #: with * for anything
    reason: str
    when: Callable[[Row], bool] = lambda row: True  #: only of such rows


UNKEPT = (
    "purchase",
    "fact",
    "release",
    "birthday",
    "anniversary",
    "settle",
)  #: acts whose wishes rows do not tell


def act_of(row: Row) -> str:
    """The act that a claim is on."""
    return str(row["scope"]).removeprefix("key:").partition("@")[0]


def of_a_header(row: Row) -> bool:
    """A claim on the header of a request."""
    return str(row["scope"]).startswith("key:")


def of_a_cancellation(row: Row) -> bool:
    """A claim on cancelling what was cancelled before."""
    was = ((row["outcome"] or {}).get("answer") or {}).get("was")
    return act_of(row).endswith("cancellation") and was == "cancelled"


FREE = (
    Free("claim.request_hash", "what was asked is not kept: attributes of sales and facts, persons, refusals",
         lambda row: row["op_id"] is None or act_of(row) in UNKEPT),
    Free("outbox_message.position:swap", "events go out in no promised order (A5)"),
    Free("outbox_message.event_id", "its last bits are drawn: only its millisecond can be judged"),
    Free("pending.expiry", "left out, it says what its unit says, which is the same"),
    Free("claim.key", "by what name a till cancels a sale is its own word",
         lambda row: act_of(row) == "cancellation"),
    Free("claim.taken_at", "what is cancelled may be cancelled once more, much later", of_a_cancellation),
    Free("sale.cashier", "who was at the till is told by nobody else"),
    Free("sale.lines.*.[123]", "goods and their numbers are told by nobody else; what they cost is judged"),
    Free("operation.reasons.kind", "what an activity was is told by nobody else"),
    Free("review.client", "who told a sale that was held is told by nobody else"),
    Free("approval_request.decided_at", "when the night found it void is told by nobody else",
         lambda row: row["state"] == "void"),
    Free("review.fact.*", "what was told of a sale that nobody booked, but for its amount",
         lambda row: row["state"] != "released"),
    Free("member.version", "it counts changes of contacts and wishes, of which no row is kept"),
    *(Free(f"member.{name}", "a member's own wish, and what a notice led to, are told by nobody else")
      for name in ("spend_locked_at", "frozen_at", "frozen_since", "spend_paused_until",
                   "unwanted_letters*")),
    Free("member.forfeits_at", "until when points are kept is told at the instant of leaving alone"),
    Free("claim:*", "who of a household gives first is kept, not since when",
         lambda row: act_of(row) == "household_order"),
    Free("claim.*", "who of a household gives first is kept, not since when",
         lambda row: act_of(row) == "household_order"),
    Free("claim.cut_at", "which night cut an answer is told by nobody else"),
    Free("claim:*", "how often a request was sent, and under which header, is its client's own", of_a_header),
    Free("claim.key", "a header's key is its client's own word", of_a_header),
    Free("claim.taken_at", "a request may come again much later, and hears the same", of_a_header),
)  # fmt: skip


def is_free(what: str, row: Row) -> bool:
    """Whether something is left alone in a row."""
    return any(fnmatchcase(what, free.what) and free.when(row) for free in FREE)
