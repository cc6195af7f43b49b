"""Kept sets from a stream of occurrences, in memory bounded by the budget and a buffer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from overlap import kernels
from overlap.hashing import remix
from overlap.model import FLOOR_ONLY, FULL_THETA, AudienceKey, DataError, SketchSpec
from overlap.sketches.keeping import NOTHING, Kept
from overlap.sketches.settling import Settled, rate_theta, settle
from overlap.sketches.tables import AUDIENCES, ENTRIES, TOTALS, Sketches, leaf_lineage

if TYPE_CHECKING:
    from numpy.typing import NDArray


LEAST_BUFFER, MOST_BUFFER = 1_000_000, 8_000_000
"""Occurrences held between two compactions, as many as the budget in between."""

MOST_AUDIENCES = 5_000_000
"""Audiences of a store: more are a mistake, and would fill a laptop before anybody noticed."""

MOST_PERIODS = 20_000
"""Periods of a store, half a century of days: more are times misread."""

_LOWER_AFTER = 2_000_000
"""Occurrences after which the lowest registers are looked for again, at the earliest."""


@dataclass(frozen=True, slots=True, eq=False)
class Sieve:
    """What an occurrence must pass, by its index: see `kernels.sift`.

    `registers` are the builder's own, which may rise meanwhile: that only lets more through than
    need be.
    """

    bounds: NDArray[np.uint64]
    ceiling: NDArray[np.uint64]
    row: NDArray[np.int64]
    registers: NDArray[np.int8]
    p: int

    def sift(
        self, hashes: NDArray[np.uint64], index: NDArray[np.int32], period: NDArray[np.int32]
    ) -> Sifted:
        """Return what of some occurrences of users' hashes is of use; see `Sifting`."""
        sifting = Sifting(self, len(hashes))
        sifting.add(hashes, remix(hashes), index, period)
        return sifting.done()


class Sifting:
    """Occurrences sifted piece by piece; several may be under way in as many threads."""

    def __init__(self, sieve: Sieve, most: int) -> None:
        self._sieve = sieve
        self._rows = self._kept = 0
        self._counts = np.zeros(sieve.ceiling.shape, dtype=np.int64)
        # What is not written to costs no memory.
        self._hash = np.empty(most, dtype=np.uint64)
        self._index, self._period = (np.empty(most, dtype=np.int32) for _ in range(2))

    def add(
        self,
        hashes: NDArray[np.uint64],
        bits: NDArray[np.uint64],
        index: NDArray[np.int32],
        period: NDArray[np.int32],
    ) -> None:
        """Count occurrences and keep those of use; `bits` are the hashes remixed."""
        self._rows += len(hashes)
        sieve = self._sieve
        self._kept += kernels.sift(
            hashes, bits, np.ascontiguousarray(index), np.ascontiguousarray(period),
            sieve.bounds, sieve.ceiling, sieve.row, sieve.registers, sieve.p, self._counts,
            self._hash[self._kept :], self._index[self._kept :], self._period[self._kept :],
        )  # fmt: skip

    def done(self) -> Sifted:
        """Return what was kept."""
        h, i, p = (x[: self._kept].copy() for x in (self._hash, self._index, self._period))
        return Sifted(self._rows, self._counts, h, i, p)  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True, eq=False)
class Sifted:
    """Occurrences of use out of so many `rows`, whose `counts` are int64[index, periods]."""

    rows: int
    counts: NDArray[np.int64]
    hashes: NDArray[np.uint64]
    index: NDArray[np.int32]
    period: NDArray[np.int32]


class SketchBuilder:
    """Takes occurrences in any order and any batches; what it gives does not depend on either.

    Not safe to call from two threads at once; the loops inside release the interpreter lock.
    """

    def __init__(
        self,
        spec: SketchSpec,
        buffer: int | None = None,
        most_audiences: int = MOST_AUDIENCES,
    ) -> None:
        buffer = buffer or min(max(spec.budget, LEAST_BUFFER), MOST_BUFFER)
        self._most = min(most_audiences, spec.budget)
        self.spec = spec
        self._floor = rate_theta(spec.rate)
        self._k = spec.k
        self._codes: dict[AudienceKey, int] = {}
        self._days: dict[int, int] = {}
        self._audience_room, self._period_room = 64, 1
        self._theta = np.full(self._audience_room, FULL_THETA, dtype=np.uint64)
        self._floor_only: list[bool] = []
        # The row where an audience's registers start, and −1 while it is kept whole.
        self._row = np.full(self._audience_room, -1, dtype=np.int64)
        room = (self._audience_room, self._period_room)
        self._events = np.zeros(room, dtype=np.int64)
        self._ceiling = np.zeros(room, dtype=np.uint64)
        self._registers = np.zeros((0, 1 << spec.hll_p), dtype=np.int8)
        self._any_rank = np.uint64(1) << np.uint64(64 - spec.hll_p)
        self._used_rows = 0
        self._since_lowered = 0
        self._kept: dict[int, Kept] = {}
        self._code = np.empty(buffer, dtype=np.int32)
        self._hash = np.empty(buffer, dtype=np.uint64)
        self._period = np.empty(buffer, dtype=np.uint16)
        self._filled = 0

    @property
    def floor(self) -> int:
        """The floor F in units of 2**-63, as far as it has fallen."""
        return self._floor

    def code(self, key: AudienceKey) -> int:
        """Return the number under which occurrences of an audience are added.

        Raises DataError when there are more audiences than a store can hold.
        """
        code = self._codes.setdefault(key, len(self._codes))
        if code < len(self._floor_only):
            return code
        if code >= self._most:
            raise DataError(
                f"there are more than {self._most:,} audiences, the last one {str(key)[:80]!r}",
                where=f"tags of the kind {key.kind!r}",
                cure="is it a column of ids or of free text? Name another column with --tags, or "
                "keep only some of its values with --audiences FILE.toml",
            )
        if code >= self._audience_room:
            self._grow(audiences=2 * self._audience_room)
        self._floor_only.append(key.kind in FLOOR_ONLY)
        if self._floor_only[code]:
            self._theta[code] = self._floor
        return code

    def period(self, day: int) -> int:
        """Return the number of a period by its first day, in days since 1970.

        Raises DataError when there are more periods than any data have.
        """
        number = self._days.setdefault(day, len(self._days))
        if number >= MOST_PERIODS:
            days = [
                date(1970, 1, 1) + timedelta(days=d) for d in (min(self._days), max(self._days))
            ]
            raise DataError(
                f"there are more than {MOST_PERIODS:,} periods, from {days[0]} to {days[1]}",
                where="times of the events",
                cure="are the times in another unit or column? Or take longer ones with --period",
            )
        if number >= self._period_room:
            self._grow(periods=2 * self._period_room)
        return number

    def sieve(self, audience: NDArray[np.int32]) -> Sieve:
        """Return what occurrences of some audiences must pass to be of use, as it is now.

        `audience` holds numbers from `code`, or −1 for none. It only gets finer, so that what a
        sieve of an earlier moment holds back is of no use ever after.
        """
        made = audience >= 0
        bounds = np.zeros((len(audience), 2), dtype=np.uint64)
        ceiling = np.zeros((len(audience), self._period_room), dtype=np.uint64)
        bounds[made, 0] = self._theta[audience[made]]
        ceiling[made] = self._ceiling[audience[made]]
        bounds[:, 1] = ceiling.max(axis=1)
        row = np.zeros(len(audience), dtype=np.int64)
        row[made] = self._row[audience[made]]
        return Sieve(bounds, ceiling, row, self._registers, self.spec.hll_p)

    def add(self, sifted: Sifted, audience: NDArray[np.int32]) -> None:
        """Add occurrences in the audiences `audience[index]`, held against their own `sieve`.

        `audience` holds numbers from `code`, or −1 for none; an index of −1 is its last.
        """
        made = audience >= 0
        periods = sifted.counts.shape[1]
        np.add.at(self._events[:, :periods], audience[made], sifted.counts[made])
        for piece in self._pieces(sifted.rows, len(sifted.hashes)):
            self._filled += kernels.admit(
                sifted.hashes[piece], sifted.index[piece], sifted.period[piece], audience,
                self._theta, self._row, self._ceiling, self._registers, self.spec.hll_p,
                self._code[self._filled :], self._hash[self._filled :],
                self._period[self._filled :],
            )  # fmt: skip

    def _pieces(self, rows: int, sifted: int) -> Iterator[slice]:
        """Yield pieces of what was sifted out of some rows, each with room in the buffer."""
        self._since_lowered += rows
        for at in range(0, sifted, len(self._hash)):
            piece = slice(at, min(at + len(self._hash), sifted))
            if len(self._hash) - self._filled < piece.stop - piece.start:
                self._compact()
            yield piece
            # As often as a look through all registers costs little beside the rows themselves.
            if self._since_lowered > max(_LOWER_AFTER, self._used_rows << self.spec.hll_p):
                self._lower_ceilings()

    def finish(self, source: str) -> Sketches:
        """Return the sketches of all that was added; the builder is used up.

        Raises DataError when the budget cannot hold one user of every audience.
        """
        self._compact()
        keys = sorted(self._codes)
        days = sorted(self._days)
        codes = [self._codes[key] for key in keys]
        kept = [self._kept.get(code, NOTHING) for code in codes]
        lengths = [len(one.hash) for one in kept]
        day_of = np.array(list(self._days), dtype=np.int32)
        entries = pl.DataFrame(
            {
                "audience": np.repeat(np.arange(len(keys), dtype=np.uint32), lengths),
                "hash": np.concatenate([NOTHING.hash, *(one.hash for one in kept)]),
                "period": day_of[np.concatenate([NOTHING.period, *(one.period for one in kept)])],
                "events": np.concatenate([NOTHING.events, *(one.events for one in kept)]),
            }
        )
        self._kept.clear()
        cells = [
            (place, day, code, self._days[day])
            for place, code in enumerate(codes)
            for day in days
            if self._events[code, self._days[day]]
        ]
        totals = pl.DataFrame(
            {
                "audience": [place for place, *_ in cells],
                "period": [day for _, day, *_ in cells],
                "events": [int(self._events[code, number]) for *_, code, number in cells],
                "registers": pl.Series(
                    [self._registers_of(code, number) for *_, code, number in cells],
                    dtype=pl.Binary,
                ),
            }
        )
        theta = self._theta[codes]
        sketches = Sketches(
            spec=self.spec,
            floor=self._floor,
            k=self._k,
            audiences=pl.DataFrame(
                {"kind": [k.kind for k in keys], "name": [k.name for k in keys], "theta": theta},
                schema=AUDIENCES,
            ),
            entries=_in_order(entries, list(self._days) != days),
            totals=totals.with_columns(pl.col("period").cast(pl.Int32)).cast(TOTALS),
            lineage=frozenset(),
        )
        return replace(sketches, lineage=leaf_lineage(sketches, source))

    def settle(self) -> None:
        """Let the floor fall as far as what was added demands, without waiting for a full buffer.

        Raises DataError when the budget cannot hold one user of every audience.
        """
        self._compact()

    # --- inside -------------------------------------------------------------------------------

    def _compact(self) -> None:
        """Bring the buffer to the kept sets, choose F and k anew, and cut to them."""
        self._take_in()
        runs = [self._kept.get(code, NOTHING).users() for code in range(len(self._codes))]
        starts = np.concatenate([[0], np.cumsum([len(run) for run in runs])]).astype(np.int64)
        self._floor, self._k = settle(
            self.spec.budget,
            Settled(rate_theta(self.spec.rate), self.spec.k),
            Settled(self._floor, self._k),
            np.concatenate([NOTHING.hash, *runs]),
            starts,
            self._theta[: len(runs)] < FULL_THETA,
            np.array(self._floor_only, dtype=bool),
        )
        for code, hashes in enumerate(runs):
            if self._floor_only[code]:
                if self._floor < self._theta[code]:
                    self._cut(code, self._floor)
            elif len(hashes) > self._k:
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
        codes = self._code[: self._filled]
        counts = np.bincount(codes, minlength=len(self._codes))
        ends = np.cumsum(counts)
        hashes = np.empty(self._filled, dtype=np.uint64)
        periods = np.empty(self._filled, dtype=np.uint16)
        kernels.scatter(
            codes, self._hash[: self._filled], self._period[: self._filled], ends - counts,
            hashes, periods,
        )  # fmt: skip
        for code in np.flatnonzero(counts).tolist():
            new = slice(ends[code] - counts[code], ends[code])
            kept = self._kept.get(code, NOTHING)
            self._kept[code] = kept.joined(hashes[new], periods[new], self._period_room)
        self._filled = 0

    def _cut(self, code: int, theta: int) -> None:
        if self.spec.hll_p and self._row[code] < 0 and not self._floor_only[code]:
            self._start_registers(code)
        self._theta[code] = theta
        if code in self._kept:
            self._kept[code] = self._kept[code].below(theta)

    def _start_registers(self, code: int) -> None:
        """Give an audience registers while its kept set still holds everybody."""
        row = self._used_rows
        self._used_rows += self._period_room
        if self._used_rows > len(self._registers):
            room = max(2 * len(self._registers), self._used_rows)
            self._registers = _longer(self._registers, room)
        self._row[code] = row
        self._ceiling[code] = self._any_rank
        kept = self._kept[code]
        rows = row + kept.period.astype(np.int64)
        kernels.update_registers(kept.hash, rows, self._registers, self.spec.hll_p)

    def _registers_of(self, code: int, number: int) -> bytes | None:
        if self._row[code] < 0:
            return None
        registers: NDArray[np.int8] = self._registers[self._row[code] + number]
        return registers.tobytes()

    def _grow(self, audiences: int = 0, periods: int = 0) -> None:
        """Make room for more audiences or periods; with more periods all registers move."""
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


def _in_order(entries: pl.DataFrame, shuffled: bool) -> pl.DataFrame:
    """Return entries in order: periods are numbered as they came, which may not be by time."""
    typed = entries.cast(ENTRIES)
    return typed.sort("audience", "hash", "period") if shuffled else typed


def _longer(array: NDArray[np.int8], room: int) -> NDArray[np.int8]:
    # Fresh zeros cost no memory until they are written to.
    longer = np.zeros((room, *array.shape[1:]), dtype=np.int8)
    longer[: len(array)] = array
    return longer
