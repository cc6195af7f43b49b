"""Theta sketches of audiences and periods → the three tables of a store.

A built store has T_a = max(F, h₍k+1₎); a theta from elsewhere is any number. What merging relies on
is less: each kept set holds all hashes of its audience below T_a, and F ≤ T_a for every a. So F is
the smallest T_a here, and merging imported stores keeps every kept set complete below its
threshold. That a merge of parts has the bits of a build of the whole holds for built stores only:
sketches that were cut before they came do not tell what the whole would have kept.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from overlap.exchange.theta import Theta
from overlap.model import FULL_THETA, UNIVERSE, AudienceKey, DataError, SketchSpec
from overlap.sketches.settling import Settled, settle
from overlap.sketches.tables import AUDIENCES, ENTRIES, TOTALS, Sketches, leaf_lineage

if TYPE_CHECKING:
    from numpy.typing import NDArray

ROOM = 8_000_000
"""Hashes held beyond the budget between two compactions."""


class Gathering:
    """Takes theta sketches one by one and keeps of them what the budget holds.

    An audience has one threshold over all its sketches, the smallest, and is cut to it.
    """

    def __init__(self, budget: int, k: int, room: int = ROOM) -> None:
        self._budget, self._asked_k, self._k, self._room = budget, k, k, room
        self._floor = FULL_THETA
        self._codes: dict[AudienceKey, int] = {}
        self._theta: list[int] = []
        self._kept: dict[tuple[int, int], NDArray[np.uint64]] = {}
        self._held, self._limit = 0, budget + room

    @property
    def keys(self) -> tuple[AudienceKey, ...]:
        """The audiences so far."""
        return tuple(self._codes)

    def add(self, key: AudienceKey, day: int, sketch: Theta) -> None:
        """Add a sketch of an audience in a period, by its first day in days since 1970."""
        code = self._code(key)
        self._theta[code] = theta = min(self._theta[code], sketch.theta)
        if sketch.theta == FULL_THETA and not len(sketch.hashes):
            return
        old = self._kept.get((code, day), sketch.hashes[:0])
        new = _union([_below(old, theta), _below(sketch.hashes, theta)])
        self._kept[code, day] = new
        self._held += len(new) - len(old)
        if self._held > self._limit:
            self._cut()

    def finish(
        self, spec: SketchSpec, source: str, universe: AudienceKey | None
    ) -> tuple[Sketches, int]:
        """Return the sketches of all that was added, and how many kept users the universe lacked.

        `universe` is the audience that becomes universe:all. The universe must hold everybody:
        where it lacks users of other audiences, or there is none, it is the union of all, at the
        smallest of their rates. Raises DataError where there is no user at all.
        """
        self._cut()
        if not self._held:
            raise DataError("none of the sketches holds a user", cure="give sketches with users")
        if universe is not None:
            self._codes[UNIVERSE] = self._codes.pop(universe)
        lacking = self._complete_universe()
        self._cut()
        keys = sorted(self._codes)
        thetas = [self._theta[self._codes[key]] for key in keys]
        cells: list[list[tuple[int, NDArray[np.uint64]]]] = [[] for _ in keys]
        place = {self._codes[key]: i for i, key in enumerate(keys)}
        for (code, day), hashes in sorted(self._kept.items()):
            cells[place[code]].append((day, hashes))
        sketches = Sketches(
            spec=spec,
            floor=min(self._floor, *thetas),
            k=self._k,
            audiences=pl.DataFrame(
                {"kind": [k.kind for k in keys], "name": [k.name for k in keys], "theta": thetas},
                schema=AUDIENCES,
            ),
            entries=_entries(cells),
            totals=_totals(cells, thetas),
            lineage=frozenset(),
        )
        return replace(sketches, lineage=leaf_lineage(sketches, source)), lacking

    # --- inside -------------------------------------------------------------------------------

    def _code(self, key: AudienceKey) -> int:
        code = self._codes.setdefault(key, len(self._codes))
        if code == len(self._theta):
            self._theta.append(FULL_THETA)
        return code

    def _cut(self) -> None:
        """Cut to the thresholds, lowered as far as the budget demands by overlap.sketches' rule."""
        self._cut_to_thresholds()
        users = self._users()
        # The universe is an audience too, also before it is made.
        count = len(self._theta) + (UNIVERSE not in self._codes)
        nobody = np.empty(0, dtype=np.uint64)
        runs = [users.get(code, nobody) for code in range(count)]
        starts = np.concatenate([[0], np.cumsum([len(run) for run in runs])]).astype(np.int64)
        if starts[-1] > self._budget:
            self._floor, self._k = settle(
                self._budget,
                Settled(FULL_THETA, self._asked_k),
                Settled(min(self._floor, *self._theta), self._k),
                np.concatenate(runs),
                starts,
                np.zeros(count, dtype=bool),
                np.zeros(count, dtype=bool),
            )
            for code, hashes in users.items():
                if len(hashes) > self._k:
                    self._theta[code] = max(int(hashes[self._k]), self._floor)
            self._cut_to_thresholds()
        # A user in many periods is held many times and is one membership.
        self._limit = max(self._budget, self._held) + self._room

    def _cut_to_thresholds(self) -> None:
        for (code, day), hashes in self._kept.items():
            below = _below(hashes, self._theta[code])
            if len(below) < len(hashes):
                self._kept[code, day] = below.copy()
        self._held = sum(map(len, self._kept.values()))

    def _users(self) -> dict[int, NDArray[np.uint64]]:
        runs: dict[int, list[NDArray[np.uint64]]] = {}
        for (code, _), hashes in self._kept.items():
            runs.setdefault(code, []).append(hashes)
        return {code: _union(several) for code, several in runs.items()}

    def _complete_universe(self) -> int:
        """Add whom the universe lacks; return how many, 0 where there was no universe."""
        given = UNIVERSE in self._codes
        universe = self._code(UNIVERSE)
        theta = self._theta[universe]
        lacking = [np.empty(0, dtype=np.uint64)]
        for (code, day), hashes in self._kept.items():
            below = _below(hashes, theta)
            inside = self._kept.get((universe, day), below[:0])
            if code != universe:
                lacking.append(np.setdiff1d(below, inside, assume_unique=True))
        if not any(map(len, lacking)):
            return 0
        self._theta[universe] = lowest = min(self._theta)
        days: dict[int, list[NDArray[np.uint64]]] = {}
        for (_, day), hashes in self._kept.items():
            days.setdefault(day, []).append(_below(hashes, lowest))
        for day, several in days.items():
            self._kept[universe, day] = _union(several)
        return len(_union(lacking)) if given else 0


def _below(hashes: NDArray[np.uint64], theta: int) -> NDArray[np.uint64]:
    return hashes[: np.searchsorted(hashes, np.uint64(theta))]


def _union(runs: list[NDArray[np.uint64]]) -> NDArray[np.uint64]:
    """Return the distinct hashes of ascending runs, ascending."""
    filled = [run for run in runs if len(run)]
    if len(filled) < 2:
        return filled[0] if filled else runs[0]
    together = np.sort(np.concatenate(filled), kind="stable")
    distinct: NDArray[np.uint64] = together[np.append(True, together[1:] != together[:-1])]
    return distinct


Cells = list[list[tuple[int, "NDArray[np.uint64]"]]]


def _entries(cells: Cells) -> pl.DataFrame:
    """Return ENTRIES of every audience's runs by day, one event for each user and day."""
    hashes, days = [np.empty(0, np.uint64)], [np.empty(0, np.int32)]
    for runs in cells:
        hash_ = np.concatenate([hashes[0][:0], *(run for _, run in runs)])
        day = np.repeat(np.array([d for d, _ in runs], np.int32), [len(run) for _, run in runs])
        if len(runs) > 1:
            order = np.lexsort((day, hash_))
            hash_, day = hash_[order], day[order]
        hashes.append(hash_)
        days.append(day)
    lengths = [len(run) for run in hashes[1:]]
    return pl.DataFrame(
        {
            "audience": np.repeat(np.arange(len(cells), dtype=np.uint32), lengths),
            "hash": np.concatenate(hashes),
            "period": np.concatenate(days),
            "events": np.ones(sum(lengths), dtype=np.uint32),
        }
    ).cast(ENTRIES)


def _totals(cells: Cells, thetas: list[int]) -> pl.DataFrame:
    """Return TOTALS: users of each audience and day, estimated where they were sampled."""
    rows = [
        (audience, day, round(len(run) / (theta / FULL_THETA)))
        for audience, (runs, theta) in enumerate(zip(cells, thetas, strict=True))
        for day, run in runs
    ]
    frame = pl.DataFrame(
        rows, schema={"audience": pl.UInt32, "period": pl.Int32, "events": pl.UInt64}, orient="row"
    )
    return frame.with_columns(pl.lit(None, pl.Binary).alias("registers")).cast(TOTALS)
