"""The languages of pages: the browser's, or the one that was switched to; days and times of the club."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from urllib.parse import urlencode

from babel.dates import format_date, format_datetime, format_skeleton
from babel.numbers import format_currency
from flask import Blueprint, Flask, Response, g, request
from flask_babel import Babel, get_locale
from markupsafe import Markup, escape

from loyalty import members, problems
from loyalty.errors import Refusal
from loyalty.money import money_text
from loyalty.pages.look import HERE

LANGUAGES = {"zh": "zh_Hans_CN", "en": "en_GB"}
SIZES = ("normal", "large")
_AFTER_DAY = {"zh": "", "en": ","}  #: what stands between a day and a time
_COOKIE, _SIZE, _YEAR = "language", "size", 365 * 86_400


def register(app: Flask) -> None:
    """Speak the reader's language on every page."""
    Babel(
        app,
        default_locale=LANGUAGES["en"],
        default_translation_directories=str(HERE / "translations"),
        locale_selector=lambda: LANGUAGES[language()],
    )
    app.add_template_filter(day_shown)
    app.add_template_filter(month_text)
    app.add_template_filter(clock_text)
    app.add_template_filter(short_day_shown)
    app.add_template_filter(named)
    app.add_template_filter(said)
    app.add_template_filter(number_text)
    app.add_template_filter(signed_text)
    app.add_template_filter(moment_shown)
    app.add_template_filter(card_text)
    app.add_template_filter(short_month_text)
    app.add_template_filter(weekday_text)
    app.add_template_filter(exact_text)
    app.add_template_filter(money_shown)
    app.add_template_filter(members.phone_shown)
    app.add_template_filter(members.envelope_lines)
    app.add_template_global(language)
    app.add_template_global(size)
    app.add_template_global(with_query)


def speak(pages: Blueprint) -> None:
    """Let `?language=` and `?size=` switch a blueprint's pages, and remember it."""
    pages.after_request(_remember)


def language() -> str:
    """`zh` or `en`: as was switched to, else as the browser asks."""
    if "language" not in g:
        told = request.args.get("language", request.cookies.get(_COOKIE, ""))
        g.language = told if told in LANGUAGES else request.accept_languages.best_match(LANGUAGES, "en")
    return str(g.language)


def size() -> str:
    """`normal` or `large` type, as was switched to."""
    told = request.args.get(_SIZE, request.cookies.get(_SIZE, ""))
    return told if told in SIZES else SIZES[0]


def with_query(**changed: str) -> str:
    """This page's own address with some of its query changed."""
    return "?" + urlencode(request.args.to_dict() | changed)


def named(names: Mapping[str, str]) -> str:
    """What something is called in the reader's language."""
    return names.get(language()) or next(iter(names.values()))


def said(refusal: Refusal) -> str:
    """A refusal in words that may be read out."""
    problem = problems.problem_of(refusal)
    return problem.zh if language() == "zh" else problem.en


def day_text(day: date | str) -> str:
    """A day, or its ISO text, as people write it: 30 April 2026, 2026年4月30日."""
    return format_date(date.fromisoformat(day) if isinstance(day, str) else day, "long", get_locale())


def month_text(day: date) -> str:
    """The month of a day: April 2026, 2026年4月."""
    return str(format_skeleton("yMMMM", day, locale=get_locale()))


def day_shown(day: date | str) -> Markup:
    """A day, or its ISO text, on a page: its words stay on one line."""
    return _time(str(day), day_text(day))


def short_day_shown(day: date) -> Markup:
    """The same where there is little room: 30 Apr 2026, 2026年4月30日."""
    return _time(str(day), format_date(day, "medium", get_locale()))


def clock_text(instant: datetime) -> str:
    """The time of day of a local instant: 14:20."""
    return format_datetime(instant, "HH:mm", tzinfo=instant.tzinfo, locale=get_locale())


def moment_text(instant: datetime) -> str:
    """A local instant as people write it: 30 April 2026, 14:20."""
    return f"{day_text(instant.date())}{_AFTER_DAY[language()]} {clock_text(instant)}"


def moment_shown(instant: datetime) -> Markup:
    """The same on a page: only between the day and the time a line may end."""
    day = escape(day_text(instant.date()) + _AFTER_DAY[language()])
    return Markup('<time class="moment" datetime="{}"><span>{}</span> <span>{}</span></time>').format(
        instant.isoformat(), day, clock_text(instant)
    )


def short_month_text(day: date) -> str:
    """The month of a day, in short: Mar, 3月."""
    return format_date(day, "LLL", get_locale())


def weekday_text(day: date) -> str:
    """The day of the week, in short: Sat, 周六."""
    return format_date(day, "ccc", get_locale())


def exact_text(share: Fraction) -> str:
    """An exact number with no more digits than it needs: 12.5, 20."""
    return f"{Decimal(share.numerator) / Decimal(share.denominator):f}"


def number_text(points: int, decimals: int = 0) -> str:
    """Points, told in a unit's smallest steps, as people write them: 12,480; a minus is a real one."""
    digits = f"{Decimal(abs(points)).scaleb(-decimals):,.{decimals}f}"
    return f"\u2212{digits}" if points < 0 else digits


def signed_text(points: int, decimals: int = 0) -> str:
    """The same with its sign, as a change: +200, \u2212400."""
    return f"+{number_text(points, decimals)}" if points > 0 else number_text(points, decimals)


def card_text(number: str) -> str:
    """A card number in fours."""
    return " ".join(number[place : place + 4] for place in range(0, len(number), 4))


def money_shown(minor: int, currency: str) -> str:
    """An amount in minor units as people write it: €50.00."""
    return format_currency(Decimal(money_text(minor, currency)), currency, locale=get_locale())


def _time(iso: str, text: str) -> Markup:
    return Markup('<time datetime="{}">{}</time>').format(iso, text)


def _remember(answer: Response) -> Response:
    for name, values in ((_COOKIE, LANGUAGES), (_SIZE, SIZES)):
        told = request.args.get(name, "")
        if told in values:
            answer.set_cookie(
                name, told, max_age=_YEAR, httponly=True, samesite="Lax", secure=request.is_secure
            )
    return answer
