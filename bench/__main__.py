"""`make bench`: every bar, or those that ONLY names: a line as soon as it is known, a table at the end."""

import json
import logging
import os
import platform
import signal
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from statistics import median
from typing import Any

from bench import data
from bench.bars import Bar, Pair, bars, drop_before
from bench.cluster import Cluster, cluster
from bench.load import LoadFailed
from bench.scene import SIZES, Scene, Size
from loyalty.clock import SystemClock

RESULTS = Path(__file__).parent / "results" / "latest.json"  #: where RESULTS names no other place
EMPTY, FILLED = "club", "members"  #: databases
_LINE = "{bar:>3}  {name:<58} {ratio:>9,.3f}  {bound:<9} {aim:>6}  {spread:<17} {verdict}"


def main() -> int:
    """Measure; 1 where the median of a bar's pairs is not as it must be, or a load disturbed the books."""
    size = _size()
    found = bars(_numbers(os.environ.get("ONLY", "")))
    if not found:
        raise SystemExit("ONLY names no bar")
    logging.disable(logging.WARNING)
    rows: list[dict[str, Any]] = []
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # the server is stopped then, too
    with cluster() as server:
        _tell_where(server, size)
        scene = _filled(server, size)
        for one in found:
            drop_before(one.number)
            rows.append(_measured(one, scene))
            _write_down(rows)
    print()
    print(f"{'bar':>3}  {'what':<58} {'ratio':>9}  {'must':<9} {'aim':>6}  {'spread':<17}")
    for row in rows:
        _tell(row)
    return int(not all(row["ok"] for row in rows))


def _size() -> Size:
    """What SIZE names; with as many MEMBERS, and measured in as many PAIRS, where these are told."""
    size = SIZES[os.environ.get("SIZE") or "small"]
    if members := int(os.environ.get("MEMBERS") or 0):
        size = replace(size, members=members, entries=size.entries // size.members * members)
    if pairs := int(os.environ.get("PAIRS") or 0):
        size = replace(size, pairs=pairs)
    return size


def _numbers(only: str) -> frozenset[int]:
    return frozenset(int(number) for number in only.replace(",", " ").split())


def _tell_where(server: Cluster, size: Size) -> None:
    print(f"machine: {os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}")
    print("PostgreSQL: " + ", ".join(f"{name} {value}" for name, value in server.settings().items()))
    print(f"size: {size.name}, {size.members:,} members, about {size.entries:,} entries", flush=True)


def _filled(server: Cluster, size: Size) -> Scene:
    began = time.perf_counter()
    data.found(server.database(EMPTY))
    now = SystemClock().now()
    data.fill(server.copy(EMPTY, FILLED), size, now)
    print(f"filled in {time.perf_counter() - began:.0f} s", flush=True)
    return Scene(size, server, EMPTY, FILLED, now)


def _measured(one: Bar, scene: Scene) -> dict[str, Any]:
    """The row of a bar: the pair whose ratio is the median stands for all."""
    began, pairs, fault = time.perf_counter(), list[Pair](), ""
    try:
        for _ in range(1 if one.once else scene.size.pairs):
            pairs.append(one.measure(scene))
    except (AssertionError, LoadFailed, RuntimeError, TimeoutError) as found:
        fault = str(found) or repr(found)
    row = _row(one, pairs, fault) | {
        "size": scene.size.name,
        "members": scene.count,
        "seconds": round(time.perf_counter() - began, 1),
        "at": f"{SystemClock().now():%Y-%m-%dT%H:%MZ}",
    }
    _tell(row)
    return row


def _write_down(rows: Sequence[dict[str, Any]]) -> None:
    """What is known so far: a run that dies late has not measured for nothing.

    A run of some bars replaces their rows alone; what is tiny says nothing, and is kept where RESULTS says.
    """
    told, only = os.environ.get("RESULTS"), os.environ.get("ONLY")
    if rows[0]["size"] == "tiny" and not told:
        return
    results = Path(told or RESULTS)
    results.parent.mkdir(exist_ok=True)
    before = json.loads(results.read_text("utf-8")) if only and results.exists() else []
    mine = {(row["bar"], row["name"]) for row in rows}
    kept = [row for row in before if (row["bar"], row["name"]) not in mine]
    told_now = sorted([*kept, *rows], key=lambda row: int(row["bar"]))
    results.write_text(json.dumps(told_now, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _row(one: Bar, pairs: Sequence[Pair], fault: str) -> dict[str, Any]:
    ratios = sorted(pair.ratio for pair in pairs)
    ratio = median(ratios) if ratios else 0.0
    middle = min(pairs, key=lambda pair: abs(pair.ratio - ratio), default=Pair(0, 1, ""))
    return {
        "bar": one.number,
        "name": one.name,
        "ratio": round(ratio, 4),
        "must": one.must,
        "aim": one.aim,
        "better": one.better,
        "ours": _rounded(middle.ours),
        "yardstick": _rounded(middle.yardstick),
        "unit": middle.unit,
        "spread": [round(ratio, 4) for ratio in (ratios[:1] + ratios[-1:])],
        "pairs": len(pairs),
        "ok": not fault and one.holds(ratio),
        **middle.extra,
        **({"fault": fault} if fault else {}),
    }


def _rounded(figure: float) -> float:
    return float(f"{figure:.6g}")


def _tell(row: dict[str, Any]) -> None:
    bound = aim = "–"
    if row["must"] is not None:
        bound, aim = f"{'≥' if row['better'] == 'more' else '≤'} {row['must']:,.6g}", f"{row['aim']:,.6g}"
    spread = " to ".join(f"{ratio:,.3f}" for ratio in row["spread"])
    verdict = row.get("told", "ok") if row["ok"] else row.get("fault", "MISSED")
    shown = {"bound": bound, "aim": aim, "spread": spread, "verdict": verdict}
    print(_LINE.format(**row | shown), flush=True)


if __name__ == "__main__":
    sys.exit(main())
