"""Saved sizes beside those of today, or of several stores."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any

import polars as pl

from overlap.expressions import leaves, parse
from overlap.model import Estimate, UsageError, Window
from overlap.panel import Panel
from overlap.store import Store
from overlap.workspace.records import SavedSegment

_TIME: Any = pl.Datetime("us", "UTC")

SEGMENTS_TABLE = pl.Schema(
    {"id": pl.String, "name": pl.String, "expression": pl.String, "window_from": pl.Date,
     "window_to": pl.Date, "users": pl.Float64, "low": pl.Float64, "high": pl.Float64,
     "exact": pl.Boolean, "owner": pl.String, "author": pl.String, "note": pl.String,
     "store": pl.String, "snapshot": pl.String, "created": _TIME,
     "updated": _TIME, "version": pl.Int64, "suppressed": pl.String}
)  # fmt: skip

COMPARISON_TABLE = pl.Schema(
    {"id": pl.String, "name": pl.String, "expression": pl.String, "window_from": pl.Date,
     "window_to": pl.Date, "saved_snapshot": pl.String, "saved_users": pl.Float64,
     "saved_low": pl.Float64, "saved_high": pl.Float64, "saved_exact": pl.Boolean,
     "store": pl.String, "snapshot": pl.String, "users": pl.Float64, "low": pl.Float64,
     "high": pl.Float64, "exact": pl.Boolean, "change": pl.Float64, "change_low": pl.Float64,
     "change_high": pl.Float64, "verdict": pl.String, "problem": pl.String,
     "suppressed": pl.String}
)  # fmt: skip

_OF_BOTH = ("saved_users", "saved_low", "saved_high", "saved_exact", "change", "change_low",
            "change_high")  # fmt: skip
"""What is not known of a segment that cannot be sized in the store before."""
_MOST_MISSING = 5
"""Missing audiences that a row names; each costs a search for the nearest names."""


class Verdict(StrEnum):
    """What became of a segment since it was saved; change within the error is flat."""

    SAME = "same data"
    GREW = "grew"
    FELL = "fell"
    FLAT = "flat"
    UNKNOWN = "not comparable"


@dataclass(frozen=True, slots=True)
class Change:
    """Users now against users before, as a ratio minus 1 with its 95% interval, None unknown."""

    value: float | None = None
    low: float | None = None
    high: float | None = None


def listing(segments: Iterable[SavedSegment]) -> pl.DataFrame:
    """Return saved segments as SEGMENTS_TABLE, sizes as they were saved.

    Numbers below the display floor they were saved with are null and `suppressed` says why.
    """
    rows = []
    for segment in segments:
        users, low, high, exact, suppressed = _shown(segment.users, segment.floor)
        rows.append(
            (segment.id, segment.name, segment.expression, segment.window.start,
             segment.window.end, users, low, high, exact, segment.owner, segment.author,
             segment.note, segment.store, segment.snapshot, segment.created, segment.updated,
             segment.version, suppressed)
        )  # fmt: skip
    return pl.DataFrame(rows, schema=SEGMENTS_TABLE, orient="row")


def revisit(
    segments: Iterable[SavedSegment], opened: Store, panel: Panel, *, floor: int | None = None
) -> pl.DataFrame:
    """Return the sizes of saved segments in a store beside those they were saved with.

    COMPARISON_TABLE, a row per segment in the order given. A segment that cannot be sized here,
    because an audience is gone or its window has no data, has no numbers, and `problem` says why.
    `floor`, in users, takes the place of the store's display floor.
    """
    return pl.DataFrame(
        [_row(segment, opened, panel, floor) for segment in segments], schema=COMPARISON_TABLE
    )


def between(
    segments: Iterable[SavedSegment],
    before: tuple[Store, Panel],
    now: tuple[Store, Panel],
    *,
    floor: int | None = None,
) -> pl.DataFrame:
    """Return the sizes of saved segments in one store beside those in another.

    COMPARISON_TABLE, a row per segment in the order given: the columns `saved_…` are the sizes in
    the store `before`, and `problem` also says what cannot be sized there. `floor` is as in
    `revisit`.
    """
    rows = [_between(segment, before, now, floor) for segment in segments]
    return pl.DataFrame(rows, schema=COMPARISON_TABLE)


def compare(segment: SavedSegment, opened: Sequence[tuple[Store, Panel]]) -> pl.DataFrame:
    """Return a saved segment in each of several stores, or snapshots of one, as COMPARISON_TABLE.

    Every row is compared with the size the segment was saved with; see `revisit`.
    """
    return pl.DataFrame(
        [_row(segment, store, panel) for store, panel in opened], schema=COMPARISON_TABLE
    )


def change(now: Estimate, before: Estimate) -> Change:
    """Return now / before − 1 with its interval.

    The intervals of the two join on the log scale (MOVER; Zou and Donner 2008) as if independent.
    Stores keep the same users by their hashes, so the two errors have the same sign and the
    interval is too wide rather than too narrow. Nothing is known where there was nobody before.
    """
    if before.value <= 0:
        return Change()
    if now.exact and before.exact:
        value = now.value / before.value - 1
        return Change(value, value, value)
    if now.value <= 0:
        return Change(-1.0, -1.0, now.high / before.low - 1 if before.low > 0 else None)
    ratio = now.value / before.value
    down = math.hypot(_log(now.value, now.low), _log(before.high, before.value))
    up = math.hypot(_log(now.high, now.value), _log(before.value, before.low))
    high = ratio * math.exp(up) - 1 if math.isfinite(up) else None
    return Change(ratio - 1, ratio * math.exp(-down) - 1, high)


def _log(top: float, bottom: float) -> float:
    return math.log(top / bottom) if bottom > 0 else math.inf


def _between(
    segment: SavedSegment,
    before: tuple[Store, Panel],
    now: tuple[Store, Panel],
    floor: int | None,
) -> dict[str, Any]:
    (then, people), (opened, panel) = before, now
    units = people.spec.period, panel.spec.period
    problem = _problem(segment, people)
    if problem is not None:
        problem = f"in {then.path.name}: {problem}"
    elif segment.window != Window() and units[0] != units[1]:
        problem = f"a window is not the same in periods of a {units[0]} and of a {units[1]}"
    if problem is None:
        there = replace(
            segment,
            users=people.size(segment.expression, segment.window),
            snapshot=then.snapshot,
            floor=then.policy.display_floor,
        )
        return _row(there, opened, panel, floor)
    row = _row(segment, opened, panel, floor)
    unknown = dict.fromkeys(_OF_BOTH)
    verdict = Verdict.UNKNOWN.value
    return {**row, **unknown, "saved_snapshot": then.snapshot, "verdict": verdict,
            "problem": problem}  # fmt: skip


def _row(
    segment: SavedSegment, opened: Store, panel: Panel, floor: int | None = None
) -> dict[str, Any]:
    least = opened.policy.display_floor if floor is None else floor
    saved = _shown(segment.users, max(segment.floor, floor or 0))
    row: dict[str, Any] = {
        "id": segment.id,
        "name": segment.name,
        "expression": segment.expression,
        "window_from": segment.window.start,
        "window_to": segment.window.end,
        "saved_snapshot": segment.snapshot,
        **dict(zip(("saved_users", "saved_low", "saved_high", "saved_exact"), saved, strict=False)),
        "store": str(opened.path),
        "snapshot": opened.snapshot,
        "verdict": Verdict.UNKNOWN.value,
        "suppressed": saved[-1],
    }
    problem = _problem(segment, panel)
    if problem is not None:
        return {**row, "problem": problem}
    now = panel.size(segment.expression, segment.window)
    shown = _shown(now, least)
    row |= dict(zip(("users", "low", "high", "exact"), shown, strict=False))
    row["suppressed"] = shown[-1] or saved[-1]
    if row["suppressed"]:
        # A change beside one of the two numbers would tell the other.
        return row
    moved = change(now, segment.users)
    same = segment.snapshot == opened.snapshot
    row |= {"change": moved.value, "change_low": moved.low, "change_high": moved.high}
    row["verdict"] = (Verdict.SAME if same else _verdict(now, segment.users, moved)).value
    return row


def _verdict(now: Estimate, before: Estimate, moved: Change) -> Verdict:
    if moved.value is None:
        return Verdict.GREW if now.low > before.high else Verdict.FLAT
    if moved.low is not None and moved.low > 0:
        return Verdict.GREW
    if moved.high is not None and moved.high < 0:
        return Verdict.FELL
    return Verdict.FLAT


def _problem(segment: SavedSegment, panel: Panel) -> str | None:
    """Say why a segment cannot be sized here, None where it can."""
    try:
        wanted = leaves(parse(segment.expression))
    except UsageError as error:
        # Saved by a program that knows more signs than this one.
        return error.what
    missing = [leaf for leaf in wanted if leaf.name not in panel.known.get(leaf.kind or "", {})]
    if missing:
        told = []
        for leaf in missing[:_MOST_MISSING]:
            try:
                panel.resolve(leaf)
            except UsageError as error:
                told.append(f"{error.what}: {error.cure.rpartition('; ')[0] or error.cure}")
        more = len(missing) - len(told)
        return "; ".join(told) + (f"; and {more:,} more audiences are gone" if more else "")
    window = segment.window
    if any(_inside(period, window) for period in panel.periods):
        return None
    asked = f"{window.start or 'the first'} to {window.end or 'the last'}"
    has = f"{panel.periods[0]} to {panel.periods[-1]}" if panel.periods else "none at all"
    return f"this store has no data in the periods {asked}; it has {has}"


def _inside(period: date, window: Window) -> bool:
    after = window.start is None or period >= window.start
    return after and (window.end is None or period <= window.end)


def _shown(
    users: Estimate, floor: int
) -> tuple[float | None, float | None, float | None, bool, str | None]:
    if 0 < users.value < floor:
        return None, None, None, users.exact, f"fewer than {floor} users"
    return users.value, users.low, users.high, users.exact, None
