"""Whether a member's points may leave now: their own lock, a freeze, the pause after a change. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from loyalty import calendar
from loyalty.errors import SpendLocked

PAUSE = timedelta(hours=24)  #: so long points stay after a contact was changed: who was told can answer


@dataclass(frozen=True, slots=True)
class SpendGuard:
    """What keeps a member's points in; None is open."""

    locked_at: datetime | None = None  #: the member's own wish, taken back as easily
    frozen_at: datetime | None = None  #: a notice was answered with "it was not me"
    paused_until: datetime | None = None  #: at that instant the pause is over

    def is_shut(self, now: datetime) -> bool:
        """Whether points stay where they are at `now`.

        >>> from datetime import UTC
        >>> noon = datetime(2026, 1, 5, 12, tzinfo=UTC)
        >>> SpendGuard(paused_until=noon).is_shut(noon), SpendGuard(frozen_at=noon).is_shut(noon)
        (False, True)
        """
        return self.locked_at is not None or self.frozen_at is not None or self._is_paused(now)

    def check(self, now: datetime) -> None:
        """Raises SpendLocked; with `until` only where waiting alone opens it."""
        if self.locked_at is not None or self.frozen_at is not None:
            raise SpendLocked
        if self.paused_until is not None and self._is_paused(now):
            raise SpendLocked(until=calendar.instant_text(self.paused_until))

    def _is_paused(self, now: datetime) -> bool:
        return self.paused_until is not None and now < self.paused_until
