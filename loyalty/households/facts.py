"""How a seat in a household is agreed to, and how it ends. Pure."""

from typing import Literal, get_args

How = Literal["page", "document", "merge"]
End = Literal["left", "declined", "removed", "deceased", "erased", "merged", "gone"]

HOW: tuple[How, ...] = get_args(How)  #: the member's own page, a document at the counter, or a merge
ENDS: tuple[End, ...] = get_args(End)  #: `gone`: the member left the club
