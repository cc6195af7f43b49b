"""Emerging needs: what bursts inside a category, since when, who carries it, in which words."""

from overlap.insights.needs.coverage import Jump
from overlap.insights.needs.ranking import KINDS, NEEDS_TABLE, jumps, needs
from overlap.insights.needs.saying import caution, in_words, reason, summary

__all__ = [
    "KINDS",
    "NEEDS_TABLE",
    "Jump",
    "caution",
    "in_words",
    "jumps",
    "needs",
    "reason",
    "summary",
]
