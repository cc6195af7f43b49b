"""The language of a segment: terms over and under, words for selling points, example posts."""

from overlap.insights.language.examples import EXAMPLES_TABLE, examples, panel_members
from overlap.insights.language.folding import stands_for
from overlap.insights.language.matching import MATCHES_TABLE, TYPICAL, matches
from overlap.insights.language.odds import with_odds
from overlap.insights.language.sides import Sides, sides
from overlap.insights.language.table import LANGUAGE_TABLE, NEARLY_ALL, language

__all__ = [
    "EXAMPLES_TABLE",
    "LANGUAGE_TABLE",
    "MATCHES_TABLE",
    "NEARLY_ALL",
    "TYPICAL",
    "Sides",
    "examples",
    "language",
    "matches",
    "panel_members",
    "sides",
    "stands_for",
    "with_odds",
]
