"""User ids: integer or text, decided for all sources at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from overlap.events.failures import reading
from overlap.events.tables import Table
from overlap.model import DataError, IdType, UsageError

_INT64_MAX = 2**63 - 1
_EXACT_FLOAT = 2**53
_INTEGER = r"^(?:0|-?[1-9][0-9]{0,18})$"
_SAMPLE = 1000


@dataclass(frozen=True, slots=True)
class Ids:
    """The id type of all sources, and notes on how it was told."""

    id_type: IdType
    notes: tuple[str, ...]


def only_integers(column: str) -> pl.Expr:
    """Return a flag over a text column: every value that is there is a plain 64-bit integer.

    "007" and "+7" are not: as integers they would lose what tells them apart from "7".
    """
    value = _stripped(pl.col(column))
    plain = value.str.contains(_INTEGER) & value.cast(pl.Int64, strict=False).is_not_null()
    return (value.is_null() | plain).all()


def any_value(column: str) -> pl.Expr:
    """Return a flag over a text column: whether there is any value in it."""
    return _stripped(pl.col(column)).is_not_null().any()


def decide(tables: Sequence[Table], column: str, content: Sequence[bool | None]) -> Ids:
    """Return the id type that all tables share.

    Declared types bind: an integer column is integer, a text column of a Parquet file stays text
    even if it looks numeric. CSV and NDJSON go by content: integer if every id is one. `content`
    says so for each textual table (None: there are no ids in it). Unsigned 64-bit columns that
    go beyond the signed range are read as text. Raises DataError where two sources disagree,
    UsageError for a type that cannot be an id.
    """
    declared: dict[IdType, str] = {}
    notes: list[str] = []
    for table in tables:
        if table.textual:
            continue
        dtype, name = table.schema[column], table.files[0].name
        if dtype == pl.Null:
            continue
        kind = _declared(table, dtype, column)
        if kind == "text" and dtype.is_integer():
            notes.append(f"Ids of {name} exceed signed 64-bit integers and are read as text.")
        if dtype.is_float() or dtype.is_decimal():
            notes.append(f"Ids of {name} are {dtype}; those that are whole numbers are used.")
        declared.setdefault(kind, name)
    if len(declared) == 2:
        raise _disagreement(column, declared["integer"], declared["text"])
    by_content = [
        (table.files[0].name, flag)
        for table, flag in zip(tables, content, strict=True)
        if table.textual and flag is not None
    ]
    words = next((name for name, flag in by_content if not flag), None)
    if "integer" in declared and words is not None:
        raise _disagreement(column, declared["integer"], words)
    if "text" in declared or words is not None or not (declared or by_content):
        return Ids("text", tuple(notes))
    return Ids("integer", tuple(notes))


def value_of(column: str, dtype: pl.DataType, id_type: IdType) -> tuple[pl.Expr, pl.Expr]:
    """Return the id (null where it is unusable) and whether there is anything in its cell."""
    raw = pl.col(column)
    if dtype.is_float():
        present = raw.is_not_null() & raw.is_not_nan()
        whole = present & (raw == raw.round()) & (raw.abs() <= _EXACT_FLOAT)
        return pl.when(whole).then(raw).cast(pl.Int64, strict=False), present
    if dtype.is_decimal():
        whole = raw == raw.round(0)
        return pl.when(whole).then(raw).cast(pl.Int64, strict=False), raw.is_not_null()
    if dtype.is_integer():
        target = pl.Int64 if id_type == "integer" else pl.String
        return raw.cast(target, strict=False), raw.is_not_null()
    value = _stripped(raw)
    if id_type == "integer":
        return value.cast(pl.Int64, strict=False), value.is_not_null()
    return value, value.is_not_null()


def _stripped(raw: pl.Expr) -> pl.Expr:
    value = raw.cast(pl.String, strict=False).str.strip_chars()
    return pl.when(value != "").then(value)


def _declared(table: Table, dtype: pl.DataType, column: str) -> IdType:
    if dtype == pl.UInt64 or dtype == pl.Int128 or dtype == pl.UInt128:
        with reading(*(file.name for file in table.files)):
            largest = table.scan().select(pl.col(column).max()).collect(engine="streaming").item()
        return "text" if largest is not None and largest > _INT64_MAX else "integer"
    if dtype.is_integer() or dtype.is_float() or dtype.is_decimal():
        return "integer"
    if isinstance(dtype, (pl.String, pl.Categorical, pl.Enum, pl.Binary)):
        return "text"
    raise UsageError(
        f"column {column!r} is of type {dtype}, which cannot tell users apart",
        where=table.files[0].name,
        cure="name another column with --user, or write the ids as integers or text",
    )


def _disagreement(column: str, integers: str, words: str) -> DataError:
    return DataError(
        f"user ids are integers in {integers} and text in {words}",
        where=f"column {column!r}",
        cure="write them alike in all files; nobody would be found in both",
    )
