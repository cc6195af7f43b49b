"""A panel answers what plain sets would answer about the users it kept."""

import gc
import weakref
from collections import defaultdict
from datetime import date, datetime

import numpy as np
import polars as pl
import pytest
from community import Row, frame, panel, random_rows, sketched, week, with_universe
from hypothesis import given, settings
from hypothesis import strategies as st

from overlap.expressions import And, Audience, Expression, Minus, Or, fold
from overlap.hashing import hash_users
from overlap.model import FULL_THETA, UNIVERSE, UsageError, Window
from overlap.panel import Panel

ROWS = random_rows(1, users=800)
EXACT = panel(ROWS)
SAMPLED = panel(ROWS, k=20, budget=600)
HASHES = dict(
    zip(range(3000), hash_users(pl.Series(range(3000), dtype=pl.Int64)).tolist(), strict=True)
)
NAMES = [("category", "tv"), ("category", "phone"), ("interest", "gaming"), ("interest", "food"),
         ("interest", "knitting"), ("brand", "acme"), ("universe", "all")]  # fmt: skip

windows = st.builds(
    Window,
    st.none() | st.integers(0, 7).map(week),
    st.none() | st.integers(0, 7).map(week),
)
audiences = st.builds(
    lambda key, m: Audience(*key, at_least=m), st.sampled_from(NAMES), st.integers(1, 5)
)
trees = st.recursive(
    audiences,
    lambda inner: (
        st.lists(inner, min_size=2, max_size=4).map(lambda x: And(tuple(x)))
        | st.lists(inner, min_size=2, max_size=4).map(lambda x: Or(tuple(x)))
        | st.builds(Minus, inner, inner)
    ),
    max_leaves=8,
)


def exactly(rows: list[Row], tree: Expression, window: Window) -> set[int]:
    events: dict[tuple[str, str], dict[int, int]] = defaultdict(lambda: defaultdict(int))
    for kind, name, period, user, n in with_universe(rows):
        inside = (window.start is None or period >= window.start) and (
            window.end is None or period <= window.end
        )
        if inside:
            events[kind, name][user] += n

    def leaf(a: Audience) -> set[int]:
        return {u for u, n in events[a.kind or "", a.name].items() if n >= a.at_least}

    return fold(
        tree, leaf, lambda x: set.intersection(*x), lambda x: set.union(*x), lambda a, b: a - b
    )


@settings(max_examples=150)
@given(trees, windows)
def test_any_expression_on_an_exact_panel_equals_plain_sets(
    tree: Expression, window: Window
) -> None:
    estimate = EXACT.size(tree, window)
    expected = len(exactly(ROWS, tree, window))
    assert (estimate.value, estimate.low, estimate.high) == (expected, expected, expected)
    assert estimate.exact
    assert estimate.rate == 1


@settings(max_examples=150)
@given(trees, windows)
def test_any_expression_on_a_sampled_panel_counts_the_members_below_its_rate(
    tree: Expression, window: Window
) -> None:
    sample = SAMPLED.sample(tree, window)
    below = {u for u in exactly(ROWS, tree, window) if HASHES[u] < sample.theta}
    assert sample.hits == len(below)
    assert 0 < sample.rate <= 1


def test_a_sampled_panel_is_sampled() -> None:
    assert SAMPLED.floor_rate < 1
    assert SAMPLED.universe().theta < FULL_THETA
    assert SAMPLED.memberships <= 600
    assert not SAMPLED.size("category:tv").exact


RARE = [("brand", "rare", week(3), user, 1) for user in range(0, 800, 9)]
MIXED = panel([*ROWS, *RARE], k=60, budget=900)
"""Audiences kept at many different rates."""


@pytest.mark.parametrize("the_panel", [EXACT, SAMPLED, MIXED], ids=["exact", "sampled", "mixed"])
@pytest.mark.parametrize("window", [Window(), Window(week(2), week(5))], ids=["all", "window"])
@pytest.mark.parametrize("baseline", [None, "brand:acme | category:phone", "brand:acme"])
@pytest.mark.parametrize("text", ["category:tv - brand:acme", "interest:knitting"])
def test_cooccurrence_equals_counting_each_pair_alone(
    the_panel: Panel, window: Window, baseline: str | None, text: str
) -> None:
    rows = [*ROWS, *RARE] if the_panel is MIXED else ROWS
    anchor = the_panel.sample(text, window)
    base = the_panel.sample(baseline, window) if baseline else None
    counts = the_panel.cooccurrence(anchor, "interest", base, window, groups=4)
    for i, name in enumerate(counts.names):
        # A threshold may be a hash itself, and a float holds only 53 of its bits.
        theta = round(counts.rate[i] * FULL_THETA) - 2048

        def members(text: str, theta: int = theta) -> set[int]:
            tree = the_panel.resolve(text)
            return {u for u in exactly(rows, tree, window) if HASHES[u] < theta}

        inside = members(baseline or str(UNIVERSE))
        a, b = members(text), members(f"interest:{name}")
        assert counts.both[i].sum() == len(a & b & inside)
        assert counts.anchor[i].sum() == len(a & inside)
        assert counts.audience[i].sum() == len(b & inside)
        if counts.baseline_rate[i] == counts.rate[i]:
            assert counts.baseline[i].sum() == len(inside)
        else:
            assert counts.baseline[i].sum() == pytest.approx(len(inside), rel=0.35)
        groups = [sum(HASHES[u] % 4 == g for u in a & b & inside) for g in range(4)]
        assert counts.both[i].tolist() == groups


@pytest.mark.parametrize("the_panel", [EXACT, SAMPLED, MIXED], ids=["exact", "sampled", "mixed"])
def test_counts_by_period_equal_counting_each_period_alone(the_panel: Panel) -> None:
    anchor = the_panel.sample("category:tv")
    counts = the_panel.by_period(anchor, "interest")
    rates = the_panel.cooccurrence(anchor, "interest").rate
    tv = exactly(ROWS, Audience("category", "tv"), Window())
    for i, name in enumerate(the_panel.names("interest")):
        for j, period in enumerate(the_panel.periods):
            active = exactly(ROWS, Audience("interest", name), Window(period, period))
            below = {u for u in active & tv if HASHES[u] < rates[i] * FULL_THETA - 2048}
            assert counts[i, j] == len(below)


@pytest.mark.parametrize("the_panel", [EXACT, SAMPLED, MIXED], ids=["exact", "sampled", "mixed"])
def test_activity_counts_who_did_anything_in_each_period(the_panel: Panel) -> None:
    for period, active in zip(the_panel.periods, the_panel.activity, strict=True):
        assert active == the_panel.universe(Window(period, period)).hits


def test_a_panel_goes_with_whoever_held_it() -> None:
    opened = panel(ROWS)
    period = Window(opened.periods[0], opened.periods[0])
    opened.universe(period), opened.table(window=period), opened.size("category:tv", period)
    gone = weakref.ref(opened)
    gc.disable()
    try:
        del opened
        assert gone() is None
    finally:
        gc.enable()


def test_a_window_without_a_period_has_nobody() -> None:
    nowhere = Window(date(1990, 1, 1), date(1990, 2, 1))
    assert EXACT.size("category:tv", nowhere).value == 0
    assert not EXACT.sample("category:tv", nowhere).users


def test_a_table_lists_every_audience_with_exact_users_and_events() -> None:
    table = EXACT.table()
    exact = (
        frame(with_universe(ROWS))
        .group_by("kind", "name")
        .agg(pl.col("user").n_unique().cast(pl.Float64).alias("users"), pl.col("events").sum())
        .collect()
    )
    joined = table.join(exact, on=["kind", "name"], suffix="_exact")
    assert len(joined) == len(exact) == len(table)
    assert joined["users"].equals(joined["users_exact"], check_names=False)
    assert (joined["events"] == joined["events_exact"]).all()


def test_hyperloglog_tightens_the_size_of_a_plain_audience() -> None:
    rows = [("interest", "gaming", week(0), user, 1) for user in range(30_000)]
    both = panel(rows, k=200, budget=1000)
    alone = panel(rows, k=200, budget=1000, hll_p=0)
    wide, narrow = alone.size("interest:gaming"), both.size("interest:gaming")
    assert narrow.high - narrow.low < 0.6 * (wide.high - wide.low)
    assert narrow.low < 30_000 < narrow.high


def test_a_period_that_the_data_cover_only_partly_is_not_whole() -> None:
    span = (datetime(2026, 1, 7, 9), datetime(2026, 2, 28, 12))
    weeks = Panel(sketched(with_universe(ROWS)), span)
    assert not weeks.is_whole(date(2026, 1, 5))
    assert weeks.is_whole(date(2026, 1, 12))
    assert weeks.is_whole(date(2026, 2, 16))
    assert not weeks.is_whole(date(2026, 2, 23))
    months = Panel(sketched(with_universe(ROWS), period="month"), span)
    assert not months.is_whole(date(2026, 1, 1))
    assert months.is_whole(date(2026, 2, 1))


def test_an_unknown_kind_names_the_kinds_there_are() -> None:
    with pytest.raises(UsageError, match="no audience has the kind 'intrest'") as error:
        EXACT.names("intrest")
    assert "interest" in error.value.where
    assert "did you mean 'interest'?" in error.value.cure


def test_an_empty_intersection_is_zero_people_and_not_an_error() -> None:
    empty = EXACT.size("interest:gaming - interest:gaming")
    assert (empty.value, empty.high, empty.exact) == (0, 0, True)
    assert SAMPLED.size("interest:gaming - interest:gaming").value == 0
    assert np.isfinite(SAMPLED.size("interest:gaming - interest:gaming").high)
