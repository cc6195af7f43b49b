"""How audiences lie across each other: every region of up to 12, and what each one adds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
from pyroaring import BitMap

from overlap import estimates
from overlap.expressions import EVERYONE, And, Expression, compose, is_empty, key, to_text
from overlap.insights import anchors, floors
from overlap.members import ALL_PERIODS
from overlap.model import FULL_THETA, NOBODY, Estimate, Policy, UsageError, Window
from overlap.panel import Panel, Sample

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Counts = NDArray[np.int64]
    Flags = NDArray[np.bool_]

MOST_AUDIENCES = 12
"""Audiences whose regions can be told apart: 4,095 of them already."""

REGIONS_TABLE = pl.Schema(
    [("audiences", pl.List(pl.String)), *pl.Schema(
        {"degree": pl.Int64, "expression": pl.String, "exclusive_users": pl.Float64,
         "exclusive_low": pl.Float64, "exclusive_high": pl.Float64, "exact": pl.Boolean,
         "sample": pl.Int64, "rate": pl.Float64, "inclusive_expression": pl.String,
         "inclusive_users": pl.Float64, "inclusive_low": pl.Float64,
         "inclusive_high": pl.Float64, "inclusive_exact": pl.Boolean, "inside": pl.String,
         "suppressed": pl.String}
    ).items()]
)  # fmt: skip
"""Users in exactly these audiences and no other of the chosen ones (`exclusive`, `expression`), and
in all of these whatever else (`inclusive`). `exact`, `sample` and `rate` are of the exclusive."""

REACH_TABLE = pl.Schema(
    {"step": pl.Int64, "audience": pl.String, "users": pl.Float64, "users_low": pl.Float64,
     "users_high": pl.Float64, "users_exact": pl.Boolean, "expression": pl.String,
     "new_users": pl.Float64, "new_low": pl.Float64, "new_high": pl.Float64,
     "reach_expression": pl.String, "reach_users": pl.Float64, "reach_low": pl.Float64,
     "reach_high": pl.Float64, "exact": pl.Boolean, "inside": pl.String,
     "suppressed": pl.String}
)  # fmt: skip
"""What each audience adds, in the order given: its users, those in none before it (`new`,
`expression`), and the users of all so far (`reach`). `exact` is of new and reach."""


def regions(
    panel: Panel,
    audiences: Sequence[str | Expression],
    *,
    inside: str | Expression | None = None,
    window: Window = ALL_PERIODS,
    policy: Policy | None = None,
    min_users: int | None = None,
) -> pl.DataFrame:
    """Return every region of some audiences as REGIONS_TABLE, the most exclusive users first.

    A region is a set of audiences that somebody kept is in all of; each audience alone and all
    together are always there. Exclusive users are counted at the smallest rate of all audiences,
    so that they add up over regions, inclusive ones at the smallest of the region's own, as
    `Panel.size` counts them. `inside` counts only users of one more expression. Counts above 0 and
    below the display floor are null, as are those that such a count would follow from here or in
    `incremental_reach`, and `suppressed` says why. Raises UsageError for no audience, more than
    MOST_AUDIENCES, one segment given twice and unknown names.
    """
    floor = anchors.display_floor(policy or Policy(), min_users)
    if len(audiences) > MOST_AUDIENCES:
        raise UsageError(
            f"{len(audiences)} audiences cannot be laid across each other, "
            f"at most {MOST_AUDIENCES} can",
            where=f"the first one too many is {audiences[MOST_AUDIENCES]}",
            cure="leave some out, or join some into one with |",
        )
    chosen = _choose(panel, audiences, inside, window)
    exclusive, inclusive, rate = _count(panel, chosen.samples)
    alone = [1 << i for i in range(len(chosen.trees))]
    seen = inclusive > 0
    seen[[*alone, -1]] = True
    seen[0] = False
    codes = np.flatnonzero(seen).tolist()
    only = estimates.counts(exclusive[codes], rate[-1])
    every = estimates.counts(inclusive[codes], rate[codes])
    # One audience alone may be known better than by its kept users.
    sizes = dict(zip(alone, chosen.sizes, strict=True))
    inside_text = None if chosen.inside is None else to_text(chosen.inside)
    family = _family(floor, exclusive / rate[-1], len(alone))
    rows = [
        {
            "exclusive_hidden": not family.exclusive[code],
            "inclusive_hidden": not family.inclusive[code],
            "audiences": [chosen.texts[i] for i in range(len(alone)) if code & alone[i]],
            "degree": code.bit_count(),
            "expression": to_text(chosen.region(code, exclusive=True)),
            "inclusive_expression": to_text(chosen.region(code)),
            "sample": int(only.sample[row]),
            "rate": float(only.rate[row]),
            "inside": inside_text,
            **_columns(
                "exclusive", _known(only.at(row), chosen.region(code, exclusive=True)), "exact"
            ),
            **_columns(
                "inclusive",
                _known(sizes.get(code) or every.at(row), chosen.region(code)),
                "inclusive_exact",
            ),
        }
        for row, code in enumerate(codes)
    ]
    hidden = {
        "exclusive": ("exclusive_users", "exclusive_low", "exclusive_high", "sample"),
        "inclusive": ("inclusive_users", "inclusive_low", "inclusive_high"),
    }
    return _suppressed(rows, REGIONS_TABLE, floor, hidden).sort(
        ["exclusive_users", "degree", "inclusive_users", "expression"],
        descending=[True, False, True, False],
        nulls_last=True,
    )


def incremental_reach(
    panel: Panel,
    audiences: Sequence[str | Expression],
    *,
    inside: str | Expression | None = None,
    window: Window = ALL_PERIODS,
    policy: Policy | None = None,
    min_users: int | None = None,
) -> pl.DataFrame:
    """Return what each audience adds to those before it as REACH_TABLE, in the order given.

    New users and reach are counted at the smallest rate of all audiences, so that the new ones add
    up to the reach; an audience's own users as well as they are known. `inside`, suppression and
    errors are as in `regions`, but for any number of audiences; of more than MOST_AUDIENCES what is
    added is shown up to the step at which too few would follow.
    """
    floor = anchors.display_floor(policy or Policy(), min_users)
    chosen = _choose(panel, audiences, inside, window)
    theta = min(sample.theta for sample in chosen.samples)
    rate = theta / FULL_THETA
    inside_text = None if chosen.inside is None else to_text(chosen.inside)
    users_of = [panel.below(sample, theta).users for sample in chosen.samples]
    family = _reach_family(floor, users_of, rate)
    reached = BitMap()
    rows = []
    for step, users in enumerate(users_of, start=1):
        new = estimates.count(len(users - reached), rate)
        reached |= users
        before, now = chosen.trees[: step - 1], chosen.trees[:step]
        within = () if chosen.inside is None else (chosen.inside,)
        rows.append({
            "users_hidden": not family.users[step - 1],
            "new_hidden": not family.new[step - 1],
            "reach_hidden": not family.reach[step - 1],
            "step": step,
            "audience": chosen.texts[step - 1],
            "expression": to_text(compose((*within, chosen.trees[step - 1]), (), before)),
            "reach_expression": to_text(compose(within, (now,))),
            "inside": inside_text,
            **_columns("users", chosen.sizes[step - 1], "users_exact"),
            **_columns("new", new, "exact"),
            **_columns("reach", estimates.count(len(reached), rate), "exact"),
        })  # fmt: skip
    hidden = {
        "users": ("users", "users_low", "users_high"),
        "new": ("new_users", "new_low", "new_high"),
        "reach": ("reach_users", "reach_low", "reach_high"),
    }
    return _suppressed(rows, REACH_TABLE, floor, hidden)


def expected_together(
    panel: Panel,
    audiences: Sequence[str | Expression],
    *,
    inside: str | Expression | None = None,
    window: Window = ALL_PERIODS,
) -> float:
    """Return the users there would be in all audiences if they had nothing to do with each other.

    E = A·B/N for two, N · Π(A/N) for any number, in the N users of `inside` or of the universe; 0
    where there is nobody. Raises UsageError as `regions` does.
    """
    chosen = _choose(panel, audiences, inside, window)
    whole = panel.size(chosen.inside or EVERYONE, window).value
    return whole * prod(size.value / whole for size in chosen.sizes) if whole else 0.0


# --- choosing and counting ----------------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False)
class _Chosen:
    """Audiences as trees and texts, with the kept users and sizes of each within `inside`."""

    trees: tuple[Expression, ...]
    texts: tuple[str, ...]
    samples: tuple[Sample, ...]
    sizes: tuple[Estimate, ...]
    inside: Expression | None

    def region(self, code: int, *, exclusive: bool = False) -> Expression:
        """Return the segment in all audiences whose bit is set, and if `exclusive` in no other."""
        within = () if self.inside is None else (self.inside,)
        chosen = [tree for i, tree in enumerate(self.trees) if code >> i & 1]
        others = [tree for i, tree in enumerate(self.trees) if not code >> i & 1]
        return compose((*within, *chosen), exclude=others if exclusive else ())


def _known(size: Estimate, region: Expression) -> Estimate:
    """Return the size of a region, exactly none where nobody can be in it."""
    return NOBODY if size.value == 0 and is_empty(region) else size


def _choose(
    panel: Panel,
    audiences: Sequence[str | Expression],
    inside: str | Expression | None,
    window: Window,
) -> _Chosen:
    if not audiences:
        raise UsageError("there is no audience to count", cure="name one, as interest:gaming")
    trees = tuple(panel.resolve(audience) for audience in audiences)
    texts = tuple(map(to_text, trees))
    first: dict[str, int] = {}
    for i, tree in enumerate(trees):
        same = first.setdefault(key(tree), i)
        if same < i:
            raise UsageError(
                "one segment is given twice",
                where=f"{texts[same]} and {texts[i]}",
                cure="leave one of the two out",
            )
    if inside is None:
        samples = tuple(panel.sample(tree, window) for tree in trees)
        sizes = tuple(panel.size(tree, window) for tree in trees)
        return _Chosen(trees, texts, samples, sizes, None)
    around = panel.resolve(inside)
    samples = tuple(panel.sample(And((around, tree)), window) for tree in trees)
    sizes = tuple(estimates.count(sample.hits, sample.rate) for sample in samples)
    return _Chosen(trees, texts, samples, sizes, around)


def _count(panel: Panel, samples: Sequence[Sample]) -> tuple[Counts, Counts, NDArray[np.float64]]:
    """Count kept users by the audiences they are in, bit i of a cell's number for sample i.

    Returns int64[2ⁿ] of users in exactly these at the smallest rate, int64[2ⁿ] in all of these
    (whatever else) at the smallest of their own, and float64[2ⁿ], those rates.
    """
    thetas = [sample.theta for sample in samples]
    cells = np.arange(1 << len(samples))
    inclusive = np.zeros(len(cells), dtype=np.int64)
    theta_of = np.full(len(cells), FULL_THETA, dtype=np.uint64)
    exclusive = inclusive
    for theta in sorted(set(thetas), reverse=True):
        known = {i: panel.below(s, theta).users for i, s in enumerate(samples) if s.theta >= theta}
        exclusive = _tally(known, len(cells))
        # A cell's rate is decided by the sample that was kept most sparsely among its own.
        ours = (cells & ~sum(1 << i for i in known)) == 0
        ours &= (cells & sum(1 << i for i in known if thetas[i] == theta)) != 0
        inclusive[ours] = _supersets(exclusive)[ours]
        theta_of[ours] = theta
    return exclusive, inclusive, theta_of / FULL_THETA


_CHUNK = 1 << 20


def _tally(users: Mapping[int, BitMap], cells: int) -> Counts:
    """Count the users by the bits of the sets they are in."""
    length = 1 + max((found.max() for found in users.values() if found), default=-1)
    code = np.zeros(length, dtype=np.uint16)
    for bit, found in users.items():
        code[np.asarray(found.to_array(), dtype=np.uint32)] |= np.uint16(1 << bit)
    counts = np.zeros(cells, dtype=np.int64)
    # Counting widens what it counts to eight bytes each.
    for start in range(0, length, _CHUNK):
        counts += np.bincount(code[start : start + _CHUNK], minlength=cells)
    return counts


def _supersets(exclusive: Counts) -> Counts:
    """Return for each cell the sum over all cells that have its bits."""
    sums = exclusive.copy()
    for bit in range(len(sums).bit_length() - 1):
        pairs = sums.reshape(-1, 2, 1 << bit)
        pairs[:, 0] += pairs[:, 1]
    return sums


# --- tables -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False)
class _Family:
    """Which counts of audiences may be shown: bool[2ⁿ] of regions, bool[n] in the order given."""

    users: Flags
    new: Flags
    reach: Flags
    exclusive: Flags
    inclusive: Flags


_MOST_TRIED = 6
"""Of more audiences than these, no sum that holds a region of too few is tried, but their sizes."""


def _family(floor: int, exclusive: NDArray[np.float64], n: int) -> _Family:
    """Decide on all counts that regions and reach give of the same audiences.

    Their sizes come first, then the regions, the largest first, then what is added and shared.
    """
    codes = np.arange(1 << n)
    bits = (codes[:, None] >> np.arange(n) & 1).astype(bool)
    somebody = np.flatnonzero((exclusive > 0) & (codes > 0))
    atoms, inside = exclusive[somebody], bits[somebody].T
    reach = np.maximum.accumulate(inside, axis=0)
    new = reach.copy()
    new[1:] &= ~reach[:-1]
    shared = np.argsort(bits.sum(axis=1), kind="stable")[n + 1 :]
    inclusive = (somebody[None, :] & shared[:, None]) == shared[:, None]
    hidden = np.zeros(len(shared), dtype=bool)
    if n > _MOST_TRIED:
        hidden = (inclusive & floors.few(atoms, floor)).any(axis=1)
        inclusive[hidden] = False
    largest = np.argsort(-atoms, kind="stable")
    only = np.eye(len(atoms), dtype=bool)[largest]
    parts = (inside, only, reach[::-1], new, inclusive)
    shown = np.split(
        floors.together(floor, atoms, np.vstack(parts)), np.cumsum([len(part) for part in parts])
    )
    exclusive_shown, inclusive_shown = np.ones((2, len(codes)), dtype=bool)
    exclusive_shown[somebody[largest]] = shown[1]
    inclusive_shown[1 << np.arange(n)] = shown[0]
    inclusive_shown[shared] = shown[4] & ~hidden
    return _Family(shown[0], shown[3], shown[2][::-1], exclusive_shown, inclusive_shown)


def _reach_family(floor: int, users: Sequence[BitMap], rate: float) -> _Family:
    if len(users) <= MOST_AUDIENCES:
        exclusive = _tally(dict(enumerate(users)), 1 << len(users)) / rate
        return _family(floor, exclusive, len(users))
    reached = BitMap()
    shown: list[bool] = []
    for found in users:
        counts = (len(reached & found), len(reached), len(found))
        told = floors.telling(floor, *(count / rate for count in counts))
        shown.append(not told and all(shown))
        reached |= found
    own, added = np.ones(len(users), dtype=bool), np.array(shown)
    return _Family(own, added, added, own[:0], own[:0])


def _columns(name: str, size: Estimate, exact: str) -> dict[str, Any]:
    users = name if name == "users" else f"{name}_users"
    return {
        users: size.value,
        f"{name}_low": size.low,
        f"{name}_high": size.high,
        exact: size.exact,
    }


def _suppressed(
    rows: Sequence[Mapping[str, Any]],
    schema: pl.Schema,
    floor: int,
    hidden: Mapping[str, tuple[str, ...]],
) -> pl.DataFrame:
    """Blank the columns that go with each count that is `…_hidden` or too small, and say so."""
    flags = dict.fromkeys((f"{count}_hidden" for count in hidden), pl.Boolean)
    frame = pl.DataFrame(rows, schema=pl.Schema([*schema.items(), *flags.items()]))
    small = {
        count: pl.col(f"{count}_hidden") | ((pl.col(names[0]) > 0) & (pl.col(names[0]) < floor))
        for count, names in hidden.items()
    }
    return frame.with_columns(
        pl.when(pl.any_horizontal(small.values()))
        .then(pl.lit(floors.why(floor)))
        .alias("suppressed"),
        *(
            pl.when(~small[count]).then(pl.col(name)).alias(name)
            for count, names in hidden.items()
            for name in names
        ),
    ).drop(*flags)
