"""Measure everything and write docs/benchmarks.md."""

from __future__ import annotations

import argparse
import platform
import tempfile
from importlib.metadata import version
from pathlib import Path

from benchmarks import asking, events, measure

TITLES = {
    "overlap_build": "overlap build: mergeable kept sets and HLL, any expression afterwards",
    "polars_len": "polars group_by(tag).len(): the floor of reading",
    "polars_n_unique": "polars exact n_unique per tag: sizes only, nothing to merge",
    "datasketches_theta": "Apache theta sketch per tag (lg k = 12), updated from Python",
    "datasketch_hll": "datasketch HyperLogLog++ per tag (p = 12)",
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks")
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--users", type=int, default=2_000_000)
    parser.add_argument("--tags", type=int, default=300)
    parser.add_argument("--runs", type=int, default=3)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        file = events.write(Path(folder), chosen.rows, chosen.users, chosen.tags)
        size = file.stat().st_size / 1e6
        fast = ["overlap_build", "polars_len", "polars_n_unique"]
        measured = measure.in_turn(fast, file, chosen.runs)
        measured |= measure.in_turn(["datasketches_theta", "datasketch_hll"], file, 1)
        answers = asking.table(file)
    ours = measured["overlap_build"].seconds
    lines = [
        "# Benchmarks",
        "",
        "Written by `make bench`. Whole processes, imports and all, run in turn; the ratio is what",
        "to read, since machines differ and drift.",
        "",
        f"Machine: {platform.machine()}, {_cores()} cores, Python {platform.python_version()}, "
        + ", ".join(f"{n} {version(n)}" for n in ("polars", "numpy", "datasketch", "datasketches"))
        + ".",
        "",
        f"## Build: {chosen.rows:,} rows, {chosen.users:,} users, {chosen.tags:,} audiences "
        f"({size:,.0f} MB of Parquet)",
        "",
        "| what | seconds | peak MB | time against overlap | result |",
        "|---|---:|---:|---:|---|",
        *(
            f"| {TITLES[name]} | {m.seconds:.1f} | {m.megabytes:,.0f} | {m.seconds / ours:.2f}× "
            f"| {m.said} |"
            for name, m in measured.items()
        ),
        "",
        *answers,
    ]
    target = Path(__file__).parents[1] / "docs" / "benchmarks.md"
    target.write_text("\n".join(lines) + "\n", "utf-8")
    print(f"wrote {target}")


def _cores() -> int:
    import os

    return os.cpu_count() or 1


if __name__ == "__main__":
    main()
