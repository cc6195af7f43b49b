"""Is a brand behind in a segment: its penetration against the rest of the category.

All take kept users: `x` of the brand among `n` of the segment, `X` of the brand among `N` of the
category that the segment is a part of, all at one rate. Even where everybody was kept, the users of
a segment are a sample of how such people behave; so every interval here covers sampling noise as
well as sketch error, and none collapses to a point.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from overlap.estimates.discoveries import chance_p
from overlap.estimates.intervals import Flags, Floats, beta_quantile, columns, inside, tail
from overlap.estimates.shrinkage import shrunk_tgi
from overlap.estimates.sizes import counts

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

_LEAST_SPREAD = 1e-3


@dataclass(frozen=True, slots=True, eq=False)
class Range:
    """Values with the ends of their intervals, float64[cells]."""

    value: Floats
    low: Floats
    high: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Gaps:
    """A brand in segments of its category, float64[cells], NaN where nothing can be compared.

    `penetration` is a ratio, `fair_share` an index (100 as in the whole category), `users` what the
    brand lacks in a segment to be as strong there as in the category, negative where it is ahead.
    `p` is the two-sided p-value of independence. `headroom` is the cautious 1 − fair share / 100
    within 0–1, from the upper end of the shrunk fair-share index: a value to rank by, no interval.
    """

    penetration: Range
    fair_share: Range
    users: Range
    p: Floats
    headroom: Floats


def proportions(hits: ArrayLike, trials: ArrayLike, level: float = 0.95) -> Range:
    """Return proportions of a behaviour with the interval of Clopper and Pearson 1934, 0 to 1.

    Wilson's interval covers 0.90 where less than one hit is expected. Raises UsageError for more
    hits than trials; NaN without trials.
    """
    _, x, n = columns(1.0, hits, trials)
    inside(x, n)
    beyond = tail(level)
    with np.errstate(divide="ignore", invalid="ignore"):
        value = x / n
        low = np.where(x > 0, beta_quantile(np.maximum(x, 1), n - x + 1, beyond), 0.0)
        high = np.where(x < n, beta_quantile(x + 1, np.maximum(n - x, 1), 1 - beyond), 1.0)
    known = n > 0
    return Range(value, np.where(known, low, np.nan), np.where(known, high, np.nan))


def difference(a: Range, b: Range) -> Range:
    """Return a − b of independent proportions (MOVER; Newcombe 1998, Statist. Med. 17)."""
    value = a.value - b.value
    return Range(
        value,
        value - np.hypot(a.value - a.low, b.high - b.value),
        value + np.hypot(a.high - a.value, b.value - b.low),
    )


def ratio(a: Range, b: Range) -> Range:
    """Return a / b of independent proportions: MOVER-R (Donner and Zou 2012, SMMR 21).

    The upper end is infinite where b may be nothing.
    """
    product = a.value * b.value
    with np.errstate(divide="ignore", invalid="ignore"):
        down = product**2 - a.low * b.high * (2 * a.value - a.low) * (2 * b.value - b.high)
        up = product**2 - a.high * b.low * (2 * a.value - a.high) * (2 * b.value - b.low)
        low = (product - np.sqrt(np.maximum(down, 0))) / (b.high * (2 * b.value - b.high))
        high = (product + np.sqrt(np.maximum(up, 0))) / (b.low * (2 * b.value - b.low))
        value = a.value / b.value
    none = b.value <= 0
    # Where the upper end of b is twice b or more the formula has no root: the ends themselves hold.
    low = np.where(2 * b.value > b.high, low, a.low / b.high)
    return Range(
        np.where(none, np.nan, value),
        np.where(np.isnan(a.value), np.nan, np.maximum(low, 0.0)),
        np.where(none | (b.low <= 0), np.where(np.isnan(a.value), np.nan, np.inf), high),
    )


def brand_gaps(
    x: ArrayLike, n: ArrayLike, X: ArrayLike, N: ArrayLike, rate: ArrayLike, level: float = 0.95
) -> Gaps:
    """Return how far a brand is behind in segments of its category.

    The segment is compared with the rest of the category, since both are independent samples, and
    what is found is put in terms of the whole: with w = n/N, fair share = R / (w·R + 1 − w) for the
    ratio R of the two penetrations, and gap users = n/T · (1 − w) · (their difference), joined with
    the interval of the segment's size (MOVER). The test is that of chance_p: given the margins, x
    is hypergeometric at any rate. The shrunk fair-share index is that of shrunk_tgi, with hits over
    (1 − p₀)(1 − w), which gives its Poisson counts the variance of the hypergeometric. Raises
    UsageError for counts that do not lie inside one another.
    """
    T, hits, segment, brand, whole = columns(rate, x, n, X, N)
    inside(hits, segment)
    inside(brand - hits, whole - segment)
    here = proportions(hits, segment, level)
    rest = proportions(brand - hits, whole - segment, level)
    size = counts(segment, T, level)
    # A segment that is the whole category is as strong as the category, whatever is drawn.
    everybody = (segment > 0) & (segment >= whole)
    with np.errstate(divide="ignore", invalid="ignore"):
        w, p0 = segment / whole, brand / whole
        users = _users(difference(rest, here), size.value * (1 - w), size.low / size.value,
                       size.high / size.value)  # fmt: skip
        against = ratio(here, rest)
        index = 100 * here.value / p0
        fair = Range(index, _of_whole(against.low, w), _of_whole(against.high, w))
        spread = np.maximum((1 - p0) * (1 - w), _LEAST_SPREAD)
        comparable = (segment > 0) & (brand > 0) & (segment < whole)
        expected = np.where(comparable, segment * p0 / spread, np.nan)
        shrunk = shrunk_tgi(np.where(comparable, hits / spread, 0.0), expected, level)
    return Gaps(
        here,
        _fixed(fair, index, everybody),
        _fixed(users, 0 * segment, everybody),
        chance_p(hits, segment, brand, whole, T),
        np.clip(1 - np.nan_to_num(shrunk.high / 100, nan=1.0), 0, 1),
    )


def _users(lacking: Range, per: Floats, size_low: Floats, size_high: Floats) -> Range:
    """Return users that are missing: a difference of penetrations times so many users.

    The ends of the number of users are given as ratios to it.
    """
    value = per * lacking.value
    fewer, more = np.abs(value) * (1 - size_low), np.abs(value) * (size_high - 1)
    down, up = per * (lacking.value - lacking.low), per * (lacking.high - lacking.value)
    return Range(
        value,
        value - np.hypot(down, np.where(value > 0, fewer, more)),
        value + np.hypot(up, np.where(value > 0, more, fewer)),
    )


def _fixed(given: Range, value: Floats, where: Flags) -> Range:
    return Range(*(np.where(where, value, x) for x in (given.value, given.low, given.high)))


def _of_whole(against_rest: Floats, w: Floats) -> Floats:
    """Return fair-share indices of segments, w of their category, from ratios to its rest."""
    with np.errstate(divide="ignore", invalid="ignore"):
        index: Floats = 100 * against_rest / (w * against_rest + 1 - w)
    return np.where(np.isinf(against_rest), 100 / w, index)
