"""Emerging needs: what bursts inside a category, since when, who carries it, in which words."""

from overlap.insights.needs.ranking import KINDS, NEEDS_TABLE, needs
from overlap.insights.needs.saying import in_words, reason, summary

__all__ = ["KINDS", "NEEDS_TABLE", "in_words", "needs", "reason", "summary"]
