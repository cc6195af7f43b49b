"""Which audiences hold a large share of others: of one anchor, and over all pairs of a kind."""

from __future__ import annotations

import math
import os
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from overlap import estimates, kernels
from overlap.discovery import loops
from overlap.discovery.signatures import DiscoveryIndex, check_threshold
from overlap.expressions import Expression, leaves
from overlap.model import FULL_THETA
from overlap.panel import CoOccurrence, Kept, Panel, Sample

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

CROSSOVER = math.inf
"""Audiences of a kind from which candidates come from signatures: at no number measured.

On panels of 4 to 17 million memberships and 1,000 to 200,000 audiences, counting all pairs exactly
took a fourth to a thirty-fifth of the time of building the index, asking it and counting its
candidates, which missed up to 72% of the pairs and took up to 7 GB (benchmarks/discovery.py). An
audience touches so many memberships only where users have many audiences each, and there chance
makes so many candidates that the index slows down as well.
"""

LEAST = 10
"""Kept users that a pair must share: fewer say nothing about a share."""

_PIECES = 64
_ROWS = 1 << 16

DISCOVERED = pl.Schema(
    {"name": pl.String, "overlap_users": pl.Float64, "overlap_low": pl.Float64,
     "overlap_high": pl.Float64, "exact": pl.Boolean, "share_of_anchor": pl.Float64,
     "share_of_anchor_low": pl.Float64, "share_of_anchor_high": pl.Float64,
     "share_of_audience": pl.Float64, "share_of_audience_low": pl.Float64,
     "share_of_audience_high": pl.Float64, "tgi": pl.Float64, "tgi_low": pl.Float64,
     "tgi_high": pl.Float64}
)  # fmt: skip

CONTAINMENTS = pl.Schema(
    {"part": pl.String, "whole": pl.String, "overlap_users": pl.Float64,
     "overlap_low": pl.Float64, "overlap_high": pl.Float64, "exact": pl.Boolean,
     "share_of_part": pl.Float64, "share_of_part_low": pl.Float64,
     "share_of_part_high": pl.Float64, "tgi": pl.Float64, "tgi_low": pl.Float64,
     "tgi_high": pl.Float64}
)  # fmt: skip


def discover(
    panel: Panel,
    anchor: str | Expression,
    kind: str,
    *,
    threshold: float = 0.5,
    least: int = LEAST,
    index: DiscoveryIndex | None = None,
) -> pl.DataFrame:
    """Return the audiences that hold a share of an anchor or lie in it by that share.

    A row of DISCOVERED per audience of a kind that shares at least `least` kept users with the
    anchor and has share_of_anchor or share_of_audience of at least `threshold`; the larger lower
    bound of the two first. All periods; the audiences the anchor is made of are left out. Counted
    in one exact pass; with an index only its candidates are, and only audiences that hold the
    anchor's share are found, most of them. Raises UsageError for an unknown audience or kind, or a
    threshold outside (0, 1].
    """
    check_threshold(threshold)
    tree = panel.resolve(anchor)
    sample = panel.sample(tree)
    if index is None:
        counts = panel.cooccurrence(sample, kind)
    else:
        counts = cooccurrence_with(panel, sample, kind, index.candidates(sample))
    both, a, b = (x.sum(axis=1) for x in (counts.both, counts.anchor, counts.audience))
    own = {leaf.name for leaf in leaves(tree) if leaf.kind == kind}
    close = (both >= least) & ((both >= threshold * a) | (both >= threshold * b))
    close &= np.array([name not in own for name in counts.names], dtype=bool)
    n = counts.baseline.sum(axis=1)[close]
    rate, base_rate = counts.rate[close], counts.baseline_rate[close]
    both, a, b = both[close], a[close], b[close]
    frame = pl.DataFrame(
        {
            "name": pl.Series(counts.names).filter(pl.Series(close)),
            **_columns("overlap", "overlap_users", estimates.counts(both, rate)),
            "exact": (rate >= 1) & (base_rate >= 1),
            **_columns("share_of_anchor", "share_of_anchor", estimates.shares(both, a, rate)),
            **_columns("share_of_audience", "share_of_audience", estimates.shares(both, b, rate)),
            **_columns("tgi", "tgi", estimates.tgi(both, a, b, n, rate, base_rate)),
        }
    )
    return (
        frame.select(DISCOVERED.names())
        .cast(DISCOVERED)
        .sort(
            pl.max_horizontal("share_of_anchor_low", "share_of_audience_low"),
            "overlap_users",
            "name",
            descending=[True, True, False],
        )
    )


def containments(
    panel: Panel,
    kind: str,
    *,
    threshold: float = 0.5,
    least: int = LEAST,
    crossover: float = CROSSOVER,
) -> pl.DataFrame:
    """Return all pairs of a kind's audiences of which one holds a share of the other.

    A row of CONTAINMENTS per ordered pair that shares at least `least` kept users, at least
    `threshold` of the part's; the largest lower bound first. All periods. Time grows with the sum
    over users of their audiences squared, memory with the rows returned. From `crossover`
    audiences on, candidates come from a DiscoveryIndex, and some pairs are missed. Raises
    UsageError for an unknown kind or a threshold outside (0, 1].
    """
    check_threshold(threshold)
    kept = panel.kept(kind)
    if len(kept.names) >= crossover:
        index = DiscoveryIndex.build(panel, kind, threshold=threshold)
        pairs = _ask(kept, index, threshold, least)
    else:
        pairs = _count(kept, np.arange(len(kept.names)), threshold, least)
    part, whole, both, a, b = pairs.T
    theta = np.minimum(kept.theta[part], kept.theta[whole])
    n, base_rate = _everybody(panel, theta, kept)
    rate = theta / FULL_THETA
    names = pl.Series(kept.names, dtype=pl.String)
    frame = pl.DataFrame(
        {
            "part": names.gather(part),
            "whole": names.gather(whole),
            **_columns("overlap", "overlap_users", estimates.counts(both, rate)),
            "exact": (rate >= 1) & (base_rate >= 1),
            **_columns("share_of_part", "share_of_part", estimates.shares(both, a, rate)),
            **_columns("tgi", "tgi", estimates.tgi(both, a, b, n, rate, base_rate)),
        }
    )
    return (
        frame.select(CONTAINMENTS.names())
        .cast(CONTAINMENTS)
        .sort(
            "share_of_part_low", "overlap_users", "part", "whole",
            descending=[True, True, False, False],
        )
    )  # fmt: skip


def cooccurrence_with(
    panel: Panel, anchor: Sample, kind: str, names: tuple[str, ...]
) -> CoOccurrence:
    """Count an anchor against some audiences of a kind, as Panel.cooccurrence does against all.

    The same counts, in the order of `names`; one group. Raises UsageError for an unknown kind.
    """
    kept = panel.kept(kind)
    known = panel.known[kind]
    codes = np.array([known[name] for name in names], dtype=np.int64) - known[kept.names[0]]
    theta = np.minimum(kept.theta[codes], np.uint64(anchor.theta))
    users = np.asarray(anchor.users.to_array(), dtype=np.uint32)
    found = np.zeros((len(codes), 3), dtype=np.int64)
    loops.count_with(
        users, codes, kept.bounds, kept.users, np.searchsorted(kept.hashes, theta), found
    )
    n, base_rate = _everybody(panel, theta, kept)
    return CoOccurrence(
        names=names,
        rate=theta / FULL_THETA,
        both=found[:, :1],
        anchor=found[:, 1:2],
        audience=found[:, 2:],
        baseline=n[:, None],
        baseline_rate=base_rate,
    )


def _count(kept: Kept, parts: NDArray[np.int64], threshold: float, least: int) -> NDArray[np.int64]:
    """Count all audiences against some of them, `parts`; return pairs as loops.contained does."""
    audiences = len(kept.names)
    per_user = np.bincount(kept.users, minlength=len(kept.hashes))
    start = np.concatenate([[0], np.cumsum(per_user)])
    audience = np.empty(len(kept.users), dtype=np.uint32)
    kernels.invert(kept.users, kept.bounds, start.copy(), audience, np.empty_like(audience))
    prefix = np.searchsorted(kept.hashes, kept.theta)

    def piece(parts: NDArray[np.int64]) -> list[NDArray[np.int64]]:
        hits, touched = np.zeros(audiences, dtype=np.int32), np.empty(audiences, dtype=np.int32)
        room = np.empty((max(_ROWS, 2 * audiences), 5), dtype=np.int64)
        found = []
        while len(parts):
            done, pairs = loops.contained(
                parts, kept.bounds, kept.users, prefix, start, audience, threshold, max(least, 1),
                hits, touched, room,
            )  # fmt: skip
            found.append(room[:pairs].copy())
            parts = parts[done:]
        return found

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        found = pool.map(piece, np.array_split(parts, _PIECES))
        return np.concatenate([np.empty((0, 5), dtype=np.int64), *(p for ps in found for p in ps)])


def _ask(kept: Kept, index: DiscoveryIndex, threshold: float, least: int) -> NDArray[np.int64]:
    """Count the candidates of an index, and all audiences against those it cannot be asked for."""
    prefix = np.searchsorted(kept.hashes, kept.theta)
    found = []
    for parts in np.array_split(index.asked, _PIECES):
        candidates = index.candidate_pairs(parts)
        pairs = np.zeros((len(candidates), 5), dtype=np.int64)
        pairs[:, :2] = candidates
        loops.count_pairs(kept.bounds, kept.users, prefix, pairs)
        both, part = pairs[:, 2], pairs[:, 3]
        found.append(pairs[(both >= max(least, 1)) & (both >= threshold * part)])
    rest = np.setdiff1d(np.arange(len(kept.names)), index.asked)
    return np.concatenate([*found, _count(kept, rest, threshold, least)])


def _everybody(
    panel: Panel, theta: NDArray[np.uint64], kept: Kept
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the users of the universe at each threshold, and the rate they were counted at."""
    universe = panel.universe()
    limits, which = np.unique(np.minimum(theta, np.uint64(universe.theta)), return_inverse=True)
    ends = np.searchsorted(kept.hashes, limits)
    hits = np.array([universe.users.rank(end - 1) if end else 0 for end in ends.tolist()])
    limit = limits[which]
    return hits[which] * (theta / limit), limit / FULL_THETA


def _columns(name: str, value: str, estimated: estimates.Intervals) -> dict[str, ArrayLike]:
    return {value: estimated.value, f"{name}_low": estimated.low, f"{name}_high": estimated.high}
