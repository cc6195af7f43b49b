"""Ratios of counts of one sample: change between two periods, and shares kept at two rates."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from overlap.estimates.intervals import Floats, Intervals, columns, inside, intervals, tail
from overlap.estimates.shares import shares
from overlap.estimates.sizes import counts_beyond

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    Terms = tuple[tuple[Floats, Intervals], ...]

_HALVINGS = 50


def changes(
    now: ArrayLike, before: ArrayLike, both: ArrayLike, rate: ArrayLike, level: float = 0.95
) -> Intervals:
    """Return how many times as many users there are now as before: n₁/n₀ from kept users.

    A store keeps the same people in every period, so `now` and `before` have `both` kept users in
    common, at one rate T. Who was there in both periods cancels: with o₁ and o₀ kept in one period
    alone, Var(n̂₁ − n̂₀) = (1 − T)/T² · (o₁ + o₀), where independent samples would have
    (1 − T)/T² · (s₁ + s₀); on the log scale (1 − T)·(1/s₁ + 1/s₀ − 2·s₁₀/(s₁·s₀)). The interval
    holds every ratio R for which n₁ − R·n₀ = o₁ − R·o₀ + (1 − R)·s₁₀ may be nothing (Fieller
    1954), the limits of that sum of three independent counts by MOVER (Zou and Donner 2008) from
    those of `counts`. Infinite where nobody need have been there before; NaN where nobody was
    kept then. Exact at T = 1. Only sketch error: whether people come and go by chance is another
    question. Raises UsageError.
    """
    T, s1, s0, s10 = columns(rate, now, before, both)
    inside(s10, np.minimum(s1, s0))
    beyond = tail(level)
    only_now, only_before, stayed = (_roomy(s, T, beyond) for s in (s1 - s10, s0 - s10, s10))
    low, high = _ratio_limits(
        lambda R: ((np.ones_like(R), only_now), (-R, only_before), (1 - R, stayed)), s1, s0
    )
    with np.errstate(divide="ignore", invalid="ignore"):
        value = np.where(s0 > 0, s1 / s0, np.nan)
    low, high = (np.where(np.isnan(value), np.nan, end) for end in (low, high))
    return intervals(value, np.minimum(low, value), np.maximum(high, value), s1, T)


def nested_shares(
    part: ArrayLike,
    part_rate: ArrayLike,
    rest: ArrayLike,
    rest_rate: ArrayLike,
    level: float = 0.95,
) -> Intervals:
    """Return shares n / (n + m) of a part, whose rest m is kept at a rate of its own.

    At one rate this is `shares`. Else part and rest are disjoint and so counted independently: the
    interval holds every R for which m − R·n may be nothing (Fieller, by MOVER), as 1/(1 + R). 0 to
    1, NaN with 0–1 where neither has a hit. Raises UsageError.
    """
    T, s, m, other = columns(part_rate, part, rest, rest_rate)
    same = other == T
    alike = shares(np.where(same, s, 0), np.where(same, s + m, 0), T, level=level)
    beyond = tail(level)
    inner, outer = _roomy(s, T, beyond), _roomy(m, other, beyond)
    low, high = _ratio_limits(
        lambda R: ((np.ones_like(R), outer), (-R, inner)), outer.value, inner.value
    )
    with np.errstate(divide="ignore", invalid="ignore"):
        value = inner.value / (inner.value + outer.value)
        # Without a hit of the part its share has no lower end but 0.
        least = np.where(s > 0, 1 / (1 + high), 0.0)
        most = np.where(s > 0, 1 / (1 + low), inner.high / (inner.high + outer.low))
    least, most = (np.where(s + m > 0, e, d) for e, d in ((least, 0.0), (most, 1.0)))
    return intervals(
        np.where(same, alike.value, value),
        np.where(same, alike.low, np.fmin(least, value)),
        np.where(same, alike.high, np.fmax(most, value)),
        s,
        T,
        (T >= 1) & (other >= 1),
    )


def share_changes(part: Intervals, whole: Intervals, correlation: ArrayLike = 0.0) -> Intervals:
    """Return the change of a share from the changes of the part and of the whole, as a factor.

    Their half-widths join on the log scale (MOVER) with the correlation of the two, which is never
    negative where the part lies inside the whole: leaving it out only widens. NaN where there is
    no change to speak of.
    """
    r = np.asarray(correlation, dtype=np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        value = part.value / whole.value
        p_low, p_high = np.log(part.value / part.low), np.log(part.high / part.value)
        w_low, w_high = np.log(whole.value / whole.low), np.log(whole.high / whole.value)
        low, high = (
            value * np.exp(-_join(p_low, w_high, r)),
            value * np.exp(_join(p_high, w_low, r)),
        )
        # From nothing no factor leads anywhere: the upper ends say how much there may be.
        high = np.where(part.value == 0, part.high / whole.low, high)
    low = np.where(part.value == 0, 0.0, low)
    low, high = (np.where(np.isnan(value), np.nan, end) for end in (low, high))
    return intervals(
        value, low, high, part.sample.astype(np.float64), part.rate, part.exact & whole.exact
    )


def _join(x: Floats, y: Floats, correlation: Floats) -> Floats:
    """Return √(x² + y² − 2ρxy), infinite where either is."""
    square = x**2 + y**2 - 2 * correlation * x * y
    width: Floats = np.where(np.isinf(x) | np.isinf(y), np.inf, np.sqrt(np.maximum(square, 0)))
    return width


def _roomy(s: Floats, T: Floats, beyond: float) -> Intervals:
    """Return counts whose limits are nowhere nearer than those of a normal error and half a user.

    Near T = 1 the truth often is the end of its own interval, a whole number of users, which
    leaves no room for the errors that are joined to it.
    """
    e = counts_beyond(s, T, beyond)
    reach = -float(special.ndtri(beyond)) * np.sqrt(s * (1 - T)) / T + np.where(T < 1, 0.5, 0.0)
    low = np.maximum(np.minimum(e.low, e.value - reach), 0.0)
    return intervals(e.value, low, np.maximum(e.high, e.value + reach), s, T)


def _ratio_limits(
    terms: Callable[[Floats], Terms], top: Floats, bottom: Floats
) -> tuple[Floats, Floats]:
    """Return the ends of the ratios R at which a sum of independent counts may be nothing.

    `terms` gives the counts and their coefficients at R; the sum falls with R and is nothing at
    top / bottom. R is looked for as x/(1 − x), by halving.
    """

    def limit(x: Floats, sign: int) -> Floats:
        R = x / (1 - x)
        parts = terms(R)
        middle = sum((c * e.value for c, e in parts), np.zeros_like(R))
        square = sum(
            ((c * (np.where(sign * c > 0, e.high, e.low) - e.value)) ** 2 for c, e in parts),
            np.zeros_like(R),
        )
        out: Floats = middle + sign * np.sqrt(square)
        return out

    with np.errstate(divide="ignore", invalid="ignore"):
        middle = np.where(top + bottom > 0, top / (top + bottom), 0.5)
        edge = np.full_like(middle, np.nextafter(1.0, 0.0))
        middle = np.minimum(middle, edge)
        low = _crossing(lambda x: limit(x, -1), np.zeros_like(middle), middle)
        high = _crossing(lambda x: limit(x, +1), middle, edge)
        return low / (1 - low), np.where(high > 1 - 1e-12, np.inf, high / (1 - high))


def _crossing(falling: Callable[[Floats], Floats], left: Floats, right: Floats) -> Floats:
    """Return where a falling function of each cell crosses 0 between two points."""
    for _ in range(_HALVINGS):
        middle = (left + right) / 2
        above = falling(middle) > 0
        left, right = np.where(above, middle, left), np.where(above, right, middle)
    half: Floats = (left + right) / 2
    return half
