"""What a builder keeps of one audience: users with their events by period, in order."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from overlap import kernels

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Hashes = NDArray[np.uint64]
    Periods = NDArray[np.uint16]


class Kept(NamedTuple):
    """Entries of an audience, ascending by `hash` uint64 and then `period` uint16, each once."""

    hash: Hashes
    period: Periods
    events: NDArray[np.uint32]

    def users(self) -> Hashes:
        """Return the distinct hashes, ascending."""
        first = np.ones(len(self.hash), dtype=bool)
        np.not_equal(self.hash[1:], self.hash[:-1], out=first[1:])
        return self.hash if first.all() else self.hash[first]

    def below(self, theta: int) -> Kept:
        """Return the entries below a threshold."""
        return self._first(int(np.searchsorted(self.hash, np.uint64(theta))))

    def joined(self, hashes: Hashes, periods: Periods, most_periods: int) -> Kept:
        """Return the entries with those of new occurrences, which count one event each.

        Occurrences come in any order; their `periods` are below `most_periods`.
        """
        hashes, periods = _in_order(hashes, periods, most_periods)
        room = len(self.hash) + len(hashes)
        out = Kept(np.empty(room, np.uint64), np.empty(room, np.uint16), np.empty(room, np.uint32))
        n = kernels.merge_runs(*self, hashes, periods, *out)
        # A part of an array keeps the whole of it alive.
        return out._first(n) if n < room else out

    def _first(self, n: int) -> Kept:
        return Kept(self.hash[:n].copy(), self.period[:n].copy(), self.events[:n].copy())


NOTHING = Kept(np.empty(0, np.uint64), np.empty(0, np.uint16), np.empty(0, np.uint32))


def _in_order(hashes: Hashes, periods: Periods, most_periods: int) -> tuple[Hashes, Periods]:
    """Return occurrences ascending by hash and then period."""
    bits = (most_periods - 1).bit_length()
    if bits == 0:
        return np.sort(hashes), periods
    if int(hashes.max(initial=0)) >> (64 - bits):
        order = np.lexsort((periods, hashes))
        return hashes[order], periods[order]
    # Hashes below a low threshold leave room for the period: sorting numbers beats sorting places.
    words = (hashes << np.uint64(bits)) | periods
    words.sort()
    return words >> np.uint64(bits), (words & np.uint64((1 << bits) - 1)).astype(np.uint16)
