"""Which part: shares of an audience, and Jaccard."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from overlap.estimates.intervals import (
    Floats,
    Intervals,
    beta_quantile,
    columns,
    inside,
    intervals,
    least_members,
    most_members,
    tail,
)
from overlap.model import Estimate

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

_ROUNDS = 3
_FEW = 0.3


def shares(
    hits_both: ArrayLike,
    hits_whole: ArrayLike,
    rate: ArrayLike,
    whole: ArrayLike | None = None,
    level: float = 0.95,
) -> Intervals:
    """Return the shares of audiences of which s_AB of s_A kept users are in the part, 0 to 1.

    Value s_AB/s_A, both at the common rate T; given s_A, s_AB is hypergeometric whatever the
    rate, so the error of the whole cancels. The interval inverts both hypergeometric tails
    (Clopper and Pearson), with the finite-population correction of the `whole` in users where it
    is known, else of the upper end of its own interval, which makes it only wider. Tails by Wise's
    binomial approximation (Wise 1954), on the side where it is good to a few per cent of a
    half-width. NaN with 0–1 where the whole has no hit; exact at T = 1. Raises UsageError.
    """
    T, x, n = columns(rate, hits_both, hits_whole)
    inside(x, n)
    beyond = tail(level)
    if whole is None:
        N = largest_whole(n, T, beyond)
    else:
        N = np.array(np.broadcast_to(np.asarray(whole, dtype=np.float64), n.shape))
    return shares_within(x, n, T, np.maximum(N, n), beyond)


def largest_whole(hits: Floats, rate: Floats, beyond: float) -> Floats:
    """Return the most users the whole may have, roughly where it matters little (T ≤ ½)."""
    T = rate
    z = -float(special.ndtri(beyond))
    rough = hits / T + (z * np.sqrt(hits * (1 - T)) + (z * z / 2 + 2) * (1 - T)) / T
    near = T > 0.5
    rough[near] = np.floor(most_members(hits[near], T[near], beyond))
    return rough


def shares_within(x: Floats, n: Floats, T: Floats, N: Floats, beyond: float) -> Intervals:
    """Return the shares x of n hits in wholes of N users; see `shares`."""
    with np.errstate(divide="ignore", invalid="ignore"):
        value = x / n
    low, high = np.zeros_like(x), np.ones_like(x)
    part = (T < 1) & (n > 0)
    least, most = _part_limits(x[part], n[part], N[part], beyond)
    low[part], high[part] = least / N[part], most / N[part]
    return intervals(value, low, high, x, T)


def share(
    hits_both: float,
    hits_whole: float,
    rate: float,
    whole: Estimate | None = None,
    level: float = 0.95,
) -> Estimate:
    """Return the share of an audience that is in the part; see `shares`.

    `whole` is the size of the audience if there is an estimate: its value where exact, its upper
    end where not.
    """
    size = None if whole is None else whole.value if whole.exact else whole.high
    return shares(hits_both, hits_whole, rate, size, level).at(0)


def jaccard(
    both: ArrayLike, a: ArrayLike, b: ArrayLike, rate: ArrayLike, level: float = 0.95
) -> Intervals:
    """Return n / (A + B − n) from hits at the common rate: the overlap as a share of the union.

    0 to 1, NaN where neither audience has a hit; interval as for `shares`. Raises UsageError.
    """
    T, n, A, B = columns(rate, both, a, b)
    return shares(n, A + B - n, T, level=level)


def _part_limits(x: Floats, n: Floats, N: Floats, beyond: float) -> tuple[Floats, Floats]:
    """Return the least and most members K of a part of N with x among n drawn, as reals.

    A part of more than half is turned into its complement. Wise's approximation is good where the
    sample is a small part of N; the n drawn and the K members can change places, and the smaller
    is taken: half-widths are up to 2% too wide, 6% where both are half of N.
    """
    flip = 2 * x > n
    y = np.where(flip, n - x, x)
    least, most = np.empty_like(y), np.empty_like(y)
    few = n <= N * np.maximum(_FEW, np.minimum(y / n, 0.5))
    least[few], most[few] = _limits_few_drawn(y[few], n[few], N[few], beyond)
    many = ~few
    least[many], most[many] = _limits_most_drawn(y[many], n[many], N[many], beyond)
    least = np.clip(np.where(y > 0, least, 0.0), y, N - (n - y))
    most = np.clip(most, y, N - (n - y))
    return np.where(flip, N - most, least), np.where(flip, N - least, most)


def _limits_few_drawn(y: Floats, n: Floats, N: Floats, beyond: float) -> tuple[Floats, Floats]:
    """Wise: P(Y ≤ y) is that of a binomial (n, (K − y/2)/(N − (n − 1)/2)), which K solves."""
    span = N - (n - 1) / 2
    low = beta_quantile(np.maximum(y, 1), n - y + 1, beyond) * span + (y - 1) / 2
    high = beta_quantile(y + 1, n - y, 1 - beyond) * span + y / 2
    return low, high


def _limits_most_drawn(y: Floats, n: Floats, N: Floats, beyond: float) -> tuple[Floats, Floats]:
    """Wise with drawn and members exchanged: a binomial (K, (n − y/2)/(N − (K − 1)/2)).

    K is in both parameters; each round of the fixed point shrinks the error to a third or less.
    """
    T = n / N
    middle = y / T
    spread = 2 * np.sqrt((y + 1) * (1 - T) * (1 - np.minimum(middle / N, 0.5))) / T
    low, high = np.maximum(middle - spread, 0), middle + spread
    ceiling = np.nextafter(1.0, 0.0)
    for _ in range(_ROUNDS):
        at_low = np.clip((n - (y - 1) / 2) / (N - (low - 1) / 2), 1e-12, ceiling)
        at_high = np.clip((n - y / 2) / (N - (high - 1) / 2), 1e-12, ceiling)
        low = least_members(y, at_low, beyond)
        high = np.minimum(most_members(y, at_high, beyond), N - (n - y))
    return low, high
