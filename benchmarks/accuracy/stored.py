"""Real stores written from simulated kept sets, for what they take on disk."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from benchmarks.accuracy.platforms import Allocation, Platform
from overlap import sketches as sk
from overlap import store
from overlap.model import FULL_THETA, Provenance, SketchSpec

if TYPE_CHECKING:
    from numpy.typing import NDArray

REGISTERS = 1 << SketchSpec("integer").hll_p


def draw_events(rng: np.random.Generator, n: int) -> NDArray[np.uint32]:
    """Return events per membership: one, and a heavy-tailed number more, four on average."""
    return (1 + rng.negative_binomial(0.5, 0.5 / 3.5, n)).astype(np.uint32)


def simulate_kept(platform: Platform, kept: Allocation, seed: int = 1) -> sk.Sketches:
    """Return the sketches that a build would have kept, without the users who were left out.

    Below the floor every audience draws from the same kept users. Above it an audience draws from
    all users of the platform, whose hashes are laid out once in steps of 1/users.
    """
    rng = np.random.default_rng(seed)
    below = np.sort(_uniform(rng, rng.binomial(platform.users, kept.floor), kept.floor))
    sizes = platform.everything
    rates = kept.rates(sizes)
    hashes = []
    for number, (size, rate) in enumerate(zip(sizes.tolist(), rates.tolist(), strict=True)):
        if number == 0:
            hashes.append(below)
            continue
        drawn = _some(rng, below, rng.binomial(size, kept.floor))
        if rate > kept.floor:
            missing = round(size * rate) - len(drawn)
            drawn = np.concatenate([drawn, _above(rng, platform, kept.floor, rate, missing)])
        hashes.append(drawn)
    # The universe's kind sorts last.
    hashes, rates, sizes = [*hashes[1:], hashes[0]], np.roll(rates, -1), np.roll(sizes, -1)
    theta = (rates * FULL_THETA).astype(np.uint64)
    theta[rates >= 1] = FULL_THETA
    names = [f"interest {i:05d}" for i in range(len(sizes) - 1)]
    lengths = [len(h) for h in hashes]
    entries = {
        "audience": np.repeat(np.arange(len(sizes), dtype=np.uint32), lengths),
        "hash": np.concatenate(hashes),
        "period": np.zeros(sum(lengths), dtype=np.int32),
        "events": draw_events(rng, sum(lengths)),
    }
    registers = [
        draw_registers(rng, n) if r < 1 else None for n, r in zip(sizes, rates, strict=True)
    ]
    return sk.Sketches(
        spec=SketchSpec("integer", k=kept.k),
        floor=int(kept.floor * FULL_THETA),
        k=kept.k,
        audiences=pl.DataFrame(
            {
                "kind": ["interest"] * len(names) + ["universe"],
                "name": [*names, "all"],
                "theta": theta,
            },
            schema=sk.AUDIENCES,
        ),
        entries=pl.DataFrame(entries).cast(sk.ENTRIES),
        totals=pl.DataFrame(
            {
                "audience": np.arange(len(sizes), dtype=np.uint32),
                "period": np.zeros(len(sizes), dtype=np.int32),
                "events": sizes.astype(np.uint64) * np.uint64(4),
                "registers": pl.Series(registers, dtype=pl.Binary),
            }
        ).cast(sk.TOTALS),
        lineage=frozenset({"simulated"}),
    )


def draw_registers(rng: np.random.Generator, users: int) -> bytes:
    """Return HyperLogLog registers of so many users: each register's largest rank."""
    share = users / REGISTERS
    ranks = np.ceil(-np.log2(-np.log(rng.random(REGISTERS)) / share))
    registers: bytes = np.clip(ranks, 0, 53).astype(np.int8).tobytes()
    return registers


@dataclass(frozen=True, slots=True)
class Measured:
    """A real store: bytes of each file, and what is in it."""

    files: dict[str, int]
    memberships: int
    entries: int
    users: int

    @property
    def bytes(self) -> int:
        """Bytes of the whole store."""
        return sum(self.files.values())


def measure(sketches: sk.Sketches) -> Measured:
    """Write sketches as a store of one part, and return what it takes on disk."""
    (leaf,) = sketches.lineage
    with tempfile.TemporaryDirectory() as folder:
        part = store.add_part(Path(folder) / "store", sketches, {leaf: Provenance(sources=(leaf,))})
        files = {file.name: file.stat().st_size for file in part.iterdir()}
    return Measured(
        files, sketches.memberships, len(sketches.entries), sketches.entries["hash"].n_unique()
    )


def _uniform(rng: np.random.Generator, n: int, below: float) -> NDArray[np.uint64]:
    return rng.integers(0, int(below * FULL_THETA), n, dtype=np.uint64)


def _some(rng: np.random.Generator, users: NDArray[np.uint64], n: int) -> NDArray[np.uint64]:
    """Return about n of the users, in order: all draws of a user who comes twice count once."""
    if n > len(users) / 20:
        return users[rng.random(len(users)) < n / len(users)]
    return users[np.unique(rng.integers(0, max(len(users), 1), n))]


def _above(
    rng: np.random.Generator, platform: Platform, floor: float, rate: float, n: int
) -> NDArray[np.uint64]:
    if n <= 0:
        return np.empty(0, dtype=np.uint64)
    step = np.uint64(FULL_THETA // platform.users)
    users = np.unique(rng.integers(0, max(int(platform.users * (rate - floor)), 1), n))
    # Where within its step a user lies is a fixed function of the user.
    numbers = users.astype(np.uint64)
    mixed = (numbers + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)
    mixed = (mixed ^ (mixed >> np.uint64(31))) * np.uint64(0xBF58476D1CE4E5B9)
    within = (mixed ^ (mixed >> np.uint64(29))) % step
    place: NDArray[np.uint64] = numbers * step + within + np.uint64(floor * FULL_THETA)
    return place
