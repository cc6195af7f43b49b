"""A store as large as a platform's: 10,000 audiences, a panel of 16 million memberships."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from overlap.building import BuildOptions, build
from overlap.model import TagColumn

if TYPE_CHECKING:
    from numpy.typing import NDArray

ROWS, USERS, BUDGET = 48_000_000, 12_000_000, 17_500_000
KINDS = {"category": 100, "interest": 8_400, "brand": 500, "term": 1_000}
CROWDS, WEEKS = 50, 8
OWN = 0.4
"""Share of what a user does that is of the user's own crowd: it makes audiences overlap."""
_BATCH = 2_000_000


def store(folder: Path) -> Path:
    """Return the platform's store in a folder, built where it is not there yet."""
    target = folder / "platform"
    if not target.exists():
        options = BuildOptions(
            user="user",
            tags=tuple(TagColumn(kind, kind) for kind in KINDS),
            time="time",
            period="week",
            budget=BUDGET,
        )
        build([str(events(folder))], target, options)
    return target


def events(folder: Path, seed: int = 5) -> Path:
    """Write the platform's events and return the file."""
    file = folder / "platform.parquet"
    if file.exists():
        return file
    rng = np.random.default_rng(seed)
    names = {kind: pa.array([f"{kind} {i:04d}" for i in range(n)]) for kind, n in KINDS.items()}
    half_written = file.with_suffix(".part")
    writer = None
    for start in range(0, ROWS, _BATCH):
        users = rng.integers(0, USERS, min(_BATCH, ROWS - start))
        columns: dict[str, pa.Array] = {
            "user": pa.array(users),
            "time": pa.array(_times(rng, len(users)), pa.timestamp("s")),
        }
        for kind, known in names.items():
            codes = pa.array(_tags(rng, users, len(known)).astype(np.int32))
            columns[kind] = pa.DictionaryArray.from_arrays(codes, known)
        table = pa.table(columns)
        writer = writer or pq.ParquetWriter(half_written, table.schema, compression="snappy")
        writer.write_table(table)
    assert writer is not None
    writer.close()
    return half_written.rename(file)


def _times(rng: np.random.Generator, rows: int) -> NDArray[np.int64]:
    first = np.datetime64("2026-01-05", "s").astype(np.int64)
    return np.asarray(first + rng.integers(0, WEEKS * 7 * 86_400, rows))


def _tags(
    rng: np.random.Generator, users: NDArray[np.int64], tags: int
) -> NDArray[np.int64]:  # fmt: skip
    """Draw a tag per row: Zipf over all of them, or over those of the user's crowd."""
    of_all = np.exp(rng.random(len(users)) * np.log(tags + 1)).astype(np.int64) - 1
    here = max(2, tags // CROWDS)
    of_crowd = np.exp(rng.random(len(users)) * np.log(here + 1)).astype(np.int64) - 1
    own = (of_crowd * CROWDS + users % CROWDS) % tags
    return np.where(rng.random(len(users)) < OWN, own, of_all).clip(0, tags - 1)
