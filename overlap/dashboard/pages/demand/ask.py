"""What the page asks of a store: each answer is computed once for all visitors."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from overlap.dashboard import data
from overlap.dashboard.data import CATEGORY, INTEREST
from overlap.dashboard.state import View, real_periods
from overlap.estimates.series import LEAST_PAST
from overlap.expressions import Audience, to_text
from overlap.insights.language import language, matches, with_odds
from overlap.insights.needs import Jump, jumps, needs
from overlap.insights.needs_map import NeedsMap, needs_map
from overlap.insights.trends import RUNNING, axis, trends
from overlap.model import TERM_KIND, UNIVERSE_KIND, Estimate, Window
from overlap.terms import Lexicon

SCOPE, ALL = "scope", "all"
FDR = 0.05
"""Share of the discoveries that may be luck."""
LEAST_PERIODS = LEAST_PAST + RUNNING
"""Whole periods without which no burst can be told."""


def scoped(view: View) -> bool:
    """Whether the category of the bar is looked into, rather than everybody."""
    return view.category is not None and view.asked.get(SCOPE) != ALL


def inside(view: View) -> str | None:
    """Return the category that is looked into as an expression, None for everybody."""
    if not scoped(view) or view.category is None:
        return None
    return to_text(Audience(CATEGORY, view.category))


def has_periods(opened: data.Opened) -> bool:
    """Whether the store was built with periods, so that anything of it can be followed."""
    return opened.panel.spec.period != "none" and bool(real_periods(opened.panel.periods))


def has_terms(opened: data.Opened) -> bool:
    """Whether the store knows what its users say."""
    return TERM_KIND in opened.panel.known


def unit(opened: data.Opened) -> str:
    """Return the unit of the store's periods."""
    return str(opened.panel.spec.period)


def whole_periods(opened: data.Opened, window: Window) -> int:
    """Return how many periods until the window's end the data cover from end to end."""
    ours = axis(opened.panel)
    return sum(ours.whole[: ours.until(window.end)])


def size(opened: data.Opened, expression: str, window: Window) -> Estimate:
    """Return how many users an expression has."""
    return opened.panel.size(expression, window)


def needs_of(opened: data.Opened, where: str | None, window: Window) -> pl.DataFrame:
    """Return insights.needs.NEEDS_TABLE; its sentences are made for the language of a view."""
    return needs(opened.panel, category=where, window=window, policy=opened.policy, fdr=FDR)


def jumps_of(opened: data.Opened, where: str | None, window: Window) -> list[Jump]:
    """Return where the number of active users jumped."""
    return jumps(opened.panel, category=where, window=window)


def trend_of(
    opened: data.Opened,
    expression: str,
    category: str | None,
    brand: str | None,
    baseline: str | None,
    window: Window,
) -> pl.DataFrame:
    """Return insights.trends.TRENDS_TABLE."""
    return trends(
        opened.panel,
        expression,
        category=category,
        brand=brand,
        baseline=baseline,
        window=window,
        policy=opened.policy,
    )


def words_of(opened: data.Opened, expression: str, window: Window) -> pl.DataFrame:
    """Return insights.language.LANGUAGE_TABLE with odds ratios."""
    frame = language(opened.panel, expression, window=window, policy=opened.policy, fdr=FDR)
    return with_odds(frame)


def matches_of(opened: data.Opened, expression: str, point: str, window: Window) -> pl.DataFrame:
    """Return insights.language.MATCHES_TABLE for one selling point."""
    return matches(
        opened.panel,
        expression,
        [point],
        window=window,
        policy=opened.policy,
        fdr=FDR,
        lexicon=_lexicon(opened),
    )


def points_of(opened: data.Opened, expression: str, window: Window) -> pl.DataFrame:
    """Return MATCHES_TABLE for the terms that are most typical of the rest."""
    return matches(opened.panel, expression, window=window, policy=opened.policy, fdr=FDR)


def _lexicon(opened: data.Opened) -> Lexicon | None:
    recorded = sorted(record.lexicon for record in opened.store.provenance.values())
    known = next(filter(None, recorded), None)
    return Lexicon.from_json(known) if known is not None else None


def kinds_of_map(opened: data.Opened) -> tuple[str, ...]:
    """Return the kinds a map can be made of, interests first."""
    kinds = [kind for kind in opened.panel.known if kind != UNIVERSE_KIND]
    return tuple(sorted(kinds, key=lambda kind: (kind != INTEREST, kind)))


def map_of(
    opened: data.Opened, where: str | None, kinds: Sequence[str], window: Window
) -> NeedsMap:
    """Return the needs map."""
    return needs_map(
        opened.panel, category=where, kinds=kinds, window=window, policy=opened.policy, fdr=FDR
    )
