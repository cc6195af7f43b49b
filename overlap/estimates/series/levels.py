"""The change of series from end to end, smoothed, with an interval."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from overlap.estimates.intervals import Flags, Floats, tail

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

WANDERS = (0.01, 0.03, 0.1, 0.3, 1.0, 3.0)
"""How far the level may move in a period, as variance over that of an average observation."""

_PRIOR = 4.0
"""The noise is believed to be as given with the weight of so many observations."""


@dataclass(frozen=True, slots=True, eq=False)
class Moves:
    """Changes of the level of many series on the log scale, float64[series].

    `change` is the level at the last observed period less that at the first, from `low` to `high`
    at the level asked for; NaN where fewer than two periods were observed.
    """

    change: Floats
    low: Floats
    high: Floats


def moves(y: ArrayLike, noise: ArrayLike, level: float = 0.95) -> Moves:
    """Return the smoothed change of series [series, periods] observed with known relative noise.

    A local level with drift: y_t = μ_t + ε_t, μ_t = μ_{t−1} + β + η_t, Var ε_t = σ²·`noise`_t,
    Var η_t = σ²·κ·(mean noise); y on the log scale, `noise` the variance of y that its count has
    (about 1/count), NaN or infinite where a period was not observed. Level and drift are the best
    linear unbiased predictors (Harvey 1989), averaged over the WANDERS κ with their restricted
    likelihoods as weights, so that not knowing κ widens the interval; σ² starts from 1. The
    interval of the change is Student's. Raises UsageError for a `level` outside (0, 1).
    """
    beyond = tail(level)
    y, noise = np.asarray(y, dtype=np.float64), np.asarray(noise, dtype=np.float64)
    seen = np.isfinite(noise) & np.isfinite(y)
    out = Moves(*(np.full(len(y), np.nan) for _ in range(3)))
    rows = np.flatnonzero(seen.sum(axis=1) >= 2)
    if not len(rows):
        return out
    y, noise, seen = y[rows], noise[rows], seen[rows]
    fits = [_fit(y, noise, seen, wander) for wander in WANDERS]
    chances, found, spreads = (np.array(x) for x in zip(*fits, strict=True))
    weight = np.exp(chances - chances.max(axis=0))
    weight /= weight.sum(axis=0)
    change = (weight * found).sum(axis=0)
    spread = np.sqrt((weight * (spreads + (found - change) ** 2)).sum(axis=0))
    reach = special.stdtrit(_PRIOR + seen.sum(axis=1) - 2, 1 - beyond) * spread
    out.change[rows], out.low[rows], out.high[rows] = change, change - reach, change + reach
    return out


def _fit(y: Floats, noise: Floats, seen: Flags, wander: float) -> tuple[Floats, Floats, Floats]:
    """Return log likelihood, change and its variance of each series for one κ.

    The levels and the drift solve (H + L/q)·μ − c·β = H·y with H the precision of what was
    observed, L that of a random walk's steps and c that of a drift in them: a tridiagonal system,
    in a time that grows with the periods and not with their cube.
    """
    n, rows = y.shape[1], np.arange(len(y))
    precision = np.where(seen, 1 / np.where(seen, noise, 1.0), 0.0)
    y = np.where(seen, y, 0.0)
    q = wander * np.where(seen, noise, 0.0).sum(axis=1) / seen.sum(axis=1)
    first, last = seen.argmax(axis=1), n - 1 - seen[:, ::-1].argmax(axis=1)
    steps = np.full(n, 2.0)
    steps[[0, -1]] = 1.0
    diagonal = precision + steps / q[:, None]
    drift, ends = np.zeros_like(y), np.zeros_like(y)
    drift[:, 0], drift[:, -1] = -1 / q, 1 / q
    ends[rows, first], ends[rows, last] = -1.0, 1.0
    (u, v, w), size = _tridiagonal(diagonal, -1 / q, (precision * y, drift, ends))
    left = (n - 1) / q - (drift * v).sum(axis=1)
    beta = (drift * u).sum(axis=1) / left
    mu = u + beta[:, None] * v
    free = seen.sum(axis=1) - 2
    rest = (precision * y * (y - mu)).sum(axis=1)
    # An inverse-gamma prior around 1, worth _PRIOR observations, is integrated out.
    chance = -0.5 * (
        (_PRIOR + free) * np.log(_PRIOR + rest) + size + np.log(left) + (n - 1) * np.log(q)
    )
    spread = (ends * w).sum(axis=1) + (ends * v).sum(axis=1) ** 2 / left
    return chance, (ends * mu).sum(axis=1), (_PRIOR + rest) / (_PRIOR + free) * spread


def _tridiagonal(
    diagonal: Floats, beside: Floats, right: tuple[Floats, ...]
) -> tuple[list[Floats], Floats]:
    """Solve a symmetric system per series, `beside` its diagonal one value; log determinant too."""
    n = diagonal.shape[1]
    pivot, solved = diagonal.copy(), [r.copy() for r in right]
    for t in range(1, n):
        factor = beside / pivot[:, t - 1]
        pivot[:, t] -= factor * beside
        for r in solved:
            r[:, t] -= factor * r[:, t - 1]
    for r in solved:
        r[:, -1] /= pivot[:, -1]
        for t in range(n - 2, -1, -1):
            r[:, t] = (r[:, t] - beside * r[:, t + 1]) / pivot[:, t]
    return solved, np.log(pivot).sum(axis=1)
