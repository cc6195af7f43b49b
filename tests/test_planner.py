"""A plan adds the most new users at every step, counts them exactly, and ends where it should."""

from __future__ import annotations

import itertools
import json
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from community import Row, panel, week
from hypothesis import given, settings
from hypothesis import strategies as st

from overlap.building import BuildOptions, build
from overlap.cli import main
from overlap.cli.serving import sample_store
from overlap.insights.planner import CORE_TGI, LIKELY_TGI, PLAN_TABLE, TIERS, parse_target, plan
from overlap.model import Policy, TagColumn, UsageError, Window
from overlap.panel import Panel, open_panel

ROOT = Path(__file__).parents[1]
DATA = ROOT.parent / "shared" / "data"
TV = 'category:"电视 TV"'
ESPORTS = 'interest:"电竞 Esports"'
FLUKE = 'interest:"手摇留声机 Gramophone repair"'
NO_FLOOR = Policy(0, 0)
ENDS = ("", "_low", "_high")

Sets = dict[str, set[int]]


def rows_of(tv: set[int], interests: Sets, users: int) -> list[Row]:
    rows = [("category", "tv", week(0), u, 1) for u in tv]
    rows += [("brand", "anybody", week(0), u, 1) for u in range(users)]
    return rows + [("interest", n, week(0), u, 1) for n, us in interests.items() for u in us]


def steps_of(frame: pl.DataFrame) -> list[dict[str, Any]]:
    return frame.filter(pl.col("step").is_not_null()).to_dicts()


def name_of(row: dict[str, Any]) -> str:
    return row["audience"].split(":", 1)[1].strip('"')


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return sample_store(tmp_path_factory.mktemp("sample") / "store")


@pytest.fixture(scope="module")
def sample(store: Path) -> Panel:
    return open_panel(store)[1]


@pytest.fixture(scope="module")
def interests() -> Sets:
    """Users of every interest of the sample data and of its televisions, from polars alone."""
    rows = pl.read_parquet(ROOT / "sample_data" / "events.parquet")
    found: Sets = {}
    for kind in ("category", "interest"):
        tagged = rows.select("user_id", name=pl.col(kind))
        if isinstance(tagged.schema["name"], pl.List):
            tagged = tagged.explode("name")
        for name, ids in tagged.drop_nulls().group_by("name").agg(pl.col("user_id")).iter_rows():
            if kind == "interest" or name == "电视 TV":
                found[name] = set(ids)
    return found


# --- the steps --------------------------------------------------------------------------------

people = st.sets(st.integers(0, 39), min_size=1, max_size=30)
communities = st.tuples(
    st.sets(st.integers(0, 39), min_size=8, max_size=30),
    st.lists(people, min_size=1, max_size=6).map(lambda x: {f"i{i}": s for i, s in enumerate(x)}),
)


@settings(max_examples=40)
@given(communities)
def test_every_step_adds_the_most_that_any_audience_could(community) -> None:
    tv, interests = community
    frame = plan(panel(rows_of(tv, interests, 40)), "category:tv", order="reach", least=0,
                 policy=NO_FLOOR)  # fmt: skip
    reached: set[int] = set()
    for row in steps_of(frame):
        best = max(len(users & tv - reached) for users in interests.values())
        chosen = interests[name_of(row)]
        assert row["new_users"] == best == len(chosen & tv - reached)
        reached |= chosen
        assert row["cumulative_users"] == len(reached & tv)
        assert row["reached_users"] == len(reached)
        assert row["efficiency"] == pytest.approx(len(reached & tv) / len(reached))
    assert reached & tv == set().union(*interests.values()) & tv


@settings(max_examples=40)
@given(communities, st.integers(1, 4))
def test_a_few_steps_reach_nearly_what_the_best_choice_could(community, k: int) -> None:
    tv, interests = community
    frame = plan(panel(rows_of(tv, interests, 40)), "category:tv", order="reach", least=0, steps=k,
                 policy=NO_FLOOR)  # fmt: skip
    best = max(
        len(set().union(*chosen) & tv)
        for chosen in itertools.combinations(interests.values(), min(k, len(interests)))
    )
    got = frame["cumulative_users"].max() or 0
    assert got >= (1 - (1 - 1 / k) ** k) * best - 1e-9


@settings(max_examples=40)
@given(communities)
def test_tiers_come_one_after_another_each_by_what_its_audiences_add(community) -> None:
    tv, interests = community
    shop = panel(rows_of(tv, interests, 40))
    rows = steps_of(plan(shop, "category:tv", least=0, policy=NO_FLOOR))
    places = [TIERS.index(row["tier"]) for row in rows]
    assert places == sorted(places)
    tier = {n: _tier_alone(shop, n, list(interests)) for n in interests}
    reached: set[int] = set()
    for row in rows:
        mine = [n for n in interests if tier[n] == row["tier"]]
        assert row["new_users"] == max(len(interests[n] & tv - reached) for n in mine)
        reached |= interests[name_of(row)]


def _tier_alone(shop: Panel, name: str, names: list[str]) -> str:
    from overlap.insights.measures import measure

    counts = shop.cooccurrence(shop.sample("category:tv"), "interest")
    cautious = measure(counts).tgi_cautious[counts.names.index(name)]
    return "core" if cautious >= CORE_TGI else "likely" if cautious >= LIKELY_TGI else "broad"


def test_the_first_step_for_televisions_is_the_planted_opening(sample: Panel) -> None:
    first = plan(sample, TV).row(0, named=True)
    assert first["audience"] == ESPORTS
    assert first["tier"] == "core"
    assert first["expression"] == f"{TV} & {ESPORTS}"
    assert first["reach_expression"] == ESPORTS
    assert first["cumulative_users"] == 4104
    assert first["tgi"] == pytest.approx(188.4588, abs=1e-4)
    assert first["efficiency"] == pytest.approx(0.4104)


def test_every_number_of_a_plan_equals_exact_sets(sample: Panel, interests: Sets) -> None:
    frame = plan(sample, TV, steps=30)
    assert frame.schema == PLAN_TABLE
    tv, reached = interests["电视 TV"], set()
    assert set(frame["tier"]) == {"core", "likely", "broad"}
    for row in steps_of(frame):
        mine = interests[name_of(row)]
        assert row["exact"]
        assert row["audience_users"] == len(mine)
        assert row["category_users"] == len(tv)
        new = mine & tv - reached
        reached |= mine
        for end in ENDS:
            assert row[f"new_users{end}"] == len(new)
            assert row[f"cumulative_users{end}"] == len(reached & tv)
            assert row[f"cumulative_share{end}"] == pytest.approx(len(reached & tv) / len(tv))
            assert row[f"reached_users{end}"] == len(reached)
            assert row[f"efficiency{end}"] == pytest.approx(len(reached & tv) / len(reached))
        assert sample.size(row["expression"]).value == row["cumulative_users"]
        assert sample.size(row["reach_expression"]).value == row["reached_users"]


@pytest.mark.skipif(not DATA.is_dir(), reason="the real data sets are not beside the project")
def test_a_plan_over_real_baskets_equals_exact_polars(tmp_path: Path) -> None:
    source = DATA / "retail_transactions.parquet"
    tags = {"product_category": "category", "department": "interest"}
    build([str(source)], tmp_path / "store", BuildOptions(
        user="household_id", tags=tuple(TagColumn(c, k) for c, k in tags.items()), policy=NO_FLOOR,
    ))  # fmt: skip
    _, shop = open_panel(tmp_path / "store")
    rows = pl.read_parquet(source)

    def members(column: str) -> Sets:
        named = rows.select("household_id", name=pl.col(column).str.strip_chars())
        groups = named.filter(pl.col("name") != "").group_by("name").agg(pl.col("household_id"))
        return {name: set(ids) for name, ids in groups.iter_rows()}

    categories, departments = members("product_category"), members("department")
    seen = 0
    for name in sorted(departments):
        mine, reached = departments[name], set()
        frame = plan(shop, f'interest:"{name}"', "category", order="reach", least=0,
                     policy=NO_FLOOR)  # fmt: skip
        for row in steps_of(frame):
            best = max(len(us & mine - reached) for us in categories.values())
            chosen = categories[name_of(row)]
            assert row["new_users"] == best == len(chosen & mine - reached)
            reached |= chosen
            assert row["cumulative_users"] == len(reached & mine)
            assert row["reached_users"] == len(reached)
            seen += 1
    assert seen > 40


# --- candidates -------------------------------------------------------------------------------


def test_a_list_of_all_audiences_plans_as_their_kind_does(sample: Panel) -> None:
    names = [f'interest:"{name}"' for name in sample.names("interest")]
    assert plan(sample, TV, names).head(12).equals(plan(sample, TV))


def test_expressions_can_be_candidates(sample: Panel, interests: Sets) -> None:
    sports = 'interest:"足球 Football" | interest:"篮球 Basketball"'
    frame = plan(sample, TV, [sports, ESPORTS], order="reach")
    tv = interests["电视 TV"]
    both = interests["足球 Football"] | interests["篮球 Basketball"]
    rows = {row["audience"]: row for row in steps_of(frame)}
    assert frame["audience"][0] == ESPORTS
    row = rows[sports]
    assert row["audience_users"] == len(both)
    assert row["new_users"] == len(both & tv - interests["电竞 Esports"])
    expected = len(both) * len(tv) / sample.size("universe:all").value
    assert row["tgi"] == pytest.approx(100 * len(both & tv) / expected)


def test_a_named_candidate_without_a_step_says_why_and_shows_nothing_small(sample: Panel) -> None:
    frame = plan(sample, TV, [ESPORTS, FLUKE, f'{ESPORTS} & interest:"足球 Football"'])
    left = frame.filter(pl.col("step").is_null())
    assert left["audience"].to_list()[0] == FLUKE
    assert len(left) == 2
    assert set(left["suppressed"]) == {"adds fewer than 130 users"}
    assert left["audience_users"][0] is None
    assert left["tgi"][0] is None
    for name in ("new_users", "cumulative_users", "expression", "reached_users"):
        assert left[name].null_count() == 2


def test_the_category_is_no_candidate_of_its_own_kind(sample: Panel) -> None:
    frame = plan(sample, TV, "category", order="reach", steps=50, least=0)
    assert len(frame) > 3
    assert TV not in set(frame["audience"])


def test_a_window_plans_with_what_happened_in_it() -> None:
    rows = [("category", "tv", week(w), u, 1) for u in range(60) for w in (0, 1)]
    rows += [("interest", "early", week(0), u, 1) for u in range(40)]
    rows += [("interest", "late", week(1), u, 1) for u in range(50)]
    shop = panel(rows)
    first = Window(week(0), week(0))
    assert plan(shop, "category:tv", window=first, policy=NO_FLOOR)["audience"].to_list() == [
        "interest:early"
    ]
    named = plan(shop, "category:tv", ["interest:early"], window=first, policy=NO_FLOOR)
    assert named["cumulative_users"].to_list() == [40]


# --- where it ends ----------------------------------------------------------------------------


def test_a_plan_ends_at_the_first_step_that_meets_the_target(sample: Panel) -> None:
    for target, users in (("60%", 7800), (7800, 7800), ("7,800", 7800)):
        reached = plan(sample, TV, target=target)["cumulative_users"]
        assert reached[-1] >= users > reached[-2]
        assert plan(sample, TV, target=target)["target_users"].unique().to_list() == [users]


def test_a_target_out_of_reach_ends_with_the_last_step_there_is(sample: Panel) -> None:
    frame = plan(sample, TV, [ESPORTS], target="100%")
    assert frame["cumulative_users"].to_list() == [4104]
    assert frame["target_users"].to_list() == [13_000]


def test_no_step_adds_fewer_than_may_be_shown_or_than_was_asked(sample: Panel) -> None:
    assert plan(sample, TV, least=0, steps=100)["new_users"].min() >= 100
    assert plan(sample, TV, steps=100)["new_users"].min() >= 130
    assert plan(sample, TV, least=0.05, steps=100)["new_users"].min() >= 650
    assert plan(sample, TV, min_users=1000, steps=100)["new_users"].min() >= 1000
    assert len(plan(sample, TV, steps=3)) == 3


def test_a_category_that_no_audience_reaches_has_an_empty_plan() -> None:
    rows = rows_of(set(range(50)), {"chess": set(range(50, 90))}, 90)
    frame = plan(panel(rows), "category:tv", policy=NO_FLOOR)
    assert frame.schema == PLAN_TABLE
    assert len(frame) == 0


# --- sampled ----------------------------------------------------------------------------------


def community(seed: int, alike: bool) -> tuple[set[int], Sets, list[Row]]:
    """4,000 users, half in the category, and 40 interests of one size or of Zipf sizes."""
    rng = np.random.default_rng(seed)
    tv = set(rng.permutation(4000)[:2000].tolist())
    inside = np.isin(np.arange(4000), list(tv))
    sizes = np.full(40, 250) if alike else (1500 / np.arange(1, 41) ** 0.8).astype(int)
    found: Sets = {}
    for i, size in enumerate(sizes):
        weight = np.where(inside, rng.uniform(0.8, 3), 1.0)
        found[f"i{i}"] = set(rng.choice(4000, size, replace=False, p=weight / weight.sum()))
    return tv, found, rows_of(tv, found, 4000)


def held(runs: int, alike: bool, order: str) -> dict[str, float]:
    """Return how often the truth lay inside the intervals of a sampled plan."""
    hits: dict[str, list[bool]] = {}
    tv, found, rows = community(3, alike)
    for seed in range(1, runs + 1):
        sampled = panel(rows, seed=seed, k=64, budget=4500)
        assert sampled.floor_rate < 0.4
        reached: set[int] = set()
        frame = plan(sampled, "category:tv", steps=10, order=order, policy=NO_FLOOR)
        for row in steps_of(frame):
            mine = found[name_of(row)]
            new = len(mine & tv - reached)
            reached |= mine
            inside = len(reached & tv)
            for what, true in (
                ("new_users", new), ("cumulative_users", inside),
                ("cumulative_share", inside / len(tv)), ("reached_users", len(reached)),
                ("efficiency", inside / len(reached)),
            ):  # fmt: skip
                low, high = row[f"{what}_low"], row[f"{what}_high"]
                assert low <= row[what] <= high
                hits.setdefault(what, []).append(low - 1e-9 <= true <= high + 1e-9)
    return {what: float(np.mean(inside)) for what, inside in hits.items()}


def test_the_luck_of_the_chosen_is_not_counted_as_reach() -> None:
    # Forty audiences of one size: whichever comes first in the sample came first by luck.
    assert min(held(10, alike=True, order="reach").values()) >= 0.85


@pytest.mark.slow
@pytest.mark.parametrize("order", ["affinity", "reach"])
@pytest.mark.parametrize("alike", [True, False], ids=["alike", "zipf"])
def test_the_intervals_of_a_sampled_plan_hold_the_truth(alike: bool, order: str) -> None:
    runs = 60
    found = held(runs, alike, order)
    # The steps of one plan share their users: as many independent ones as there are plans.
    assert min(found.values()) >= 0.95 - 3 * np.sqrt(0.95 * 0.05 / runs), found


def test_steps_kept_at_several_rates_add_up_and_what_is_exact_stays_exact() -> None:
    rng = np.random.default_rng(1)
    tv = set(range(150))
    found: Sets = {
        "small": set(range(100)),
        "medium": {*range(90, 150), *rng.integers(150, 5000, 500).tolist()},
        "large": {*range(110, 150), *range(60), *rng.integers(150, 5000, 3000).tolist()},
    }
    shop = panel(rows_of(tv, found, 5000), k=200, budget=3500)
    rates = [shop.sample(f"interest:{name}").rate for name in found]
    assert shop.sample("category:tv").rate == rates[0] == 1 > rates[1] > rates[2]
    rows = steps_of(plan(shop, "category:tv", [f"interest:{n}" for n in found], policy=NO_FLOOR))
    assert [name_of(row) for row in rows[:2]] == ["small", "medium"]
    assert rows[0]["exact"]
    assert rows[0]["cumulative_users"] == rows[0]["cumulative_users_high"] == 100
    running = 0.0
    for row in rows:
        running += row["new_users"]
        assert row["cumulative_users"] == pytest.approx(min(running, 150))
        assert row["cumulative_users_low"] <= row["cumulative_users"]
        assert row["cumulative_users"] <= row["cumulative_users_high"] <= 150
    assert not rows[-1]["exact"]


# --- what cannot be asked ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("how", "says"),
    [
        ({"category": "category:telly"}, "no audience"),
        ({"category": f"{TV} - {TV}"}, "the category has no user"),
        ({"category": FLUKE}, "the category has fewer than 100 users"),
        ({"candidates": "intrest"}, "no audience has the kind 'intrest'"),
        ({"candidates": []}, "no candidate"),
        ({"candidates": ["interest:chess"]}, "no audience"),
        ({"candidates": [ESPORTS, TV]}, "is the category itself"),
        ({"target": 0}, "less than one user"),
        ({"target": "0%"}, "not above 0%"),
        ({"target": "101%"}, "not above 0% and up to 100%"),
        ({"target": 13_001}, "above the category's 13,000 (exact)"),
        ({"target": "many"}, "'many' is not a target"),
        ({"target": "nan"}, "'nan' is not a target"),
        ({"steps": 0}, "a plan of 0 steps"),
        ({"least": 2}, "cannot have to add 2 of the category"),
        ({"order": "size"}, "no order 'size'"),
        ({"min_users": 3}, "below this store's floor"),
    ],
    ids=lambda x: x if isinstance(x, str) else "-".join(map(str, x)),
)
def test_what_cannot_be_planned_is_said(sample: Panel, how: dict[str, Any], says: str) -> None:
    with pytest.raises(UsageError) as error:
        plan(sample, **({"category": TV} | how))
    assert says in str(error.value)


def test_a_target_is_users_or_a_share() -> None:
    assert (parse_target("60%").value, parse_target("60%").is_share) == (0.6, True)
    assert (parse_target(" 5,000 ").value, parse_target(5000).is_share) == (5000, False)


# --- the command ------------------------------------------------------------------------------


def test_the_command_gives_rows_or_a_table_that_ends_with_the_segment(
    store: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def run(*argv: str) -> str:
        monkeypatch.setattr("sys.argv", ["overlap", "plan", str(store), *argv])
        with pytest.raises(SystemExit) as stop:
            main()
        assert not stop.value.code
        return capsys.readouterr().out

    rows = json.loads(run(TV, "--target", "60%", "--json"))
    assert list(rows[0]) == PLAN_TABLE.names()
    assert rows[-1]["cumulative_users"] >= 7800
    text = run(TV, "--steps", "2")
    assert "Segment of the last step" in text
    assert "4,104" in text
    assert "is not reached" in run(TV, "--candidate", ESPORTS, "--target", "60%")
    small = json.loads(run(TV, "--candidate", ESPORTS, "--candidate", FLUKE, "--json"))
    assert [row["step"] for row in small] == [1, None]


def test_a_kind_and_candidates_together_are_wrong_usage(
    store: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    argv = ["overlap", "plan", str(store), TV, "--kind", "interest", "--candidate", ESPORTS]
    monkeypatch.setattr("sys.argv", argv)
    with pytest.raises(SystemExit) as stop:
        main()
    assert stop.value.code == 2
    assert "do not go together" in capsys.readouterr().err
