"""Containment candidates through MinHash LSH Ensemble against counting everything exactly.

`python -m benchmarks.discovery` prints the tables for panels of many and of few, busier users,
which takes some twenty minutes; `make bench` writes those of many. Panels are synthetic, of up to
18 million kept memberships: Zipf audiences, users by topic and with uneven appetite, and a
twentieth of the audiences planted inside a larger one.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import numpy as np
import polars as pl
from pyroaring import BitMap
from scipy import sparse

from overlap.discovery import LEAST, DiscoveryIndex, containments, cooccurrence_with, loops
from overlap.expressions import Audience
from overlap.insights.measures import measure
from overlap.model import FULL_THETA, NO_PERIOD, UNIVERSE, SketchSpec
from overlap.panel import CoOccurrence, Panel, Sample
from overlap.sketches import Sketches
from overlap.sketches.tables import AUDIENCES, ENTRIES, TOTALS

if TYPE_CHECKING:
    from numpy.typing import NDArray

SIZES = (1_000, 10_000, 50_000, 200_000)
USERS = (1_000_000,)
MORE_USERS = (1_000_000, 100_000)
DRAWS = 24_000_000
TOPICS = 200
SMALLEST = 30
T = TypeVar("T")

KIND = "term"
THRESHOLD = 0.5
ANCHORS = 60
QUERIES = 400
FEW = 50
TOP = 100


@dataclass(frozen=True, slots=True)
class Row:
    """What one panel gave; seconds, bytes and shares, NaN where something was not run."""

    audiences: int
    users: int
    memberships: int
    touched: float
    num_perm: int
    one: dict[str, float]
    pairs: dict[str, float]


def lines(
    sizes: tuple[int, ...] = SIZES, users: tuple[int, ...] = USERS, draws: int = DRAWS
) -> list[str]:
    """Return Markdown lines: one anchor against all, and all pairs."""
    # A process of its own each, so that memory is what the one index takes.
    fresh = get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=fresh, max_tasks_per_child=1) as pool:
        rows = list(
            pool.map(_row, *zip(*((s, u, draws) for u in users for s in sizes), strict=True))
        )
    one = [
        "users", "audiences", "memberships", "touched by an anchor, mean",
        "pass over the panel, ms", "Roaring in a loop, ms", "index: query and count, ms",
        "index: build, s", "index: GB", "candidates", "recall of holders",
        "of top 100 by overlap", "by share of audience", "by TGI",
    ]  # fmt: skip
    pairs = [
        "users", "audiences", "pairs found", "overlap, exact", "scipy sparse product",
        "pass per anchor", "index: query and count", "index: with build", "its recall",
        "its time against overlap",
    ]  # fmt: skip
    return [
        "Which audiences hold at least half of another? MinHash LSH Ensemble (datasketch, "
        "`affine64`, 16 partitions) proposes candidates that are "
        "then counted; the panel counts everything. The index is built once, with the values of a "
        f"signature in brackets; milliseconds are the median of {ANCHORS} anchors, half of them "
        "planted inside another audience. Recall is the index's, the panel's is 1; an anchor of "
        "fewer than 20 users gets every audience as a candidate. An anchor touches the "
        "memberships of its users.",
        "",
        *_head(one),
        *(
            f"| {r.users:,} | {r.audiences:,} | {r.memberships:,} | {r.touched:,.0f} "
            f"| {_ms(r.one['pass'])} | {_ms(r.one['roaring'])} | {_ms(r.one['index'])} "
            f"| {r.one['build']:.1f} ({r.num_perm}) | {r.one['bytes'] / 1e9:.1f} "
            f"| {r.one['candidates']:,.0f} | {_share(r.one['holders'])} "
            f"| {_share(r.one['overlap'])} | {_share(r.one['share'])} | {_share(r.one['tgi'])} |"
            for r in rows
        ),
        "",
        "All pairs, every audience as an anchor, in seconds; the pass per anchor and the index, "
        f"but for its build, are extrapolated from {FEW} and {QUERIES} random anchors:",
        "",
        *_head(pairs),
        *(
            f"| {r.users:,} | {r.audiences:,} | {r.pairs['found']:,.0f} | {r.pairs['exact']:.1f} "
            f"| {r.pairs['scipy']:.1f} | {r.pairs['passes']:,.0f} | {r.pairs['asked']:,.0f} "
            f"| {r.pairs['asked'] + r.one['build']:,.0f} | {_share(r.pairs['recall'])} "
            f"| {(r.pairs['asked'] + r.one['build']) / r.pairs['exact']:.0f}× |"
            for r in rows
        ),
    ]


def _head(titles: list[str]) -> list[str]:
    return ["| " + " | ".join(titles) + " |", "|" + "---:|" * len(titles)]


def community(
    audiences: int, users: int, draws: int, seed: int = 1
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Return memberships, audience by audience: audiences, users, and the planted audiences."""
    rng = np.random.default_rng(seed)
    weights = 1 / np.arange(1, audiences + 1)
    sizes = np.clip(weights / weights.sum() * draws, SMALLEST, users // 8).astype(np.int64)
    # Users as often as they are active, in the order of their topics.
    active = np.repeat(np.arange(users), rng.geometric(0.25, users))
    topic = rng.integers(0, TOPICS, users)[active]
    pool = active[np.argsort(topic, kind="stable")]
    begins = np.searchsorted(np.sort(topic), np.arange(TOPICS + 1))
    owner = np.repeat(np.arange(audiences), sizes)
    at = rng.integers(0, TOPICS, audiences)[owner]
    inside = rng.random(len(owner)) < rng.beta(2, 2, audiences)[owner]
    low = np.where(inside, begins[at], 0)
    high = np.where(inside, begins[at + 1], len(pool))
    user = pool[low + (rng.random(len(owner)) * (high - low)).astype(np.int64)]
    audience, user = _distinct(owner, user)
    bounds = np.searchsorted(audience, np.arange(audiences + 1))
    planted = np.sort(rng.choice(np.arange(audiences // 10, audiences), audiences // 20, False))
    for part in planted:
        whole = int(rng.integers(0, part))
        source = user[bounds[whole] : bounds[whole + 1]]
        size = min(int(rng.uniform(0.5, 1) * (bounds[part + 1] - bounds[part])), len(source))
        user[bounds[part] : bounds[part] + size] = rng.choice(source, size, replace=False)
    return *_distinct(audience, user), planted


def panel_of(audience: NDArray[np.int64], user: NDArray[np.int64], users: int) -> Panel:
    """Return a panel in which every membership was kept."""
    audiences = int(audience[-1]) + 1
    hashes = np.random.default_rng(5).integers(0, FULL_THETA, users, dtype=np.uint64)
    seen = np.unique(user)
    names = [f"{KIND} {i:07d}" for i in range(audiences)]
    entries = pl.DataFrame(
        {
            "audience": np.concatenate([audience, np.full(len(seen), audiences)]),
            "hash": hashes[np.concatenate([user, seen])],
        }
    )
    return Panel(
        Sketches(
            spec=SketchSpec("integer"),
            floor=FULL_THETA,
            k=SketchSpec("integer").k,
            audiences=pl.DataFrame(
                {"kind": [KIND] * audiences + [UNIVERSE.kind], "name": [*names, UNIVERSE.name]}
            )
            .with_columns(theta=pl.lit(FULL_THETA, pl.UInt64))
            .cast(AUDIENCES),
            entries=entries.sort("audience", "hash")
            .with_columns(period=pl.lit(NO_PERIOD), events=1)
            .cast(ENTRIES),
            totals=pl.DataFrame(schema=TOTALS),
            lineage=frozenset(),
        )
    )


def _distinct(
    audience: NDArray[np.int64], user: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    keys = np.unique(audience << 32 | user)
    return keys >> 32, keys & 0xFFFFFFFF


def _row(audiences: int, users: int, draws: int) -> Row:
    audience, user, planted = community(audiences, users, draws)
    panel = panel_of(audience, user, users)
    degree = np.bincount(user)
    num_perm = 128 if audiences <= 50_000 else 64
    before = _resident()
    built, index = _timed(
        lambda: DiscoveryIndex.build(panel, KIND, threshold=THRESHOLD, num_perm=num_perm)
    )
    one = {"build": built, "bytes": float(max(_resident() - before, 0))}
    rng = np.random.default_rng(2)
    ranks = np.exp(rng.uniform(0, np.log(audiences), ANCHORS // 2)).astype(np.int64)
    anchors = np.concatenate([ranks, rng.choice(planted, ANCHORS // 2)])
    one |= _one_anchor(panel, index, anchors)
    chosen = rng.choice(index.asked, QUERIES, replace=False)
    return Row(
        audiences=audiences,
        users=users,
        memberships=len(user),
        touched=float((degree.astype(float) ** 2).sum() / audiences),
        num_perm=num_perm,
        one=one,
        pairs=_all_pairs(panel, index, chosen),
    )


def _one_anchor(
    panel: Panel, index: DiscoveryIndex, anchors: NDArray[np.int64]
) -> dict[str, float]:
    names = panel.names(KIND)
    kept = panel.kept(KIND)
    bitmaps = [BitMap(kept.users[a:b]) for a, b in zip(kept.bounds, kept.bounds[1:], strict=False)]
    seen: dict[str, list[float]] = {}
    panel.cooccurrence(panel.sample(Audience(KIND, names[0])), KIND)
    for anchor in anchors:
        sample = panel.sample(Audience(KIND, names[anchor]))
        passed, every = _timed(lambda s: panel.cooccurrence(s, KIND), sample)
        looped, _ = _timed(lambda s: [s.users.intersection_cardinality(b) for b in bitmaps], sample)
        asked, some = _timed(lambda s: _ask(panel, index, s), sample)
        recalls = _recalls(every, some, int(anchor))
        values = {"pass": passed, "roaring": looped, "index": asked, **recalls}
        for name, value in (values | {"candidates": len(some.names)}).items():
            seen.setdefault(name, []).append(value)
    timed = ("pass", "roaring", "index")
    return {
        name: statistics.median(v) if name in timed else float(np.nanmean(v))
        for name, v in seen.items()
    }


def _ask(panel: Panel, index: DiscoveryIndex, anchor: Sample) -> CoOccurrence:
    return cooccurrence_with(panel, anchor, KIND, index.candidates(anchor))


def _recalls(every: CoOccurrence, some: CoOccurrence, anchor: int) -> dict[str, float]:
    """Return the share of the true holders, and of three true top hundreds, in the candidates."""
    counts = measure(every)
    both = every.both[:, 0].astype(float)
    usable = both >= LEAST
    usable[anchor] = False
    place = {name: i for i, name in enumerate(every.names)}
    found = np.zeros(len(both), dtype=bool)
    found[[place[name] for name in some.names]] = True
    holders = usable & (counts.share_of_anchor >= THRESHOLD)
    out = {"holders": float(found[holders].mean()) if holders.any() else np.nan}
    ranked = {"overlap": both, "share": counts.share_of_audience, "tgi": counts.tgi}
    for name, value in ranked.items():
        top = np.argsort(np.where(usable, -value, np.inf), kind="stable")[:TOP]
        top = top[usable[top]]
        out[name] = float(found[top].mean()) if len(top) else np.nan
    return out


def _all_pairs(panel: Panel, index: DiscoveryIndex, chosen: NDArray[np.int64]) -> dict[str, float]:
    names = panel.names(KIND)
    scale = len(names) / len(chosen)
    containments(panel, "universe")
    exact, table = _timed(lambda: containments(panel, KIND, threshold=THRESHOLD))
    product, found = _timed(lambda: _sparse_product(panel))
    assert found == len(table)
    few = chosen[:FEW]
    samples = [panel.sample(Audience(KIND, names[a])) for a in few]
    passes, _ = _timed(lambda: [panel.cooccurrence(s, KIND) for s in samples])
    true = table.filter(pl.col("part").is_in([names[a] for a in chosen]))
    kept = panel.kept(KIND)
    prefix = np.full(len(names), len(kept.hashes))

    def ask() -> int:
        candidates = index.candidate_pairs(chosen)
        pairs = np.zeros((len(candidates), 5), dtype=np.int64)
        pairs[:, :2] = candidates
        loops.count_pairs(kept.bounds, kept.users, prefix, pairs)
        return int(((pairs[:, 2] >= LEAST) & (pairs[:, 2] >= THRESHOLD * pairs[:, 3])).sum())

    asked, hits = _timed(ask)
    return {
        "exact": exact,
        "found": len(table),
        "scipy": product,
        "passes": passes / len(few) * len(names),
        "asked": asked * scale,
        "recall": hits / len(true) if len(true) else np.nan,
    }


def _sparse_product(panel: Panel, step: int = 500) -> int:
    """Count the pairs with scipy: a product of exact memberships, thresholded strip by strip."""
    kept = panel.kept(KIND)
    shape = (len(kept.names), len(kept.hashes))
    ones = np.ones(len(kept.users), dtype=np.int32)
    members = sparse.csr_matrix((ones, kept.users.astype(np.int32), kept.bounds), shape=shape)
    turned = members.T.tocsr()
    sizes = np.diff(kept.bounds)
    found = 0
    for start in range(0, shape[0], step):
        both = members[start : start + step] @ turned
        part = np.repeat(sizes[start : start + step], np.diff(both.indptr))
        found += int(((both.data >= LEAST) & (both.data >= THRESHOLD * part)).sum())
    return found - int((sizes >= LEAST).sum())


def _timed(task: Callable[..., T], *given: Sample) -> tuple[float, T]:
    start = time.perf_counter()
    result = task(*given)
    return time.perf_counter() - start, result


def _resident() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096


def _ms(seconds: float) -> str:
    return f"{1e3 * seconds:.2f}"


def _share(value: float) -> str:
    return "–" if np.isnan(value) else f"{value:.2f}"


if __name__ == "__main__":
    print("\n".join(lines(tuple(int(a) for a in sys.argv[1:]) or SIZES, MORE_USERS)))
