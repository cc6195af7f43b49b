"""Audiences by name on a chart: short, told apart, and never wider than there is room."""

from __future__ import annotations

import re
from collections.abc import Sequence

from overlap.charts.labels import text_width
from overlap.expressions import Audience, parse

NAME_WIDTH = 190.0


def short_name(text: str, width: float = NAME_WIDTH) -> str:
    """Return an audience's name, or an expression as it is, cut to so many pixels of text."""
    tree = parse(text)
    name = text
    if isinstance(tree, Audience):
        name = tree.name + (f" ≥{tree.at_least}" if tree.at_least > 1 else "")
    return cut(name, width)


def cut(text: str, width: float) -> str:
    """Return a text that is no wider than so many pixels at 12 pixels, with … where it was cut."""
    if text_width(text) <= width:
        return text
    while text and text_width(text + "…") > width:
        text = text[:-1]
    return text.rstrip() + "…"


def labels(names: Sequence[str]) -> list[str]:
    """Return the audiences' names, with their kind where two would look the same."""
    short = [short_name(name) for name in names]
    return [
        label if short.count(label) == 1 else cut(name, NAME_WIDTH)
        for label, name in zip(short, names, strict=True)
    ]


def floor_of(suppressed: str) -> str:
    """Return the number of users that a row's `suppressed` speaks of."""
    found = re.search(r"\d+", suppressed)
    return found.group() if found else "?"
