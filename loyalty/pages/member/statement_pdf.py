"""The statement of a month as a PDF: what a member keeps, prints, and can check line by line."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import cast
from zoneinfo import ZoneInfo

from flask_babel import gettext, ngettext
from fpdf import FPDF
from fpdf.fonts import TTFFont

from loyalty.pages.look import HERE
from loyalty.pages.member import line_words
from loyalty.pages.words import card_text, day_text, language, moment_text, named, number_text, signed_text
from loyalty.reads.lines import Line
from loyalty.reads.month import MonthStatement, UnitMonth

_FONT = HERE / "fonts" / "NotoSansCJKsc-GBK.otf"
_MARK = HERE / "static" / "art" / "mark.svg"
_MISSING = "□"  #: stands visibly for a character that the font has no shape of
_SIDE, _FOOT = 18, 20  #: margins in mm
_WIDTHS = (34, 62, 22, 27, 29)  #: of the columns of lines, in mm: together the page less its sides
_LOT_WIDTHS = (60, 40)
_GAP = 3  #: mm to the right of figures
_SMALL, _TEXT, _HEAD, _TITLE = 8, 9.5, 13, 18  #: in points
_INK, _SOFT, _LINE = 20, 90, 190  #: greys


@dataclass(frozen=True, slots=True)
class Whose:
    """Whose statement it is."""

    club: Mapping[str, str]
    name: str
    card_number: str | None


@dataclass(slots=True)
class _Sums:
    """What the lines drawn so far come to."""

    lines: int = 0
    plus: int = 0
    minus: int = 0


def draw(statement: MonthStatement, whose: Whose, zone: ZoneInfo) -> bytes:
    """The PDF, in the reader's language; every line that `statement` yields is read on the way."""
    paper = _Paper(statement, whose, zone)
    with _font_of(paper):
        paper.add_page()
        paper.whose(whose, statement)
        for month in statement.units:
            paper.unit(month, statement, zone)
        paper.check(statement.until.astimezone(zone))
        return bytes(paper.output())


class _Paper(FPDF):
    """A4 with the club's name at the head of every page and its number at the foot."""

    def __init__(self, statement: MonthStatement, whose: Whose, zone: ZoneInfo) -> None:
        super().__init__(format="A4")
        words, self.club = gettext("Statement of points"), named(whose.club)
        self.period = _period(statement)
        self.table_head: tuple[str, ...] = ()  # repeated where a table goes on
        self.set_margins(_SIDE, _SIDE)
        self.set_auto_page_break(True, _FOOT)
        self.add_font("club", fname=_FONT)
        self.set_font("club", size=_TEXT)
        self.set_lang("zh-Hans" if language() == "zh" else "en")
        self.heading = f"{self.club} · {words} · {self.period}"
        self.set_title(_printable(self.heading))
        self.set_creation_date(statement.until.astimezone(zone))

    def header(self) -> None:
        """The club and, from the second page on, what this is a page of; a table's head once more."""
        if self.page_no() == 1:
            self.image(_MARK, _SIDE + 1, _SIDE, w=11)
            self.set_xy(_SIDE + 15, _SIDE)
            self.say(self.club, _HEAD, high=11)
            return
        self.say(self.heading, _SMALL, _SOFT, high=7)
        if self.table_head:
            self.row(self.table_head, soft=True)

    def footer(self) -> None:
        """Page so many of so many."""
        self.set_y(-14)
        self.ink(_SMALL, _SOFT)
        words = gettext("Page %(page)s of %(pages)s", page=self.page_no(), pages="{nb}")
        self.cell(0, 6, _printable(words), align="C")

    def whose(self, whose: Whose, statement: MonthStatement) -> None:
        """What this is, of whom, and of which days."""
        self.ln(8)
        self.say(gettext("Statement of points"), _TITLE, high=11)
        self.say(self.period, _HEAD, _SOFT, high=8)
        self.ln(3)
        self.say(gettext("Member: %(name)s", name=whose.name), high=6)
        if whose.card_number:
            self.say(gettext("Card number: %(number)s", number=card_text(whose.card_number)), high=6)

    def unit(self, month: UnitMonth, statement: MonthStatement, zone: ZoneInfo) -> None:
        """One unit: opening, lines with what each left, closing, lots by their last usable day."""
        decimals, sums = month.terms.decimals, _Sums()
        self.ln(6)
        self.together(40)
        self.say(named(month.terms.name), _HEAD, high=9)
        head = (gettext("Day"), gettext("What"), gettext("Change"), gettext("Balance"), gettext("Number"))
        self.row(head, soft=True)
        self.table_head = head
        left = number_text(month.opening, decimals)
        self.row((day_text(statement.first), gettext("Opening balance"), "", left, ""))
        balance = month.opening
        for line in _told(month.lines, sums):
            balance += line.points
            self.line_of(line, balance, decimals, zone)
        if not sums.lines:
            self.row(("", gettext("Nothing moved in this time."), "", "", ""), soft=True)
        left = number_text(month.closing, decimals)
        self.row((day_text(statement.last), gettext("Closing balance"), "", left, ""))
        self.table_head = ()
        self.sums(sums, decimals)
        self.lots(month, decimals)

    def line_of(self, line: Line, balance: int, decimals: int, zone: ZoneInfo) -> None:
        """One line, with the place it was at, and the day it was told where that is a later one."""
        happened, booked = line.happened_at.astimezone(zone).date(), line.booked_at
        place = line_words.place_of(line)
        what = line_words.title_of(line) + (f" · {place}" if place else "")
        if booked is not None and line.happened_at < booked and booked.astimezone(zone).date() > happened:
            day = day_text(booked.astimezone(zone).date())
            if line.kind not in line_words.BY_THE_CLOCK:
                what += " · " + gettext("told on %(day)s", day=day)
        number = line.operation.rpartition("-")[2] if line.operation else ""
        points, left = signed_text(line.points, decimals), number_text(balance, decimals)
        self.row((day_text(happened), what, points, left, number))

    def sums(self, sums: _Sums, decimals: int) -> None:
        """What adds up, to check it."""
        self.say(
            ngettext(
                "%(lines)s line: %(plus)s and %(minus)s.",
                "%(lines)s lines: %(plus)s and %(minus)s.",
                sums.lines,
                lines=number_text(sums.lines),
                plus=signed_text(sums.plus, decimals),
                minus=number_text(sums.minus, decimals),
            ),
            _SMALL,
            _SOFT,
            high=6,
        )

    def lots(self, month: UnitMonth, decimals: int) -> None:
        """What of the closing balance is good until when, and what is not free to be spent."""
        shown = month.balance
        told = [(day_text(one.last_day), number_text(one.points, decimals)) for one in shown.expiring]
        endless = shown.available - sum(one.points for one in shown.expiring)
        if endless:
            words = gettext("while the card lasts") if shown.paused else gettext("without an end")
            told.append((words, number_text(endless, decimals)))
        for words, points in (
            (gettext("set aside"), shown.held),
            (gettext("owed"), -shown.debt),
            (gettext("pending, not in the balance"), shown.pending),
        ):
            if points:
                told.append((words, number_text(points, decimals)))
        if not told:
            return
        self.ln(2)
        self.together(20)
        head = (gettext("Usable until"), gettext("Amount"))
        self.row(head, widths=_LOT_WIDTHS, soft=True)
        for words, figure in told:
            self.row((words, figure), widths=_LOT_WIDTHS)

    def check(self, until: datetime) -> None:
        """How to check all this, and ask about it."""
        self.ln(6)
        self.together(40)
        self.say(gettext("How to check this statement"), _HEAD, high=9)
        for words in (
            gettext("The opening balance and the points of all lines come to the closing balance."),
            gettext("What was told late stands in the month in which the club heard of it."),
            gettext(
                "Every line has a number: look it up under Points on your pages, or tell it to the desk."
            ),
            gettext("These are the club's books as of %(moment)s.", moment=moment_text(until)),
        ):
            self.say(words, high=5.5)

    def say(self, words: str, points: float = _TEXT, grey: int = _INK, high: float = 6) -> None:
        """A paragraph."""
        self.ink(points, grey)
        self.multi_cell(0, high, _printable(words), new_x="LMARGIN", new_y="NEXT", align="L")

    def row(self, cells: tuple[str, ...], *, widths: tuple[int, ...] = _WIDTHS, soft: bool = False) -> None:
        """A row of a table: text to the left, figures of points to the right, as high as its longest text."""
        self.ink(_SMALL, _SOFT if soft else _INK)
        texts = [self.broken(cell, wide) for cell, wide in zip(cells, widths, strict=True)]
        high = 4.6 * max(len(lines) for lines in texts) + 1.6
        if self.will_page_break(high):
            self.add_page()
            self.ink(_SMALL, _SOFT if soft else _INK)
        top, right = self.get_y(), len(widths) > len(_LOT_WIDTHS)
        for place, (lines, wide) in enumerate(zip(texts, widths, strict=True)):
            left = _SIDE + sum(widths[:place])
            align = "R" if (place in (2, 3) if right else place == 1) else "L"
            for turn, line in enumerate(lines):
                self.set_xy(left, top + 0.8 + 4.6 * turn)
                self.cell(wide - (_GAP if align == "R" else 0), 4.6, line, align=align)
        self.set_draw_color(_LINE)
        self.line(_SIDE, top + high, _SIDE + sum(widths), top + high)
        self.set_xy(_SIDE, top + high)

    def broken(self, words: str, wide: float) -> list[str]:
        """A cell's text in lines that are not wider than the cell."""
        text = _printable(words)
        if self.get_string_width(text) <= wide - 2:
            return [text]
        return cast(list[str], self.multi_cell(wide, 4.6, text, dry_run=True, output="LINES"))

    def together(self, high: float) -> None:
        """Begin on a new page what would be torn apart within so many mm."""
        if self.will_page_break(high):
            self.add_page()

    def ink(self, points: float, grey: int) -> None:
        """The size and grey of what is written next."""
        self.set_font_size(points)
        self.set_text_color(grey)


def _told(lines: Iterator[Line], sums: _Sums) -> Iterator[Line]:
    """The lines, counted as they pass."""
    for line in lines:
        sums.lines += 1
        sums.plus += max(line.points, 0)
        sums.minus += min(line.points, 0)
        yield line


def _period(statement: MonthStatement) -> str:
    first, last = day_text(statement.first), day_text(statement.last)
    return str(gettext("%(first)s – %(last)s", first=first, last=last))


def _printable(words: str) -> str:
    """The words with a visible sign for what the font has no shape of."""
    return "".join(letter if ord(letter) in _shapes() else _MISSING for letter in words)


@cache
def _shapes() -> frozenset[int]:
    """The characters that the font has."""
    paper = FPDF()
    paper.add_font("club", fname=_FONT)
    with _font_of(paper) as font:
        return frozenset(font.cmap)


@contextmanager
def _font_of(paper: FPDF) -> Iterator[TTFFont]:
    """The font of a paper, whose file is closed when the paper is done."""
    font = cast(TTFFont, paper.fonts["club"])
    try:
        yield font
    finally:
        font.ttfont.close()
