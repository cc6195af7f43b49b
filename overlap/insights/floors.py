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


def together(floor: int, atoms: ArrayLike, cells: ArrayLike) -> Flags:
    """Return which counts of one answer may be shown beside each other.

    `atoms` are the users of groups that share nobody, float64[atoms]; every cell is the sum of
    some of them, bool[cells, atoms], those first that are to be shown first. What may not follow
    are cells and atoms of too few, and the difference between a cell and another inside it. It
    follows where all whole and broken numbers of users that give the shown sums lie between nobody
    and the floor. Where many cells are to be told apart, some are hidden that need not be.
    """
    users = np.asarray(atoms, dtype=np.float64)
    # A 0 is shown, so all know of it.
    somebody = users > _ROUNDING
    users = users[somebody]
    rows = np.asarray(cells, dtype=bool)[:, somebody]
    shown = ~few(rows @ users, floor)
    secrets = _secrets(rows, users, floor)
    if not len(secrets):
        return shown
    proof = _Proof(users, secrets, floor)
    accepted = np.zeros(len(rows), dtype=bool)
    batches = [np.flatnonzero(shown)]
    while batches and proof.programs:
        batch = batches.pop()
        # Cheap to see: what is left of a cell without the atoms that are shown alone.
        alone = rows[accepted & (rows.sum(axis=1) == 1)].any(axis=0)
        batch = batch[~few(rows[batch] @ np.where(alone, 0, users), floor)]
        accepted[batch] = True
        if not len(batch) or proof.holds(rows[accepted]):
            continue
        accepted[batch] = False
        if len(batch) > 1:
            half = (len(batch) + 1) // 2
            batches += [batch[half:], batch[:half]]
    return accepted


_MOST_PROGRAMS = 400
"""Linear programs solved for one answer; cells that would need more are hidden."""
_MOST_NESTED = 80
"""Cells that are compared with each other, from the first on."""


def _secrets(rows: Flags, users: Floats, floor: int) -> Flags:
    """Return what is too few to follow from anything, bool[secrets, atoms]."""
    own = rows[:_MOST_NESTED]
    inside = ~(own[:, None] & ~own[None]).any(axis=2)
    part, whole = np.nonzero(inside)
    found = np.vstack([rows, np.eye(len(users), dtype=bool), own[whole] & ~own[part]])
    return np.unique(found[few(found @ users, floor)], axis=0)


class _Proof:
    """Shows that no secret follows from the sums of some cells, by linear programs.

    Each corner of what is possible settles all secrets that are nobody or enough in it.
    """

    def __init__(self, users: Floats, secrets: Flags, floor: int) -> None:
        self._users, self._secrets, self._floor = users, secrets, floor
        self.programs = _MOST_PROGRAMS
        self._told: NDArray[np.int64] = np.arange(0)

    def holds(self, rows: Flags) -> bool:
        """Whether no secret follows from these cells; False once too many programs were needed."""
        several = rows.sum(axis=1) > 1
        # Who is shown alone is no unknown, nor part of a secret.
        rows = rows[several] & ~rows[~several].any(axis=0)
        rows = np.unique(rows[rows.any(axis=1)], axis=0)
        known: Flags = np.asarray(rows.any(axis=0))
        # Nothing is known of who is in no cell.
        left = np.flatnonzero(~(self._secrets & ~known).any(axis=1))
        # What followed from other cells is the first to follow from these.
        for secret in self._told[np.isin(self._told, left)].tolist():
            left = self._settle_one(rows, known, secret, left)
            if secret in left:
                return False
        before = len(left) + 1
        while 0 < len(left) < before:
            before = len(left)
            left = self._settle(rows, known, self._secrets[left].sum(axis=0), left)
        while len(left):
            secret = int(left[0])
            left = self._settle_one(rows, known, secret, left)
            if secret in left:
                self._told = np.r_[secret, self._told[self._told != secret]][:3]
                return False
        return True

    def _settle_one(
        self, rows: Flags, known: Flags, secret: int, left: NDArray[np.int64]
    ) -> NDArray[np.int64]:
        for sign in (1.0, -1.0):
            if secret in left:
                left = self._settle(rows, known, sign * self._secrets[secret], left)
        return left

    def _settle(
        self, rows: Flags, known: Flags, aim: Floats, left: NDArray[np.int64]
    ) -> NDArray[np.int64]:
        """Return the secrets that are still too few where the aim is least."""
        from scipy.optimize import linprog

        if not self.programs:
            return left
        self.programs -= 1
        sums = rows[:, known].astype(np.float64)
        found = linprog(
            aim[known], A_eq=sums, b_eq=sums @ self._users[known], bounds=(0, None), method="highs"
        )
        if found.x is None:
            return left
        there = self._secrets[left][:, known] @ found.x
        return left[few(np.where(there < _SOLVED, 0, there), self._floor)]


_SOLVED = 1e-4
"""Users that a program may be off by."""


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
