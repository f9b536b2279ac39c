"""What staff read of a member: states, reasons and kinds in words."""

from flask_babel import gettext


def state_words() -> dict[str, str]:
    """The states of members (M9)."""
    return {
        "enrolled": gettext("No card yet"),
        "active": gettext("Active"),
        "suspended": gettext("Suspended"),
        "left": gettext("Has left"),
        "deceased": gettext("Deceased"),
        "settled": gettext("Estate settled"),
    }


def opening_words() -> dict[str, str]:
    """Why a member is opened."""
    return {
        "visit": gettext("They are at the counter"),
        "call": gettext("They are on the phone"),
        "letter": gettext("They have written"),
        "case": gettext("A case that is under way"),
        "check": gettext("A check of the books"),
        "other": gettext("Something else"),
    }


def correction_words() -> dict[str, str]:
    """Why points are corrected, by the codes that the books keep."""
    return {
        "missing": gettext("Points are missing"),
        "wrong": gettext("Points were given by mistake"),
        "complaint": gettext("A complaint"),
        "goodwill": gettext("Goodwill"),
        "other": gettext("Something else"),
    }


def household_reasons() -> dict[str, str]:
    """Why a household is changed, by the codes that the chain of acts keeps."""
    return {
        "family": gettext("They are a family"),
        "asked": gettext("They asked for it"),
        "separated": gettext("They live apart"),
        "mistake": gettext("It was a mistake"),
        "other": gettext("Something else"),
    }


def note_words() -> dict[str, str]:
    """The kinds of notes that staff write."""
    return {
        "general": gettext("General"),
        "call": gettext("A call"),
        "visit": gettext("A visit"),
        "complaint": gettext("A complaint"),
        "state": gettext("A change of state"),
    }


def visit_words() -> dict[str, str]:
    """What became of a visit."""
    return {
        "waiting": gettext("On the waiting list"),
        "reserved": gettext("Booked"),
        "used": gettext("Used"),
        "cancelled": gettext("Cancelled"),
        "no_show": gettext("Did not come"),
    }


def card_words() -> dict[str, str]:
    """Why a card ended."""
    return {
        "lost": gettext("Lost"),
        "stolen": gettext("Stolen"),
        "damaged": gettext("Damaged"),
        "replaced": gettext("Replaced"),
    }


def review_words() -> dict[str, str]:
    """Why a card is what it is, as terms tell it."""
    return {
        "joined": gettext("Joined the club"),
        "lift": gettext("Lifted by the measure"),
        "review": gettext("Reviewed at the term's end"),
        "fall": gettext("Fallen with the measure"),
        "by_hand": gettext("Given by hand"),
        "resumed": gettext("Goes on after a lift was void"),
        "imported": gettext("Brought along from before"),
    }


def policy_words() -> dict[str, str]:
    """The statuses of policies, as they are (I3)."""
    return {
        "proposed": gettext("Being set up"),
        "in_force": gettext("In force"),
        "grace": gettext("In force, in its days of grace"),
        "paid_up": gettext("In force, fully paid"),
        "reduced_paid_up": gettext("In force, fully paid at a lower cover"),
        "premium_waived": gettext("In force, nothing more to pay"),
        "matured": gettext("Matured"),
        "expired": gettext("Run to its end"),
        "lapsed": gettext("Lapsed"),
        "lapse_terminated": gettext("Ended after lapsing"),
        "surrendered": gettext("Surrendered"),
        "claim_terminated": gettext("Ended by a claim"),
        "cancelled": gettext("Cancelled"),
        "rescinded": gettext("Rescinded"),
    }


def turn_words() -> dict[str, tuple[str, str]]:
    """What turns a member's state: its name, and what happens then (M9)."""
    return {
        "suspend": (
            gettext("Suspend"),
            gettext("They may sign in and look, and nothing moves. What was booked before goes on."),
        ),
        "resume": (gettext("End the suspension"), gettext("Card and page work again at once.")),
        "leave": (
            gettext("They leave the club"),
            gettext(
                "Bookings end, devices are signed out, the card stops. Points are kept as the programme says."
            ),
        ),
        "come_back": (
            gettext("They come back"),
            gettext("They are a member again, with the points that are still kept."),
        ),
        "die": (
            gettext("They have died"),
            gettext("Card, bookings and letters stop at once. Points wait until the estate is settled."),
        ),
        "restore": (
            gettext("The death was told in error"),
            gettext("They are what they were. Bookings that ended stay so."),
        ),
        "settle": (
            gettext("Settle the estate"),
            gettext("All points that can be spent pass on to the heir, or are forfeited. This is for good."),
        ),
    }


def turn_reasons() -> dict[str, str]:
    """Why a member's state is turned, by the codes that the chain of acts keeps."""
    return {
        "own_wish": gettext("Their own wish"),
        "document_seen": gettext("A document was seen"),
        "told_by_family": gettext("The family told us"),
        "suspicion": gettext("A suspicion of misuse"),
        "error": gettext("An error is put right"),
        "other": gettext("Something else"),
    }
