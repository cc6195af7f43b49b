"""Kept sets from a stream of occurrences, in memory bounded by the budget and a buffer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from overlap import kernels
from overlap.model import FLOOR_ONLY, FULL_THETA, AudienceKey, DataError, SketchSpec
from overlap.sketches.cells import Cells
from overlap.sketches.keeping import NOTHING, Kept
from overlap.sketches.settling import Settled, rate_theta, settle
from overlap.sketches.sieving import Sieve, Sifted
from overlap.sketches.tables import AUDIENCES, ENTRIES, TOTALS, Sketches, leaf_lineage

if TYPE_CHECKING:
    from numpy.typing import NDArray


LEAST_BUFFER, MOST_BUFFER = 1_000_000, 8_000_000
"""Occurrences held between two compactions, as many as the budget in between."""

MOST_AUDIENCES = 5_000_000
"""Audiences of a store: more are a mistake, and would fill a laptop before anybody noticed."""

MOST_PERIODS = 20_000
"""Periods of a store, half a century of days: more are times misread."""


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
        self._floor_only: list[bool] = []
        self._cells = Cells(spec.hll_p)
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
        self._cells.reach(audience=code)
        self._floor_only.append(key.kind in FLOOR_ONLY)
        if self._floor_only[code]:
            self._cells.theta[code] = self._floor
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
        self._cells.reach(period=number)
        return number

    def sieve(self, audience: NDArray[np.int32]) -> Sieve:
        """Return what occurrences of some audiences must pass to be of use, as it is now.

        `audience` holds numbers from `code`, or −1 for none. It only gets finer, so that what a
        sieve of an earlier moment holds back is of no use ever after.
        """
        return self._cells.sieve(audience)

    def add(self, sifted: Sifted, audience: NDArray[np.int32]) -> None:
        """Add occurrences in the audiences `audience[index]`, held against their own `sieve`.

        `audience` holds numbers from `code`, or −1 for none; an index of −1 is its last.
        """
        cells = self._cells
        cells.count(sifted.counts, audience)
        for piece in self._pieces(sifted.rows, len(sifted.hashes)):
            self._filled += kernels.admit(
                sifted.hashes[piece], sifted.index[piece], sifted.period[piece], audience,
                cells.theta, cells.row, cells.ceiling, cells.registers, cells.p,
                self._code[self._filled :], self._hash[self._filled :],
                self._period[self._filled :],
            )  # fmt: skip

    def _pieces(self, rows: int, sifted: int) -> Iterator[slice]:
        """Yield pieces of what was sifted out of some rows, each with room in the buffer."""
        self._cells.pass_by(rows)
        for at in range(0, sifted, len(self._hash)):
            piece = slice(at, min(at + len(self._hash), sifted))
            if len(self._hash) - self._filled < piece.stop - piece.start:
                self._compact()
            yield piece
            self._cells.lower_ceilings()

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
        events = self._cells.events
        cells = [
            (place, day, code, self._days[day])
            for place, code in enumerate(codes)
            for day in days
            if events[code, self._days[day]]
        ]
        totals = pl.DataFrame(
            {
                "audience": [place for place, *_ in cells],
                "period": [day for _, day, *_ in cells],
                "events": [int(events[code, number]) for *_, code, number in cells],
                "registers": pl.Series(
                    [self._cells.registers_of(code, number) for *_, code, number in cells],
                    dtype=pl.Binary,
                ),
            }
        )
        theta = self._cells.theta[codes]
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
            self._cells.theta[: len(runs)] < FULL_THETA,
            np.array(self._floor_only, dtype=bool),
        )
        for code, hashes in enumerate(runs):
            if self._floor_only[code]:
                if self._floor < self._cells.theta[code]:
                    self._cut(code, self._floor)
            elif len(hashes) > self._k:
                theta = max(int(hashes[self._k]), self._floor)
                if theta < self._cells.theta[code]:
                    self._cut(code, theta)

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
            self._kept[code] = kept.joined(hashes[new], periods[new], self._cells.period_room)
        self._filled = 0

    def _cut(self, code: int, theta: int) -> None:
        if self.spec.hll_p and self._cells.row[code] < 0 and not self._floor_only[code]:
            self._cells.start_registers(code, self._kept[code])
        self._cells.theta[code] = theta
        if code in self._kept:
            self._kept[code] = self._kept[code].below(theta)


def _in_order(entries: pl.DataFrame, shuffled: bool) -> pl.DataFrame:
    """Return entries in order: periods are numbered as they came, which may not be by time."""
    typed = entries.cast(ENTRIES)
    return typed.sort("audience", "hash", "period") if shuffled else typed
