"""A profile equals exact counts, tells luck from habit, and finds what is planted."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from community import Row, panel, random_rows, week

from overlap.building import BuildOptions, build
from overlap.cli import main
from overlap.cli.serving import sample_store
from overlap.insights.profile import PROFILE_TABLE, profile
from overlap.model import Policy, TagColumn, UsageError, Window
from overlap.panel import Panel, open_panel

ROOT = Path(__file__).parents[1]
DATA = ROOT.parent / "shared" / "data"
TRUTHS: dict[str, Any] = tomllib.loads((ROOT / "sample_data" / "truths.toml").read_text("utf-8"))
HERO = TRUTHS["hero"]
TV, ESPORTS = f'category:"{HERO["category"]}"', f'interest:"{HERO["interest"]}"'
NO_FLOOR = Policy(0, 0)
NUMBERS = [name for name, dtype in PROFILE_TABLE.items() if dtype == pl.Float64]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return sample_store(tmp_path_factory.mktemp("sample") / "store")


@pytest.fixture(scope="module")
def sample(store: Path) -> Panel:
    return open_panel(store)[1]


@pytest.fixture(scope="module")
def users() -> dict[tuple[str, str], set[int]]:
    """Users of every audience of the sample data, from polars alone."""
    rows = pl.read_parquet(ROOT / "sample_data" / "events.parquet")
    found: dict[tuple[str, str], set[int]] = {("universe", "all"): set()}
    for kind in ("category", "interest", "brand"):
        tagged = rows.select("user_id", name=pl.col(kind))
        if isinstance(tagged.schema["name"], pl.List):
            tagged = tagged.explode("name")
        for name, ids in tagged.drop_nulls().group_by("name").agg(pl.col("user_id")).iter_rows():
            found[kind, name] = set(ids)
    found["universe", "all"] = set(rows["user_id"].unique())
    return found


def by_name(frame: pl.DataFrame) -> dict[str, dict[str, Any]]:
    return {row["name"]: row for row in frame.iter_rows(named=True)}


def agrees(row: dict[str, Any], a: set, b: set, everybody: set) -> None:
    """Assert that an exact row says what plain sets say."""
    n = len(a & b)
    expected = len(a) * len(b) / len(everybody)
    assert row["exact"]
    assert row["segment_users"] == len(a)
    assert row["users"] == len(b)
    assert row["overlap_users"] == row["overlap_low"] == row["overlap_high"] == n
    assert row["expected_users"] == pytest.approx(expected)
    assert row["tgi"] == row["tgi_low"] == row["tgi_high"] == pytest.approx(100 * n / expected)
    for end in ("", "_low", "_high"):
        assert row[f"share_of_segment{end}"] == pytest.approx(n / len(a))
        assert row[f"share_of_audience{end}"] == pytest.approx(n / len(b))
    assert row["share_of_baseline"] == pytest.approx(len(b) / len(everybody))


# --- exact ------------------------------------------------------------------------------------


def test_every_number_of_a_segments_profile_equals_exact_polars(sample, users) -> None:
    frame = profile(sample, f"{TV} & {ESPORTS}", policy=NO_FLOOR)
    assert frame.schema == PROFILE_TABLE
    segment = users["category", HERO["category"]] & users["interest", HERO["interest"]]
    names = {name for kind, name in users if kind == "interest"} - {HERO["interest"]}
    assert set(frame["name"]) == names
    for name, row in by_name(frame).items():
        agrees(row, segment, users["interest", name], users["universe", "all"])


def test_inside_a_baseline_everything_is_counted_in_it(sample, users) -> None:
    frame = profile(sample, ESPORTS, "brand", baseline=TV, policy=NO_FLOOR)
    tv = users["category", HERO["category"]]
    for name, row in by_name(frame).items():
        agrees(row, users["interest", HERO["interest"]] & tv, users["brand", name] & tv, tv)
        assert row["baseline_users"] == len(tv)


@pytest.mark.skipif(not DATA.is_dir(), reason="the real data sets are not beside the project")
def test_a_profile_of_real_baskets_equals_exact_polars(tmp_path: Path) -> None:
    source = DATA / "retail_transactions.parquet"
    tags = {"product_category": "category", "department": "interest"}
    build([str(source)], tmp_path / "store", BuildOptions(
        user="household_id", tags=tuple(TagColumn(c, k) for c, k in tags.items()), policy=NO_FLOOR,
    ))  # fmt: skip
    _, shop = open_panel(tmp_path / "store")
    rows = pl.read_parquet(source)

    def members(column: str) -> dict[str, set[int]]:
        named = rows.select("household_id", name=pl.col(column).str.strip_chars())
        named = named.filter(pl.col("name") != "")
        groups = named.group_by("name").agg(pl.col("household_id"))
        return {name: set(ids) for name, ids in groups.iter_rows()}

    categories, departments = members("product_category"), members("department")
    everybody = set(rows["household_id"].drop_nulls())
    largest = sorted(categories, key=lambda name: (-len(categories[name]), name))
    for category in largest[10:200:38]:
        frame = profile(shop, f'category:"{category}"', policy=NO_FLOOR)
        assert set(frame["name"]) == set(departments)
        for name, row in by_name(frame).items():
            agrees(row, categories[category], departments[name], everybody)


def test_a_window_counts_only_what_happened_in_it() -> None:
    rows = [
        *[("category", "tv", week(0), u, 1) for u in range(100)],
        *[("interest", "chess", week(0), u, 1) for u in range(50)],
        *[("interest", "chess", week(1), u, 1) for u in range(50, 100)],
        *[("interest", "food", week(i), u, 1) for u in range(200) for i in (0, 1)],
    ]
    first = profile(panel(rows), "category:tv", window=Window(week(0), week(0)), policy=NO_FLOOR)
    assert by_name(first)["chess"]["overlap_users"] == 50
    whole = profile(panel(rows), "category:tv", policy=NO_FLOOR)
    assert by_name(whole)["chess"]["overlap_users"] == 100


# --- what is planted --------------------------------------------------------------------------


def test_the_segments_brands_show_the_rival_over_and_the_own_brand_under(sample) -> None:
    rows = by_name(profile(sample, f"{TV} & {ESPORTS}", "brand", baseline=TV))
    own, rival = rows[HERO["brand"]], rows[HERO["rival"]]
    assert (own["direction"], rival["direction"]) == ("under", "over")
    assert own["tgi"] == pytest.approx(HERO["fair_share_index"], abs=1e-3)
    assert rival["tgi"] == pytest.approx(HERO["rival_fair_share_index"], abs=1e-3)
    assert own["share_of_segment"] == pytest.approx(HERO["brand_penetration"], abs=1e-4)


def test_the_carriers_of_the_burst_lead_its_profile(sample) -> None:
    burst = TRUTHS["burst"]
    segment = f'interest:"{burst["interest"]}"'
    carriers = [c for c in burst["carriers"] if c["kind"] == "interest"]
    frame = profile(sample, segment)
    rows = by_name(frame)
    for carrier in carriers:
        row = rows[carrier["name"]]
        assert row["direction"] == "over"
        assert row["overlap_users"] == carrier["overlap_users"]
        assert row["tgi"] == pytest.approx(carrier["tgi"], abs=1e-3)
    top = frame.sort("tgi", descending=True, nulls_last=True)["name"].to_list()[: len(carriers)]
    assert set(top) == {c["name"] for c in carriers}


def test_an_overlap_that_is_chance_is_as_expected_however_large(sample) -> None:
    row = by_name(profile(sample, TV))[TRUTHS["chance"]["interest"]]
    assert row["direction"] == "as expected"
    assert row["overlap_users"] == TRUTHS["chance"]["overlap_users"]


def test_the_tiny_fluke_has_the_highest_tgi_and_does_not_lead(sample) -> None:
    fluke = TRUTHS["fluke"]["interest"]
    frame = profile(sample, TV, policy=NO_FLOOR)
    assert frame.sort("tgi")["name"][-1] == fluke
    assert by_name(frame)[fluke]["tgi_shrunk_low"] < frame["tgi_shrunk_low"][0]
    assert frame["name"][0] != fluke


# --- order and floors -------------------------------------------------------------------------


def test_over_comes_first_then_under_then_the_rest_then_what_is_hidden(sample) -> None:
    frame = profile(sample, 'category:"运动鞋 Sneakers"')
    ways = ["over", "under", "as expected", None]
    assert frame["direction"].unique(maintain_order=True).to_list() == ways
    over, under = (frame.filter(pl.col("direction") == way) for way in ways[:2])
    assert over["tgi_shrunk_low"].is_sorted(descending=True)
    assert under["tgi_shrunk_high"].is_sorted()
    assert (over["tgi"] > 100).all()
    assert (under["tgi"] < 100).all()
    assert (frame.filter(pl.col("direction").is_in(ways[:2]))["q_value"] <= 0.05).all()


def test_a_stricter_rate_finds_fewer(sample) -> None:
    found = [
        profile(sample, TV, fdr=fdr)["direction"].is_in(["over", "under"]).sum()
        for fdr in (1e-12, 0.05, 0.3)
    ]
    assert found[0] < found[1] <= found[2]


def test_below_the_floor_a_row_holds_nothing_but_its_name(sample) -> None:
    hidden = profile(sample, TV).filter(pl.col("suppressed").is_not_null())
    assert set(hidden["suppressed"]) == {"fewer than 100 users in it or beside it"}
    kept = {"segment_users", "users", "baseline_users"}
    for name in {*NUMBERS, "direction", "grade"} - kept:
        assert hidden[name].null_count() == len(hidden), name
    assert (hidden["users"].drop_nulls() >= 100).all()
    assert profile(sample, TV, min_users=2000)["overlap_users"].min() >= 2000


def test_what_the_segment_is_made_of_is_no_news_about_it(sample) -> None:
    frame = profile(sample, f'({TV} & {ESPORTS}) - interest:"美食 Food"')
    assert not {HERO["interest"], "美食 Food"} & set(frame["name"])
    assert HERO["category"] not in set(profile(sample, TV, "category")["name"])


def test_an_audience_that_everybody_is_in_is_not_tested() -> None:
    rows = [
        *[("category", "tv", week(0), u, 1) for u in range(100)],
        *[("interest", "all of them", week(0), u, 1) for u in range(300)],
        *[("interest", "chess", week(0), u, 1) for u in range(60)],
    ]
    rows = by_name(profile(panel(rows), "category:tv", policy=NO_FLOOR))
    assert rows["all of them"]["p_value"] is None
    assert rows["all of them"]["direction"] == "as expected"
    assert rows["chess"]["q_value"] == rows["chess"]["p_value"] < 0.05


# --- luck -------------------------------------------------------------------------------------


def by_chance(seed: int, audiences: int, size: int, users: int = 3000, tv: int = 600) -> list[Row]:
    """A community in which no interest has anything to do with the category."""
    rng = np.random.default_rng(seed)
    rows = [("category", "tv", week(0), int(u), 1) for u in rng.permutation(users)[:tv]]
    rows += [("interest", "everyone", week(0), u, 1) for u in range(users)]
    for i in range(audiences):
        members = rng.permutation(users)[:size]
        rows += [("interest", f"i{i}", week(0), int(u), 1) for u in members]
    return rows


@pytest.mark.parametrize("spec", [{}, {"k": 64, "budget": 2500}], ids=["exact", "sampled"])
@pytest.mark.parametrize("floor", [0, 24], ids=["no floor", "floor above expected"])
def test_where_all_is_chance_a_discovery_is_rare(spec: dict[str, int], floor: int) -> None:
    # 80 users of each interest, 16 of them expected in the category: a floor of 24 shows only the
    # luckiest, each of which alone would look like a discovery.
    alarms, shown = 0, 0
    for seed in range(14):
        community = panel(by_chance(seed, 120, 80), **spec)
        assert (community.floor_rate < 1) == bool(spec)
        frame = profile(community, "category:tv", policy=Policy(floor, 0))
        alarms += frame["direction"].is_in(["over", "under"]).any()
        shown += frame["suppressed"].is_null().sum()
    assert shown > 14
    # Four or more of 14 runs at 5% each have a chance of 0.004.
    assert alarms <= 3


@pytest.mark.slow
def test_few_of_the_discoveries_in_a_sample_are_luck() -> None:
    share = []
    for seed in range(40):
        rng = np.random.default_rng([seed, 7])
        rows = by_chance(seed, 100, 120)
        tv = [u for kind, _, _, u, _ in rows if kind == "category"]
        for i in range(10):
            members = {*rng.permutation(tv)[:60].tolist(), *rng.integers(0, 3000, 60).tolist()}
            rows += [("interest", f"real {i}", week(0), u, 1) for u in members]
        frame = profile(panel(rows, k=64, budget=4000), "category:tv", policy=Policy(0, 0))
        found = frame.filter(pl.col("direction").is_in(["over", "under"]))["name"].to_list()
        share.append(sum(name.startswith("i") for name in found) / max(len(found), 1))
    assert np.mean(share) <= 0.05 + 3 * np.std(share) / np.sqrt(len(share))


@pytest.mark.slow
def test_the_intervals_of_a_sampled_profile_hold_the_truth() -> None:
    rows = random_rows(5)
    exact = by_name(profile(panel(rows), "category:tv", policy=NO_FLOOR))
    held = {"overlap": [], "share_of_segment": [], "share_of_audience": [], "tgi": []}
    for seed in range(1, 60):
        sampled = panel(rows, seed=seed, k=32, budget=1500)
        for name, row in by_name(profile(sampled, "category:tv", policy=NO_FLOOR)).items():
            for what, hits in held.items():
                true = exact[name]["overlap_users" if what == "overlap" else what]
                hits.append(row[f"{what}_low"] - 1e-9 <= true <= row[f"{what}_high"] + 1e-9)
    for what, hits in held.items():
        assert np.mean(hits) >= 0.95 - 3 * np.sqrt(0.95 * 0.05 / len(hits)), what


# --- what cannot be asked ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("how", "says"),
    [
        ({"expression": "category:telly"}, "no audience"),
        ({"expression": TV, "kind": "intrest"}, "no audience has the kind 'intrest'"),
        ({"expression": f"{TV} - {TV}"}, "the segment has no user"),
        ({"expression": f'interest:"{TRUTHS["fluke"]["interest"]}"'}, "fewer than 100 users"),
        ({"expression": TV, "baseline": "nobody"}, "no audience"),
        ({"expression": TV, "fdr": 0}, "false discovery rate of 0"),
        ({"expression": TV, "fdr": 1.5}, "false discovery rate of 1.5"),
        ({"expression": TV, "min_users": 3}, "below this store's floor"),
    ],
    ids=["name", "kind", "nobody", "too few", "baseline", "rate 0", "rate 1.5", "floor"],
)
def test_what_cannot_be_profiled_is_said(sample, how: dict[str, Any], says: str) -> None:
    with pytest.raises(UsageError) as error:
        profile(sample, **how)
    assert says in str(error.value)


def test_the_command_gives_the_rows_as_json_and_as_csv(
    store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "profile.csv"
    monkeypatch.setattr("sys.argv", ["overlap", "profile", str(store), f"{TV} & {ESPORTS}",
                                     "--kind", "brand", "--baseline", TV, "--json",
                                     "--csv", str(file)])  # fmt: skip
    with pytest.raises(SystemExit) as stop:
        main()
    assert not stop.value.code
    rows = json.loads(capsys.readouterr().out)
    assert list(rows[0]) == PROFILE_TABLE.names()
    assert rows[0]["name"] == HERO["rival"]
    assert file.read_bytes().startswith(b"\xef\xbb\xbf")
    assert pl.read_csv(file)["name"].to_list() == [row["name"] for row in rows]
