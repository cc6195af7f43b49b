"""Which audiences of a kind are openings for a category, and for a brand in it."""

from __future__ import annotations

import numpy as np
import polars as pl

from overlap import estimates
from overlap.expressions import And, Audience, to_text
from overlap.insights import anchors
from overlap.insights.growth import growth
from overlap.insights.measures import measure, ratio
from overlap.insights.pairs import suppress
from overlap.insights.scoring import Scale, brand_reach, gates, left_out
from overlap.insights.wording import reason
from overlap.members import ALL_PERIODS
from overlap.model import OPENINGS_TABLE, Grade, Policy, Window
from overlap.panel import Panel

GROUPS = 32
"""Random groups of users for the jackknife of ranks."""

SCORED_TABLE = pl.Schema(
    [
        *OPENINGS_TABLE.items(),
        ("tgi_cautious", pl.Float64()),
        ("rse", pl.Float64()),
        ("why_not", pl.String()),
    ]
)
"""model.OPENINGS_TABLE with what the score was made of; `why_not` names the gate a row failed."""

_HIDDEN = (
    "overlap_users", "overlap_low", "overlap_high", "expected_users", "excess_users",
    "share_of_category", "share_of_interest", "jaccard", "tgi", "tgi_low", "tgi_high",
    "brand_penetration", "fair_share_index", "unreached_users", "gap_users", "growth",
    "growth_z", "score", "rank_low", "rank_high", "tgi_cautious", "rse",
)  # fmt: skip


def openings(panel: Panel, category: str, **how: object) -> pl.DataFrame:
    """Return the openings of a category as model.OPENINGS_TABLE, best score first.

    Takes what `scored` takes. Rows without enough evidence follow, without a score.
    """
    return scored(panel, category, **how).select(OPENINGS_TABLE.names())  # type: ignore[arg-type]


def scored(
    panel: Panel,
    category: str,
    *,
    brand: str | None = None,
    kind: str = "interest",
    baseline: str | None = None,
    window: Window = ALL_PERIODS,
    policy: Policy | None = None,
    min_users: int | None = None,
    language: str = "en",
) -> pl.DataFrame:
    """Return the openings of a category as SCORED_TABLE, best score first.

    Score = 100 · (S·A·H)^⅓ · M, or 100 · (S·A)^½ · M without a brand: S the log of the overlap's
    lower end between the floor and the largest audience, A the log of the cautious TGI, H = 1 −
    p/p₀, M = 1 + 0.1 · growth z within 0.8–1.2. A row is scored when low(n) reaches the floor,
    the cautious TGI is above 100 and the relative standard error of n is at most 20%. Raises
    UsageError for unknown names.
    """
    floor = anchors.display_floor(policy or Policy(), min_users)
    tree = anchors.audience_of(panel, "category", category)
    base = anchors.baseline(panel, baseline, window)
    anchor = panel.sample(tree, window)
    counts = panel.cooccurrence(anchor, kind, base.sample, window, GROUPS)
    m = measure(counts)
    reach = brand_reach(panel, tree, brand, kind, base, window, GROUPS)
    trend = growth(panel, anchor, kind, window)
    names = list(counts.names)
    table = panel.table(kind, window)
    sizes = dict(table.select("name", "users").iter_rows())
    if base.sample is not None:
        inside = counts.audience.sum(axis=1) / counts.rate
        sizes = dict(zip(names, inside.tolist(), strict=True))
    largest = max(sizes.values(), default=0.0)
    why_not = gates(m, floor)
    own = anchors.own_names(tree, kind)
    open_rows = np.array([not w and n not in own for w, n in zip(why_not, names, strict=True)])
    headroom = None if reach is None else reach.headroom()
    momentum = np.clip(1 + 0.1 * np.nan_to_num(trend.z), 0.8, 1.2)
    scale = Scale(max(floor, 1), largest)
    score = np.where(
        open_rows, scale.score(m.overlap_low, m.tgi_cautious, headroom, momentum), np.nan
    )
    ranks = estimates.rank_intervals(left_out(counts, m, reach, scale, momentum), score)
    frame = pl.DataFrame(
        {
            "expression": [to_text(And((tree, Audience(kind, name)))) for name in names],
            "category": tree.name,
            "interest": names,
            "category_users": anchors.users_inside(panel, tree, base, window).value,
            "interest_users": [sizes[name] for name in names],
            "overlap_users": m.overlap,
            "overlap_low": m.overlap_low,
            "overlap_high": m.overlap_high,
            "exact": m.exact,
            "expected_users": m.expected,
            "excess_users": m.excess,
            "share_of_category": m.share_of_anchor,
            "share_of_interest": m.share_of_audience,
            "jaccard": m.jaccard,
            "tgi": m.tgi,
            "tgi_low": m.tgi_low,
            "tgi_high": m.tgi_high,
            "baseline": base.text,
            "baseline_users": base.users.value,
            "brand": reach.name if reach else None,
            "brand_penetration": reach.p if reach else None,
            "category_penetration": reach.p0 if reach else None,
            "fair_share_index": 100 * ratio(reach.p, reach.p0) if reach else None,
            "unreached_users": m.overlap * (1 - reach.p) if reach else m.overlap,
            "gap_users": m.overlap * np.maximum(0, reach.p0 - reach.p) if reach else None,
            "growth": trend.change,
            "growth_z": trend.z,
            "score": score,
            "rank_low": [int(r) if r != estimates.UNRANKED else None for r in ranks[0]],
            "rank_high": [int(r) if r != estimates.UNRANKED else None for r in ranks[1]],
            "grade": [
                Grade.INSUFFICIENT.value if why else estimates.grade(int(hits)).value
                for why, hits in zip(why_not, counts.both.sum(axis=1), strict=True)
            ],
            "suppressed": None,
            "reason": "",
            "tgi_cautious": m.tgi_cautious,
            "rse": m.rse,
            "why_not": why_not,
        }
    ).with_columns(pl.col(pl.Float64).fill_nan(None))
    frame = (
        suppress(frame.cast(SCORED_TABLE), floor, _HIDDEN, "interest_users")
        .filter(~pl.col("interest").is_in(list(own)))
        .sort(
            ["score", "tgi_cautious", "interest"],
            descending=[True, True, False],
            nulls_last=[True, True, False],
        )
    )
    words = [
        reason(row, language, trend.span, panel.spec.period) for row in frame.iter_rows(named=True)
    ]
    return frame.with_columns(pl.Series("reason", words, dtype=pl.String))
