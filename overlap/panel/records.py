"""What a panel returns: kept users, and counts at a rate."""

from __future__ import annotations

from array import array
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from pyroaring import BitMap

from overlap.model import FULL_THETA

if TYPE_CHECKING:
    from numpy.typing import NDArray


def bitmap_of(users: NDArray[np.uint32]) -> BitMap:
    """Return users as a bitmap, several times as fast as from the array itself."""
    return BitMap(array("I", users.astype(np.uint32, copy=False).tobytes()))


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """The kept users of an expression: their numbers, all below the threshold `theta`."""

    users: BitMap
    theta: int

    @property
    def hits(self) -> int:
        """Number of kept users."""
        return len(self.users)

    @property
    def rate(self) -> float:
        """Share of all users that could have been kept."""
        return self.theta / FULL_THETA


@dataclass(frozen=True, slots=True, eq=False)
class CoOccurrence:
    """Counts of an anchor against every audience of a kind, inside a baseline.

    `both`, `anchor` and `audience` are int64[audiences, groups] at each audience's `rate`
    (float64[audiences]); groups split the users at random by their hashes. `baseline`,
    float64[audiences, groups], is brought to the same rate from a count at `baseline_rate`, which
    is smaller where the baseline was kept more sparsely than the pair.
    """

    names: tuple[str, ...]
    rate: NDArray[np.float64]
    both: NDArray[np.int64]
    anchor: NDArray[np.int64]
    audience: NDArray[np.int64]
    baseline: NDArray[np.float64]
    baseline_rate: NDArray[np.float64]

    @property
    def exact(self) -> NDArray[np.bool_]:
        """Where nobody was left out of the count."""
        return self.rate >= 1.0


@dataclass(frozen=True, slots=True, eq=False)
class Kept:
    """The kept users of every audience of a kind, side by side.

    Audience i keeps `users[bounds[i]:bounds[i + 1]]`, uint32 numbers, ascending, whose hashes are
    below `theta[i]`, uint64; `hashes` uint64[panel's users] ascend by number.
    """

    names: tuple[str, ...]
    theta: NDArray[np.uint64]
    bounds: NDArray[np.int64]
    users: NDArray[np.uint32]
    hashes: NDArray[np.uint64]
