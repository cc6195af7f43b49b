"""Audiences and numbers as this page says them."""

from __future__ import annotations

from collections.abc import Sequence

from overlap.charts.names import cut
from overlap.dashboard.texts import keys, text
from overlap.expressions import Audience, parse
from overlap.insights import wording
from overlap.model import Estimate

LONG, SHORT = 320.0, 190.0
"""Pixels that a name may take in a sentence, and on a label."""


def name_of(expression: str, width: float = LONG) -> str:
    """Return an audience by its name alone, any other expression as it is, cut to a width."""
    tree = parse(expression)
    if not isinstance(tree, Audience):
        return cut(expression, width)
    return cut(tree.name + (f" ≥{tree.at_least}" if tree.at_least > 1 else ""), width)


def names_of(expressions: Sequence[str], width: float = LONG) -> list[str]:
    """Return the names of some audiences, with their kinds where two would look the same."""
    short = [name_of(expression, width) for expression in expressions]
    return [
        name if short.count(name) == 1 else cut(expression, width)
        for name, expression in zip(short, expressions, strict=True)
    ]


def kind_of(kind: str, language: str) -> str:
    """Return what a kind of audiences is called."""
    key = f"overlaps_kind_{kind}"
    return text(key, language) if key in _KINDS else kind


_KINDS = frozenset(key for key in keys() if key.startswith("overlaps_kind_"))


def users(value: Estimate, language: str) -> str:
    """Return a number of users with its interval, bare where it is exact."""
    said = wording.users(value.value, language, exact=value.exact)
    return said if value.exact else f"{said} ({ends(value, language)})"


def ends(value: Estimate, language: str) -> str:
    """Return the interval of a number of users, or the word exact."""
    if value.exact:
        return text("exact", language)
    return wording.interval(value.low, value.high, language)


def percents(value: Estimate, language: str) -> str:
    """Return the interval of a share, or the word exact."""
    if value.exact:
        return text("exact", language)
    return f"{wording.percent(value.low)}–{wording.percent(value.high)}"


def indices(value: Estimate, language: str) -> str:
    """Return the interval of an index, or the word exact."""
    if value.exact:
        return text("exact", language)
    return f"{wording.index(value.low)}–{wording.index(value.high)}"
