"""What a postal address is made of, and how long each part may be. Pure."""

from collections.abc import Mapping
from typing import Any

PARTS_MOST: Mapping[str, int] = {"recipient": 120, "city": 80, "region": 80, "postcode": 20}
LINES_MOST, LINE_MOST = 4, 200  #: street and number, as they are written on the envelope


def envelope_lines(address: Mapping[str, Any], name: str) -> list[str]:
    """An address as it is written on an envelope, to `name` where it tells no recipient.

    China writes the largest first and the person last, other countries the other way round.

    >>> envelope_lines({"lines": ["五四路 128 号"], "city": "福州", "country": "CN"}, "林")
    ['福州五四路 128 号', '林']
    >>> envelope_lines({"lines": ["Rua Nova 1"], "city": "Porto", "postcode": "4000", "country": "PT"}, "Ana")
    ['Ana', 'Rua Nova 1', '4000 Porto']
    """
    told = {part: address.get(part) or "" for part in PARTS_MOST}
    lines, who = list(address["lines"]), told["recipient"] or name
    if address.get("country") == "CN":
        first = [told["region"], told["city"], lines[0]]
        whole = (" " if "".join(first).isascii() else "").join(part for part in first if part)
        return [part for part in (whole, *lines[1:], told["postcode"], who) if part]
    town = " ".join(part for part in (told["postcode"], told["city"], told["region"]) if part)
    return [part for part in (who, *lines, town) if part]
