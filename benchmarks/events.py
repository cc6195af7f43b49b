"""A stream of events to measure on: Zipf tags, uniform users, dictionary-encoded Parquet."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pyarrow.parquet as pq


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
