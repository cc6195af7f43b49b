"""What may not be shown: counts of too few, and counts that too few follow from.

A count is shown where it, and all that is left of a count it is shown with, is 0 or reaches the
floor. Nobody is not too few: a 0 says nothing about anyone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from overlap.model import UsageError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]

_ROUNDING = 1e-6
"""Counts of users that differ by less are one: they went through a rate."""


def why(floor: int) -> str:
    """Say why a count is not shown, alike for what is too small and for what would tell it."""
    return f"fewer than {floor} users in it or beside it"


def few(users: ArrayLike, floor: int) -> Flags:
    """Return where there is somebody, and fewer than may be shown."""
    x = np.asarray(users, dtype=np.float64)
    flags: Flags = (x > _ROUNDING) & (x < floor - _ROUNDING)
    return flags


def telling(
    floor: int, both: ArrayLike, first: ArrayLike, second: ArrayLike, whole: ArrayLike | None = None
) -> Flags:
    """Return where what two groups share tells of too few: in both, one alone, or in neither.

    `first`, `second` and the `whole` both lie in are users at one rate with `both`.
    """
    n, a, b = (np.asarray(x, dtype=np.float64) for x in (both, first, second))
    flags: Flags = few(n, floor) | few(a - n, floor) | few(b - n, floor)
    if whole is not None:
        flags = flags | few(np.asarray(whole, dtype=np.float64) - a - b + n, floor)
    return flags


def part_tells(floor: int, part: ArrayLike, whole: ArrayLike) -> Flags:
    """Return where a part of a whole, or its rest, is too few to be shown."""
    x, n = (np.asarray(users, dtype=np.float64) for users in (part, whole))
    flags: Flags = few(x, floor) | few(n - x, floor)
    return flags


def chain(floor: int, totals: ArrayLike) -> Flags:
    """Return which of some growing totals may be shown, each beside those before it."""
    shown: list[bool] = []
    last = 0.0
    for total in np.asarray(totals, dtype=np.float64).tolist():
        shown.append(not bool(few(total - last, floor)))
        last = total if shown[-1] else last
    return np.array(shown, dtype=bool)


def require_users(users: float, floor: int, *, what: str, where: str) -> None:
    """Raise UsageError where nobody is in `what`, or fewer users than may be shown."""
    cure = "widen it or the window; `overlap size` shows how many users each part of it has"
    if users <= 0:
        raise UsageError(f"the {what} has no user in the data", where=where, cure=cure)
    if users < floor:
        raise UsageError(
            f"the {what} has fewer than {floor} users, so nothing of it may be shown",
            where=where,
            cure=cure,
        )
