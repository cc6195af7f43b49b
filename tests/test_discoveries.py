"""A p-value is never too small, and of many discoveries no more are luck than was allowed."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from overlap.estimates import chance_p, false_discovery_rates
from overlap.model import UsageError

tables = st.integers(1, 60).flatmap(
    lambda n: st.tuples(st.just(n), st.integers(0, n), st.integers(0, n))
)


def support(n: int, a: int, b: int) -> np.ndarray:
    return np.arange(max(0, a + b - n), min(a, b) + 1)


# --- one p-value ------------------------------------------------------------------------------


@given(tables)
def test_a_p_value_is_twice_the_smaller_tail_of_fishers_exact_test(table) -> None:
    n, a, b = table
    for s in support(n, a, b):
        got = chance_p(s, a, b, n, 1.0)[0]
        if max(a, b) == n or min(a, b) == 0:
            assert np.isnan(got)
            continue
        _, above = stats.fisher_exact([[s, a - s], [b - s, n - a - b + s]], "greater")
        _, below = stats.fisher_exact([[s, a - s], [b - s, n - a - b + s]], "less")
        assert got == pytest.approx(min(1.0, 2 * min(above, below)), rel=1e-6)


@given(tables)
def test_by_chance_a_p_value_below_p_is_no_likelier_than_p(table) -> None:
    n, a, b = table
    if max(a, b) == n or min(a, b) == 0:
        return
    s = support(n, a, b)
    p = chance_p(s, a, b, n, 1.0)
    probability = stats.hypergeom.pmf(s, n, a, b)
    for level in p:
        assert probability[p <= level * (1 + 1e-9)].sum() <= level * (1 + 1e-6)


def test_large_tables_have_the_exact_p_value_within_a_ten_thousandth_of_itself() -> None:
    rng = np.random.default_rng(4)
    n = np.rint(10 ** rng.uniform(3, 9, 3000))
    a, b = (np.clip(np.rint(n * 10 ** rng.uniform(-4, 0, 3000)), 1, n - 1) for _ in range(2))
    mean = a * b / n
    away = np.sqrt(mean * (1 - a / n) * (1 - b / n)) * rng.normal(0, 3, 3000)
    s = np.clip(np.rint(mean + away), np.maximum(0, a + b - n), np.minimum(a, b))
    exact = 2 * np.minimum(stats.hypergeom.sf(s - 1, n, a, b), stats.hypergeom.cdf(s, n, a, b))
    np.testing.assert_allclose(chance_p(s, a, b, n, 1.0), np.minimum(exact, 1), rtol=1e-4)


def test_the_rate_of_the_sample_does_not_matter_to_a_test_of_kept_users() -> None:
    whole = chance_p([30, 4], [100, 50], [120, 300], [1000, 4000], 1.0)
    assert chance_p([30, 4], [100, 50], [120, 300], [1000, 4000], 0.01) == pytest.approx(whole)


@pytest.mark.parametrize("expected", [1, 8, 60, 400])
def test_a_baseline_that_was_kept_more_sparsely_makes_no_false_alarms(expected: int) -> None:
    rng = np.random.default_rng(expected)
    runs, rate, base_rate, n, a = 4000, 0.5, 0.02, 60_000, 2000
    b = round(expected * n / a)
    # Kept users of a population in which the audiences are independent.
    s = rng.hypergeometric(a, n - a, b, runs)
    base = rng.binomial(n, base_rate / rate, runs) * (rate / base_rate)
    p = chance_p(s, a, b, np.maximum(base, a + b - s), rate, base_rate)
    for level in (0.001, 0.01, 0.05):
        assert (p <= level).mean() <= level + 3 * np.sqrt(level / runs)


def test_what_is_plainly_more_or_less_than_chance_is_found() -> None:
    p = chance_p([120, 60, 10], [1000, 1000, 1000], [1000, 1000, 1000], 16_000, 1.0)
    assert p[0] < 1e-10
    assert p[1] > 0.5
    assert p[2] < 1e-10


def test_a_surprise_beyond_all_measure_keeps_a_p_value_above_nothing() -> None:
    assert 0 < chance_p(1e6, 1e6, 1e6, 1e8, 1.0)[0] < 1e-200


@pytest.mark.parametrize(
    ("hits", "rate"), [((5, 3, 9, 20), 1.0), ((-1, 3, 9, 20), 1.0), ((1, 3, 9, 20), 0.0)]
)
def test_counts_that_cannot_be_are_refused(hits: tuple[int, ...], rate: float) -> None:
    with pytest.raises(UsageError):
        chance_p(*hits, rate)


# --- many of them -----------------------------------------------------------------------------


@given(st.lists(st.floats(0, 1), min_size=1, max_size=30))
def test_a_q_value_is_the_least_rate_at_which_a_p_value_is_a_discovery(ps: list[float]) -> None:
    q = false_discovery_rates(ps)
    m = len(ps)
    for p, found in zip(ps, q, strict=True):
        at_or_above = [other for other in ps if other >= p]
        least = min(other * m / sum(x <= other for x in ps) for other in at_or_above)
        assert found == pytest.approx(least)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=20), st.integers(0, 5))
def test_what_was_not_tested_does_not_count(ps: list[float], untested: int) -> None:
    q = false_discovery_rates([*ps, *[np.nan] * untested])
    np.testing.assert_array_equal(q[: len(ps)], false_discovery_rates(ps))
    assert np.isnan(q[len(ps) :]).all()


def test_a_p_value_outside_zero_to_one_is_refused() -> None:
    with pytest.raises(UsageError, match=r"1\.5 is not a p-value"):
        false_discovery_rates([0.1, 1.5])


@pytest.mark.parametrize("expected", [0.3, 3, 50])
@pytest.mark.parametrize("rate", [1.0, 0.1])
@pytest.mark.parametrize("true", [0, 20], ids=["all by chance", "some real"])
def test_the_share_of_false_discoveries_stays_within_the_rate(
    expected: float, rate: float, true: int
) -> None:
    rng = np.random.default_rng([round(10 * expected), round(10 * rate), true])
    runs, cells, level = 250, 200, 0.05
    # A finite population with independent audiences, of which users are kept at the rate.
    N = 100_000
    A = 5000
    B = np.full((runs, cells), round(expected / rate * N / A))
    both = rng.hypergeometric(A, N - A, B)
    both[:, :true] = np.minimum(3 * both[:, :true] + 3, B[:, :true])
    cell_counts = (both, A - both, B - both, N - A - B + both)
    s, only_a, only_b, rest = (rng.binomial(x, rate) for x in cell_counts)
    a, b = s + only_a, s + only_b
    p = chance_p(s.ravel(), a.ravel(), b.ravel(), (a + only_b + rest).ravel(), rate)
    false = []
    for row in p.reshape(runs, cells):
        found = false_discovery_rates(row) <= level
        false.append(found[true:].sum() / max(found.sum(), 1))
    assert np.mean(false) <= level + 3 * np.std(false) / np.sqrt(runs)
