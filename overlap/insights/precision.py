"""How small an overlap a store can show: what the sample allows, audience by audience.

The overlap of two audiences is counted at the smaller of their two rates T, so each row here holds
for an audience and any other kept at least as densely, which no larger one need be.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from overlap import estimates
from overlap.expressions import to_text
from overlap.insights import anchors
from overlap.insights.scoring import LARGEST_RSE
from overlap.members import ALL_PERIODS
from overlap.model import FLOOR_ONLY, UNIVERSE_KIND, Estimate, Policy, Window
from overlap.panel import Panel

OVERLAPS = (100, 1_000, 10_000, 100_000, 1_000_000)
"""Overlaps whose intervals are told, in users."""

PRECISION_TABLE = pl.Schema(
    {"kinds": pl.String, "users_from": pl.Float64, "users_to": pl.Float64,
     "audiences": pl.Int64, "rate": pl.Float64, "exact": pl.Boolean,
     "smallest_overlap": pl.Int64, "trusted_from": pl.Int64, "display_floor": pl.Int64,
     **{f"of_{n}_{end}": pl.Float64 for n in OVERLAPS for end in ("low", "high")}}
)  # fmt: skip
ERRORS_TABLE = pl.Schema(
    {"kinds": pl.String, "users_from": pl.Float64, "users_to": pl.Float64, "rate": pl.Float64,
     "overlap_users": pl.Float64, "relative_error": pl.Float64}
)  # fmt: skip
EVERY_KIND = "all"
"""Stands in `kinds` for all kinds but those of which only users below the floor are kept."""


@dataclass(frozen=True, slots=True)
class Precision:
    """The smallest overlaps that can be trusted in a store, in users.

    `anywhere` holds for any two audiences and is never below the policy's `display_floor`;
    `smallest_overlap` is the same without that floor, from the `least_rate` of any audience.
    Audiences of up to `exact_up_to` users are kept whole.
    """

    anywhere: int
    smallest_overlap: int
    least_rate: float
    exact: bool
    exact_up_to: int
    display_floor: int
    limit: float = LARGEST_RSE


@dataclass(frozen=True, slots=True)
class PairPrecision:
    """What can be told of the overlap of two segments.

    `smallest_overlap` is the least that the sample shows within `LARGEST_RSE`, `trusted_from` the
    same but not below the floor. `most` is the size of the smaller segment, more than which they
    cannot share, None where a segment is below the floor. `overlap` is None where it may not be
    shown, and `suppressed` says why; `trusted` says whether it is at least `trusted_from`.
    """

    a: str
    b: str
    rate: float
    exact: bool
    smallest_overlap: int
    trusted_from: int
    most: Estimate | None
    overlap: Estimate | None
    trusted: bool
    display_floor: int
    suppressed: str | None

    @property
    def impossible(self) -> bool:
        """Whether the smaller segment has fewer users than an overlap to trust would need."""
        return self.most is not None and self.most.high < self.trusted_from


def store_precision(panel: Panel, policy: Policy | None = None) -> Precision:
    """Return the smallest overlap that any two audiences of a store show within LARGEST_RSE.

    From estimates.smallest_overlap at the least rate of any audience: n = (1/T − 1)/0.2². The
    sampling noise of a population of which these users are themselves a draw adds 25 users to it.
    """
    policy = policy or Policy()
    rates = _audiences(panel)["rate"]
    least = min(rates.to_list(), default=panel.floor_rate)
    smallest = estimates.smallest_overlap(least, LARGEST_RSE)
    return Precision(
        anywhere=max(smallest, policy.display_floor),
        smallest_overlap=smallest,
        least_rate=least,
        exact=least >= 1,
        exact_up_to=panel.k,
        display_floor=policy.display_floor,
    )


def precision(panel: Panel, policy: Policy | None = None) -> pl.DataFrame:
    """Return what overlaps of audiences of each size can be trusted, as PRECISION_TABLE.

    A row stands for all audiences with `users_from` to `users_to` users, at the smallest rate T of
    any of them; words have one rate whatever their size and a row of their own. There,
    `smallest_overlap` is the least n whose relative standard error √((1/T − 1)/n) is at most
    LARGEST_RSE (the variance of s/T for s binomial (n, T), over n²), `trusted_from` the same but
    not below the policy's display floor, and `of_N_low` and `of_N_high` are the 95% interval that
    an overlap of N users will typically have (estimates.counts of N·T kept users); null where the
    audiences are smaller than N or N is below the floor. Largest audiences first.
    """
    floor = (policy or Policy()).display_floor
    classes = (
        _audiences(panel)
        .group_by("kinds", "class")
        .agg(pl.col("rate").min(), pl.len().alias("audiences"), pl.col("users").max())
        .sort(pl.col("kinds") != EVERY_KIND, "class", descending=[False, True])
    )
    rows = [_row(found, panel.k, floor) for found in classes.iter_rows(named=True)]
    return pl.DataFrame(rows, schema=PRECISION_TABLE)


def errors(panel: Panel, policy: Policy | None = None, steps: int = 8) -> pl.DataFrame:
    """Return the relative standard error of overlaps at each row of `precision`, ERRORS_TABLE.

    √((1/T − 1)/n) at `steps` overlaps per power of ten, from 10 users or the floor to the largest
    size of the row. Rows of the same rate are one, and those where everything is exact left out.
    """
    table = (
        precision(panel, policy)
        .filter(~pl.col("exact"))
        .group_by("kinds", "rate", maintain_order=True)
        .agg(pl.col("users_from").min(), pl.col("users_to").max())
    )
    first = max((policy or Policy()).display_floor, 10)
    pieces = [pl.DataFrame(schema=ERRORS_TABLE)]
    for row in table.iter_rows(named=True):
        last = max(row["users_to"], 2.0 * first)
        n = np.geomspace(first, last, 2 + int(steps * np.log10(last / first)))
        errors = np.sqrt((1 / row["rate"] - 1) / n)
        piece = {**row, "overlap_users": n, "relative_error": errors}
        pieces.append(pl.DataFrame(piece).select(ERRORS_TABLE.names()).cast(ERRORS_TABLE))
    return pl.concat(pieces)


def pair_precision(
    panel: Panel, a: str, b: str, policy: Policy | None = None, window: Window = ALL_PERIODS
) -> PairPrecision:
    """Return what can be told of the overlap of two expressions.

    Raises UsageError for an unknown audience. See `precision` for the formula; the rate is the
    smallest of all audiences that either names.
    """
    floor = anchors.display_floor(policy or Policy(), None)
    trees = [panel.resolve(text) for text in (a, b)]
    samples = [panel.sample(tree, window) for tree in trees]
    sizes = [panel.size(tree, window) for tree in trees]
    rate = min(sample.rate for sample in samples)
    smallest = estimates.smallest_overlap(rate, LARGEST_RSE)
    trusted_from = max(smallest, floor)
    overlap = panel.size_of(samples[0], samples[1])
    most = min(sizes, key=lambda size: size.value)
    hidden = None
    if most.value < floor or overlap.value < floor:
        hidden = f"fewer than {floor} users"
    return PairPrecision(
        a=to_text(trees[0]),
        b=to_text(trees[1]),
        rate=rate,
        exact=rate >= 1,
        smallest_overlap=smallest,
        trusted_from=trusted_from,
        most=most if most.value >= floor else None,
        overlap=None if hidden else overlap,
        trusted=hidden is None and overlap.value >= trusted_from,
        display_floor=floor,
        suppressed=hidden,
    )


# --- audiences by size --------------------------------------------------------------------------


def _audiences(panel: Panel) -> pl.DataFrame:
    """Return the users, the rate and the class of every audience but the universe.

    Class 0 are audiences of up to k users, kept whole whatever there is; class i ends at the i-th
    power of ten beyond k. Kinds of which only users below the floor are kept have class 0 alone.
    """
    keys = panel.keys
    rates = pl.DataFrame(
        {
            "kind": pl.Series([key.kind for key in keys], dtype=pl.String),
            "name": pl.Series([key.name for key in keys], dtype=pl.String),
            "rate": panel.rates,
        }
    )
    k, sparse = panel.k, pl.col("kind").is_in(sorted(FLOOR_ONLY))
    # Only an audience of more than k users is sampled, whatever its estimate came out as.
    size = pl.when(pl.col("rate") < 1).then(pl.max_horizontal("users", pl.lit(k + 1.0)))
    beyond = size.otherwise("users").log10().ceil() - _power(k)
    return (
        rates.join(panel.table().select("kind", "name", "users"), on=["kind", "name"])
        .filter(pl.col("kind") != UNIVERSE_KIND)
        .select(
            "users",
            "rate",
            pl.when(sparse).then("kind").otherwise(pl.lit(EVERY_KIND)).alias("kinds"),
            pl.when(sparse | ((pl.col("users") <= k) & (pl.col("rate") >= 1)))
            .then(0)
            .otherwise(beyond.cast(pl.Int64))
            .alias("class"),
        )
    )


def _row(found: Mapping[str, Any], k: int, floor: int) -> dict[str, Any]:
    """Return a row of PRECISION_TABLE for the audiences of a class."""
    rate, number, largest = found["rate"], found["class"], max(found["users"] or 1.0, 1.0)
    last = k if number == 0 else 10 ** (_power(k) + number)
    before = 0 if number == 0 else k if number == 1 else last // 10
    if found["kinds"] != EVERY_KIND:
        last = 10 ** math.ceil(math.log10(largest))
    smallest = estimates.smallest_overlap(rate, LARGEST_RSE)
    ends: dict[str, float | None] = {}
    for n in OVERLAPS:
        # Fewer than one user is kept of such an overlap, so most often none.
        counted = estimates.count(n * rate if n * rate >= 1 else 0, rate)
        shown = floor <= n <= round(largest)
        ends[f"of_{n}_low"] = counted.low if shown else None
        ends[f"of_{n}_high"] = counted.high if shown else None
    return {
        "kinds": found["kinds"],
        "users_from": float(before + 1),
        "users_to": float(last),
        "audiences": found["audiences"],
        "rate": rate,
        "exact": rate >= 1,
        "smallest_overlap": smallest,
        "trusted_from": max(smallest, floor),
        "display_floor": floor,
        **ends,
    }


def _power(k: int) -> int:
    """Return the greatest power of ten within k, as its exponent."""
    return len(str(k)) - 1
