"""MinHash signatures of audiences, and an index that finds candidates by containment."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
from datasketch import MinHash, MinHashLSHEnsemble

from overlap.model import FULL_THETA, UsageError
from overlap.panel import Panel, Sample

if TYPE_CHECKING:
    from numpy.typing import NDArray

_SEED = 1
_STEP = 2**0.25
"""Sizes are indexed rounded up to the next power of this: a few dozen distinct sizes."""
_WEIGHTS = (0.2, 0.8)
"""What a false candidate and a missed one cost: the first is only counted and dropped."""
_BATCH = 1 << 16
"""Users hashed at a time, so that the columns of a batch stay in the cache."""
FEWEST = 20
"""Kept users below the floor rate that an anchor needs for its signature to say anything."""


def signatures(
    hashes: NDArray[np.uint64], bounds: NDArray[np.int64], num_perm: int
) -> NDArray[np.uint64]:
    """Return datasketch's `affine64` MinHash of each set, uint64[sets, num_perm].

    Set i is hashes[bounds[i]:bounds[i + 1]]; the hashes go in as they are, as values of an external
    hash function. The same bits as `MinHash.update_batch`, for all sets at once. An empty set has
    the signature of an empty MinHash.
    """
    a, b = _permutations(num_perm)
    sets = len(bounds) - 1
    out = np.full((sets, num_perm), np.iinfo(np.uint64).max, dtype=np.uint64)
    filled = np.flatnonzero(np.diff(bounds))
    begins = bounds[filled]
    start = 0
    while start < len(filled):
        stop = max(start + 1, int(np.searchsorted(begins, begins[start] + _BATCH)))
        batch = filled[start:stop]
        begin, end = begins[start], bounds[batch[-1] + 1]
        mixed = _mix(hashes[begin:end])
        for i in range(num_perm):
            out[batch, i] = np.minimum.reduceat(mixed * a[i] + b[i], begins[start:stop] - begin)
        start = stop
    return out


@dataclass(frozen=True, slots=True, eq=False)
class DiscoveryIndex:
    """A MinHash LSH Ensemble over a kind's audiences: which of them hold most of an anchor?

    Signatures are made of the kept users below the floor rate, where every audience is complete:
    only at a common rate can they be compared. Audiences without a user there are not in the
    index; they are too small to hold most of an anchor that has `FEWEST` users there. Read-only.
    """

    panel: Panel
    kind: str
    threshold: float
    _floor: int
    _sizes: NDArray[np.int64]
    _values: NDArray[np.uint64]
    _ensemble: MinHashLSHEnsemble | None

    @classmethod
    def build(
        cls,
        panel: Panel,
        kind: str,
        *,
        threshold: float = 0.5,
        num_perm: int = 128,
        num_part: int = 16,
        max_band: int = 8,
    ) -> DiscoveryIndex:
        """Index the audiences of a kind for one containment threshold.

        `num_perm` hash values a signature, `num_part` partitions by size, bands of up to
        `max_band` values (m of Zhu et al. 2016, LSH Ensemble). At 128 values an audience costs
        about a millisecond and 60 kB. Raises UsageError for an unknown kind or a threshold
        outside (0, 1].
        """
        check_threshold(threshold)
        kept = panel.kept(kind)
        # A floor rate is rounded to a float; no audience is complete beyond its own threshold.
        floor = min(int(panel.floor_rate * FULL_THETA), int(kept.theta.min()))
        below = kept.users < np.searchsorted(kept.hashes, np.uint64(floor))
        bounds = np.concatenate([[0], np.cumsum(below)])[kept.bounds]
        sizes = np.diff(bounds)
        codes = np.flatnonzero(sizes)
        values = signatures(kept.hashes[kept.users[below]], bounds, num_perm)
        if not len(codes):
            return cls(panel, kind, threshold, floor, sizes, values, None)
        ensemble = MinHashLSHEnsemble(
            threshold=threshold,
            num_perm=num_perm,
            num_part=num_part,
            m=max_band,
            weights=_WEIGHTS,
        )
        # Rounded up, a size is still a bound; the partitioning is quadratic in distinct sizes.
        rounded = np.ceil(_STEP ** np.ceil(np.log(sizes[codes]) / np.log(_STEP) - 1e-9))
        ensemble.index(
            [
                (int(code), _minhash(values[code]), int(size))
                for code, size in zip(codes, rounded, strict=True)
            ]
        )
        return cls(panel, kind, threshold, floor, sizes, values, ensemble)

    def candidates(self, anchor: Sample) -> tuple[str, ...]:
        """Return the names of audiences that may hold the threshold's share of an anchor.

        Some are missed and most do not: count them. An anchor with fewer than `FEWEST` kept users
        below the floor rate gets every audience.
        """
        names = self.panel.names(self.kind)
        users = np.asarray(self.panel.below(anchor, self._floor).users.to_array(), dtype=np.uint32)
        if len(users) < FEWEST:
            return names
        hashes = self.panel.kept(self.kind).hashes[users]
        (value,) = signatures(hashes, np.array([0, len(hashes)]), self._values.shape[1])
        return tuple(names[code] for code in self._query(value, len(hashes)))

    @property
    def asked(self) -> NDArray[np.int64]:
        """The audiences that are large enough to ask for, by their number within the kind."""
        return np.flatnonzero(self._sizes >= FEWEST)

    def candidate_pairs(self, parts: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return candidates (part, whole), int64[n, 2], for some of the audiences in `asked`."""
        pairs = [np.empty((0, 2), dtype=np.int64)]
        for part in parts:
            wholes = self._query(self._values[part], int(self._sizes[part]))
            wholes = wholes[wholes != part]
            pairs.append(np.column_stack([np.full(len(wholes), part), wholes]))
        return np.concatenate(pairs)

    def _query(self, value: NDArray[np.uint64], size: int) -> NDArray[np.int64]:
        if self._ensemble is None:
            return np.empty(0, dtype=np.int64)
        return np.array(sorted(set(self._ensemble.query(_minhash(value), size))), dtype=np.int64)


def check_threshold(threshold: float) -> None:
    """Raise UsageError unless a threshold is a share above 0 and at most 1."""
    if not 0 < threshold <= 1:
        raise UsageError(
            f"the threshold must be above 0 and at most 1, not {threshold}",
            cure="give the least share of the smaller audience, 0.5 for a half",
        )


@cache
def _permutations(num_perm: int) -> NDArray[np.uint64]:
    made: NDArray[np.uint64] = MinHash(num_perm, seed=_SEED, scheme="affine64").permutations
    return made


def _minhash(value: NDArray[np.uint64]) -> MinHash:
    permutations = _permutations(len(value))
    return MinHash(hashvalues=value, permutations=permutations, seed=_SEED, scheme="affine64")


def _mix(hashes: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Return the MurmurHash3 finaliser of hashes: what `affine64` does to its input first."""
    mixed = hashes.copy()
    for shift, factor in ((33, 0xFF51AFD7ED558CCD), (33, 0xC4CEB9FE1A85EC53)):
        mixed ^= mixed >> np.uint64(shift)
        mixed *= np.uint64(factor)
    return mixed ^ (mixed >> np.uint64(33))
