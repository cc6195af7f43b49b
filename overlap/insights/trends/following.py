"""Audiences followed over the periods: expectation, season, and the runs that stand out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from overlap import estimates
from overlap.estimates import series
from overlap.model import UsageError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]

RUNNING = 2
"""A burst lasts at least so many periods: one may be an accident."""

SUSPECT = 2.0
"""Standard errors from which a period is left out when seasons are estimated again."""

CYCLES = {
    "day": (7,),
    "week": (4, 13, 26, 52),
    "month": (3, 6, 12),
    "quarter": (4,),
}
"""Lengths of cycles that are plausible, in periods of each unit."""


@dataclass(frozen=True, slots=True, eq=False)
class Followed:
    """Series of audiences with what was to be expected of them; arrays [audiences, periods].

    `users` and `low`, its lower end, and `expected` are in users, `z` in standard errors (NaN where
    nothing was expected), `burst` says which periods belong to a burst. `cycle` int64[audiences] is
    the length of the season in periods, 0 for none, with its `season` (a factor of 1 where there
    is none); `tested` is the number of pairs of periods in which a burst could have been seen;
    `log_share` is the log of the users' part of the baseline with the season taken out (half a kept
    user on top keeps it finite), `noise` its variance, infinite where the period says nothing.
    """

    users: Floats
    low: Floats
    expected: Floats
    z: Floats
    p_value: Floats
    burst: Flags
    settled: Flags
    cycle: NDArray[np.int64]
    season: Floats
    log_share: Floats
    noise: Floats
    seen: Flags

    @property
    def tested(self) -> NDArray[np.int64]:
        """Number of pairs of neighbouring periods in which each series was tested."""
        known = np.isfinite(self.z)
        out: NDArray[np.int64] = (known[:, 1:] & known[:, :-1]).sum(axis=1)
        return out


def follow(
    counts: ArrayLike,
    rates: ArrayLike,
    baseline: ArrayLike,
    baseline_rates: ArrayLike = 1.0,
    whole: ArrayLike | None = None,
    *,
    unit: str = "week",
    floor: float = 0.0,
    cycles: tuple[int, ...] | None = None,
) -> Followed:
    """Return what each audience's past and its baseline lead to expect, period by period.

    `counts` are kept users, int64[audiences, periods] as Panel.by_period gives them, at `rates`,
    float64[audiences]; `baseline` the kept users of the baseline, [periods] or
    [audiences, periods], at `baseline_rates`, a number or [audiences]. Periods that are not `whole`
    (bool[periods]) or in which the baseline had nobody are neither judged nor learned from.
    `cycles` replaces the plausible lengths of the `unit`. A burst is RUNNING periods or more, one
    after the other, with z ≥ 3 and at least `floor` users at the lower end. Raises UsageError for
    arrays that do not fit.
    """
    c, rate, base, base_rate, seen = _columns(counts, rates, baseline, baseline_rates, whole)
    exposure = base / base_rate[:, None] * rate[:, None]
    with np.errstate(divide="ignore", invalid="ignore"):
        thin = np.maximum(1 - base_rate / rate, 0)[:, None]
        extra = np.where(base > 0, thin / base, 0.0)
        y = np.log((c + 0.5) / exposure)
        noise = np.where(seen, 1 / (_near(c, exposure, seen) + 0.5) + extra, np.inf)
    lengths = CYCLES.get(unit, ()) if cycles is None else cycles
    sizes = estimates.counts(c.ravel(), np.repeat(rate, c.shape[1]))
    low = sizes.low.reshape(c.shape)
    enough = low >= max(floor, 1)
    seasons, found = _expect(c, exposure, y, noise, seen, extra, enough, lengths)
    season = np.exp(seasons.factor)
    out = np.isfinite(found.z) & (found.z >= series.SIGNIFICANT) & (low >= floor)
    return Followed(
        users=c / rate[:, None],
        low=low,
        expected=found.expected / rate[:, None],
        z=found.z,
        p_value=found.p_value,
        burst=_runs(out, found.settled, seen),
        settled=found.settled,
        cycle=seasons.cycle,
        season=season,
        log_share=np.where(seen, y - seasons.factor, np.nan),
        noise=np.where(seen, noise + seasons.variance, np.inf),
        seen=seen,
    )


def _expect(
    c: Floats, exposure: Floats, y: Floats, noise: Floats, seen: Flags, extra: Floats,
    enough: Flags, cycles: tuple[int, ...],
) -> tuple[series.Seasons, series.Forecast]:  # fmt: skip
    """Estimate the seasons, then what to expect; then both again without what looks unusual.

    A burst would else pass in part for the season of its weeks. A cycle must repeat, with `enough`
    users, and must be found again among the usual periods alone.
    """
    seasons = series.seasons(y, noise, cycles)
    _keep(seasons, series.repeats(seasons, c, exposure, seen, enough))
    found = series.forecast(c, exposure * np.exp(seasons.factor), seen, extra + seasons.variance)
    odd = found.z >= SUSPECT
    rows = np.flatnonzero(odd.any(axis=1))
    if not len(rows) or not cycles:
        return seasons, found
    usual = np.where(odd[rows], np.inf, noise[rows])
    again = series.seasons(y[rows], usual, cycles)
    _keep(again, series.repeats(again, c[rows], exposure[rows], seen[rows], enough[rows]))
    first = seasons.cycle[rows]
    better = (again.cycle > 0) & ((first == 0) | (again.cycle == first))
    doubted = np.flatnonzero((first > 0) & ~better)
    lost = doubted[~_confirmed(y[rows[doubted]], usual[doubted], first[doubted])]
    seasons.cycle[rows[lost]] = 0
    seasons.factor[rows[lost]] = seasons.variance[rows[lost]] = 0.0
    source = np.flatnonzero(better)
    seasons.cycle[rows[source]] = again.cycle[source]
    seasons.factor[rows[source]] = again.factor[source]
    seasons.variance[rows[source]] = again.variance[source]
    rows = rows[np.union1d(source, lost)]
    redone = series.forecast(
        c[rows], exposure[rows] * np.exp(seasons.factor[rows]), seen[rows],
        extra[rows] + seasons.variance[rows],
    )  # fmt: skip
    for whole, part in (
        (found.expected, redone.expected), (found.z, redone.z), (found.p_value, redone.p_value),
    ):  # fmt: skip
        whole[rows] = part
    found.settled[rows] = redone.settled
    return seasons, found


def _keep(seasons: series.Seasons, kept: Flags) -> None:
    seasons.cycle[~kept] = 0
    seasons.factor[~kept] = seasons.variance[~kept] = 0.0


def _confirmed(y: Floats, noise: Floats, cycle: NDArray[np.int64]) -> Flags:
    """Return whether each cycle is still found, though some of its phases were observed once."""
    out = np.zeros(len(cycle), dtype=bool)
    for s in np.unique(cycle):
        rows = np.flatnonzero(cycle == s)
        out[rows] = series.seasons(y[rows], noise[rows], (int(s),), covered=False).cycle > 0
    return out


def _columns(
    counts: ArrayLike, rates: ArrayLike, baseline: ArrayLike, baseline_rates: ArrayLike,
    whole: ArrayLike | None,
) -> tuple[Floats, Floats, Floats, Floats, Flags]:  # fmt: skip
    c = np.asarray(counts, dtype=np.float64)
    if c.ndim != 2:
        raise UsageError(f"counts of audiences by period need two axes, not {c.ndim}")
    audiences, periods = c.shape
    try:
        rate = np.broadcast_to(np.asarray(rates, dtype=np.float64), (audiences,))
        base = np.broadcast_to(np.asarray(baseline, dtype=np.float64), c.shape)
        base_rate = np.broadcast_to(np.asarray(baseline_rates, dtype=np.float64), (audiences,))
        full = np.broadcast_to(np.asarray(True if whole is None else whole), (periods,))
    except ValueError as error:
        raise UsageError(
            f"counts of {audiences} audiences in {periods} periods do not fit: {error}",
            cure="give one rate per audience, and the baseline and `whole` per period",
        ) from error
    return c, rate, base, np.minimum(base_rate, rate), full & (base > 0)


def _near(c: Floats, exposure: Floats, seen: Flags) -> Floats:
    """Return the count that a period and its neighbours would lead to expect."""
    users, people = np.where(seen, c, 0.0), np.where(seen, exposure, 0.0)
    for x in (users, people):
        x[:, 1:-1] = x[:, :-2] + x[:, 1:-1] + x[:, 2:] if x.shape[1] > 2 else x[:, 1:-1]
    with np.errstate(divide="ignore", invalid="ignore"):
        out: Floats = np.where(people > 0, users / people * exposure, c)
    return out


def _runs(out: Flags, settled: Flags, seen: Flags) -> Flags:
    """Keep what stands out for RUNNING observed periods one after the other."""
    burst = np.zeros_like(out)
    before, since = np.zeros(len(out), dtype=np.int64), np.zeros(len(out), dtype=np.int64)
    for t in range(out.shape[1]):
        since = np.where(before == 0, t, since)
        before = np.where(out[:, t], before + 1, np.where(seen[:, t], 0, before))
        for row in np.flatnonzero(out[:, t] & (before >= RUNNING)):
            burst[row, since[row] : t + 1] = out[row, since[row] : t + 1]
        before = np.where(settled[:, t], 0, before)
    return burst
