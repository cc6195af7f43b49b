"""Against chance: affinity index (TGI), expected and excess users.

All three take kept users at the common rate T of a pair: `both` of A∩B, `a` of A, `b` of B and `n`
of the baseline N, A and B being counted inside the baseline. Where the baseline was kept at a
smaller rate than the pair, `baseline_rate` says so and `n` is scaled up to the pair's rate.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy import special

from overlap.estimates.intervals import (
    Flags,
    Floats,
    Intervals,
    columns,
    inside,
    intervals,
    normal_quantile,
    tail,
)
from overlap.estimates.shares import largest_whole, shares_within
from overlap.estimates.sizes import counts_beyond

if TYPE_CHECKING:
    from numpy.typing import ArrayLike


class _Pair(NamedTuple):
    """Hits of a pair, the smaller audience first, and the noise of the baseline's own count."""

    rate: Floats
    both: Floats
    small: Floats
    big: Floats
    n: Floats
    q: Intervals
    base_low: Floats
    base_high: Floats
    exact: Flags


def _pair(
    both: ArrayLike,
    a: ArrayLike,
    b: ArrayLike,
    n: ArrayLike,
    rate: ArrayLike,
    baseline_rate: ArrayLike | None,
    beyond: float,
) -> _Pair:
    own = rate if baseline_rate is None else columns(baseline_rate)[0]
    T, s, sa, sb, sn, base = columns(rate, both, a, b, n, np.minimum(own, rate))
    inside(s, np.minimum(sa, sb))
    small, big = np.minimum(sa, sb), np.maximum(sa, sb)
    thinned = np.minimum(base / T, 1.0)
    whole = counts_beyond(np.maximum(np.rint(sn * thinned), 1), thinned, beyond)
    known = sn > 0
    sn = np.where(known, np.maximum(sn, sa + sb - s), np.nan)
    with np.errstate(divide="ignore", invalid="ignore"):
        base_low = np.where(thinned < 1, np.log(whole.value / whole.low), 0.0)
        base_high = np.where(thinned < 1, np.log(whole.high / whole.value), 0.0)
    q = shares_within(big, sn, T, largest_whole(sn, T, beyond), beyond)
    return _Pair(T, s, small, big, sn, q, base_low, base_high, (T >= 1) & (base >= 1))


def _logs(x: Intervals, value: Floats, least: Floats) -> tuple[Floats, Floats]:
    """Return the half-widths on the log scale, at least those of a normal error.

    Near T = 1 the truth often is an end of its own interval, a whole number of users, which
    leaves no room for the other errors that are joined to it.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        low = np.fmax(np.log(value / x.low), np.where(np.isfinite(least), least, 0.0))
        high = np.fmax(np.log(x.high / value), np.where(np.isfinite(least), least, 0.0))
    return np.where(x.exact, 0.0, low), np.where(x.exact, 0.0, high)


def _hypot(x: Floats, y: Floats, correlation: Floats, extra: Floats) -> Floats:
    """Return √(x² + y² − 2ρxy + extra²), infinite where x is."""
    with np.errstate(invalid="ignore"):
        square = x**2 + y**2 - 2 * correlation * x * y + extra**2
    width: Floats = np.where(np.isinf(x), np.inf, np.sqrt(np.maximum(square, 0)))
    return width


def _known(value: Floats, low: Floats, high: Floats, pair: _Pair) -> Intervals:
    """Return the columns as Intervals, NaN throughout where there is no value."""
    low, high = (np.where(np.isnan(value), np.nan, end) for end in (low, high))
    return intervals(value, low, high, pair.both, pair.rate, pair.exact)


def tgi(
    both: ArrayLike,
    a: ArrayLike,
    b: ArrayLike,
    n: ArrayLike,
    rate: ArrayLike,
    baseline_rate: ArrayLike | None = None,
    level: float = 0.95,
) -> Intervals:
    """Return affinity indices 100·n·N/(A·B), 100 being chance.

    TGI is the share p of the smaller audience that is in the larger, over the larger's share q of
    the baseline. The interval joins theirs on the log scale (MOVER; Zou and Donner 2008) with the
    correlation √((1−p)·s_AB / ((1−q)·s_A)) that a common sample gives them. For many hits this is
    Var ≈ (1−T)·[1/s_AB − 1/s_A − 1/s_B + (2L−1)/s_N], L = TGI/100; for few, and where the smaller
    audience lies wholly inside the larger, that variance is far too small and this is not. Without
    a common hit low is 0 and high finite; NaN where A, B or N has no hit. A fair-share index is
    tgi(brand in segment, segment, brand in category, category). Exact at rate 1. Raises UsageError.
    """
    beyond = tail(level)
    pair = _pair(both, a, b, n, rate, baseline_rate, beyond)
    s, T = pair.both, pair.rate
    p = shares_within(s, pair.small, T, largest_whole(pair.small, T, beyond), beyond)
    with np.errstate(divide="ignore", invalid="ignore"):
        value = 100 * s * pair.n / (pair.small * pair.big)
        # Without a hit the upper half-width is measured from half a hit.
        middle = np.where(s > 0, p.value, 0.5 / pair.small)
        centre = 100 * middle / pair.q.value
        ratio = (1 - p.value) * s / ((1 - pair.q.value) * pair.big)
        correlation = np.sqrt(np.clip(np.nan_to_num(ratio), 0, 1))
        z = normal_quantile(level)
        p_low, p_high = _logs(p, middle, z * np.sqrt((1 - T) * (1 - p.value) / s))
        q_low, q_high = _logs(
            pair.q, pair.q.value, z * np.sqrt((1 - T) * (1 - pair.q.value) / pair.big)
        )
        down = _hypot(p_low, q_high, correlation, pair.base_low)
        up = _hypot(p_high, q_low, correlation, pair.base_high)
        low = np.where(s > 0, centre * np.exp(-down), 0 * centre)
        high = np.where(p.high > 0, centre * np.exp(up), 0 * centre)
    return _known(value, low, high, pair)


def expected(
    both: ArrayLike,
    a: ArrayLike,
    b: ArrayLike,
    n: ArrayLike,
    rate: ArrayLike,
    baseline_rate: ArrayLike | None = None,
    level: float = 0.95,
) -> Intervals:
    """Return the overlaps A·B/N that chance alone would give, in users.

    The interval joins the count of the smaller audience and the larger's share of the baseline on
    the log scale (MOVER). NaN where the baseline has no hit; exact at rate 1. Raises UsageError.
    """
    beyond = tail(level)
    pair = _pair(both, a, b, n, rate, baseline_rate, beyond)
    value, low, high = _expected(pair, beyond)
    # Half a user of either audience: near T = 1 errors come in whole users.
    with np.errstate(divide="ignore", invalid="ignore"):
        slack = 0.5 * (pair.big + pair.small) / pair.n
        low, high = np.maximum(low - slack, 0), high + slack
    return _known(value, low, high, pair)


def _expected(
    pair: _Pair, beyond: float, *, with_baseline: bool = True
) -> tuple[Floats, Floats, Floats]:
    s, T = pair.small, pair.rate
    size = counts_beyond(s, T, beyond)
    with np.errstate(divide="ignore", invalid="ignore"):
        value = s * pair.big / (pair.n * T)
        # cov(log B, log q) = (1 − T)/T · (L − 1)/N: positive where A and B attract each other.
        lift = pair.both * pair.n / (s * pair.big)
        ratio = s * pair.big / (pair.n * (pair.n - pair.big))
        correlation = np.clip(np.nan_to_num((lift - 1) * np.sqrt(ratio)), -1, 1)
        z = -float(special.ndtri(beyond))
        size_low, size_high = _logs(size, size.value, z * np.sqrt((1 - T) / s))
        q_low, q_high = _logs(
            pair.q, pair.q.value, z * np.sqrt((1 - T) * (1 - pair.q.value) / pair.big)
        )
        extra = (pair.base_low, pair.base_high) if with_baseline else (0 * s, 0 * s)
        low = value * np.exp(-_hypot(size_low, q_low, -correlation, extra[1]))
        high = value * np.exp(_hypot(size_high, q_high, -correlation, extra[0]))
        most = size.high * pair.q.high + 0 * value
    return value, np.where(s > 0, low, value), np.where(s > 0, high, most)


def excess(
    both: ArrayLike,
    a: ArrayLike,
    b: ArrayLike,
    n: ArrayLike,
    rate: ArrayLike,
    baseline_rate: ArrayLike | None = None,
    level: float = 0.95,
) -> Intervals:
    """Return excess users n − A·B/N, negative where the audiences avoid each other.

    The interval joins those of the count and of what is expected (MOVER) with the correlation of
    the two in one sample, and is on neither side narrower than the normal one: near T = 1 the
    count's own bounds are whole users and leave no room for the error of what is expected. NaN
    where the baseline has no hit; exact at rate 1. Raises UsageError.
    """
    beyond = tail(level)
    pair = _pair(both, a, b, n, rate, baseline_rate, beyond)
    found = counts_beyond(pair.both, pair.rate, beyond)
    value, low, high = _expected(pair, beyond, with_baseline=False)
    with np.errstate(divide="ignore", invalid="ignore"):
        qa, qb = pair.big / pair.n, pair.small / pair.n
        common = qa + qb - qa * qb
        cells = (pair.both, pair.big - pair.both, pair.small - pair.both)
        rest = pair.n - sum(cells)
        # What one user of each cell moves A·B/N, and the excess, squared and summed.
        moves = _squares(cells, rest, common, qb * (1 - qa), qa * (1 - qb), qa * qb)
        own = _squares(cells, rest, (1 - qa) * (1 - qb), qb * (1 - qa), qa * (1 - qb), qa * qb)
        correlation = np.clip(np.nan_to_num(np.sqrt(pair.both / moves) * common), 0, 1)
        base_up = value * np.expm1(pair.base_low)
        base_down = -value * np.expm1(-pair.base_high)
        slack = 0.5 * np.maximum((1 - qa) * (1 - qb), np.maximum(qa, qb))
        normal = normal_quantile(level) * np.sqrt(own * (1 - pair.rate)) / pair.rate + slack
        zero = np.zeros_like(normal)
        down = _hypot(found.value - found.low, high - value, correlation, zero)
        up = _hypot(found.high - found.value, value - low, correlation, zero)
    gain = found.value - value
    down, up = np.maximum(down, normal), np.maximum(up, normal)
    return _known(gain, gain - np.hypot(down, base_up), gain + np.hypot(up, base_down), pair)


def _squares(cells: tuple[Floats, ...], rest: Floats, *moves: Floats) -> Floats:
    total = rest * moves[-1] ** 2
    for users, move in zip(cells, moves, strict=False):
        total = total + users * move**2
    return total
