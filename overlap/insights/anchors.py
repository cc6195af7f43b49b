"""What every ranking starts from: an anchor inside a baseline and a window, and its floors."""

from __future__ import annotations

from dataclasses import dataclass

from overlap.expressions import Audience, Expression, leaves, to_text
from overlap.insights import floors
from overlap.members import ALL_PERIODS
from overlap.model import UNIVERSE, Estimate, Policy, UsageError, Window
from overlap.panel import Panel, Sample


@dataclass(frozen=True, slots=True)
class Baseline:
    """The audience an index compares with; `sample` is None where it is the universe."""

    text: str
    sample: Sample | None
    users: Estimate


def baseline(panel: Panel, expression: str | None, window: Window = ALL_PERIODS) -> Baseline:
    """Return the baseline of an expression, the universe where there is none."""
    universe = Audience(UNIVERSE.kind, UNIVERSE.name)
    tree = panel.resolve(expression) if expression else universe
    users = panel.size(tree, window)
    sample = None if tree == universe else panel.sample(tree, window)
    return Baseline(to_text(tree), sample, users)


def users_inside(
    panel: Panel, tree: Expression, base: Baseline, window: Window = ALL_PERIODS
) -> Estimate:
    """Estimate the users of an expression inside a baseline."""
    if base.sample is None:
        return panel.size(tree, window)
    return panel.size_of(panel.sample(tree, window), base.sample)


def shown_inside(
    panel: Panel, tree: Expression, base: Baseline, window: Window, floor: int
) -> float | None:
    """Return the users of an expression inside a baseline, None where they or the rest are few."""
    users = users_inside(panel, tree, base, window).value
    return None if floors.part_tells(floor, users, base.users.value) else users


def audience_of(panel: Panel, kind: str, name: str) -> Audience:
    """Return the audience of a kind by its plain name, or by an expression `kind:name`."""
    if name in panel.names(kind):
        return Audience(kind, name)
    if name.startswith(f"{kind}:"):
        tree = panel.resolve(name)
        if isinstance(tree, Audience):
            return tree
    tree = panel.resolve(Audience(kind, name))
    assert isinstance(tree, Audience)
    return tree


def own_names(tree: Expression, kind: str) -> set[str]:
    """Return the names of a kind that the anchor itself is made of: no news about it."""
    return {leaf.name for leaf in leaves(tree) if leaf.kind == kind}


def display_floor(policy: Policy, min_users: int | None) -> int:
    """Return the least users that may be shown; raises UsageError below the store's own floor."""
    if min_users is None:
        return policy.display_floor
    if min_users < policy.display_floor:
        raise UsageError(
            f"--min-users {min_users} is below this store's floor of {policy.display_floor}",
            cure="build the store with a lower --display-floor, if you may",
        )
    return min_users
