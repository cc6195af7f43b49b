"""Tables as CSV that Excel opens with its Chinese intact."""

from __future__ import annotations

import io

import polars as pl

from overlap.reports.cells import printable

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def csv_bytes(frame: pl.DataFrame) -> bytes:
    """Return a table as UTF-8 CSV with BOM, formulas in text made harmless.

    Lists are joined with " | "; a number that is none (NaN) is left empty, as null is.
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
    buffer = io.BytesIO()
    escaped.write_csv(buffer, include_bom=True)
    return buffer.getvalue()
