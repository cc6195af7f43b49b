"""Text ↔ expression tree: `category:TV & (interest:gaming>=3 | "city walk") - brand:acme`."""

from overlap.expressions.names import resolve
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
    "And",
    "Audience",
    "Expression",
    "Minus",
    "Or",
    "fold",
    "leaves",
    "parse",
    "resolve",
    "to_text",
]
