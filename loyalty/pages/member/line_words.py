"""The lines of a statement in the reader's words: what happened, where, and what its points went to."""

from collections.abc import Iterable, Mapping
from functools import cache

from flask_babel import gettext

from loyalty.pages.words import language, named
from loyalty.reads.lines import Line, LotPart, RulePart

#: The kinds of operation that a reader chooses among; `other` is what none of them has.
GROUPS = {
    "earned": frozenset({"earn", "open", "policy", "import", "transfer_in"}),
    "used": frozenset({"redeem", "capture", "transfer_out", "tier_price"}),
    "expired": frozenset({"expire", "forfeit"}),
    "other": frozenset(
        {"hold", "release", "void", "reverse", "return", "adjust", "cancel", "position", "tier_refund"}
        | {"merge_out", "merge_in", "hold_out", "hold_in", "promise_out", "promise_in", "pass_on"}
    ),
}
#: What the clock does happens at its instant, whenever it is written down.
BY_THE_CLOCK = frozenset({"open", "release", "expire", "forfeit", "tier_price", "tier_refund"})


def kind_words() -> Mapping[str, str]:
    """What each kind of operation is called."""
    return _kind_words(language())


@cache
def _kind_words(_language: str) -> Mapping[str, str]:
    return {
        "earn": gettext("Points earned"),
        "open": gettext("Pending points became usable"),
        "hold": gettext("Points set aside"),
        "release": gettext("Points set aside are free again"),
        "capture": gettext("Points spent"),
        "void": gettext("Points set aside are free again"),
        "redeem": gettext("Points spent"),
        "reverse": gettext("Points given back"),
        "return": gettext("Return"),
        "adjust": gettext("Correction by the club"),
        "expire": gettext("Expired"),
        "cancel": gettext("Cancelled"),
        "import": gettext("Brought along from before"),
        "transfer_in": gettext("Received from a member"),
        "transfer_out": gettext("Passed on to a member"),
        "policy": gettext("A policy counts"),
        "position": gettext("A change to a policy"),
        "tier_price": gettext("For the card"),
        "tier_refund": gettext("Given back for the card"),
        "forfeit": gettext("Ended with the term of the card"),
        "merge_out": gettext("Moved to the other membership"),
        "merge_in": gettext("Came from the other membership"),
        "hold_out": gettext("Points set aside moved to the other membership"),
        "hold_in": gettext("Points set aside came from the other membership"),
        "promise_out": gettext("Pending points moved to the other membership"),
        "promise_in": gettext("Pending points came from the other membership"),
        "pass_on": gettext("From a purchase of the other membership"),
    }


def occasion_words() -> Mapping[str, str]:
    """What points are earned on."""
    return _occasion_words(language())


@cache
def _occasion_words(_language: str) -> Mapping[str, str]:
    return {
        "purchase": gettext("Purchase"),
        "activity": gettext("Activity"),
        "enrolment": gettext("Joining the club"),
        "birthday": gettext("Birthday"),
        "anniversary": gettext("Anniversary of joining"),
        "premium": gettext("Premium paid"),
    }


def group_words() -> dict[str, str]:
    """The groups of kinds, in the order they are offered."""
    return {
        "earned": gettext("Earned"),
        "used": gettext("Used"),
        "expired": gettext("Expired"),
        "other": gettext("Other"),
    }


def kinds_meant(words: str) -> frozenset[str]:
    """The kinds of operation whose name in the reader's language has these words."""
    wanted = words.lower()
    kinds = {kind for kind, name in kind_words().items() if wanted in name.lower()}
    groups = (GROUPS[group] for group, name in group_words().items() if wanted in name.lower())
    return frozenset(kinds.union(*groups))


def title_of(line: Line) -> str:
    """What a line is about, in a few words."""
    if line.order is not None and line.kind == "redeem":
        return str(gettext("Reward: %(name)s", name=named(line.order.name)))
    if line.order is not None and line.kind == "reverse":
        return str(gettext("Points given back: %(name)s", name=named(line.order.name)))
    if line.kind == "redeem" and line.reasons.get("for"):
        paid = line.reasons["for"]
        return str(gettext("Purchase paid with points") if paid == "purchase" else paid)
    if line.kind == "earn":
        on = line.reasons.get("on", "purchase")
        if on != "purchase" and line.rules and line.rules[0].name:
            return named(line.rules[0].name)
        return occasion_words().get(on, kind_words()["earn"])
    return kind_words()[line.kind]


def place_of(line: Line) -> str:
    """Where it was, or which policy it is of; a policy's number by its end alone."""
    if line.store:
        return line.store
    policy = line.reasons.get("policy")
    return str(gettext("policy ending in %(end)s", end=str(policy)[-4:])) if policy else ""


def referred_words(line: Line) -> str:
    """What the operation is called that a line belongs to: only sales are returned and cancelled."""
    if line.refers_to is None:
        return ""
    of_sale = line.refers_to.kind == "earn" and line.kind in ("return", "cancel")
    return occasion_words()["purchase"] if of_sale else kind_words()[line.refers_to.kind]


def rule_name(rule: RulePart) -> str:
    """What a rule is called; its code where the programme tells no name."""
    return named(rule.name) if rule.name else rule.code


def why_of(line: Line) -> Iterable[str]:
    """What is to be said of a line beside its rules and its lots, a sentence each."""
    told = line.reasons
    if line.kind == "expire":
        days = sorted({lot.last_day for lot in line.lots if lot.last_day is not None})
        if "unclaimed" in told:
            yield gettext("These points waited for something that did not come in time.")
        elif "inactive_since" in told:
            yield gettext("There was no movement for so long that these points ended.")
        elif days:
            yield gettext("These points could be used until the day shown below.")
    if line.kind in ("return", "cancel"):
        yield gettext("What came back takes its points along.")
    if line.kind == "reverse":
        yield gettext("The points went back to the days they had before.")
    if line.kind == "position":
        yield gettext("Points follow what the club is told of a policy.")
    if line.kind == "adjust":
        yield gettext("Somebody of the club corrected the points. The desk can tell you why.")
    if line.kind == "forfeit":
        yield gettext("These points belonged to a card whose term is over.")
    if line.booked_at is None:
        yield gettext("This happened by the clock and is written down overnight.")
    if any(lot.is_debt and lot.points > 0 for lot in line.lots):
        yield gettext("A part of it paid what was owed.")
    if any(lot.is_debt and lot.points < 0 for lot in line.lots):
        yield gettext("A part of it was no longer there: it is owed, and the next points pay it.")


def lot_words(lot: LotPart) -> str:
    """What became of points of one lot."""
    if lot.is_debt:
        return str(gettext("owed") if lot.points < 0 else gettext("owed no more"))
    if lot.contra == "debt":
        return str(gettext("paid what was owed"))
    words = {
        "issued": gettext("added"),
        "redeemed": gettext("used") if lot.points < 0 else gettext("given back"),
        "expired": gettext("expired"),
        "returned": gettext("taken back"),
        "adjusted": gettext("corrected"),
        "transferred": gettext("passed on") if lot.points < 0 else gettext("received"),
        "merged": gettext("taken over"),
        "forfeited": gettext("ended"),
        "imported": gettext("brought along"),
        "position": gettext("changed"),
    }
    return str(words[lot.contra])
