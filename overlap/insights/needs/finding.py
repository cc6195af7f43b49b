"""Which audiences burst now, over all kinds together, the false among them few."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
from pyroaring import BitMap

from overlap import estimates
from overlap.estimates.series import LEAST_PAST
from overlap.insights.trends.axis import Axis, gathered
from overlap.insights.trends.bursts import detected
from overlap.insights.trends.following import RUNNING, Followed, follow
from overlap.model import FULL_THETA, UNIVERSE_KIND
from overlap.panel import Panel, Sample

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

_NUMBERS = pl.Schema(
    {"kind": pl.String, "name": pl.String, "first": pl.Int64, "last": pl.Int64,
     "running": pl.Boolean, "rate": pl.Float64, "expected_users": pl.Float64,
     "times": pl.Float64, "times_low": pl.Float64, "times_high": pl.Float64,
     "doubling": pl.Float64, "doubling_low": pl.Float64, "doubling_high": pl.Float64,
     "z": pl.Float64, "p_value": pl.Float64, "q_value": pl.Float64}
)  # fmt: skip
FOUND = pl.Schema({**_NUMBERS, "hits": pl.List(pl.Int64)})
"""One row per burst that is a discovery. `first` and `last` are places of periods, `hits` the kept
users of every period at `rate`."""


@dataclass(frozen=True, slots=True, eq=False)
class Counts:
    """Kept users by period of every audience of a kind, int64[audiences, periods], at its rate."""

    kind: str
    names: Sequence[str]
    hits: NDArray[np.int64]
    rates: Floats


def counted(panel: Panel, kind: str, people: Sample | None, ours: Axis, stop: int) -> Counts:
    """Count every audience of a kind by period among some people, everybody where None."""
    kept = panel.kept(kind)
    anchor = people or Sample(BitMap(range(len(kept.hashes))), FULL_THETA)
    hits = gathered(panel.by_period(anchor, kind), panel, ours)[:, :stop]
    rates = np.minimum(kept.theta, np.uint64(anchor.theta)) / FULL_THETA
    return Counts(kind, kept.names, hits, rates)


def active(
    panel: Panel, people: Sample | None, ours: Axis, stop: int
) -> tuple[NDArray[np.int64], float]:
    """Count the people who did anything in each period, and at which rate."""
    everybody = panel.universe()
    anchor = people or everybody
    hits = gathered(panel.by_period(anchor, UNIVERSE_KIND), panel, ours)[0, :stop]
    return hits, min(everybody.theta, anchor.theta) / FULL_THETA


def find(
    counts: Sequence[Counts],
    baseline: NDArray[np.int64],
    baseline_rate: float,
    whole: Sequence[bool],
    *,
    unit: str = "week",
    floor: float = 0.0,
    fdr: float = 0.05,
) -> pl.DataFrame:
    """Return the bursts among many audiences of several kinds as FOUND.

    A burst is as in insights.trends. Its p-value is that of the clearest two periods running of
    this burst, times the pairs of periods that were looked at; the q-value is over every audience
    of all kinds that anybody used. An audience that never has the floor's users in two periods
    running cannot be a burst: it is a test that found nothing, at no cost. Raises UsageError.
    """
    parts = [bursting(c, baseline, baseline_rate, whole, unit=unit, floor=floor) for c in counts]
    frame = pl.concat([p for p, _ in parts]) if parts else FOUND.to_frame()
    p = np.concatenate([p for _, p in parts]) if parts else np.empty(0)
    own = np.concatenate([frame["p_value"].to_numpy(), p])
    q = estimates.false_discovery_rates(own)[: len(frame)]
    return frame.with_columns(pl.Series("q_value", q, dtype=pl.Float64)).filter(
        pl.col("q_value") <= fdr
    )


def bursting(
    c: Counts, baseline: NDArray[Any], baseline_rate: float, whole: Sequence[bool], *, unit: str,
    floor: float,
) -> tuple[pl.DataFrame, Floats]:  # fmt: skip
    """Return the bursts of a kind as FOUND, without q-values, and the p-values of all others.

    `baseline` are kept users by period, one series for all or one for each audience.
    """
    base = np.broadcast_to(baseline, c.hits.shape)
    seen = np.asarray(whole, dtype=bool) & (base > 0).any(axis=0)
    used = c.hits.any(axis=1)
    # The past is as long for all: where one can be tested, all can.
    testable = int(seen.sum()) >= LEAST_PAST + RUNNING
    rows = np.flatnonzero(used & _reaches(c.hits[:, seen], floor * c.rates) & testable)
    f = follow(c.hits[rows], c.rates[rows], base[rows], np.minimum(baseline_rate, c.rates[rows]),
               whole, unit=unit, floor=floor)  # fmt: skip
    table = detected(f, c.rates[rows])
    bursts = np.flatnonzero(table["burst"].to_numpy())
    own = [_clearest(f, int(i), table["first"][int(i)]) for i in bursts]
    frame = (
        table[bursts]
        .with_columns(
            pl.lit(c.kind).alias("kind"),
            pl.Series("name", [c.names[i] for i in rows[bursts]], dtype=pl.String),
            pl.Series("rate", c.rates[rows[bursts]], dtype=pl.Float64),
            pl.Series("hits", c.hits[rows[bursts]].tolist(), dtype=pl.List(pl.Int64)),
            pl.Series("z", [z for z, _ in own], dtype=pl.Float64),
            pl.Series("p_value", [p for _, p in own], dtype=pl.Float64),
        )
        .select(FOUND.names())
        .cast(FOUND)
    )
    quiet = np.delete(table["p_value"].fill_null(np.nan).to_numpy(), bursts)
    never = np.full(int(used.sum()) - len(rows), 1.0 if testable else np.nan)
    return frame, np.concatenate([quiet, never])


def _reaches(hits: NDArray[np.int64], least: Floats) -> NDArray[np.bool_]:
    """Return which audiences have so many hits in enough observed periods running."""
    if hits.shape[1] < RUNNING:
        return np.zeros(len(hits), dtype=bool)
    high = (hits >= least[:, None]) & (hits > 0)
    running = high[:, RUNNING - 1 :].copy()
    for back in range(1, RUNNING):
        running &= high[:, RUNNING - 1 - back : hits.shape[1] - back]
    return np.asarray(running.any(axis=1))


def _clearest(f: Followed, row: int, first: Any) -> tuple[float, float]:
    """Return z and p-value of the clearest two periods running of the burst that began `first`."""
    run = np.flatnonzero(f.burst[row])
    run = run[run >= first]
    z, p = f.z[row, run], f.p_value[row, run]
    chance = np.maximum(p[1:], p[:-1]).min() * max(int(f.tested[row]), 1)
    return float(np.minimum(z[1:], z[:-1]).max()), float(min(chance, 1.0))
