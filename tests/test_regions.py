"""Every region of some audiences is counted, and what each audience adds to those before it."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from community import Row, panel, random_rows, week, with_universe
from hypothesis import given, settings
from hypothesis import strategies as st

from overlap.cli import main
from overlap.cli.serving import sample_events, sample_store
from overlap.expressions import fold, parse
from overlap.insights.regions import (
    MOST_AUDIENCES,
    REACH_TABLE,
    REGIONS_TABLE,
    expected_together,
    incremental_reach,
    regions,
)
from overlap.model import Policy, UsageError, Window
from overlap.panel import Panel

FREE = Policy(0, 0)
RARE = [("brand", "rare", week(3), user, 1) for user in range(0, 800, 9)]
ROWS = [*random_rows(1, users=800), *RARE]
EXACT = panel(ROWS)
SAMPLED = panel(ROWS, k=20, budget=600)
MIXED = panel(ROWS, k=95, budget=1500)
"""Some audiences are kept whole, others sampled, at several rates."""
CHOICES = (
    "category:tv", "interest:gaming", "interest:food>=2", "interest:knitting", "brand:rare",
    "brand:acme | category:phone", "category:phone - interest:food", "universe:all - brand:acme",
)  # fmt: skip
chosen = st.lists(st.sampled_from(CHOICES), min_size=1, max_size=6, unique=True)
insides = st.sampled_from([None, "category:tv", "category:phone - brand:acme", "brand:rare"])
windows = st.sampled_from([Window(), Window(week(2), week(4))])


def exactly(rows: list[Row], text: str, window: Window = Window()) -> set[int]:  # noqa: B008
    events: dict[tuple[str, str], dict[int, int]] = {}
    for kind, name, period, user, n in with_universe(rows):
        if (window.start or period) <= period <= (window.end or period):
            of = events.setdefault((kind, name), {})
            of[user] = of.get(user, 0) + n
    return fold(
        parse(text),
        lambda x: {u for u, n in events.get((x.kind or "", x.name), {}).items() if n >= x.at_least},
        lambda parts: set.intersection(*parts),
        lambda parts: set.union(*parts),
        lambda left, right: left - right,
    )


# --- regions ----------------------------------------------------------------------------------


@settings(max_examples=60)
@given(chosen, insides, windows)
def test_regions_of_an_exact_panel_equal_plain_sets(
    audiences: list[str], inside: str | None, window: Window
) -> None:
    table = regions(EXACT, audiences, inside=inside, window=window, policy=FREE)
    assert table.schema == REGIONS_TABLE
    around = exactly(ROWS, inside or "universe:all", window)
    sets = [exactly(ROWS, text, window) & around for text in audiences]
    found = {tuple(row["audiences"]): row for row in table.to_dicts()}
    assert len(found) == len(table)
    for size in range(1, len(audiences) + 1):
        for who in itertools.combinations(range(len(audiences)), size):
            every = set.intersection(*(sets[i] for i in who))
            only = every - set().union(*(s for i, s in enumerate(sets) if i not in who))
            row = found.pop(tuple(audiences[i] for i in who), None)
            if row is None:
                assert not every
                assert 1 < size < len(audiences)
                continue
            assert row["degree"] == size
            assert row["exact"] is row["inclusive_exact"] is True
            for name, users in (("exclusive", only), ("inclusive", every)):
                assert [row[f"{name}_{e}"] for e in ("users", "low", "high")] == [len(users)] * 3
            assert exactly(ROWS, row["expression"], window) == only
            assert exactly(ROWS, row["inclusive_expression"], window) == every
            assert row["suppressed"] is None
    assert not found


@pytest.mark.parametrize("the_panel", [EXACT, SAMPLED, MIXED], ids=["exact", "sampled", "mixed"])
@settings(max_examples=25)
@given(chosen, insides, windows)
def test_a_region_says_of_itself_what_its_expression_says(
    the_panel: Panel, audiences: list[str], inside: str | None, window: Window
) -> None:
    for row in regions(the_panel, audiences, inside=inside, window=window, policy=FREE).to_dicts():
        for name, text, exact in (
            ("exclusive", row["expression"], row["exact"]),
            ("inclusive", row["inclusive_expression"], row["inclusive_exact"]),
        ):
            if len(audiences) == 1 and name == "exclusive" and inside is None:
                continue
            size = the_panel.size(text, window)
            assert row[f"{name}_users"] == pytest.approx(size.value)
            assert row[f"{name}_low"] == pytest.approx(size.low)
            assert row[f"{name}_high"] == pytest.approx(size.high)
            assert exact is size.exact
        assert row["rate"] <= 1


def test_what_is_sampled_says_so_and_adds_up() -> None:
    audiences = ["category:tv", "brand:rare", "interest:knitting"]
    assert len({MIXED.sample(text).rate for text in audiences}) == 3
    table = regions(MIXED, audiences, policy=FREE)
    assert not table["exact"].any()
    assert table["rate"].n_unique() == 1
    knitting = next(row for row in table.to_dicts() if row["audiences"] == audiences[2:])
    assert knitting["inclusive_exact"]
    assert knitting["inclusive_users"] == len(exactly(ROWS, audiences[2]))
    union = MIXED.size(" | ".join(audiences))
    assert table["exclusive_users"].sum() == pytest.approx(union.value)
    assert table["sample"].sum() == union.sample


def test_the_largest_regions_come_first_and_those_not_shown_last() -> None:
    table = regions(EXACT, ["category:tv", "interest:gaming", "interest:food"], min_users=60,
                    policy=FREE)  # fmt: skip
    users = table["exclusive_users"].to_list()
    shown = [n for n in users if n is not None]
    assert shown == sorted(shown, reverse=True)
    assert users[len(shown) :] == [None] * (len(users) - len(shown))
    assert len(shown) < len(users)


def test_numbers_below_the_floor_are_blank_and_say_why_and_nobody_is_zero() -> None:
    rows = [("interest", "a", week(0), user, 1) for user in range(200)]
    rows += [("interest", "b", week(0), user, 1) for user in range(50, 350)]
    rows += [("interest", "c", week(0), user, 1) for user in range(340, 360)]
    table = regions(panel(rows), ["a", "b", "c"])
    by = {"".join(a[-1] for a in row["audiences"]): row for row in table.to_dicts()}
    assert set(by) == {"a", "b", "c", "ab", "bc", "abc"}
    assert by["a"]["exclusive_users"] is by["a"]["exclusive_low"] is by["a"]["sample"] is None
    assert by["a"]["inclusive_users"] == 200
    why = "fewer than 100 users in it or beside it"
    assert by["a"]["suppressed"] == why
    # 200 in a less 150 in both would be the 50 that are in a alone.
    assert (by["ab"]["exclusive_users"], by["ab"]["suppressed"]) == (None, why)
    for name in ("c", "bc"):
        assert by[name]["exclusive_users"] is by[name]["inclusive_high"] is None
        assert by[name]["suppressed"] == why
    assert (by["abc"]["exclusive_users"], by["abc"]["inclusive_high"]) == (0, 0)
    assert by["abc"]["suppressed"] is None


def test_twelve_audiences_are_laid_across_each_other_and_thirteen_are_refused() -> None:
    rows = [
        ("interest", f"n{bit}", week(0), user, 1)
        for user in range(1 << 12)
        for bit in range(12)
        if user >> bit & 1
    ]
    whole = panel(rows)
    names = [f"interest:n{bit}" for bit in range(12)]
    table = regions(whole, names, policy=FREE)
    assert len(table) == (1 << 12) - 1
    assert set(table["exclusive_users"]) == {1.0}
    for degree, users in table.select("degree", "inclusive_users").iter_rows():
        assert users == 1 << (12 - degree)
    with pytest.raises(UsageError, match=f"13 audiences .* at most {MOST_AUDIENCES}") as error:
        regions(whole, [*names, "universe:all"])
    assert "universe:all" in error.value.where
    assert "leave some out" in error.value.cure


@pytest.mark.parametrize(
    ("audiences", "said"),
    [
        ([], "no audience to count"),
        (["category:tv", "category:tv"], "given twice"),
        (["category:tv - brand:acme", "category:tv - (brand:acme & category:tv)"], "given twice"),
        (["category:tv", "interest:gamin"], "interest:gaming"),
        (["category:tv", "interest:&"], "cannot read the expression"),
    ],
)
@pytest.mark.parametrize("ask", [regions, incremental_reach, expected_together])
def test_what_cannot_be_laid_out_is_refused(
    audiences: list[str], said: str, ask: Callable[..., Any]
) -> None:
    with pytest.raises(UsageError) as error:
        ask(EXACT, audiences)
    assert said in str(error.value)


def test_names_of_two_kinds_and_of_operators_keep_their_quotes() -> None:
    names = [("interest", "apple"), ("brand", "apple"), ("term", 'say "&" - (x)>=2')]
    rows = [
        (*key, week(0), user, 1) for i, key in enumerate(names) for user in range(9 * i, 9 * i + 15)
    ]
    whole = panel(rows)
    texts = ["interest:apple", "brand:apple", r'term:"say \"&\" - (x)>=2"']
    table = regions(whole, texts, policy=FREE)
    assert table["audiences"].explode().unique().sort().to_list() == sorted(texts)
    for row in table.to_dicts():
        assert whole.size(row["expression"]).value == row["exclusive_users"]
    with pytest.raises(UsageError, match="2 audiences"):
        regions(whole, ["apple"])


def test_an_empty_segment_has_an_empty_region() -> None:
    table = regions(EXACT, ["universe:all - universe:all", "category:tv"], policy=FREE)
    by = {len(row["audiences"]): [] for row in table.to_dicts()}
    for row in table.to_dicts():
        by[len(row["audiences"])].append(row["inclusive_users"])
    assert by[2] == [0]
    assert sorted(by[1]) == [0, len(exactly(ROWS, "category:tv"))]


# --- reach ------------------------------------------------------------------------------------


@settings(max_examples=40)
@given(chosen, insides, windows)
def test_reach_grows_by_the_users_who_were_in_none_before(
    audiences: list[str], inside: str | None, window: Window
) -> None:
    table = incremental_reach(EXACT, audiences, inside=inside, window=window, policy=FREE)
    assert table.schema == REACH_TABLE
    around = exactly(ROWS, inside or "universe:all", window)
    reached: set[int] = set()
    for step, (text, row) in enumerate(zip(audiences, table.to_dicts(), strict=True), start=1):
        users = exactly(ROWS, text, window) & around
        new = users - reached
        reached |= users
        assert (row["step"], row["audience"], row["exact"]) == (step, text, True)
        for name, found in (("users", users), ("new_users", new), ("reach_users", reached)):
            assert row[name] == len(found)
        assert exactly(ROWS, row["expression"], window) == new
        assert exactly(ROWS, row["reach_expression"], window) == reached


def test_sampled_reach_adds_up_and_has_the_interval_of_its_expression() -> None:
    audiences = ["interest:knitting", "interest:gaming", "category:tv"]
    table = incremental_reach(MIXED, audiences, policy=FREE)
    assert table["new_users"].cum_sum().to_list() == pytest.approx(table["reach_users"].to_list())
    last = table.to_dicts()[-1]
    size = MIXED.size(last["reach_expression"])
    assert (last["reach_low"], last["reach_high"], last["exact"]) == (size.low, size.high, False)
    assert table["users_exact"].to_list() == [True, False, False]


def test_steps_below_the_floor_are_blank() -> None:
    rows = [("interest", "a", week(0), user, 1) for user in range(200)]
    rows += [("interest", "b", week(0), user, 1) for user in range(50, 210)]
    table = incremental_reach(panel(rows), ["a", "b"])
    assert table["new_users"].to_list() == [200, None]
    assert table["suppressed"].to_list() == [None, "fewer than 100 users in it or beside it"]
    assert table["users"].to_list() == [200, 160]


def test_chance_is_the_product_of_the_shares() -> None:
    n = {text: len(exactly(ROWS, text)) for text in ("category:tv", "brand:rare", "universe:all")}
    both = expected_together(EXACT, ["category:tv", "brand:rare"])
    assert both == pytest.approx(n["category:tv"] * n["brand:rare"] / n["universe:all"])
    tv = exactly(ROWS, "category:tv")
    parts = [len(tv & exactly(ROWS, text)) for text in ("brand:rare", "interest:food")]
    inside = expected_together(EXACT, ["brand:rare", "interest:food"], inside="category:tv")
    assert inside == pytest.approx(parts[0] * parts[1] / len(tv))
    assert expected_together(EXACT, ["brand:rare"], inside="brand:acme - brand:acme") == 0


# --- by simulation ----------------------------------------------------------------------------


@pytest.mark.slow
def test_intervals_of_regions_hold_the_exact_counts_in_most_samples() -> None:
    rows = random_rows(4, users=4000)
    audiences = ["category:tv", "interest:gaming", "interest:food>=2", "brand:acme"]
    exact = {row["expression"]: row for row in regions(panel(rows), audiences, policy=FREE)
             .to_dicts()}  # fmt: skip
    held, asked = {"exclusive": 0, "inclusive": 0}, 0
    for seed in range(150):
        part = panel(rows, seed=1000 + seed, k=40, budget=1500)
        for row in regions(part, audiences, policy=FREE).to_dicts():
            truth = exact[row["expression"]]
            asked += 1
            assert not row["exact"]
            for name in held:
                held[name] += row[f"{name}_low"] <= truth[f"{name}_users"] <= row[f"{name}_high"]
    assert asked > 1500
    assert held["exclusive"] >= 0.94 * asked
    assert held["inclusive"] >= 0.94 * asked


# --- command ----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return sample_store(tmp_path_factory.mktemp("regions") / "store")


@pytest.fixture
def run(
    store: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, str, str]]:
    def once(*argv: object) -> tuple[int, str, str]:
        monkeypatch.setattr("sys.argv", ["overlap", "regions", str(store), *map(str, argv)])
        capsys.readouterr()
        code = 0
        try:
            main()
        except SystemExit as stop:
            code = int(stop.code or 0)
        return code, *capsys.readouterr()

    return once


TV, ESPORTS, FOOD = "电视 TV", "电竞 Esports", "美食 Food"
ASKED = (f'category:"{TV}"', f'interest:"{ESPORTS}"', f'interest:"{FOOD}"')


def test_the_command_counts_the_regions_of_the_sample_as_its_events_do(
    run: Callable[..., tuple[int, str, str]],
) -> None:
    code, out, err = run(*ASKED, "--from", "2026-06-01", "--json")
    assert (code, err) == (0, "")
    rows = json.loads(out)
    assert list(rows[0]) == REGIONS_TABLE.names()
    events = pl.read_parquet(sample_events()).filter(
        pl.col("time").dt.date() >= pl.date(2026, 6, 1)
    )
    members = {
        ASKED[0]: set(events.filter(pl.col("category") == TV)["user_id"]),
        **{
            text: set(events.explode("interest").filter(pl.col("interest") == name)["user_id"])
            for text, name in zip(ASKED[1:], (ESPORTS, FOOD), strict=True)
        },
    }
    assert len(rows) == 7
    for row in rows:
        every = set.intersection(*(members[text] for text in row["audiences"]))
        others = set().union(*(members[text] for text in ASKED if text not in row["audiences"]))
        only = len(every - others)
        assert row["inclusive_users"] == len(every)
        assert row["exclusive_users"] == (only if only >= 100 or not only else None)


def test_the_command_gives_a_table_and_a_csv_with_lists_in_one_cell(
    run: Callable[..., tuple[int, str, str]], tmp_path: Path
) -> None:
    code, out, _ = run(*ASKED[:2])
    assert code == 0
    assert "4,104" in out
    assert "exact" in out
    code, out, _ = run(*ASKED[:2], "--inside", ASKED[2], "--csv", tmp_path / "r.csv")
    assert (code, out) == (0, "")
    table = pl.read_csv(tmp_path / "r.csv")
    assert table.columns == REGIONS_TABLE.names()
    assert f"{ASKED[0]} | {ASKED[1]}" in table["audiences"].to_list()
    assert set(table["inside"]) == {ASKED[2]}


def test_a_wrong_question_to_the_command_is_one_message(
    run: Callable[..., tuple[int, str, str]],
) -> None:
    for argv, said in [
        ((ASKED[0], ASKED[0]), "given twice"),
        ((ASKED[0], "interest:nothing"), "no audience 'interest:nothing'"),
        ((*ASKED, "--min-users", "5"), "floor of 100"),
        (tuple(f"{ASKED[0]}>={i}" for i in range(1, 14)), "at most 12"),
    ]:
        code, out, err = run(*argv)
        assert (code, out) == (2, "")
        assert said in err
        assert "Traceback" not in err
