"""The two sides of a comparison: a segment, and its category outside the interest."""

from __future__ import annotations

from dataclasses import dataclass

from overlap.expressions import And, Audience, Expression, Minus, to_text
from overlap.members import ALL_PERIODS
from overlap.model import UNIVERSE, UsageError, Window
from overlap.panel import Panel, Sample


@dataclass(frozen=True, slots=True, eq=False)
class Sides:
    """A segment and the rest it is compared with, as expressions and as kept users of them."""

    segment: Expression
    rest: Expression
    ours: Sample
    others: Sample


def sides(
    panel: Panel,
    segment: str | Expression,
    category: str | None = None,
    rest: str | None = None,
    window: Window = ALL_PERIODS,
) -> Sides:
    """Return a segment and what to compare it with.

    That is `rest` where it is given, else everybody else in `category`; without either everybody
    else in the one category that the segment is in (`category:TV & interest:esports` is compared
    with `category:TV - interest:esports`), or everybody else where there is none or several. Users
    of both sides belong to the segment alone. Raises UsageError for unknown names, or where both
    `category` and `rest` are given.
    """
    if category and rest:
        raise UsageError(
            f"--category {category} and --rest {rest} both say what to compare with",
            cure="give one of them",
        )
    ours = panel.resolve(segment)
    found = panel.sample(ours, window)
    if rest:
        tree = panel.resolve(rest)
        sample = panel.sample(tree, window)
        theta = min(found.theta, sample.theta)
        if panel.below(sample, theta).users.intersect(panel.below(found, theta).users):
            tree = Minus(tree, ours)
    else:
        tree = _outside(ours, panel.resolve(category) if category else None)
    return Sides(ours, tree, found, panel.sample(tree, window))


def _outside(segment: Expression, base: Expression | None) -> Expression:
    categories = [part for part in _parts(segment) if _is_category(part)]
    if base is None:
        base = categories[0] if len(categories) == 1 else Audience(UNIVERSE.kind, UNIVERSE.name)
    if isinstance(segment, And) and base in segment.operands and base != segment:
        others = tuple(part for part in segment.operands if part != base)
        return Minus(base, others[0] if len(others) == 1 else And(others))
    if base == segment:
        base = Audience(UNIVERSE.kind, UNIVERSE.name)
    return Minus(base, segment)


def _parts(tree: Expression) -> tuple[Expression, ...]:
    """Return what a segment's users all belong to."""
    while isinstance(tree, Minus):
        tree = tree.left
    return tree.operands if isinstance(tree, And) else (tree,)


def _is_category(tree: Expression) -> bool:
    return isinstance(tree, Audience) and tree.kind == "category"


def texts(found: Sides) -> tuple[str, str]:
    """Return both sides as expressions in text."""
    return to_text(found.segment), to_text(found.rest)
