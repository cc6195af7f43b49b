"""Who the users of a segment are: every audience of a kind beside it, over and under chance."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np
import polars as pl

from overlap import estimates
from overlap.expressions import Expression, to_text
from overlap.insights import anchors
from overlap.insights.floors import require_users
from overlap.insights.measures import Measures, chance_p, measure, ratio
from overlap.insights.pairs import suppress
from overlap.members import ALL_PERIODS
from overlap.model import Policy, UsageError, Window
from overlap.panel import CoOccurrence, Panel

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

Direction = Literal["over", "under", "as expected"]

PROFILE_TABLE = pl.Schema(
    {"segment": pl.String, "kind": pl.String, "name": pl.String, "segment_users": pl.Float64,
     "users": pl.Float64, "overlap_users": pl.Float64, "overlap_low": pl.Float64,
     "overlap_high": pl.Float64, "exact": pl.Boolean, "share_of_segment": pl.Float64,
     "share_of_segment_low": pl.Float64, "share_of_segment_high": pl.Float64,
     "share_of_audience": pl.Float64, "share_of_audience_low": pl.Float64,
     "share_of_audience_high": pl.Float64, "share_of_baseline": pl.Float64,
     "expected_users": pl.Float64, "tgi": pl.Float64, "tgi_low": pl.Float64,
     "tgi_high": pl.Float64, "tgi_shrunk": pl.Float64, "tgi_shrunk_low": pl.Float64,
     "tgi_shrunk_high": pl.Float64, "p_value": pl.Float64, "q_value": pl.Float64,
     "direction": pl.String, "baseline": pl.String, "baseline_users": pl.Float64,
     "grade": pl.String, "suppressed": pl.String}
)  # fmt: skip
"""Users, ratios 0–1 and indices with 100 for chance; null where not shown or not known.

`tgi_shrunk_low` and `tgi_shrunk_high` are what rows are ranked by. `direction` is "over" or
"under" where the q-value is within the false discovery rate, else "as expected".
"""

_HIDDEN = (
    "overlap_users", "overlap_low", "overlap_high", "share_of_segment", "share_of_segment_low",
    "share_of_segment_high", "share_of_audience", "share_of_audience_low",
    "share_of_audience_high", "share_of_baseline", "expected_users", "tgi", "tgi_low", "tgi_high",
    "tgi_shrunk", "tgi_shrunk_low", "tgi_shrunk_high", "p_value", "q_value", "direction", "grade",
)  # fmt: skip
_ORDER = ("over", "under", "as expected")


def profile(
    panel: Panel,
    expression: str | Expression,
    kind: str = "interest",
    *,
    baseline: str | None = None,
    window: Window = ALL_PERIODS,
    policy: Policy | None = None,
    min_users: int | None = None,
    fdr: float = 0.05,
) -> pl.DataFrame:
    """Return a segment against every audience of a kind as PROFILE_TABLE.

    First what is over-represented, by the lower end of the shrunk TGI, then what is
    under-represented, by its upper end, then the rest by the shrunk TGI; rows that may not be shown
    come last. Of the rows called over or under at most the share `fdr` is expected to be luck: see
    estimates.chance_p for the test and estimates.false_discovery_rates for the rule over all rows.
    Tested are the audiences that are large enough to be shown. Where only the overlap is too small
    to be shown the row still counts as a test that found nothing: which overlaps come out large
    is luck itself, and leaving out those that did not would make discoveries of it.

    The audiences of the kind that the segment is made of are left out. Raises UsageError for
    unknown names, for a segment of nobody or below the display floor and for `fdr` outside (0, 1).
    """
    if not 0 < fdr < 1:
        raise UsageError(
            f"a false discovery rate of {fdr:g} is not between 0 and 1",
            cure="0.05 lets one in twenty of the discoveries be luck",
        )
    floor = anchors.display_floor(policy or Policy(), min_users)
    tree = panel.resolve(expression)
    base = anchors.baseline(panel, baseline, window)
    users = anchors.users_inside(panel, tree, base, window)
    where = f"{to_text(tree)}, compared with {base.text}"
    require_users(users.value, floor, what="segment", where=where)
    counts = panel.cooccurrence(panel.sample(tree, window), kind, base.sample, window)
    m = measure(counts)
    own = anchors.own_names(tree, kind)
    counted = counts.audience.sum(axis=1) / counts.rate
    sizes = dict(zip(counts.names, counted.tolist(), strict=True))
    if base.sample is None:
        sizes = dict(panel.table(kind, window).select("name", "users").iter_rows())
    frame = pl.DataFrame(
        {
            "segment": to_text(tree),
            "kind": kind,
            "name": counts.names,
            "segment_users": anchors.shown_inside(panel, tree, base, window, floor),
            "users": [sizes[name] for name in counts.names],
            **_measures(counts, m),
            "direction": None,
            "baseline": base.text,
            "baseline_users": base.users.value,
            "grade": [grade.value for grade in estimates.grades(counts.both.sum(axis=1))],
            **m.flags(floor),
        }
    )
    others = frame.filter(~pl.col("name").is_in(list(own))).with_columns(
        pl.col(pl.Float64).fill_nan(None)
    )
    return _in_order(suppress(_judged(others, floor, fdr), floor, _HIDDEN, "users"))


def _measures(counts: CoOccurrence, m: Measures) -> dict[str, Floats | NDArray[np.bool_]]:
    both, a, b = (
        x.sum(axis=1).astype(float) for x in (counts.both, counts.anchor, counts.audience)
    )
    n = counts.baseline.sum(axis=1)
    of_segment = estimates.shares(both, a, counts.rate)
    of_audience = estimates.shares(both, b, counts.rate)
    return {
        "overlap_users": m.overlap,
        "overlap_low": m.overlap_low,
        "overlap_high": m.overlap_high,
        "exact": m.exact,
        "share_of_segment": of_segment.value,
        "share_of_segment_low": of_segment.low,
        "share_of_segment_high": of_segment.high,
        "share_of_audience": of_audience.value,
        "share_of_audience_low": of_audience.low,
        "share_of_audience_high": of_audience.high,
        "share_of_baseline": ratio(b, n),
        "expected_users": m.expected,
        "tgi": m.tgi,
        "tgi_low": m.tgi_low,
        "tgi_high": m.tgi_high,
        "tgi_shrunk": m.shrunk.value,
        "tgi_shrunk_low": m.shrunk.low,
        "tgi_shrunk_high": m.shrunk.high,
        "p_value": chance_p(counts),
        "q_value": np.full(len(both), np.nan),
    }


def _judged(frame: pl.DataFrame, floor: int, fdr: float) -> pl.DataFrame:
    """Fill in q-values and directions of the audiences that are large enough to be shown."""
    p = (
        pl.when(pl.col("users") < floor)
        .then(None)
        .when(pl.col("overlap_users") < floor)
        .then(pl.when(pl.col("p_value").is_not_null()).then(1.0))
        .otherwise(pl.col("p_value"))
    )
    tested = frame.select(p.cast(pl.Float64)).to_series().fill_null(np.nan).to_numpy()
    q = pl.Series("q_value", estimates.false_discovery_rates(tested)).fill_nan(None)
    found = pl.col("q_value") <= fdr
    over = pl.col("overlap_users") > pl.col("expected_users")
    return frame.with_columns(q).with_columns(
        direction=pl.when(found & over)
        .then(pl.lit("over"))
        .when(found)
        .then(pl.lit("under"))
        .otherwise(pl.lit("as expected"))
    )


def _in_order(frame: pl.DataFrame) -> pl.DataFrame:
    place = pl.col("direction").replace_strict(
        dict(zip(_ORDER, range(len(_ORDER)), strict=True)), default=None, return_dtype=pl.Int8
    )
    strength = (
        pl.when(pl.col("direction") == "over")
        .then(-pl.col("tgi_shrunk_low"))
        .when(pl.col("direction") == "under")
        .then(pl.col("tgi_shrunk_high"))
        .otherwise(-pl.col("tgi_shrunk"))
    )
    return (
        frame.sort([place, strength, pl.col("name")], nulls_last=True)
        .select(PROFILE_TABLE.names())
        .cast(PROFILE_TABLE)
    )
