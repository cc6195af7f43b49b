"""Where a newcomer starts: the category and brand with the most to gain."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from overlap.expressions import Audience, to_text
from overlap.insights.openings import SCORED_TABLE, scored
from overlap.insights.pairs import pairs as find_pairs
from overlap.insights.scoring import FALSE_DISCOVERIES
from overlap.model import Policy, Verdict
from overlap.panel import Panel

MOST_CATEGORIES = 8
MOST_BRANDS = 2
"""A start is found among the largest categories and brands only, so that it is found at once."""
LARGE_PANEL = 2_000_000
"""Of a panel of more memberships than this the largest category and brand are taken unseen."""

DRAWN = 150.0
"""A cautious TGI from which an interest is plainly drawn to a category."""


def start(panel: Panel, policy: Policy) -> tuple[str | None, str | None]:
    """Return the category and the brand that a newcomer should see first.

    Those where the most users are missing from the best-ranked opening, cautiously, if its cautious
    TGI is at least DRAWN; where there is none, those with the highest score. The brand is None
    where no brand has an opening.
    """
    if not {"category", "interest"} <= panel.known.keys():
        return None, None
    categories = panel.table("category")["name"].head(MOST_CATEGORIES).to_list()
    if panel.memberships > LARGE_PANEL:
        return categories[0], next(iter(brands_of(panel, categories[0], policy)), None)
    pairs = [(c, b) for c in categories for b in brands_of(panel, c, policy)[:MOST_BRANDS]]
    branded, tried = _firsts(panel, policy, pairs), len(pairs)
    # The clearest of many brands is chosen, so its gap has to be clear among them all.
    branded = branded.filter(pl.col("gap_q") * max(tried, 1) <= FALSE_DISCOVERIES)
    drawn = branded.filter(pl.col("tgi_cautious") >= DRAWN)
    if len(drawn):
        best = drawn.sort("gap_cautious", descending=True)
    elif len(branded):
        best = branded.sort("score", descending=True)
    else:
        alone = _firsts(panel, policy, [(category, None) for category in categories])
        best = alone.sort("score", descending=True)
    return (best["category"][0], best["brand"][0]) if len(best) else (categories[0], None)


def _firsts(
    panel: Panel, policy: Policy, wanted: Sequence[tuple[str, str | None]]
) -> pl.DataFrame:  # fmt: skip
    """Return the best opening of each category and brand that has one."""
    rows = [
        scored(panel, category, brand=brand, policy=policy).head(1) for category, brand in wanted
    ]
    return pl.concat([pl.DataFrame(schema=SCORED_TABLE), *rows]).filter(
        pl.col("verdict") == Verdict.OPENING
    )


def brands_of(panel: Panel, category: str, policy: Policy) -> list[str]:
    """Return the brands with enough users in a category to be shown, the largest first."""
    if "brand" not in panel.known:
        return []
    together = find_pairs(panel, to_text(Audience("category", category)), "brand", policy=policy)
    together = together.filter(pl.col("overlap_users") > 0)
    return together.sort("overlap_users", descending=True)["name"].to_list()
