"""What a postal address is made of, and how long each part may be. Pure."""

from collections.abc import Mapping

PARTS_MOST: Mapping[str, int] = {"recipient": 120, "city": 80, "region": 80, "postcode": 20}
LINES_MOST, LINE_MOST = 4, 200  #: street and number, as they are written on the envelope
