"""What a series leads one to expect of its next period, and how far the period is above that.

Many series at once: every array is [series, periods], and all of it is a few passes over the
periods with one array operation per step.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from overlap.estimates.intervals import Floats

if TYPE_CHECKING:
    from numpy.typing import NDArray

NOISES = (0.02, 0.06, 0.15, 0.35)
"""What a period does on top of small numbers, as a relative standard deviation."""
WANDERS = (0.003, 0.02, 0.06, 0.2)
"""How far the level moves from one period to the next, as a relative standard deviation."""
DRIFT = 0.02
"""What a steady rise or fall per period is believed to be, as a relative standard deviation."""
CAUTION = 0.5
"""Weight of a forecast's likelihood: real series obey none of the models to the letter."""
LEAST_PAST = 4
"""Nothing is expected before so many periods have been seen."""
SIGNIFICANT = 3.0
"""Standard errors above expectation from which a period is out of the ordinary."""
HIGHER = 0.5
"""Standard errors that it must also be above the highest level the series has held before."""
SETTLED = 13
"""After so many extraordinary periods running, they are the ordinary ones."""

_BLOCK = 4096
_Z = (-8.0, 37.0)
"""Beyond these no probability is told from 1 or 0."""
_GRID = np.array([(noise**2, wander**2) for noise in NOISES for wander in WANDERS])


@dataclass(frozen=True, slots=True, eq=False)
class Forecast:
    """What was expected of each period of each series, float64[series, periods].

    `expected` in counts; `p_value` the chance of a count as high or higher, `z` standard errors
    above what was expected; all NaN where nothing was expected: a period that was not observed, or
    too little past.
    `settled` bool[series, periods] says where a long extraordinary time became the ordinary one.
    """

    expected: Floats
    z: Floats
    p_value: Floats
    settled: NDArray[np.bool_]


def forecast(counts: Floats, exposure: Floats, seen: NDArray[np.bool_], extra: Floats) -> Forecast:
    """Return how each count compares with what its exposure and its own past would give.

    `exposure` is what the count is a share of, times the season; `seen` says which periods were
    observed; `extra` is variance on the log scale that exposure and season bring. Model: the log of
    the share is a level with drift, log s_t = log s_{t−1} + β + η_t, seen through a negative
    binomial count of mean E = exposure·s and variance E + τ²·E². τ and the size of η are not
    fitted but averaged over a small grid (NOISES × WANDERS), each by how well it has forecast the
    series so far (the likelihood to the power CAUTION), so only what came before a period bears on
    it. An extraordinary
    period (z ≥ SIGNIFICANT) teaches nothing, until SETTLED of them have passed.

    A series must also be HIGHER than the highest level that it has held for two periods running
    before: coming back to where one has been is no news, in or out of season. Where it is not, `z`
    is cut to how far it is above that level, 0 at least, and `p_value` says the same.
    """
    z, expected, p_value = (np.full(counts.shape, np.nan) for _ in range(3))
    out = Forecast(expected, z, p_value, np.zeros(counts.shape, dtype=bool))
    for start in range(0, len(counts), _BLOCK):
        part = slice(start, start + _BLOCK)
        _Filter(len(counts[part])).run(
            counts[part], exposure[part], seen[part], extra[part], out, part
        )
    return out


class _Filter:
    """One block of series, one model of the grid beside the other: arrays are [models, series]."""

    def __init__(self, series: int) -> None:
        shape = (len(_GRID), series)
        self.level, self.drift = np.zeros(shape), np.zeros(shape)
        self.P, self.PD, self.D = np.zeros(shape), np.zeros(shape), np.full(shape, DRIFT**2)
        self.chance = np.zeros(shape)
        self.noise, self.wander = _GRID[:, :1], _GRID[:, 1:]
        self.past = np.zeros(series, dtype=np.int64)
        self.running = np.zeros(series, dtype=np.int64)
        # The highest share held for two periods running, its count, and those of the period before.
        self.high, self.high_count = np.zeros(series), np.ones(series)
        self.waiting, self.waiting_count = np.zeros(series), np.ones(series)
        self.last, self.last_count = np.full(series, np.nan), np.ones(series)

    def run(
        self, counts: Floats, exposure: Floats, seen: NDArray[np.bool_], extra: Floats,
        out: Forecast, part: slice,
    ) -> None:  # fmt: skip
        for t in range(counts.shape[1]):
            c, e, use, more = counts[:, t], exposure[:, t], seen[:, t], extra[:, t]
            self._step_on(use)
            e = np.where(use, e, 1.0)
            ready = use & (self.past >= LEAST_PAST)
            with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
                E = e * np.exp(np.minimum(self.level, 50))
                expected, beyond, more_than, held = self._compare(c, e, E, more)
            # Both tails hold the count itself, so that few users are never far from expectation.
            z = np.where(
                beyond < 0.5, -special.ndtri(beyond), np.fmin(-special.ndtri(more_than), 0)
            )
            z = np.clip(z, *_Z)
            higher = np.clip(-special.ndtri(held), *_Z)
            back = (higher < HIGHER) & (z > 0)
            z = np.where(back, np.clip(higher, 0.0, z), z)
            p = np.where(back, np.maximum(special.ndtr(-z), beyond), beyond)
            out.expected[part, t] = np.where(ready, expected, np.nan)
            out.p_value[part, t] = np.where(ready, p, np.nan)
            out.z[part, t] = np.where(ready, z, np.nan)
            unusual = ready & (z >= SIGNIFICANT)
            self.running = np.where(unusual, self.running + 1, np.where(use, 0, self.running))
            settled = self.running >= SETTLED
            out.settled[part, t] = settled
            self._learn(use & ~unusual, c, e, E, more)
            self._settle(settled, c, e)
            self._remember(use, unusual & ~settled, c, e)

    def _step_on(self, use: NDArray[np.bool_]) -> None:
        on = self.past > 0
        self.level += np.where(on, self.drift, 0.0)
        self.P += np.where(on, 2 * self.PD + self.D + self.wander, 0.0)
        self.PD += np.where(on, self.D, 0.0)

    def _compare(self, c: Floats, e: Floats, E: Floats, more: Floats) -> tuple[Floats, ...]:
        weight = np.exp(CAUTION * (self.chance - self.chance.max(axis=0)))
        weight /= weight.sum(axis=0)
        spread = np.expm1(np.minimum(self.P + self.noise + more, 4.0))
        mean = (weight * E).sum(axis=0)
        variance = (weight * (E + E**2 * spread + (E - mean) ** 2)).sum(axis=0)
        before = self.high * e
        noise = (weight * self.noise).sum(axis=0)
        width = before + before**2 * np.expm1(noise + more + (1 / self.high_count))
        above = _tail(c + 1, mean, variance)
        return mean, _tail(c, mean, variance), above, _tail(c, before, width)

    def _learn(self, use: NDArray[np.bool_], c: Floats, e: Floats, E: Floats, more: Floats) -> None:
        y = np.log((c + 0.5) / e)
        first = use & (self.past == 0)
        h = 1 / (c + 0.5) + self.noise + more
        self.level = np.where(first, y, self.level)
        self.P = np.where(first, h, self.P)
        later = use & (self.past > 0)
        F = self.P + 1 / (E + 0.5) + self.noise + more
        v = y - self.level
        # No single surprise may decide between the models.
        self.chance -= np.where(later, 0.5 * (np.log(F) + np.minimum(v**2 / F, 9.0)), 0.0)
        k, kd = np.where(later, self.P / F, 0.0), np.where(later, self.PD / F, 0.0)
        self.level = self.level + k * v
        self.drift = self.drift + kd * v
        self.D = self.D - kd * self.PD
        self.PD = self.PD * (1 - k)
        self.P = self.P * (1 - k)
        self.past = self.past + use

    def _settle(self, settled: NDArray[np.bool_], c: Floats, e: Floats) -> None:
        if settled.any():
            self.level = np.where(settled, np.log((c + 0.5) / e), self.level)
            self.P = np.where(settled, 1 / (c + 0.5) + self.noise, self.P)
            self.PD = np.where(settled, 0.0, self.PD)
            self.running = np.where(settled, 0, self.running)

    def _remember(
        self, use: NDArray[np.bool_], unusual: NDArray[np.bool_], c: Floats, e: Floats
    ) -> None:
        share = c / e
        lower = np.fmin(share, self.last)
        count = np.where(share <= self.last, c, self.last_count)
        held = use & np.isfinite(self.last) & (lower > self.waiting)
        self.waiting = np.where(held, lower, self.waiting)
        self.waiting_count = np.where(held, np.maximum(count, 0.5), self.waiting_count)
        # What a series reaches while it is extraordinary counts once that is over.
        over = use & ~unusual & (self.waiting > self.high)
        self.high = np.where(over, self.waiting, self.high)
        self.high_count = np.where(over, self.waiting_count, self.high_count)
        self.last = np.where(use, share, self.last)
        self.last_count = np.where(use, c, self.last_count)


def _tail(count: Floats, mean: Floats, variance: Floats) -> Floats:
    """Return the chance of so high a count, negative binomial with this mean and variance."""
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        size = np.minimum(mean**2 / np.maximum(variance - mean, 1e-12 * mean), 1e9)
        p = special.betainc(np.maximum(count, 1e-300), size, mean / (mean + size))
    out: Floats = np.where(count <= 0, 1.0, np.where(mean > 0, p, 0.0))
    return np.clip(out, 1e-300, 1.0)
