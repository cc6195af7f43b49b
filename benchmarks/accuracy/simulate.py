"""What sketches of two sets would answer, simulated from what decides it instead of from users.

Every function returns float64[runs], estimates of one number over independent hash functions.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from datasketch import HyperLogLogPlusPlus
from numba import njit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

_LARGE_SHARE = 100


@dataclass(frozen=True, slots=True)
class Pair:
    """Two audiences of a and b users, `both` of them in common."""

    name: str
    a: int
    b: int
    both: int

    @property
    def union(self) -> int:
        """Users in either."""
        return self.a + self.b - self.both

    @property
    def jaccard(self) -> float:
        """Users in both as a share of those in either."""
        return self.both / self.union


def relative_rmse(estimates: Floats, truth: float) -> float:
    """Return the root mean square error as a share of the truth."""
    return float(np.sqrt(np.mean((estimates - truth) ** 2)) / truth)


# --- kept sets ------------------------------------------------------------------------------------


def kept_pair(
    pair: Pair, k: int, runs: int, rng: np.random.Generator, *, floor: float = 0.0, least: int = 0
) -> Floats:
    """Return overlaps counted at the pair's common rate, T = min(T_a, T_b), T = max(F, h₍k+1₎).

    Without a floor it is the intersection of Apache theta sketches at the smaller theta, trimmed
    to k. An audience of at most k users is whole; one above it keeps `least`, k unless given.
    """
    least = least or k
    cut = [n for n in (pair.a, pair.b) if n > k]
    if not cut:
        return np.full(runs, float(pair.both))
    if floor > 1.3 * least / max(cut):
        return rng.binomial(pair.both, floor, runs) / floor
    hits, through, place = _walk(
        pair.a - pair.both, pair.b - pair.both, pair.both, least, pair.a > k, pair.b > k, runs,
        int(rng.integers(1 << 31)),
    )  # fmt: skip
    theta = rng.beta(place, pair.union - place + 1)
    beyond = np.clip((floor - theta) / (1 - theta), 0, 1)
    below = through + rng.binomial(pair.both - through, beyond)
    return np.where(theta < floor, below / max(floor, 1e-300), hits / theta)


@njit(cache=True)
def _walk(only_a, only_b, both, k, cut_a, cut_b, runs, seed):  # type: ignore[no-untyped-def]
    """Walk up the users by hash, drawn without replacement, until a cut audience has k + 1.

    Returns the hits before that user and up to them, and their place in the union, from 1.
    """
    np.random.seed(seed)
    hits = np.zeros(runs, np.int64)
    through, places = np.zeros(runs, np.int64), np.zeros(runs, np.int64)
    for run in range(runs):
        left_a, left_b, left_both = only_a, only_b, both
        seen_a, seen_b, common, place = 0, 0, 0, 0
        while True:
            place += 1
            draw = np.random.random() * (left_a + left_b + left_both)
            if draw < left_both:
                left_both -= 1
                seen_a, seen_b, common = seen_a + 1, seen_b + 1, common + 1
                last = 1
            elif draw < left_both + left_a:
                left_a -= 1
                seen_a += 1
                last = 0
            else:
                left_b -= 1
                seen_b += 1
                last = 0
            if (cut_a and seen_a > k) or (cut_b and seen_b > k):
                hits[run], through[run], places[run] = common - last, common, place
                break
    return hits, through, places


def kept_size(
    n: int, k: int, runs: int, rng: np.random.Generator, *, floor: float = 0.0
) -> tuple[Floats, Floats]:
    """Return hits and rates of an audience of n users: h₍k+1₎ decides, or the floor, or nothing."""
    if n <= k:
        return np.full(runs, float(n)), np.ones(runs)
    theta = rng.beta(k + 1, n - k, runs)
    beyond = np.clip((floor - theta) / (1 - theta), 0, 1)
    below = k + 1 + rng.binomial(n - k - 1, beyond)
    return np.where(theta < floor, below, k).astype(np.float64), np.maximum(theta, floor)


def sampled(both: int, rate: float, runs: int, rng: np.random.Generator) -> Floats:
    """Return overlaps counted in a uniform sample of users."""
    return rng.binomial(both, rate, runs) / rate


# --- MinHash --------------------------------------------------------------------------------------


def minhash_pair(pair: Pair, permutations: int, runs: int, rng: np.random.Generator) -> Floats:
    """Return overlaps (a + b)·J/(1 + J) with J from MinHash, the sizes being known exactly."""
    found = rng.binomial(permutations, pair.jaccard, runs) / permutations
    return (pair.a + pair.b) * found / (1 + found)


def minhash_alone(pair: Pair, permutations: int, runs: int, rng: np.random.Generator) -> Floats:
    """Return overlaps from two MinHash signatures and nothing else.

    Sizes are permutations / Σ −ln(1 − minimum), the overlap (n_a + n_b)·J/(1 + J): the estimator
    that Ertl (SetSketch, VLDB 2021) calls the original one, cardinalities not known.
    """
    answers = []
    for _ in range(runs):
        # The smallest of n uniform hashes, −ln(1 − h), is exponential with rate n.
        only_a, only_b, common = (
            rng.exponential(1 / max(n, 1e-9), permutations)
            for n in (pair.a - pair.both, pair.b - pair.both, pair.both)
        )
        a, b = np.minimum(only_a, common), np.minimum(only_b, common)
        found = np.count_nonzero(a == b) / permutations
        sizes = permutations / a.sum() + permutations / b.sum()
        answers.append(sizes * found / (1 + found))
    return np.array(answers)


# --- HyperLogLog ----------------------------------------------------------------------------------


def hll_registers(users: int, p: int, runs: int, rng: np.random.Generator) -> NDArray[np.int8]:
    """Return registers int8[runs, 2**p] of sets of random hashes.

    Users fall into registers as they would (as independent Poisson counts where there are over a
    hundred per register), and a register holds the largest of its users' geometric ranks.
    """
    m = 1 << p
    if users > _LARGE_SHARE * m:
        counts = rng.poisson(users / m, (runs, m))
    else:
        counts = rng.multinomial(users, np.full(m, 1 / m), runs)
    with np.errstate(divide="ignore", invalid="ignore"):
        ranks = np.ceil(-np.log2(-np.expm1(np.log(rng.random((runs, m))) / counts)))
    registers: NDArray[np.int8] = np.where(counts > 0, np.clip(ranks, 1, 64 - p + 1), 0).astype(
        np.int8
    )
    return registers


def hll_count(registers: NDArray[np.int8]) -> Floats:
    """Return what datasketch's HyperLogLog++ makes of registers."""
    return np.array([HyperLogLogPlusPlus(reg=row).count() for row in registers], dtype=np.float64)


def hll_pair(pair: Pair, p: int, runs: int, rng: np.random.Generator) -> Floats:
    """Return overlaps by inclusion–exclusion, |A| + |B| − |A ∪ B|, from HyperLogLog++."""
    only_a = hll_registers(pair.a - pair.both, p, runs, rng)
    only_b = hll_registers(pair.b - pair.both, p, runs, rng)
    common = hll_registers(pair.both, p, runs, rng)
    a, b = np.maximum(only_a, common), np.maximum(only_b, common)
    return hll_count(a) + hll_count(b) - hll_count(np.maximum(a, b))
