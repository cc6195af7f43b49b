"""A trend is the exact count of every period, and calls nothing growth that is not."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from community import Row, panel, random_rows, sketched, week, with_universe
from dashboards import write_store
from hypothesis import given
from hypothesis import strategies as st

from overlap.building import BuildOptions, build
from overlap.cli import main
from overlap.cli.serving import sample_events, sample_store
from overlap.estimates import series
from overlap.insights.trends import TRENDS_TABLE, axis, notes, sentence, trends
from overlap.model import Policy, TagColumn, UsageError, Window
from overlap.panel import Panel, open_panel

NO_FLOOR = Policy(0, 0)
SAMPLE = Path(__file__).parents[1] / "sample_data"
TRUTHS: dict[str, Any] = tomllib.loads((SAMPLE / "truths.toml").read_text("utf-8"))
DATA = Path(__file__).parents[2] / "shared" / "data"
ESPORTS, TV = 'interest:"电竞 Esports"', 'category:"电视 TV"'


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return sample_store(tmp_path_factory.mktemp("trends") / "store")


@pytest.fixture(scope="module")
def sample(store: Path) -> Panel:
    return open_panel(store)[1]


@pytest.fixture(scope="module")
def sampled(tmp_path_factory: pytest.TempPathFactory) -> Panel:
    path = tmp_path_factory.mktemp("sampled") / "store"
    build([str(sample_events())], path, BuildOptions(
        user="user_id", tags=tuple(TagColumn(k, k) for k in ("category", "interest", "brand")),
        time="time", period="week", budget=120_000, k=500,
    ))  # fmt: skip
    return open_panel(path)[1]


def interest(name: str) -> str:
    return f'interest:"{name}"'


# --- equal to exact counts ----------------------------------------------------------------------


def test_every_week_of_the_sample_equals_what_polars_counts(sample: Panel) -> None:
    events = pl.read_parquet(sample_events()).with_columns(
        week=pl.col("time").dt.date().dt.truncate("1w")
    )
    tv = events.filter(pl.col("category") == "电视 TV")["user_id"].unique()
    fans = events.explode("interest").filter(pl.col("interest") == "电竞 Esports")
    weeks = (
        events.group_by("week").agg(everybody=pl.col("user_id").n_unique())
        .join(fans.group_by("week").agg(users=pl.col("user_id").n_unique()), on="week")
        .join(fans.filter(pl.col("user_id").is_in(tv.implode())).group_by("week")
              .agg(both=pl.col("user_id").n_unique()), on="week")
        .join(events.filter(pl.col("user_id").is_in(tv.implode())).group_by("week")
              .agg(members=pl.col("user_id").n_unique()), on="week")
        .sort("week")
    )  # fmt: skip
    frame = trends(sample, ESPORTS, category=TV)
    assert frame.schema == TRENDS_TABLE
    assert frame["period"].to_list() == weeks["week"].to_list()
    assert frame["whole"].all()
    assert frame["exact"].all()
    for name, exact in (("users", "users"), ("baseline_users", "everybody"),
                        ("overlap_users", "both"), ("category_users", "members")):  # fmt: skip
        assert frame[name].to_list() == weeks[exact].to_list()
    for name in ("users", "share", "tgi", "share_of_category"):
        assert frame[f"{name}_low"].to_list() == frame[name].to_list()
        assert frame[f"{name}_high"].to_list() == frame[name].to_list()
    tgi = 100 * weeks["both"] * weeks["everybody"] / (weeks["users"] * weeks["members"])
    assert frame["tgi"].to_list() == pytest.approx(tgi.to_list())
    assert frame["share"].to_list() == pytest.approx(
        (weeks["users"] / weeks["everybody"]).to_list()
    )
    change = (weeks["users"] / weeks["everybody"]).pct_change()
    assert frame["change"].to_list()[1:] == pytest.approx(change.to_list()[1:])


@pytest.mark.parametrize("truth", ["burst", "decline", "flat"])
def test_the_weeks_of_the_planted_interests_are_as_planted(sample: Panel, truth: str) -> None:
    planted = TRUTHS[truth]
    frame = trends(sample, interest(planted["interest"]), policy=NO_FLOOR)
    assert frame["users"].to_list() == planted["weekly_users"]


def test_active_in_an_intersection_means_in_both_within_the_period() -> None:
    rows = random_rows(3, users=600)
    frame = trends(panel(rows), "category:tv & interest:gaming>=2", policy=NO_FLOOR)
    for period, users in frame.select("period", "users").iter_rows():
        events: dict[tuple[str, int], int] = {}
        for _, name, day, user, n in rows:
            if day == period:
                events[name, user] = events.get((name, user), 0) + n
        both = {u for (a, u) in events if a == "tv"} & {
            u for (a, u), n in events.items() if a == "gaming" and n >= 2
        }
        assert users == len(both)


def test_a_baseline_counts_users_inside_it_only() -> None:
    rows = random_rows(3, users=600)
    frame = trends(panel(rows), "interest:gaming", baseline="category:phone", policy=NO_FLOOR)
    for period, users, base in frame.select("period", "users", "baseline_users").iter_rows():
        of = {a: {u for _, n, d, u, _ in rows if d == period and n == a}
              for a in ("gaming", "phone")}  # fmt: skip
        assert (users, base) == (len(of["gaming"] & of["phone"]), len(of["phone"]))


def test_brand_penetration_is_that_of_standing_users_in_the_overlap(sample: Panel) -> None:
    brand = TRUTHS["hero"]["brand"]
    frame = trends(sample, ESPORTS, category=TV, brand=brand, policy=NO_FLOOR)
    for i in (0, 13, 25):
        row = frame.row(i, named=True)
        window = Window(row["period"], row["period"])
        fans = sample.sample(ESPORTS, window).users & sample.sample(TV).users
        mine = fans & sample.sample(f'brand:"{brand}"').users
        assert row["brand_penetration"] == pytest.approx(len(mine) / len(fans))
        assert row["category_penetration"] > row["brand_penetration"]


def test_cumulative_users_are_all_reached_since_the_first_period_shown(sample: Panel) -> None:
    start = date(2026, 3, 2)
    window = Window(start, date(2026, 3, 29))
    frame = trends(sample, ESPORTS, cumulative=True, window=window, policy=NO_FLOOR)
    reached = [sample.size(ESPORTS, Window(start, day)).value for day in frame["period"]]
    assert frame["cumulative_users"].to_list() == reached
    assert frame["cumulative_users"][0] == frame["users"][0]


def test_what_is_reached_in_all_tells_of_nobody_new_or_back_below_the_floor(sample: Panel) -> None:
    how = {"cumulative": True, "window": Window(date(2026, 3, 2), date(2026, 3, 29))}
    free = trends(sample, ESPORTS, **how, policy=NO_FLOOR)
    frame = trends(sample, ESPORTS, **how)
    users, reached = free["users"].to_list(), free["cumulative_users"].to_list()
    back = [u - (b - a) for u, a, b in zip(users[1:], reached, reached[1:], strict=False)]
    assert 0 < back[0] < 100 <= min(back[1:])
    assert frame["cumulative_users"].to_list() == [reached[0], None, *reached[2:]]
    assert frame["users"].to_list() == users


@pytest.mark.skipif(not DATA.is_dir(), reason="the real data sets are not beside the project")
def test_a_genre_by_quarter_equals_exact_polars(tmp_path: Path) -> None:
    file = DATA / "game_reviews.parquet"
    build([str(file)], tmp_path / "store", BuildOptions(
        user="user_id", tags=(TagColumn("genres", "interest"), TagColumn("game", "category")),
        time="posted", period="month", policy=NO_FLOOR,
    ))  # fmt: skip
    opened = open_panel(tmp_path / "store")[1]
    reviews = (
        pl.read_parquet(file).drop_nulls("posted")
        .with_columns(quarter=pl.col("posted").str.to_date().dt.truncate("1q"))
    )  # fmt: skip
    for genre in ("Indie", "RPG", "Free to Play"):
        frame = trends(opened, interest(genre), every="quarter", policy=NO_FLOOR)
        exact = (
            reviews.explode("genres").filter(pl.col("genres") == genre)
            .group_by("quarter").agg(pl.col("user_id").n_unique())
        )  # fmt: skip
        counted = dict(exact.iter_rows())
        assert [d.month in (1, 4, 7, 10) for d in frame["period"]] == [True] * len(frame)
        assert dict(frame.filter(pl.col("users") > 0).select("period", "users").iter_rows()) == (
            counted
        )
        everybody = dict(reviews.group_by("quarter").agg(pl.col("user_id").n_unique()).iter_rows())
        assert dict(frame.select("period", "baseline_users").iter_rows()) == {
            d: everybody.get(d, 0) for d in frame["period"]
        }
        assert not frame["whole"][0]  # the first review is of October 16


# --- a sample tells the same, with its error --------------------------------------------------


def test_a_sampled_store_holds_the_truth_in_its_intervals(sample: Panel, sampled: Panel) -> None:
    held = {"users": [], "share": [], "overlap": [], "tgi": [], "change": []}
    for name in (TRUTHS["flat"]["interest"], "电竞 Esports", "跑步 Running", "旅行 Travel"):
        truth = trends(sample, interest(name), category=TV)
        found = trends(sampled, interest(name), category=TV)
        assert not found["exact"].any()
        for measure, inside in held.items():
            column = "overlap_users" if measure == "overlap" else measure
            both = (
                truth.select("period", true=column)
                .join(found, on="period")
                .drop_nulls(["true", f"{measure}_low"])
            )
            low, high = both[f"{measure}_low"], both[f"{measure}_high"]
            inside += ((low - 1e-9 <= both["true"]) & (both["true"] <= high + 1e-9)).to_list()
    for measure, inside in held.items():
        assert len(inside) > 60
        assert np.mean(inside) >= 0.9, measure


def test_following_the_same_people_narrows_the_change() -> None:
    paired = series.changes(400, 380, 300, 0.1).at(0)
    apart = series.changes(400, 380, 0, 0.1).at(0)
    assert paired.value == apart.value
    assert paired.high - paired.low < 0.6 * (apart.high - apart.low)


# --- the maths ------------------------------------------------------------------------------------

RUNS = 1500
FLOOR = 0.95 - 3 * float(np.sqrt(0.95 * 0.05 / RUNS))


@pytest.mark.parametrize("rate", [0.001, 0.1, 0.5, 0.9, 0.999, 1.0])
@pytest.mark.parametrize("hits", [1, 2, 5, 20, 100])
def test_a_change_between_periods_is_covered_whoever_stays(rate: float, hits: int) -> None:
    for stay in (0, 0.5, 0.95, 1.0):
        for ratio in (0.5, 1, 3):
            rng = np.random.default_rng([hits, round(1000 * rate), round(100 * stay)])
            before = round(hits / rate)
            now = max(round(ratio * before), 1)
            stayed = round(stay * min(now, before))
            both, more, gone = (
                rng.binomial(n, rate, RUNS) for n in (stayed, now - stayed, before - stayed)
            )
            found = series.changes(both + more, both + gone, both, rate)
            known = np.isfinite(found.value)
            if known.mean() < 0.3:
                continue
            true = now / before
            inside = (found.low - 1e-9 <= true) & (true <= found.high + 1e-9)
            assert inside[known].mean() >= FLOOR, (stay, ratio)
            if rate == 1:
                assert found.exact.all()
                assert (found.value == true).all()


@pytest.mark.parametrize("rate", [0.02, 0.3, 0.9, 1.0])
@pytest.mark.parametrize("thinner", [1, 0.5, 0.1])
def test_a_share_is_covered_where_part_and_rest_have_rates_of_their_own(
    rate: float, thinner: float
) -> None:
    for hits in (0, 1, 5, 20, 100):
        for share in (0.02, 0.3, 0.9):
            rng = np.random.default_rng([hits, round(100 * share)])
            part = round(hits / rate) if hits else 3
            rest = max(round(part / share), part) - part
            found = series.nested_shares(
                rng.binomial(part, rate, RUNS), rate,
                rng.binomial(rest, rate * thinner, RUNS), rate * thinner,
            )  # fmt: skip
            known = np.isfinite(found.value)
            if known.mean() < 0.3:
                continue
            true = part / (part + rest)
            inside = (found.low - 1e-9 <= true) & (true <= found.high + 1e-9)
            assert inside[known].mean() >= FLOOR, (hits, share)


@given(st.integers(0, 200), st.integers(0, 200), st.integers(0, 200), st.floats(0.01, 1.0))
def test_a_change_lies_between_its_ends(now: int, before: int, both: int, rate: float) -> None:
    found = series.changes(now, before, min(now, before, both), rate).at(0)
    if before:
        assert 0 <= found.low <= found.value <= found.high
    else:
        assert np.isnan(found.value)


def test_a_change_is_the_best_linear_unbiased_one_whatever_was_not_observed() -> None:
    # The equations of generalised least squares as the books have them, for one κ.
    rng = np.random.default_rng(7)
    n, seen = 9, np.array([1, 2, 4, 5, 7])
    y, noise = rng.normal(size=n), np.full(n, np.inf)
    noise[seen] = rng.uniform(0.01, 0.1, len(seen))
    t, changes, chances = np.arange(n), [], []
    for wander in series.levels.WANDERS:
        q = wander * noise[seen].mean()
        walk = np.minimum(t[:, None], t[seen]) * q
        whole = walk[seen] + np.diag(noise[seen])
        line = np.column_stack([np.ones(n), t])
        inverse = np.linalg.inv(whole)
        info = line[seen].T @ inverse @ line[seen]
        beta = np.linalg.solve(info, line[seen].T @ inverse @ y[seen])
        rest = y[seen] - line[seen] @ beta
        level = line @ beta + walk @ inverse @ rest
        changes.append(level[seen[-1]] - level[seen[0]])
        chances.append(-0.5 * (
            (4 + len(seen) - 2) * np.log(4 + rest @ inverse @ rest)
            + np.linalg.slogdet(whole)[1] + np.linalg.slogdet(info)[1]
        ))  # fmt: skip
    weight = np.exp(np.array(chances) - max(chances))
    found = series.moves(y[None], noise[None])
    assert found.change[0] == pytest.approx(weight @ changes / weight.sum(), rel=1e-9)


@pytest.mark.slow
@pytest.mark.parametrize("wander", [0.0, 0.02, 0.1])
@pytest.mark.parametrize("drift", [0.0, 0.03])
@pytest.mark.parametrize("mean", [20, 500])
def test_growth_is_covered_and_flat_is_called_flat(mean: int, wander: float, drift: float) -> None:
    rng = np.random.default_rng([mean, round(100 * wander), round(100 * drift)])
    runs, periods = 400, 26
    steps = drift + wander * rng.standard_normal((runs, periods - 1))
    level = np.concatenate([np.zeros((runs, 1)), np.cumsum(steps, axis=1)], axis=1)
    counts = rng.poisson(mean * np.exp(level))
    around = np.convolve(np.ones(periods), np.ones(3), "same")
    near = np.array([np.convolve(c, np.ones(3), "same") for c in counts]) / around
    found = series.moves(np.log(counts + 0.5), 1 / (near + 0.5))
    held = ((found.low <= level[:, -1]) & (level[:, -1] <= found.high)).sum()
    flat = ((found.low <= 0) & (found.high >= 0)).sum()
    # Few counts of a level that wanders say little about how far it wanders.
    assert held / runs >= 0.9
    if not wander:
        assert held / runs >= 0.93
        assert flat / runs >= 0.93 if not drift else flat / runs <= 0.05


@pytest.mark.slow
@pytest.mark.parametrize("course", ["flat", "walk", "noisy", "drift"])
@pytest.mark.parametrize("mean", [5, 1000])
def test_no_season_is_found_where_there_is_none(course: str, mean: int) -> None:
    rng = np.random.default_rng([mean, len(course)])
    audiences, periods = 2000, 52
    level = {
        "flat": lambda: np.zeros((audiences, periods)),
        "walk": lambda: np.cumsum(rng.normal(0, 0.05, (audiences, periods)), axis=1),
        "noisy": lambda: rng.normal(0, 0.1, (audiences, periods)),
        "drift": lambda: np.linspace(0, 1, periods) * rng.normal(0, 0.7, (audiences, 1)),
    }[course]()
    counts = rng.poisson(mean * np.exp(level)).astype(float)
    found = series.seasons(np.log(counts + 0.5), 1 / (counts + 0.5), (4, 13, 26))
    assert (found.cycle > 0).mean() <= 0.02


def test_a_season_is_found_with_its_length_and_shape_from_two_cycles_on() -> None:
    rng = np.random.default_rng(1)
    shape = 0.6 * np.sin(2 * np.pi * np.arange(13) / 13)
    level = np.tile(shape, 3) + 0.01 * np.arange(39)
    counts = rng.poisson(300 * np.exp(level), (200, 39)).astype(float)
    for periods, cycle in ((39, 13), (26, 13), (25, 0)):
        y, noise = np.log(counts[:, :periods] + 0.5), 1 / (counts[:, :periods] + 0.5)
        found = series.seasons(y, noise, (13,))
        assert np.mean(found.cycle == cycle) >= 0.95
        if cycle:
            error = found.factor[found.cycle == 13][:, :13] - (shape - shape.mean())
            assert np.sqrt(np.mean(error**2)) < 0.08
        else:
            assert np.isnan(found.p_value).all()


# --- growth ---------------------------------------------------------------------------------------


def told(panel_: Panel, name: str, **how: Any) -> dict[str, Any]:
    return trends(panel_, interest(name), **how).row(-1, named=True)


@pytest.mark.parametrize("which", ["sample", "sampled"])
def test_the_flat_interest_is_flat_and_the_declining_one_declines(
    which: str, request: pytest.FixtureRequest
) -> None:
    opened: Panel = request.getfixturevalue(which)
    flat = told(opened, TRUTHS["flat"]["interest"])
    assert flat["direction"] == "flat"
    assert flat["growth_low"] < 0 < flat["growth_high"]
    fallen = told(opened, TRUTHS["decline"]["interest"])
    assert fallen["direction"] == "declining"
    # From the first four weeks to the last four its share fell to 0.42.
    assert fallen["growth_low"] < -0.6 < fallen["growth_high"] or fallen["growth_high"] < -0.5
    grown = told(opened, TRUTHS["burst"]["interest"])
    assert grown["direction"] == "growing"


def test_seasons_are_taken_out_before_anything_is_called_growth(sample: Panel) -> None:
    for planted in TRUTHS["seasonal"]:
        last = told(sample, planted["interest"], policy=NO_FLOOR)
        assert last["cycle"] == planted.get("cycle_weeks")
        if "cycle_weeks" in planted:
            assert last["direction"] == "flat"
            assert last["season"] is not None
    # The share of its last four weeks is three times that of the first four.
    assert TRUTHS["seasonal"][1]["last_4_weeks_over_first_4_by_share"] > 3


def test_the_platform_s_own_growth_is_not_the_audience_s() -> None:
    rng = np.random.default_rng(5)
    rows: list[Row] = []
    for w in range(12):
        active = rng.choice(40_000, 4000 + 500 * w, replace=False)
        rows += [("interest", "tea" if u % 5 == 0 else "rest", week(w), int(u), 1) for u in active]
    frame = trends(panel(rows), "interest:tea")
    assert frame["users"][-1] > 2 * frame["users"][0]
    assert frame["direction"][0] == "flat"
    assert not frame["burst"].any()


# --- bad input ------------------------------------------------------------------------------------


def spanned(rows: list[Row], first: datetime, last: datetime) -> Panel:
    return Panel(sketched(with_universe(rows)), (first, last))


def steady(weeks: range, each: int = 300) -> list[Row]:
    return [("interest", "tea", week(w), u, 1) for w in weeks for u in range(each)]


def test_a_period_without_data_is_on_the_axis_with_nobody_in_it() -> None:
    rows = [row for row in steady(range(10)) if row[2] != week(4)]
    frame = trends(panel(rows), "interest:tea")
    assert frame["period"].to_list() == [week(w) for w in range(10)]
    gap = frame.row(4, named=True)
    assert (gap["users"], gap["baseline_users"], gap["share"]) == (0, 0, None)
    assert (gap["change"], gap["expected_users"], gap["z"]) == (None, None, None)
    assert frame["direction"][0] == "flat"


def test_a_single_period_has_no_growth() -> None:
    frame = trends(panel(steady(range(1))), "interest:tea")
    assert len(frame) == 1
    assert frame["users"].to_list() == [300]
    assert frame["direction"][0] == "unknown"
    assert frame["growth"][0] is None
    assert sentence(frame, "week")


def test_a_period_covered_in_part_is_marked_and_never_called_growth() -> None:
    short = [("interest", "tea", week(0), u, 1) for u in range(120)]
    rows = [*short, *steady(range(1, 9)), *[("interest", "tea", week(9), u, 1) for u in range(110)]]
    opened = spanned(rows, datetime(2026, 1, 10), datetime(2026, 3, 10))
    frame = trends(opened, "interest:tea")
    assert frame["whole"].to_list() == [False, *[True] * 8, False]
    assert frame["users"][0] == 120
    assert frame["change"].to_list()[:2] == [None, None]
    assert frame["change"][-1] is None
    assert frame["z"][-1] is None
    assert frame["direction"][0] == "flat"
    assert "2026-01-05" in notes(axis(opened))[0]
    assert "2026-01-05" in notes(axis(opened), "zh")[0]


def test_clocks_years_ahead_are_cut_off_and_said() -> None:
    wrong = [
        ("interest", "tea", date(2038, 1, 18), 1, 1),
        ("interest", "tea", date(1970, 1, 5), 2, 1),
    ]
    opened = spanned([*steady(range(10)), *wrong], datetime(1970, 1, 5), datetime(2038, 1, 19))
    frame = trends(opened, "interest:tea")
    assert frame["period"].to_list() == [week(w) for w in range(10)]
    # Wrong clocks also say how far the data reach: the ends are not vouched for.
    assert frame["whole"].to_list() == [False, *[True] * 8, False]
    said = " ".join(notes(axis(opened)))
    assert "1970-01-05" in said
    assert "2038-01-18" in said


def test_a_long_pause_between_much_data_stays_on_the_axis() -> None:
    rows = [*steady(range(8)), *steady(range(60, 70))]
    ours = axis(panel(rows))
    assert (len(ours), ours.strays) == (70, ())


def test_an_audience_of_the_last_period_only_is_no_burst_yet() -> None:
    new = [("interest", "new", week(9), u, 1) for u in range(250)]
    frame = trends(panel([*steady(range(10)), *new]), "interest:new", policy=NO_FLOOR)
    assert frame["users"].to_list() == [0] * 9 + [250]
    assert frame["z"][-1] >= 3
    assert not frame["burst"].any()
    assert frame["first_seen"][0] is None


def test_what_is_below_the_floor_is_blank_and_says_why(sample: Panel) -> None:
    frame = trends(sample, interest(TRUTHS["burst"]["interest"]))
    early = frame.head(17).filter(pl.col("suppressed").is_not_null())
    assert set(early["suppressed"]) == {"fewer than 100 users in it or beside it"}
    for name in ("users", "users_low", "users_high", "share", "change", "expected_users", "z"):
        assert early[name].null_count() == len(early), name
    assert frame["users"].to_list()[17:] == TRUTHS["burst"]["weekly_users"][17:]
    tiny = trends(sample, interest(TRUTHS["fluke"]["interest"]))
    assert tiny["growth"][0] is None
    assert tiny["direction"][0] == "unknown"


def test_a_small_baseline_or_category_is_not_shown_through_the_back_door(sample: Panel) -> None:
    fluke = interest(TRUTHS["fluke"]["interest"])
    inside = trends(sample, ESPORTS, baseline=fluke)
    assert inside.filter(pl.col("baseline_users") < 100)["baseline_users"].sum() == 0
    standing = trends(sample, ESPORTS, category=fluke)
    for name in ("category_users", "overlap_users", "tgi", "share_of_category", "expected_users"):
        assert not (standing[name].fill_null(0) > 0).any(), name


def test_a_window_hides_periods_but_not_the_past_they_are_judged_by(sample: Panel) -> None:
    name, since = interest(TRUTHS["burst"]["interest"]), date(2026, 4, 27)
    frame = trends(sample, name, window=Window(since, date(2026, 5, 17)))
    assert frame["period"].to_list() == [since + timedelta(weeks=w) for w in range(3)]
    assert frame["burst"].all()
    assert frame["first_seen"][0] == since


def test_a_store_without_periods_says_how_to_build_one() -> None:
    rows = [("interest", "tea", date(1970, 1, 1), u, 1) for u in range(50)]
    with pytest.raises(UsageError, match="--period week"):
        trends(panel(rows, period="none"), "interest:tea")


@pytest.mark.parametrize(
    ("how", "piece"),
    [({"every": "quarter"}, "do not add up"), ({"every": "fortnight"}, "no period"),
     ({"window": Window(date(2031, 1, 6), None)}, "the data go from"),
     ({"category": "category:radio"}, "radio"), ({"brand": "nobody"}, "nobody"),
     ({"min_users": 3}, "floor")],
    ids=["quarter", "fortnight", "window", "category", "brand", "floor"],
)  # fmt: skip
def test_a_request_that_cannot_be_met_is_a_usage_error(how: dict[str, Any], piece: str) -> None:
    with pytest.raises(UsageError, match=piece):
        trends(panel(random_rows(3, users=300)), "interest:gaming", **how)


def test_days_join_into_weeks_months_and_quarters() -> None:
    days = [date(2026, 1, 1) + timedelta(days=d) for d in range(120)]
    rows = [("interest", "tea", day, (i * 7 + j) % 500, 1) for i, day in enumerate(days)
            for j in range(20)]  # fmt: skip
    opened = Panel(sketched(with_universe(rows), period="day"),
                   (datetime(2026, 1, 1), datetime(2026, 4, 30, 23)))  # fmt: skip
    for every, form in (("week", "1w"), ("month", "1mo"), ("quarter", "1q")):
        frame = trends(opened, "interest:tea", every=every, policy=NO_FLOOR)
        exact = (
            pl.DataFrame({"day": [r[2] for r in rows], "user": [r[3] for r in rows]})
            .group_by(pl.col("day").dt.truncate(form)).agg(pl.col("user").n_unique()).sort("day")
        )  # fmt: skip
        assert frame.select("period", "users").rows() == exact.rows()
    whole = trends(opened, "interest:tea", every="quarter", policy=NO_FLOOR)["whole"]
    assert whole.to_list() == [True, False]


# --- the command --------------------------------------------------------------------------------

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    def once(*argv: object) -> tuple[int, str, str]:
        monkeypatch.setattr("sys.argv", ["overlap", *map(str, argv)])
        capsys.readouterr()
        try:
            main()
            code = 0
        except SystemExit as stop:
            code = int(stop.code or 0)
        return (code, *capsys.readouterr())

    return once


def test_the_command_gives_json_and_csv_with_the_columns_of_the_table(
    run: Run, store: Path, tmp_path: Path
) -> None:
    code, out, err = run("trends", store, ESPORTS, "--category", TV, "--json")
    assert (code, err) == (0, "")
    rows = json.loads(out)
    assert list(rows[0]) == TRENDS_TABLE.names()
    assert len(rows) == 26
    file = tmp_path / "trend.csv"
    assert run("trends", store, ESPORTS, "--csv", file)[0] == 0
    assert file.read_bytes().startswith(b"\xef\xbb\xbf")
    assert pl.read_csv(file).columns == TRENDS_TABLE.names()


@pytest.mark.parametrize(("language", "pieces"), [
    ("en", ("a burst began on 2026-04-27", "still running", "doubling every")),
    ("zh", ("爆发始于 2026-04-27", "仍在持续", "翻一番")),
], ids=["en", "zh"])  # fmt: skip
def test_the_command_says_what_happened_in_a_sentence(
    run: Run, store: Path, language: str, pieces: tuple[str, ...]
) -> None:
    name = interest(TRUTHS["burst"]["interest"])
    code, out, _ = run("trends", store, name, "--language", language)
    assert code == 0
    for piece in pieces:
        assert piece in out.replace("\n", " ")


def test_the_command_on_a_store_without_periods_exits_2_with_the_cure(
    run: Run, tmp_path: Path
) -> None:
    rows = [("interest", "tea", date(1970, 1, 1), u, 1) for u in range(50)]
    path = write_store(tmp_path / "store", rows, period="none")
    code, out, err = run("trends", path, "interest:tea")
    assert (code, out) == (2, "")
    assert "--period week" in err
    assert "Traceback" not in err
