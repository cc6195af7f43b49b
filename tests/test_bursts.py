"""What is planted is called a burst in its second week; what only looks like one is not."""

from __future__ import annotations

import tomllib
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from community import panel, sketched, week, with_universe

from overlap.building import BuildOptions, build
from overlap.cli.serving import sample_events
from overlap.estimates import series
from overlap.insights.needs import needs
from overlap.insights.trends import BURSTS_TABLE, DETECTED, bursts, detect, follow, trends
from overlap.model import Policy, TagColumn, UsageError, Window
from overlap.panel import Panel, open_panel

TRUTHS: dict[str, Any] = tomllib.loads(
    (Path(__file__).parents[1] / "sample_data" / "truths.toml").read_text("utf-8")
)
BURST = TRUTHS["burst"]
FIRST = date(2025, 12, 29) + timedelta(weeks=BURST["first_week"] - 1)
SNEAKERS = f'category:"{BURST["category"]}"'
KINDS = ("category", "interest", "brand")


def built(path: Path, source: Path, **more: Any) -> Panel:
    tags = tuple(TagColumn(kind, kind) for kind in KINDS)
    build([str(source)], path, BuildOptions(
        user="user_id", tags=tags, time="time", period="week", **more
    ))  # fmt: skip
    return open_panel(path)[1]


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Panel:
    return built(tmp_path_factory.mktemp("exact") / "store", sample_events())


@pytest.fixture(scope="module")
def sampled(tmp_path_factory: pytest.TempPathFactory) -> Panel:
    folder = tmp_path_factory.mktemp("sampled")
    return built(folder / "store", sample_events(), budget=120_000, k=500)


# --- planted truths -------------------------------------------------------------------------------


@pytest.mark.parametrize("which", ["sample", "sampled"])
@pytest.mark.parametrize("inside", [None, SNEAKERS], ids=["everybody", "sneakers"])
def test_of_all_interests_only_the_planted_one_bursts(
    which: str, inside: str | None, request: pytest.FixtureRequest
) -> None:
    frame = bursts(request.getfixturevalue(which), "interest", inside=inside)
    assert frame.schema == BURSTS_TABLE
    found = frame.filter(pl.col("burst"))
    assert found["name"].to_list() == [BURST["interest"]]
    row = found.row(0, named=True)
    assert row["first_seen"] == FIRST
    assert row["running"]
    assert row["q_value"] < 1e-6
    assert 2 < row["doubling_low"] < row["doubling"] < row["doubling_high"] < 10


def test_seasons_of_the_sample_are_known_and_called_none(sample: Panel) -> None:
    frame = bursts(sample, "interest")
    for planted in TRUTHS["seasonal"]:
        row = frame.row(by_predicate=pl.col("name") == planted["interest"], named=True)
        assert not row["burst"]
        assert row["cycle"] == planted.get("cycle_weeks")
    assert frame.filter(pl.col("cycle").is_not_null()).height <= 4


@pytest.mark.parametrize("inside", [None, SNEAKERS], ids=["everybody", "sneakers"])
def test_the_burst_is_called_with_the_events_up_to_its_second_week(
    tmp_path: Path, inside: str | None
) -> None:
    until = datetime.combine(FIRST + timedelta(weeks=2), datetime.min.time())
    events = pl.read_parquet(sample_events()).filter(pl.col("time") < until)
    events.write_parquet(tmp_path / "events.parquet")
    opened = built(tmp_path / "store", tmp_path / "events.parquet")
    found = bursts(opened, "interest", inside=inside).filter(pl.col("burst"))
    assert found["name"].to_list() == [BURST["interest"]]
    assert found["first_seen"].to_list() == [FIRST]
    frame = trends(opened, f'interest:"{BURST["interest"]}"', category=inside)
    assert frame.filter(pl.col("burst"))["period"].to_list() == [FIRST, FIRST + timedelta(weeks=1)]


def test_a_week_earlier_nothing_is_called_yet(sample: Panel) -> None:
    frame = bursts(sample, "interest", window=Window(None, FIRST))
    assert not frame["burst"].any()


def test_a_season_that_comes_back_before_it_is_known_is_no_burst(sample: Panel) -> None:
    # Up to week 25 the cycle of 13 weeks has not come round twice.
    name = TRUTHS["seasonal"][1]["interest"]
    for last in (20, 22, 24):
        end = date(2025, 12, 29) + timedelta(weeks=last - 1)
        frame = bursts(sample, "interest", window=Window(date(2026, 4, 27), end))
        row = frame.row(by_predicate=pl.col("name") == name, named=True)
        assert (row["burst"], row["cycle"]) == (False, None)


# --- what a burst is ----------------------------------------------------------------------------


def one(counts: list[float], base: float | list[float] = 20_000, **how: Any) -> dict[str, Any]:
    whole = np.broadcast_to(np.asarray(base, dtype=float), (len(counts),))
    found = detect(np.array([counts]), [how.pop("rate", 1.0)], whole, **how)
    assert found.schema == DETECTED
    return found.row(0, named=True)


FLAT = [300.0, 310, 290, 305, 295, 300, 310, 290, 300, 305]


def test_two_periods_running_are_a_burst_and_one_is_not() -> None:
    assert one([*FLAT, 600, 620])["burst"]
    assert one([*FLAT, 600, 620])["first"] == 10
    assert not one([*FLAT, 600])["burst"]
    assert not one([*FLAT, 600, 300, 600, 300])["burst"]


def test_a_burst_that_has_fallen_back_is_over() -> None:
    row = one([*FLAT, 600, 900, 700, 300, 305])
    assert (row["burst"], row["running"], row["first"], row["last"]) == (True, False, 10, 12)


def test_a_burst_below_the_floor_is_none() -> None:
    few = [3.0, 4, 2, 3, 5, 3, 4, 2, 3, 4, 60, 80]
    assert one(few, floor=0)["burst"]
    assert not one(few, floor=100)["burst"]
    # The lower end counts: 30 kept of a quarter are 120 users, but maybe 90.
    sample_ = [1.0, 1, 0, 1, 2, 1, 1, 0, 1, 1, 30, 30]
    assert not one(sample_, rate=0.25, baseline_rates=0.25, floor=100)["burst"]
    assert one(sample_, rate=0.25, baseline_rates=0.25, floor=50)["burst"]


def test_what_grows_with_its_baseline_does_not_burst() -> None:
    up = np.array([1.0] * 10 + [2.0, 2.0])
    counts = [*FLAT, 600, 620]
    assert not one(counts, list(20_000 * up))["burst"]


def test_nothing_is_expected_of_too_short_a_past() -> None:
    followed = follow(np.array([[5, 5, 5, 500, 500, 500]]), [1.0], np.full(6, 10_000))
    assert np.isnan(followed.expected[0, : series.LEAST_PAST]).all()
    assert not one([5, 5, 500, 500, 500, 500])["burst"]


def test_a_burst_doubles_as_fast_as_it_was_made_to() -> None:
    rise = [300 + 100 * 2 ** (i / 2) for i in range(8)]
    row = one([300.0] * 20 + rise)
    assert row["first"] in (20, 21)
    assert row["doubling_low"] < 2 < row["doubling_high"]
    assert row["doubling"] == pytest.approx(2, rel=0.1)


def test_after_a_quarter_of_a_year_the_new_level_is_the_ordinary_one() -> None:
    row = one(FLAT * 2 + [900.0] * (series.SETTLED + 6))
    assert (row["burst"], row["running"], row["first"]) == (True, False, 20)
    again = one(FLAT * 2 + [900.0] * (series.SETTLED + 6) + [2000.0, 2100.0])
    assert (again["running"], again["first"]) == (True, 20 + series.SETTLED + 6)


def test_coming_back_to_an_earlier_level_is_no_burst() -> None:
    once = [100.0] * 8 + [500.0] * 3 + [100.0] * 8
    assert one([*once, 480, 490])["first"] == 8
    assert one([*once, 900, 950])["first"] == 19


def test_a_period_in_part_or_without_anybody_is_not_judged() -> None:
    counts, base = [*FLAT, 0, 600, 620], [20_000.0] * 10 + [0, 20_000, 20_000]
    row = one(counts, base)
    assert (row["burst"], row["first"]) == (True, 11)
    whole = [True] * 12 + [False]
    assert not one(counts, base, whole=whole)["burst"]


def test_a_burst_on_top_of_a_season_is_found() -> None:
    cycle = np.tile([200, 400, 380, 220], 7).astype(float)
    assert one(list(cycle))["cycle"] == 4
    burst = cycle.copy()
    burst[-2:] *= 2
    row = one(list(burst))
    assert (row["burst"], row["first"], row["cycle"]) == (True, 26, 4)


def test_arrays_that_do_not_fit_are_a_usage_error() -> None:
    with pytest.raises(UsageError, match="do not fit"):
        detect(np.zeros((3, 8)), [1.0, 1.0], np.ones(8))
    with pytest.raises(UsageError, match="two axes"):
        detect(np.zeros(8), [1.0], np.ones(8))


def test_no_audience_and_no_period_give_an_empty_table() -> None:
    assert detect(np.zeros((0, 8)), np.zeros(0), np.ones(8)).height == 0
    row = one([50.0])
    assert (row["burst"], row["p_value"]) == (False, None)


# --- many at once -------------------------------------------------------------------------------


def test_each_audience_is_judged_as_if_it_were_alone() -> None:
    rng = np.random.default_rng(2)
    counts = rng.poisson(rng.uniform(5, 800, (40, 1)) * np.ones(30))
    counts[3, -3:] *= 4
    base = rng.poisson(30_000, 30)
    together = detect(counts, np.ones(40), base)
    for i in (0, 3, 17):
        alone = detect(counts[[i]], np.ones(1), base)
        for name in ("burst", "first", "z", "p_value", "expected_users", "cycle"):
            assert together[name][i] == pytest.approx(alone[name][0]), name


def test_what_comes_later_changes_nothing_before_where_there_is_no_season() -> None:
    rng = np.random.default_rng(3)
    counts = rng.poisson(rng.uniform(5, 800, (50, 1)) * np.ones(30))
    base = rng.poisson(30_000, 30)
    whole = follow(counts, np.ones(50), base, cycles=())
    part = follow(counts[:, :20], np.ones(50), base[:20], cycles=())
    np.testing.assert_allclose(whole.z[:, :20], part.z)
    np.testing.assert_allclose(whole.expected[:, :20], part.expected)


@pytest.mark.parametrize("course", ["flat", "walk", "noisy"])
@pytest.mark.parametrize("mean", [5, 50, 1000])
def test_without_a_burst_few_alarms_are_raised(course: str, mean: int) -> None:
    rng = np.random.default_rng([mean, len(course)])
    shape = (2000, 26)
    level = {
        "flat": np.zeros(shape),
        "walk": np.cumsum(rng.normal(0, 0.03, shape), axis=1),
        "noisy": rng.normal(0, 0.1, shape),
    }[course]
    grown = np.linspace(1, 1.5, 26)
    followed = follow(rng.poisson(mean * np.exp(level) * grown), np.ones(2000), 1e6 * grown)
    # A normal deviate is above 3 in 0.135% of cases.
    assert np.nanmean(followed.z >= 3) <= 0.003
    assert followed.burst.any(axis=1).mean() <= 0.005


def test_the_false_among_the_discoveries_are_few() -> None:
    rng = np.random.default_rng(4)
    audiences, periods, real = 5000, 30, 100
    mean = rng.uniform(20, 400, (audiences, 1)) * np.exp(rng.normal(0, 0.05, (audiences, periods)))
    mean[:real, -3:] *= rng.uniform(1.5, 4, (real, 1))
    frame = detect(rng.poisson(mean), np.ones(audiences), np.full(periods, 1e6))
    called = frame.filter(pl.col("q_value") <= 0.05)["row"].to_numpy()
    assert (called >= real).mean() <= 0.1
    assert (called < real).sum() >= 0.7 * real


def test_the_counts_of_a_kind_come_at_each_audience_s_own_rate() -> None:
    rng = np.random.default_rng(6)
    rows = [
        ("interest", "big", week(w), int(u), 1)
        for w in range(12)
        for u in rng.choice(20_000, 3000, replace=False)
    ]
    rows += [("interest", "small", week(w), 20_000 + u, 1)
             for w in range(12) for u in range(10 if w < 9 else 120)]  # fmt: skip
    opened = Panel(sketched(with_universe(rows), k=256, budget=6000))
    frame = bursts(opened, "interest", policy=Policy(0, 0))
    small = frame.row(by_predicate=pl.col("name") == "small", named=True)
    assert (small["exact"], small["users"], small["burst"]) == (True, 120, True)
    assert small["first_seen"] == week(9)
    assert not frame.row(by_predicate=pl.col("name") == "big", named=True)["exact"]


def test_what_is_below_the_floor_is_blank() -> None:
    rows = [("interest", "tiny", week(w), u, 1) for w in range(12) for u in range(20)]
    rows += [("interest", "tea", week(w), u, 1) for w in range(12) for u in range(400)]
    frame = bursts(panel(rows), "interest")
    tiny = frame.row(by_predicate=pl.col("name") == "tiny", named=True)
    assert tiny["suppressed"] == "fewer than 100 users"
    assert (tiny["users"], tiny["expected_users"], tiny["z"]) == (None, None, None)


# --- against simpler rules ----------------------------------------------------------------------


@pytest.mark.slow
def test_more_bursts_are_found_than_by_simpler_rules_at_as_many_false_alarms() -> None:
    from benchmarks import bursts as simulated

    rng = np.random.default_rng(8)
    sizes = rng.permutation(np.clip(300_000 / np.arange(1, 6001) ** 0.9, 20, None))
    without = simulated.rules(simulated.streams(rng, 6000, sizes))
    assert without["overlap"].alarm.mean() <= 1 / 1000
    assert without["mean + 3σ"].alarm.mean() >= 2 / 1000
    ahead = []
    for size in simulated.SIZES:
        factor = rng.uniform(1.5, 5, 1000)
        planted = simulated.rules(simulated.streams(rng, 1000, size / factor, 3, factor))
        found = {
            name: (rule.score > np.sort(without[name].score)[-7]).mean()
            for name, rule in planted.items()
        }
        ahead.append(found["overlap"] - found["mean + 3σ"])
        assert found["overlap"] >= found["growth rate"] + 0.2
        assert planted["overlap"].alarm.mean() >= 0.75
    assert np.mean(ahead) >= 0.02


# --- one burst is no season -----------------------------------------------------------------------

FORUM = [
    543, 505, 503, 942, 1234, 744, 638, 1026, 1001, 860, 1344, 1097, 1380, 1192, 969, 971, 964, 770,
    494, 271, 643, 778, 234, 497, 534, 502, 413, 879, 1090, 671, 555, 1098, 1126, 1603, 987, 1383,
    1325, 1260, 1598, 861, 774, 1682, 1245, 1449, 1354, 1882, 1504, 1593, 1838, 2614, 1604, 1308,
    1119, 2400, 2100, 1441, 1136, 2390, 1456, 1780, 1820, 2023, 3103, 8991, 3659, 2081, 2681, 2843,
    2379, 2769, 2408, 3675, 3197, 1691, 1830, 1575, 2343, 1969, 2291, 2367, 2385, 2361, 2142, 2299,
    2085, 2175, 2930, 2424, 2254, 2219, 1938, 1764, 2111, 2411, 2489, 2030, 2395, 2708, 1964, 2470,
    3129, 4073, 4017, 2342, 3456, 4846, 3270, 3314, 3255, 3748, 2920, 3278, 3431, 2910, 2777, 5251,
    4146, 3739, 6366, 4176, 3745, 3349, 3356, 3772, 3150, 2233, 435,
]  # fmt: skip
"""Weekly active users of a forum, as they were."""


@pytest.mark.slow
@pytest.mark.parametrize("at", [20, 50, 81, 100])
def test_trends_and_needs_call_the_same_weeks_a_burst(at: int) -> None:
    """300 users in three weeks out of 127, and nobody before or after."""
    rows = [("category", "all", week(w), u, 1) for w, n in enumerate(FORUM) for u in range(n)]
    rows += [("interest", "new", week(w), u, 1) for w in range(at, at + 3) for u in range(300)]
    opened = panel(rows)
    followed = trends(opened, "interest:new")
    assert followed.filter("burst")["period"].to_list() == [week(at), week(at + 1), week(at + 2)]
    assert followed["cycle"].null_count() == followed.height
    assert needs(opened)["name"].to_list() == ["new"]
    assert bursts(opened, "interest")["cycle"].to_list() == [None]


@pytest.mark.parametrize("floor", [0, 100])
def test_a_burst_from_nothing_is_never_taken_for_a_season(floor: int) -> None:
    rng, base = np.random.default_rng(5), np.array(FORUM, dtype=float)
    counts = np.zeros((300, len(base)))
    for row in counts:
        at, lasts = rng.integers(4, 104), rng.integers(2, 7)
        row[at : at + lasts] = rng.poisson(rng.choice([150, 300, 3000]), lasts)
    followed = follow(counts, np.ones(300), base, floor=floor)
    assert (followed.cycle > 0).mean() <= 0.01
    assert followed.burst.any(axis=1).mean() >= 0.9


def test_nobody_has_no_season() -> None:
    followed = follow(np.zeros((1, len(FORUM))), [1.0], np.array(FORUM))
    assert followed.cycle.tolist() == [0]
    assert not followed.burst.any()


@pytest.mark.slow
@pytest.mark.parametrize(("level", "factor"), [(60, 5), (200, 3), (2000, 2)])
def test_a_yearly_season_is_known_after_three_years(level: int, factor: float) -> None:
    rng, weeks, count = np.random.default_rng([level, 7]), np.arange(156), 200
    away = (weeks - rng.integers(0, 52, (count, 1)) + 26) % 52 - 26
    lift = np.where(abs(away) <= 3, 0.5 + 0.5 * np.cos(np.pi * away / 4), 0)
    noise = rng.normal(0, 0.08, lift.shape) + np.cumsum(rng.normal(0, 0.01, lift.shape), axis=1)
    counts = rng.poisson(level * (1 + (factor - 1) * lift) * np.exp(noise))
    followed = follow(counts, np.ones(count), np.full(156, 20_000), floor=100)
    assert (followed.cycle == 52).mean() >= 0.9
