"""Estimates against exact answers: known quantiles, enumerated tails, limits and algebra."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from overlap import estimates
from overlap.estimates import UNRANKED, WEAK_PRIOR
from overlap.model import Estimate, Grade, UsageError

RATES = [1e-6, 0.001, 0.1, 0.5, 0.9, 0.999]


# --- counts -----------------------------------------------------------------------------------


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("level", [0.85, 0.95, 0.99])
def test_counts_are_the_inversion_of_the_negative_binomial(rate: float, level: float) -> None:
    hits = np.array([0, 1, 2, 5, 20, 90, 150, 1000, 10_000, 10_000_000])
    found = estimates.counts(hits, rate, level)
    half = (1 - level) / 2
    low = np.where(hits > 0, hits + stats.nbinom.ppf(half, np.maximum(hits, 1), rate), 0)
    high = hits + stats.nbinom.ppf(1 - half, hits + 1, rate)
    error = np.sqrt((hits + 1) * (1 - rate)) / rate
    np.testing.assert_allclose(found.value, hits / rate)
    # Exact for few hits; with many an expansion stands in, then a user more or less may differ.
    few = hits * (1 - rate) < 99
    np.testing.assert_array_equal(found.low[few], low[few])
    np.testing.assert_array_equal(found.high[few], np.maximum(high, found.value)[few])
    assert (abs(found.low - low) <= 0.002 * error + 1)[~few].all()
    assert (abs(found.high - high) <= 0.002 * error + 1)[~few].all()


@given(
    st.integers(0, 10**7), st.floats(1e-6, 1, exclude_min=True), st.sampled_from([0.5, 0.9, 0.99])
)
def test_a_count_lies_in_its_interval_and_never_below_the_users_kept(
    hits: int, rate: float, level: float
) -> None:
    found = estimates.count(hits, rate, level)
    assert hits <= found.low or hits == 0
    assert found.low <= found.value <= found.high
    assert found.sample == hits
    wider = estimates.count(hits, rate, 0.999)
    assert wider.low <= found.low
    assert found.high <= wider.high


def test_at_rate_one_a_count_is_exact() -> None:
    assert estimates.count(7, 1) == Estimate(7.0, 7.0, 7.0, True, 7, 1.0)
    assert estimates.count(0, 1.0) == Estimate(0.0, 0.0, 0.0, True, 0, 1.0)


def test_a_column_of_counts_is_the_counts_one_by_one() -> None:
    hits, rates = [0, 3, 3, 500], [0.5, 0.25, 1.0, 0.001]
    found = estimates.counts(hits, rates)
    assert len(found) == 4
    assert [found.at(i) for i in range(4)] == [
        estimates.count(h, r) for h, r in zip(hits, rates, strict=True)
    ]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (lambda: estimates.count(3, 0), "rate 0.0 is not in"),
        (lambda: estimates.count(3, 1.5), "rate 1.5 is not in"),
        (lambda: estimates.count(-1, 0.5), "-1.0 is not a number of kept users"),
        (lambda: estimates.count(float("nan"), 0.5), "nan is not a number of kept users"),
        (lambda: estimates.count(3, 0.5, 95), "confidence level 95"),
        (lambda: estimates.share(5, 4, 0.5), "5 kept users cannot be among 4"),
        (lambda: estimates.tgi(5, 4, 9, 20, 0.5), "5 kept users cannot be among 4"),
        (lambda: estimates.tgi(3, 4, 9, 20, 0.5, baseline_rate=0), "rate 0.0 is not in"),
        (lambda: estimates.rank_intervals(np.zeros((3, 4)), np.zeros(5)), "do not belong"),
        (lambda: estimates.rank_intervals(np.zeros((1, 4)), np.zeros(4)), "do not belong"),
    ],
)
def test_impossible_input_is_named(wrong: object, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        wrong()  # type: ignore[operator]


# --- HyperLogLog beside the sample ------------------------------------------------------------


def test_a_hyperloglog_count_has_its_published_standard_error() -> None:
    found = estimates.hll_estimate(1_000_000, 4096)
    assert np.log(found.high / found.low) / (2 * 1.959964) == pytest.approx(1.04 / 64, rel=1e-6)
    assert (found.value, found.sample, found.exact) == (1_000_000, 0, False)


def test_two_equally_good_estimates_meet_half_way_and_halve_the_variance() -> None:
    # 1.04²/m = (1 − T)/(n·T) makes them equally good at n.
    n, m = 1_000_000, 4096
    rate = 1 / (1 + n * 1.04**2 / m)
    sample = estimates.count(round(1.01 * n * rate), rate)
    both = estimates.combine(sample, estimates.hll_estimate(0.99 * n, m))
    assert both.value == pytest.approx(n, rel=1e-3)
    width = np.log(both.high / both.low) / (2 * 1.959964)
    assert width == pytest.approx(1.04 / 64 / np.sqrt(2), rel=0.02)
    assert (both.sample, both.rate) == (sample.sample, rate)


def test_the_better_of_two_estimates_decides() -> None:
    reach = estimates.hll_estimate(1_000_000, 4096)
    assert estimates.combine(estimates.count(9, 1e-5), reach).value == pytest.approx(1e6, rel=0.01)
    sample = estimates.count(900_000, 0.9)
    assert estimates.combine(sample, reach).value == pytest.approx(sample.value, rel=0.001)


def test_an_exact_sample_and_a_missing_count_leave_the_sample_as_it_is() -> None:
    exact = estimates.count(5000, 1)
    assert estimates.combine(exact, estimates.hll_estimate(6000, 4096)) == exact
    sample = estimates.count(5, 0.5)
    assert estimates.combine(sample, estimates.hll_estimate(0, 4096)) == sample


@given(st.integers(0, 5000), st.floats(0.001, 0.9999), st.floats(0, 1e7))
def test_a_combined_size_is_never_below_the_users_kept(
    hits: int, rate: float, reach: float
) -> None:
    found = estimates.combine(estimates.count(hits, rate), estimates.hll_estimate(reach, 4096))
    assert hits <= found.low <= found.value <= found.high


# --- shares -----------------------------------------------------------------------------------


def _exact_share(x: int, n: int, N: int) -> tuple[float, float]:
    """Return the least and greatest share of N for which neither tail is rarer than 2.5%."""
    K = np.arange(x, N - n + x + 1)
    return (
        K[stats.hypergeom.sf(x - 1, N, K, n) > 0.025].min() / N,
        K[stats.hypergeom.cdf(x, N, K, n) > 0.025].max() / N,
    )


@pytest.mark.parametrize("N", [40, 400, 3_000])
@pytest.mark.parametrize("rate", [0.02, 0.1, 0.3, 0.5, 0.55, 0.75, 0.95])
def test_shares_of_a_known_whole_invert_the_hypergeometric(N: int, rate: float) -> None:
    n = max(1, round(N * rate))
    for x in sorted({0, 1, 2, n // 10, n // 4, n // 2, n - n // 4, n - 1, n} & set(range(n + 1))):
        found = estimates.shares(x, n, n / N, N)
        low, high = _exact_share(x, n, N)
        # A user either way for the lattice, and a few per cent of the width.
        room = 1.3 / N + 0.04 * (high - low)
        assert low - room <= found.low[0] <= low + 0.03 * (high - low) + 1e-9
        assert high - 0.03 * (high - low) - 1e-9 <= found.high[0] <= high + room


def test_a_share_of_a_vast_whole_is_that_of_a_binomial() -> None:
    for x, n in [(0, 10), (3, 10), (10, 10), (40, 1000), (600, 1000)]:
        found = estimates.share(x, n, 1e-7)
        low = stats.beta.ppf(0.025, x, n - x + 1) if x else 0
        high = stats.beta.ppf(0.975, x + 1, n - x) if x < n else 1
        assert (found.low, found.high) == pytest.approx((low, high), abs=2e-4)


def test_knowing_the_whole_makes_a_share_only_sharper() -> None:
    for rate in (0.1, 0.4, 0.6, 0.9):
        whole = Estimate(40 / rate, 40 / rate, 40 / rate, True, round(40 / rate), 1.0)
        free, known = estimates.share(9, 40, rate), estimates.share(9, 40, rate, whole)
        assert free.low <= known.low <= known.value <= known.high <= free.high
        assert free.value == known.value == 9 / 40


def test_a_share_of_nothing_is_unknown_and_a_share_at_rate_one_exact() -> None:
    unknown = estimates.share(0, 0, 0.1)
    assert np.isnan(unknown.value)
    assert (unknown.low, unknown.high) == (0, 1)
    assert estimates.share(3, 12, 1) == Estimate(0.25, 0.25, 0.25, True, 3, 1.0)


def test_jaccard_is_the_share_of_the_union() -> None:
    found = estimates.jaccard(20, 50, 70, 0.1).at(0)
    assert found == estimates.share(20, 100, 0.1)
    assert estimates.jaccard(20, 50, 70, 1).at(0).value == 0.2


# --- against chance ---------------------------------------------------------------------------


def test_affinity_expected_and_excess_of_exact_counts_are_plain_arithmetic() -> None:
    hits = (70, 110, 191, 300)
    assert estimates.tgi(*hits, 1).at(0) == Estimate(
        100 * 70 * 300 / (110 * 191), *[100 * 70 * 300 / (110 * 191)] * 2, True, 70, 1.0
    )
    assert estimates.expected(*hits, 1).at(0).value == pytest.approx(110 * 191 / 300)
    assert estimates.excess(*hits, 1).at(0).value == pytest.approx(70 - 110 * 191 / 300)


def test_with_many_hits_affinity_has_the_variance_of_the_delta_method() -> None:
    for both, a, b, n, rate in [
        (3000, 20_000, 9_000, 200_000, 0.01),
        (3000, 20_000, 9_000, 200_000, 0.5),
        (8000, 20_000, 9_000, 40_000, 0.1),
        (2000, 30_000, 30_000, 300_000, 0.1),
    ]:
        found = estimates.tgi(both, a, b, n, rate).at(0)
        lift = both * n / (a * b)
        variance = (1 - rate) * (1 / both - 1 / a - 1 / b + (2 * lift - 1) / n)
        width = np.log(found.high / found.low) / (2 * 1.959964)
        assert width == pytest.approx(np.sqrt(variance), rel=0.05)


def test_affinity_does_not_depend_on_which_audience_comes_first() -> None:
    one = estimates.tgi([5, 0], [20, 20], [90, 90], 1000, 0.1)
    other = estimates.tgi([5, 0], [90, 90], [20, 20], 1000, 0.1)
    for column in ("value", "low", "high"):
        np.testing.assert_allclose(getattr(one, column), getattr(other, column))


def test_without_a_common_user_affinity_is_zero_with_a_finite_upper_end() -> None:
    found = estimates.tgi(0, 50, 200, 5000, 0.01).at(0)
    assert (found.value, found.low) == (0, 0)
    # 3.69 hits are the most that leave none with 2.5% chance; chance gives 2.
    assert 100 * 3.5 / 2 < found.high < 100 * 4.5 / 2


@pytest.mark.parametrize("measure", [estimates.tgi, estimates.expected, estimates.excess])
def test_without_a_baseline_nothing_is_known_against_chance(measure: object) -> None:
    found = measure([0, 0], [0, 5], [3, 3], [0, 0], [0.1, 1.0])  # type: ignore[operator]
    assert np.isnan([found.value, found.low, found.high]).all()


def test_an_audience_that_fills_the_baseline_has_affinity_100_throughout() -> None:
    found = estimates.tgi(30, 1000, 30, 1000, 0.1).at(0)
    assert found.value == pytest.approx(100)
    assert found.low <= 100 <= found.high


def test_a_baseline_kept_at_a_smaller_rate_widens_what_rests_on_it() -> None:
    hits = (40, 200, 400, 5000)
    for measure in (estimates.tgi, estimates.expected, estimates.excess):
        same, smaller = measure(*hits, 0.5), measure(*hits, 0.5, 0.01)
        assert same.value == pytest.approx(smaller.value)
        assert smaller.low[0] < same.low[0]
        assert same.high[0] < smaller.high[0]
    exact = estimates.tgi(*hits, 1, 0.01).at(0)
    assert not exact.exact
    assert exact.low < exact.value < exact.high


def test_with_an_exact_pair_only_the_baselines_own_interval_is_left() -> None:
    baseline = estimates.count(5, 0.001)
    hits = (40, 200, 400, 5000)
    more, less = baseline.high / baseline.value, baseline.low / baseline.value
    index = estimates.tgi(*hits, 1, 0.001).at(0)
    assert (index.low, index.high) == pytest.approx((250 * less, 250 * more))
    chance = estimates.expected(*hits, 1, 0.001).at(0)
    assert (chance.low, chance.high) == pytest.approx((16 / more, 16 / less), abs=1)
    gain = estimates.excess(*hits, 1, 0.001).at(0)
    assert (gain.low, gain.high) == pytest.approx((40 - 16 / less, 40 - 16 / more), abs=1)


@given(
    st.tuples(*[st.integers(0, 300)] * 4),
    st.sampled_from([1e-4, 0.1, 0.5, 0.7, 0.99, 1.0]),
    st.sampled_from([None, 1e-4, 0.05, 1.0]),
)
def test_every_interval_is_finite_ordered_and_holds_its_value(
    cells: tuple[int, int, int, int], rate: float, base: float | None
) -> None:
    both, only_a, only_b, _ = cells
    hits = (both, both + only_a, both + only_b, sum(cells))
    for measure in (estimates.tgi, estimates.expected, estimates.excess):
        found = measure(*hits, rate, base).at(0)
        if np.isnan(found.value):
            assert hits[3] == 0 or min(hits[1:3]) == 0
            assert np.isnan([found.low, found.high]).all()
        else:
            room = 1e-9 * abs(found.value)
            assert np.isfinite([found.low, found.high]).all()
            assert found.low <= found.value + room
            assert found.value - room <= found.high
            assert measure is estimates.excess or found.low >= 0


# --- shrinkage --------------------------------------------------------------------------------


def test_the_prior_of_many_cells_is_found() -> None:
    rng = np.random.default_rng(3)
    expected = 10 ** rng.uniform(0, 3, 5000)
    index = 1.3 * rng.gamma(4, 1 / 4, 5000)
    found = estimates.shrunk_tgi(rng.poisson(index * expected), expected)
    assert found.shape == pytest.approx(4, rel=0.08)
    assert found.shape / found.rate == pytest.approx(1.3, rel=0.03)


def test_a_tiny_fluke_ranks_below_a_solid_cell_and_big_cells_keep_their_index() -> None:
    rng = np.random.default_rng(4)
    expected = np.r_[0.3, 100.0, 1e6, 10 ** rng.uniform(0, 3, 60)]
    both = np.r_[3, 260, 2e6, rng.poisson(expected[3:] * rng.gamma(5, 1 / 5, 60))]
    found = estimates.shrunk_tgi(both, expected)
    fluke, solid, huge = 100 * both[:3] / expected[:3]
    assert fluke > 3 * solid
    assert found.value[0] < fluke / 2
    assert found.low[0] < 100 < found.low[1]
    assert found.value[2] == pytest.approx(huge, rel=1e-4)
    assert (found.low < found.value).all()
    assert (found.value < found.high).all()


def test_fewer_than_three_cells_get_a_prior_worth_one_hit() -> None:
    found = estimates.shrunk_tgi([8], [2.0])
    assert (found.shape, found.rate) == WEAK_PRIOR
    assert found.value[0] == pytest.approx(100 * 9 / 3)
    assert found.low[0] == pytest.approx(100 * stats.gamma.ppf(0.025, 9) / 3)


def test_cells_without_expectation_show_the_prior_and_unknown_ones_nothing() -> None:
    found = estimates.shrunk_tgi([4, 9, 30, 0, 0], [3.0, 10.0, 20.0, 0.0, np.nan])
    assert found.value[3] == pytest.approx(100 * found.shape / found.rate)
    assert np.isnan([found.value[4], found.low[4], found.high[4]]).all()
    assert np.isfinite(found.low[:4]).all()


def test_cells_without_any_common_user_get_the_prior_worth_one_hit() -> None:
    assert estimates.shrunk_tgi([0, 0, 0, 0], [1.0, 2.0, 3.0, 4.0]).shape == WEAK_PRIOR[0]


def test_cells_that_all_look_alike_are_not_called_the_same() -> None:
    expected = np.full(200, 20.0)
    both = np.random.default_rng(5).poisson(1.08 * expected)
    found = estimates.shrunk_tgi(both, expected)
    assert found.shape <= 100 * (1 + 1e-9)
    assert (found.low > 100).mean() < 0.05


# --- ranks ------------------------------------------------------------------------------------


def test_scores_without_error_have_one_rank_each() -> None:
    scores = np.array([3.0, 9.0, 5.0])
    low, high = estimates.rank_intervals(np.tile(scores, (8, 1)), scores)
    assert low.tolist() == high.tolist() == [3, 1, 2]


def test_equal_scores_share_their_ranks() -> None:
    scores = np.array([5.0, 9.0, 5.0, 1.0])
    low, high = estimates.rank_intervals(np.tile(scores, (8, 1)), scores)
    assert low.tolist() == [2, 1, 2, 4]
    assert high.tolist() == [3, 1, 3, 4]


def test_a_common_error_of_all_scores_does_not_blur_their_ranks() -> None:
    scores = np.arange(20.0)
    shared = np.random.default_rng(1).normal(size=(16, 1))
    low, high = estimates.rank_intervals(scores + shared, scores)
    assert (low == high).all()


def test_a_pair_is_told_apart_by_the_jackknife_error_of_its_difference() -> None:
    # Two cells: the rule over all pairs is then the plain t-test.
    rng = np.random.default_rng(2)
    moves = rng.normal(size=(10, 2))
    difference = moves[:, 0] - moves[:, 1]
    error = np.sqrt(9 / 10 * ((difference - difference.mean()) ** 2).sum())
    needed = stats.t.ppf(0.975, 9) * error
    for gap, apart in [(0.98 * needed, False), (1.02 * needed, True)]:
        scores = np.array([gap, 0.0])
        low, high = estimates.rank_intervals(moves + scores, scores)
        assert (low.tolist(), high.tolist()) == (([1, 2], [1, 2]) if apart else ([1, 1], [2, 2]))


def test_cells_without_a_score_are_unranked_and_not_counted() -> None:
    scores = np.array([1.0, np.nan, 3.0, np.inf])
    low, high = estimates.rank_intervals(np.tile(scores, (8, 1)), scores)
    assert low.tolist() == high.tolist() == [2, UNRANKED, 1, UNRANKED]


def test_a_cell_whose_score_does_not_survive_a_group_is_told_apart_from_none() -> None:
    scores = np.array([1.0, 9.0, 5.0])
    replicates = np.tile(scores, (8, 1))
    replicates[3, 1] = np.nan
    low, high = estimates.rank_intervals(replicates, scores)
    assert low.tolist() == [2, 1, 1]
    assert high.tolist() == [3, 3, 2]


def test_no_cell_and_one_cell_are_ranked_too() -> None:
    low, high = estimates.rank_intervals(np.zeros((4, 0)), np.zeros(0))
    assert (low.tolist(), high.tolist()) == ([], [])
    low, high = estimates.rank_intervals(np.zeros((4, 1)), np.zeros(1))
    assert (low.tolist(), high.tolist()) == ([1], [1])


def test_ranks_by_blocks_are_those_of_all_pairs_at_once() -> None:
    rng = np.random.default_rng(6)
    M, G = 1500, 20
    scores = rng.normal(size=M)
    replicates = scores + rng.normal(size=(G, M)) * 0.03
    low, high = estimates.rank_intervals(replicates, scores)
    moves = replicates - replicates.mean(axis=0)
    cross = (G - 1) / G * moves.T @ moves
    error = np.sqrt(np.maximum(np.add.outer(cross.diagonal(), cross.diagonal()) - 2 * cross, 0))
    gap = np.subtract.outer(scores, scores)
    np.fill_diagonal(error, 1)
    t = gap / error
    # Benjamini and Hochberg over all pairs, step up on sorted p-values.
    p = np.sort(2 * stats.t.sf(abs(t[np.triu_indices(M, 1)]), G - 1))
    passed = p[p <= 0.05 * np.arange(1, len(p) + 1) / len(p)].max()
    least = stats.t.isf(min(passed, 0.05) / 2, G - 1)
    above, below = (t < -least).sum(axis=1), (t > least).sum(axis=1)
    assert abs(low - 1 - above).max() <= 4
    assert abs(M - high - below).max() <= 4


# --- grades -----------------------------------------------------------------------------------


def test_grades_follow_the_relative_standard_error_of_sketch_and_sampling_together() -> None:
    assert estimates.grades([400, 399, 100, 99, 25, 24, 0]) == [
        Grade.STRONG, Grade.GOOD, Grade.GOOD, Grade.FAIR, Grade.FAIR, Grade.INSUFFICIENT,
        Grade.INSUFFICIENT,
    ]  # fmt: skip
    assert estimates.grade(1000) is Grade.STRONG


def test_the_sketchs_own_relative_error_vanishes_where_everyone_was_kept() -> None:
    found = estimates.relative_error([100, 100, 0, 0], [0.36, 1.0, 1.0, 0.5])
    assert found.tolist() == [pytest.approx(0.08), 0.0, 0.0, np.inf]
