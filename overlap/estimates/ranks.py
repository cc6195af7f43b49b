"""How far a ranking can be trusted."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from scipy import special

from overlap.estimates.intervals import Floats, tail
from overlap.model import UsageError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Ranks: TypeAlias = NDArray[np.int64]

UNRANKED = -1
"""Rank of a cell without a score."""

_BLOCK = 1_000_000
_LOOKED_AT = 2_000_000
_STEPS = 500
_WIDEST = 10


def rank_intervals(
    replicates: ArrayLike, scores: ArrayLike, level: float = 0.95
) -> tuple[Ranks, Ranks]:
    """Return the least and greatest rank of each cell, 1 being the best score.

    `replicates[g, i]` is the score of cell i without random group g of the users. The delete-a-
    group jackknife gives the standard error of every difference of two scores, √((G−1)/G·Σ(d_g −
    d̄)²) with G − 1 degrees of freedom. rank_low = 1 + number of cells significantly above,
    rank_high = M − number significantly below. A pair counts as significant by Student's t at
    `level` and, over all pairs, by the rule of Benjamini and Hochberg (1995): where scores stand
    well apart this changes nothing, among near ties plain pairwise tests gave the best-looking
    cells intervals that held in 70 of 100 cases instead of 95.

    Cells without a finite score get UNRANKED and are left out of M; a cell whose score does not
    survive the loss of a group is not told apart from any other. Time grows with M², memory with
    M: 10,000 cells take a few seconds and some 100 MB. Raises UsageError for wrong shapes and for
    fewer than 2 groups.
    """
    given = np.asarray(scores, dtype=np.float64)
    groups = np.asarray(replicates, dtype=np.float64)
    if groups.ndim != 2 or groups.shape[1:] != given.shape or len(groups) < 2:
        raise UsageError(
            f"replicates of shape {groups.shape} do not belong to scores of shape {given.shape}",
            cure="give one row for each of two or more groups, one column for each score",
        )
    base = float(special.stdtrit(len(groups) - 1, 1 - tail(level)))
    ranked = np.flatnonzero(np.isfinite(given))
    order = ranked[np.argsort(-given[ranked], kind="stable")]
    above, below = _significant(groups[:, order], given[order], base, level)
    rank_low = np.full(given.shape, UNRANKED, dtype=np.int64)
    rank_high = rank_low.copy()
    rank_low[order] = 1 + above
    rank_high[order] = len(order) - below
    return rank_low, rank_high


def _significant(groups: Floats, score: Floats, base: float, level: float) -> tuple[Ranks, Ranks]:
    """Count the cells significantly above and below each of the cells, best score first."""
    G, M = groups.shape
    shaky = ~np.isfinite(groups).all(axis=0)
    moves = np.where(shaky, 0.0, groups)
    moves = (moves - moves.mean(axis=0)).T * np.sqrt((G - 1) / G)
    own = np.where(shaky, np.inf, (moves**2).sum(axis=1))

    def squared_t(rows: Ranks, first: int) -> Floats:
        """Return t² of the rows' cells against all from `first` on, 0 where those are not lower."""
        variance = own[rows, None] + own[None, first:] - 2 * moves[rows] @ moves[first:].T
        lower = np.maximum(score[rows, None] - score[None, first:], 0.0)
        # Cells made of the same users differ by rounding only.
        floor = 1e-12 * np.minimum(own[rows, None], own[None, first:])
        with np.errstate(divide="ignore", invalid="ignore"):
            ratio: Floats = lower**2 / np.maximum(variance, floor)
        return np.where(lower > 0, ratio, 0.0)

    least = _threshold(squared_t, G, M, base, level) ** 2
    above, below = np.zeros(M, dtype=np.int64), np.zeros(M, dtype=np.int64)
    rows = max(1, _BLOCK // max(M, 1))
    for first in range(0, M, rows):
        block = np.arange(first, min(first + rows, M))
        found = squared_t(block, first) > least
        below[block] += found.sum(axis=1)
        above[first:] += found.sum(axis=0)
    return above, below


def _threshold(
    squared_t: Callable[[Ranks, int], Floats], G: int, M: int, base: float, level: float
) -> float:
    """Return the least |t| at which the false among the significant pairs stay within 1 − level.

    Above some 2,000 cells an even choice of rows stands for all pairs.
    """
    if M < 2:
        return base
    # Only pairs that pass the plain test matter; they are counted by their log t.
    step = max(1, M * M // (2 * _LOOKED_AT))
    seen = np.zeros(_STEPS * _WIDEST + 1, dtype=np.int64)
    pairs = 0
    for row in range(0, M - 1, step):
        squares = squared_t(np.array([row]), row + 1)[0]
        beyond = np.log(squares[squares >= base**2] / base**2) / 2
        bins = np.minimum(beyond * _STEPS, _STEPS * _WIDEST).astype(np.int64)
        seen += np.bincount(bins, minlength=len(seen))
        pairs += len(squares)
    reached = seen[::-1].cumsum()[::-1]
    edges = base * np.exp(np.arange(len(seen)) / _STEPS)
    chance = 2 * special.stdtr(G - 1, -edges)
    good = (chance * pairs <= (1 - level) * reached) & (reached > 0)
    return float(edges[good][0]) if good.any() else np.inf
