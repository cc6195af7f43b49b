"""Kept sets from a stream of occurrences, in memory bounded by the budget and a buffer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from overlap import kernels
from overlap.hashing import distinct
from overlap.model import FULL_THETA, AudienceKey, DataError, SketchSpec
from overlap.sketches.settling import Settled, rate_theta, settle
from overlap.sketches.tables import AUDIENCES, ENTRIES, TOTALS, Sketches, leaf_lineage

if TYPE_CHECKING:
    from numpy.typing import NDArray


_NOTHING = (np.empty(0, dtype=np.uint64), np.empty(0, dtype=np.uint32))

BUFFER = 8_000_000
"""Occurrences held between two compactions."""

MOST_AUDIENCES = 5_000_000
"""Audiences of a store: more are a mistake, and would fill a laptop before anybody noticed."""

_LOWER_AFTER = 2_000_000
"""Occurrences after which the lowest registers are looked for again, at the earliest."""


class SketchBuilder:
    """Takes occurrences in any order and any batches; what it gives does not depend on either.

    Not safe to call from two threads at once; the loops inside release the interpreter lock.
    """

    def __init__(
        self, spec: SketchSpec, buffer: int = BUFFER, most_audiences: int = MOST_AUDIENCES
    ) -> None:
        self._most = min(most_audiences, spec.budget)
        self.spec = spec
        self._floor = rate_theta(spec.rate)
        self._k = spec.k
        self._codes: dict[AudienceKey, int] = {}
        self._days: dict[int, int] = {}
        self._audience_room, self._period_room = 64, 1
        self._theta = np.full(self._audience_room, FULL_THETA, dtype=np.uint64)
        # The row where an audience's registers start, and −1 while it is kept whole.
        self._row = np.full(self._audience_room, -1, dtype=np.int64)
        room = (self._audience_room, self._period_room)
        self._events = np.zeros(room, dtype=np.int64)
        self._ceiling = np.zeros(room, dtype=np.uint64)
        self._registers = np.zeros((0, 1 << spec.hll_p), dtype=np.int8)
        self._any_rank = np.uint64(1) << np.uint64(64 - spec.hll_p)
        self._used_rows = 0
        self._since_lowered = 0
        self._kept: dict[int, tuple[NDArray[np.uint64], NDArray[np.uint32]]] = {}
        self._cell = np.empty(buffer, dtype=np.int64)
        self._hash = np.empty(buffer, dtype=np.uint64)
        self._filled = 0

    def code(self, key: AudienceKey) -> int:
        """Return the number under which occurrences of an audience are added.

        Raises DataError when there are more audiences than a store can hold.
        """
        code = self._codes.setdefault(key, len(self._codes))
        if code >= self._most:
            raise DataError(
                f"there are more than {self._most:,} audiences, the last one {str(key)[:80]!r}",
                where=f"tags of the kind {key.kind!r}",
                cure="is it a column of ids or of free text? Name another column with --tags, or "
                "keep only some of its values with --audiences FILE.toml",
            )
        if code >= self._audience_room:
            self._grow(audiences=2 * self._audience_room)
        return code

    def period(self, day: int) -> int:
        """Return the number of a period by its first day, in days since 1970."""
        number = self._days.setdefault(day, len(self._days))
        if number >= self._period_room:
            self._compact()
            self._grow(periods=4 * self._period_room)
        return number

    def add(
        self,
        hashes: NDArray[np.uint64],
        index: NDArray[np.int32],
        audience: NDArray[np.int32],
        period: NDArray[np.int32],
    ) -> None:
        """Add occurrences of users' hashes and `period`s in the audiences `audience[index]`.

        `audience` holds numbers from `code`, or −1 for none; an index of −1 is its last.
        """
        tags = np.zeros((len(audience), self._period_room), dtype=np.int64)
        kernels.count(index, period, tags)
        made = audience >= 0
        np.add.at(self._events, audience[made], tags[made])
        for piece in self._pieces(len(hashes)):
            bounds = np.zeros((len(audience), 2), dtype=np.uint64)
            bounds[made, 0] = self._theta[audience[made]]
            bounds[made, 1] = self._ceiling[audience[made]].max(axis=1)
            self._filled += kernels.admit(
                hashes[piece], index[piece], bounds, audience, period[piece], self._row,
                self._ceiling, self._registers, self.spec.hll_p,
                self._cell[self._filled :], self._hash[self._filled :],
            )  # fmt: skip

    def add_all(self, hashes: NDArray[np.uint64], audience: int, period: NDArray[np.int32]) -> None:
        """Add occurrences that are all of one audience, by its `code`."""
        everyone = np.zeros(len(hashes), dtype=np.int32)
        self.add(hashes, everyone, np.array([audience], dtype=np.int32), period)

    def _pieces(self, rows: int) -> Iterator[slice]:
        """Yield pieces of some rows, each with room in the buffer when it is yielded."""
        for at in range(0, rows, len(self._hash)):
            piece = slice(at, min(at + len(self._hash), rows))
            if len(self._hash) - self._filled < piece.stop - piece.start:
                self._compact()
            yield piece
            self._since_lowered += piece.stop - piece.start
            # As often as a look through all registers costs little beside the rows themselves.
            if self._since_lowered > max(_LOWER_AFTER, self._used_rows << self.spec.hll_p):
                self._lower_ceilings()

    def finish(self, source: str) -> Sketches:
        """Return the sketches of all that was added; the builder is used up.

        Raises DataError when the budget cannot hold one user of every audience.
        """
        self._compact()
        keys = sorted(self._codes)
        place = {self._codes[key]: i for i, key in enumerate(keys)}
        days = sorted(self._days)
        cells = sorted(
            (place[code], day, code * self._period_room + self._days[day])
            for code in place
            for day in days
            if self._events[code, self._days[day]]
        )
        kept = [self._kept.get(cell, _NOTHING) for _, _, cell in cells]
        lengths = [len(hashes) for hashes, _ in kept]
        entries = pl.DataFrame(
            {
                "audience": np.repeat(np.array([a for a, _, _ in cells], np.uint32), lengths),
                "hash": np.concatenate([h for h, _ in kept]) if kept else _NOTHING[0],
                "period": np.repeat(np.array([d for _, d, _ in cells], np.int32), lengths),
                "events": np.concatenate([e for _, e in kept]) if kept else _NOTHING[1],
            }
        )
        totals = pl.DataFrame(
            {
                "audience": [a for a, _, _ in cells],
                "period": [day for _, day, _ in cells],
                "events": [int(self._events.flat[cell]) for _, _, cell in cells],
                "registers": pl.Series(
                    [self._registers_of(cell) for _, _, cell in cells], dtype=pl.Binary
                ),
            }
        )
        theta = self._theta[[self._codes[key] for key in keys]]
        sketches = Sketches(
            spec=self.spec,
            floor=self._floor,
            k=self._k,
            audiences=pl.DataFrame(
                {"kind": [k.kind for k in keys], "name": [k.name for k in keys], "theta": theta},
                schema=AUDIENCES,
            ),
            entries=_in_order(entries, len(days) > 1),
            totals=totals.with_columns(pl.col("period").cast(pl.Int32)).cast(TOTALS),
            lineage=frozenset(),
        )
        return replace(sketches, lineage=leaf_lineage(sketches, source))

    # --- inside -------------------------------------------------------------------------------

    def _compact(self) -> None:
        """Bring the buffer to the kept sets, choose F and k anew, and cut to them."""
        self._take_in()
        users = self._users()
        runs = [users.get(code, _NOTHING[0]) for code in range(len(self._codes))]
        starts = np.concatenate([[0], np.cumsum([len(run) for run in runs])]).astype(np.int64)
        self._floor, self._k = settle(
            self.spec.budget,
            Settled(rate_theta(self.spec.rate), self.spec.k),
            Settled(self._floor, self._k),
            np.concatenate([*runs, _NOTHING[0]]),
            starts,
            self._theta[: len(runs)] < FULL_THETA,
        )
        for code, hashes in users.items():
            if len(hashes) > self._k:
                theta = max(int(hashes[self._k]), self._floor)
                if theta < self._theta[code]:
                    self._cut(code, theta)

    def _lower_ceilings(self) -> None:
        # Registers only grow: what is the lowest now is a bound ever after.
        self._since_lowered = 0
        codes = np.flatnonzero(self._row >= 0)
        rows = self._row[codes][:, None] + np.arange(self._period_room)
        lowest = self._registers[: self._used_rows].min(axis=1)[rows].astype(np.uint64)
        self._ceiling[codes] = self._any_rank >> lowest

    def _take_in(self) -> None:
        cells, hashes = self._cell[: self._filled], self._hash[: self._filled]
        counts = np.bincount(cells, minlength=self._events.size)
        ends = np.cumsum(counts)
        together = np.empty(self._filled, dtype=np.uint64)
        kernels.scatter(cells, hashes, ends - counts, together)
        for cell in np.flatnonzero(counts):
            new = together[ends[cell] - counts[cell] : ends[cell]]
            new.sort()
            hash_, events = self._kept.get(int(cell), _NOTHING)
            out_hash = np.empty(len(hash_) + len(new), dtype=np.uint64)
            out_events = np.empty(len(out_hash), dtype=np.uint32)
            n = kernels.merge_runs(hash_, events, new, out_hash, out_events)
            self._kept[int(cell)] = (out_hash[:n].copy(), out_events[:n].copy())
        self._filled = 0

    def _users(self) -> dict[int, NDArray[np.uint64]]:
        """Return the distinct kept hashes of each audience, ascending."""
        cells: dict[int, list[NDArray[np.uint64]]] = {}
        for cell, (hashes, _) in self._kept.items():
            cells.setdefault(cell // self._period_room, []).append(hashes)
        return {
            code: runs[0] if len(runs) == 1 else distinct(np.concatenate(runs))
            for code, runs in cells.items()
        }

    def _cut(self, code: int, theta: int) -> None:
        if self.spec.hll_p and self._row[code] < 0:
            self._start_registers(code)
        self._theta[code] = theta
        for cell in range(code * self._period_room, (code + 1) * self._period_room):
            if cell in self._kept:
                hashes, events = self._kept[cell]
                n = int(np.searchsorted(hashes, np.uint64(theta)))
                self._kept[cell] = (hashes[:n].copy(), events[:n].copy())

    def _start_registers(self, code: int) -> None:
        """Give an audience registers while its kept set still holds everybody."""
        row = self._used_rows
        self._used_rows += self._period_room
        if self._used_rows > len(self._registers):
            room = max(2 * len(self._registers), self._used_rows)
            self._registers = _longer(self._registers, room)
        self._row[code] = row
        self._ceiling[code] = self._any_rank
        for number in range(self._period_room):
            hashes, _ = self._kept.get(code * self._period_room + number, _NOTHING)
            rows = np.full(len(hashes), row + number, dtype=np.int64)
            kernels.update_registers(hashes, rows, self._registers, self.spec.hll_p)

    def _registers_of(self, cell: int) -> bytes | None:
        code, number = divmod(cell, self._period_room)
        if self._row[code] < 0:
            return None
        registers: NDArray[np.int8] = self._registers[self._row[code] + number]
        return registers.tobytes()

    def _grow(self, audiences: int = 0, periods: int = 0) -> None:
        """Make room for more audiences or periods; with more periods every cell is renumbered."""
        old = self._period_room
        audiences = max(audiences, self._audience_room)
        periods = max(periods, old)
        room = self._audience_room
        events = np.zeros((audiences, periods), dtype=np.int64)
        events[:room, :old] = self._events
        ceiling = np.zeros((audiences, periods), dtype=np.uint64)
        ceiling[:room, :old] = self._ceiling
        ceiling[:room, old:] = np.where(self._row >= 0, self._any_rank, np.uint64(0))[:, None]
        theta = np.full(audiences, FULL_THETA, dtype=np.uint64)
        theta[:room] = self._theta
        row = np.full(audiences, -1, dtype=np.int64)
        row[:room] = self._row
        if periods != old:
            self._kept = {
                cell // old * periods + cell % old: kept for cell, kept in self._kept.items()
            }
            registers = np.zeros(
                (len(self._registers) // old * periods, 1 << self.spec.hll_p), np.int8
            )
            blocks = registers.reshape(-1, periods, 1 << self.spec.hll_p)
            blocks[:, :old] = self._registers.reshape(-1, old, 1 << self.spec.hll_p)
            self._registers = registers
            row = np.where(row >= 0, row // old * periods, -1)
            self._used_rows = self._used_rows // old * periods
        self._events, self._ceiling, self._theta, self._row = events, ceiling, theta, row
        self._audience_room, self._period_room = audiences, periods


def _in_order(entries: pl.DataFrame, several_periods: bool) -> pl.DataFrame:
    typed = entries.cast(ENTRIES)
    return typed.sort("audience", "hash", "period") if several_periods else typed


def _longer(array: NDArray[np.int8], room: int) -> NDArray[np.int8]:
    # Fresh zeros cost no memory until they are written to.
    longer = np.zeros((room, *array.shape[1:]), dtype=np.int8)
    longer[: len(array)] = array
    return longer
