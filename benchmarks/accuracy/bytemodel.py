"""Expected bytes of a store for any allocation: a model that follows real stores to a few per cent.

What a gap of each width takes is measured by writing such gaps as overlap.store writes them.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.accuracy.platforms import Allocation, Platform
from benchmarks.accuracy.stored import draw_events, draw_registers
from overlap.model import FULL_THETA

if TYPE_CHECKING:
    from numpy.typing import NDArray

_GRID = 160
_SAMPLE = 40_000


def parquet_bytes(column: NDArray[Any] | pa.Array, encoding: str = "", **options: Any) -> int:
    """Return the bytes of one column as overlap.store writes it, or in another encoding.

    `encoding` "" is a dictionary. Headers of the file, some 500 bytes, are included.
    """
    file = io.BytesIO()
    pq.write_table(
        pa.table({"x": column}),
        file,
        **({"compression": "zstd", "version": "2.6"} | options),
        use_dictionary=not encoding,
        column_encoding={"x": encoding} if encoding else None,
    )
    return file.tell()


@dataclass(frozen=True, slots=True)
class Bytes:
    """Expected bytes of a store by what they are for, and how many users it keeps."""

    hashes: float
    numbers: float
    events: float
    registers: float
    users: float

    @property
    def total(self) -> float:
        """All bytes."""
        return self.hashes + self.numbers + self.events + self.registers


def expected_bytes(platform: Platform, kept: Allocation) -> Bytes:
    """Return what a store of an allocation takes, from the bits that gaps of each width take.

    A user above the floor is kept if any audience that reaches that far has it, which decides how
    far apart kept hashes are, and how far apart an audience's users are in their numbering.
    """
    sizes = platform.everything
    rates = kept.rates(sizes)
    share = sizes / platform.users
    # From the floor to 1: no audience reaches beyond its own rate.
    edges = np.geomspace(kept.floor, 1.0, _GRID) if kept.floor < 1 else np.ones(1)
    middle, width = np.sqrt(edges[1:] * edges[:-1]), np.diff(edges)
    order = np.argsort(rates)
    nobody = np.concatenate([np.cumsum(np.log1p(-share[order][1:][::-1]))[::-1], [0.0]])
    reach = np.searchsorted(rates[order], middle)
    # The universe is at the lowest rate; it takes no part above the floor.
    anybody = 1 - np.exp(nobody[np.clip(reach - 1, 0, len(nobody) - 1)])
    numbers = platform.users * kept.floor * (share * _number_bits(share)).sum()
    for density, size, start in zip(anybody, width, middle, strict=True):
        if density > 0:
            there = share[rates > start]
            inner = there * _number_bits(np.minimum(there / density, 1.0))
            numbers += platform.users * size * inner.sum()
    users = platform.users * (kept.floor + (anybody * width).sum())
    gap = FULL_THETA / platform.users
    hashes = platform.users * kept.floor * _hash_bits(gap)
    with np.errstate(divide="ignore"):
        apart = np.where(anybody > 0, gap / anybody, gap)
    hashes += platform.users * (anybody * width * _hash_bits(apart)).sum()
    return Bytes(
        hashes=hashes / 8,
        numbers=numbers / 8,
        events=kept.kept(platform) * _event_bits() / 8,
        registers=float(_register_bytes(sizes[rates < 1]).sum()),
        users=users,
    )


def hash_bytes(platform: Platform, rate: float) -> float:
    """Return the bytes of the hashes of a uniform sample of users."""
    return platform.users * rate * float(_hash_bits(FULL_THETA / platform.users)) / 8


def event_bytes() -> float:
    """Return the bytes of one entry's events."""
    return _event_bits() / 8


@cache
def _measured_number_bits() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    rng = np.random.default_rng(2)
    densities = np.geomspace(1e-7, 1.0, 29)
    bits = []
    for density in densities:
        numbers = np.cumsum(rng.geometric(density, _SAMPLE)).astype(np.int64)
        bits.append(8 * parquet_bytes(numbers, "DELTA_BINARY_PACKED") / _SAMPLE)
    return np.log(densities), np.array(bits)


def _number_bits(density: NDArray[np.float64]) -> NDArray[np.float64]:
    at, bits = _measured_number_bits()
    return np.interp(np.log(density), at, bits)


@cache
def _measured_hash_bits() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    rng = np.random.default_rng(3)
    gaps = 2.0 ** np.arange(20, 56, 2)
    bits = []
    for gap in gaps:
        # Fewer where the hashes would leave 63 bits.
        n = min(_SAMPLE, int(2**62 / gap))
        hashes = np.cumsum(rng.exponential(gap, n)).astype(np.uint64)
        bits.append(8 * (parquet_bytes(hashes, "DELTA_BINARY_PACKED") - 500) / n)
    return np.log(gaps), np.array(bits)


def _hash_bits(gap: NDArray[np.float64] | float) -> NDArray[np.float64]:
    at, bits = _measured_hash_bits()
    return np.interp(np.log(gap), at, bits)


@cache
def _event_bits() -> float:
    events = draw_events(np.random.default_rng(4), 10 * _SAMPLE)
    return 8 * parquet_bytes(events) / len(events)


def _register_bytes(sizes: NDArray[np.int64]) -> NDArray[np.float64]:
    at, measured = _measured_register_bytes()
    return np.interp(np.log(np.maximum(sizes, 1)), at, measured)


@cache
def _measured_register_bytes() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    rng = np.random.default_rng(5)
    sizes = np.geomspace(10, 1e9, 17)
    rows = [[draw_registers(rng, int(size)) for _ in range(100)] for size in sizes]
    found = [(parquet_bytes(pa.array(row, pa.binary())) - 500) / len(row) for row in rows]
    return np.log(sizes), np.array(found)
