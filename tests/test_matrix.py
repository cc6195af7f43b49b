"""Every cell of a matrix is what an exact count and `pairs` say; the pair behind it adds up."""

from __future__ import annotations

import itertools
import random

import numpy as np
import polars as pl
import pytest
from community import panel, random_rows, week, with_universe
from hypothesis import given, settings
from hypothesis import strategies as st

from overlap.insights.matrix import (
    MATRIX_TABLE,
    MOST,
    PARTS_TABLE,
    Side,
    best_cell,
    matrix,
    pair,
)
from overlap.insights.matrix.order import clustered, logs
from overlap.insights.openings import scored
from overlap.insights.pairs import pairs
from overlap.model import Policy, UsageError, Window

FREE = Policy(0, 0)
ROWS = random_rows(4, users=2000)
EXACT = panel(ROWS)
SAMPLED = panel(ROWS, k=40, budget=1500)
MIXED = panel(ROWS, k=150, budget=3500)
"""Some audiences are kept whole, others sampled, at several rates."""
SPRING = Window(week(2), week(5))
SAME = ("overlap_users", "overlap_low", "overlap_high", "exact", "expected_users",
        "excess_users", "jaccard", "tgi", "tgi_low", "tgi_high", "baseline", "baseline_users",
        "grade", "suppressed")  # fmt: skip


def users_of(kind: str, name: str, window: Window = SPRING) -> set[int]:
    start, end = window.start or week(0), window.end or week(99)
    return {u for k, n, p, u, _ in with_universe(ROWS)
            if (k, n) == (kind, name) and start <= p <= end}  # fmt: skip


# --- cells ------------------------------------------------------------------------------------


@pytest.mark.parametrize("baseline", [None, "category:phone"], ids=["everyone", "phone"])
def test_cells_of_an_exact_panel_are_exact_counts(baseline) -> None:
    table = matrix(EXACT, "interest", "category", baseline=baseline, window=SPRING, policy=FREE)
    assert table.schema == MATRIX_TABLE
    assert len(table) == 6
    base = users_of("universe", "all") if baseline is None else users_of("category", "phone")
    for row in table.to_dicts():
        a = users_of("interest", row["row"]) & base
        b = users_of("category", row["column"]) & base
        assert (row["row_users"], row["column_users"]) == (len(a), len(b))
        assert row["overlap_users"] == row["overlap_low"] == row["overlap_high"] == len(a & b)
        assert row["exact"]
        assert row["expected_users"] == pytest.approx(len(a) * len(b) / len(base))
        assert row["share_of_row"] == pytest.approx(len(a & b) / len(a))
        assert row["share_of_column"] == pytest.approx(len(a & b) / len(b))
        assert row["tgi"] == pytest.approx(100 * len(a & b) * len(base) / (len(a) * len(b)))
        assert row["baseline_users"] == len(base)


@pytest.mark.parametrize("store", [EXACT, SAMPLED, MIXED], ids=["exact", "sampled", "mixed"])
@pytest.mark.parametrize("baseline", [None, "category:phone - brand:acme"], ids=["all", "phone"])
@pytest.mark.parametrize("floor", [0, 60])
def test_a_cell_is_what_pairs_says_of_its_row_and_column(store, baseline, floor) -> None:
    how = {"baseline": baseline, "window": SPRING, "policy": Policy(floor, 0)}
    names = tuple(store.names("interest"))
    table = matrix(store, "category", Side("interest", names=names), **how)
    for name in store.names("category"):
        theirs = {
            row["name"]: row
            for row in pairs(store, f"category:{name}", "interest", **how).to_dicts()
        }
        mine = {row["column"]: row for row in table.filter(pl.col("row") == name).to_dicts()}
        assert mine.keys() == theirs.keys()
        for column, cell in mine.items():
            for field in SAME:
                expected = theirs[column][field]
                if isinstance(expected, float):
                    expected = pytest.approx(expected)
                # The grade of a hidden cell would tell of its size.
                if cell["suppressed"] is None or field == "suppressed":
                    assert cell[field] == expected, (name, column, field)
            for mine_, other in (("share_of_row", "share_of_anchor"),
                                 ("share_of_column", "share_of_audience")):  # fmt: skip
                assert cell[mine_] == (
                    None if theirs[column][other] is None else pytest.approx(theirs[column][other])
                )


def test_a_kind_against_itself_meets_itself_nowhere_and_mirrors() -> None:
    table = matrix(MIXED, "interest", "interest", policy=FREE)
    assert len(table) == 6
    assert (table["row"] != table["column"]).all()
    cells = {(row["row"], row["column"]): row for row in table.to_dicts()}
    for (a, b), cell in cells.items():
        assert cell["tgi"] == pytest.approx(cells[b, a]["tgi"])
        assert cell["share_of_row"] == pytest.approx(cells[b, a]["share_of_column"])
        assert cell["row_place"] == cells[b, a]["column_place"]


def _enough(side: str, floor: int) -> pl.Expr:
    rest = pl.col(f"{side}_users") - pl.col("overlap_users")
    return (rest == 0) | (rest >= floor)


def test_cells_below_the_floor_are_blank_and_say_so() -> None:
    free = matrix(EXACT, "category", "interest", policy=FREE)
    floor = int(free["overlap_users"].min()) + 1
    table = matrix(EXACT, "category", "interest", policy=Policy(floor, 0))
    hidden = table.filter(pl.col("suppressed").is_not_null())
    assert set(hidden["suppressed"]) == {f"fewer than {floor} users in it or beside it"}
    numbers = [
        n
        for n in MATRIX_TABLE
        if n.startswith(
            ("overlap", "tgi", "share", "expected", "excess", "jaccard", "q_", "direction", "grade")
        )
    ]
    assert hidden.select(numbers).null_count().row(0) == (len(hidden),) * len(numbers)
    shown = table.filter(pl.col("suppressed").is_null())
    assert shown.select("row", "column", "overlap_users").sort("row", "column").rows() == (
        free.filter(
            *(pl.col("overlap_users") >= floor, _enough("row", floor), _enough("column", floor)),
            pl.col("baseline_users") + pl.col("overlap_users")
            - pl.col("row_users") - pl.col("column_users") >= floor,
        )
        .select("row", "column", "overlap_users").sort("row", "column").rows()
    )  # fmt: skip


def test_a_cell_is_told_from_chance_only_where_its_interval_leaves_100_out() -> None:
    for store in (EXACT, SAMPLED, MIXED):
        table = matrix(store, "interest", "interest", policy=FREE)
        told = table.filter(pl.col("direction") != "as expected")
        assert ((told["tgi_low"] > 100) == (told["direction"] == "over")).all()
        assert ((told["tgi_high"] < 100) == (told["direction"] == "under")).all()
        assert (told["q_value"] <= 0.05).all()


def test_independent_audiences_are_not_told_from_chance_even_where_they_are_exact() -> None:
    rng = np.random.default_rng(8)
    rows = [(kind, f"{kind}{i}", week(0), int(user), 1) for kind in ("a", "b") for i in range(12)
            for user in rng.choice(4000, 900, replace=False)]  # fmt: skip
    table = matrix(panel(rows), "a", "b", policy=FREE)
    assert table["exact"].all()
    assert (table["direction"] != "as expected").sum() <= 2


@pytest.mark.slow
def test_sampled_cells_hold_the_truth_in_19_of_20_cases() -> None:
    truth = {
        (r["row"], r["column"]): r
        for r in matrix(EXACT, "interest", "category", policy=FREE).to_dicts()
    }
    held = {"overlap": 0, "tgi": 0}
    tried = 0
    for run in range(60):
        moved = [(k, n, p, u * 1_000_003 + run, e) for k, n, p, u, e in ROWS]
        for cell in matrix(
            panel(moved, k=40, budget=1500), "interest", "category", policy=FREE
        ).to_dicts():
            true = truth[cell["row"], cell["column"]]
            tried += 1
            for measure, value in (("overlap", "overlap_users"), ("tgi", "tgi")):
                held[measure] += cell[f"{measure}_low"] <= true[value] <= cell[f"{measure}_high"]
    assert tried == 360
    assert held["overlap"] / tried >= 0.92
    assert held["tgi"] / tried >= 0.92


# --- sides ------------------------------------------------------------------------------------


def test_the_largest_audiences_are_taken_and_those_kept_stand_among_them() -> None:
    sizes = EXACT.table("interest")["name"].to_list()
    two = matrix(EXACT, Side("interest", most=2), "category", policy=FREE)
    assert set(two["row"]) == set(sizes[:2])
    kept = matrix(EXACT, Side("interest", most=2, keep=(sizes[-1],)), "category", policy=FREE)
    assert set(kept["row"]) == {sizes[0], sizes[-1]}
    named = matrix(EXACT, Side("interest", names=(sizes[1],)), "category", policy=FREE)
    assert set(named["row"]) == {sizes[1]}


def test_audiences_below_the_floor_take_no_room_unless_they_are_named() -> None:
    sizes = EXACT.table("interest").sort("users")
    policy = Policy(int(sizes["users"][0]) + 1, 0)
    name = sizes["name"][0]
    assert name not in set(matrix(EXACT, "interest", "category", policy=policy)["row"])
    named = matrix(EXACT, Side("interest", names=(name,)), "category", policy=policy)
    assert named["suppressed"].is_not_null().all()
    assert named["row_users"].is_null().all()
    assert best_cell(named) is None


@pytest.mark.parametrize(
    ("side", "said"),
    [(Side("interest", most=MOST + 1), "cannot stand"), (Side("intrest"), "intrest"),
     (Side("interest", names=("gamin",)), "gaming")],
    ids=["too many", "no such kind", "no such name"],
)  # fmt: skip
def test_what_cannot_be_a_side_is_refused_with_a_cure(side, said) -> None:
    with pytest.raises(UsageError) as error:
        matrix(EXACT, side, "category", policy=FREE)
    assert said in str(error.value)
    assert error.value.cure


def test_a_window_without_anybody_has_no_cells() -> None:
    table = matrix(EXACT, "interest", "category", window=Window(week(50), week(51)))
    assert table.is_empty()
    assert table.schema == MATRIX_TABLE


def test_the_best_cell_has_most_users_beyond_chance() -> None:
    table = matrix(EXACT, "interest", "category", policy=FREE)
    over = table.filter(pl.col("direction") == "over").sort("excess_users", descending=True)
    assert best_cell(table) == (over["row"][0], over["column"][0])
    column = table["column"][0]
    found = best_cell(table, column=column)
    assert found is not None
    assert found[1] == column


# --- order ------------------------------------------------------------------------------------


def test_audiences_that_attract_the_same_stand_together() -> None:
    rng = random.Random(5)
    groups = {f"{'xyz'[i % 3]}{i}": i % 3 for i in range(12)}
    rows = []
    for user in range(3000):
        taste = rng.randrange(3)
        rows += [(kind, name, week(0), user, 1) for kind in ("interest", "category")
                 for name, group in groups.items()
                 if rng.random() < (0.5 if group == taste else 0.1)]  # fmt: skip
    table = matrix(panel(rows), "interest", "category", policy=FREE)
    for side in ("row", "column"):
        order = table.unique(side).sort(f"{side}_place")[side].to_list()
        assert sum(a[0] != b[0] for a, b in itertools.pairwise(order)) == 2


matrices = st.integers(1, 12).flatmap(
    lambda n: st.lists(
        st.lists(st.sampled_from([0.0, 0.1, 0.5, -0.4, 2.0]), min_size=5, max_size=5),
        min_size=n, max_size=n,
    )
)  # fmt: skip


@settings(max_examples=60)
@given(matrices, st.randoms(use_true_random=False))
def test_an_order_has_every_row_once_blank_ones_last_and_is_always_the_same(values, rng) -> None:
    x = np.array(values)
    weight = np.array([rng.random() for _ in values])
    order = clustered(x, weight)
    assert sorted(order) == list(range(len(x)))
    blank = [not x[i].any() for i in order]
    assert blank == sorted(blank)
    assert clustered(x.copy(), weight.copy()) == order


def test_cells_that_are_not_shown_count_as_chance_in_the_order() -> None:
    x = logs(np.array([[np.nan, 200.0], [0.0, np.nan]]), mirrored=False)
    assert x[0, 0] == x[1, 1] == 0
    assert x[0, 1] == pytest.approx(np.log(2))
    assert x[1, 0] == pytest.approx(-np.log(10))
    assert logs(np.full((2, 2), np.nan), mirrored=True).tolist() == [[0, 0], [0, 0]]


# --- pairs ------------------------------------------------------------------------------------


@pytest.mark.parametrize("store", [EXACT, SAMPLED, MIXED], ids=["exact", "sampled", "mixed"])
@pytest.mark.parametrize("baseline", [None, "category:phone"], ids=["everyone", "phone"])
def test_a_pair_is_the_cell_in_full(store, baseline) -> None:
    how = {"baseline": baseline, "window": SPRING, "policy": FREE}
    table = matrix(store, "interest", "category", **how)
    for cell in table.to_dicts():
        told = pair(store, f"interest:{cell['row']}", f"category:{cell['column']}", **how)
        assert told.overlap is not None
        assert told.tgi is not None
        assert told.expression == cell["expression"]
        values = (told.overlap.value, told.overlap.low, told.overlap.high, told.tgi.value,
                  told.tgi.low, told.tgi.high, told.share_of_first.value,
                  told.share_of_second.value, told.expected.value)  # fmt: skip
        assert values == pytest.approx(tuple(cell[n] for n in (
            "overlap_users", "overlap_low", "overlap_high", "tgi", "tgi_low", "tgi_high",
            "share_of_row", "share_of_column", "expected_users")))  # fmt: skip
        assert told.tgi.exact == cell["exact"]
        both = told.parts.filter(pl.col("part") == "both")
        assert both["users"][0] == pytest.approx(cell["overlap_users"])


def test_the_parts_of_a_pair_are_exact_counts_and_their_expressions_say_so() -> None:
    told = pair(EXACT, "category:tv", "interest:gaming", brand="acme", window=SPRING, policy=FREE)
    assert told.parts.schema == PARTS_TABLE
    a, b = users_of("category", "tv"), users_of("interest", "gaming")
    brand = users_of("brand", "acme")
    expected = {"first": a, "second": b, "both": a & b, "only_first": a - b, "only_second": b - a,
                "either": a | b, "unreached": (a & b) - brand}  # fmt: skip
    for row in told.parts.to_dicts():
        assert row["users"] == len(expected.pop(row["part"]))
        assert EXACT.size(row["expression"], SPRING).value == row["users"]
    assert not expected


@pytest.mark.parametrize("store", [EXACT, SAMPLED, MIXED], ids=["exact", "sampled", "mixed"])
def test_a_brand_in_a_pair_is_what_openings_say(store) -> None:
    rows = scored(store, "tv", brand="acme", policy=FREE)
    for row in rows.to_dicts():
        told = pair(store, "category:tv", f"interest:{row['interest']}", brand="acme", policy=FREE)
        brand = told.brand
        assert brand is not None
        assert brand.category == "category:tv"
        assert brand.gap is not None
        assert brand.fair_share is not None
        assert brand.penetration.value == pytest.approx(row["brand_penetration"])
        assert brand.category_penetration.value == pytest.approx(row["category_penetration"])
        assert brand.unreached.value == pytest.approx(row["unreached_users"])
        assert brand.gap.value == pytest.approx(row["gap_users"])
        assert brand.fair_share.value == pytest.approx(row["fair_share_index"])
        for x in (brand.gap, brand.unreached, brand.penetration, brand.fair_share):
            assert x.low <= x.value + 1e-9
            assert x.value <= x.high + 1e-9
        assert brand.unreached.exact or store is not EXACT
        # A group is a sample of how such people behave, also where everybody was counted.
        for x, name in ((brand.fair_share, "fair_share"), (brand.penetration, "penetration")):
            assert x.low == pytest.approx(row[f"{name}_low"])
            assert x.high == pytest.approx(row[f"{name}_high"])
        assert brand.gap.low == pytest.approx(row["gap_low"])
        assert brand.gap.high == pytest.approx(row["gap_high"])


@pytest.mark.slow
def test_the_gap_of_a_sampled_pair_holds_the_truth_in_19_of_20_cases() -> None:
    truth = pair(EXACT, "category:phone", "interest:food", brand="acme", policy=FREE).brand
    held = tried = 0
    for run in range(150):
        moved = [(k, n, p, u * 1_000_003 + run, e) for k, n, p, u, e in ROWS]
        brand = pair(panel(moved, k=40, budget=1500), "category:phone", "interest:food",
                     brand="acme", policy=FREE).brand  # fmt: skip
        tried += 2
        held += brand.gap.low <= truth.gap.value + 1e-9 and truth.gap.value - 1e-9 <= brand.gap.high
        held += brand.unreached.low <= truth.unreached.value <= brand.unreached.high
    assert held / tried >= 0.92


def test_without_a_category_there_is_no_gap_but_users_without_the_brand() -> None:
    told = pair(EXACT, "interest:food", "interest:gaming", brand="acme", policy=FREE)
    assert told.brand is not None
    assert told.brand.gap is None
    assert told.brand.category is None
    both = users_of("interest", "food", Window()) & users_of("interest", "gaming", Window())
    assert told.brand.unreached.value == len(both - users_of("brand", "acme", Window()))


def test_a_pair_below_the_floor_has_no_numbers_and_says_so() -> None:
    told = pair(EXACT, "category:tv", "interest:knitting", brand="acme", policy=FREE)
    assert told.overlap is not None
    floor = int(told.overlap.value) + 1
    hidden = pair(EXACT, "category:tv", "interest:knitting", brand="acme", policy=Policy(floor, 0))
    assert hidden.suppressed == f"fewer than {floor} users in it or beside it"
    for name in ("overlap", "expected", "excess", "share_of_first", "tgi", "brand", "direction"):
        assert getattr(hidden, name) is None
    blank = hidden.parts.filter(pl.col("part").is_in(["both", "unreached"]))
    assert blank["users"].is_null().all()


def test_audiences_that_share_nobody_say_so_without_a_brand() -> None:
    apart = [("interest", "a", week(0), u, 1) for u in range(200)]
    apart += [("interest", "b", week(0), u, 1) for u in range(200, 400)]
    apart += [("brand", "acme", week(0), u, 1) for u in range(0, 400, 3)]
    told = pair(panel(apart), "a", "b", brand="acme")
    assert told.overlap is not None
    assert told.overlap.value == 0
    assert told.suppressed is None
    assert told.direction == "under"
    assert told.brand is None


def test_one_segment_twice_is_refused() -> None:
    with pytest.raises(UsageError, match="twice"):
        pair(EXACT, "category:tv & interest:food", "interest:food & category:tv", policy=FREE)
