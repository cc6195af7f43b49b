"""Time questions to a warm panel against exact answers from the events, in one process."""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import polars as pl

from overlap.building import BuildOptions, build
from overlap.model import Policy, TagColumn
from overlap.panel import open_panel


def table(file: Path) -> list[str]:
    """Return Markdown lines: seconds per question and the error of the answers."""
    with tempfile.TemporaryDirectory() as folder:
        options = BuildOptions(
            user="user",
            tags=(TagColumn("tag", "interest"),),
            budget=1_000_000,
            policy=Policy(0, 0),
        )
        build([str(file)], Path(folder) / "s", options)
        start = time.perf_counter()
        _, panel = open_panel(Path(folder) / "s")
        opened = time.perf_counter() - start
    a, b, c, d, e = (f'interest:"interest {i:05d}"' for i in range(5))
    five = f"({a} & {b} | {c}) - ({d} & {e})"
    sets = pl.scan_parquet(file)
    first = sets.filter(pl.col("tag") == "interest 00000").select("user").unique()
    exact_pairs = (
        sets.join(first, on="user", how="semi").group_by("tag").agg(pl.col("user").n_unique())
    )
    sample = panel.sample(a)
    rows = [
        ("open the store", opened, None),
        ("an expression of five audiences", _median(lambda: panel.size(five)), None),
        (
            "one audience against all",
            _median(lambda: panel.cooccurrence(sample, "interest")),
            _median(lambda: exact_pairs.collect(engine="streaming"), 1),
        ),
    ]
    truth = dict(exact_pairs.collect(engine="streaming").iter_rows())
    counts = panel.cooccurrence(sample, "interest")
    both = counts.both.sum(axis=1)
    errors = [
        abs(both[i] / counts.rate[i] / truth[name] - 1)
        for i, name in enumerate(counts.names)
        if truth.get(name, 0) >= 1000
    ]
    return [
        f"## Questions to a warm panel of {panel.memberships:,} memberships",
        "",
        "| question | milliseconds | exact, from the events | ratio |",
        "|---|---:|---:|---:|",
        *(
            f"| {name} | {1e3 * ours:,.1f} | "
            + (f"{1e3 * theirs:,.0f} | {theirs / ours:,.0f}× |" if theirs else "– | – |")
            for name, ours, theirs in rows
        ),
        "",
        f"Median error of the {len(errors)} overlaps of at least 1,000 users: "
        f"{100 * statistics.median(errors):.1f}% at a floor rate of {panel.floor_rate:.4g}.",
    ]


def _median(question: Callable[[], object], runs: int = 7) -> float:
    seconds = []
    for _ in range(runs):
        start = time.perf_counter()
        question()
        seconds.append(time.perf_counter() - start)
    return statistics.median(seconds)
