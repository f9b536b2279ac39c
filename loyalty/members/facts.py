"""What is told about members, pure: a newcomer, acts of consent, and the consent that stands after them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal

Reason = Literal["lost", "damaged", "stolen"]
AGENT = "agent"  #: who serves a person: known of a customer, not of a newcomer


@dataclass(frozen=True, slots=True)
class ConsentAct:
    """One act of consent as it was told: what for, to whom, which data, and the text that was shown."""

    act: Literal["given", "withdrawn"]
    purpose: str
    recipient: str
    data: str
    text_sha256: str
    language: str
    channel: str


@dataclass(frozen=True, slots=True)
class Newcomer:
    """A person who joins. `identity` holds (kind, number) pairs; of the numbers only digests are kept."""

    name: str
    phone: str | None = None
    email: str | None = None
    birth_date: date | None = None
    address: Mapping[str, Any] | None = None
    identity: tuple[tuple[str, str], ...] = ()
    references: tuple[str, ...] = ()
    locale: str | None = None
    attributes: Mapping[str, Any] = field(default_factory=dict)
    consents: tuple[ConsentAct, ...] = ()


@dataclass(frozen=True, slots=True)
class ToldCustomer:
    """A person as the core system sees them, by one reference; a newer version replaces an older one.

    `given` holds those of phone, email, birth_date, address and agent that were told; None empties one, and
    what is left out stays as it is.
    """

    reference: str
    version: int
    name: str
    given: Mapping[str, Any] = field(default_factory=dict)
    documents: tuple[tuple[str, str], ...] | None = None  #: (kind, number) of all there are; None: not told
    references: tuple[str, ...] = ()  #: further ones of the same person
    deceased: bool | None = None

    @property
    def newcomer(self) -> Newcomer:
        """The same person, who is not in the club yet."""
        of_person = {name: value for name, value in self.given.items() if name != AGENT}
        references = tuple(dict.fromkeys((self.reference, *self.references)))
        return Newcomer(self.name, identity=self.documents or (), references=references, **of_person)


@dataclass(frozen=True, slots=True)
class ConsentState:
    """Where one purpose towards one recipient stands: given, or given once and withdrawn."""

    purpose: str
    recipient: str
    data: str
    text_sha256: str
    language: str
    channel: str
    given_at: datetime | None
    withdrawn_at: datetime | None


def standing_consents(told: Iterable[tuple[datetime, ConsentAct]]) -> list[ConsentState]:
    """The state after those acts, in the order they were told; a purpose and recipient's last one counts."""
    found: dict[tuple[str, str], ConsentState] = {}
    for told_at, act in told:
        before = found.pop((act.purpose, act.recipient), None)
        given = act.act == "given"
        found[act.purpose, act.recipient] = ConsentState(
            act.purpose,
            act.recipient,
            act.data,
            act.text_sha256,
            act.language,
            act.channel,
            given_at=told_at if given else before.given_at if before else None,
            withdrawn_at=None if given else told_at,
        )
    return list(found.values())
