"""How large a segment is, of whom, and which of its parts make it so small."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

import polars as pl

from overlap import estimates
from overlap.expressions import (
    EVERYONE,
    Audience,
    Expression,
    compose,
    decompose,
    is_empty,
    leaves,
    to_text,
)
from overlap.insights.regions import expected_together
from overlap.members import ALL_PERIODS
from overlap.model import FULL_THETA, Estimate, Policy, Window
from overlap.panel import Panel

T = TypeVar("T")

PARTS_TABLE = pl.Schema(
    {"role": pl.String, "part": pl.String, "part_users": pl.Float64, "part_low": pl.Float64,
     "part_high": pl.Float64, "without": pl.String, "without_users": pl.Float64,
     "without_low": pl.Float64, "without_high": pl.Float64, "exact": pl.Boolean,
     "suppressed": pl.String}
)  # fmt: skip
"""One row per part of a segment: its own users, and those of the segment `without` it.

`role` is "all", "any" or "none" as in expressions.Parts, "part" for the audiences of an expression
of another shape, which is not counted without them.
"""


@dataclass(frozen=True, slots=True)
class Sizing:
    """The users of a segment beside what chance gives, and shares 0–1 to compare it by.

    `of_all` and `of_category` are the parts of all users and of the category that are in it,
    `brand_inside` and `brand_in_category` the brand's penetrations of both. `expected` users would
    be in it by chance, where it is made of audiences that all have to hold. None where there is
    nothing to compare with, or less than may be shown; `users` is None only for that reason.
    `contradictory` says that nobody can be in it, whatever the data.
    """

    expression: str
    users: Estimate | None
    of_all: Estimate | None = None
    of_category: Estimate | None = None
    expected: float | None = None
    brand_inside: Estimate | None = None
    brand_in_category: Estimate | None = None
    contradictory: bool = False


def sizing(
    panel: Panel,
    expression: str | Expression,
    *,
    category: str | None = None,
    brand: str | None = None,
    window: Window = ALL_PERIODS,
    policy: Policy | None = None,
) -> Sizing:
    """Return the size of a segment with what to compare it with; see Sizing.

    Raises UsageError for unknown names.
    """
    tree = panel.resolve(expression)
    floor = (policy or Policy()).display_floor
    users = panel.size(tree, window)
    if 0 < users.value < floor:
        return Sizing(to_text(tree), None)
    if not users.value:
        return Sizing(to_text(tree), users, contradictory=is_empty(tree))
    share = _Shares(panel, window, floor)
    within = None if category is None else Audience("category", category)
    of_brand = None if brand is None else Audience("brand", brand)
    if of_brand in leaves(tree):
        # Of a segment that is made of the brand's users, or of all others, it is no news.
        of_brand = None
    return Sizing(
        expression=to_text(tree),
        users=users,
        of_all=share(tree, EVERYONE),
        of_category=None if within in (None, tree) else share(tree, within),
        expected=_expected(panel, tree, window),
        brand_inside=share(of_brand, tree),
        brand_in_category=share(of_brand, within),
    )


@dataclass(frozen=True, slots=True)
class _Shares:
    """Shares of one expression in another, None where too few are in both to be shown."""

    panel: Panel
    window: Window
    floor: int

    def __call__(self, part: Expression | None, whole: Expression | None) -> Estimate | None:
        if part is None or whole is None:
            return None
        panel = self.panel
        ours, theirs = panel.sample(part, self.window), panel.sample(whole, self.window)
        theta = min(ours.theta, theirs.theta)
        inside, users = panel.below(ours, theta).users, panel.below(theirs, theta).users
        both, rate = inside.intersection_cardinality(users), theta / FULL_THETA
        if not users or 0 < both / rate < self.floor:
            return None
        return estimates.share(both, len(users), rate, panel.size(whole, self.window))


def _expected(panel: Panel, tree: Expression, window: Window) -> float | None:
    shape = decompose(tree)
    if shape is None or shape.any_of or shape.exclude or len(shape.include) < 2:
        return None
    names = {(leaf.kind, leaf.name) for leaf in shape.include}
    if len(names) < len(shape.include):
        return None
    return expected_together(panel, shape.include, window=window)


def parts(
    panel: Panel,
    expression: str | Expression,
    *,
    window: Window = ALL_PERIODS,
    policy: Policy | None = None,
) -> pl.DataFrame:
    """Return the parts of a segment with and without which it would be as PARTS_TABLE.

    Counts above 0 and below the display floor are null and `suppressed` says why. Raises
    UsageError for unknown names.
    """
    tree = panel.resolve(expression)
    floor = (policy or Policy()).display_floor
    rows = []
    for role, part, rest in _apart(tree):
        counted = {"part": part, "without": rest}
        row: dict[str, object] = {"role": role, "exact": True}
        for name, what in counted.items():
            row[name] = None if what is None else to_text(what)
            if what is None:
                continue
            size = panel.size(what, window)
            row["exact"] = row["exact"] and size.exact
            if 0 < size.value < floor:
                row["suppressed"] = f"fewer than {floor} users"
                continue
            row |= {f"{name}_users": size.value, f"{name}_low": size.low, f"{name}_high": size.high}
        rows.append(row)
    return pl.DataFrame(rows, schema=PARTS_TABLE)


def _apart(tree: Expression) -> list[tuple[str, Expression, Expression | None]]:
    """Return every part with its role and the segment without it, None where nothing is left."""
    shape = decompose(tree)
    if shape is None:
        return [("part", leaf, None) for leaf in leaves(tree)]
    found: list[tuple[str, Expression, Expression | None]] = []
    include, groups, exclude = list(shape.include), list(shape.any_of), list(shape.exclude)
    several = len(include) + len(groups) + len(exclude) > 1
    for i, audience in enumerate(include):
        rest = compose(_but(include, i), groups, exclude)
        found.append(("all", audience, rest if several else None))
    for i, group in enumerate(groups):
        rest = compose(include, _but(groups, i), exclude)
        found.append(("any", compose(any_of=[group]), rest if several else None))
    for i, audience in enumerate(exclude):
        found.append(("none", audience, compose(include, groups, _but(exclude, i))))
    return found


def _but(items: Sequence[T], i: int) -> list[T]:
    return [item for j, item in enumerate(items) if j != i]
