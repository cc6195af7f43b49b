"""The smoothed course of one series, and its change from end to end with an interval."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from overlap.estimates.intervals import Floats, tail

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

WANDERS = (0.01, 0.03, 0.1, 0.3, 1.0, 3.0)
"""How far the level may move in a period, as variance over that of an average observation."""

_PRIOR = 4.0
"""The noise is believed to be as given with the weight of so many observations."""


@dataclass(frozen=True, slots=True, eq=False)
class Course:
    """The level of a series on the log scale and its standard error, float64[periods].

    `change` is the level at the last observed period less that at the first, from `low` to `high`
    at the level asked for; NaN where fewer than two periods were observed.
    """

    level: Floats
    error: Floats
    change: float
    low: float
    high: float


def smooth(y: ArrayLike, noise: ArrayLike, level: float = 0.95) -> Course:
    """Return the smoothed course of a series observed with known relative noise.

    A local level with drift: y_t = μ_t + ε_t, μ_t = μ_{t−1} + β + η_t, Var ε_t = σ²·`noise`_t,
    Var η_t = σ²·κ·(mean noise); y on the log scale, `noise` the variance of y that its count has
    (about 1/count), NaN or infinite where a period was not observed. Level and drift are the best
    linear unbiased predictors (Harvey 1989), averaged over the WANDERS κ with their restricted
    likelihoods as weights, so that not knowing κ widens the interval; σ² starts from 1. The
    interval of the change is Student's. Raises UsageError for a `level` outside (0, 1).
    """
    beyond = tail(level)
    y, noise = np.asarray(y, dtype=np.float64), np.asarray(noise, dtype=np.float64)
    seen = np.flatnonzero(np.isfinite(noise) & np.isfinite(y))
    nothing = np.full(len(y), np.nan)
    if len(seen) < 2:
        return Course(nothing, nothing, np.nan, np.nan, np.nan)
    fits = [_fit(y, noise, seen, wander) for wander in WANDERS]
    chances = np.array([fit.chance for fit in fits])
    weight = np.exp(chances - chances.max())
    weight /= weight.sum()
    levels = np.array([fit.level for fit in fits])
    middle = weight @ levels
    errors = np.array([fit.error for fit in fits])
    error = np.sqrt(weight @ (errors**2 + (levels - middle) ** 2))
    moves = np.array([fit.change for fit in fits])
    change = float(weight @ moves)
    spread = float(
        np.sqrt(weight @ (np.array([f.spread for f in fits]) ** 2 + (moves - change) ** 2))
    )
    reach = float(special.stdtrit(_PRIOR + len(seen) - 2, 1 - beyond)) * spread
    return Course(middle, error, change, change - reach, change + reach)


@dataclass(frozen=True, slots=True, eq=False)
class _Fit:
    chance: float
    level: Floats
    error: Floats
    change: float
    spread: float


def _fit(y: Floats, noise: Floats, seen: NDArray[np.int64], wander: float) -> _Fit:
    t = np.arange(len(y), dtype=np.float64)
    h = noise[seen]
    q = wander * h.mean()
    together = np.minimum(t[:, None], t[None, seen]) * q
    V = together[seen] + np.diag(h)
    X = np.column_stack([np.ones_like(t), (t - t[seen].mean()) / max(np.ptp(t[seen]), 1.0)])
    chol = np.linalg.cholesky(V)
    Xw, yw = np.linalg.solve(chol, X[seen]), np.linalg.solve(chol, y[seen])
    info = Xw.T @ Xw
    beta = np.linalg.solve(info, Xw.T @ yw)
    rest = yw - Xw @ beta
    free = len(seen) - 2
    # An inverse-gamma prior around 1, worth _PRIOR observations, is integrated out.
    variance = (_PRIOR + rest @ rest) / (_PRIOR + free)
    chance = -0.5 * (
        (_PRIOR + free) * np.log(_PRIOR + rest @ rest)
        + 2 * np.log(np.diag(chol)).sum()
        + np.linalg.slogdet(info)[1]
    )
    gain = np.linalg.solve(chol, together.T)
    level = X @ beta + gain.T @ rest
    left = X - gain.T @ Xw
    own = np.minimum(t[:, None], t[None, :]) * q
    errors = variance * (own - gain.T @ gain + left @ np.linalg.solve(info, left.T))
    first, last = seen[0], seen[-1]
    spread = errors[last, last] + errors[first, first] - 2 * errors[last, first]
    return _Fit(
        float(chance),
        level,
        np.sqrt(np.maximum(np.diag(errors), 0)),
        float(level[last] - level[first]),
        float(np.sqrt(max(spread, 0.0))),
    )
