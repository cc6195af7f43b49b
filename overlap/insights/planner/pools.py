"""The audiences a plan chooses from: their affinity, their tiers, and whom they would add."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from overlap.expressions import Audience, Expression, to_text
from overlap.insights import anchors
from overlap.insights.measures import Measures, measure
from overlap.model import FULL_THETA, UsageError, Window
from overlap.panel import CoOccurrence, Panel, Sample

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Counts = NDArray[np.int64]

CORE_TGI, LIKELY_TGI = 150.0, 120.0
"""The least cautious TGI of a core and of a likely audience; up to 120 may be about chance."""
TIERS = ("core", "likely", "broad")


@dataclass(frozen=True, slots=True, eq=False)
class Pool:
    """Candidates beside a category; all arrays have one entry per candidate.

    `users` are their sizes, `tier` the places of their tiers in TIERS, `theta` the thresholds at
    which each is compared with the category. `gains` counts the kept users of a sample in each of
    them, all at the sample's threshold, which must be at most the smallest of `theta`.
    """

    trees: tuple[Expression, ...]
    users: NDArray[np.float64]
    theta: NDArray[np.uint64]
    measures: Measures
    tier: NDArray[np.int64]
    gains: Callable[[Sample], Counts]


def tiers(measures: Measures) -> NDArray[np.int64]:
    """Return the tier of each candidate by its cautious TGI, the lower end of the shrunk one."""
    cautious = np.nan_to_num(measures.tgi_cautious, nan=0.0)
    return np.where(cautious >= CORE_TGI, 0, np.where(cautious >= LIKELY_TGI, 1, 2))


def pool_of_kind(
    panel: Panel, category: Expression, sample: Sample, kind: str, window: Window
) -> Pool:
    """Return all audiences of a kind but those the category is made of; raises UsageError."""
    own = anchors.own_names(category, kind)
    names = panel.names(kind)
    keep = np.array([i for i, name in enumerate(names) if name not in own], dtype=np.int64)
    counts = panel.cooccurrence(sample, kind, window=window)
    chosen = measure(_take(counts, keep))

    def gains(remaining: Sample) -> Counts:
        # The remaining users as their own baseline spare the counts of everybody else.
        found = panel.cooccurrence(remaining, kind, remaining, window)
        added: Counts = found.both[keep, 0]
        return added

    return Pool(
        trees=tuple(Audience(kind, names[i]) for i in keep),
        users=(counts.audience.sum(axis=1) / counts.rate)[keep],
        theta=np.minimum(panel.kept(kind).theta, np.uint64(sample.theta))[keep],
        measures=chosen,
        tier=tiers(chosen),
        gains=gains,
    )


def pool_of_expressions(
    panel: Panel, category: Expression, sample: Sample, texts: Sequence[str], window: Window
) -> Pool:
    """Return the audiences of some expressions; raises UsageError for the category itself."""
    if not texts:
        raise UsageError(
            "there is no candidate to plan with", cure="name a kind, or one or more expressions"
        )
    trees = tuple(panel.resolve(text) for text in texts)
    for tree in trees:
        if tree == category:
            raise UsageError(
                f"the candidate {to_text(tree)} is the category itself",
                cure="leave it out: it would reach all of the category in one step",
            )
    samples = [panel.sample(tree, window) for tree in trees]
    theta = np.array([min(s.theta, sample.theta) for s in samples], dtype=np.uint64)
    counts = _count(panel, sample, samples, theta, tuple(map(to_text, trees)), window)
    inside = [s.users & sample.users for s in samples]
    measures = measure(counts)

    def gains(remaining: Sample) -> Counts:
        return np.array([mine.intersection_cardinality(remaining.users) for mine in inside])

    return Pool(
        trees=trees,
        users=counts.audience[:, 0] / counts.rate,
        theta=theta,
        measures=measures,
        tier=tiers(measures),
        gains=gains,
    )


def _count(
    panel: Panel,
    anchor: Sample,
    samples: Sequence[Sample],
    theta: NDArray[np.uint64],
    names: tuple[str, ...],
    window: Window,
) -> CoOccurrence:
    """Count an anchor against samples as Panel.cooccurrence does against audiences of a kind."""
    universe = panel.universe(window)
    base = np.minimum(theta, np.uint64(universe.theta))
    rows = []
    for sample, limit, base_limit in zip(samples, theta.tolist(), base.tolist(), strict=True):
        a, b = panel.below(anchor, limit).users, panel.below(sample, limit).users
        n = panel.below(universe, base_limit).hits * (limit / base_limit)
        rows.append((a.intersection_cardinality(b), len(a), len(b), n))
    both, a_, b_, n_ = (np.array(column)[:, None] for column in zip(*rows, strict=True))
    rate, base_rate = theta / FULL_THETA, base / FULL_THETA
    return CoOccurrence(names, rate, both, a_, b_, n_.astype(np.float64), base_rate)


def _take(counts: CoOccurrence, keep: Counts) -> CoOccurrence:
    return CoOccurrence(
        tuple(counts.names[i] for i in keep),
        counts.rate[keep],
        counts.both[keep],
        counts.anchor[keep],
        counts.audience[keep],
        counts.baseline[keep],
        counts.baseline_rate[keep],
    )
