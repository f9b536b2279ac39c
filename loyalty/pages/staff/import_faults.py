"""What is wrong with a file that was handed in, in the reader's language."""

from loyalty.pages.phrases import N_, Phrases, translated
from loyalty.pages.words import language
from loyalty.problems import PROBLEMS

FIXED = (
    # of cells
    N_("is missing"),
    N_("is missing; who holds it is told by reference or by member_id"),
    N_("is not JSON"),
    N_("is too large"),
    N_("is below nil"),
    N_("is over"),
    N_("are fewer than none"),
    N_("must not be 0"),
    N_("lies in the future"),
    N_("lies after the instant the member is imported as of"),
    N_("its term does not run at the instant the member is imported as of"),
    N_("holds a control character"),
    N_("holds an error"),
    N_("is a time without a day"),
    N_("one of card, member_id and reference says whose points they are"),
    N_("must be an object of texts, whole numbers and truths"),
    # of policies
    N_("each coverage has a number of its own"),
    N_("is either years or until an age"),
    N_("is years, until an age, or for life"),
    N_("must say what a reduced policy goes on with"),
    # of the whole file
    N_("is no XLSX file"),
    N_("is no XLSX file that can be read: it is damaged, or protected"),
    N_("is a workbook of the old form, or protected by a password: save it as plain XLSX"),
    N_("holds macros: save it as XLSX, with values alone"),
    N_("holds links to other files: save it as XLSX, with values alone"),
    N_("holds a document type, which no workbook needs"),
    N_("names no columns in the first row of its sheet"),
    N_("no programme is published"),
)
PATTERNS = (
    # of cells
    N_("must be from 1 to %(most)s, or below nil"),
    N_("must be from %(least)s to %(most)s"),
    N_("must be a list of up to %(most)s objects"),
    N_("is longer than %(most)s"),
    N_("has more than %(most)s decimals"),
    N_("is a number of more than %(most)s digits, which a spreadsheet rounds: write it as text"),
    N_("is a day for the spreadsheet (%(day)s): write it as text"),
    N_("lies before %(day)s, where spreadsheets disagree: write it as text"),
    N_("%(text)s has not the right form"),
    N_("%(text)s is none of %(known)s"),
    N_("%(text)s is not a number such as 12.50"),
    N_("%(text)s is not a day such as 2026-01-31"),
    N_("%(text)s is not a time such as 2026-01-31 09:30:00"),
    N_("%(text)s is not a phone number"),
    # of lines beside others
    N_("is on line %(line)s too"),
    N_("line %(line)s tells something else of %(text)s"),
    N_("line %(line)s tells another state of it"),
    N_("the state of line %(line)s has a coverage %(number)s already"),
    N_("names no member, as the receipt does on line %(line)s"),
    N_("on line %(line)s the receipt is another member's"),
    N_("the receipt of line %(line)s has a line %(number)s already"),
    # of lines beside the books
    N_("%(text)s is no member"),
    N_("%(text)s is a member already"),
    N_("%(card)s is somebody's already"),
    N_("%(text)s lies in the future"),
    N_("%(text)s lies in the future: %(moment)s"),
    N_("the member's books are already written until %(moment)s"),
    N_("%(text)s: the member's books are already written until %(moment)s"),
    N_("%(text)s was booked before, with other content"),
    N_("%(text)s was taken over before, with other content"),
    # of the whole file
    N_("has %(number)s cells, the header %(width)s"),
    N_("has %(number)s sheets: the one to import goes into a file of its own"),
    N_("has more than %(most)s bytes: split it"),
    N_("has more than %(most)s columns"),
    N_("has more than %(most)s rows: split it"),
    N_("has more than %(most)s rows or %(cells)s cells: split it"),
    N_("holds more than %(most)s parts or %(bytes)s bytes unpacked"),
    N_("holds more than %(most)s letters: split it"),
    N_("is no XLSX file that can be read: %(fault)s"),
    N_("is written in %(encoding)s: save it as CSV UTF-8, or as XLSX"),
    N_("is not written in %(encoding)s"),
    N_("%(fault)s; nothing after it was read"),
    N_("column %(column)s holds a formula: only values are taken"),
    N_("column %(column)s is there twice"),
    N_("column %(column)s is not among %(columns)s"),
    N_("%(field)s is told twice"),
    N_("%(field)s is no field"),
    N_("%(field)s is needed"),
)
#: What is told for the command line, and what is said for it on a page.
_BY_HAND = {
    "is neither UTF-8 nor GB18030; --encoding names another": N_(
        "is neither UTF-8 nor GB18030; choose its encoding"
    ),
    "mixes encodings: line %(line)s is written in UTF-8, others are not; --encoding names one": N_(
        "mixes encodings: line %(line)s is written in UTF-8, others are not; choose one"
    ),
}
_PHRASES = Phrases(FIXED, _BY_HAND | {text: text for text in PATTERNS})
_REFUSALS = {refusal.code: problem for refusal, problem in PROBLEMS.items()}


def in_words(message: str) -> str:
    """A fault as it is read; a refusal by its own words, and what it tells as it stands."""
    if found := _PHRASES.find(message):
        return translated(*found)
    code, _, facts = message.partition(": ")
    if (problem := _REFUSALS.get(code)) is None:
        return message
    words = problem.zh if language() == "zh" else problem.en
    return f"{words} ({facts})" if facts else words


def is_known(message: str) -> bool:
    """Whether a fault has words of its own."""
    return _PHRASES.find(message) is not None or message.partition(": ")[0] in _REFUSALS
