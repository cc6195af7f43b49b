"""Values that a database driver hands out → typed columns, by what the database declares.

Where it declares nothing (SQLite, expressions, drivers that do not tell), a column's type is the
narrowest that holds all of its values, never only the first of them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time
from decimal import Decimal
from ipaddress import IPv4Address, IPv4Interface, IPv4Network, IPv6Address, IPv6Interface
from itertools import chain
from typing import Any
from uuid import UUID

import polars as pl

from overlap.model import DataError

ZONED = pl.Datetime("us", "UTC")
"""Moments with a zone or an offset are kept as UTC."""

_MOMENT = pl.Datetime("us")
_INT64 = range(-(2**63), 2**63)
_FLOAT_DIGITS = 15
_EXACT = 2**53
_AS_TEXT = (str, UUID, time, IPv4Address, IPv4Interface, IPv4Network, IPv6Address, IPv6Interface)
_PLAIN = (pl.Boolean(), pl.Int64(), pl.Float64(), pl.String())

_POSTGRESQL: Mapping[pl.DataType, tuple[int, ...]] = {
    pl.Boolean(): (16,),
    pl.Binary(): (17,),
    # numeric (1700) begins as whole numbers and grows with its values.
    pl.Int64(): (20, 21, 23, 26, 1700),
    pl.Float64(): (700, 701),
    pl.String(): (18, 19, 25, 1042, 1043, 2950),
    pl.Date(): (1082,),
    _MOMENT: (1114,),
    ZONED: (1184,),
    pl.List(pl.Boolean()): (1000,),
    pl.List(pl.Int64()): (1005, 1007, 1016, 1231),
    pl.List(pl.Float64()): (1021, 1022),
    pl.List(pl.String()): (1002, 1003, 1009, 1014, 1015, 2951),
}
POSTGRESQL_TYPES: Mapping[object, pl.DataType] = {
    oid: dtype for dtype, oids in _POSTGRESQL.items() for oid in oids
}
"""Types by PostgreSQL's object identifiers; what is not here (JSON, enums) goes by its values."""


def widest(left: pl.DataType, right: pl.DataType, column: str) -> pl.DataType:
    """Return the narrowest type that holds both; raises DataError where there is none."""
    if left == right or right == pl.Null():
        return left
    if left == pl.Null():
        return right
    if isinstance(left, pl.List) and isinstance(right, pl.List):
        return pl.List(widest(_inner(left), _inner(right), column))
    pair = {left, right}
    if pair == {pl.Int64(), pl.Float64()}:
        return pl.Float64()
    if pair <= set(_PLAIN):
        return pl.String()
    if pair == {pl.Date(), _MOMENT}:
        return _MOMENT
    raise DataError(
        f"column {column!r} holds {_say(left)} in some rows and {_say(right)} in others",
        where="--query",
        cure=f"cast it in the query, as in CAST({column} AS text), or leave it out",
    )


def type_of(values: Sequence[Any], column: str) -> pl.DataType:
    """Return the narrowest type that holds these values of a column, Null where there are none.

    Whole numbers are Int64 (text beyond its range), others Float64 (text beyond 15 digits); UUIDs,
    times of day and addresses are text, as are records, which are written as JSON. Raises DataError
    for values that no role can use.
    """
    found: pl.DataType = pl.Null()
    for kind in sorted(set(map(type, values)), key=lambda kind: kind.__name__):
        found = widest(found, _type_of_kind(kind, values, column), column)
    return found


def column_of_values(name: str, values: Sequence[Any], dtype: pl.DataType) -> pl.Series:
    """Return values as a column of a type that holds them, as `type_of` or wider."""
    return pl.Series(name, _converted(values, dtype), dtype=dtype)


def widened(frame: pl.LazyFrame, types: Mapping[str, pl.DataType]) -> pl.LazyFrame:
    """Return columns that were written in narrower types in these, as if they were new."""
    schema = frame.collect_schema()
    return frame.select(_widened(name, schema[name], dtype) for name, dtype in types.items())


def _widened(name: str, found: pl.DataType, wanted: pl.DataType) -> pl.Expr:
    column = pl.col(name)
    # polars writes 5.0 and 1e-7 where values that come as text read 5 and 1e-07.
    if (found, wanted) == (pl.Float64(), pl.String()):
        return column.map_elements(_text, return_dtype=wanted)
    if (found, wanted) == (pl.List(pl.Float64()), pl.List(pl.String())):
        return column.map_elements(_texts, return_dtype=wanted)
    return column.cast(wanted)


def _type_of_kind(kind: type, values: Sequence[Any], column: str) -> pl.DataType:
    if kind is type(None):
        return pl.Null()
    if issubclass(kind, bool):
        return pl.Boolean()
    if issubclass(kind, int):
        whole = [v for v in values if type(v) is kind]
        return pl.Int64() if min(whole) in _INT64 and max(whole) in _INT64 else pl.String()
    if issubclass(kind, float):
        return pl.Float64()
    if issubclass(kind, Decimal):
        return _of_decimals([v for v in values if type(v) is kind])
    if issubclass(kind, (*_AS_TEXT, dict)):
        return pl.String()
    if issubclass(kind, (bytes, bytearray, memoryview)):
        return pl.Binary()
    if issubclass(kind, datetime):
        zoned = {v.tzinfo is not None for v in values if type(v) is kind}
        if len(zoned) == 2:
            return widest(_MOMENT, ZONED, column)
        return ZONED if zoned.pop() else _MOMENT
    if issubclass(kind, date):
        return pl.Date()
    if issubclass(kind, (list, tuple)) and not hasattr(kind, "_fields"):
        inner = list(chain.from_iterable(v for v in values if type(v) is kind))
        if not any(isinstance(v, (list, tuple, dict)) for v in inner):
            return pl.List(type_of(inner, column))
        raise _unusable(column, "lists of lists or of records")
    raise _unusable(column, f"values of type {kind.__name__}")


def _of_decimals(values: Iterable[Decimal]) -> pl.DataType:
    found: set[str] = set()
    for value in values:
        if not value.is_finite():
            found.add("float")
        elif value == value.to_integral_value():
            found.add("integer" if int(value) in _INT64 else "text")
        else:
            found.add("float" if len(value.as_tuple().digits) <= _FLOAT_DIGITS else "text")
    if "text" in found:
        return pl.String()
    return pl.Float64() if "float" in found else pl.Int64()


def _converted(values: Sequence[Any], dtype: pl.DataType) -> Sequence[Any]:
    if isinstance(dtype, pl.List):
        inner = _inner(dtype)
        return [None if v is None else list(_converted(v, inner)) for v in values]
    kinds = set(map(type, values)) - {type(None)}
    convert = _conversion(dtype, kinds)
    if convert is None:
        return values
    return [None if value is None else convert(value) for value in values]


def _conversion(dtype: pl.DataType, kinds: set[type]) -> Callable[[Any], Any] | None:
    """Return the function that turns values of these kinds into a type, None where none is due."""
    if dtype == pl.String():
        return None if kinds <= {str} else _text
    if dtype == pl.Int64():
        return None if kinds <= {int} else int
    if dtype == pl.Float64():
        return None if kinds <= {float} else float
    if dtype == pl.Binary():
        return None if kinds <= {bytes} else bytes
    if dtype == ZONED:
        return _utc
    if dtype == _MOMENT and date in kinds:
        return lambda v: v if isinstance(v, datetime) else datetime(v.year, v.month, v.day)
    return None


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False, default=str)
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, float) and value.is_integer() and abs(value) <= _EXACT:
        # Whether it stood among whole numbers or others must not tell: 5.0 is 5.
        return str(int(value))
    return str(value)


def _texts(values: pl.Series) -> list[str | None]:
    return [None if value is None else _text(value) for value in values]


def _utc(value: datetime) -> datetime:
    return value.astimezone(UTC)


def _inner(dtype: pl.List) -> pl.DataType:
    inner = dtype.inner
    return inner if isinstance(inner, pl.DataType) else inner()


_WORDS = {
    pl.Boolean(): "truth values", pl.Int64(): "whole numbers", pl.Float64(): "numbers",
    pl.String(): "text", pl.Binary(): "bytes", pl.Date(): "dates",
    _MOMENT: "times without a zone", ZONED: "times with a zone",
}  # fmt: skip


def _say(dtype: pl.DataType) -> str:
    return "lists" if isinstance(dtype, pl.List) else _WORDS.get(dtype, str(dtype))


def _unusable(column: str, what: str) -> DataError:
    return DataError(
        f"column {column!r} holds {what}, which cannot be used",
        where="--query",
        cure=f"leave it out of the query, or cast it, as in CAST({column} AS text)",
    )
