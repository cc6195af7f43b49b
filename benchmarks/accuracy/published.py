"""Numbers that others published, reproduced by the simulations used everywhere else here."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from benchmarks.accuracy import simulate
from benchmarks.accuracy.markdown import markdown
from benchmarks.accuracy.simulate import Pair, relative_rmse


@dataclass(frozen=True, slots=True)
class Published:
    """A published relative error: from how many runs it came (0: it is a formula), and ours."""

    name: str
    published: float
    published_runs: int
    ours: float
    runs: int

    @property
    def spread(self) -> float:
        """Relative standard error of the ratio ours / published that so many runs leave.

        A root mean square of n errors has itself the relative standard error 1/√(2n).
        """
        theirs = 1 / (2 * self.published_runs) if self.published_runs else 0.0
        return float(np.sqrt(theirs + 1 / (2 * self.runs)))

    @property
    def deviation(self) -> float:
        """Ours / published − 1 in units of its spread."""
        return (self.ours / self.published - 1) / self.spread


HLL_P = (10, 12, 14)
THETA_K = (512, 4096)
PERMUTATIONS = 4096
UNION = 1_000_000
MINHASH = ((0.01, 0.153), (0.1, 0.0466), (0.5, 0.0186))
"""J and RMSE(X)/X for X = |A ∩ B|, |A ∪ B| = 10⁶, |A \\ B| = |B \\ A|, m = 4,096.

These are the runs of the SetSketch paper (Ertl, VLDB 2021), 1,000 of them, with the original
MinHash estimator and cardinalities not known: Ĵ is the share of equal values, the sizes are
estimated from the same signatures as m / Σ −ln(1 − minimum), and X = (n_A + n_B)·Ĵ/(1 + Ĵ).
The three numbers together fit no other convention: with the union known, RMSE(X)/X would be
√((1 − J)/(J·m)), which is 0.0156 at J = 0.5, seven standard errors of 1,000 runs below 0.0186;
with the sizes known it would be smaller still, by 1/(1 + J).
"""
MINHASH_RUNS = 1_000


def hll(p: int, runs: int, seed: int = 21) -> Published:
    """HyperLogLog: relative standard error 1.04/√m (Flajolet et al. 2007); 50 users a register."""
    rng = np.random.default_rng(seed)
    users = 50 << p
    found = simulate.hll_count(simulate.hll_registers(users, p, runs, rng))
    ours = relative_rmse(found, users)
    return Published(f"HyperLogLog++, m = {1 << p:,}: 1.04/√m", 1.04 / 2 ** (p / 2), 0, ours, runs)


def theta(k: int, runs: int, seed: int = 22) -> Published:
    """Theta: relative standard error 1/√(k − 1) of k/h₍k+1₎ (Giroire 2009)."""
    rng = np.random.default_rng(seed)
    hits, rate = simulate.kept_size(UNION, k, runs, rng)
    ours = relative_rmse(hits / rate, UNION)
    return Published(f"theta, k = {k:,}: 1/√(k − 1)", 1 / np.sqrt(k - 1), 0, ours, runs)


def minhash_pair(jaccard: float) -> Pair:
    """Return the published pair: equal sizes, the union 10⁶."""
    both = round(jaccard * UNION)
    size = (UNION + both) // 2
    return Pair(f"J = {jaccard:g}", size, size, both)


def minhash(jaccard: float, published: float, runs: int, seed: int = 23) -> Published:
    """MinHash with nothing known beside the signatures; see MINHASH."""
    pair = minhash_pair(jaccard)
    rng = np.random.default_rng(seed)
    ours = relative_rmse(simulate.minhash_alone(pair, PERMUTATIONS, runs, rng), pair.both)
    name = f"MinHash, m = {PERMUTATIONS:,}, {pair.name}: RMSE(X)/X"
    return Published(name, published, MINHASH_RUNS, ours, runs)


def minhash_theory(jaccard: float) -> float:
    """Return √[((1−J)/(J(1+J)²) + (1+J)/2 + (1−J)/(1+J))/m], what many runs of `minhash` tend to.

    By the delta method: the variance of Ĵ, that of the sizes, whose minima coincide with
    probability J, and twice the covariance of both.
    """
    J = jaccard
    terms = (1 - J) / (J * (1 + J) ** 2) + (1 + J) / 2 + (1 - J) / (1 + J)
    return float(np.sqrt(terms / PERMUTATIONS))


def lines(runs: int = 2_000) -> list[str]:
    """Return the table as Markdown."""
    rows = [
        *(hll(p, runs if p < HLL_P[-1] else runs // 4) for p in HLL_P),
        *(theta(k, 20 * runs) for k in THETA_K),
        *(minhash(jaccard, error, runs) for jaccard, error in MINHASH),
    ]
    theory = ", ".join(f"{minhash_theory(j):.4f} at J = {j:g}" for j, _ in MINHASH)
    return [
        *markdown(
            ["what", "published", "here", "runs there", "runs here", "apart, in standard errors"],
            [
                [
                    r.name,
                    f"{r.published:.4f}",
                    f"{r.ours:.4f}",
                    f"{r.published_runs:,}" if r.published_runs else "formula",
                    f"{r.runs:,}",
                    f"{r.deviation:+.1f}",
                ]
                for r in rows
            ],
        ),
        "",
        "The MinHash figures are 1,000 simulated runs of the SetSketch paper (Ertl, VLDB 2021; its "
        "original estimator, cardinalities not known): the sizes too come from the signatures, "
        "X = (n_A + n_B)·Ĵ/(1 + Ĵ). A thousand runs leave ±2.2% in a root mean square; many more "
        f"tend to {theory}. No convention with the union or the sizes known gives these figures: "
        "with the union known it would be √((1 − J)/(J·m)), 0.0156 at J = 0.5.",
    ]
