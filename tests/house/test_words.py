import re
from dataclasses import fields

from config.settings import Settings, default_text, variable
from loyalty import access, app, errors, problems  # noqa: F401 -- the application brings every table
from loyalty.tables import Base
from tests.house.sources import CODE, ROOT, name

EXAMPLE = (ROOT / ".env.example").read_text("utf-8")
GLOSSARY = ROOT / "docs" / "glossary.md"


def refusals(parent: type[errors.Refusal] = errors.Refusal) -> list[type[errors.Refusal]]:
    return [one for child in parent.__subclasses__() for one in (child, *refusals(child))]


def test_every_refusal_has_a_status_and_a_code_of_its_own():
    assert set(problems.PROBLEMS) == set(refusals())
    codes = [refusal.code for refusal in refusals()]
    assert len(set(codes)) == len(codes)
    assert "refused" not in codes
    assert all(400 <= problem.status < 600 for problem in problems.PROBLEMS.values())


def test_every_refusal_is_raised_somewhere():
    lists = ("loyalty/errors/", "loyalty/problems/")
    text = "\n".join(file.read_text("utf-8") for file in CODE if not name(file).startswith(lists))
    assert [one.__name__ for one in refusals() if not re.search(rf"\b{one.__name__}\b", text)] == []


def test_every_table_says_what_a_row_means():
    tables = [mapper.class_ for mapper in Base.registry.mappers]
    assert tables
    assert [table.__name__ for table in tables if not table.__dict__.get("__doc__")] == []


def test_each_setting_is_in_the_example_with_its_default():
    told = dict(re.findall(r"^(LOYALTY_\w+)=(.*)$", EXAMPLE, re.MULTILINE))
    assert told == {variable(one.name): default_text(one.name) for one in fields(Settings)}


def test_each_word_of_the_glossary_is_used():
    words = re.findall(r"^\| \*\*([^*|]+)\*\*", GLOSSARY.read_text("utf-8"), re.MULTILINE)
    text = "\n".join(file.read_text("utf-8").lower() for file in CODE)
    assert words, "the glossary is a table whose words are bold"
    unused = [word for word in words if not all(part.rstrip("s") in text for part in word.lower().split())]
    assert unused == []
