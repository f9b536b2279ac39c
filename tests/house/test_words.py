"""The words of the pages: each is translated, none is left over, and what is compiled is what is written."""

from babel.messages.extract import extract_from_dir
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po

from loyalty.pages.look import HERE

KEPT = HERE / "translations/zh_Hans_CN/LC_MESSAGES"
METHODS = [("**.py", "python"), ("templates/**.html", "jinja2")]


def words_of(catalogue):
    """Every text by what it translates; a plural's forms go together."""
    return {str(_flat(one.id)): _flat(one.string) for one in catalogue if one.id}


def _flat(text):
    return text if isinstance(text, str) else tuple(text)


def test_every_word_of_the_pages_is_translated():
    said = {str(_flat(found[2])) for found in extract_from_dir(HERE, METHODS)}
    with (KEPT / "messages.po").open("rb") as file:
        translated = words_of(read_po(file, locale="zh_Hans_CN"))
    assert said == set(translated)
    assert [word for word, text in translated.items() if not any(text)] == []


def test_what_is_compiled_is_what_was_translated():
    with (KEPT / "messages.po").open("rb") as po, (KEPT / "messages.mo").open("rb") as mo:
        assert words_of(read_mo(mo)) == words_of(read_po(po, locale="zh_Hans_CN"))
