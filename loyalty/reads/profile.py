"""What the club has of a member as a person, as the member's own page shows it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from loyalty import letters, members
from loyalty.decide.programme import Editions
from loyalty.members import ConsentState, ConsentTerms, Member, Person
from loyalty.reads.entitled import promised_now
from loyalty.reads.holder import Holder, holder_now

Names = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Profile:
    """One's own data, whole; `wanted` are the kinds of letters that may be sent."""

    name: str
    phone: str | None
    email: str | None
    birth_date: date | None
    address: Mapping[str, Any] | None
    mail_returned: bool  #: post to this address came back
    wanted: frozenset[str]
    enrolled_on: date
    ways: Mapping[str, str]  #: where codes can be sent, by kind of contact, `phone` first


@dataclass(frozen=True, slots=True)
class ConsentShown:
    """One thing a member may allow: by the programme's words, or, `terms` being None, as told elsewhere."""

    purpose: str
    recipient: str
    data: str
    terms: ConsentTerms | None
    state: ConsentState | None  #: None: never given
    rests: Sequence[Names]  #: what the member's card gives that rests without it

    @property
    def stands(self) -> bool:
        """Whether it is given now."""
        return self.state is not None and self.state.withdrawn_at is None


def profile_of(session: Session, member_id: int) -> Profile:
    """A member as a person. Raises NoResultFound for whoever was forgotten."""
    asked = (
        select(Member, Person)
        .join(Person, Person.member_id == Member.member_id)
        .where(Member.member_id == member_id)
    )
    member, person = session.execute(asked).one()
    return Profile(
        name=person.name,
        phone=person.phone,
        email=person.email,
        birth_date=person.birth_date,
        address=person.address,
        mail_returned=person.mail_returned_at is not None,
        wanted=frozenset(letters.UNWANTABLE) - frozenset(member.unwanted_letters),
        enrolled_on=member.enrolled_on,
        ways=members.reached_by(person),
    )


def consents_of(session: Session, editions: Editions, member_id: int, now: datetime) -> list[ConsentShown]:
    """What a member is asked to allow, in the programme's order, then what they allowed beside it.

    Raises NotFound.
    """
    holder = holder_now(session, editions, member_id, now)
    return consents_shown(editions, holder, members.consents(session, member_id), now)


def consents_shown(
    editions: Editions, holder: Holder, told: Iterable[ConsentState], now: datetime
) -> list[ConsentShown]:
    """The same of a holder who is at hand; `told` are the consents that stand."""
    programme = editions.at(now).programme
    given = promised_now(holder.course, now)
    stand = {(one.purpose, one.recipient): one for one in told}
    found = []
    for terms in programme.consents:
        rests = [one.name for one in given if one.needs_consent == terms.code]
        state = stand.pop((terms.code, terms.recipient), None)
        found.append(ConsentShown(terms.code, terms.recipient, terms.data, terms, state, rests))
    for state in stand.values():
        rests = [one.name for one in given if one.needs_consent == state.purpose]
        found.append(ConsentShown(state.purpose, state.recipient, state.data, None, state, rests))
    return found
