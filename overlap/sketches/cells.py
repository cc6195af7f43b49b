"""What is counted of every audience in every period: its events, its registers, its theta."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from overlap import kernels
from overlap.model import FULL_THETA
from overlap.sketches.keeping import Kept
from overlap.sketches.sieving import Sieve

if TYPE_CHECKING:
    from numpy.typing import NDArray

_LOWER_AFTER = 2_000_000
"""Occurrences after which the lowest registers are looked for again, at the earliest."""


class Cells:
    """Tables of audiences by their codes and periods by their numbers, with room for more.

    `theta` uint64[A], `events` int64[A, periods]; `registers` int8[rows, 2**p] of an audience start
    at `row` int64[A], −1 while it is kept whole, and bits from `ceiling` uint64[A, periods] on
    raise none of them. All are replaced when they grow.
    """

    def __init__(self, p: int) -> None:
        self._audience_room, self._period_room = 64, 1
        self.p = p
        self.theta = np.full(self._audience_room, FULL_THETA, dtype=np.uint64)
        self.row = np.full(self._audience_room, -1, dtype=np.int64)
        room = (self._audience_room, self._period_room)
        self.events = np.zeros(room, dtype=np.int64)
        self.ceiling = np.zeros(room, dtype=np.uint64)
        self.registers = np.zeros((0, 1 << p), dtype=np.int8)
        self._any_rank = np.uint64(1) << np.uint64(64 - p)
        self._used_rows = 0
        self._since_lowered = 0

    @property
    def period_room(self) -> int:
        """Periods that there is room for: all numbers are below it."""
        return self._period_room

    def reach(self, audience: int = 0, period: int = 0) -> None:
        """Make room for the next audience or period."""
        if audience >= self._audience_room:
            self._grow(2 * self._audience_room, self._period_room)
        if period >= self._period_room:
            self._grow(self._audience_room, 2 * self._period_room)

    def sieve(self, audience: NDArray[np.int32]) -> Sieve:
        """Return what occurrences must pass to be of use now; see `SketchBuilder.sieve`."""
        made = audience >= 0
        bounds = np.zeros((len(audience), 2), dtype=np.uint64)
        ceiling = np.zeros((len(audience), self._period_room), dtype=np.uint64)
        bounds[made, 0] = self.theta[audience[made]]
        ceiling[made] = self.ceiling[audience[made]]
        bounds[:, 1] = ceiling.max(axis=1)
        row = np.zeros(len(audience), dtype=np.int64)
        row[made] = self.row[audience[made]]
        return Sieve(bounds, ceiling, row, self.registers, self.p)

    def count(self, counts: NDArray[np.int64], audience: NDArray[np.int32]) -> None:
        """Add events, `counts` int64[n, periods] of the audiences int32[n], −1 for none."""
        made = audience >= 0
        periods = counts.shape[1]
        np.add.at(self.events[:, :periods], audience[made], counts[made])

    def start_registers(self, code: int, kept: Kept) -> None:
        """Give an audience registers while its kept set still holds everybody."""
        row = self._used_rows
        self._used_rows += self._period_room
        if self._used_rows > len(self.registers):
            room = max(2 * len(self.registers), self._used_rows)
            self.registers = _longer(self.registers, room)
        self.row[code] = row
        self.ceiling[code] = self._any_rank
        rows = row + kept.period.astype(np.int64)
        kernels.update_registers(kept.hash, rows, self.registers, self.p)

    def registers_of(self, code: int, number: int) -> bytes | None:
        """Return the registers of a cell, None where its audience is kept whole."""
        if self.row[code] < 0:
            return None
        registers: NDArray[np.int8] = self.registers[self.row[code] + number]
        return registers.tobytes()

    def pass_by(self, rows: int) -> None:
        """Say that so many occurrences more were read; see `lower_ceilings`."""
        self._since_lowered += rows

    def lower_ceilings(self) -> None:
        """Look for the lowest registers again, where that is due."""
        # As often as a look through all registers costs little beside the rows themselves.
        if self._since_lowered <= max(_LOWER_AFTER, self._used_rows << self.p):
            return
        # Registers only grow: what is the lowest now is a bound ever after.
        self._since_lowered = 0
        codes = np.flatnonzero(self.row >= 0)
        rows = self.row[codes][:, None] + np.arange(self._period_room)
        lowest = self.registers[: self._used_rows].min(axis=1)[rows].astype(np.uint64)
        self.ceiling[codes] = self._any_rank >> lowest

    def _grow(self, audiences: int, periods: int) -> None:
        """Make room for so many; with more periods all registers move."""
        room, old = self._audience_room, self._period_room
        events = np.zeros((audiences, periods), dtype=np.int64)
        events[:room, :old] = self.events
        ceiling = np.zeros((audiences, periods), dtype=np.uint64)
        ceiling[:room, :old] = self.ceiling
        ceiling[:room, old:] = np.where(self.row >= 0, self._any_rank, np.uint64(0))[:, None]
        theta = np.full(audiences, FULL_THETA, dtype=np.uint64)
        theta[:room] = self.theta
        row = np.full(audiences, -1, dtype=np.int64)
        row[:room] = self.row
        if periods != old:
            registers = np.zeros((len(self.registers) // old * periods, 1 << self.p), np.int8)
            blocks = registers.reshape(-1, periods, 1 << self.p)
            blocks[:, :old] = self.registers.reshape(-1, old, 1 << self.p)
            self.registers = registers
            row = np.where(row >= 0, row // old * periods, -1)
            self._used_rows = self._used_rows // old * periods
        self.events, self.ceiling, self.theta, self.row = events, ceiling, theta, row
        self._audience_room, self._period_room = audiences, periods


def _longer(array: NDArray[np.int8], room: int) -> NDArray[np.int8]:
    # Fresh zeros cost no memory until they are written to.
    longer = np.zeros((room, *array.shape[1:]), dtype=np.int8)
    longer[: len(array)] = array
    return longer
