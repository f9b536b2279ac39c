"""The sections `consent` of a programme: what a member is asked to allow, in the words they see. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256

from loyalty.document import Section

MOST_CONSENTS = 20
_TEXT_MOST = 2_000


@dataclass(frozen=True, slots=True)
class ConsentTerms:
    """What may be allowed, to whom, and which data it covers; `text` is what is shown, by language (M10)."""

    code: str  #: the purpose
    name: Mapping[str, str]
    text: Mapping[str, str]
    recipient: str
    data: str
    needed_to_join: bool

    def sha256_of(self, language: str) -> str:
        """The digest of the text that was shown in a language."""
        return sha256(self.text[language].encode()).hexdigest()


def parse(document: Section) -> tuple[ConsentTerms, ...]:
    """The sections `consent`; none when the key is absent."""
    found = []
    for section in document.tables("consent", most=MOST_CONSENTS):
        text = section.table("text")
        found.append(
            ConsentTerms(
                section.code("code"),
                section.names("name"),
                {tongue: text.text(tongue, most=_TEXT_MOST, spread=True) for tongue in ("zh", "en")}
                if text
                else {},
                section.text("recipient", most=80),
                section.text("data", most=200),
                section.truth("needed_to_join", False),
            )
        )
    codes = [one.code for one in found]
    for place, code in enumerate(codes):
        if code in codes[:place]:
            document.note(f"consent[{place}].code", f'"{code}" is there twice')
    return tuple(found)
