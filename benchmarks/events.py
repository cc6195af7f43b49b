"""A stream of events to measure on: Zipf tags, uniform users, dictionary-encoded Parquet."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

if TYPE_CHECKING:
    from numpy.typing import NDArray


def write(
    folder: Path, rows: int, users: int, tags: int, compression: str = "snappy", seed: int = 7
) -> Path:
    """Write `rows` events as row groups of a million and return the file."""
    file = folder / f"events-{rows}-{users}-{tags}-{compression}.parquet"
    if file.exists():
        return file
    rng = np.random.default_rng(seed)
    weights = 1 / np.arange(1, tags + 1)
    edges = np.cumsum(weights / weights.sum())
    names = pl.Series([f"interest {i:05d}" for i in range(tags)])
    writer = None
    for start in range(0, rows, 1_000_000):
        n = min(1_000_000, rows - start)
        frame = pl.DataFrame(
            {
                "user": rng.integers(0, users, n),
                "tag": names.gather(np.searchsorted(edges, rng.random(n)).clip(max=tags - 1)),
            }
        )
        table = frame.to_arrow(compat_level=pl.CompatLevel.oldest())
        writer = writer or pq.ParquetWriter(file, table.schema, compression=compression)
        writer.write_table(table)
    assert writer is not None
    writer.close()
    return file


def month(
    folder: Path, rows_a_day: int, users: int, tags: int, days: int = 30, seed: int = 11
) -> list[Path]:
    """Write a month of events, a file a day in the order of time, and return the files.

    A few users do most: user u of U is drawn as U·r², r uniform. Tags are Zipf.
    """
    home = month_folder(folder, rows_a_day, users, tags)
    home.mkdir(parents=True, exist_ok=True)
    weights = 1 / np.arange(1, tags + 1)
    fine = (np.arange(1 << 20) + 0.5) / (1 << 20)
    table = np.searchsorted(np.cumsum(weights / weights.sum()), fine).astype(np.int32)
    names = pa.array([f"interest {i:05d}" for i in range(tags)])
    first = np.datetime64("2026-05-01", "ms").astype(np.int64)
    return [
        _day(
            home / f"day-{day + 1:02d}.parquet",
            np.random.default_rng([seed, day]),
            (rows_a_day, users, first + day * _DAY),
            table,
            names,
        )
        for day in range(days)
    ]


def month_folder(folder: Path, rows_a_day: int, users: int, tags: int) -> Path:
    """Return where the files of such a month are."""
    return folder / f"month-{rows_a_day}-{users}-{tags}"


_DAY = 86_400_000
"""Milliseconds."""


def _day(
    file: Path,
    rng: np.random.Generator,
    size: tuple[int, int, int],
    table: NDArray[np.int32],
    names: pa.Array,
) -> Path:
    rows, users, start = size
    if file.exists():
        return file
    unfinished = file.with_suffix(".unfinished")
    writer = None
    for begin in range(0, rows, 1_000_000):
        n = min(1_000_000, rows - begin)
        times = start + np.linspace(begin / rows, (begin + n) / rows, n, endpoint=False) * _DAY
        codes = table[rng.integers(0, len(table), n, dtype=np.int32)]
        events = pa.table(
            {
                "user": (rng.random(n) ** 2 * users).astype(np.int64),
                "tag": pa.DictionaryArray.from_arrays(codes, names),
                "time": pa.array(times.astype(np.int64), pa.timestamp("ms")),
            }
        )
        writer = writer or pq.ParquetWriter(unfinished, events.schema, compression="snappy")
        writer.write_table(events)
    if writer is not None:
        writer.close()
    return unfinished.rename(file)
