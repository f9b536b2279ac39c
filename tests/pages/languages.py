"""The Chinese of the pages' English words, so that a walk can press the same button in either language."""

from functools import cache
from pathlib import Path

from babel.messages.pofile import read_po

from loyalty.pages import words

_FILE = Path(words.__file__).parent / "translations" / "zh_Hans_CN" / "LC_MESSAGES" / "messages.po"


@cache
def chinese() -> dict[str, str]:
    """English → Chinese, of texts without a plural."""
    with _FILE.open("rb") as file:
        return {one.id: one.string for one in read_po(file) if isinstance(one.id, str) and one.id}


def said_in(language: str, english: str, **told: object) -> str:
    """A text of the pages in the language that a browser asks for. Raises KeyError for one there is not."""
    text = chinese()[english] if language.startswith("zh") else english
    return text % told if told else text
