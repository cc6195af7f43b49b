"""How much to keep: the floor rate, k and every threshold, from all kept memberships."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from overlap.model import FULL_THETA, HASH_BITS, DataError

if TYPE_CHECKING:
    from numpy.typing import NDArray


def rate_theta(rate: float) -> int:
    """Return a rate in units of 2**-63; raises DataError outside (0, 1]."""
    if not 0 < rate <= 1:
        raise DataError(f"the rate must be above 0 and at most 1, not {rate}")
    return int(rate * (1 << HASH_BITS))


def choose_floor(budget: int, floor: int, hashes: NDArray[np.uint64]) -> int:
    """Halve the floor until the memberships below it fit; below it every audience is complete."""
    room = budget if floor == FULL_THETA else budget // 2
    while np.count_nonzero(hashes < np.uint64(floor)) > room:
        floor, room = floor >> 1, budget // 2
    return floor


def choose_k(budget: int, k: int, sizes: NDArray[np.int64], *, everything: bool) -> int:
    """Halve k until the k smallest of every audience fit half of the budget.

    `sizes` are kept users per audience, at least k where an audience was cut before. Raises
    DataError when not even one of each fits, unless `everything` does.
    """
    while k > 1 and np.minimum(sizes, k).sum() > budget // 2:
        k //= 2
    if not everything and np.minimum(sizes, k).sum() > budget // 2:
        raise DataError(
            f"the budget of {budget:,} kept memberships is too small for {len(sizes):,} audiences",
            cure=f"give a budget of at least {2 * len(sizes):,}, or fewer audiences",
        )
    return k
