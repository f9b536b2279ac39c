"""CSV files as they come: encodings and separators, found or refused."""

import codecs
from pathlib import Path

import pytest

from loyalty.jobs.importing.opening import open_table
from loyalty.jobs.importing.table import FileUnreadable, Layout, rows


def opened(folder, content, encoding=None):
    file = Path(folder) / "told.csv"
    file.write_bytes(content)
    return open_table(file, encoding)


def read(folder, content):
    table, faults = opened(folder, content), []
    told = [*rows(table, Layout({name: name for name in table.header}, {}), faults)]
    return table.read_as, [dict(row.cells) for row in told], [(one.line, str(one)) for one in faults], told


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize(
    ("encoding", "read_as"), [("utf-8", "UTF-8"), ("utf-8-sig", "UTF-8"), ("gb18030", "GB18030")]
)
def test_encoding_and_separator_are_found(tmp_path, separator, encoding, read_as):
    lines = f'name{separator}note\r\n王小明{separator}"a{separator}b"\r\n'
    found, cells, faults, _ = read(tmp_path, lines.encode(encoding))
    assert (found, cells, faults) == (read_as, [{"name": "王小明", "note": f"a{separator}b"}], [])


def test_lines_of_two_encodings_are_not_guessed_at(tmp_path):
    mixed = "name\n小明\n".encode() + "王大明\n".encode("gb18030")
    with pytest.raises(FileUnreadable, match="mixes encodings: line 2 is written in UTF-8, others are not"):
        opened(tmp_path, mixed)
    assert opened(tmp_path, mixed, "gb18030").read_as == "GB18030"


@pytest.mark.parametrize("mark", [codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE])
def test_utf_16_is_told_by_its_name(tmp_path, mark):
    with pytest.raises(FileUnreadable, match="is written in UTF-16: save it as CSV UTF-8, or as XLSX"):
        opened(tmp_path, mark + b"a\0")


def test_a_million_columns_are_no_table(tmp_path):
    with pytest.raises(FileUnreadable, match="has more than 200 columns"):
        opened(tmp_path, b"," * 1_000_000)


def test_a_cell_holds_no_nul_and_no_novel(tmp_path):
    *_, told = read(tmp_path, b"a,b\n1\x002,2\n%s,2\n" % (b"x" * 32_768))
    assert [row.unfit for row in told] == [{"a": "holds a control character"}, {"a": "is longer than 32,767"}]


def test_a_quote_that_is_never_closed_ends_the_reading_on_its_line(tmp_path):
    _, cells, faults, _ = read(tmp_path, b'a,b\n1,2\n"3,4\n' + b"x,y\n" * 300_000)
    assert cells == [{"a": "1", "b": "2"}]
    assert "nothing after it was read" in faults[0][1]


def test_what_our_tables_quote_is_read_as_it_was(tmp_path):
    _, cells, _, _ = read(tmp_path, b"phone,note\n'+8613800138000,'tis so\n'=1,'\n")
    assert cells == [{"phone": "+8613800138000", "note": "'tis so"}, {"phone": "=1", "note": "'"}]
