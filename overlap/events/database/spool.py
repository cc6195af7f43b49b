"""Rows that come in batches, and once → a scratch Parquet file that can be read again and again."""

from __future__ import annotations

import errno
import secrets
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow.parquet as pq

from overlap.events.database.values import column_of_values, type_of, widened, widest
from overlap.model import DataError

GROUP_ROWS = 500_000
GROUP_BYTES = 64 << 20
"""A row group is written when so many rows or bytes are waiting: the memory that spooling needs."""


class Spool:
    """Takes rows in batches and writes them to one Parquet file, whose types may widen on the way.

    `types` are those that are declared, by column, pl.Null where a column goes by its values. Give
    `close` whatever happens: it removes what is unfinished.
    """

    def __init__(self, folder: Path, types: dict[str, pl.DataType]) -> None:
        self.rows = 0
        self._folder, self._types = folder, types
        self._waiting: list[pl.DataFrame] = []
        self._bytes = 0
        self._segments: list[Path] = []
        self._writer: pq.ParquetWriter | None = None
        self._written: dict[str, pl.DataType] = {}

    def add(self, rows: Sequence[Sequence[Any]]) -> None:
        """Take a batch of rows; raises DataError for values that cannot be used."""
        columns = []
        for name, values in zip(self._types, zip(*rows, strict=True), strict=True):
            found = type_of(values, name)
            self._types[name] = widest(self._types[name], found, name)
            columns.append(column_of_values(name, values, self._types[name]))
        batch = pl.DataFrame(columns)
        self._waiting.append(batch)
        self.rows += len(batch)
        self._bytes += int(batch.estimated_size())
        if self._bytes >= GROUP_BYTES or sum(map(len, self._waiting)) >= GROUP_ROWS:
            self._flush()

    def finish(self) -> tuple[Path, pl.Schema]:
        """Write what is waiting; return the file, which outlives the spool, and its schema."""
        if self._waiting:
            self._flush()
        self._close_writer()
        if len(self._segments) > 1:
            self._unite()
        (file,) = self._segments
        self._segments = []
        return file, pl.scan_parquet(file).collect_schema()

    def close(self) -> None:
        """Remove all files but one that was finished."""
        self._close_writer()
        for file in self._segments:
            file.unlink(missing_ok=True)

    def _flush(self) -> None:
        group = pl.concat([widened(batch.lazy(), self._types) for batch in self._waiting]).collect()
        self._waiting, self._bytes = [], 0
        table = group.to_arrow(compat_level=pl.CompatLevel.oldest())
        try:
            if self._writer is None or self._written != self._types:
                # What was written has narrower types: it is cast when all is there.
                self._close_writer()
                self._writer = pq.ParquetWriter(self._new_file(), table.schema, compression="zstd")
                self._written = dict(self._types)
            self._writer.write_table(table, row_group_size=max(len(group), 1))
        except OSError as error:
            raise self._unwritable(error) from error

    def _unite(self) -> None:
        segments = [pl.scan_parquet(file, glob=False) for file in self._segments]
        whole = self._new_file()
        try:
            pl.concat([widened(frame, self._types) for frame in segments]).sink_parquet(
                whole, compression="zstd"
            )
        except OSError as error:
            raise self._unwritable(error) from error
        for file in self._segments[:-1]:
            file.unlink()
        self._segments = [whole]

    def _new_file(self) -> Path:
        file = self._folder / f"{secrets.token_hex(8)}.parquet"
        self._segments.append(file)
        return file

    def _close_writer(self) -> None:
        if self._writer is not None:
            self._writer.close()
            self._writer = None

    def _unwritable(self, error: OSError) -> DataError:
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        return DataError(
            "the rows of the database cannot be kept on this machine: "
            + ("the disk is full" if full else str(error)),
            where=str(self._folder),
            cure="make room there, or name another folder in TMPDIR",
        )
