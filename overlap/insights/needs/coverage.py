"""What the data cover may change: bursts are judged within the interests their users come from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from overlap.expressions import Audience
from overlap.insights.needs.finding import FOUND, Counts, bursting
from overlap.insights.needs.people import Crowd, People, both
from overlap.insights.trends.axis import Axis
from overlap.model import Window
from overlap.panel import Sample

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

STRATA = "interest"
"""The kind by which a burst's users are told apart."""
JUMP = 2.0
"""Active users that double or halve within two spans are a change in what the data cover."""
SPANS = {"day": 7, "week": 4, "month": 3}
"""Periods whose median stands for the level before and after, so that one crowded week is none."""
LEAST_PART = 0.1
"""An interest of fewer of a burst's users explains none of it."""


@dataclass(frozen=True, slots=True)
class Jump:
    """Active users became `times` as many (less than 1: fewer) between two periods' first days."""

    first: date
    last: date
    times: float


def jumped(
    hits: NDArray[np.int64], whole: Sequence[bool], unit: str
) -> list[tuple[int, int, float]]:
    """Return first and last place of every jump, and how many times as many users were active.

    The median of the SPANS periods from one on is set against that of as many that ended a span
    before it, so that a rise over two months counts as well as one from week to week.
    """
    seen = np.flatnonzero(np.asarray(whole) & (hits > 0))
    span, out = SPANS[unit], list[tuple[int, int, float]]()
    levels = hits[seen].astype(np.float64)
    for i in range(2 * span, len(seen) - span + 1):
        times = np.median(levels[i : i + span]) / np.median(levels[i - 2 * span : i - span])
        if max(times, 1 / times) < JUMP:
            continue
        first, last = int(seen[i - span]), int(seen[i])
        if out and first <= out[-1][1] and (out[-1][2] > 1) == (times > 1):
            clearer = max(out[-1][2], times) if times > 1 else min(out[-1][2], times)
            out[-1] = (out[-1][0], last, float(clearer))
        else:
            out.append((first, last, float(times)))
    return out


def within_interests(
    found: pl.DataFrame, people: Sequence[People], who: Crowd, ours: Axis, counts: Sequence[Counts],
    strata: Counts | None, baseline: NDArray[np.int64], rate: float, floor: float, fdr: float,
) -> pl.DataFrame:  # fmt: skip
    """Return the bursts, FOUND, that are more than a change in what the data cover.

    An interest is left out where the number of active users itself jumped as it rose: whether it
    grew or more of it was read cannot be told. Anything else must burst also against the active
    users of the interests that its users come from, weighted as in the burst, so that the mix is
    held fixed; its expectation is then that one. Interests that are needs themselves explain
    nothing away: what rises with them belongs to them.
    """
    stop = len(baseline)
    moved = [(a, b) for a, b, _ in jumped(baseline, ours.whole[:stop], ours.unit)]
    places = found.select("first", "last").iter_rows()
    shaky = pl.Series(
        [any(a <= y and x <= b for a, b in moved) for x, y in places], dtype=pl.Boolean
    )
    kept = found.filter((pl.col("kind") != STRATA) | ~shaky)
    if strata is None or kept.is_empty():
        return kept
    listed = set(kept.filter(pl.col("kind") == STRATA)["name"])
    mixes = _Mixes(who, strata, listed, baseline, rate)
    parts = [kept.filter(pl.col("kind") == STRATA)]
    for c in counts:
        rows = np.flatnonzero((found["kind"] == c.kind).to_numpy())
        if c.kind != STRATA and len(rows):
            at = {name: i for i, name in enumerate(c.names)}
            mine = [at[found["name"][int(row)]] for row in rows]
            part = Counts(c.kind, [c.names[i] for i in mine], c.hits[mine], c.rates[mine])
            base = np.array([mixes.of(people[int(row)], ours) for row in rows])
            again = bursting(part, base, rate, ours.whole[:stop], unit=ours.unit, floor=floor)[0]
            parts.append(_both(found, again, fdr))
    return pl.concat(parts)


def _both(found: pl.DataFrame, again: pl.DataFrame, fdr: float) -> pl.DataFrame:
    """Return the bursts of the second table that are those of the first, and still discoveries."""
    worst = found.row(int(found["p_value"].arg_max() or 0), named=True)
    # The p-value at which one more would still have been among the discoveries.
    limit = worst["p_value"] * max(fdr / max(worst["q_value"], 1e-300), 1.0)
    before = found.select("kind", "name", "q_value", since="first", until="last")
    return (
        again.drop("q_value")
        .join(before, on=["kind", "name"])
        .filter(
            pl.col("first") <= pl.col("until"),
            pl.col("last") >= pl.col("since"),
            pl.col("p_value") <= limit,
        )
        .select(FOUND.names())
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Mixes:
    """Active users of the interests that bursts come from; remembers who they were."""

    who: Crowd
    strata: Counts
    listed: set[str]
    baseline: NDArray[np.int64]
    rate: float
    _users: dict[tuple[str, Window], Sample] = field(default_factory=dict)

    def of(self, burst: People, ours: Axis) -> Floats:
        """Return what the activity of a burst's own mix of interests was, in kept users.

        Each user counts for the interest that stands out most among the burst's users, of those
        the user was active in while it lasted; whoever was in none counts for everybody.
        """
        run = slice(ours.since(burst.window.start), ours.until(burst.window.end))
        parts = self._parts(burst)
        rest = 1.0 - sum(parts.values())
        series = [(rest, self.baseline.astype(np.float64))]
        at = {name: i for i, name in enumerate(self.strata.names)}
        for name, part in parts.items():
            hits = self.strata.hits[at[name]] / self.strata.rates[at[name]] * self.rate
            series.append((part, hits))
        levels = [(part, hits, hits[run].mean()) for part, hits in series if part > 0]
        levels = [(part, hits, level) for part, hits, level in levels if level > 0]
        # As many users in the run as have this mix's noise.
        size = 1 / sum(part / level for part, _, level in levels)
        return np.asarray(size * sum(part * hits / level for part, hits, level in levels))

    def _parts(self, burst: People) -> dict[str, float]:
        panel, members = self.who.panel, self.who.members(burst.window)
        users = both(panel, burst.users, members)
        table = panel.cooccurrence(users, STRATA, members, burst.window)
        with np.errstate(divide="ignore", invalid="ignore"):
            share = table.both[:, 0] / table.anchor[:, 0]
            lift = share / (table.audience[:, 0] / table.baseline[:, 0])
        order = [i for i in np.argsort(-lift) if share[i] >= LEAST_PART and lift[i] > 1]
        left, out = users.users, dict[str, float]()
        for i in order:
            name = table.names[i]
            if name in self.listed:
                continue
            theirs = self._of(name, burst.window).users & left
            out[name] = len(theirs) / max(users.hits, 1)
            left = left - theirs
        return out

    def _of(self, name: str, window: Window) -> Sample:
        if (name, window) not in self._users:
            self._users[name, window] = self.who.panel.sample(Audience(STRATA, name), window)
        return self._users[name, window]
