"""How many times the odds of the rest are those of the segment: log-odds as people read them."""

from __future__ import annotations

import polars as pl

_ENDS = ("", "_low", "_high")


def with_odds(frame: pl.DataFrame) -> pl.DataFrame:
    """Return LANGUAGE_TABLE with `odds`, `odds_low` and `odds_high` behind the log-odds.

    They are odds ratios, exp(log_odds): 2 where the odds of saying it are twice those in the rest.
    """
    columns: list[str | pl.Expr] = []
    for name in frame.columns:
        columns.append(name)
        if name == "log_odds_high":
            columns += [pl.col(f"log_odds{end}").exp().alias(f"odds{end}") for end in _ENDS]
    return frame.select(columns)
