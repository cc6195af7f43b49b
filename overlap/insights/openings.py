"""Which audiences of a kind are openings for a category, and for a brand in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from overlap import estimates
from overlap.expressions import And, Audience, to_text
from overlap.insights import anchors, floors
from overlap.insights.measures import chance_p, measure
from overlap.insights.pairs import suppress
from overlap.insights.scoring import (
    Behind,
    Reach,
    Scale,
    brand_reach,
    discovered,
    gates,
    left_out,
    verdict,
)
from overlap.insights.trends import growth_inside
from overlap.insights.wording import reason
from overlap.members import ALL_PERIODS
from overlap.model import OPENINGS_TABLE, Grade, Policy, Verdict, Window
from overlap.panel import Panel

if TYPE_CHECKING:
    from overlap.estimates.intervals import Floats

GROUPS = 32
"""Random groups of users for the jackknife of ranks."""

SCORED_TABLE = pl.Schema(
    [
        *OPENINGS_TABLE.items(),
        ("tgi_cautious", pl.Float64()),
        ("rse", pl.Float64()),
        ("why_not", pl.String()),
        ("growth_low", pl.Float64()),
        ("growth_high", pl.Float64()),
        ("growth_periods", pl.Int64()),
        ("penetration_low", pl.Float64()),
        ("penetration_high", pl.Float64()),
        ("fair_share_low", pl.Float64()),
        ("fair_share_high", pl.Float64()),
        ("gap_cautious", pl.Float64()),
        ("gap_grade", pl.String()),
        ("standing", pl.String()),
        ("brand_suppressed", pl.String()),
    ]
)
"""model.OPENINGS_TABLE with what score and verdict were made of.

`why_not` names the gate a row failed, `growth_periods` is the number of whole periods of `growth`,
`gap_cautious` is the gap at the upper end of the shrunk fair-share index, in users, and `standing`
is behind or ahead where that is a discovery, else unclear; what speaks of a brand is null without
one. Where its part of an overlap may not be shown its numbers are null and `brand_suppressed` says
why; score and standing stay.
"""

_HIDDEN = (
    "overlap_users", "overlap_low", "overlap_high", "expected_users", "excess_users",
    "share_of_category", "share_of_interest", "jaccard", "tgi", "tgi_low", "tgi_high",
    "brand_penetration", "fair_share_index", "unreached_users", "gap_users", "growth", "growth_z",
    "growth_low", "growth_high", "score", "rank_low", "rank_high", "tgi_cautious", "rse",
    "gap_low", "gap_high", "gap_q", "penetration_low", "penetration_high", "fair_share_low",
    "fair_share_high", "gap_cautious", "gap_grade", "standing",
)  # fmt: skip
_OF_BRAND = (
    "brand_penetration", "fair_share_index", "unreached_users", "gap_users", "gap_low", "gap_high",
    "gap_q", "penetration_low", "penetration_high", "fair_share_low", "fair_share_high",
    "gap_cautious",
)  # fmt: skip


def openings(panel: Panel, category: str, **how: object) -> pl.DataFrame:
    """Return the openings of a category as model.OPENINGS_TABLE, best score first.

    Takes what `scored` takes. Rows that are no openings follow; `verdict` says why.
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
    lower end between the floor and the largest audience, A the log of the cautious TGI, H the
    cautious 1 − p/p₀ of estimates.brand_gaps, M = 1 + 0.1 · growth z within 0.8–1.2; growth is
    that of `trends`. A row is scored when low(n) reaches the floor, its relative standard error is
    at most 20%, the cautious TGI is above 100 and the overlap is more than chance at a false
    discovery rate of 5%. Its
    verdict is `opening` when the gap of the brand is a discovery at that rate too, over all rows
    with enough users, and its lower ends are above 0; without a brand the overlap alone decides.
    Raises UsageError for unknown names.
    """
    floor = anchors.display_floor(policy or Policy(), min_users)
    tree = anchors.audience_of(panel, "category", category)
    base = anchors.baseline(panel, baseline, window)
    anchor = panel.sample(tree, window)
    counts = panel.cooccurrence(anchor, kind, base.sample, window, GROUPS)
    m = measure(counts)
    reach = brand_reach(panel, tree, brand, kind, base, window, GROUPS)
    # Members of any time until the window's end: few touch both in one and the same period.
    ever = panel.sample(tree, Window(None, window.end))
    trend = growth_inside(panel, ever, kind, window, floor)
    names = list(counts.names)
    table = panel.table(kind, window)
    sizes = dict(table.select("name", "users").iter_rows())
    if base.sample is not None:
        inside = counts.audience.sum(axis=1) / counts.rate
        sizes = dict(zip(names, inside.tolist(), strict=True))
    largest = max(sizes.values(), default=0.0)
    own = anchors.own_names(tree, kind)
    others = np.array([name not in own for name in names], dtype=bool)
    enough = others & (m.overlap_low >= max(floor, 1))
    # As in a profile, an overlap that is too small to be shown is a test that found nothing.
    possible = others & np.array([sizes[name] >= floor for name in names], dtype=bool)
    overlap_q = discovered(np.where(enough, chance_p(counts), 1.0), possible)
    why_not = gates(m, overlap_q, floor)
    open_rows = np.array([not why for why in why_not], dtype=bool) & others
    gap = None if reach is None else reach.evidence(enough)
    verdicts = [
        verdict(why, None if gap is None else bool(gap.known[i])) for i, why in enumerate(why_not)
    ]
    hidden = np.zeros(len(names), dtype=bool) if reach is None else reach.hidden(floor)
    headroom = None
    if reach is not None and gap is not None:
        headroom = reach.least_headroom(gap.headroom, floor)
    momentum = np.clip(1 + 0.1 * np.nan_to_num(trend.z), 0.8, 1.2)
    scale = Scale(max(floor, 1), largest)
    score = np.where(
        open_rows, scale.score(m.overlap_low, m.tgi_cautious, headroom, momentum), np.nan
    )
    places = np.where([v == Verdict.OPENING for v in verdicts], score, np.nan)
    without = left_out(counts, m, reach, headroom, scale, momentum, hidden)
    ranks = estimates.rank_intervals(without, places)
    frame = pl.DataFrame(
        {
            "expression": [to_text(And((tree, Audience(kind, name)))) for name in names],
            "category": tree.name,
            "interest": names,
            "category_users": anchors.shown_inside(panel, tree, base, window, floor),
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
            **_brand_columns(reach, gap, m.overlap),
            "growth": trend.value,
            "growth_z": trend.z,
            "score": score,
            "rank_low": [int(r) if r != estimates.UNRANKED else None for r in ranks[0]],
            "rank_high": [int(r) if r != estimates.UNRANKED else None for r in ranks[1]],
            "grade": [
                Grade.INSUFFICIENT.value if why else estimates.grade(int(hits)).value
                for why, hits in zip(why_not, counts.both.sum(axis=1), strict=True)
            ],
            "reason": "",
            **m.flags(floor),
            "gap_q": None if gap is None else gap.q,
            "brand_suppressed": None,
            "verdict": verdicts,
            "tgi_cautious": m.tgi_cautious,
            "rse": m.rse,
            "why_not": why_not,
            "growth_low": trend.low,
            "growth_high": trend.high,
            "growth_periods": trend.span,
            "gap_grade": None if gap is None else gap.grades(),
            "standing": None if gap is None else gap.standings(),
            "hidden": hidden,
        }
    ).with_columns(pl.col(pl.Float64).fill_nan(None))
    if reach is not None:
        frame = _without_few(frame, floor, reach.category_hidden(floor))
    frame = (
        suppress(frame, floor, _HIDDEN, "interest_users")
        .select(SCORED_TABLE.names())
        .cast(SCORED_TABLE)
        .filter(~pl.col("interest").is_in(list(own)))
        .with_columns(
            verdict=pl.when(pl.col("suppressed").is_null())
            .then("verdict")
            .otherwise(pl.lit(Verdict.SUPPRESSED))
        )
        .sort(
            [pl.col("verdict") == Verdict.OPENING, "score", "tgi_cautious", "interest"],
            descending=[True, True, True, False],
            nulls_last=[True, True, True, False],
        )
    )
    words = [reason(row, language, panel.spec.period) for row in frame.iter_rows(named=True)]
    return frame.with_columns(pl.Series("reason", words, dtype=pl.String))


def _without_few(frame: pl.DataFrame, floor: int, everywhere: bool) -> pl.DataFrame:
    """Blank the numbers of the brand where its part, or the rest, may not be shown, and say so."""
    shown = ~pl.col("hidden")
    category = [] if not everywhere else [pl.lit(None).alias("category_penetration")]
    return frame.with_columns(
        pl.when(~shown).then(pl.lit(floors.why(floor))).alias("brand_suppressed"),
        *(pl.when(shown).then(pl.col(name)).alias(name) for name in _OF_BRAND),
        *category,
    )


def _brand_columns(reach: Reach | None, gap: Behind | None, overlap: Floats) -> dict[str, object]:
    """Return the columns that speak of the brand, all null without one."""
    names = (
        "brand", "brand_penetration", "category_penetration", "fair_share_index", "gap_users",
        "gap_low", "gap_high", "penetration_low", "penetration_high", "fair_share_low",
        "fair_share_high", "gap_cautious",
    )  # fmt: skip
    if reach is None or gap is None:
        nothing: dict[str, object] = dict.fromkeys(names)
        return nothing | {"unreached_users": overlap}
    gaps = gap.gaps
    p, fair, users = gaps.penetration, gaps.fair_share, gaps.users
    values = (
        reach.name, p.value, reach.p0, fair.value, np.maximum(users.value, 0),
        np.maximum(users.low, 0), np.maximum(users.high, 0), p.low, p.high, fair.low, fair.high,
        overlap * reach.p0 * gaps.headroom,
    )  # fmt: skip
    told: dict[str, object] = dict(zip(names, values, strict=True))
    return told | {"unreached_users": overlap * (1 - p.value)}
