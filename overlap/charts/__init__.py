"""Results as plotly figures. Text and background colours are left to the page's theme."""

from overlap.charts.bars import bar_widths
from overlap.charts.colours import SELECTED
from overlap.charts.quadrant import drawable, has_fair_share, opening_quadrant

__all__ = ["SELECTED", "bar_widths", "drawable", "has_fair_share", "opening_quadrant"]
