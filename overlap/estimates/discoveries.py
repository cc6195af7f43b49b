"""Is it more than chance: p-values of overlaps, and the false among many discoveries."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from overlap.estimates.intervals import Flags, Floats, columns, inside
from overlap.estimates.sizes import counts_beyond
from overlap.model import UsageError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

_TERMS = 64
_SETTLED = 1e-10
_DOUBT = 1e-6
"""Chance that the size of a baseline that had to be estimated lies outside what is allowed for."""
_LEAST = 1e-300
_MIDDLE = 1e-4
_NEAR = 1e-3


def chance_p(
    both: ArrayLike,
    a: ArrayLike,
    b: ArrayLike,
    n: ArrayLike,
    rate: ArrayLike,
    baseline_rate: ArrayLike | None = None,
) -> Floats:
    """Return two-sided p-values of overlaps: how rarely independent audiences look like this.

    Takes what `tgi` takes. The null: in the population that the users of the baseline stand for,
    being in A says nothing about being in B. Given the kept users of A, B and N, their overlap is
    then hypergeometric at any rate, since users are kept by their hashes alone; so one test covers
    sketch error and sampling noise, and at rate 1 it is Fisher's exact test of the whole table.
    The smaller tail is doubled: never below the nominal rate, at small expected counts well above
    it, where the mid-p would find more but hold only on average. Where the baseline was kept at a
    smaller rate, the p-value is the largest over an interval of its size, and the chance 1e-6 of
    being outside it is added (Berger and Boos 1994, JASA 89).

    float64[cells], NaN where A or B is nobody or everybody. The tail is summed; where that takes
    more than 64 terms it is a double saddlepoint (Skovgaard 1987, J. Appl. Prob. 24) with an error
    below 1e-4 of itself. Raises UsageError for negative hits and for more in both than in either.
    """
    own = rate if baseline_rate is None else columns(baseline_rate)[0]
    T, s, sa, sb, sn, base = columns(rate, both, a, b, n, np.minimum(own, rate))
    inside(s, np.minimum(sa, sb))
    thinned = np.minimum(base / T, 1.0)
    size = counts_beyond(np.rint(sn * thinned), thinned, _DOUBT / 2)
    least = np.maximum(np.rint(size.low), sa + sb - s)
    most = np.maximum(np.rint(size.high), least)
    # A larger baseline makes the same overlap a surprise above, a smaller one below.
    above = _at_least(s, sa, sb, least)
    below = _at_least(sa - s, sa, most - sb, most)
    p = 2 * np.minimum(above, below) + np.where(thinned < 1, _DOUBT, 0.0)
    open_ = (sa > 0) & (sb > 0) & (np.maximum(sa, sb) < most)
    return np.where(open_, np.clip(p, _LEAST, 1.0), np.nan)


def false_discovery_rates(p: ArrayLike) -> Floats:
    """Return q-values: the least false discovery rate at which each p-value is a discovery.

    Benjamini and Hochberg 1995 (J. R. Statist. Soc. B 57): q of the i-th smallest of m p-values is
    the least m·p/j over all j ≥ i. Calling every q ≤ r a discovery keeps the expected share of
    false ones at r or below for independent tests and such as lean the same way. NaN is no test:
    it is not counted in m and stays NaN. Raises UsageError outside 0–1.
    """
    given = np.atleast_1d(np.asarray(p, dtype=np.float64))
    tested = np.flatnonzero(~np.isnan(given))
    for bad in given[tested][(given[tested] < 0) | (given[tested] > 1)]:
        raise UsageError(f"{bad} is not a p-value", cure="a p-value lies between 0 and 1")
    q = np.full(given.shape, np.nan)
    order = tested[np.argsort(given[tested], kind="stable")]
    m = len(order)
    steps = given[order] * m / np.arange(1, m + 1)
    q[order] = np.minimum.accumulate(steps[::-1])[::-1]
    return q


def _at_least(s: Floats, a: Floats, b: Floats, n: Floats) -> Floats:
    """Return P(S ≥ s) of the hypergeometric overlap of a and b among n, 1 at its least value."""
    p = np.ones_like(s)
    open_ = s > np.maximum(a + b - n, 0)
    x = tuple(v[open_] for v in (s, a, b, n))
    summed, settled = _summed(*x)
    summed[~settled] = _saddlepoint(*(v[~settled] for v in x))
    p[open_] = np.clip(summed, 0.0, 1.0)
    return p


def _summed(s: Floats, a: Floats, b: Floats, n: Floats) -> tuple[Floats, Flags]:
    """Return the sum of P(S = s), P(S = s + 1), …, and where it has settled in _TERMS terms."""

    def choices(whole: Floats, part: Floats) -> Floats:
        out: Floats = (
            special.gammaln(whole + 1)
            - special.gammaln(part + 1)
            - special.gammaln(whole - part + 1)
        )
        return out

    first = np.exp(choices(a, s) + choices(n - a, b - s) - choices(n, b))
    total, term, at = np.ones_like(s), np.ones_like(s), s.copy()
    for _ in range(_TERMS):
        term = term * (a - at) * (b - at) / ((at + 1) * (n - a - b + at + 1))
        total += term
        at += 1
        if not (term > _SETTLED * total).any():
            break
    return first * total, term <= _SETTLED * total


def _saddlepoint(s: Floats, a: Floats, b: Floats, n: Floats) -> Floats:
    """Return P(S ≥ s) from the 2 × 2 table with half a user taken off the overlap.

    Four Poisson cells given their margins: w² is twice the deviance from independence, u is
    2·sinh(θ/2) times the root of the information, θ being the log odds ratio.
    """
    cells = np.stack([a * b / n, a * (n - b) / n, (n - a) * b / n, (n - a) * (n - b) / n])
    away = (s - 0.5 - cells[0]) * np.array([[1.0], [-1.0], [-1.0], [1.0]])
    with np.errstate(divide="ignore", invalid="ignore"):
        x = away / cells
        theta = np.log1p(x[0]) + np.log1p(x[3]) - np.log1p(x[1]) - np.log1p(x[2])
        w = np.sign(theta) * np.sqrt(2 * (cells * _divergence(x)).sum(axis=0))
        spread = np.sqrt(cells[0] * (1 - a / n) * (1 - b / n) * (1 + x).prod(axis=0))
        u = 2 * np.sinh(theta / 2) * spread
        density = np.exp(-w * w / 2) / np.sqrt(2 * np.pi)
        beyond: Floats = special.ndtr(-w) + density * (1 / u - 1 / w)
    return np.where(np.abs(w) < _MIDDLE, 0.5, beyond)


def _divergence(x: Floats) -> Floats:
    """Return (1 + x)·ln(1 + x) − x without cancellation near 0."""
    series = x * x * (1 / 2 - x * (1 / 6 - x * (1 / 12 - x / 20)))
    out: Floats = np.where(np.abs(x) < _NEAR, series, (1 + x) * np.log1p(x) - x)
    return out
