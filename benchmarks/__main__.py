"""Measure everything and write docs/benchmarks.md: `python -m benchmarks`."""

from __future__ import annotations

import argparse
import os
import platform
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from benchmarks import bursts, discovery, events, exporting, keywords, measure, month, panels, terms
from benchmarks.accuracy import __main__ as accuracy
from benchmarks.dashboard import report

TARGET = Path(__file__).parents[1] / "docs" / "benchmarks.md"
TITLES = {
    "overlap_build": "**overlap build**: kept sets and HLL, mergeable, any expression afterwards",
    "polars_len": "polars `group_by(tag).len()`: reads the tags alone",
    "polars_len_and_users": "polars `group_by(tag).agg(len, user.max)`: reads tags and users",
    "polars_n_unique": "polars exact `n_unique` per tag: sizes only",
    "duckdb_approx": "DuckDB `approx_count_distinct`: sizes only",
    "clickhouse_combined": "ClickHouse `uniqCombined`: sizes only",
    "clickhouse_bitmap": "ClickHouse `groupBitmap`: exact sets, sizes printed",
    "datasketches_theta": "Apache theta per tag (lg k = 12), fed from Python",
    "datasketch_hll": "datasketch HyperLogLog++ per tag (p = 12)",
    "datasketch_minhash": "datasketch MinHash per tag (128)",
}
SLOW = ("datasketches_theta", "datasketch_hll", "datasketch_minhash")


@dataclass(frozen=True, slots=True)
class Run:
    """Where generated events are, and how many rows the builds take."""

    folder: Path
    rows: int
    large: int


def build(folder: Path, rows: int, large: int) -> list[str]:
    """Return the tables of builds: against peers, and ten times as much."""
    file = events.write(folder, rows, users=20_000_000, tags=1000)
    quick = [name for name in TITLES if name not in SLOW]
    measured = measure.in_turn(quick, file, 3) | measure.in_turn([*SLOW], file, 1)
    lines = [f"### {rows:,} rows ({file.stat().st_size / 1e6:,.0f} MB)", "", *_table(measured)]
    file = events.write(folder, large, users=20_000_000, tags=1000)
    few = ["overlap_build", "polars_len", "polars_len_and_users", "duckdb_approx"]
    more = measure.in_turn(few, file, 2)
    lines += [f"### {large:,} rows ({file.stat().st_size / 1e6:,.0f} MB)", "", *_table(more)]
    ours, before = more["overlap_build"], measured["overlap_build"]
    return [
        "20 million users, 1,000 Zipf audiences, Parquet with snappy as Spark writes it, a budget "
        "of a million memberships; whole processes, imports and all, medians of runs in turn.",
        "",
        *lines,
        f"From {rows:,} to {large:,} rows: {ours.seconds / before.seconds:.1f}× the time, "
        f"{ours.megabytes / before.megabytes:.2f}× the peak memory.",
        "",
    ]


SECTIONS: dict[str, tuple[str, Callable[[Run], list[str]]]] = {
    "build": ("Building", lambda run: build(run.folder, run.rows, run.large)),
    "month": ("A month", lambda run: month.lines(run.folder)),
    "panels": ("Asking a warm panel", lambda _: panels.lines()),
    "discovery": ("Discovery", lambda _: discovery.lines()),
    "export": (
        "Exporting a segment",
        lambda run: exporting.lines(run.folder, run.rows, 20_000_000, 3),
    ),
    "terms": ("Posts to terms", lambda _: terms.lines()),
    "keywords": ("Posts to audiences of keywords", lambda _: keywords.lines()),
    "bursts": ("Finding bursts", lambda _: bursts.lines()),
    "dashboard": ("The dashboard", lambda run: report.lines(run.folder)),
}
"""What can be measured by name: the title of its section, and what fills it."""


def _table(measured: dict[str, measure.Measured]) -> list[str]:
    ours = measured["overlap_build"].seconds
    return [
        "| what | seconds | CPU seconds | peak MB | time against overlap | result |",
        "|---|---:|---:|---:|---:|---|",
        *(
            f"| {TITLES[name]} | {m.seconds:.1f} | {m.cpu:.1f} | {m.megabytes:,.0f} "
            f"| {m.seconds / ours:.2f}× | {m.said} |"
            for name, m in measured.items()
        ),
        "",
    ]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks")
    parser.add_argument("--rows", type=int, default=50_000_000)
    parser.add_argument("--large", type=int, default=500_000_000)
    parser.add_argument("--folder", type=Path, help="keep the generated events here")
    parser.add_argument("--only", nargs="*", choices=[*SECTIONS, "accuracy"], help="leave the rest")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = chosen.folder or Path(temporary)
        names = chosen.only or [*SECTIONS, "accuracy"]
        if len(names) > 1:
            # A section in a process of its own: what one takes counts as its children's peak.
            options = ["--rows", chosen.rows, "--large", chosen.large, "--folder", folder]
            for name in names:
                argv = [sys.executable, "-m", "benchmarks", *map(str, options), "--only", name]
                subprocess.run(argv, check=True)
        elif names == ["accuracy"]:
            accuracy.main()
        else:
            title, lines = SECTIONS[names[0]]
            write(title, lines(Run(folder, chosen.rows, chosen.large)))


def write(title: str, lines: list[str]) -> None:
    """Put a section into docs/benchmarks.md, in the place of the one of its title."""
    machine = (
        f"Machine: {platform.machine()}, {os.cpu_count()} cores, "
        f"Python {platform.python_version()}, "
        + ", ".join(f"{n} {version(n)}" for n in ("polars", "pyarrow", "numba", "datasketch"))
        + "."
    )
    head = "# Benchmarks\n\nWritten by `make bench`; ratios are what to read: machines drift.\n"
    text = TARGET.read_text("utf-8") if TARGET.exists() else head
    section = "\n".join([f"## {title}", "", machine, "", *lines]).rstrip() + "\n"
    sections = re.split(r"(?m)^(?=## )", text)
    kept = [s.rstrip() + "\n" for s in sections if not s.startswith(f"## {title}\n")]
    TARGET.write_text("\n".join([*kept, section]), "utf-8")
    print(f"wrote {title!r} to {TARGET}")


if __name__ == "__main__":
    main()
