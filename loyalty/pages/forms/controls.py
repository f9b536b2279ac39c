"""What a page shows of one field of a form, and which faults stand beside it. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Option:
    """One thing to choose, or one row of a table."""

    value: str
    label: str
    is_chosen: bool


@dataclass(slots=True)
class Control:
    """One control of a form, or a group of them; `name` is its path within the place that is edited."""

    name: str
    label: str
    kind: str
    help: str = ""
    value: str = ""
    after: str = ""
    on: str = ""
    options: tuple[Option, ...] = ()
    column_labels: tuple[str, str] = ("", "")
    parts: list["Control"] = field(default_factory=list)
    depends_on: str = ""  #: the name of the control whose choice decides whether this one is shown
    shown_for: str = ""  #: the choices that show it, with blanks between; "-" is none
    is_hidden: bool = False
    faults: list[str] = field(default_factory=list)
    id: str = ""  #: its own on the page: two forms of one value may have a field of the same name

    @property
    def is_wide(self) -> bool:
        """Whether it takes a whole line."""
        return self.kind in ("long", "condition", "many", "rows", "group", "forms", "toml")

    def all(self) -> Iterator["Control"]:
        """This control and all below it that are shown."""
        if not self.is_hidden:
            yield self
            for part in self.parts:
                yield from part.all()


def give_ids(controls: Iterable[Control]) -> None:
    """Give each control an id of its own; those that are shown have their names."""
    everything = [one for control in controls for one in _everything(control, False) if one[0].name]
    taken: dict[str, int] = {}
    for control, _ in sorted(everything, key=lambda one: one[1]):
        name = f"{control.name}:form" if control.kind == "forms" else control.name
        taken[name] = taken.get(name, 0) + 1
        control.id = name if taken[name] == 1 else f"{name}~{taken[name]}"


def _everything(control: Control, is_hidden: bool) -> Iterator[tuple[Control, bool]]:
    is_hidden = is_hidden or control.is_hidden
    yield control, is_hidden
    for part in control.parts:
        yield from _everything(part, is_hidden)


def place_faults(controls: Iterable[Control], faults: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Put each fault, told by its path within the place, beside the nearest control; those that have none."""
    shown = [one for control in controls for one in control.all() if one.name]
    homeless = []
    for path, words in faults:
        near = [one for one in shown if path == one.name or path.startswith((f"{one.name}.", f"{one.name}["))]
        if near:
            max(near, key=lambda one: (len(one.name), one.kind not in ("group", "forms"))).faults.append(
                words
            )
        else:
            homeless.append((path, words))
    return homeless
