"""One part on disk: its sketches as four tables, written and read."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import polars as pl
import pyarrow.parquet as pq

from overlap import sketches as sk
from overlap.model import UNIVERSE, Provenance
from overlap.store.describing import Description, describe
from overlap.store.failures import reading

_AUDIENCES, _USERS = "audiences.parquet", "users.parquet"
_ENTRIES, _TOTALS = "entries.parquet", "totals.parquet"


def write_part(
    folder: Path, sketches: sk.Sketches, provenance: Mapping[str, Provenance]
) -> None:  # fmt: skip
    """Write sketches to a folder that is made, down to the disk; raises OSError."""
    folder.mkdir(parents=True)
    hashes, numbers = sketches.numbering()
    users = pl.Series("hash", hashes)
    entries = sketches.entries.with_columns(pl.Series("user", numbers)).select(
        "audience", "user", "period", "events"
    )
    delta = "DELTA_BINARY_PACKED"
    _write_frame(folder / _AUDIENCES, sketches.audiences, {"theta": "PLAIN"})
    _write_frame(folder / _USERS, users.to_frame("hash"), {"hash": delta})
    _write_frame(folder / _ENTRIES, entries, {"user": delta})
    _write_frame(folder / _TOTALS, sketches.totals, {})
    describe(folder, sketches, provenance)
    for file in folder.iterdir():
        with file.open("rb") as handle:
            os.fsync(handle.fileno())


def _write_frame(file: Path, frame: pl.DataFrame, encoding: dict[str, str]) -> None:
    pq.write_table(
        frame.to_arrow(compat_level=pl.CompatLevel.oldest()),
        file,
        compression="zstd",
        use_dictionary=[c for c in frame.columns if c not in encoding],
        column_encoding=encoding or None,
        version="2.6",
    )


def read_part(folder: Path, description: Description) -> sk.Sketches:
    """Read the sketches of a part; raises DataError where a file is damaged."""
    with reading(folder):
        users = pl.read_parquet(folder / _USERS)["hash"]
        entries = pl.read_parquet(folder / _ENTRIES)
        return sk.Sketches(
            spec=description.spec,
            floor=description.floor,
            k=description.k,
            audiences=pl.read_parquet(folder / _AUDIENCES).cast(sk.AUDIENCES),
            entries=entries.with_columns(users.gather(entries["user"]).alias("hash"))
            .select(sk.ENTRIES.names())
            .cast(sk.ENTRIES),
            totals=pl.read_parquet(folder / _TOTALS).cast(sk.TOTALS),
            lineage=description.lineage,
            numbered=(users.to_numpy(), entries["user"].to_numpy()),
        )


def check_tables(folder: Path) -> None:
    """Raise DataError where a table of a part is missing or has no whole description."""
    with reading(folder):
        for file in (_AUDIENCES, _USERS, _ENTRIES, _TOTALS):
            pq.read_metadata(folder / file)


def read_users(folder: Path) -> tuple[int, pl.LazyFrame]:
    """Return the theta of everybody in a part, and its kept users, unread: hash.

    Raises DataError where a file is damaged.
    """
    with reading(folder):
        everybody = pl.read_parquet(folder / _AUDIENCES).filter(
            (pl.col("kind") == UNIVERSE.kind) & (pl.col("name") == UNIVERSE.name)
        )
        return int(everybody["theta"].item()), pl.scan_parquet(folder / _USERS)
