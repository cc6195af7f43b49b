"""Does a series come and go in a cycle? Tested, estimated, and taken out; many series at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from overlap.estimates.intervals import Floats

if TYPE_CHECKING:
    from numpy.typing import NDArray

CHANCE = 0.01
"""A cycle is believed when chance alone shows one as clear in so small a part of series."""

WHOLE_CYCLES = 2
"""A cycle must have come round so often before it can be told from anything else."""

_WANDERS = (0.0, 0.01, 0.05, 0.2, 1.0, 5.0)
_BLOCK = 4_000_000
"""Numbers held at once in one array."""


@dataclass(frozen=True, slots=True, eq=False)
class Seasons:
    """The cycle of each series and what it does to each period.

    `cycle` int64[series] is its length in periods, 0 where there is none; `factor` and `variance`,
    float64[series, periods], are the effect on the log scale, 0 on average over a cycle, and the
    square of its standard error; `p_value` float64[series] is that of the clearest candidate, times
    the number of candidates, NaN where none could be tested.
    """

    cycle: NDArray[np.int64]
    factor: Floats
    variance: Floats
    p_value: Floats


def seasons(
    y: Floats, noise: Floats, cycles: Sequence[int], chance: float = CHANCE, *, covered: bool = True
) -> Seasons:
    """Return the cycle of each series among candidate lengths, where it is clear enough.

    `y` float64[series, periods] on the log scale; `noise` its variances but for a common factor,
    infinite where a period was not observed. A candidate of s periods needs two whole cycles.
    Null: a local level with drift, whose wandering is fitted by restricted likelihood. Against it
    the s seasonal means are tested by the F-test of generalised least squares, the series and the
    regressors whitened by the null's Kalman filter (Harvey 1989, §3.4), so that a level that
    merely wanders is not taken for a cycle: with two cycles this asks whether the second repeats
    the first. The clearest candidate wins if its p-value times the number of candidates
    (Bonferroni) is at most `chance`. A candidate is tested only where each of its phases was
    observed twice, unless not `covered`.
    """
    series, periods = y.shape
    out = Seasons(
        np.zeros(series, dtype=np.int64), np.zeros_like(y), np.zeros_like(y),
        np.full(series, np.nan),
    )  # fmt: skip
    candidates = [s for s in cycles if s >= 2 and periods >= WHOLE_CYCLES * s]
    if not candidates:
        return out
    step = max(1, _BLOCK // (periods * (max(candidates) + 2)))
    for start in range(0, series, step):
        part = slice(start, start + step)
        _settle(y[part], noise[part], candidates, chance, covered, out, start)
    return out


def repeats(
    found: Seasons, counts: Floats, exposure: Floats, seen: NDArray[np.bool_],
    enough: NDArray[np.bool_],
) -> NDArray[np.bool_]:  # fmt: skip
    """Return bool[series]: whether what a cycle lifts was lifted in most of the cycles observed.

    A cycle is cut where it is lowest opposite, so that its high phases (half of the highest factor
    and more) lie in one piece. In half of the cycles, and in WHOLE_CYCLES at least, their counts
    over `exposure` must stand above those of the same cycle's other phases by half of what the
    factors say on the log scale; and in WHOLE_CYCLES of them one such period must be `enough`. One
    burst lifts its own cycle only, however much it adds to the average of all.
    """
    out = np.zeros(len(counts), dtype=bool)
    for row in np.flatnonzero(found.cycle):
        factor, use = found.factor[row], seen[row]
        high = factor >= factor.max() / 2
        rise, stood = _rises(
            high[use], _turns(factor, int(found.cycle[row]))[use], counts[row, use],
            exposure[row, use], enough[row, use],
        )  # fmt: skip
        lifted = rise >= (factor[high].mean() - factor[~high].mean()) / 2
        out[row] = 2 * lifted.sum() >= len(rise) and (lifted & stood).sum() >= WHOLE_CYCLES
    return out


def _turns(factor: Floats, s: int) -> NDArray[np.int64]:
    """Return the number of the cycle that each period is in, cut opposite to the highest."""
    out: NDArray[np.int64] = (np.arange(len(factor)) - int(factor.argmax()) % s + s // 2) // s + 1
    return out


def _rises(
    high: NDArray[np.bool_], turn: NDArray[np.int64], counts: Floats, exposure: Floats,
    enough: NDArray[np.bool_],
) -> tuple[Floats, NDArray[np.bool_]]:  # fmt: skip
    """Return how far the high phases rose in each cycle, on the log scale, and which are enough."""

    def total(values: Floats, which: NDArray[np.bool_]) -> Floats:
        out = np.bincount(turn[which], values[which], minlength=int(turn.max()) + 1)
        return out.astype(np.float64)

    up, down = total(exposure, high), total(exposure, ~high)
    both = (up > 0) & (down > 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        rise = np.log((total(counts, high) + 0.5) / up) - np.log(
            (total(counts, ~high) + 0.5) / down
        )
    return rise[both], total(enough.astype(np.float64), high)[both] > 0


def _settle(
    y: Floats, noise: Floats, candidates: Sequence[int], chance: float, covered: bool,
    out: Seasons, start: int,
) -> None:  # fmt: skip
    seen = np.isfinite(noise) & np.isfinite(y)
    y = np.where(seen, y, 0.0)
    noise = np.where(seen, noise, np.inf)
    with np.errstate(invalid="ignore", divide="ignore"):
        size = np.where(seen, noise, 0.0).sum(axis=1) / np.maximum(seen.sum(axis=1), 1)
    wander = _likeliest(y, noise, size, _drift(y))
    best = np.full(len(y), np.inf)
    for s in candidates:
        p = _f_test(y, noise, seen, size * wander, s)
        if covered:
            p = np.where(_covered(seen, s), p, np.nan)
        p = p * len(candidates)
        known = np.isfinite(p)
        here = out.p_value[start : start + len(y)]
        here[known] = np.fmin(here[known], np.minimum(p[known], 1.0))
        clearer = known & (p < best)
        best[clearer] = p[clearer]
        found = np.flatnonzero(clearer & (p <= chance))
        if len(found):
            out.cycle[start + found] = s
            again = _likeliest(y[found], noise[found], size[found], _regressors(y[found], s))
            factor, variance = _effects(y[found], noise[found], seen[found], size[found] * again, s)
            out.factor[start + found], out.variance[start + found] = factor, variance


def _covered(seen: NDArray[np.bool_], s: int) -> NDArray[np.bool_]:
    """Whether every phase of a cycle was observed twice."""
    phase = np.arange(seen.shape[1]) % s
    times = np.array([seen[:, phase == j].sum(axis=1) for j in range(s)])
    covered: NDArray[np.bool_] = np.all(times >= WHOLE_CYCLES, axis=0)
    return covered


def _drift(y: Floats) -> Floats:
    t = np.linspace(-0.5, 0.5, y.shape[1])
    return np.broadcast_to(t[:, None], (*y.shape, 1))


def _regressors(y: Floats, s: int) -> Floats:
    """Return drift and s − 1 seasonal effects that add up to nothing, [series, periods, s]."""
    return np.concatenate(
        [_drift(y), np.broadcast_to(_phases(y.shape[1], s), (*y.shape, s - 1))], axis=2
    )


def _phases(periods: int, s: int) -> Floats:
    phase = np.arange(periods) % s
    effects = np.eye(s)[:, :-1]
    effects[-1, :] = -1.0
    out: Floats = effects[phase]
    return out


def _likeliest(y: Floats, noise: Floats, size: Floats, X: Floats) -> Floats:
    """Return the wandering of each series that has the largest restricted likelihood."""
    best, chosen = np.full(len(y), -np.inf), np.zeros(len(y))
    for wander in _WANDERS:
        chance = _regress(y, noise, size * wander, X).chance
        better = chance > best
        best[better], chosen[better] = chance[better], wander
    return chosen


@dataclass(frozen=True, slots=True, eq=False)
class _Regression:
    chance: Floats
    squares: Floats
    free: Floats
    beta: Floats
    inverse: Floats


def _regress(y: Floats, noise: Floats, q: Floats, X: Floats) -> _Regression:
    white, logs, used = _whiten(np.concatenate([y[:, :, None], X], axis=2), noise, q)
    yw, Xw = white[:, :, 0], white[:, :, 1:]
    k = X.shape[2]
    info = np.einsum("ati,atj->aij", Xw, Xw) + 1e-9 * np.eye(k)
    inverse = np.linalg.inv(info)
    beta = np.einsum("aij,atj,at->ai", inverse, Xw, yw, optimize=True)
    squares = ((yw - np.einsum("ati,ai->at", Xw, beta)) ** 2).sum(axis=1)
    free = np.maximum(used - k, 0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        chance = -0.5 * (free * np.log(squares / free) + logs + np.linalg.slogdet(info)[1])
    return _Regression(np.where(free > 0, chance, 0.0), squares, free, beta, inverse)


def _whiten(values: Floats, noise: Floats, q: Floats) -> tuple[Floats, Floats, Floats]:
    """Return the innovations of a local level, each over its standard deviation.

    The first observation only sets the level. Also the sum of the logs of their variances, and
    their number.
    """
    series, periods, columns = values.shape
    out = np.zeros_like(values)
    level, P = np.zeros((series, columns)), np.full(series, np.inf)
    logs, used = np.zeros(series), np.zeros(series)
    for t in range(periods):
        h = noise[:, t]
        seen = np.isfinite(h)
        begun = np.isfinite(P)
        P = P + q
        first, later = seen & ~begun, seen & begun
        level[first], P[first] = values[first, t], h[first]
        F = np.where(later, P + h, 1.0)
        v = values[:, t] - level
        gain = np.where(later, P / F, 0.0)
        out[:, t] = np.where(later[:, None], v / np.sqrt(F)[:, None], 0.0)
        level = level + gain[:, None] * np.where(later[:, None], v, 0.0)
        P = np.where(later, P * (1 - gain), P)
        logs += np.where(later, np.log(F), 0.0)
        used += later
    return out, logs, used


def _f_test(y: Floats, noise: Floats, seen: NDArray[np.bool_], q: Floats, s: int) -> Floats:
    null = _regress(y, noise, q, _drift(y))
    full = _regress(y, noise, q, _regressors(y, s))
    with np.errstate(divide="ignore", invalid="ignore"):
        F = (null.squares - full.squares) / (s - 1) / (full.squares / full.free)
        p = special.fdtrc(s - 1, full.free, np.maximum(F, 0))
    out: Floats = np.where(full.free > 0, p, np.nan)
    return out


def _effects(
    y: Floats, noise: Floats, seen: NDArray[np.bool_], q: Floats, s: int
) -> tuple[Floats, Floats]:
    fit = _regress(y, noise, q, _regressors(y, s))
    D = _phases(y.shape[1], s)
    factor = fit.beta[:, 1:] @ D.T
    spread = np.einsum("ti,aij,tj->at", D, fit.inverse[:, 1:, 1:], D, optimize=True)
    return factor, spread * (fit.squares / np.maximum(fit.free, 1))[:, None]
