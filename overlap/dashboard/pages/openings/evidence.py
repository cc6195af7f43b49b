"""What stands behind one opening: how it moves, in which words, and who else is in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import polars as pl

from overlap.dashboard.data import BRAND, CATEGORY, INTEREST, Opened
from overlap.expressions import And, Audience, Minus, to_text
from overlap.insights.language import language
from overlap.insights.profile import profile
from overlap.insights.trends import trends
from overlap.model import TERM_KIND, UsageError, Window

MOST_WORDS = 8
MOST_CARRIERS = 4

Heard = Literal["words", "none", "few", "alike"]


@dataclass(frozen=True, slots=True, eq=False)
class Words:
    """The words that a segment says more than its category, and what there is to say of them.

    `heard` is "none" where the store has no words at all, "few" where too few of one side wrote
    anything, "alike" where no word is a discovery; `frame` has rows of language.LANGUAGE_TABLE
    only where it is "words", with `odds`, `odds_low` and `odds_high` as ratios.
    """

    heard: Heard
    frame: pl.DataFrame


def trend(opened: Opened, category: str, interest: str, window: Window) -> pl.DataFrame | None:
    """Return the category's users active in the interest, as trends.TRENDS_TABLE; None without one.

    Members of the category at any time are followed, as the growth in the table of openings does:
    few touch both in one and the same week.
    """
    try:
        return trends(
            opened.panel,
            to_text(Audience(INTEREST, interest)),
            category=to_text(Audience(CATEGORY, category)),
            window=window,
            policy=opened.policy,
        )
    except UsageError:
        return None


def words(opened: Opened, category: str, interest: str, window: Window) -> Words:
    """Return the clearest words of the users in both, against the other users of the category."""
    none = pl.DataFrame()
    if TERM_KIND not in opened.panel.known:
        return Words("none", none)
    try:
        said = language(
            opened.panel,
            both(category, interest),
            category=to_text(Audience(CATEGORY, category)),
            window=window,
            policy=opened.policy,
        )
    except UsageError:
        return Words("few", none)
    odds = pl.col("log_odds", "log_odds_low", "log_odds_high").exp().name.map(_without_log)
    own = said.filter(pl.col("direction") == "over").with_columns(odds)
    return Words("words" if len(own) else "alike", own.head(MOST_WORDS))


def _without_log(name: str) -> str:
    return name.removeprefix("log_")


def carriers(opened: Opened, category: str, interest: str, window: Window) -> pl.DataFrame:
    """Return the other interests that the users in both are in more than their category is.

    Rows of profile.PROFILE_TABLE, the clearest first; none where too few users may be looked at.
    """
    try:
        found = profile(
            opened.panel,
            both(category, interest),
            INTEREST,
            baseline=to_text(Audience(CATEGORY, category)),
            window=window,
            policy=opened.policy,
        )
    except UsageError:
        return pl.DataFrame()
    return found.filter(pl.col("direction") == "over").head(MOST_CARRIERS)


def both(category: str, interest: str) -> str:
    """Return the expression of the users in both."""
    return to_text(And((Audience(CATEGORY, category), Audience(INTEREST, interest))))


def to_win(category: str, interest: str, brand: str | None) -> str:
    """Return the expression of the people to win: in both, and without the brand where one is."""
    everybody = And((Audience(CATEGORY, category), Audience(INTEREST, interest)))
    return to_text(Minus(everybody, Audience(BRAND, brand)) if brand else everybody)
