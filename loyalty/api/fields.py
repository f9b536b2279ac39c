"""Values on the wire: each field refuses what it cannot hold exactly."""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any

from marshmallow import ValidationError, fields, validate

from loyalty import calendar, ids
from loyalty.api.compiled import NotPlain
from loyalty.errors import MOST_POINTS, NotFound

FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2999, 12, 31)
_INSTANT = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})[Tt]([0-9]{2}:[0-9]{2}:[0-9]{2})(?:\.([0-9]{1,9}))?([Zz]|[+-][0-9]{2}:[0-9]{2})"
)
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_QUANTITY = re.compile(r"(-?)([0-9]{1,9})(?:\.([0-9]{1,3}))?")


class WholeInt(fields.Integer):
    """A whole number from `min` to `max`, both inclusive. 5.0 is 5; 1.5, true and "5" are refused."""

    def __init__(self, *, min: int = 0, max: int = MOST_POINTS, **kwargs: Any) -> None:
        self.least, self.most = min, max
        super().__init__(strict=True, validate=validate.Range(min=min, max=max), **kwargs)

    def plainly(self, value: Any) -> int:
        """A whole number, told as one."""
        if type(value) is int and self.least <= value <= self.most:
            return value
        raise NotPlain

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> int:
        if isinstance(value, bool) or not isinstance(value, int | float) or value != value // 1:
            raise ValidationError("must be a whole number")
        return int(value)


class QueryInt(fields.Integer):
    """A whole number in a query string: ASCII digits alone."""

    def __init__(self, *, min: int = 0, max: int, **kwargs: Any) -> None:
        super().__init__(strict=True, validate=validate.Range(min=min, max=max), **kwargs)

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> int:
        if not re.fullmatch(r"[0-9]{1,12}", str(value)):
            raise ValidationError("must be a whole number")
        return int(value)


class Truth(fields.Boolean):
    """true or false, and nothing that equals them."""

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> Any:
        if not isinstance(value, bool):
            raise self.make_error("invalid", input=value)
        return value


class Text(fields.String):
    """Text of `min` to `max` characters, kept as told: nothing is stripped. NUL is refused.

    `form` is what a text of another form or length hears.
    """

    def __init__(
        self, *, max: int, min: int = 1, pattern: str | None = None, form: str | None = None, **kwargs: Any
    ) -> None:
        checks: list[Any] = [validate.Length(min=min, max=max, error=form)]
        if pattern is not None:
            checks.append(validate.Regexp(f"(?:{pattern})\\Z", error=form or "has another form"))
            kwargs["metadata"] = {"pattern": f"^(?:{pattern})$", **kwargs.get("metadata", {})}
        self.least, self.most = min, max
        self._fits = re.compile(f"(?:{pattern or '(?s:.*)'})\\Z").match
        super().__init__(validate=checks, **kwargs)

    def plainly(self, value: Any) -> str:
        """Such a text."""
        if type(value) is not str or not self.least <= len(value) <= self.most or "\0" in value:
            raise NotPlain
        if not self._fits(value):
            raise NotPlain
        return value

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> Any:
        if not isinstance(value, str):
            raise ValidationError("must be text")
        if "\0" in value:
            raise ValidationError("must not hold NUL")
        return value


class MoneyText(Text):
    """An amount of money as a decimal string. It stays text: the currency knows its digits (N2)."""

    def __init__(self, *, signed: bool = False, **kwargs: Any) -> None:
        sign = "-?" if signed else ""
        pattern, form = f"{sign}[0-9]{{1,12}}(?:\\.[0-9]{{1,4}})?", 'must be a decimal string such as "12.50"'
        super().__init__(max=20, pattern=pattern, form=form, **kwargs)


class CardNumber(Text):
    """A number that a card shows: ours, or an imported foreign one."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            min=4, max=32, pattern="[0-9A-Za-z]+", form="4 to 32 letters or digits, no blanks", **kwargs
        )


class CodeText(Text):
    """The code that a member's page shows (M4)."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min=20, max=20, pattern="71[0-9]{18}", form="20 digits that begin with 71", **kwargs)


class Instant(fields.DateTime):
    """An instant by RFC 3339 with an offset, between 1900 and 2999; inside, aware and in UTC."""

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> Any:
        return self.plainly(value)

    def plainly(self, value: Any) -> datetime:
        """The instant. Raises ValidationError."""
        return _instant_of(value if isinstance(value, str) else "")

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return None if value is None else calendar.instant_text(value)


class Day(fields.Date):
    """A calendar day, YYYY-MM-DD, between 1900 and 2999."""

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> Any:
        return self.plainly(value)

    def plainly(self, value: Any) -> date:
        """The day. Raises ValidationError."""
        return _day_of(value if isinstance(value, str) else "")


class Quantity(fields.String):
    """A quantity as a decimal string with up to three digits; inside, whole thousandths."""

    def __init__(self, *, signed: bool = False, **kwargs: Any) -> None:
        self.signed = signed
        pattern = f"^{'-?' if signed else ''}[0-9]{{1,9}}(?:\\.[0-9]{{1,3}})?$"
        kwargs["metadata"] = {"pattern": pattern, **kwargs.get("metadata", {})}
        super().__init__(**kwargs)

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> Any:
        return self.plainly(value)

    def plainly(self, value: Any) -> int:
        """Thousandths. Raises ValidationError."""
        parts = _QUANTITY.fullmatch(value) if isinstance(value, str) else None
        if parts is None or (parts[1] and not self.signed):
            raise ValidationError("must be a decimal string with up to three digits, such as 1.5")
        thousandths = int(parts[2]) * 1000 + int(f"{parts[3] or '0':0<3}")
        return -thousandths if parts[1] else thousandths

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        if value is None:
            return None
        whole, rest = divmod(abs(value), 1000)
        text = f"{whole}.{rest:03}".rstrip("0").rstrip(".")
        return f"-{text}" if value < 0 else text


class Id(fields.String):
    """An opaque id; inside, its number. A text we never gave out is heard as an unknown object (A3)."""

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> Any:
        if not isinstance(value, str):
            raise ValidationError("must be text")
        number = ids.from_text(value)
        if number is None:
            raise NotFound.at(attr or "id")
        return number

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return None if value is None else ids.to_text(value)


class PairId(fields.String):
    """An id that carries its member; inside, the two numbers. Heard as `Id` is."""

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> Any:
        if not isinstance(value, str):
            raise ValidationError("must be text")
        pair = ids.pair_from_text(value)
        if pair is None:
            raise NotFound.at(attr or "id")
        return pair


@lru_cache(maxsize=1024)
def _instant_of(text: str) -> datetime:
    """Tills tell the same instant, and day, over and over."""
    parts = _INSTANT.fullmatch(text)
    if parts is None:
        raise ValidationError("must be an instant with an offset, such as 2026-01-31T09:30:00+08:00")
    day, clock, fraction, offset = parts.groups()
    offset = "+00:00" if offset in "Zz" else offset
    try:
        instant = datetime.fromisoformat(f"{day}T{clock}.{(fraction or '0')[:6]:0<6}{offset}").astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValidationError("is not an instant of the calendar") from None
    _refuse_far_days(instant.date())
    return instant


@lru_cache(maxsize=1024)
def _day_of(text: str) -> date:
    if not _DAY.fullmatch(text):
        raise ValidationError("must be a day, such as 2026-01-31")
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise ValidationError("is not a day of the calendar") from None
    _refuse_far_days(day)
    return day


def _refuse_far_days(day: date) -> None:
    if not FIRST_DAY <= day <= LAST_DAY:
        raise ValidationError(f"must lie between {FIRST_DAY} and {LAST_DAY}")
