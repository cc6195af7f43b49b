"""How audiences move: by period, against the platform, in and out of season, and in bursts."""

from overlap.insights.trends.axis import Axis, axis
from overlap.insights.trends.bursts import BURSTS_TABLE, DETECTED, bursts, detect
from overlap.insights.trends.following import CYCLES, RUNNING, Followed, follow
from overlap.insights.trends.growing import Growth, growth, growth_inside
from overlap.insights.trends.saying import notes, sentence
from overlap.insights.trends.table import TRENDS_TABLE, trends

__all__ = [
    "BURSTS_TABLE",
    "CYCLES",
    "DETECTED",
    "RUNNING",
    "TRENDS_TABLE",
    "Axis",
    "Followed",
    "Growth",
    "axis",
    "bursts",
    "detect",
    "follow",
    "growth",
    "growth_inside",
    "notes",
    "sentence",
    "trends",
]
