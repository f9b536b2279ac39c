"""Who may see a page and do what it does: each view says so, and the door lets nobody else in."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from loyalty.staff import Permission

V = TypeVar("V", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Needs:
    """What a view needs: somebody signed in, a permission where it names one, both factors told just now."""

    signed_in: bool = True
    permission: Permission | None = None
    fresh: bool = False


def allowed(permission: Permission, *, fresh: bool = False) -> Callable[[V], V]:
    """For colleagues with a permission; `fresh` where both factors must have been told a short while ago."""
    return _marked(Needs(permission=permission, fresh=fresh))


def for_staff(view: V) -> V:
    """For every colleague: their own things."""
    return _marked(Needs())(view)


def for_staff_afresh(view: V) -> V:
    """For every colleague who told both factors a short while ago: what they sign in by."""
    return _marked(Needs(fresh=True))(view)


def open_to_all(view: V) -> V:
    """For who is not signed in."""
    return _marked(Needs(signed_in=False))(view)


def needs_of(view: object) -> Needs | None:
    """What a view needs; None where it does not say, and then nobody gets in."""
    return getattr(view, "needs", None)


def _marked(needs: Needs) -> Callable[[V], V]:
    def mark(view: V) -> V:
        view.needs = needs  # type: ignore[attr-defined]
        return view

    return mark
