"""Who a person is, pure: keyed digests of documents, what names and contacts are searched by (M5)."""

import hmac
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from hashlib import sha256
from importlib.resources import files

import phonenumbers

from loyalty.errors import Invalid

KEY_MOST = 254
NO_REGION = "ZZ"  #: phone numbers must be told in their international form


@dataclass(frozen=True, slots=True)
class Document:
    """An identity document as it is kept: never its number."""

    kind: str
    digest: str
    last_four: str


def document(kind: str, number: str, key: bytes) -> Document | None:
    """The keyed digest of a document; None when the number holds no letter or digit.

    However it is typed (full width, lower case, with blanks or dashes), one document has one digest.

    >>> document("id", "11010519491231002x", b"k") == document("id", "110105 19491231-002Ｘ", b"k")
    True
    """
    plain = "".join(letter for letter in unicodedata.normalize("NFKC", number).upper() if letter.isalnum())
    if not plain:
        return None
    digest = hmac.new(key, f"{kind}\n{plain}".encode(), sha256).hexdigest()
    return Document(kind, digest, plain[-4:])


def reference_digest(value: str, key: bytes) -> str:
    """The keyed digest of what a core system calls a person; no document has the same."""
    return hmac.new(key, f"\nreference\n{value}".encode(), sha256).hexdigest()


def documents_of(told: Iterable[tuple[str, str]], key: bytes, path: str) -> list[Document]:
    """What (kind, number) pairs prove. Raises Invalid under `path` where a number holds nothing."""
    found = [document(kind, number, key) for kind, number in told]
    empty = [place for place, one in enumerate(found) if one is None]
    if empty:
        raise Invalid(fields={f"{path}.{place}.number": "holds no letter or digit" for place in empty})
    return [one for one in found if one is not None]


def search_key(text: str) -> str:
    """What a name or an e-mail address is searched by: NFKC, case-folded, single blanks, cut off at 254.

    Folding may lengthen a text up to eighteen times; an index must still hold it.

    >>> search_key("  Ｗang   Wei "), search_key("STRASSE") == search_key("straße")
    ('wang wei', True)
    """
    folded = unicodedata.normalize("NFKC", text).casefold()
    return " ".join(unicodedata.normalize("NFKC", folded).split())[:KEY_MOST].strip()


def default_region(time_zone: str, currency: str) -> str:
    """The region whose phone numbers a club hears without a country code: where its clocks are.

    A zone of no country leaves the currency, whose ISO 4217 code begins with the country's own.

    >>> default_region("Europe/Lisbon", "EUR"), default_region("UTC", "CNY"), default_region("UTC", "EUR")
    ('PT', 'CN', 'ZZ')
    """
    region = _zone_regions().get(time_zone, currency[:2])
    return region if region in phonenumbers.SUPPORTED_REGIONS else NO_REGION


@lru_cache(maxsize=1)
def _zone_regions() -> dict[str, str]:
    table = files("tzdata.zoneinfo").joinpath("zone.tab").read_text("utf-8")
    rows = [line.split("\t") for line in table.splitlines() if not line.startswith("#")]
    return {row[2]: row[0] for row in rows}


def phone_e164(text: str, region: str = "CN") -> str | None:
    """The one form of a phone number; None for what cannot be one.

    >>> {phone_e164(told) for told in ("+86 138 0013 8000", "008613800138000", "１３８００１３８０００")}
    {'+8613800138000'}
    """
    plain = unicodedata.normalize("NFKC", text).strip()
    for told in (plain, f"+{plain[2:]}" if plain.startswith("00") else ""):
        try:
            number = phonenumbers.parse(told, region)
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_possible_number(number):
            return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return None


def phone_shown(number: str) -> str:
    """A phone number as people read it; without its country's code it stays as it was told.

    >>> phone_shown("+8613800138000"), phone_shown("138 00138000")
    ('+86 138 0013 8000', '138 00138000')
    """
    try:
        told = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return number
    return phonenumbers.format_number(told, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def birth_mmdd(birth_date: date | None) -> int | None:
    """Month and day as one number, for finding birthdays: 229 is 29 February (N8)."""
    return None if birth_date is None else birth_date.month * 100 + birth_date.day


def masked_phone(phone: str | None) -> str | None:
    """A phone as a till may show it: its last four digits."""
    return f"****{phone[-4:]}" if phone else None


def first_name(name: str) -> str:
    """What a till may call a member: the first word; of a Chinese name its first character.

    >>> first_name("Anna Smith"), first_name("王小明"), first_name("Ana")
    ('Anna', '王**', 'Ana')
    """
    words = name.split()
    first = words[0] if words else ""
    if len(words) == 1 and "\u4e00" <= first[:1] <= "\u9fff":
        return first[0] + "*" * (len(first) - 1)
    return first


def masked_name(name: str) -> str:
    """A name as it is shown to who has no reason to read it whole: how each word begins.

    >>> masked_name("陈小明"), masked_name("Anna de Souza")
    ('陈＊', 'A＊ d＊ S＊')
    """
    return " ".join(f"{word[0]}＊" for word in name.split())
