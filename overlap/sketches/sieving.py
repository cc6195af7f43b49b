"""Occurrences held back where they were read, since no sketch has a use for them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from overlap import kernels
from overlap.hashing import remix

if TYPE_CHECKING:
    from numpy.typing import NDArray


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
