"""What a PDF of ours says, line by line: its streams unpacked, its glyphs read by the font's own table."""

import re
import zlib

_STREAM = re.compile(rb"stream\r?\n(.*?)\r?\nendstream", re.DOTALL)
_GLYPH = re.compile(rb"<([0-9A-Fa-f]+)> <([0-9A-Fa-f]+)>")
_SHOWN = re.compile(rb"([\d.]+) ([\d.]+) Td (?:[^()]*?)\((.*?)(?<!\\)\) Tj", re.DOTALL)
_ESCAPED = re.compile(rb"\\([nrtbf()\\])", re.DOTALL)
_LETTERS = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}


def rows_of(pdf: bytes) -> list[list[str]]:
    """The pieces of text of each printed line, from left to right; the lines from page to page and down."""
    streams = [_unpacked(one) for one in _STREAM.findall(pdf)]
    letters = _letters(next(one for one in streams if b"beginbfchar" in one))
    rows: list[list[str]] = []
    for stream in streams:
        placed: dict[float, list[tuple[float, str]]] = {}
        for left, up, text in _SHOWN.findall(stream):
            placed.setdefault(float(up), []).append((float(left), _read(text, letters)))
        for up in sorted(placed, reverse=True):
            rows.append([text for _, text in sorted(placed[up])])
    return rows


def pages_of(pdf: bytes) -> int:
    """How many pages it has."""
    return len(re.findall(rb"/Type\s*/Page\b", pdf))


def _unpacked(stream: bytes) -> bytes:
    try:
        return zlib.decompressobj().decompress(stream)  # its last byte may look like the end of a line
    except zlib.error:
        return stream


def _letters(table: bytes) -> dict[int, str]:
    glyphs = table.split(b"beginbfchar", 1)[1]
    return {
        int(code, 16): bytes.fromhex(to.decode()).decode("utf-16-be") for code, to in _GLYPH.findall(glyphs)
    }


def _read(text: bytes, letters: dict[int, str]) -> str:
    plain = _ESCAPED.sub(lambda found: _LETTERS.get(found[1], found[1]), text)
    codes = (int.from_bytes(plain[place : place + 2], "big") for place in range(0, len(plain), 2))
    return "".join(letters.get(code, "?") for code in codes)
