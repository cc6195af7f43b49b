"""How many: counts of any expression, and sizes sharpened by HyperLogLog."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from overlap.estimates.intervals import (
    Floats,
    Intervals,
    columns,
    intervals,
    least_members,
    most_members,
    normal_quantile,
    tail,
)
from overlap.model import Estimate, Grade

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

_GRADES = ((400, Grade.STRONG), (100, Grade.GOOD), (25, Grade.FAIR))


def counts(hits: ArrayLike, rate: ArrayLike, level: float = 0.95) -> Intervals:
    """Return the numbers of members behind s hits at rate T, in users.

    Value s/T. The interval holds every n for which neither s or more nor s or fewer hits of a
    binomial (n, T) are rarer than (1 − level)/2: low = s + NB⁻¹(α/2; s, T), 0 without a hit, and
    high = s + NB⁻¹(1 − α/2; s + 1, T), with NB⁻¹ the quantile of the number of users left out
    before the s-th, (s + 1)-th hit (Clopper and Pearson 1934, for n instead of p). It is
    therefore never narrower than it says. At T = 1 it is the point. Raises UsageError.
    """
    T, s = columns(rate, hits)
    return counts_beyond(s, T, tail(level))


def counts_beyond(s: Floats, T: Floats, beyond: float) -> Intervals:
    """Return the counts with `beyond` left outside each end; see `counts`."""
    low, high = s.copy(), s.copy()
    part = T < 1
    low[part] = np.ceil(least_members(s[part], T[part], beyond))
    high[part] = np.floor(most_members(s[part], T[part], beyond))
    # s/T itself lies between whole users.
    return intervals(s / T, low, np.maximum(high, s / T), s, T)


def count(hits: float, rate: float, level: float = 0.95) -> Estimate:
    """Return the number of members behind so many hits at a rate; see `counts`."""
    return counts(hits, rate, level).at(0)


def hll_relative_error(m: int) -> float:
    """Return the relative standard error of m HyperLogLog registers, 1.04/√m (Flajolet 2007)."""
    return float(1.04 / np.sqrt(m))


def hll_estimate(count: float, m: int, level: float = 0.95) -> Estimate:
    """Return a HyperLogLog count of m registers with its interval.

    See `hll_relative_error`, taken on the log scale. No user is kept behind it, so `sample` and
    `rate` are 0.
    """
    reach = np.exp(normal_quantile(level) * hll_relative_error(m))
    return Estimate(float(count), float(count / reach), float(count * reach), False, 0, 0.0)


def combined(
    hits: ArrayLike,
    rate: ArrayLike,
    reach: ArrayLike,
    relative_error: ArrayLike,
    level: float = 0.95,
) -> Intervals:
    """Return sizes from kept users and independent HyperLogLog counts together, in users.

    Both are weighted by their information at the common value n, n·T/(1 − T) for the sample and
    1/`relative_error`² for the count: n solves n = (n·T/(1−T)·s/T + w·reach) / (n·T/(1−T) + w).
    Weighting by the sample's own hits instead would favour samples that came out high. On each
    side the log half-widths of the two intervals add as 1/d² = 1/d_s² + 1/d_h². Never below the
    hits themselves; exact where T = 1, the sample alone where `reach` is 0 or not finite.
    """
    T, s, b, error = columns(rate, hits, np.nan_to_num(reach, posinf=0), relative_error)
    alone = counts(s, T, level)
    usable = (T < 1) & (b > 0) & (error > 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        c, w = T / (1 - T), 1 / error**2
        gap = w - c * alone.value
        # The positive root of c·n² + (w − c·a)·n − w·b, in the form that does not cancel.
        root = np.sqrt(gap**2 + 4 * c * w * b)
        n = np.where(gap > 0, 2 * w * b / (root + gap), (root - gap) / (2 * c))
        d_h = normal_quantile(level) * error
        d_low = 1 / np.hypot(1 / np.log(alone.value / alone.low), 1 / d_h)
        d_high = 1 / np.hypot(1 / np.log(alone.high / alone.value), 1 / d_h)
        low, high = np.floor(n * np.exp(-d_low)), np.ceil(n * np.exp(d_high))
    return intervals(
        np.where(usable, np.maximum(n, s), alone.value),
        np.where(usable, np.maximum(low, s), alone.low),
        np.where(usable, np.maximum(high, s), alone.high),
        s,
        T,
    )


def combine(sample: Estimate, reach: Estimate, level: float = 0.95) -> Estimate:
    """Return one size from a sample's `count` and an `hll_estimate`, all at one level.

    See `combined`; an exact sample is returned as it is.
    """
    if sample.exact or not reach.value > 0:
        return sample
    error = np.log(reach.high / reach.low) / (2 * normal_quantile(level))
    return combined(sample.sample, sample.rate, reach.value, error, level).at(0)


def relative_error(hits: ArrayLike, rate: ArrayLike) -> Floats:
    """Return the relative standard error that the sketch alone gives a count, √((1 − T)/s)."""
    T, s = columns(rate, hits)
    with np.errstate(divide="ignore", invalid="ignore"):
        error: Floats = np.where(T >= 1, 0.0, np.sqrt((1 - T) / s))
    return error


def grades(hits: ArrayLike) -> list[Grade]:
    """Return how far the evidence of so many kept users carries.

    Sketch error (1 − T)/s and sampling noise 1/n = T/s add up to 1/s at any rate, so the relative
    standard error is 1/√s: strong to 5%, good to 10%, fair to 20%, else insufficient.
    """
    (s,) = columns(1.0, hits)[1:]
    return [next((grade for least, grade in _GRADES if x >= least), Grade.INSUFFICIENT) for x in s]


def grade(hits: float) -> Grade:
    """Return how far the evidence of so many kept users carries; see `grades`."""
    return grades(hits)[0]


def smallest_overlap(rate: float, error: float = 0.2) -> int:
    """Return the smallest overlap, in users, that a rate shows with this relative standard error.

    From error² = (1/T − 1)/n; at rate 1 every overlap is exact, so 1. Raises UsageError for a rate
    outside (0, 1].
    """
    (T,) = columns(rate)
    return max(1, int(np.ceil((1 / T[0] - 1) / error**2)))
