"""Which audiences burst: many at once, with p-values, so that the false among them are few."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from pyroaring import BitMap
from scipy import special

from overlap import estimates
from overlap.expressions import Audience, Expression, to_text
from overlap.insights import anchors
from overlap.insights.trends.axis import axis, gathered
from overlap.insights.trends.following import Followed, follow
from overlap.members import ALL_PERIODS
from overlap.model import FULL_THETA, UNIVERSE, UNIVERSE_KIND, Policy, Window
from overlap.panel import Panel, Sample

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

DETECTED = pl.Schema(
    {"row": pl.Int64, "burst": pl.Boolean, "first": pl.Int64, "last": pl.Int64,
     "running": pl.Boolean, "users": pl.Float64, "users_low": pl.Float64,
     "users_high": pl.Float64, "expected_users": pl.Float64, "times": pl.Float64,
     "times_low": pl.Float64, "times_high": pl.Float64, "z": pl.Float64, "p_value": pl.Float64,
     "q_value": pl.Float64, "doubling": pl.Float64, "doubling_low": pl.Float64,
     "doubling_high": pl.Float64, "cycle": pl.Int64}
)  # fmt: skip
"""One row per audience. `first` and `last` are places of periods; `users` to `times` are those of
the last period of the latest burst, or of the last whole period; `z` the largest that two periods
running reached; `cycle` null where there is no season."""

BURSTS_TABLE = pl.Schema(
    {"inside": pl.String, "kind": pl.String, "name": pl.String, "burst": pl.Boolean,
     "first_seen": pl.Date, "last_seen": pl.Date, "running": pl.Boolean, "users": pl.Float64,
     "users_low": pl.Float64, "users_high": pl.Float64, "exact": pl.Boolean,
     "expected_users": pl.Float64, "times": pl.Float64, "times_low": pl.Float64,
     "times_high": pl.Float64, "z": pl.Float64, "p_value": pl.Float64, "q_value": pl.Float64,
     "doubling": pl.Float64, "doubling_low": pl.Float64, "doubling_high": pl.Float64,
     "cycle": pl.Int64, "suppressed": pl.String}
)  # fmt: skip

_NUMBERS = (
    "users", "users_low", "users_high", "expected_users", "times", "times_low", "times_high", "z",
    "p_value", "q_value",
)  # fmt: skip
_PRIOR = 4.0
"""The noise of a rise is believed to be that of its counts with the weight of so many periods."""


@dataclass(frozen=True, slots=True)
class Run:
    """The latest burst of one audience: places of its first and last period, and how fast it rose.

    `doubling` is in periods, NaN where it did not rise; `high` is infinite where it need not have.
    """

    first: int
    last: int
    running: bool
    doubling: float = np.nan
    low: float = np.nan
    high: float = np.nan


def detect(
    counts: ArrayLike,
    rates: ArrayLike,
    baseline: ArrayLike,
    baseline_rates: ArrayLike = 1.0,
    whole: ArrayLike | None = None,
    *,
    unit: str = "week",
    floor: float = 0.0,
    cycles: tuple[int, ...] | None = None,
) -> pl.DataFrame:
    """Return DETECTED for many audiences at once; takes what `follow` takes.

    `p_value` is that of the clearest two periods running: the larger of the two, so that nothing
    need be known of how they hang together, times the number of such pairs that were looked at.
    `q_value` is the least false discovery rate at which the audience is among those that burst
    (Benjamini and Hochberg), over all that could be tested. Raises UsageError.
    """
    followed = follow(
        counts, rates, baseline, baseline_rates, whole, unit=unit, floor=floor, cycles=cycles
    )
    return detected(followed, np.asarray(rates, dtype=np.float64))


def detected(f: Followed, rates: NDArray[np.float64]) -> pl.DataFrame:
    """Return DETECTED of audiences that were followed; `rates` float64 or float64[audiences]."""
    audiences = len(f.users)
    rates = np.broadcast_to(rates, (audiences,))
    z, p = _pairs(f)
    runs = {int(row): latest_run(f, int(row)) for row in np.flatnonzero(f.burst.any(axis=1))}
    at = np.array([_last(f.seen[i]) for i in range(audiences)], dtype=np.int64)
    for row, run in runs.items():
        at[row] = run.last if run else at[row]
    everyone = np.arange(audiences)
    known = at >= 0
    users = np.where(known, f.users[everyone, at], np.nan)
    expected = np.where(known, f.expected[everyone, at], np.nan)
    sizes = estimates.counts(np.nan_to_num(users * rates), rates)
    noisy = _noisy(np.nan_to_num(users * rates), rates)

    def column(name: str) -> list[object]:
        return [getattr(runs[i], name) if runs.get(i) else None for i in range(audiences)]

    with np.errstate(divide="ignore", invalid="ignore"):
        frame = pl.DataFrame(
            {
                "row": everyone,
                "burst": [bool(runs.get(i)) for i in range(audiences)],
                "first": column("first"),
                "last": column("last"),
                "running": column("running"),
                "users": users,
                "users_low": np.where(known, sizes.low, np.nan),
                "users_high": np.where(known, sizes.high, np.nan),
                "expected_users": expected,
                "times": users / expected,
                "times_low": noisy[0] / expected,
                "times_high": noisy[1] / expected,
                "z": z,
                "p_value": p,
                "q_value": estimates.false_discovery_rates(p),
                "doubling": column("doubling"),
                "doubling_low": column("low"),
                "doubling_high": column("high"),
                "cycle": np.where(f.cycle > 0, f.cycle, -1),
            },
            schema_overrides={"running": pl.Boolean},
        ).cast(DETECTED)
    return frame.with_columns(
        pl.when(pl.col(pl.Float64).is_finite()).then(pl.col(pl.Float64)),
        pl.when(pl.col("cycle") > 0).then(pl.col("cycle")).alias("cycle"),
    )


def bursts(
    panel: Panel,
    kind: str,
    *,
    inside: str | None = None,
    window: Window = ALL_PERIODS,
    policy: Policy | None = None,
    min_users: int | None = None,
) -> pl.DataFrame:
    """Return every audience of a kind as BURSTS_TABLE, bursts first, the least doubtful on top.

    Inside an audience the people are its members of any time until the window's end, and the
    baseline those of them who were active in the period; without it everybody. Periods after the
    window's end are left out; its beginning only hides bursts that were over before it, since the
    past is what to compare with. Rows of fewer users than the floor are blanked. Raises UsageError.
    """
    floor = anchors.display_floor(policy or Policy(), min_users)
    tree = panel.resolve(inside) if inside else Audience(UNIVERSE.kind, UNIVERSE.name)
    anchor, ours = _people(panel, kind, tree if inside else None, window), axis(panel)
    stop = ours.until(window.end)
    counts = gathered(panel.by_period(anchor, kind), panel, ours)[:, :stop]
    base = gathered(panel.by_period(anchor, UNIVERSE_KIND), panel, ours)[0, :stop]
    base_rate = min(panel.universe().theta, anchor.theta) / FULL_THETA
    rates = np.minimum(panel.kept(kind).theta, np.uint64(anchor.theta)) / FULL_THETA
    found = detect(counts, rates, base, base_rate, ours.whole[:stop], unit=ours.unit, floor=floor)
    days = pl.DataFrame({"place": range(len(ours)), "day": ours.first}).cast({"place": pl.Int64})
    since = ours.since(window.start)
    own = anchors.own_names(tree, kind)
    small = (pl.col("users") < max(floor, 1)) | pl.col("users").is_null()
    shown = pl.col("burst") & (pl.col("last") >= since)
    frame = (
        found.with_columns(
            pl.lit(to_text(tree)).alias("inside"),
            pl.lit(kind).alias("kind"),
            pl.Series("name", panel.names(kind), dtype=pl.String),
            pl.Series("exact", rates >= 1),
            shown.alias("burst"),
            *(pl.when(shown).then(pl.col(c)).alias(c) for c in (
                "first", "last", "running", "doubling", "doubling_low", "doubling_high")),
        )
        .join(days.rename({"place": "first", "day": "first_seen"}), on="first", how="left")
        .join(days.rename({"place": "last", "day": "last_seen"}), on="last", how="left")
        .with_columns(
            pl.when(small).then(pl.lit(f"fewer than {floor} users")).alias("suppressed"),
            *(pl.when(~small).then(pl.col(c)).alias(c) for c in _NUMBERS),
        )
        .filter(~pl.col("name").is_in(list(own)))
        .sort(["burst", "q_value", "z", "name"], descending=[True, False, True, False],
              nulls_last=True)
    )  # fmt: skip
    return frame.select(pl.col(name).cast(dtype) for name, dtype in BURSTS_TABLE.items())


def _people(panel: Panel, kind: str, tree: Expression | None, window: Window) -> Sample:
    """Return the people to count: an anchor's, or whoever each audience keeps at its own rate."""
    if tree is not None:
        return panel.sample(tree, Window(None, window.end))
    return Sample(BitMap(range(len(panel.kept(kind).hashes))), FULL_THETA)


def latest_run(f: Followed, row: int) -> Run | None:
    """Return the latest burst of one audience, None where it had none.

    It is still running when the last period that was observed belongs to it.
    """
    inside = np.flatnonzero(f.burst[row])
    if not len(inside):
        return None
    seen = np.flatnonzero(f.seen[row])
    order = np.searchsorted(seen, inside)
    breaks = np.flatnonzero((np.diff(order) > 1) | f.settled[row, inside[:-1]])
    first = int(inside[breaks[-1] + 1]) if len(breaks) else int(inside[0])
    last = int(inside[-1])
    still = last == seen[-1] and not f.settled[row, last]
    return Run(first, last, bool(still), *_doubling(f, row, inside[inside >= first]))


def _doubling(f: Followed, row: int, run: NDArray[np.int64]) -> tuple[float, float, float]:
    """Return in how many periods the excess doubled while it rose, with its 95% interval.

    A straight line through the log of users beyond expectation, from the first period of the burst
    to its highest, weighted by their counts; the line's own scatter widens the interval.
    """
    nothing = (np.nan, np.nan, np.nan)
    rise = run[: int(np.argmax(f.log_share[row, run])) + 1]
    if len(rise) < 2:
        return nothing
    part = np.maximum(1 - f.expected[row, rise] / f.users[row, rise], 1e-6)
    y = f.log_share[row, rise] + np.log(part)
    weight = part**2 / f.noise[row, rise]
    t = rise - (weight * rise).sum() / weight.sum()
    spread = (weight * t**2).sum()
    slope = float((weight * t * y).sum() / spread)
    rest = y - (weight * y).sum() / weight.sum() - slope * t
    free = len(rise) - 2
    error = np.sqrt((_PRIOR + (weight * rest**2).sum()) / (_PRIOR + free) / spread)
    reach = float(special.stdtrit(_PRIOR + free, 0.975)) * error
    if slope <= 0:
        return nothing
    slowest = np.log(2) / (slope - reach) if slope > reach else np.inf
    return float(np.log(2) / slope), float(np.log(2) / (slope + reach)), float(slowest)


def _pairs(f: Followed) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the lower z and the p-value of each audience's clearest two periods running."""
    nothing = np.full(len(f.z), np.nan)
    if f.z.shape[1] < 2:
        return nothing, nothing
    lower = np.minimum(f.z[:, 1:], f.z[:, :-1])
    chance = np.maximum(f.p_value[:, 1:], f.p_value[:, :-1])
    known = np.isfinite(lower)
    any_ = known.any(axis=1)
    z = np.where(any_, np.where(known, lower, -np.inf).max(axis=1), np.nan)
    p = np.where(known, chance, np.inf).min(axis=1) * f.tested
    return z, np.where(any_, np.minimum(p, 1.0), np.nan)


def _last(seen: NDArray[np.bool_]) -> int:
    places = np.flatnonzero(seen)
    return int(places[-1]) if len(places) else -1


def _noisy(
    hits: NDArray[np.float64], rates: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return users at the ends of what a Poisson count of so many kept ones may stand for."""
    low = np.where(hits > 0, special.gammaincinv(np.maximum(hits, 1e-9), 0.025), 0.0)
    return low / rates, special.gammaincinv(hits + 1, 0.975) / rates
