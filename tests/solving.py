"""What follows from an answer: the bounds of every count, from all that is shown with it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from scipy.optimize import linprog

Flags = np.ndarray
Known = dict[str, float]


@dataclass
class System:
    """Unknown users of every region of some sets, and the sums of them that are shown.

    A region is a code with bit i for the i-th set, bool[2ⁿ] says which regions a count adds up.
    """

    sets: tuple[str, ...]
    rows: list[Flags] = field(default_factory=list)
    sums: list[float] = field(default_factory=list)

    def where(self, inside: Iterable[str] = (), outside: Iterable[str] = ()) -> Flags:
        """Return the regions in all of some sets and in none of others."""
        codes = np.arange(1 << len(self.sets))
        of = {name: (codes >> i & 1).astype(bool) for i, name in enumerate(self.sets)}
        found = np.ones(len(codes), dtype=bool)
        for name in inside:
            found &= of[name]
        for name in outside:
            found &= ~of[name]
        return found

    def show(self, cell: Flags, users: float | None) -> None:
        """Take a count as shown; None is a blank."""
        if users is not None:
            self.rows.append(cell)
            self.sums.append(users)

    def bounds(self, cell: Flags) -> tuple[float, float]:
        """Return the least and the most users that a cell can have."""
        return self._end(cell, 1), self._end(cell, -1)

    def _end(self, cell: Flags, sign: int) -> float:
        found = linprog(
            sign * cell.astype(float),
            A_eq=np.array(self.rows, dtype=float) if self.rows else None,
            b_eq=self.sums or None,
            bounds=(0, None),
            method="highs",
        )
        # Contradictions or trouble with the program would hide what follows.
        assert found.status in (0, 3), found.message
        return float("inf") if found.status == 3 else float(sign * found.fun)

    def follows(self, cell: Flags, floor: int) -> bool:
        """Whether it can be told that somebody is in a cell, and fewer than the floor."""
        return self._end(cell, 1) > 0.01 and self._end(cell, -1) < floor - 0.01


def solved(row: Mapping[str, Any], rules: Iterable[tuple[str, str, tuple[str, ...]]]) -> Known:
    """Return all numbers that a row shows, and those that its formulas give back.

    A rule is the number it gives, a formula, and the numbers it takes.
    """
    known = {name: float(v) for name, v in row.items() if isinstance(v, float) and np.isfinite(v)}
    before = -1
    while before < len(known):
        before = len(known)
        for name, formula, needs in rules:
            if name not in known and all(need in known for need in needs):
                try:
                    value = eval(formula, {}, {need: known[need] for need in needs})
                except ZeroDivisionError:
                    continue
                known[name] = value
    return known


TABLE_RULES = (
    ("n", "share_a * a", ("share_a", "a")),
    ("n", "share_b * b", ("share_b", "b")),
    ("n", "tgi / 100 * a * b / whole", ("tgi", "a", "b", "whole")),
    ("n", "expected + excess", ("expected", "excess")),
    ("n", "jaccard * (a + b) / (1 + jaccard)", ("jaccard", "a", "b")),
    ("a", "n / share_a", ("share_a", "n")),
    ("b", "n / share_b", ("share_b", "n")),
    ("a", "expected * whole / b", ("expected", "whole", "b")),
    ("b", "expected * whole / a", ("expected", "whole", "a")),
    ("b", "100 * n * whole / (a * tgi)", ("n", "whole", "a", "tgi")),
    ("a", "100 * n * whole / (b * tgi)", ("n", "whole", "b", "tgi")),
    ("x", "p * n", ("p", "n")),
    ("x", "n - unreached", ("n", "unreached")),
    ("x", "fair / 100 * p0 * n", ("fair", "p0", "n")),
    ("p", "fair / 100 * p0", ("fair", "p0")),
    ("n", "unreached / (1 - p)", ("unreached", "p")),
    ("y", "p0 * a", ("p0", "a")),
    ("p0", "100 * p / fair", ("p", "fair")),
)
"""What overlap n of a and b among the whole, and brand x in the overlap and y in a, follow from."""


def named(row: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    """Return a row's numbers under the names of TABLE_RULES."""
    out = {short: row.get(long) for short, long in names.items()}
    gap, p0 = row.get("gap_users"), row.get("category_penetration")
    if gap and p0 is not None and out.get("n") is not None:
        out["x"] = out["n"] * p0 - gap
    return out
