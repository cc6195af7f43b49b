"""The smallest overlap that can be trusted is what the sample really shows."""

from __future__ import annotations

import math
from datetime import date

import numpy as np
import polars as pl
import pytest
from community import panel, random_rows, week

from overlap import charts, estimates
from overlap.insights.precision import (
    ERRORS_TABLE,
    OVERLAPS,
    PRECISION_TABLE,
    errors,
    pair_precision,
    precision,
    store_precision,
)
from overlap.model import Policy, UsageError

NO_FLOOR = Policy(0, 0)
ROWS = random_rows(5)


@pytest.fixture(scope="module")
def sampled():
    return panel(ROWS, k=64, budget=1500)


@pytest.fixture(scope="module")
def exact():
    return panel(ROWS)


def rates(p) -> dict[str, float]:
    return {str(key): rate for key, rate in zip(p.keys, p.rates, strict=True)}


def test_the_table_has_the_schema(sampled, exact):
    for p in (sampled, exact):
        assert precision(p).schema == PRECISION_TABLE
        assert errors(p).schema == ERRORS_TABLE


def test_every_audience_is_in_one_row_whose_rate_it_keeps_at_least(sampled):
    table = precision(sampled, NO_FLOOR)
    audiences = sampled.table().filter(pl.col("kind") != "universe")
    assert table["audiences"].sum() == len(audiences)
    known = rates(sampled)
    for kind, name, users in audiences.select("kind", "name", "users").iter_rows():
        rate = known[f"{kind}:{name}"]
        size = users if rate == 1 else max(users, sampled.k + 1)
        (row,) = table.filter(
            (pl.col("users_from") <= math.ceil(size)) & (pl.col("users_to") >= size)
        ).iter_rows(named=True)
        assert rate >= row["rate"]


def test_an_audience_of_up_to_k_users_is_exact_and_larger_ones_are_not():
    few = [("interest", "few", week(0), user, 1) for user in range(60)]
    many = [("interest", f"many{i}", week(0), user, 1) for i in range(3) for user in range(i, 3000)]
    p = panel(few + many, k=64, budget=1600)
    table = precision(p, NO_FLOOR)
    assert p.k == 64
    assert table.select("users_from", "users_to", "audiences", "exact").rows() == [
        (1001.0, 10_000.0, 3, False),
        (1.0, 64.0, 1, True),
    ]
    assert table["smallest_overlap"][1] == 1


def test_words_have_a_row_of_their_own_at_the_floor_rate():
    words = [("term", f"w{i}", week(0), user, 1) for i in range(4) for user in range(0, 2000, 50)]
    people = [("interest", "all", week(0), user, 1) for user in range(2000)]
    p = panel(words + people, k=64, budget=400)
    row = precision(p, NO_FLOOR).row(-1, named=True)
    assert (row["kinds"], row["audiences"], row["exact"]) == ("term", 4, False)
    assert row["rate"] == p.floor_rate
    assert row["users_to"] >= p.table("term")["users"].max()


def test_the_smallest_overlap_is_the_first_within_the_limit(sampled):
    for row in precision(sampled, NO_FLOOR).iter_rows(named=True):
        n, odds = row["smallest_overlap"], 1 / row["rate"] - 1
        assert math.sqrt(odds / n) <= 0.2 or row["exact"]
        assert n == 1 or math.sqrt(odds / (n - 1)) > 0.2


@pytest.mark.parametrize("rate", [0.01, 0.068, 0.3, 0.9])
def test_an_overlap_of_that_size_is_really_off_by_a_fifth(rate):
    n = estimates.smallest_overlap(rate)
    drawn = np.random.default_rng(1).binomial(n, rate, 40_000) / rate
    off = math.sqrt(np.mean((drawn / n - 1) ** 2))
    assert off == pytest.approx(0.2, rel=0.03) if n > 30 else off <= 0.2


def test_real_estimates_are_off_by_what_the_table_says():
    """Many stores of one community, each hashed with another seed."""
    together, everybody = 150, 1500
    rows = [("category", "tv", week(0), user, 1) for user in range(everybody)]
    rows += [("interest", "food", week(0), user, 1) for user in range(together)]
    rows += [("interest", "food", week(0), 10_000 + user, 1) for user in range(everybody)]
    off, inside, said = [], [], []
    for seed in range(120):
        p = panel(rows, seed=seed, k=64, budget=900)
        found = pair_precision(p, "category:tv", "interest:food", NO_FLOOR)
        assert found.overlap is not None
        off.append(found.overlap.value / together - 1)
        inside.append(found.overlap.low <= together <= found.overlap.high)
        said.append(math.sqrt((1 / found.rate - 1) / together))
    assert math.sqrt(np.mean(np.square(off))) == pytest.approx(np.mean(said), rel=0.2)
    assert np.mean(inside) >= 0.9


@pytest.mark.parametrize("rate_of", [0.05, 0.4])
def test_the_interval_told_is_the_middle_of_those_that_are_found(rate_of, sampled):
    n = 1_000
    ends = estimates.count(n * rate_of, rate_of)
    drawn = np.random.default_rng(2).binomial(n, rate_of, 4_000)
    found = estimates.counts(drawn, rate_of)
    assert np.median(found.low) == pytest.approx(ends.low, rel=0.03)
    assert np.median(found.high) == pytest.approx(ends.high, rel=0.03)
    for row in precision(sampled, NO_FLOOR).iter_rows(named=True):
        typical = estimates.count(n * row["rate"], row["rate"])
        if row["of_1000_low"] is not None:
            assert (row["of_1000_low"], row["of_1000_high"]) == (typical.low, typical.high)


def test_where_no_user_of_an_overlap_may_be_kept_the_interval_begins_at_nobody():
    rows = [("interest", "big", week(0), user, 1) for user in range(60_000)]
    p = panel(rows, k=16, budget=300)
    row = precision(p, NO_FLOOR).row(0, named=True)
    assert row["rate"] * 100 < 1
    assert row["of_100_low"] == 0
    assert row["of_100_high"] > 100


def test_no_interval_is_told_of_more_users_than_there_are_or_fewer_than_may_be_shown(sampled):
    floor = 500
    table = precision(sampled, Policy(floor, floor))
    largest = sampled.table().filter(pl.col("kind") != "universe")["users"].max()
    for n in OVERLAPS:
        told = table[f"of_{n}_low"].drop_nulls()
        assert len(told) == 0 or floor <= n <= largest
    assert table["trusted_from"].min() == floor
    assert table["smallest_overlap"].min() < floor
    assert errors(sampled, Policy(floor, floor))["overlap_users"].min() >= floor


def test_the_answer_for_a_store_is_that_of_its_worst_audience(sampled):
    found = store_precision(sampled, NO_FLOOR)
    assert found.least_rate == min(
        rate for key, rate in rates(sampled).items() if ":all" not in key
    )
    assert found.anywhere == precision(sampled, NO_FLOOR)["smallest_overlap"].max()
    assert not found.exact
    floored = store_precision(sampled, Policy(10_000, 0))
    assert floored.anywhere == 10_000
    assert floored.smallest_overlap == found.anywhere


def test_where_everybody_is_kept_every_number_is_exact(exact):
    found = store_precision(exact, NO_FLOOR)
    assert found.exact
    assert found.anywhere == 1
    table = precision(exact, NO_FLOOR)
    assert table["exact"].all()
    assert set(table["smallest_overlap"]) == {1}
    assert (table["of_100_low"] == table["of_100_high"]).all()
    assert errors(exact).is_empty()


def test_two_exact_audiences_share_what_sets_share(exact):
    found = pair_precision(exact, "category:tv", "interest:gaming", NO_FLOOR)
    tv, gaming = ({u for _, n, _, u, _ in ROWS if n == name} for name in ("tv", "gaming"))
    assert found.exact
    assert found.trusted
    assert found.overlap.value == len(tv & gaming)
    assert found.most.value == min(len(tv), len(gaming))


def test_a_pair_is_judged_at_the_smaller_of_its_rates(sampled):
    known = rates(sampled)
    found = pair_precision(sampled, "category:phone", "interest:knitting", NO_FLOOR)
    assert found.rate == min(known["category:phone"], known["interest:knitting"])
    assert found.smallest_overlap == estimates.smallest_overlap(found.rate)


def test_a_pair_below_the_floor_tells_nothing_but_the_floor(exact):
    found = pair_precision(exact, "category:tv", "interest:knitting", Policy(1000, 0))
    assert found.overlap is None
    assert found.most is None
    assert not found.trusted
    assert found.suppressed == "fewer than 1000 users"


def test_an_overlap_larger_than_the_smaller_audience_is_called_impossible():
    rows = [("interest", "big", week(0), user, 1) for user in range(40_000)]
    rows += [("interest", "small", week(0), user, 1) for user in range(120)]
    p = panel(rows, k=64, budget=500)
    found = pair_precision(p, "interest:big", "interest:small", NO_FLOOR)
    assert found.trusted_from > 120 * 1.5
    assert found.impossible
    assert not found.trusted


def test_an_unknown_audience_is_an_error_with_a_cure(exact):
    with pytest.raises(UsageError, match="gamng"):
        pair_precision(exact, "category:tv", "interest:gamng")


def test_the_chart_has_a_line_for_each_rate_and_none_of_it_twice(sampled):
    frame = errors(sampled, NO_FLOOR)
    assert frame.group_by("kinds", "rate").len().height == frame["rate"].n_unique()
    for language in ("en", "zh"):
        figure = charts.precision_lines(frame, 0.2, language)
        assert len(figure.data) == frame["rate"].n_unique()
        assert len({line.name for line in figure.data}) == len(figure.data)
        for line in figure.data:
            assert list(line.y) == sorted(line.y, reverse=True)
            assert max(line.y) <= 1


def test_a_store_without_audiences_has_no_rows():
    p = panel([])
    assert precision(p).is_empty()
    assert store_precision(p, NO_FLOOR).anywhere == 1
    assert p.periods == () or p.periods[0] >= date(1970, 1, 1)
