"""Codes for scanners as SVG that a strict policy lets through: no style, no script."""

from itertools import groupby

import barcode
import segno
from markupsafe import Markup, escape

_QUIET = 10  #: modules left white on both sides of bars, as ISO/IEC 15417 asks


def qr_code(text: str, name: str) -> Markup:
    """A QR code of `text` (error correction M); `name` is what a reader of screens hears."""
    rows = [list(row) for row in segno.make(text, error="m", micro=False).matrix_iter(border=4)]
    side = len(rows)
    path = "".join(
        f"M{start} {y}h{length}v1h-{length}z" for y, row in enumerate(rows) for start, length in _runs(row)
    )
    return _svg("qr", side, side, path, name)


def bars(text: str, name: str) -> Markup:
    """A Code 128 of `text`, as wide as it is; `name` is what a reader of screens hears."""
    modules = [int(one) for one in barcode.get("code128", text).build()[0]]
    path = "".join(f"M{start + _QUIET} 0h{length}v40h-{length}z" for start, length in _runs(modules))
    return _svg("bars", len(modules) + 2 * _QUIET, 40, path, name)


def _runs(modules: list[int]) -> list[tuple[int, int]]:
    """Where dark modules begin, and how many follow."""
    found, place = [], 0
    for dark, run in groupby(modules, bool):
        length = len(list(run))
        if dark:
            found.append((place, length))
        place += length
    return found


def _svg(kind: str, wide: int, high: int, path: str, name: str) -> Markup:
    return Markup(  # noqa: S704 - numbers of ours, and a name that is escaped
        f'<svg class="{kind}" viewBox="0 0 {wide} {high}" role="img" aria-label="{escape(name)}"'
        f' preserveAspectRatio="none" shape-rendering="crispEdges"><rect width="{wide}" height="{high}"'
        f' fill="#fff"/><path fill="#000" d="{path}"/></svg>'
    )
