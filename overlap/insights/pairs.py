"""Every audience of a kind beside one anchor: overlap, what chance would give, affinity."""

from __future__ import annotations

import polars as pl

from overlap import estimates
from overlap.expressions import to_text
from overlap.insights import anchors, floors
from overlap.insights.measures import measure
from overlap.members import ALL_PERIODS
from overlap.model import PAIRS_TABLE, Policy, Window
from overlap.panel import Panel

_HIDDEN = (
    "overlap_users", "overlap_low", "overlap_high", "expected_users", "excess_users",
    "share_of_anchor", "share_of_audience", "jaccard", "tgi", "tgi_low", "tgi_high",
)  # fmt: skip


def pairs(
    panel: Panel,
    anchor: str,
    kind: str,
    *,
    baseline: str | None = None,
    window: Window = ALL_PERIODS,
    policy: Policy | None = None,
    min_users: int | None = None,
) -> pl.DataFrame:
    """Return an anchor against every audience of a kind as model.PAIRS_TABLE, most excess first.

    Numbers below the display floor are null and `suppressed` says why. Raises UsageError for an
    unknown audience or kind.
    """
    floor = anchors.display_floor(policy or Policy(), min_users)
    tree = panel.resolve(anchor)
    base = anchors.baseline(panel, baseline, window)
    counts = panel.cooccurrence(panel.sample(tree, window), kind, base.sample, window)
    m = measure(counts)
    sizes = dict(panel.table(kind, window).select("name", "users").iter_rows())
    if base.sample is not None:
        hits = counts.audience.sum(axis=1).astype(float)
        sizes = dict(zip(counts.names, hits / counts.rate, strict=True))
    frame = pl.DataFrame(
        {
            "anchor": to_text(tree),
            "kind": kind,
            "name": counts.names,
            "anchor_users": anchors.shown_inside(panel, tree, base, window, floor),
            "users": [sizes[name] for name in counts.names],
            "overlap_users": m.overlap,
            "overlap_low": m.overlap_low,
            "overlap_high": m.overlap_high,
            "exact": m.exact,
            "expected_users": m.expected,
            "excess_users": m.excess,
            "share_of_anchor": m.share_of_anchor,
            "share_of_audience": m.share_of_audience,
            "jaccard": m.jaccard,
            "tgi": m.tgi,
            "tgi_low": m.tgi_low,
            "tgi_high": m.tgi_high,
            "baseline": base.text,
            "baseline_users": base.users.value,
            "grade": [estimates.grade(int(h)).value for h in counts.both.sum(axis=1)],
            **m.flags(floor),
        }
    )
    return (
        suppress(frame, floor, _HIDDEN, "users")
        .select(PAIRS_TABLE.names())
        .cast(PAIRS_TABLE)
        .filter(~pl.col("name").is_in(list(anchors.own_names(tree, kind))))
        .sort(["excess_users", "name"], descending=[True, False], nulls_last=True)
        .with_columns(pl.col(pl.Float64).fill_nan(None))
    )


def suppress(
    frame: pl.DataFrame, floor: int, hidden: tuple[str, ...], audience_users: str
) -> pl.DataFrame:
    """Blank the numbers of rows whose overlap or audience may not be shown, and say so.

    Takes the columns of Measures.flags beside the numbers, and leaves them out. Here an overlap of
    nobody is too small as well.
    """
    tiny = (pl.col(audience_users) < floor) | pl.col("tiny")
    hide = tiny | (pl.col("overlap_users") < floor) | pl.col("telling")
    return frame.with_columns(
        pl.when(hide).then(pl.lit(floors.why(floor))).alias("suppressed"),
        *(pl.when(~hide).then(pl.col(name)).alias(name) for name in hidden),
        pl.when(~tiny).then(pl.col(audience_users)).alias(audience_users),
    ).drop("tiny", "telling")
