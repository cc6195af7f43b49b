"""Affinity for ranking: shrunk, so that tiny cells do not win by luck."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from overlap.estimates.intervals import Floats, columns, tail

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

WEAK_PRIOR = (1.0, 1.0)
"""Shape and rate of the prior where there are too few cells to learn one: worth one hit."""

_LEAST_CELLS = 3
_SHAPES = (0.05, 100.0)
_MEANS = (0.01, 100.0)


@dataclass(frozen=True, slots=True, eq=False)
class Shrunk:
    """Shrunk affinity indices: posterior mean and quantiles, and the prior they share.

    `value`, `low`, `high` are float64[cells], 100 being chance; the prior of TGI/100 is a gamma
    with `shape` and `rate`.
    """

    value: Floats
    low: Floats
    high: Floats
    shape: float
    rate: float


def shrunk_tgi(both: ArrayLike, expected_hits: ArrayLike, level: float = 0.95) -> Shrunk:
    """Return affinity indices shrunk towards those of the cells they stand among.

    Kept hits s of a cell are Poisson with mean λ·E, E the hits expected by chance and λ = TGI/100;
    λ is gamma over the cells, its shape and rate fitted by maximum likelihood of the negative
    binomial marginal, so the posterior is gamma (shape + s, rate + E): DuMouchel 1999 (The American
    Statistician 53) with one component. Kept hits carry sketch error and sampling noise together,
    so the interval covers both. The shape is held below 100, lest cells that look alike be called
    the same; fewer than 3 cells get WEAK_PRIOR. A cell with nothing expected shows the prior, one
    with NaN expected is NaN. Raises UsageError for negative hits.
    """
    beyond = tail(level)
    _, s, E = columns(1.0, both, np.nan_to_num(expected_hits, nan=0.0))
    shape, rate = _prior(s, E)
    with np.errstate(invalid="ignore"):
        known = np.where(np.isnan(np.broadcast_to(expected_hits, s.shape)), np.nan, 1.0)
    scale = 100 * known / (rate + E)
    return Shrunk(
        scale * (shape + s),
        scale * special.gammaincinv(shape + s, beyond),
        scale * special.gammaincinv(shape + s, 1 - beyond),
        shape,
        rate,
    )


def _prior(s: Floats, E: Floats) -> tuple[float, float]:
    s, E = s[E > 0], E[E > 0]
    if len(s) < _LEAST_CELLS or not s.any():
        return WEAK_PRIOR

    def loss(point: Floats) -> tuple[float, Floats]:
        a, mean = np.exp(point)
        m = E * mean
        fit = (
            special.gammaln(a + s)
            - special.gammaln(a)
            - special.gammaln(s + 1)
            + a * np.log(a / (a + m))
            + special.xlogy(s, m / (a + m))
        )
        by_shape = a * (
            special.digamma(a + s) - special.digamma(a) + np.log(a / (a + m)) + (m - s) / (a + m)
        )
        by_mean = (s - m) * a / (a + m)
        return -float(fit.mean()), -np.array([by_shape.mean(), by_mean.mean()])

    # Loading it takes longer than the rest of this package; only rankings need it.
    from scipy import optimize

    start = np.clip(s.sum() / E.sum(), *_MEANS)
    found = optimize.minimize(
        loss,
        np.log([2.0, start]),
        jac=True,
        method="L-BFGS-B",
        bounds=[np.log(_SHAPES), np.log(_MEANS)],
    )
    shape, mean = np.exp(found.x)
    return float(shape), float(shape / mean)
