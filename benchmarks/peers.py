"""One peer per call, each in a process of its own: `python -m benchmarks.peers NAME FILE DIR`."""

from __future__ import annotations

import sys
from pathlib import Path

import polars as pl


def overlap_build(file: Path, folder: Path) -> str:
    from overlap.building import BuildOptions, build
    from overlap.model import TagColumn

    options = BuildOptions(user="user", tags=(TagColumn("tag", "interest"),), budget=1_000_000)
    report = build([str(file)], folder / "store", options)
    return f"{report.memberships:,} memberships kept, floor rate {report.floor_rate:.4g}"


def polars_len(file: Path, folder: Path) -> str:
    counts = pl.scan_parquet(file).group_by("tag").len().collect(engine="streaming")
    return f"{len(counts):,} tags"


def polars_n_unique(file: Path, folder: Path) -> str:
    users = pl.scan_parquet(file).group_by("tag").agg(pl.col("user").n_unique())
    return f"{users.collect(engine='streaming')['user'].sum():,} memberships"


def datasketches_theta(file: Path, folder: Path) -> str:
    import datasketches

    sketches: dict[str, object] = {}
    for part in pl.read_parquet(file).iter_slices(1_000_000):
        for (tag,), rows in part.group_by("tag"):
            sketch = sketches.setdefault(tag, datasketches.update_theta_sketch(12))
            for user in rows["user"].to_list():
                sketch.update(user)  # type: ignore[attr-defined]
    return f"{len(sketches):,} theta sketches"


def datasketch_hll(file: Path, folder: Path) -> str:
    from datasketch import HyperLogLogPlusPlus

    sketches: dict[str, HyperLogLogPlusPlus] = {}
    for part in pl.read_parquet(file).iter_slices(1_000_000):
        for (tag,), rows in part.group_by("tag"):
            sketch = sketches.setdefault(tag, HyperLogLogPlusPlus(p=12))
            for user in rows["user"].to_list():
                sketch.update(user.to_bytes(8, "little"))
    return f"{len(sketches):,} HyperLogLogs"


PEERS = {
    f.__name__: f
    for f in (overlap_build, polars_len, polars_n_unique, datasketches_theta, datasketch_hll)
}

if __name__ == "__main__":
    print(PEERS[sys.argv[1]](Path(sys.argv[2]), Path(sys.argv[3])))
