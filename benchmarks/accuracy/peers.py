"""Every way to keep overlaps in the same number of bytes: what it stores, and what it answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from pyroaring import BitMap
from scipy.optimize import brentq

from benchmarks.accuracy import simulate
from benchmarks.accuracy.bytemodel import event_bytes, expected_bytes, hash_bytes
from benchmarks.accuracy.platforms import Allocation, Platform, Rule, best_within, settle
from benchmarks.accuracy.simulate import Pair

if TYPE_CHECKING:
    from numpy.typing import NDArray

THETA_K = 4096
_THETA_PREAMBLE = 24
HLL_P = 14
_CONTAINER = 1 << 16
_ARRAY_LIMIT = 4096

Answers = Callable[[Pair, int, np.random.Generator], "NDArray[np.float64]"]


@dataclass(frozen=True, slots=True)
class Method:
    """A way to keep audiences: its bytes on this platform, and its estimates of a pair's overlap.

    `keeps_all` says that it holds what a store holds: it can be merged and carries events.
    """

    name: str
    bytes: float
    answers: Answers
    note: str = ""
    ours: bool = False
    sample: bool = False
    keeps_all: bool = False


def theta_bytes(platform: Platform, k: int = THETA_K) -> float:
    """Return the bytes of compact theta sketches trimmed to k: 8 per hash and a preamble."""
    sizes = platform.everything
    return float(8 * np.minimum(sizes, k).sum() + _THETA_PREAMBLE * len(sizes))


def fixed_size(platform: Platform) -> list[Method]:
    """Return Apache theta, HyperLogLog++ and MinHash, the last at as many bytes as the first."""
    audiences = len(platform.everything)
    room = theta_bytes(platform)
    permutations = int(room / audiences / 8)
    return [
        Method(
            f"Apache theta, k = {THETA_K:,}",
            room,
            lambda pair, runs, rng: simulate.kept_pair(pair, THETA_K, runs, rng),
            "8 bytes per hash; counted at the smaller theta",
        ),
        Method(
            f"HyperLogLog++, p = {HLL_P}",
            float(audiences << HLL_P),
            lambda pair, runs, rng: simulate.hll_pair(pair, HLL_P, min(runs, 150), rng),
            "a byte per register, as datasketch stores it; inclusion–exclusion",
        ),
        Method(
            f"datasketch MinHash affine64, {permutations:,} permutations",
            float(8 * permutations * audiences),
            lambda pair, runs, rng: simulate.minhash_pair(pair, permutations, runs, rng),
            "8 bytes per value; sizes given exactly, for nothing",
        ),
    ]


# --- a uniform sample of users --------------------------------------------------------------------


def roaring_bytes(users: NDArray[np.float64], span: float) -> NDArray[np.float64]:
    """Return the bytes of Roaring bitmaps of so many numbers each, spread evenly over a span.

    A container covers 2**16 numbers: 2 bytes each up to 4,096 of them, 8 kB beyond; 8 bytes of
    header where it is not empty.
    """
    each = users / (span / _CONTAINER)
    body = np.where(each <= _ARRAY_LIMIT, 2 * each, _CONTAINER / 8)
    total: NDArray[np.float64] = span / _CONTAINER * (body + 8 * (1 - np.exp(-each))) + 8
    return total


def measured_roaring(users: int, span: int, seed: int = 6) -> int:
    """Return the bytes of a real Roaring bitmap of random numbers below `span`, at its best."""
    rng = np.random.default_rng(seed)
    chosen = BitMap(np.unique(rng.integers(0, span, users)).astype(np.uint32))
    chosen.run_optimize()
    return len(chosen.serialize())


def user_samples(platform: Platform) -> list[Method]:
    """Return exact bitmaps of a uniform user sample at the bytes of theta, in three states.

    Bare: users are dense 32-bit integers already, nothing else is kept. With keys: users of a
    sample are numbered, and their 8-byte hashes kept (as overlap.store packs them), without which
    next week's events cannot be added. With keys and events: as much as a store holds.
    """
    sizes = platform.everything.astype(np.float64)

    def bare(rate: float) -> float:
        return float(roaring_bytes(sizes * rate, platform.users).sum())

    def keyed(rate: float) -> float:
        span = platform.users * rate
        return hash_bytes(platform, rate) + float(roaring_bytes(sizes[1:] * rate, span).sum())

    def whole(rate: float) -> float:
        return keyed(rate) + event_bytes() * platform.memberships * rate

    found = []
    for name, stored in (
        ("user sample, bare bitmaps", bare),
        ("user sample, bitmaps and keys", keyed),
        ("user sample, bitmaps, keys and events", whole),
    ):
        rate = float(brentq(lambda r, f=stored: f(r) - theta_bytes(platform), 1e-6, 1.0))
        found.append(
            Method(
                name,
                stored(rate),
                lambda pair, runs, rng, rate=rate: simulate.sampled(pair.both, rate, runs, rng),
                f"{100 * rate:.2g}% of users",
                sample=True,
                keeps_all=stored is whole,
            )
        )
    return found


# --- ours -----------------------------------------------------------------------------------------


def ours(platform: Platform, name: str, k: int, rule: Rule) -> tuple[Method, Allocation]:
    """Return a store whose budget is as large as the bytes of theta allow, by the byte model."""
    room = theta_bytes(platform)
    budget = best_within(
        platform, k, rule, lambda kept: expected_bytes(platform, kept).total <= room
    )
    kept = settle(platform, budget, k, rule)
    least = f", else {kept.least:,}" if kept.least < kept.k else ""
    return (
        Method(
            name,
            expected_bytes(platform, kept).total,
            lambda pair, runs, rng: simulate.kept_pair(
                pair, kept.k, runs, rng, floor=kept.floor, least=kept.least
            ),
            f"budget {budget / 1e6:.1f} M: F = 1/{1 / kept.floor:,.0f}, k = {kept.k:,}{least}",
            ours=True,
            keeps_all=True,
        ),
        kept,
    )
