"""What a column of a report is, known by its name or told from it."""

from __future__ import annotations

import polars as pl

from overlap.reports.meanings import COLUMNS
from overlap.reports.measures import Column, Measure

_ENDS = {"low": ("lower", "下"), "high": ("upper", "上")}


def column_of(name: str, dtype: pl.DataType, table: str = "") -> Column:
    """Return what is known of a table's column; one that is not defined goes by name and type.

    The ends of an interval (`…_low`, `…_high`) follow the column they belong to.
    """
    if found := _defined(name, table):
        return found
    base, _, end = name.rpartition("_")
    whole = _defined(base, table) or _defined(f"{base}_users", table)
    if end in _ENDS and whole:
        words = _ENDS[end]
        return Column(
            whole.measure,
            (f"{whole.title[0]}, {words[0]} end", f"{whole.title[1]}（{words[1]}限）"),
            (
                f"{words[0].capitalize()} end of the 95% interval of: {whole.title[0].lower()}.",
                f"{whole.title[1]}的 95% 区间{words[1]}限。",
            ),
        )
    title = name.replace("_", " ")
    return Column(_measure_of(name, dtype), (title, title), ("", ""))


def counts(name: str) -> bool:
    """Return whether a column of numbers holds users or other things that are counted."""
    return column_of(name, pl.Float64()).measure in (Measure.USERS, Measure.COUNT)


def _defined(name: str, table: str) -> Column | None:
    return COLUMNS.get(f"{table}.{name}") or COLUMNS.get(name)


def _measure_of(name: str, dtype: pl.DataType) -> Measure:
    if dtype == pl.Boolean:
        return Measure.FLAG
    if not dtype.is_numeric():
        return Measure.TEXT
    words = set(name.split("_"))
    for measure, signs in (
        (Measure.INDEX, {"tgi", "index"}),
        (Measure.RANK, {"rank", "step"}),
        (Measure.SHARE, {"share", "penetration", "rate", "fraction"}),
        (Measure.CHANGE, {"growth", "change"}),
        (Measure.USERS, {"users", "reach"}),
    ):
        if words & signs and "z" not in words:
            return measure
    return Measure.COUNT if dtype.is_integer() else Measure.NUMBER
