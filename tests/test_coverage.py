"""Every interval holds as often as it says, from no hit to a hundred and at every rate."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pytest
from datasketch import HyperLogLogPlusPlus
from numpy.typing import NDArray

from overlap import estimates
from overlap.estimates import Intervals

Floats = NDArray[np.float64]

RATES = (0.001, 0.1, 0.5, 0.9, 0.999, 1.0)
HITS = (0, 1, 2, 5, 20, 100)
RUNS = 1500
LEVEL = 0.95
FLOOR = LEVEL - 3 * float(np.sqrt(LEVEL * (1 - LEVEL) / RUNS))
"""Three standard errors of the simulation below the claim."""

SHAPES = {
    "typical": (0.3, 3.0),
    "mostly inside": (0.9, 1.5),
    "by chance": (0.02, 1.0),
    "wholly inside": (1.0, 2.0),
}
"""Share of the smaller audience in the larger, and how many times more than chance that is."""


@dataclass(frozen=True)
class Truth:
    """Users of an overlap, of its two audiences and of the baseline."""

    both: int
    a: int
    b: int
    n: int


def truth(hits: int, rate: float, shape: str) -> Truth:
    """Return a pair with so many expected hits in the overlap (20 in the audience for none)."""
    share, lift = SHAPES[shape]
    both = round(hits / rate)
    b = max(both, round(both / share)) if both else round(20 / rate)
    a = 3 * b
    return Truth(both, a, b, max(round(a * lift / share), a + b - both))


def draw(t: Truth, rate: float, rng: np.random.Generator) -> tuple[NDArray[np.int64], ...]:
    """Return the kept users of both, a, b and n in independent runs."""
    cells = (t.both, t.a - t.both, t.b - t.both, t.n - t.a - t.b + t.both)
    both, a, b, rest = (rng.binomial(cell, rate, RUNS) for cell in cells)
    return both, both + a, both + b, both + a + b + rest


Draw = tuple[NDArray[np.int64], ...]
Measure = Callable[[Draw, float, Truth], tuple[Intervals, float]]

MEASURES: dict[str, Measure] = {
    "count": lambda d, T, t: (estimates.counts(d[0], T), t.both),
    "share": lambda d, T, t: (estimates.shares(d[0], d[2], T), t.both / t.b),
    "share of a known whole": lambda d, T, t: (
        estimates.shares(d[0], d[2], T, t.b),
        t.both / t.b,
    ),
    "jaccard": lambda d, T, t: (estimates.jaccard(*d[:3], T), t.both / (t.a + t.b - t.both)),
    "tgi": lambda d, T, t: (estimates.tgi(*d, T), 100 * t.both * t.n / (t.a * t.b)),
    "expected": lambda d, T, t: (estimates.expected(*d, T), t.a * t.b / t.n),
    "excess": lambda d, T, t: (estimates.excess(*d, T), t.both - t.a * t.b / t.n),
}


def coverage(found: Intervals, true: float) -> float:
    """Return how often the truth was inside, where there was anything to estimate from."""
    slack = 1e-9 * max(abs(true), 1)
    known = np.isfinite(found.value)
    assert np.isfinite(found.low[known]).all()
    assert np.isfinite(found.high[known]).all()
    assert (found.low[known] <= found.value[known] + slack).all()
    assert (found.value[known] <= found.high[known] + slack).all()
    if known.mean() < 0.3:
        return LEVEL
    held = (found.low[known] <= true + slack) & (true - slack <= found.high[known])
    return float(held.mean())


def check(measure: str, hits: int, rate: float, shape: str) -> float:
    rng = np.random.default_rng([hits, round(rate * 1000), list(SHAPES).index(shape)])
    t = truth(hits, rate, shape)
    found, true = MEASURES[measure](draw(t, rate, rng), rate, t)
    held = coverage(found, true)
    if rate == 1:
        assert found.exact.all()
        assert held == 1
    return held


@pytest.mark.parametrize("measure", MEASURES)
@pytest.mark.parametrize("rate", [0.1, 0.9, 1.0])
@pytest.mark.parametrize(("hits", "shape"), [(0, "typical"), (2, "by chance"), (20, "typical")])
def test_intervals_hold_as_often_as_they_say(
    measure: str, hits: int, rate: float, shape: str
) -> None:
    assert check(measure, hits, rate, shape) >= FLOOR


@pytest.mark.slow
@pytest.mark.parametrize("measure", MEASURES)
@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("rate", RATES)
def test_intervals_hold_at_every_rate_and_number_of_hits(
    measure: str, rate: float, shape: str
) -> None:
    held = {hits: check(measure, hits, rate, shape) for hits in HITS}
    assert min(held.values()) >= FLOOR, held


@pytest.mark.parametrize("rate", [0.001, 0.1, 0.5])
def test_with_a_hundred_hits_intervals_are_hardly_wider_than_the_normal_ones(rate: float) -> None:
    t = truth(100, rate, "typical")
    both, a, b, n = draw(t, rate, np.random.default_rng(1))
    lift = t.both * t.n / (t.a * t.b)
    spread = {
        "count": t.both * np.sqrt((1 - rate) / 100),
        "share": t.both / t.b * np.sqrt((1 - rate) * (1 - t.both / t.b) / 100),
        "tgi": 100
        * lift
        * np.sqrt((1 - rate) / rate * (1 / t.both - 1 / t.a - 1 / t.b + (2 * lift - 1) / t.n)),
    }
    for name, error in spread.items():
        found, _ = MEASURES[name]((both, a, b, n), rate, t)
        assert 0.95 < np.median(found.high - found.low) / (2 * 1.96 * error) < 1.2


@pytest.mark.parametrize("level", [0.8, 0.99])
def test_other_levels_hold_too(level: float) -> None:
    t = truth(20, 0.1, "typical")
    drawn = draw(t, 0.1, np.random.default_rng(2))
    floor = level - 3 * np.sqrt(level * (1 - level) / RUNS)
    for found, true in [
        (estimates.counts(drawn[0], 0.1, level), t.both),
        (estimates.shares(drawn[0], drawn[2], 0.1, level=level), t.both / t.b),
        (estimates.tgi(*drawn, 0.1, level=level), 100 * t.both * t.n / (t.a * t.b)),
    ]:
        assert floor <= coverage(found, true) <= level + 0.1


@pytest.mark.parametrize("k", [16, 64, 1024])
def test_intervals_hold_where_the_rate_is_itself_set_by_the_kept_users(k: int) -> None:
    """A bottom-k sketch: T is the (k + 1)-th smallest hash of the larger audience."""
    rng = np.random.default_rng(k)
    a, both, b, n = 40 * k, 8 * k, 16 * k, 400 * k
    T = rng.beta(k + 1, a - k, RUNS)
    s = rng.hypergeometric(both, a - both, k, RUNS)
    sb = s + rng.binomial(b - both, T)
    sn = sb - s + k + rng.binomial(n - a - b + both, T)
    # Of an audience not cut by its own rate every hash below T is kept.
    whole = coverage(estimates.counts(np.full(RUNS, k), T), a)
    assert whole >= FLOOR
    assert coverage(estimates.counts(s, T), both) >= FLOOR
    assert coverage(estimates.shares(s, sb, T), both / b) >= FLOOR
    assert coverage(estimates.tgi(s, k, sb, sn, T), 100 * both * n / (a * b)) >= FLOOR


@pytest.mark.parametrize("rate", [0.1, 0.5, 1.0])
def test_affinity_holds_where_the_baseline_is_kept_at_a_smaller_rate(rate: float) -> None:
    rng = np.random.default_rng(5)
    t = Truth(round(20 / rate), round(300 / rate), round(90 / rate), round(2000 / rate))
    both, a, b, _ = draw(t, rate, rng)
    for base in (rate / 2, rate / 20):
        # Those of A∪B are kept at both rates, so the baseline's sample contains part of theirs.
        n = rng.binomial(a + b - both, base / rate) + rng.binomial(t.n - t.a - t.b + t.both, base)
        hits = (both, a, b, n * rate / base)
        chance = t.a * t.b / t.n
        for measure, true in [
            (estimates.tgi, 100 * t.both / chance),
            (estimates.expected, chance),
            (estimates.excess, t.both - chance),
        ]:
            found = measure(*hits, rate, base)
            assert not found.exact.any()
            assert coverage(found, true) >= FLOOR


@pytest.mark.parametrize(
    ("n", "rate"), [(6_000, 0.7), (40_000, 0.1), (400_000, 0.01), (4_000_000, 0.001)]
)
def test_sizes_from_sample_and_hyperloglog_hold_and_are_sharper_than_either(
    n: int, rate: float
) -> None:
    rng = np.random.default_rng(n)
    m, runs = 4096, 300
    users = rng.multinomial(n, np.full(m, 1 / m), runs)
    # The largest of c geometric ranks, by inversion.
    with np.errstate(divide="ignore", over="ignore"):
        ranks = 1 + np.floor(-np.log2(-np.expm1(np.log(rng.random((runs, m))) / users)))
    registers = np.where(users > 0, ranks, 0).astype(np.int8)
    reach = [HyperLogLogPlusPlus(reg=row).count() for row in registers]
    hits = rng.binomial(n, rate, runs)
    both = estimates.combined(hits, rate, reach, 1.04 / np.sqrt(m))
    alone = estimates.counts(hits, rate)
    floor = LEVEL - 3 * np.sqrt(LEVEL * (1 - LEVEL) / runs)
    assert coverage(both, n) >= floor
    assert coverage(alone, n) >= floor
    assert np.mean([abs(np.log(x / n)) < 1.96 * 1.04 / np.sqrt(m) for x in reach]) >= floor
    widths = (both.high - both.low) / n
    assert np.median(widths) < 1.02 * np.median((alone.high - alone.low) / n)
    assert np.median(widths) < 1.02 * 2 * 1.96 * 1.04 / np.sqrt(m)


@pytest.mark.parametrize("shape", [0.5, 4.0, 50.0])
def test_shrunk_affinity_holds_over_cells_of_one_population(shape: float) -> None:
    rng = np.random.default_rng(7)
    held = []
    for _ in range(20):
        expected = 10 ** rng.uniform(-1, 3, 150)
        index = 1.2 * rng.gamma(shape, 1 / shape, 150)
        found = estimates.shrunk_tgi(rng.poisson(index * expected), expected)
        held.append((found.low <= 100 * index) & (100 * index <= found.high))
    assert np.mean(held) >= LEVEL - 0.02


def _ranked(
    scores: Floats, error: float, groups: int, rng: np.random.Generator
) -> NDArray[np.int64]:
    """Return least rank, greatest rank and observed order of cells measured with an error."""
    parts = scores + error * np.sqrt(groups) * rng.normal(size=(groups, len(scores)))
    seen = parts.mean(axis=0)
    without = (parts.sum(axis=0) - parts) / (groups - 1)
    return np.array([*estimates.rank_intervals(without, seen), np.argsort(-seen)])


@pytest.mark.parametrize("error", [0.0, 0.05, 0.3, 1.0])
@pytest.mark.parametrize("gaps", ["spread", "near ties", "two clusters"])
def test_rank_intervals_hold_for_all_cells_and_for_those_that_look_best(
    gaps: str, error: float
) -> None:
    rng = np.random.default_rng(11)
    true = np.arange(1, 101)
    all_held, best_held = [], []
    for _ in range(60):
        scores = {
            "spread": rng.normal(size=100),
            "near ties": np.arange(100) * 1e-6,
            "two clusters": np.r_[rng.normal(2, 0.1, 20), rng.normal(0, 0.1, 80)],
        }[gaps]
        low, high, order = _ranked(np.sort(scores)[::-1], error, 32, rng)
        held = (low <= true) & (true <= high)
        all_held.append(held.mean())
        best_held.append(held[order[:5]].mean())
        if error == 0:
            assert (low == true).all()
            assert (high == true).all()
    assert np.mean(all_held) >= LEVEL
    assert np.mean(best_held) >= LEVEL - 0.03
