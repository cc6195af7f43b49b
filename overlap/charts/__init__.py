"""Results as plotly figures. Text and background colours are left to the page's theme."""

from overlap.charts.bars import bar_widths
from overlap.charts.colours import SELECTED
from overlap.charts.language import language_words
from overlap.charts.matrix import NUMBERS as MATRIX_NUMBERS
from overlap.charts.matrix import affinity_matrix
from overlap.charts.needs import needs_list
from overlap.charts.needs_map import map_picture
from overlap.charts.precision import precision_lines
from overlap.charts.profile import profile_dots
from overlap.charts.quadrant import drawable, has_fair_share, opening_quadrant
from overlap.charts.quadrant import mark as opening_mark
from overlap.charts.sparkline import sparkline
from overlap.charts.staircase import reach_staircase
from overlap.charts.trends import MEASURES as TREND_MEASURES
from overlap.charts.trends import trend_chart
from overlap.charts.trends_compared import trends_compared
from overlap.charts.upset import upset
from overlap.charts.venn import two_sets

__all__ = [
    "MATRIX_NUMBERS",
    "SELECTED",
    "TREND_MEASURES",
    "affinity_matrix",
    "bar_widths",
    "drawable",
    "has_fair_share",
    "language_words",
    "map_picture",
    "needs_list",
    "opening_mark",
    "opening_quadrant",
    "precision_lines",
    "profile_dots",
    "reach_staircase",
    "sparkline",
    "trend_chart",
    "trends_compared",
    "two_sets",
    "upset",
]
