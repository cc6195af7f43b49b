"""The plan itself: greedy coverage of a category, tier by tier."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np
import polars as pl
from pyroaring import BitMap

from overlap.expressions import And, Expression, Or, to_text
from overlap.insights import anchors, floors
from overlap.insights.floors import require_users
from overlap.insights.planner.pools import TIERS, Pool, pool_of_expressions, pool_of_kind
from overlap.insights.planner.reach import Account, Step
from overlap.insights.planner.targets import parse_target
from overlap.members import ALL_PERIODS
from overlap.model import FULL_THETA, UNIVERSE_KIND, Estimate, Policy, UsageError, Window
from overlap.panel import Panel, Sample

if TYPE_CHECKING:
    from numpy.typing import NDArray

Order = Literal["affinity", "reach"]

PLAN_TABLE = pl.Schema(
    {"step": pl.Int64, "tier": pl.String, "audience": pl.String, "expression": pl.String,
     "reach_expression": pl.String, "category": pl.String, "category_users": pl.Float64,
     "audience_users": pl.Float64, "tgi": pl.Float64, "tgi_low": pl.Float64,
     "tgi_high": pl.Float64, "tgi_shrunk_low": pl.Float64, "new_users": pl.Float64,
     "new_users_low": pl.Float64, "new_users_high": pl.Float64, "cumulative_users": pl.Float64,
     "cumulative_users_low": pl.Float64, "cumulative_users_high": pl.Float64,
     "cumulative_share": pl.Float64, "cumulative_share_low": pl.Float64,
     "cumulative_share_high": pl.Float64, "reached_users": pl.Float64,
     "reached_users_low": pl.Float64, "reached_users_high": pl.Float64,
     "efficiency": pl.Float64, "efficiency_low": pl.Float64, "efficiency_high": pl.Float64,
     "target_users": pl.Float64, "exact": pl.Boolean, "suppressed": pl.String}
)  # fmt: skip
"""One row per step, in order; users, shares 0–1, indices with 100 for chance.

`expression` is the category's users reached so far, `reach_expression` everybody who is reached
with them; `efficiency` is the share of the first in the second. A candidate that was asked for by
name and would add too few has no step, and `suppressed` says so; of a step it says that numbers are
null because too few would follow from them.
"""

STEPS = 12
"""A plan has at most so many steps unless told otherwise, on every face."""

_MOST_STEPS = 1000


def plan(
    panel: Panel,
    category: str | Expression,
    candidates: str | Sequence[str] = "interest",
    *,
    target: str | float | None = None,
    steps: int = STEPS,
    least: float = 0.01,
    order: Order = "affinity",
    window: Window = ALL_PERIODS,
    policy: Policy | None = None,
    min_users: int | None = None,
) -> pl.DataFrame:
    """Return the audiences that reach a category's users, one step after another, as PLAN_TABLE.

    `candidates` is a kind, or a list of expressions. Tiers come one after another: core (cautious
    TGI from CORE_TGI on), likely (from LIKELY_TGI on), broad (the rest), because a user of the
    category costs the fewest other users where affinity is highest. Within a tier each step takes
    the audience that adds the most users of the category not reached yet, ties going to the higher
    cautious TGI: greedy coverage, which reaches at least 1 − (1 − 1/k)^k > 63% of what the best k
    audiences of the tier could add (Nemhauser, Wolsey and Fisher 1978, Math. Programming 14).
    `order="reach"` makes it one tier, with the same promise over all candidates.

    A tier ends when its best audience adds fewer users than `least` of the category or than may be
    shown; the plan ends with the last tier, at the `target` (users, or a share as "60%"), or after
    so many `steps`. Candidates are compared at one rate, the smallest among them. Where that rate
    is not 1, half of the kept users (odd hashes) choose and the others tell how many were reached:
    a choice flatters the sample that made it.

    Raises UsageError for unknown names, a category of nobody or below the display floor, a target
    above the category or below one user, and a candidate that is the category itself.
    """
    floor = anchors.display_floor(policy or Policy(), min_users)
    _check(steps, least, order)
    wanted = None if target is None else parse_target(target)
    tree = panel.resolve(category)
    size = panel.size(tree, window)
    require_users(size.value, floor, what="category", where=to_text(tree))
    goal = None if wanted is None else wanted.users(size)
    sample = panel.sample(tree, window)
    if isinstance(candidates, str):
        pool = pool_of_kind(panel, tree, sample, candidates, window)
    else:
        pool = pool_of_expressions(panel, tree, sample, candidates, window)
    planner = _Planner(panel, pool, sample, size, max(floor, 1, least * size.value), window)
    found = list(planner.steps(order == "affinity", steps, goal))
    rows: list[dict[str, Any]] = []
    chosen: list[Expression] = []
    shown = _Shown(floor, size.value)
    for number, (which, step) in enumerate(found, 1):
        chosen.append(pool.trees[which])
        row = {"step": number, **_about(pool, which), **_reached(step, tree, chosen)}
        rows.append(shown.beside_the_others(row, float(pool.measures.overlap[which])))
    if not isinstance(candidates, str) and planner.ended:
        few = f"adds fewer than {np.ceil(planner.least):,.0f} users"
        taken = {which for which, _ in found}
        rest = [i for i in range(len(pool.trees)) if i not in taken]
        rows += [_left_out(pool, i, floor) | {"suppressed": few} for i in rest]
    for row in rows:
        row |= {"category": to_text(tree), "category_users": size.value, "target_users": goal}
    return (
        pl.DataFrame(
            [[row.get(name) for name in PLAN_TABLE] for row in rows],
            schema=PLAN_TABLE,
            orient="row",
        ).with_columns(pl.col(pl.Float64).fill_nan(None))
    )  # fmt: skip


def _check(steps: int, least: float, order: str) -> None:
    if not 1 <= steps <= _MOST_STEPS:
        raise UsageError(
            f"a plan of {steps} steps is not possible", cure=f"ask for 1 to {_MOST_STEPS} steps"
        )
    if not 0 <= least <= 1:
        raise UsageError(
            f"a step cannot have to add {least:g} of the category",
            cure="give a share from 0 to 1, as 0.01 for a hundredth",
        )
    if order not in get_args(Order):
        raise UsageError(
            f"there is no order {order!r}", cure="choose one of: " + ", ".join(get_args(Order))
        )


class _Planner:
    """The search: who is not reached yet, and what each step would add."""

    def __init__(
        self, panel: Panel, pool: Pool, category: Sample, size: Estimate, least: float,
        window: Window,
    ) -> None:  # fmt: skip
        self._panel, self._pool, self._window = panel, pool, window
        self.least = least
        self.ended = True
        # Nobody can add more than it has: the rest need not lower the rate of the comparison.
        self._able = pool.measures.overlap >= least
        theta = min([category.theta, *pool.theta[self._able].tolist()])
        half = theta < FULL_THETA
        choosers = _odd(panel) if half else None
        users = panel.below(category, theta).users
        self._remaining = Sample(users if choosers is None else users & choosers, theta)
        self._rate = theta / FULL_THETA * (0.5 if half else 1.0)
        self._account = Account(panel, category, choosers, size)

    def steps(self, tiered: bool, most: int, goal: float | None) -> Iterator[tuple[int, Step]]:
        """Yield the candidates chosen with what is reached after each; `ended` says if by least."""
        tiers = range(len(TIERS)) if tiered else [None]
        made = 0
        for tier in tiers:
            open_ = self._able if tier is None else self._able & (self._pool.tier == tier)
            for which, step in self._tier(open_.copy()):
                yield which, step
                made += 1
                if made == most or (goal is not None and step.cumulative.value >= goal):
                    self.ended = False
                    return

    def _tier(self, open_: NDArray[np.bool_]) -> Iterator[tuple[int, Step]]:
        while open_.any():
            gains = np.where(open_, self._pool.gains(self._remaining), 0)
            # What adds too few now adds no more later.
            open_ &= gains / self._rate >= self.least
            if not open_.any():
                return
            which = self._best(gains, open_)
            audience = self._panel.sample(self._pool.trees[which], self._window)
            step = self._account.after(audience)
            open_[which] = False
            if step.new.value < self.least:
                continue
            self._account.add(audience)
            self._remaining = Sample(self._remaining.users - audience.users, self._remaining.theta)
            yield which, step

    def _best(self, gains: NDArray[np.int64], open_: NDArray[np.bool_]) -> int:
        most = np.flatnonzero(open_ & (gains == gains[open_].max()))
        cautious = np.nan_to_num(self._pool.measures.tgi_cautious[most])
        return int(most[np.argmax(cautious)])


def _odd(panel: Panel) -> BitMap:
    """Return the kept users whose hashes are odd: a random half."""
    odd = (panel.kept(UNIVERSE_KIND).hashes & np.uint64(1)).astype(bool)
    return BitMap(np.flatnonzero(odd).astype(np.uint32))


def _about(pool: Pool, i: int) -> dict[str, Any]:
    m = pool.measures
    return {
        "tier": TIERS[int(pool.tier[i])],
        "audience": to_text(pool.trees[i]),
        "audience_users": float(pool.users[i]),
        "tgi": float(m.tgi[i]),
        "tgi_low": float(m.tgi_low[i]),
        "tgi_high": float(m.tgi_high[i]),
        "tgi_shrunk_low": float(m.tgi_cautious[i]),
    }


_AFFINITY = ("tgi", "tgi_low", "tgi_high", "tgi_shrunk_low")


@dataclass(slots=True)
class _Shown:
    """What the steps so far show: users of the `category`, and those reached inside and outside."""

    floor: int
    category: float
    inside: float = 0.0
    outside: float = 0.0
    anybody: float = 0.0
    known: bool = True

    def beside_the_others(self, row: dict[str, Any], overlap: float) -> dict[str, Any]:
        """Return a step without the numbers from which too few would follow.

        `overlap` users of the category are in the step's audience, which its TGI gives back.
        """
        new, cumulative, reached, size = (
            row[name] for name in ("new_users", "cumulative_users", "reached_users",
                                   "audience_users")
        )  # fmt: skip
        outside = reached - cumulative
        hidden: set[str] = set()
        if self._few(self.category - cumulative):
            hidden |= {"new_users", "cumulative_users", "cumulative_share", "efficiency"}
        back = size - (reached - self.anybody) if self.known else 0.0
        self.known = not self._few(outside, outside - self.outside, back)
        if self.known:
            self.outside, self.anybody = outside, reached
        else:
            hidden |= {"reached_users", "efficiency"}
        if self._few(size - new):
            hidden |= {"audience_users", *_AFFINITY}
        if self._few(overlap - new, self.category - overlap, size - overlap):
            hidden |= set(_AFFINITY)
        if not hidden:
            return row
        ends = {f"{name}{end}" for name in hidden for end in ("", "_low", "_high")}
        blank = {name: None if name in ends else value for name, value in row.items()}
        return blank | {"suppressed": floors.why(self.floor)}

    def _few(self, *users: float) -> bool:
        return bool(floors.few(users, self.floor).any())


def _left_out(pool: Pool, i: int, floor: int) -> dict[str, Any]:
    about = _about(pool, i)
    flags = pool.measures.flags(floor)
    if pool.measures.overlap[i] < floor or flags["telling"][i]:
        about |= dict.fromkeys(("tier", *_AFFINITY))
    if pool.users[i] < floor or flags["tiny"][i]:
        about["audience_users"] = None
    return about


def _reached(step: Step, category: Expression, chosen: Sequence[Expression]) -> dict[str, Any]:
    anybody = chosen[0] if len(chosen) == 1 else Or(tuple(chosen))
    parts = {
        "new_users": step.new,
        "cumulative_users": step.cumulative,
        "cumulative_share": step.share,
        "reached_users": step.reached,
        "efficiency": step.efficiency,
    }
    out: dict[str, Any] = {
        "expression": to_text(And((category, anybody))),
        "reach_expression": to_text(anybody),
        "exact": step.cumulative.exact,
    }
    for name, estimate in parts.items():
        out |= {name: estimate.value, f"{name}_low": estimate.low, f"{name}_high": estimate.high}
    return out
