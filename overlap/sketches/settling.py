"""How much to keep: the floor rate and k, from all kept memberships."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from overlap import kernels
from overlap.model import FULL_THETA, HASH_BITS, DataError

if TYPE_CHECKING:
    from numpy.typing import NDArray

_EIGHTHS = (
    4611686018427387904, 4228934724888366667, 3877950241171266237, 3556096050500581047,
    3260954456333195553, 2990308421163830842, 2742124912636209755, 2514539631859660217,
)  # fmt: skip
"""2**(62 − i/8) as integers: F and k fall in these steps alike on every machine."""

SHARE_OF_K = 4
"""A quarter of the budget is for the smallest hashes of every audience once k has to fall."""


class Settled(NamedTuple):
    """The floor F in units of 2**-63, and k."""

    floor: int
    k: int


def rate_theta(rate: float) -> int:
    """Return a rate in units of 2**-63; raises DataError outside (0, 1]."""
    if not 0 < rate <= 1:
        raise DataError(f"the rate must be above 0 and at most 1, not {rate}")
    return int(rate * (1 << HASH_BITS))


def settle(
    budget: int,
    asked: Settled,
    now: Settled,
    hashes: NDArray[np.uint64],
    starts: NDArray[np.int64],
    cut: NDArray[np.bool_],
    floor_only: NDArray[np.bool_],
) -> Settled:
    """Lower the floor and k from what they are `now` until a budget of memberships holds.

    `hashes` are the distinct kept hashes, ascending within each audience, which begin at `starts`
    int64[A + 1]; `cut` bool[A] marks audiences that were cut before and so have more than k users,
    `floor_only` bool[A] those that are kept below the floor alone.
    What is `asked` for is where both began; they fall by 2**(−1/8) a step. Raises DataError when
    the budget is too small for one user of every audience.
    """
    kept = np.diff(starts)
    sizes = np.where(cut, np.maximum(kept, now.k), kept)
    sizes[floor_only] = 0
    k = now.k
    while k > 1 and np.minimum(sizes, k).sum() > budget // SHARE_OF_K:
        k = next(step for step in _steps(asked.k) if step < k) or 1
    if now.floor == FULL_THETA and kept.sum() <= budget:
        return Settled(now.floor, k)
    least = np.minimum(sizes, k)
    share = max(budget // SHARE_OF_K, int(least.sum()))
    if share > budget // 2:
        raise DataError(
            f"the budget of {budget:,} kept memberships is too small for {len(kept):,} audiences",
            cure=f"give a budget of at least {2 * len(kept):,}, or fewer audiences",
        )
    # While k is as asked the floor may have all that k leaves; after that, what is not k's share.
    fell = k < asked.k
    room = budget - share if fell else budget
    below = np.empty(len(kept), dtype=np.int64)
    floor = now.floor
    while True:
        kernels.count_under(hashes, starts, np.uint64(floor), below)
        if (below if fell else np.maximum(below, least)).sum() <= room:
            return Settled(floor, k)
        floor = next(step for step in _steps(asked.floor) if step < floor)


def _steps(first: int) -> Iterator[int]:
    """Yield first · 2**(−i/8), rounded down, to 0."""
    i, step = 0, first
    while step:
        step = (first * _EIGHTHS[i % 8]) >> (62 + i // 8)
        yield step
        i += 1
