"""Series of counts: change, level, season and what is out of the ordinary; pure maths."""

from overlap.estimates.series.changes import changes, nested_shares, share_changes
from overlap.estimates.series.forecasts import (
    LEAST_PAST,
    SETTLED,
    SIGNIFICANT,
    Forecast,
    forecast,
)
from overlap.estimates.series.levels import Moves, moves
from overlap.estimates.series.seasons import Seasons, repeats, seasons

__all__ = [
    "LEAST_PAST",
    "SETTLED",
    "SIGNIFICANT",
    "Forecast",
    "Moves",
    "Seasons",
    "changes",
    "forecast",
    "moves",
    "nested_shares",
    "repeats",
    "seasons",
    "share_changes",
]
