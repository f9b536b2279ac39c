"""Messages told in English where they arise, read in the reader's language: word for word, or by pattern."""

import re
from collections.abc import Iterable, Mapping

from flask_babel import gettext

_HOLE = re.compile(r"%\\\((\w+)\\\)s")


def N_(text: str) -> str:
    """A text to be translated when it is shown."""
    return text


class Phrases:
    """The messages that have words of their own; a pattern has holes, as `%(name)s`."""

    def __init__(self, fixed: Iterable[str], patterns: Mapping[str, str]) -> None:
        self._fixed = frozenset(fixed)
        self._shapes = [
            (words, re.compile(_HOLE.sub(r"(?P<\1>.+?)", re.escape(told)), re.DOTALL))
            for told, words in patterns.items()
        ]

    def find(self, message: str) -> tuple[str, Mapping[str, str]] | None:
        """The words for a message, still to be translated, and what fills their holes; the first that fit."""
        if message in self._fixed:
            return message, {}
        for words, shape in self._shapes:
            if found := shape.fullmatch(message):
                return words, found.groupdict()
        return None


def translated(words: str, holes: Mapping[str, str]) -> str:
    """A sentence of them in the reader's language."""
    text = str(gettext(words, **holes) if holes else gettext(words))
    return text[:1].upper() + text[1:]
