"""How many users every audience has: kept users and HyperLogLog registers together."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from datasketch import HyperLogLogPlusPlus

from overlap import estimates
from overlap.members import ALL_PERIODS, Members, within
from overlap.model import FULL_THETA, LIST_TABLE, Window
from overlap.sketches import Sketches

if TYPE_CHECKING:
    from numpy.typing import NDArray

_WINDOWS = 8
"""Windows whose sizes are remembered."""


class Sizes:
    """The sizes of a store's audiences in any window; read-only."""

    def __init__(self, sketches: Sketches, members: Members) -> None:
        self._names = sketches.audiences.select("kind", "name")
        self._rate = sketches.audiences["theta"].to_numpy() / FULL_THETA
        self._members = members
        totals = sketches.totals
        self._period = totals["period"].to_physical().to_numpy()
        self._events = totals["events"].to_numpy()
        # The rows of audience a are of[a] … of[a + 1].
        codes = np.arange(len(self._names) + 1)
        self._of = np.searchsorted(totals["audience"].to_numpy(), codes)
        self._registers, self._row = _matrix(totals["registers"])
        self._tables: dict[Window, pl.DataFrame] = {}

    def of(self, codes: NDArray[np.int64], window: Window = ALL_PERIODS) -> estimates.Intervals:
        """Return the sizes of some audiences, in users."""
        hits, rate = self._members.hits(codes, window), self._rate[codes]
        reach = np.zeros(len(codes))
        m = self._registers.shape[1]
        for i in np.flatnonzero(rate < 1).tolist():
            registers = self._union(int(codes[i]), window)
            if registers is not None:
                reach[i] = HyperLogLogPlusPlus(reg=registers).count()
        error = estimates.hll_relative_error(m) if m else 0.0
        return estimates.combined(hits, rate, reach, error)

    def table(self, window: Window) -> pl.DataFrame:
        """Return every audience as model.LIST_TABLE."""
        # Threads share this: what one of them forgets, another may be about to look up.
        found = self._tables.get(window)
        if found is None:
            found = self._table(window)
            if len(self._tables) >= _WINDOWS:
                self._tables.clear()
            self._tables[window] = found
        return found

    def _table(self, window: Window) -> pl.DataFrame:
        codes = np.arange(len(self._names))
        sizes = self.of(codes, window)
        inside = within(self._period, window)
        running = np.concatenate([[0], np.cumsum(np.where(inside, self._events, 0))])
        return (
            self._names.with_columns(
                users=sizes.value,
                low=sizes.low,
                high=sizes.high,
                exact=sizes.exact,
                events=running[self._of[1:]] - running[self._of[:-1]],
            )
            .cast(LIST_TABLE)
            .sort(["kind", "users", "name"], descending=[False, True, False])
        )

    def _union(self, code: int, window: Window) -> NDArray[np.int8] | None:
        """Return the registers of an audience over a window, None where it has none."""
        rows = slice(int(self._of[code]), int(self._of[code + 1]))
        chosen = self._row[rows][within(self._period[rows], window)]
        if not len(chosen) or (chosen < 0).any():
            return None
        union: NDArray[np.int8] = self._registers[chosen].max(axis=0)
        return union


def _matrix(registers: pl.Series) -> tuple[NDArray[np.int8], NDArray[np.int64]]:
    """Return registers without a copy, int8[rows, m], and the row of each, −1 where it is null."""
    there = registers.is_not_null().to_numpy()
    row = np.where(there, np.cumsum(there) - 1, -1)
    values = registers.drop_nulls()
    if not len(values):
        return np.empty((0, 0), dtype=np.int8), row
    arrow = values.rechunk().to_arrow(compat_level=pl.CompatLevel.oldest())
    _, offsets, data = arrow.buffers()
    first = np.frombuffer(offsets, dtype=np.int64)[arrow.offset]
    flat = np.frombuffer(data, dtype=np.int8)[first : first + len(values) * len(values[0])]
    return flat.reshape(len(values), -1), row
