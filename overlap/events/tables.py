"""What every kind of file is once it is opened: a table that can be scanned, lazily and again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import polars as pl

from overlap.events.sources import SourceFile

ROW = "+row"
"""Column with the number of a row in its file, from 1, where it was asked for."""
MALFORMED = "+malformed"
"""Boolean column: the row has more or fewer fields than the header."""


class Table(Protocol):
    """Files of one shape, read as one table.

    `schema` gives the columns; `textual` says that everything is text whose meaning lies in its
    content (CSV, NDJSON), so that no declared type binds us.
    """

    @property
    def files(self) -> tuple[SourceFile, ...]:
        """The files behind the table."""

    @property
    def schema(self) -> pl.Schema:
        """The columns and their types as read."""

    @property
    def textual(self) -> bool:
        """Whether types must be told from content."""

    @property
    def scratch(self) -> tuple[Path, ...]:
        """Temporary copies that the table reads from."""

    def scan(self, *, numbered: bool = False) -> pl.LazyFrame:
        """Return the columns, `MALFORMED`, and `ROW` if numbered (for a single file only)."""

    def single(self) -> Iterator[Table]:
        """Return one table for each file."""


@dataclass(frozen=True, slots=True)
class ParquetTable:
    """Parquet files of one schema, or one at an address."""

    files: tuple[SourceFile, ...]
    schema: pl.Schema
    textual: bool = False
    scratch: tuple[Path, ...] = ()

    def scan(self, *, numbered: bool = False) -> pl.LazyFrame:
        """Return the columns and `MALFORMED`, and `ROW` if numbered."""
        frame = pl.scan_parquet(
            [f.path for f in self.files],
            glob=any(f.remote for f in self.files),
            hive_partitioning=False,
            row_index_name=ROW if numbered else None,
            row_index_offset=1 if numbered else 0,
        )
        return frame.with_columns(pl.lit(False).alias(MALFORMED))

    def single(self) -> Iterator[ParquetTable]:
        """Return one table for each file."""
        for file in self.files:
            yield ParquetTable((file,), self.schema)
