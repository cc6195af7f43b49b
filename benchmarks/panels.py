"""Questions to a warm panel of 16 million memberships, against what else could answer them."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import polars as pl
from pyroaring import BitMap

from overlap.model import (
    FULL_THETA,
    NO_PERIOD,
    UNIVERSE_KIND,
    UNIVERSE_NAME,
    SketchSpec,
)
from overlap.panel import Panel
from overlap.sketches import AUDIENCES, ENTRIES, TOTALS, Sketches

USERS, AUDIENCE_COUNT, RATE = 8_000_000, 10_000, 0.25


class Platform(NamedTuple):
    """Audiences of a simulated platform: everybody, and the panel of those who were kept."""

    full: list[np.ndarray]
    panel: Panel


def platform(memberships: int = 56_000_000, seed: int = 3) -> Platform:
    """Simulate audiences of Zipf sizes over users numbered in the order of their hashes."""
    rng = np.random.default_rng(seed)
    weights = 1 / np.arange(1, AUDIENCE_COUNT + 1) ** 0.9
    sizes = np.clip(weights / weights.sum() * memberships, 20, USERS // 2).astype(int)
    full = [np.unique(rng.integers(0, USERS, size)).astype(np.uint32) for size in sizes]
    hashes = np.sort(rng.integers(0, FULL_THETA, USERS, dtype=np.uint64))
    kept = int(USERS * RATE)
    theta = int(hashes[kept])
    runs = [users[: np.searchsorted(users, kept)] for users in [*full, np.arange(USERS)]]
    numbers = np.concatenate(runs).astype(np.uint32)
    audience = np.repeat(np.arange(len(runs), dtype=np.uint32), [len(run) for run in runs])
    names = [f"i{i:05d}" for i in range(AUDIENCE_COUNT)]
    sketches = Sketches(
        spec=SketchSpec("integer"),
        floor=theta,
        k=1,
        audiences=pl.DataFrame(
            {
                "kind": ["interest"] * AUDIENCE_COUNT + [UNIVERSE_KIND],
                "name": [*names, UNIVERSE_NAME],
                "theta": np.full(len(runs), theta, dtype=np.uint64),
            },
            schema=AUDIENCES,
        ),
        entries=pl.DataFrame(
            {
                "audience": audience,
                "hash": hashes[numbers],
                "period": pl.Series([NO_PERIOD], dtype=pl.Date).new_from_index(0, len(numbers)),
                "events": np.ones(len(numbers), dtype=np.uint32),
            },
            schema=ENTRIES,
        ),
        totals=pl.DataFrame(schema=TOTALS),
        lineage=frozenset({"simulated"}),
        numbered=(hashes[:kept], numbers),
    )
    return Platform(full, Panel(sketches))


def lines() -> list[str]:
    """Return Markdown lines: milliseconds per question, ours and the peers'."""
    full, panel = platform()
    rows = [*_one_to_many(full, panel), *_expression(full, panel), *_all_pairs(full, panel)]
    return [
        f"A panel of {panel.memberships:,} memberships and {AUDIENCE_COUNT:,} interests, which "
        f"keeps a quarter of {USERS:,} users with {sum(map(len, full)):,} memberships; one "
        "process, medians.",
        "",
        "| question | who | milliseconds | against overlap |",
        "|---|---|---:|---:|",
        *rows,
        "",
    ]


def _one_to_many(full: list[np.ndarray], panel: Panel) -> list[str]:
    rows = []
    for rank in (1, 10, 300):
        anchor = f"i{rank:05d}"
        ours = _median(lambda a=anchor: panel.cooccurrence(panel.sample(a), "interest"))
        bitmaps = _bitmaps(full)
        roaring = _median(
            lambda r=rank, b=bitmaps: [b[r].intersection_cardinality(other) for other in b], 3
        )
        theirs = [("Roaring bitmaps of the full membership", roaring)]
        if rank == 10:
            theirs.append(("Apache theta intersections in a loop (lg k = 12)", _thetas(full, rank)))
            theirs.append(("polars join of the panel's memberships", _joined(full, rank)))
        name = f"one of {len(full[rank]):,} users × {AUDIENCE_COUNT:,}"
        rows += _rows(name, ours, theirs)
    return rows


def _expression(full: list[np.ndarray], panel: Panel) -> list[str]:
    text = "(i00001 & i00005 | i00020) - (i00002 & i00100)"
    panel.size(text)
    tree = panel.resolve(text)
    ours = _median(lambda: panel.sample(tree), 51)
    a, b, c, d, e = (BitMap(full[i]) for i in (1, 5, 20, 2, 100))
    roaring = _median(lambda: (a & b | c) - (d & e), 51)
    return _rows(
        "an expression of five", ours, [("Roaring bitmaps of the full membership", roaring)]
    )


def _all_pairs(full: list[np.ndarray], panel: Panel) -> list[str]:
    import scipy.sparse as sp

    count = 1000
    codes = slice(0, count)
    ours = _median(lambda: panel.all_pairs("interest", "interest", count), 3)
    offsets = np.cumsum([0, *(len(users) for users in full[:count])])
    ones = np.ones(offsets[-1], dtype=np.int32)
    matrix = sp.csr_array(
        (ones, np.concatenate(full[codes]).astype(np.int32), offsets), shape=(count, USERS)
    )
    sparse = _median(lambda: (matrix @ matrix.T).toarray(), 1)
    bitmaps = _bitmaps(full[:count])
    roaring = _median(lambda: [a.intersection_cardinality(b) for a in bitmaps for b in bitmaps], 1)
    return _rows(
        f"all pairs {count:,} × {count:,}",
        ours,
        [
            ("scipy sparse product of the full membership", sparse),
            ("Roaring bitmaps of the full membership", roaring),
        ],
    )


def _bitmaps(full: list[np.ndarray]) -> list[BitMap]:
    return [BitMap(users) for users in full]


def _thetas(full: list[np.ndarray], rank: int) -> float:
    import datasketches

    sketches = []
    for users in full[:1000]:
        sketch = datasketches.update_theta_sketch(12)
        # The smallest hashes decide: a prefix in the order of hashes stands for all.
        for user in users[:20_000].tolist():
            sketch.update(user)
        sketches.append(sketch.compact())

    def ask() -> None:
        for other in sketches:
            both = datasketches.theta_intersection()
            both.update(sketches[rank])
            both.update(other)
            both.get_result().get_estimate()

    return _median(ask, 3) * len(full) / len(sketches)


def _joined(full: list[np.ndarray], rank: int) -> float:
    kept = int(USERS * RATE)
    runs = [users[: np.searchsorted(users, kept)] for users in full]
    frame = pl.DataFrame(
        {
            "audience": np.repeat(np.arange(len(runs), dtype=np.uint32), [len(r) for r in runs]),
            "user": np.concatenate(runs),
        }
    )
    anchor = frame.filter(pl.col("audience") == rank).select("user")
    return _median(lambda: frame.join(anchor, on="user", how="semi").group_by("audience").len(), 3)


def _rows(question: str, ours: float, theirs: list[tuple[str, float]]) -> list[str]:
    return [
        f"| {question} | overlap | {1e3 * ours:,.3g} | 1× |",
        *(f"| | {who} | {1e3 * t:,.3g} | {t / ours:,.1f}× |" for who, t in theirs),
    ]


def _median(question: Callable[[], object], runs: int = 11) -> float:
    question()
    seconds = []
    for _ in range(runs):
        start = time.perf_counter()
        question()
        seconds.append(time.perf_counter() - start)
    return statistics.median(seconds)


if __name__ == "__main__":
    print("\n".join(lines()))
