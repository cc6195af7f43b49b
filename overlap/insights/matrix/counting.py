"""Some audiences against some others: what was kept of every pair, at the pair's own rate."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from overlap.insights.anchors import Baseline
from overlap.model import FULL_THETA, UNIVERSE_KIND, Window
from overlap.panel import CoOccurrence, Panel, Sample

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from pyroaring import BitMap


def within(sample: Sample, base: Baseline) -> Sample:
    """Return the part of a sample that is inside a baseline."""
    if base.sample is None:
        return sample
    return Sample(sample.users & base.sample.users, min(sample.theta, base.sample.theta))


def counted(
    panel: Panel,
    rows: Sequence[Sample],
    columns: Sequence[Sample],
    base: Baseline,
    window: Window,
) -> CoOccurrence:
    """Count every row against every column as `Panel.cooccurrence` does, row by row.

    The samples are those `within` the baseline. Costs grow with the cells alone: bitmaps are met
    two by two, and users below a pair's threshold are a prefix of either.
    """
    a, b = (np.array([s.theta for s in side], dtype=np.uint64) for side in (rows, columns))
    theta = np.minimum(a[:, None], b[None, :])
    whole = base.sample or panel.universe(window)
    base_theta = np.minimum(theta, np.uint64(whole.theta))
    hashes = panel.kept(UNIVERSE_KIND).hashes
    prefix = np.searchsorted(hashes, theta)
    limits, place = np.unique(np.searchsorted(hashes, base_theta), return_inverse=True)
    inside = _below(whole.users, limits)[place].reshape(theta.shape)
    both = [[r.users.intersection_cardinality(c.users) for c in columns] for r in rows]
    first = np.array([_below(r.users, prefix[i]) for i, r in enumerate(rows)])
    second = np.array([_below(c.users, prefix[:, j]) for j, c in enumerate(columns)]).T

    def column(values: NDArray[np.int64] | list[list[int]]) -> NDArray[np.int64]:
        return np.asarray(values, dtype=np.int64).reshape(-1, 1)

    rate, base_rate = (t.ravel() / FULL_THETA for t in (theta, base_theta))
    return CoOccurrence(
        names=("",) * theta.size,
        rate=rate,
        both=column(both),
        anchor=column(first),
        audience=column(second),
        baseline=column(inside) * (rate / base_rate)[:, None],
        baseline_rate=base_rate,
    )


def _below(users: BitMap, prefixes: NDArray[np.int64]) -> NDArray[np.int64]:
    """Count the users with a number below each of some limits."""
    return np.array([users.rank(p - 1) if p else 0 for p in prefixes.tolist()], dtype=np.int64)
