"""Saved segments as rows: what they were, what they are, and the verdict in words."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import streamlit as st

from overlap.dashboard import data
from overlap.dashboard.launch import FLOOR_VARIABLE
from overlap.dashboard.parts.tables import Shown
from overlap.dashboard.texts import text
from overlap.dashboard.texts.errors import phrase
from overlap.insights import wording
from overlap.store import Stamp
from overlap.workspace import SavedSegment, Verdict, Version, between, listing, revisit

KEYS: Mapping[str, str] = {
    Verdict.GREW: "grew",
    Verdict.FELL: "fell",
    Verdict.FLAT: "flat",
    Verdict.SAME: "same",
    Verdict.UNKNOWN: "unknown",
}
"""Verdicts as the keys of their texts end, those first that say most."""

_READ = ("name", "verdict", "saved_users", "saved_between", "users", "between", "change",
         "change_between", "expression", "note", "updated", "author",
         "saved_snapshot")  # fmt: skip
_BETWEEN = ("saved_between", "between", "change_between")


def compared(
    opened: data.Opened, other: data.Opened | None, segments: tuple[SavedSegment, ...]
) -> pl.DataFrame:
    """Return workspace.COMPARISON_TABLE, what moved most first, and when and by whom it was saved.

    Sizes now are those of the store, sizes before those of another one or, without, of the saving.
    """
    if other is None:
        return data.once(opened, _since_saved, segments)
    floor = os.environ.get(FLOOR_VARIABLE)
    return data.once(opened, _between, segments, str(other.path), other.stamp, floor)


def _since_saved(opened: data.Opened, segments: tuple[SavedSegment, ...]) -> pl.DataFrame:
    floor = opened.policy.display_floor
    return _ordered(revisit(segments, opened.store, opened.panel, floor=floor), segments)


def _between(
    opened: data.Opened,
    segments: tuple[SavedSegment, ...],
    path: str,
    stamp: Stamp,
    setting: str | None,
) -> pl.DataFrame:
    other = data.open_store(Path(path), setting)
    floor = max(opened.policy.display_floor, other.policy.display_floor)
    before = other.store, other.panel
    return _ordered(between(segments, before, (opened.store, opened.panel), floor=floor), segments)


def _ordered(frame: pl.DataFrame, segments: Sequence[SavedSegment]) -> pl.DataFrame:
    saved = listing(segments).select("id", "note", "owner", "author", "updated", "version")
    places = {verdict: place for place, verdict in enumerate(KEYS)}
    return (
        frame.join(saved, on="id", how="left", maintain_order="left")
        .sort(
            pl.col("suppressed").is_not_null(),
            pl.col("verdict").replace_strict(places, return_dtype=pl.Int8),
            -pl.col("change").abs(),
            "name",
            nulls_last=True,
        )
    )  # fmt: skip


def key_of(row: Mapping[str, Any]) -> str:
    """Return how the key of a row's verdict ends."""
    return "hidden" if row["suppressed"] else KEYS[row["verdict"]]


def why_not(row: Mapping[str, Any], language: str) -> str:
    """Say why a row has no verdict, empty where it has one."""
    said = row["suppressed"] or row["problem"]
    return phrase(said, language) if said else ""


def interval(row: Mapping[str, Any], low: str, high: str, exact: str, language: str) -> str:
    """Write the interval of a size, or that it is exact; nothing where it is not known."""
    if row[low] is None:
        return ""
    if row[exact]:
        return text("saved_counted", language)
    return wording.interval(row[low], row[high], language)


def change_ends(row: Mapping[str, Any], language: str) -> str:
    """Write the interval of a change, an end that is not known as a dash."""
    if row["change"] is None:
        return ""
    if row["exact"] and row["saved_exact"]:
        return text("saved_counted", language)
    return f"{signed(row['change_low'])} – {signed(row['change_high'])}"


def signed(change: float | None) -> str:
    """Write a change with its sign."""
    return f"{'+' if change is not None and change > 0 else ''}{wording.percent(change)}"


def table(frame: pl.DataFrame, before: str, now: str, file: str, language: str) -> Shown:
    """Return rows of `compared` for reading; `before` and `now` say where the two sizes are from.

    The download has the columns of the workspace's tables.
    """
    rows = frame.to_dicts()
    verdicts = [text(f"saved_verdict_{key_of(row)}", language) for row in rows]
    sizes = [
        [interval(row, "saved_low", "saved_high", "saved_exact", language) for row in rows],
        [interval(row, "low", "high", "exact", language) for row in rows],
        [change_ends(row, language) for row in rows],
    ]
    shown = frame.with_columns(
        pl.Series("verdict", verdicts, dtype=pl.String),
        *(pl.Series(n, v, dtype=pl.String) for n, v in zip(_BETWEEN, sizes, strict=True)),
    )
    exact = all(row["exact"] is not False and row["saved_exact"] is not False for row in rows)
    words, number = st.column_config.TextColumn, st.column_config.NumberColumn
    between = words(text("saved_col_between", language), width=130)
    return Shown(
        shown,
        [name for name in _READ if not (exact and name in _BETWEEN)],
        file,
        table="segments",
        titles={"saved_users": before, "users": now},
        config={
            "name": words(text("saved_col_name", language), width=170, pinned=True),
            "verdict": words(text("saved_col_verdict", language), width=120,
                             help=text("saved_help_verdict", language)),
            **dict.fromkeys(_BETWEEN, between),
            "change": number(text("saved_col_change", language), format="percent", width=90,
                             help=text("saved_help_change", language)),
            "expression": words(text("saved_col_expression", language), width=240),
            "note": words(text("saved_col_note", language), width=160),
            "updated": st.column_config.DatetimeColumn(
                text("saved_col_when", language), format="YYYY-MM-DD HH:mm", width=130
            ),
            "author": words(text("saved_col_author", language), width=90),
            "saved_snapshot": words(text("saved_col_snapshot", language), width=120,
                                    help=text("saved_help_snapshot", language)),
        },
        given=frame,
    )  # fmt: skip


def versions(entries: Sequence[Version], floor: int, language: str) -> Shown:
    """Return the versions of a segment for reading, and for keeping."""
    segments = [
        replace(entry.segment, floor=max(entry.segment.floor, floor)) for entry in entries
    ]  # fmt: skip
    frame = listing(segments).with_columns(
        pl.Series("action", [entry.action.value for entry in entries], dtype=pl.String),
        pl.Series("current", [entry.current for entry in entries], dtype=pl.Boolean),
    )
    words = [text(f"saved_action_{entry.action.name.lower()}", language) for entry in entries]
    now = text("saved_action_now", language)
    told = [f"{word}{now if e.current else ''}" for word, e in zip(words, entries, strict=True)]
    between = [interval(row, "low", "high", "exact", language) for row in frame.to_dicts()]
    shown = frame.with_columns(
        pl.Series("action", told, dtype=pl.String),
        pl.Series("between", between, dtype=pl.String),
    )
    column = st.column_config
    return Shown(
        shown,
        ("version", "action", "updated", "author", "name", "users", "between", "note",
         "expression", "snapshot"),
        f"versions-{segments[0].name}" if segments else "versions",
        table="segments",
        titles={"users": text("saved_col_users", language)},
        config={
            "between": column.TextColumn(text("saved_col_between", language), width=130),
            "version": column.NumberColumn(
                text("saved_col_version", language), format="%d", width=70
            ),
            "action": column.TextColumn(text("saved_col_action", language), width=150),
            "updated": column.DatetimeColumn(
                text("saved_col_when", language), format="YYYY-MM-DD HH:mm", width=130
            ),
            "author": column.TextColumn(text("saved_col_author", language), width=90),
            "name": column.TextColumn(text("saved_col_name", language), width=150),
        },
        given=frame,
    )  # fmt: skip
