"""Cells of any type as those that a spreadsheet has: text, numbers, truth values, dates."""

from __future__ import annotations

import polars as pl
import polars.selectors as cs

BETWEEN = " | "
"""What stands between the values of a list in one cell."""


def printable(frame: pl.DataFrame) -> pl.DataFrame:
    """Return a table without nested columns: lists joined, records as JSON, NaN as null."""
    return frame.with_columns(
        cs.float().fill_nan(None),
        *(_flat(name, dtype) for name, dtype in frame.schema.items() if _nested(dtype)),
    )


def _nested(dtype: pl.DataType) -> bool:
    return dtype.is_nested() or isinstance(dtype, (pl.Categorical, pl.Enum, pl.Binary))


def _flat(name: str, dtype: pl.DataType) -> pl.Expr:
    column = pl.col(name)
    if isinstance(dtype, (pl.List, pl.Array)):
        lists = column.arr.to_list() if isinstance(dtype, pl.Array) else column
        if not pl.List(dtype.inner).inner.is_nested():
            return lists.cast(pl.List(pl.String)).list.join(BETWEEN, ignore_nulls=True).alias(name)
        return pl.struct(column).struct.json_encode().alias(name)
    if isinstance(dtype, pl.Struct):
        return column.struct.json_encode()
    if isinstance(dtype, pl.Binary):
        return column.bin.encode("hex")
    return column.cast(pl.String)
