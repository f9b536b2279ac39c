"""What a core system holds now, compared with what the club knows of its policies (I8)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from loyalty import ids, members, policies
from loyalty.decide.programme import Editions
from loyalty.decide.rating import Told
from loyalty.errors import NotFound
from loyalty.money import money_text
from loyalty.policies import PolicyState

CHUNK = 500  #: policies that are looked at together

Named = tuple[str, str | None]  #: by which field the core system names a holder, and how


@dataclass(frozen=True, slots=True)
class Current:
    """A policy as the core system holds it; its premium is one instalment of all coverages together."""

    policy_no: str
    version: int
    status: str
    named: Named
    premium_minor: int | None = None  #: None: not compared


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing in which the two do not agree."""

    policy_no: str
    kind: str
    says: str = ""


@dataclass(slots=True)
class Comparison:
    """The policies of a core system against those of the club at an instant."""

    session: Session
    editions: Editions
    there: Mapping[str, Current]
    now: datetime
    outsiders: int = 0  #: policies there that nobody in the club holds: no matter of the club's

    def differences(self) -> Iterator[Difference]:
        """Each difference: first of policies that the club knows, by number, then of those it should know.

        A policy that counts nothing any more need not be there.
        """
        seen, after = set[str](), ""
        while numbers := policies.numbers(self.session, after, CHUNK):
            states = policies.states_of(self.session, numbers)
            for policy_no in numbers:
                yield from self._of(self.there.get(policy_no), self._held(states[policy_no]))
            seen.update(numbers)
            after = numbers[-1]
        for policy_no in sorted(self.there.keys() - seen):
            if self._enrols() or self._member(self.there[policy_no].named) is not None:
                yield Difference(policy_no, "missing here")
            else:
                self.outsiders += 1

    def _held(self, states: tuple[PolicyState, ...]) -> PolicyState:
        """The state that holds now; of a policy yet to begin the latest told."""
        return Told(states).at(self.now) or states[-1]

    def _of(self, there: Current | None, here: PolicyState) -> Iterator[Difference]:
        no = here.policy_no
        if there is None:
            if self.editions.at(self.now).programme.policies.counts.get(here.status, 0) != 0:
                yield Difference(no, "missing there", f"{here.status} here")
            return
        if here.version != there.version:
            way = "behind" if here.version < there.version else "ahead"
            yield Difference(no, f"version {way}", f"{here.version} here, {there.version} there")
        if here.status != there.status:
            yield Difference(no, "status differs", f"{here.status} here, {there.status} there")
        if not self._same_holder(there.named, here):
            holder = ids.to_text(here.holder) if here.holder is not None else here.holder_reference
            yield Difference(no, "holder differs", f"{holder} here, {there.named[1]} there")
        minor = sum(coverage.premium_minor for coverage in here.coverages)
        if there.premium_minor is not None and there.premium_minor != minor:
            told = [money_text(one, here.currency) for one in (minor, there.premium_minor)]
            yield Difference(no, "premium differs", f"{told[0]} here, {told[1]} there")

    def _same_holder(self, named: Named, here: PolicyState) -> bool:
        if named == ("reference", here.holder_reference):
            return True
        told = ("reference", here.holder_reference)
        holder = here.holder if here.holder is not None else self._member(told)
        return holder is not None and holder == self._member(named)

    def _member(self, named: Named) -> int | None:
        field, text = named
        if field == "member_id":
            return ids.from_text(text or "")
        try:
            return members.by_reference(self.session, text or "").member_id
        except NotFound:
            return None

    def _enrols(self) -> bool:
        return self.editions.at(self.now).programme.club.enrolment == "automatic"
