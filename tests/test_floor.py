"""Nothing below the floor follows from an answer: a solver tries all its sums and differences."""

from __future__ import annotations

import contextlib
from itertools import combinations

import numpy as np
import polars as pl
from community import panel, week
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from solving import TABLE_RULES, System, named, solved

from overlap.insights import floors
from overlap.insights.matrix import matrix, pair
from overlap.insights.openings import scored
from overlap.insights.pairs import pairs
from overlap.insights.profile import profile
from overlap.insights.regions import incremental_reach, regions
from overlap.model import Policy, UsageError
from overlap.panel import Panel

FLOOR = 8
POLICY = Policy(FLOOR, FLOOR)
AUDIENCES = (("category", "c"), ("brand", "x"), ("interest", "i"), ("interest", "j"),
             ("interest", "k"))  # fmt: skip
NAMES = tuple(name for _, name in AUDIENCES)

sizes = st.one_of(st.just(0), st.integers(1, FLOOR), st.integers(FLOOR, 5 * FLOOR))
stores = st.lists(sizes, min_size=1 << len(AUDIENCES), max_size=1 << len(AUDIENCES))
often = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.filter_too_much]
)


def community(regions_: list[int]) -> Panel:
    """A community with so many users in each region of the audiences."""
    rows, user = [], 0
    for code, users in enumerate(regions_):
        for _ in range(users):
            rows.append(("interest", "all", week(0), user, 1))
            for bit, (kind, name) in enumerate(AUDIENCES):
                if code >> bit & 1:
                    rows.append((kind, name, week(0), user, 1))
            user += 1
    return panel(rows or [("interest", "all", week(0), 0, 1)])


def hold(system: System, cells: list[np.ndarray], regions_: list[int]) -> None:
    """Check all cells of too few: of others what is true is itself no secret."""
    for cell in {cell.tobytes(): cell for cell in cells}.values():
        if 0 < np.array(regions_)[cell].sum() < FLOOR:
            assert not system.follows(cell, FLOOR), system.bounds(cell)


def quarters(system: System, a: str, b: str, within: tuple[str, ...] = ()) -> list[np.ndarray]:
    """The four cells of a table of two sets, and what is in and out of each."""
    rest = (a, b)
    cells = [
        system.where([*within, *inside], [s for s in rest if s not in inside])
        for inside in ((), (a,), (b,), (a, b))
    ]
    return [*cells, *(system.where([*within, s]) for s in rest),
            *(system.where(within, [s]) for s in rest)]  # fmt: skip


def shown_table(system: System, row: dict[str, object], a: str, b: str) -> None:
    """Show all that a row says, or that its formulas give back."""
    known = solved(row, TABLE_RULES)
    system.show(system.where(), known.get("whole"))
    system.show(system.where([a]), known.get("a"))
    system.show(system.where([b]), known.get("b"))
    system.show(system.where([a, b]), known.get("n"))
    system.show(system.where([a, b, "x"]) if a != "x" else system.where([a, b]), known.get("x"))
    system.show(system.where([a, "x"]) if a != "x" else system.where([a]), known.get("y"))


# --- rows of tables -----------------------------------------------------------------------------


@often
@given(stores)
def test_nothing_follows_from_openings_of_a_brand(regions_: list[int]) -> None:
    frame = scored(community(regions_), "c", brand="x", policy=POLICY) if any(
        n for code, n in enumerate(regions_) if code & 1) and any(
        n for code, n in enumerate(regions_) if code & 2) else None  # fmt: skip
    if frame is None:
        return
    system = System(NAMES)
    cells = []
    for row in frame.filter(pl.col("interest") != "all").to_dicts():
        names = {"a": "category_users", "b": "interest_users", "n": "overlap_users",
                 "whole": "baseline_users", "share_a": "share_of_category",
                 "share_b": "share_of_interest", "tgi": "tgi", "expected": "expected_users",
                 "excess": "excess_users", "jaccard": "jaccard", "p": "brand_penetration",
                 "p0": "category_penetration", "fair": "fair_share_index",
                 "unreached": "unreached_users"}  # fmt: skip
        shown_table(system, named(row, names), "c", row["interest"])
        cells += quarters(system, "c", row["interest"])
        cells += quarters(system, "x", row["interest"], within=("c",))
    hold(system, cells, regions_)


@often
@given(stores)
def test_nothing_follows_from_pairs_profiles_and_matrices(regions_: list[int]) -> None:
    if not any(n for code, n in enumerate(regions_) if code & 1):
        return
    store = community(regions_)
    short = {"b": "users", "n": "overlap_users", "whole": "baseline_users", "tgi": "tgi",
             "expected": "expected_users", "excess": "excess_users", "jaccard": "jaccard",
             "share_b": "share_of_audience"}  # fmt: skip
    answers = [(pairs(store, "category:c", "interest", policy=POLICY), "anchor")]
    # Fewer than the floor have no profile.
    with contextlib.suppress(UsageError):
        answers.append((profile(store, "category:c", policy=POLICY), "segment"))
    for frame, what in answers:
        system, cells = System(NAMES), []
        for row in frame.filter(pl.col("name") != "all").to_dicts():
            names = short | {"a": f"{what}_users", "share_a": f"share_of_{what}"}
            shown_table(system, named(row, names), "c", row["name"])
            cells += quarters(system, "c", row["name"])
        hold(system, cells, regions_)
    frame = matrix(store, "interest", "interest", policy=POLICY)
    system, cells = System(NAMES), []
    for row in frame.filter((pl.col("row") != "all") & (pl.col("column") != "all")).to_dicts():
        names = {"a": "row_users", "b": "column_users", "n": "overlap_users",
                 "whole": "baseline_users", "tgi": "tgi", "expected": "expected_users",
                 "excess": "excess_users", "jaccard": "jaccard", "share_a": "share_of_row",
                 "share_b": "share_of_column"}  # fmt: skip
        shown_table(system, named(row, names), row["row"], row["column"])
        cells += quarters(system, row["row"], row["column"])
    hold(system, cells, regions_)


# --- regions ------------------------------------------------------------------------------------


def shown_regions(system: System, store: Panel, chosen: list[str]) -> list[np.ndarray]:
    """Show regions and reach of some audiences; return their cells, and what is in one alone."""
    short = {f"{kind}:{name}": name for kind, name in AUDIENCES}
    of = [short[text] for text in chosen]
    cells = []
    for row in regions(store, chosen, policy=POLICY).to_dicts():
        inside = [short[text] for text in row["audiences"]]
        only = system.where(inside, [s for s in of if s not in inside])
        for cell, users in ((only, row["exclusive_users"]),
                            (system.where(inside), row["inclusive_users"])):  # fmt: skip
            cells.append(cell)
            system.show(cell, users)
    reached = np.zeros_like(system.where())
    for row in incremental_reach(store, chosen, policy=POLICY).to_dicts():
        own = system.where([short[row["audience"]]])
        new, reached = own & ~reached, own | reached
        for cell, users in ((own, row["users"]), (new, row["new_users"]),
                            (reached, row["reach_users"])):  # fmt: skip
            cells.append(cell)
            system.show(cell, users)
    return [*cells, *(system.where([a], [b]) for a in of for b in of if a != b)]


@often
@given(stores, st.permutations([f"{kind}:{name}" for kind, name in AUDIENCES]), st.integers(2, 4))
def test_nothing_follows_from_regions_and_reach(
    regions_: list[int], audiences: list[str], n: int
) -> None:
    store = community(regions_)
    chosen = [text for text in audiences if text.partition(":")[2] in store.known.get(
        text.partition(":")[0], ())][:n]  # fmt: skip
    if len(chosen) < 2:
        return
    system = System(NAMES)
    hold(system, shown_regions(system, store, chosen), regions_)


@often
@given(stores)
def test_nothing_follows_from_a_pair_and_its_brand(regions_: list[int]) -> None:
    store = community(regions_)
    if not all(name in store.known.get(kind, ()) for kind, name in AUDIENCES[:3]):
        return
    told = pair(store, "category:c", "interest:i", brand="x", policy=POLICY)
    system = System(NAMES)
    value = {name: None if (e := getattr(told, name)) is None else e.value for name in (
        "first_users", "second_users", "overlap", "expected", "excess", "share_of_first",
        "share_of_second", "tgi")}  # fmt: skip
    brand = told.brand
    more = {} if brand is None else {
        "brand_penetration": brand.penetration.value, "unreached": brand.unreached.value,
        "category_penetration": brand.category_penetration and brand.category_penetration.value,
        "fair": brand.fair_share and brand.fair_share.value,
        "gap_users": brand.gap and brand.gap.value}  # fmt: skip
    names = {"a": "first_users", "b": "second_users", "n": "overlap", "whole": "whole",
             "share_a": "share_of_first", "share_b": "share_of_second", "tgi": "tgi",
             "expected": "expected", "excess": "excess", "p": "brand_penetration",
             "p0": "category_penetration", "fair": "fair", "unreached": "unreached"}  # fmt: skip
    row = named({**value, **more, "whole": told.baseline_users.value}, names)
    shown_table(system, row, "c", "i")
    where = {"first": (["c"], []), "second": (["i"], []), "both": (["c", "i"], []),
             "only_first": (["c"], ["i"]), "only_second": (["i"], ["c"]),
             "unreached": (["c", "i"], ["x"])}  # fmt: skip
    for part in told.parts.to_dicts():
        cell = (
            system.where(["c"]) | system.where(["i"])
            if part["part"] == "either"
            else system.where(*where[part["part"]])
        )
        system.show(cell, part["users"])
    for region in told.regions.to_dicts():
        inside = [text.partition(":")[2] for text in region["audiences"]]
        outside = [name for name in ("c", "i") if name not in inside]
        system.show(system.where(inside, outside), region["exclusive_users"])
        system.show(system.where(inside), region["inclusive_users"])
    hold(
        system, [*quarters(system, "c", "i"), *quarters(system, "x", "i", within=("c",))], regions_
    )


def test_what_can_be_shown_together_is_shown() -> None:
    atoms, n = np.array([150.0, 140.0, 130.0]), 3
    cells = [np.isin(np.arange(n), c) for k in (1, 2, 3) for c in combinations(range(n), k)]
    assert floors.together(100, atoms, np.array(cells)).all()
    # 42 of 158: the 116 may be shown, or the 158, and not both.
    shown = floors.together(100, [116.0, 42.0], [[1, 1], [1, 0], [0, 1]])
    assert shown.tolist() == [True, False, False]
    # Nobody is not too few.
    assert floors.together(100, [116.0, 0.0], [[1, 1], [1, 0], [0, 1]]).all()
