"""Who says what: users of two sides by term, among users who say as much at the same time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from overlap import kernels
from overlap.members import ALL_PERIODS
from overlap.model import FULL_THETA, TERM_KIND, UsageError, Window
from overlap.panel import Kept, Panel, Sample

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Ints = NDArray[np.int64]

SEGMENT, REST = 0, 1
"""The two sides of a comparison, as arrays number them."""

STEP = 1.2
"""Users whose numbers of terms differ by no more than this factor are said to say as much."""
FEW = 5
"""Terms that are added before numbers of terms are compared: one term more, which may be the very
one that is compared, makes no difference between users of few."""
TIMES = 64
"""Steps that the time in which users wrote is parted into, at least a period each."""
OUTERMOST = 0.025
"""Share of a stratum's users of a side, at either end, to whom nobody needs to compare."""
LEAST_IN_STRATUM = 25
"""Kept users that each side has in a stratum, as long as it has so many at all."""
MOST_STRATA = 100
"""More strata would make a comparison no fairer, and every term has a number in each."""

_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class Voices:
    """Kept users of both sides who wrote anything, and the terms they have.

    `speakers` int64[sides, strata] counts users at the common `rate`, strata by the number of
    terms they have and by when they wrote; `users` int64[terms, sides, strata] those of them who
    have a term. The first `alike` strata have users of both sides, the last one those to whom
    nobody of the other side compares (there may be none); `compared` is the share of the segment's
    speakers who are in the others, 0 where both sides had to be taken as a whole. Term t is said
    by `member[bounds[t]:bounds[t + 1]]`; `cell` int64[users] is the side and stratum of each kept
    user, side · strata + stratum, −1 where the user is on neither side.
    """

    terms: tuple[str, ...]
    rate: float
    speakers: Ints
    users: Ints
    alike: int
    compared: float
    cell: Ints
    member: NDArray[np.uint32]
    bounds: Ints

    def who(self, term: str) -> NDArray[np.uint32]:
        """Return the numbers of the kept users of both sides who have a term, ascending."""
        return self.who_of(self.terms.index(term))

    def who_of(self, at: int) -> NDArray[np.uint32]:
        """Return what `who` does, for a term by its place."""
        users = self.member[self.bounds[at] : self.bounds[at + 1]]
        return users[self.cell[users] >= 0]

    def cells_of(self, users: NDArray[np.uint32]) -> Ints:
        """Count users by cell, int64[sides · strata]."""
        return np.bincount(self.cell[users], minlength=self.speakers.size)

    def among(self, users: NDArray[np.uint32]) -> Ints:
        """Count users by each term they have and by their cell, int64[terms, sides · strata]."""
        cell = np.full_like(self.cell, -1)
        cell[users] = self.cell[users]
        return _tally(self.member, self.bounds, cell, self.speakers.size)


def listen(panel: Panel, segment: Sample, rest: Sample, window: Window = ALL_PERIODS) -> Voices:
    """Count the users of a segment and of the rest who have each term.

    Whoever is in both counts for the segment alone. Everything is counted at the smallest rate
    there is, so that one set of users stands behind all numbers. Raises UsageError where the panel
    has no terms.
    """
    if TERM_KIND not in panel.known:
        raise UsageError(
            "this store has no terms, so nothing is known of what its users say",
            where="audiences of the kind 'term'",
            cure="build it with the posts: overlap build ... --text COLUMN --terms",
        )
    kept = panel.kept(TERM_KIND, window)
    theta = min(int(kept.theta.min()), segment.theta, rest.theta)
    member, bounds, within = _below(kept, theta)
    said = np.bincount(member, minlength=within)
    side = np.full(within, -1, dtype=np.int64)
    for which, sample in ((REST, rest), (SEGMENT, segment)):
        users = panel.below(sample, theta).users.to_array()
        side[np.asarray(users, dtype=np.int64)] = which
    side[said == 0] = -1
    mean, spread = (times[:within] for times in panel.times(TERM_KIND, window))
    amount = _steps(np.log(said + FEW), np.log(STEP))
    # From the first to the last period that anybody of either side wrote in.
    length = max(np.ptp(mean[side >= 0]) / TIMES, 1.0) if (side >= 0).any() else 1.0
    stratum, strata, compared = _strata(
        side, [amount, _steps(mean, length), _steps(spread, length)]
    )
    cell = np.where(side >= 0, side * strata + stratum, -1)
    speakers = np.bincount(cell[cell >= 0], minlength=2 * strata).reshape(2, strata)
    counts = _tally(member, bounds, cell, 2 * strata).reshape(-1, 2, strata)
    rate = theta / FULL_THETA
    return Voices(kept.names, rate, speakers, counts, strata - 1, compared, cell, member, bounds)


def _below(kept: Kept, theta: int) -> tuple[NDArray[np.uint32], Ints, int]:
    """Return the members and bounds of all terms below a threshold, and how many users it keeps."""
    within = int(np.searchsorted(kept.hashes, np.uint64(theta)))
    if int(kept.theta.max()) <= theta:
        return kept.users, kept.bounds, within
    inside = kept.users < within
    return kept.users[inside], np.concatenate([[0], np.cumsum(inside)])[kept.bounds], within


def _tally(member: NDArray[np.uint32], bounds: Ints, cell: Ints, cells: int) -> Ints:
    counts = np.zeros((len(bounds) - 1, cells), dtype=np.int64)
    kernels.tally_cells(member, bounds, cell, counts)
    return counts


def _steps(values: NDArray[np.float64], size: float) -> Ints:
    """Return the step of each value, from 0, in steps of a size."""
    steps: Ints = ((values - values.min(initial=np.inf)) / size + _ROUNDING).astype(np.int64)
    return steps


def _strata(side: Ints, features: Sequence[Ints]) -> tuple[Ints, int, float]:
    """Return the stratum of each user, −1 on neither side, how many there are, and `compared`.

    Features are steps, int64[users], of what users shall be alike in. The users of both sides are
    parted in two where the sides differ most in one feature (the largest distance between their
    distributions, Kolmogorov and Smirnov's), and either part again, as long as both sides keep
    enough users in it: so strata are narrow where the sides differ, and where they are alike
    anyhow nothing is parted. Within a stratum, users beyond the other side's range compare to
    nobody: they are the last stratum. Sides to which that leaves nobody are compared as a whole.
    """
    stratum = np.full(len(side), -1, dtype=np.int64)
    alike: list[Ints] = []
    waiting = [np.flatnonzero(side >= 0)]
    smaller = int(np.bincount(side[waiting[0]], minlength=2).min())
    least = max(LEAST_IN_STRATUM, smaller // MOST_STRATA)
    while waiting:
        users = waiting.pop()
        found = _widest(side[users], [feature[users] for feature in features], least)
        if found is not None:
            which, last = found
            low = features[which][users] <= last
            waiting += [users[~low], users[low]]
            continue
        near = users[_within_reach(side[users], [feature[users] for feature in features])]
        if len(np.unique(side[near])) == 2:
            alike.append(near)
    ours = sum(int((side[users] == SEGMENT).sum()) for users in alike)
    compared = ours / max(int((side == SEGMENT).sum()), 1)
    alike = alike or [np.flatnonzero(side >= 0)]
    stratum[side >= 0] = len(alike)
    for number, users in enumerate(alike):
        stratum[users] = number
    return stratum, len(alike) + 1, compared


def _widest(side: Ints, features: Sequence[Ints], least: int) -> tuple[int, int] | None:
    """Return the feature and the step after which the sides differ most; None to part nothing."""
    best, found = 0.0, None
    for which, steps in enumerate(features):
        width = int(steps.max(initial=0)) + 1
        counts = np.bincount(side * width + steps, minlength=2 * width).reshape(2, width)
        below = counts.cumsum(axis=1)
        whole = below[:, -1:]
        enough = (np.minimum(below, whole - below) >= least).all(axis=0)
        if not enough.any():
            continue
        gap = np.where(enough, np.abs(below[0] / whole[0, 0] - below[1] / whole[1, 0]), 0.0)
        if gap.max() > best:
            best, found = float(gap.max()), (which, int(gap.argmax()))
    return found


def _within_reach(side: Ints, features: Sequence[Ints]) -> NDArray[np.bool_]:
    """Return who lies within the other side's range in every feature, its outermost users aside."""
    near = np.ones(len(side), dtype=bool)
    for steps in features:
        for which in (SEGMENT, REST):
            other = np.sort(steps[side != which])
            if not len(other):
                return np.zeros(len(side), dtype=bool)
            tail = int(OUTERMOST * len(other))
            low, high = other[tail] - 1, other[-1 - tail] + 1
            near &= (side != which) | ((steps >= low) & (steps <= high))
    return near
