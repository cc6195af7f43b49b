"""Text ↔ expression tree: `category:TV & (interest:gaming>=3 | "city walk") - brand:acme`."""

from overlap.expressions.compose import Parts, compose, decompose
from overlap.expressions.names import Doubt, candidates, doubts, resolve
from overlap.expressions.normal import EMPTY, EVERYONE, is_empty, key, normalise
from overlap.expressions.parser import parse
from overlap.expressions.tree import (
    And,
    Audience,
    Expression,
    Minus,
    Or,
    fold,
    leaves,
    to_text,
)

__all__ = [
    "EMPTY",
    "EVERYONE",
    "And",
    "Audience",
    "Doubt",
    "Expression",
    "Minus",
    "Or",
    "Parts",
    "candidates",
    "compose",
    "decompose",
    "doubts",
    "fold",
    "is_empty",
    "key",
    "leaves",
    "normalise",
    "parse",
    "resolve",
    "to_text",
]
