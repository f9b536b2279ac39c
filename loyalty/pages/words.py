"""The languages of pages: the browser's, or the one that was switched to; days and times of the club."""

from collections.abc import Mapping
from datetime import date, datetime

from babel.dates import format_date, format_datetime
from flask import Blueprint, Flask, Response, g, request
from flask_babel import Babel, get_locale

from loyalty import problems
from loyalty.errors import Refusal
from loyalty.pages.look import HERE

LANGUAGES = {"zh": "zh_Hans_CN", "en": "en_GB"}
_COOKIE, _YEAR = "language", 365 * 86_400


def register(app: Flask) -> None:
    """Speak the reader's language on every page."""
    Babel(
        app,
        default_locale=LANGUAGES["en"],
        default_translation_directories=str(HERE / "translations"),
        locale_selector=lambda: LANGUAGES[language()],
    )
    app.add_template_filter(day_text)
    app.add_template_filter(clock_text)
    app.add_template_filter(named)
    app.add_template_filter(said)
    app.add_template_global(language)


def speak(pages: Blueprint) -> None:
    """Let `?language=` switch a blueprint's pages, and remember it."""
    pages.after_request(_remember)


def language() -> str:
    """`zh` or `en`: as was switched to, else as the browser asks."""
    if "language" not in g:
        told = request.args.get("language", request.cookies.get(_COOKIE, ""))
        g.language = told if told in LANGUAGES else request.accept_languages.best_match(LANGUAGES, "en")
    return str(g.language)


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


def clock_text(instant: datetime) -> str:
    """The time of day of a local instant: 14:20."""
    return format_datetime(instant, "HH:mm", tzinfo=instant.tzinfo, locale=get_locale())


def _remember(answer: Response) -> Response:
    if request.args.get("language") in LANGUAGES:
        answer.set_cookie(
            _COOKIE, language(), max_age=_YEAR, httponly=True, samesite="Lax", secure=request.is_secure
        )
    return answer
