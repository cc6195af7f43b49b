"""Tables as CSV that Excel opens with its Chinese intact."""

from __future__ import annotations

import io

import polars as pl

from overlap.reports.cells import printable
from overlap.reports.columns import counts

_SAFE = 2.0**53
"""Whole numbers below this are told apart by a float."""

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def csv_bytes(frame: pl.DataFrame) -> bytes:
    """Return a table as UTF-8 CSV with BOM, formulas in text made harmless.

    Lists are joined with " | "; a number that is none (NaN) is left empty, as null is; a whole
    number of users has no decimals.
    """
    frame = printable(frame)
    text = [name for name, dtype in frame.schema.items() if dtype == pl.String]
    escaped = frame.with_columns(
        pl.when(pl.col(name).str.slice(0, 1).is_in(list(_FORMULA_STARTS)))
        .then(pl.concat_str(pl.lit("'"), pl.col(name)))
        .otherwise(pl.col(name))
        .alias(name)
        for name in text
    )
    counted = [name for name, dtype in frame.schema.items() if dtype.is_float() and counts(name)]
    escaped = escaped.with_columns(_whole(pl.col(name)) for name in counted)
    buffer = io.BytesIO()
    escaped.write_csv(buffer, include_bom=True)
    return buffer.getvalue()


def _whole(number: pl.Expr) -> pl.Expr:
    """Write whole numbers as such, others as they are."""
    whole = (number == number.round(0)) & (number.abs() < _SAFE)
    return (
        pl.when(whole)
        .then(number.cast(pl.Int64, strict=False).cast(pl.String))
        .otherwise(number.cast(pl.String))
    )
