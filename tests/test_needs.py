"""An emerging need is found as it begins, equals exact counts, and is neither season nor luck."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tomllib
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from community import Row, panel, sketched, week, with_universe
from dashboards import write_store

from overlap.building import BuildOptions, build
from overlap.cli import main
from overlap.cli.serving import sample_events, sample_store
from overlap.insights.needs import NEEDS_TABLE, Jump, caution, jumps, needs, summary
from overlap.insights.needs.finding import Counts, find
from overlap.model import Policy, TagColumn, UsageError, Window
from overlap.panel import Panel, open_panel

NO_FLOOR = Policy(0, 0)
SAMPLE = Path(__file__).parents[1] / "sample_data"
TRUTHS: dict[str, Any] = tomllib.loads((SAMPLE / "truths.toml").read_text("utf-8"))
BURST, WORD = TRUTHS["burst"], TRUTHS["word_need"]
FIRST = date(2025, 12, 29)
WEEKS = 12


def first_day(number: int) -> date:
    """Return the Monday of a week of the sample data, which are numbered from 1."""
    return FIRST + timedelta(weeks=number - 1)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return sample_store(tmp_path_factory.mktemp("needs") / "store")


@pytest.fixture(scope="module")
def sample(store: Path) -> Panel:
    return open_panel(store)[1]


@pytest.fixture(scope="module")
def events() -> pl.DataFrame:
    return pl.read_parquet(sample_events()).with_columns(
        week=pl.col("time").dt.date().dt.truncate("1w")
    )


def until(events: pl.DataFrame, week_number: int, folder: Path) -> Panel:
    """Return the panel of a store built when a week of the sample had just ended."""
    file = folder / f"week{week_number}.parquet"
    end = first_day(week_number + 1)
    events.filter(pl.col("time") < end).drop("week").write_parquet(file)
    build([str(file)], folder / f"store{week_number}", BuildOptions(
        user="user_id", tags=tuple(TagColumn(k, k) for k in ("category", "interest", "brand")),
        time="time", text="text", action="action", period="week", terms=True,
    ))  # fmt: skip
    return open_panel(folder / f"store{week_number}")[1]


def names(frame: pl.DataFrame) -> list[str]:
    """Return all names that a table of needs mentions as bursts."""
    return [*frame["name"], *(each["name"] for also in frame["also"] for each in also)]


def by_name(frame: pl.DataFrame) -> dict[str, dict[str, Any]]:
    return {row["name"]: row for row in frame.to_dicts()}


# --- what the data cover ------------------------------------------------------------------------


def read_more(seed: int, need_at: int | None = None) -> Panel:
    """Ten boards with words of their own; from week 30 on ever more of three of them was read.

    At `need_at` a tenth of the users of another board begin to say "new".
    """
    rng = np.random.default_rng(seed)
    rows: list[Row] = []
    for board in range(10):
        people = board * 2000 + np.arange(2000)
        for w in range(42):
            level = 150 * (np.clip((w - 28) / 8, 0, 1) * 9 + 1 if board < 3 else 1)
            active = rng.choice(people, rng.poisson(level), replace=False)
            rows += [("interest", f"board{board}", week(w), int(u), 1) for u in active]
            for word in range(5):
                rows += [("term", f"word{board}-{word}", week(w), int(u), 1)
                         for u in active[rng.random(len(active)) < 0.6]]  # fmt: skip
            if need_at is not None and board == 5 and w >= need_at:
                rows += [("term", "new", week(w), int(u), 1) for u in active[:110]]
    return panel(rows)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
def test_no_interest_nor_its_words_are_needs_because_more_of_it_was_read(seed: int) -> None:
    opened = read_more(seed)
    assert needs(opened).is_empty()
    (jump,) = jumps(opened)
    assert week(26) <= jump.first <= week(30) <= jump.last
    assert 2 <= jump.times <= 4


@pytest.mark.slow
def test_a_need_is_found_while_more_is_read() -> None:
    assert needs(read_more(3, need_at=34))["name"].to_list() == ["new"]


@pytest.mark.parametrize(("times", "factor"), [(2.5, "2.5"), (0.25, "4")])
@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("of_needs", [True, False])
def test_a_jump_is_said_with_its_factor_and_its_days(
    times: float, factor: str, language: str, of_needs: bool
) -> None:
    (said,) = caution([Jump(week(0), week(8), times)], language, of_needs=of_needs)
    for part in (factor, str(week(0)), str(week(8))):
        assert part in said
    (other,) = caution([Jump(week(0), week(8), times)], language, of_needs=not of_needs)
    assert (len(said) > len(other)) == of_needs


def test_where_nothing_changes_nothing_jumps(sample: Panel) -> None:
    assert jumps(sample) == []
    assert jumps(sample, category=WORD["category"]) == []


def test_an_interest_is_no_need_of_itself_even_as_a_word() -> None:
    rows = [(kind, name, week(w), u, 1) for kind, name in (("interest", "tea"), ("term", "Tea"))
            for w in range(12) for u in range(200 if w < 10 else 900)]  # fmt: skip
    rows += [("interest", "all", week(w), u, 1) for w in range(12) for u in range(4000)]
    opened = panel(rows)
    assert set(needs(opened)["name"]) == {"tea"}
    assert needs(opened, interest="interest:tea").is_empty()


# --- found as it begins -------------------------------------------------------------------------


def test_the_emerging_need_is_found_in_the_week_it_starts_plus_one(
    events: pl.DataFrame, tmp_path: Path
) -> None:
    found = needs(until(events, BURST["first_week"] + 1, tmp_path))
    row = found.row(0, named=True)
    assert row["name"] == BURST["interest"]
    assert (row["since"], row["running"]) == (first_day(BURST["first_week"]), True)
    assert row["users"] == BURST["weekly_users"][BURST["first_week"]]
    assert BURST["word"] in {each["name"] for each in row["also"]}
    assert BURST["word"] in {word["name"] for word in row["words"]}
    assert BURST["category"] in {carrier["name"] for carrier in row["carriers"]}
    assert needs(until(events, BURST["first_week"], tmp_path)).is_empty()


def test_the_word_need_of_a_category_is_found_in_the_week_it_starts_plus_one(
    events: pl.DataFrame, tmp_path: Path
) -> None:
    now = until(events, WORD["first_week"] + 1, tmp_path)
    row = by_name(needs(now, category=WORD["category"]))[WORD["word"]]
    assert row["since"] == first_day(WORD["first_week"])
    assert row["users"] == WORD["weekly_word_users"][WORD["first_week"]]
    assert row["tgi_shrunk_low"] > 100
    assert row["inside"] == f'category:"{WORD["category"]}"'


def test_a_window_that_ends_then_finds_what_was_to_be_found_then(sample: Panel) -> None:
    for truth, inside in ((BURST, None), (WORD, WORD["category"])):
        end = Window(None, first_day(truth["first_week"] + 1))
        rows = by_name(needs(sample, category=inside, window=end))
        row = rows[truth.get("interest", truth["word"])]
        assert row["since"] == row["trend"][-2]["period"] == first_day(truth["first_week"])


def test_planted_carriers_and_words_are_named(sample: Panel) -> None:
    row = by_name(needs(sample))[BURST["interest"]]
    assert {c["name"] for c in BURST["carriers"]} <= {c["name"] for c in row["carriers"]}
    assert BURST["word"] == row["words"][0]["name"]
    assert not {BURST["interest"], BURST["word"]} & {c["name"] for c in row["carriers"]}


def test_inside_its_own_category_a_need_comes_before_one_that_is_everywhere(sample: Panel) -> None:
    phone = needs(sample, category=WORD["category"])
    assert phone["name"].to_list() == [WORD["word"], BURST["interest"]]
    shoes = needs(sample, category=BURST["category"])
    assert shoes["name"].to_list() == [BURST["interest"], WORD["word"]]
    assert shoes["score"][0] > 5 * shoes["score"][1]


def test_seasons_decline_and_everything_steady_are_no_needs(sample: Panel) -> None:
    quiet = {s["interest"] for s in TRUTHS["seasonal"]}
    quiet |= {TRUTHS["decline"]["interest"], TRUTHS["flat"]["interest"]}
    texts = {name.split()[0] for name in quiet}
    for category in (None, *sample.names("category")):
        found = names(needs(sample, category=category))
        assert not quiet & set(found)
        assert not texts & {name.lstrip("#") for name in found}


# --- equal to exact counts ----------------------------------------------------------------------


def test_every_number_of_a_need_is_a_count_of_users(sample: Panel, events: pl.DataFrame) -> None:
    category = BURST["category"]
    row = by_name(needs(sample, category=category, policy=NO_FLOOR))[BURST["interest"]]
    members = set(events.filter(pl.col("category") == category)["user_id"])
    tagged = events.explode("interest").filter(pl.col("interest") == BURST["interest"])
    weekly = dict(
        tagged.filter(pl.col("user_id").is_in(list(members)))
        .group_by("week").agg(pl.col("user_id").n_unique()).iter_rows()
    )  # fmt: skip
    assert [(p["period"], p["users"]) for p in row["trend"]] == [
        (first_day(w), weekly.get(first_day(w), 0)) for w in range(1, 27)
    ]
    during = pl.col("week").is_between(row["since"], row["last_seen"])
    everywhere = set(tagged.filter(during)["user_id"])
    need = everywhere & members
    active = set(events.filter(during)["user_id"])
    assert row["users"] == row["users_low"] == row["users_high"] == weekly[row["last_seen"]]
    assert row["burst_users"] == row["burst_users_low"] == len(need)
    assert row["inside_users"] == len(active & members)
    tgi = 100 * len(need) * len(active) / (len(everywhere) * len(active & members))
    assert row["tgi"] == row["tgi_low"] == pytest.approx(tgi)
    assert row["events_per_user"] == pytest.approx(len(tagged.filter(during)) / len(everywhere))
    assert row["growth"] == pytest.approx(row["users"] / row["expected_users"] - 1)
    crowd = active & members
    for carrier in row["carriers"]:
        column = pl.col(carrier["kind"])
        rows = events.explode("interest") if carrier["kind"] == "interest" else events
        fans = set(rows.filter(column == carrier["name"])["user_id"]) & crowd
        assert carrier["users"] == len(fans & need)
        expected = 100 * len(fans & need) * len(crowd) / (len(fans) * len(need))
        assert carrier["tgi"] == pytest.approx(expected)
    word = next(w for w in row["words"] if w["name"] == BURST["word"])
    said = events.filter(during, pl.col("text").str.contains(BURST["word"], literal=True))
    sayers = set(said["user_id"]) & crowd
    assert word["users"] == len(sayers & need)
    assert word["tgi"] == pytest.approx(
        100 * len(sayers & need) * len(crowd) / (len(sayers) * len(need))
    )
    also = {each["name"]: each["users"] for each in row["also"]}
    assert also[BURST["word"]] == len(sayers)


def test_the_score_is_as_defined(sample: Panel) -> None:
    for inside in (None, BURST["category"]):
        row = needs(sample, category=inside).row(0, named=True)
        growth = min(np.log(1 + row["growth_low"]) / np.log(10), 1)
        size = np.log(row["burst_users_low"] / 100) / np.log(row["inside_users"] / 100)
        parts = [growth, size]
        if inside:
            parts.append(min(np.log(row["tgi_shrunk_low"] / 100) / np.log(3), 1))
        assert row["score"] == pytest.approx(100 * np.prod(parts) ** (1 / len(parts)))


# --- small communities --------------------------------------------------------------------------


def town(
    seed: int = 1, users: int = 4000, burst: tuple[int, ...] = (0,) * 8 + (150, 250, 350, 400)
) -> list[Row]:
    """A community of WEEKS weeks: steady words, an interest, and the word `new` that bursts."""
    rng = np.random.default_rng(seed)
    rows: list[Row] = []
    for w in range(WEEKS):
        for user in rng.choice(users, 2500, replace=False):
            rows.append(("interest", "food", week(w), int(user), 1))
        for name in ("plain", "usual"):
            for user in rng.choice(users, 300, replace=False):
                rows.append(("term", name, week(w), int(user), 1))
        for user in rng.choice(users // 2, burst[w], replace=False):
            rows.append(("term", "new", week(w), int(user), 1))
    rows += [("category", "tea", week(0), user, 1) for user in range(users // 2 + 400)]
    return rows


def dated(rows: list[Row], first: datetime, last: datetime, **spec: object) -> Panel:
    return Panel(sketched(with_universe(rows), **spec), (first, last))


def whole(rows: list[Row], **spec: object) -> Panel:
    return panel(rows, **spec)


def test_a_burst_is_a_need_with_its_beginning_and_its_category() -> None:
    found = needs(whole(town()), category="category:tea")
    assert found["name"].to_list() == ["new"]
    row = found.row(0, named=True)
    assert (row["since"], row["last_seen"], row["running"]) == (week(8), week(WEEKS - 1), True)
    assert row["tgi"] > 100
    assert found.schema == NEEDS_TABLE


def test_a_period_covered_in_part_never_makes_a_need() -> None:
    rows = town(burst=(0,) * 10 + (200, 300))
    end = week(WEEKS - 1) + timedelta(days=6)
    at = datetime(2026, 1, 5, 1)
    full = dated(rows, at, datetime(end.year, end.month, end.day, 23))
    short = dated(rows, at, datetime(end.year, end.month, end.day) - timedelta(days=2))
    assert names(needs(full)) == ["new"]
    assert needs(short).is_empty()
    # Counted from Wednesday on, the first week is low, and everything after it no growth.
    steady = [row for row in town(burst=(300,) * WEEKS) if row[2] > week(0) or row[3] % 7 == 0]
    assert needs(dated(steady, at + timedelta(days=2), datetime(2026, 3, 29, 23))).is_empty()


def test_a_user_who_repeats_a_word_is_one_voice_and_the_repetition_is_told() -> None:
    rows = [row for row in town() if row[3] != 1]
    bots = [("term", "new", week(10), 1)]
    bots += [("term", "robot", week(w), 1) for w in range(8, WEEKS)]
    plain, noisy = (
        needs(whole([*rows, *((*bot, times) for bot in bots)])) for times in (1, 1_000_000)
    )
    assert names(noisy) == ["new"]
    assert noisy.drop("events_per_user").equals(plain.drop("events_per_user"))
    assert plain["events_per_user"][0] < 3
    assert noisy["events_per_user"][0] > 500


def test_names_for_the_same_people_are_one_need() -> None:
    rows = town()
    said = [(p, u) for k, n, p, u, _ in rows if (k, n) == ("term", "new")]
    rng = np.random.default_rng(3)
    # A hashtag on half of the posts, an interest that wraps both, and a word of other people.
    rows += [("term", "#new", p, u, 1) for p, u in said if u % 2]
    rows += [("interest", "New Things", p, u, 1) for p, u in said]
    rows += [("interest", "New Things", week(w), int(u), 1) for w in range(8, WEEKS)
             for u in rng.choice(2000, 30, replace=False)]  # fmt: skip
    rows += [("term", "other", week(w), int(u), 1) for w in range(8, WEEKS)
             for u in 2000 + rng.choice(2000, 250, replace=False)]  # fmt: skip
    found = by_name(needs(whole(rows)))
    assert found.keys() == {"New Things", "other"}
    assert [each["name"] for each in found["New Things"]["also"]] == ["new", "#new"]
    assert found["other"]["also"] == []


def test_below_the_floor_nothing_is_named_and_low_periods_are_blank() -> None:
    rows = town(burst=(0, 3) + (0,) * 6 + (60, 99, 99, 99))
    assert needs(whole(rows)).is_empty()
    shown = needs(whole(rows), policy=NO_FLOOR)
    assert names(shown) == ["new"]
    rows = town(burst=(0, 3) + (0,) * 6 + (150, 250, 350, 400))
    row = needs(whole(rows)).row(0, named=True)
    assert row["trend"][1]["users"] is None
    assert row["trend"][0]["users"] == 0
    assert row["suppressed"] == "fewer than 100 users in some periods"
    for listed in ("carriers", "words", "also"):
        assert all(each["users"] >= 100 for each in row[listed])


def test_a_burst_that_is_over_comes_last_and_a_later_window_hides_it() -> None:
    rows = town(burst=(0,) * 6 + (300, 350, 400) + (2,) * 3)
    rng = np.random.default_rng(5)
    rows += [("term", "later", week(w), int(u), 1) for w in (10, 11)
             for u in rng.choice(4000, 120, replace=False)]  # fmt: skip
    community = whole(rows)
    found = needs(community)
    assert found.select("name", "running").rows() == [("later", True), ("new", False)]
    assert names(needs(community, window=Window(week(10), None))) == ["later"]
    assert names(needs(community, window=Window(None, week(9)))) == ["new"]


def test_with_too_little_past_nothing_is_expected_and_nothing_found() -> None:
    community = whole(town(burst=(0, 0, 300, 400) + (0,) * 8))
    for last in range(4):
        assert needs(community, window=Window(None, week(last))).is_empty()


def test_limits_keep_the_first() -> None:
    rows = town(burst=(0,) * 6 + (300, 350, 400) + (2,) * 3)
    rng = np.random.default_rng(5)
    rows += [("term", "later", week(w), int(u), 1) for w in (10, 11)
             for u in rng.choice(4000, 120, replace=False)]  # fmt: skip
    community = whole(rows)
    assert needs(community, limit=1).equals(needs(community, limit=None).head(1))


def test_an_interest_and_a_category_look_inside_both() -> None:
    rows = town()
    both = needs(whole(rows), category="tea", interest="food")
    assert both["inside"].to_list() == ["category:tea & interest:food"]
    tea = {u for k, n, _, u, _ in rows if n == "tea"} & {u for k, n, _, u, _ in rows if n == "food"}
    said = {u for k, n, p, u, _ in rows if n == "new" and p == week(WEEKS - 1)}
    assert both["users"].to_list() == [len(tea & said)]


@pytest.mark.slow
def test_a_sample_says_so_and_its_intervals_hold_the_truth() -> None:
    numbers = ("users", "burst_users", "tgi")
    held = 0
    for draw in range(8):
        # Other ids are other hashes, and so another sample.
        rows = [(k, n, p, u + 10_000 * copy + 10**6 * draw, e)
                for copy in range(3) for k, n, p, u, e in town(copy)]  # fmt: skip
        truth = needs(whole(rows), category="tea").row(0, named=True)
        part = needs(whole(rows, budget=10_000, k=300), category="tea").row(0, named=True)
        assert (truth["exact"], part["exact"]) == (True, False)
        assert (part["name"], part["since"]) == (truth["name"], truth["since"])
        assert part["events_per_user"] is None
        for number in numbers:
            assert part[f"{number}_low"] < part[number] < part[f"{number}_high"]
            held += part[f"{number}_low"] <= truth[number] <= part[f"{number}_high"]
    # At 95% each, fewer than 20 of 24 have a chance of 0.01, were they independent.
    assert held >= 20


def test_the_order_of_rows_changes_nothing() -> None:
    rows = town()
    shuffled = [rows[i] for i in np.random.default_rng(9).permutation(len(rows))]
    one, other = (needs(whole(r), category="tea", policy=NO_FLOOR) for r in (rows, shuffled))
    assert one.equals(other)


# --- luck ---------------------------------------------------------------------------------------


def noise(rng: np.random.Generator, audiences: int, periods: int) -> np.ndarray:
    """Counts that wander no more than people's habits do: sizes over decades, overdispersed."""
    level = np.exp(rng.normal(4, 1.2, (audiences, 1)))
    shape = 1 / 0.05**2
    return rng.poisson(level * rng.gamma(shape, 1 / shape, (audiences, periods)))


def counts(kind: str, hits: np.ndarray) -> Counts:
    return Counts(kind, [f"{kind}{i}" for i in range(len(hits))], hits, np.ones(len(hits)))


@pytest.mark.slow
@pytest.mark.parametrize("floor", [1, 20])
def test_among_thousands_of_noisy_words_hardly_anything_is_a_need(floor: int) -> None:
    rng = np.random.default_rng(17)
    base, periods = np.full(40, 1_000_000), 40
    with_any = sum(
        len(find([counts("term", noise(rng, 4000, periods)), counts("interest", noise(rng, 200,
            periods))], base, 1.0, [True] * periods, floor=floor)) > 0
        for _ in range(20)
    )  # fmt: skip
    # One run in twenty may find something: more than four of twenty has a chance below 0.003.
    assert with_any <= 4


def test_planted_bursts_are_found_among_noise_and_few_false_ones_with_them() -> None:
    rng = np.random.default_rng(23)
    hits = noise(rng, 3000, 30)
    hits[:40, 25:] = rng.poisson(150, (40, 5)) + 4 * hits[:40, 25:]
    found = find([counts("term", hits)], np.full(30, 1_000_000), 1.0, [True] * 30, floor=20)
    planted = {f"term{i}" for i in range(40)}
    assert len(planted & set(found["name"])) >= 38
    assert len(set(found["name"]) - planted) <= 0.15 * len(found)
    assert (found["q_value"] <= 0.05).all()


def test_tests_of_all_kinds_count_together() -> None:
    rng = np.random.default_rng(29)
    few = noise(rng, 1, 20)
    few[0, :] = 50
    few[0, 18:] = 82
    many = np.full((200_000, 20), 3)
    base, full = np.full(20, 100_000), [True] * 20
    alone = find([counts("interest", few)], base, 1.0, full, floor=20, fdr=0.999)
    crowd = find([counts("interest", few), counts("term", many)], base, 1.0, full, floor=20,
                 fdr=0.999)  # fmt: skip
    assert len(alone) == 1
    assert crowd.is_empty() or crowd["q_value"][0] > 1000 * alone["q_value"][0]


# --- mistakes -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"fdr": 0}, "false discovery rate of 0"),
        ({"limit": 0}, "0 needs"),
        ({"kinds": ("colour",)}, "kind 'colour'"),
        ({"category": "coffee"}, "coffee"),
        ({"category": "interest:food - interest:food"}, "has no user"),
        ({"language": "fr"}, "no language 'fr'"),
        ({"window": Window(week(40), None)}, "no period"),
        ({"min_users": 5}, "below this store's floor"),
    ],
    ids=["fdr", "limit", "kinds", "category", "nobody", "language", "window", "floor"],
)
def test_a_wrong_request_is_told_what_is_wrong(asked: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        needs(whole(town()), **asked)


def test_without_terms_interests_alone_are_looked_at_and_without_either_it_says_so() -> None:
    rows = [("interest", "new", p, u, e) if n == "new" else (k, n, p, u, e)
            for k, n, p, u, e in town() if n not in ("plain", "usual")]  # fmt: skip
    assert names(needs(whole(rows))) == ["new"]
    brands = [("brand", n, p, u, e) for _, n, p, u, e in rows]
    with pytest.raises(UsageError, match="neither terms nor interests"):
        needs(whole(brands))


def test_a_store_without_periods_has_no_needs() -> None:
    rows = [(k, n, date(1970, 1, 1), u, e) for k, n, p, u, e in town() if p == week(9)]
    with pytest.raises(UsageError, match="no periods"):
        needs(panel(rows, period="none"))


# --- what it says -------------------------------------------------------------------------------


def test_the_reason_has_the_numbers_in_both_languages(sample: Panel) -> None:
    english = needs(sample, category=WORD["category"]).row(0, named=True)["reason"]
    chinese = needs(sample, category=WORD["category"], language="zh").row(0, named=True)["reason"]
    for text in (english, chinese):
        for part in (WORD["word"], "342", "1,538", "2026-05-11", "TGI", "160", "三分钟"):
            assert part in text
    assert "(exact)" in english
    assert "（精确）" in chinese
    assert english.endswith(".")
    assert chinese.endswith("。")


def test_the_summary_counts_what_runs(sample: Panel) -> None:
    frame = needs(sample)
    assert summary(frame, 0.05).startswith("2 still running, 0 over.")
    assert "2 个需求" in summary(frame, 0.05, "zh")
    assert "Nothing bursts" in summary(frame.head(0), 0.05)


# --- the command --------------------------------------------------------------------------------

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    def call(*arguments: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["overlap", *map(str, arguments)])
        code: int | str | None = 0
        try:
            main()
        except SystemExit as stop:
            code = stop.code
        out = capsys.readouterr()
        return int(code or 0), out.out, out.err

    return call


def test_the_command_gives_json_and_files(run: Run, store: Path, tmp_path: Path) -> None:
    code, out, _ = run("needs", store, "--category", WORD["category"], "--json")
    assert code == 0
    rows = json.loads(out)
    assert list(rows[0]) == NEEDS_TABLE.names()
    assert rows[0]["name"] == WORD["word"]
    csv, table = tmp_path / "needs.csv", tmp_path / "needs.parquet"
    code, out, err = run("needs", store, "--csv", csv, "--parquet", table)
    assert (code, out) == (0, "")
    assert err.count("wrote 2 rows") == 2
    written = pl.read_csv(csv, encoding="utf8-lossy")
    assert [name.lstrip("\ufeff") for name in written.columns] == NEEDS_TABLE.names()
    assert "运动鞋 Sneakers (TGI 251, 4183)" in written["carriers"][0]
    assert pl.read_parquet(table).schema == NEEDS_TABLE


def test_the_command_speaks_to_people(run: Run, store: Path) -> None:
    code, out, _ = run("needs", store, "--language", "zh", "--to", "2026-05-10")
    assert code == 0
    assert BURST["interest"] in out
    assert "仍在持续" in out


def test_the_command_says_what_a_store_lacks(run: Run, tmp_path: Path) -> None:
    rows = [row for row in town() if row[0] != "term"]
    plain = write_store(tmp_path / "plain", rows)
    code, out, err = run("needs", plain)
    assert code == 0
    assert "no terms" in err
    assert "Nothing bursts" in out
    timeless = write_store(
        tmp_path / "timeless", [(k, n, date(1970, 1, 1), u, e) for k, n, _, u, e in rows[:5000]],
        period="none",
    )  # fmt: skip
    code, out, err = run("needs", timeless)
    assert (code, out) == (2, "")
    assert "--period" in err
    code, _, err = run("needs", plain, "--kind", "term")
    assert code == 2
    assert "'term'" in err


@pytest.mark.slow
def test_every_process_gives_the_same_bytes(tmp_path: Path) -> None:
    store = write_store(tmp_path / "store", town())
    script = (
        "import sys; from overlap.cli.app import app\n"
        "for command in ('needs', 'map'):\n"
        "    app([command, sys.argv[1], '--json', '--kind', 'term'], standalone_mode=False)"
    )
    told = {
        subprocess.run(
            [sys.executable, "-c", "import overlap.cli\n" + script, str(store)],
            capture_output=True, check=True, env={**os.environ, "PYTHONHASHSEED": seed},
        ).stdout
        for seed in ("0", "1", "77")
    }  # fmt: skip
    assert len(told) == 1
    assert b'"nodes"' in told.pop()
