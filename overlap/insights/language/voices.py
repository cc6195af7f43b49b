"""Who says what: users of a segment and of the rest by term, among users who say as much."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from overlap import kernels
from overlap.members import ALL_PERIODS
from overlap.model import FULL_THETA, TERM_KIND, UsageError, Window
from overlap.panel import Kept, Panel, Sample

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]

SEGMENT, REST = 0, 1
"""The two sides of a comparison, as arrays number them."""

STEP = 1.2
"""Users whose numbers of terms differ by no more than this factor are said to say as much."""
LEAST_IN_STRATUM = 25
"""Kept users that each side has in a stratum, as long as it has so many at all."""

_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class Voices:
    """Kept users of both sides who wrote anything, and the terms they have.

    `speakers` int64[sides, strata] counts users at the common `rate`, strata by the number of
    terms they have; `users` int64[terms, sides, strata] those of them who have a term. The first
    `alike` strata have users of both sides, the last one those to whom nobody of the other side
    compares (there may be none). Term t is said by `member[bounds[t]:bounds[t + 1]]`; `cell`
    int64[users] is the side and stratum of each kept user, side · strata + stratum, −1 where the
    user is on neither side.
    """

    terms: tuple[str, ...]
    rate: float
    speakers: Ints
    users: Ints
    alike: int
    cell: Ints
    member: NDArray[np.uint32]
    bounds: Ints

    def who(self, term: str) -> NDArray[np.uint32]:
        """Return the numbers of the kept users of both sides who have a term, ascending."""
        at = self.terms.index(term)
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
    stratum, strata = _strata(side, said)
    cell = np.where(side >= 0, side * strata + stratum, -1)
    speakers = np.bincount(cell[cell >= 0], minlength=2 * strata).reshape(2, strata)
    counts = _tally(member, bounds, cell, 2 * strata).reshape(-1, 2, strata)
    rate = theta / FULL_THETA
    return Voices(kept.names, rate, speakers, counts, strata - 1, cell, member, bounds)


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


def _strata(side: Ints, said: Ints) -> tuple[Ints, int]:
    """Return the stratum of each user by the number of terms, and how many strata there are.

    Steps of a constant factor, brought together upwards until either side has enough users. What
    is left above has too few of one side: it is the last stratum. Sides too small for any stratum
    are compared as a whole.
    """
    step = (np.log(np.maximum(said, 1)) / np.log(STEP) + _ROUNDING).astype(np.int64)
    sizes = np.zeros((2, int(step.max(initial=0)) + 1), dtype=np.int64)
    for which in (SEGMENT, REST):
        sizes[which] = np.bincount(step[side == which], minlength=sizes.shape[1])
    ends: list[int] = []
    waiting = np.zeros(2, dtype=np.int64)
    for at in range(sizes.shape[1]):
        waiting += sizes[:, at]
        if (waiting >= LEAST_IN_STRATUM).all():
            ends.append(at)
            waiting[:] = 0
    edges = np.array(ends or [sizes.shape[1] - 1], dtype=np.int64)
    return np.searchsorted(edges, step, side="left"), len(edges) + 1
