"""One peer per call, each in a process of its own: `python -m benchmarks.peers NAME FILE DIR`."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl


def overlap_build(file: Path, folder: Path) -> str:
    from overlap.building import BuildOptions, build
    from overlap.model import TagColumn

    options = BuildOptions(user="user", tags=(TagColumn("tag", "interest"),), budget=1_000_000)
    report = build([str(file)], folder / "store", options)
    return f"{report.memberships:,} memberships kept, floor rate {report.floor_rate:.4g}"


def overlap_month(folder: Path, target: Path) -> str:
    from overlap.building import BuildOptions, build
    from overlap.model import TagColumn

    tags = (TagColumn("tag", "interest"),)
    options = BuildOptions(user="user", tags=tags, time="time", period="day")
    report = build([str(folder)], target / "store", options)
    (part,) = (target / "store" / "parts").iterdir()
    sizes = {file.name: file.stat().st_size / 1e6 for file in part.iterdir()}
    entries = pl.scan_parquet(part / "entries.parquet").select(pl.len()).collect().item()
    kept = sizes["users.parquet"] + sizes["entries.parquet"]
    return (
        f"{report.provenance.rows_read:,} rows, {report.memberships:,} memberships in "
        f"{entries:,} entries kept, floor rate {report.floor_rate:.4g}; a store of "
        f"{sum(sizes.values()):,.0f} MB: {kept * 1e6 / entries:.1f} bytes an entry, and "
        f"{sizes['totals.parquet']:,.0f} MB of registers by day"
    )


def polars_len(file: Path, folder: Path) -> str:
    counts = pl.scan_parquet(file).group_by("tag").len().collect(engine="streaming")
    return f"{len(counts):,} tags"


def polars_n_unique(file: Path, folder: Path) -> str:
    users = pl.scan_parquet(file).group_by("tag").agg(pl.col("user").n_unique())
    return f"{users.collect(engine='streaming')['user'].sum():,} memberships"


def polars_len_and_users(file: Path, folder: Path) -> str:
    counts = pl.scan_parquet(file).group_by("tag").agg(pl.len(), pl.col("user").max())
    return f"{len(counts.collect(engine='streaming')):,} tags"


def duckdb_approx(file: Path, folder: Path) -> str:
    import duckdb

    rows = duckdb.sql(
        f"select tag, approx_count_distinct(user) from read_parquet('{file}') group by tag"
    ).fetchall()
    return f"{len(rows):,} sizes"


def clickhouse_combined(file: Path, folder: Path) -> str:
    import chdb

    query = f"select tag, uniqCombined(user) from file('{file}', Parquet) group by tag"
    return f"{len(str(chdb.query(query, 'CSV')).splitlines()):,} sizes"


def clickhouse_bitmap(file: Path, folder: Path) -> str:
    import chdb

    query = f"select tag, groupBitmap(toUInt64(user)) from file('{file}', Parquet) group by tag"
    return f"{len(str(chdb.query(query, 'CSV')).splitlines()):,} exact sizes"


def _users_by_tag(file: Path) -> Iterator[tuple[str, list[int]]]:
    for part in pl.read_parquet(file).iter_slices(1_000_000):
        for (tag,), rows in part.group_by("tag"):
            yield tag, rows["user"].to_list()


def datasketches_theta(file: Path, folder: Path) -> str:
    import datasketches

    sketches: dict[str, Any] = {}
    for tag, users in _users_by_tag(file):
        sketch = sketches.setdefault(tag, datasketches.update_theta_sketch(12))
        for user in users:
            sketch.update(user)
    return f"{len(sketches):,} theta sketches"


def datasketch_hll(file: Path, folder: Path) -> str:
    from datasketch import HyperLogLogPlusPlus

    sketches: dict[str, HyperLogLogPlusPlus] = {}
    for tag, users in _users_by_tag(file):
        sketch = sketches.setdefault(tag, HyperLogLogPlusPlus(p=12))
        for user in users:
            sketch.update(user.to_bytes(8, "little"))
    return f"{len(sketches):,} HyperLogLogs"


def datasketch_minhash(file: Path, folder: Path) -> str:
    from datasketch import MinHash

    sketches: dict[str, MinHash] = {}
    for tag, users in _users_by_tag(file):
        sketch = sketches.setdefault(tag, MinHash(num_perm=128))
        sketch.update_batch([user.to_bytes(8, "little") for user in users])
    return f"{len(sketches):,} MinHashes of 128"


PEERS = {
    f.__name__: f
    for f in (
        overlap_build,
        overlap_month,
        polars_len,
        polars_len_and_users,
        polars_n_unique,
        duckdb_approx,
        clickhouse_combined,
        clickhouse_bitmap,
        datasketches_theta,
        datasketch_hll,
        datasketch_minhash,
    )
}

if __name__ == "__main__":
    print(PEERS[sys.argv[1]](Path(sys.argv[2]), Path(sys.argv[3])))
