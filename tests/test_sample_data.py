"""The sample data holds what it says it holds, counted here without the package."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal

SAMPLE = Path(__file__).parents[1] / "sample_data"
MONDAY = datetime(2025, 12, 29)
KINDS = ("category", "interest", "brand")


@pytest.fixture(scope="module")
def events() -> pl.DataFrame:
    return pl.read_parquet(SAMPLE / "events.parquet").with_columns(
        week=(pl.col("time") - MONDAY).dt.total_days() // 7 + 1
    )


@pytest.fixture(scope="module")
def truths() -> dict[str, Any]:
    return tomllib.loads((SAMPLE / "truths.toml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def users(events: pl.DataFrame) -> dict[str, set[int]]:
    """Name → its users, as plain Python sets."""
    found: dict[str, set[int]] = {}
    for kind in KINDS:
        named = (events.explode(kind) if kind == "interest" else events).drop_nulls(kind)
        for (name,), part in named.select(kind, "user_id").unique().group_by(kind):
            found[str(name)] = set(part["user_id"])
    found["all"] = set(events["user_id"])
    return found


def tgi(users: dict[str, set[int]], a: str, b: str) -> float:
    return 100 * len(users[a] & users[b]) * len(users["all"]) / (len(users[a]) * len(users[b]))


def fair_share(users: dict[str, set[int]], brand: str, category: str, interest: str) -> float:
    segment = users[category] & users[interest]
    inside = len(segment & users[brand]) / len(segment)
    return 100 * inside / (len(users[category] & users[brand]) / len(users[category]))


def weekly(events: pl.DataFrame, condition: pl.Expr) -> list[int]:
    counts = dict(
        events.filter(condition)
        .group_by("week")
        .agg(pl.col("user_id").n_unique())
        .iter_rows()
    )  # fmt: skip
    return [counts.get(week, 0) for week in range(1, 27)]


def weekly_share(events: pl.DataFrame, interest: str) -> list[float]:
    active = weekly(events, pl.lit(True))
    reach = weekly(events, pl.col("interest").list.contains(interest))
    return [some / everyone for some, everyone in zip(reach, active, strict=True)]


def says(word: str) -> pl.Expr:
    return pl.col("text").str.contains(word, literal=True)


def test_the_file_is_small_and_its_columns_are_as_documented(events: pl.DataFrame) -> None:
    assert (SAMPLE / "events.parquet").stat().st_size < 6_000_000
    assert events.drop("week").schema == pl.Schema(
        {
            "user_id": pl.Int64,
            "time": pl.Datetime("ms"),
            "action": pl.String,
            "category": pl.String,
            "interest": pl.List(pl.String),
            "brand": pl.String,
            "text": pl.String,
        }
    )
    assert set(events["action"]) == {"browse", "like", "comment", "post", "buy"}


def test_the_events_cover_26_whole_weeks_that_end_on_a_sunday(events: pl.DataFrame) -> None:
    assert MONDAY.weekday() == 0
    assert events["time"].min() >= MONDAY
    assert datetime(2026, 6, 28, 23) <= events["time"].max() < datetime(2026, 6, 29)
    assert events["time"].dt.date().n_unique() == 26 * 7


def test_every_row_has_a_user_a_time_and_a_tag(events: pl.DataFrame) -> None:
    assert events["user_id"].null_count() == events["time"].null_count() == 0
    assert events.filter(pl.all_horizontal(pl.col(KINDS).is_null())).is_empty()
    assert events.filter(pl.col("interest").list.len() == 0).is_empty()


def test_a_brand_is_seen_in_its_own_category_only(events: pl.DataFrame) -> None:
    pairs = events.drop_nulls("brand").select("brand", "category").unique()
    assert pairs["category"].null_count() == 0
    assert pairs["brand"].is_unique().all()
    assert pairs["category"].value_counts()["count"].is_between(2, 5).all()


def test_most_users_do_little_and_a_few_do_much(events: pl.DataFrame) -> None:
    per_user = events["user_id"].value_counts()["count"].sort(descending=True)
    assert 55_000 <= len(per_user) <= 60_000
    assert per_user.median() <= 8
    assert per_user.head(len(per_user) // 100).sum() > 0.05 * per_user.sum()


def test_the_written_counts_are_those_of_the_file(
    events: pl.DataFrame, users: dict[str, set[int]], truths: dict[str, Any]
) -> None:
    data = truths["data"]
    assert data["rows"] == len(events)
    assert data["users"] == len(users["all"])
    assert data["rows_with_text"] == events["text"].count()
    assert (data["categories"], data["brands"]) == (12, 30)
    assert data["categories"] + data["interests"] + data["brands"] == len(users) - 1
    for name in ("hero", "chance", "fluke", "niche"):
        truth = truths[name]
        category, interest = truth["category"], truth["interest"]
        assert truth["category_users"] == len(users[category])
        assert truth["interest_users"] == len(users[interest])
        assert truth["overlap_users"] == len(users[category] & users[interest])
        assert truth["tgi"] == pytest.approx(tgi(users, category, interest), abs=1e-3)
    for name in ("hero", "niche"):
        truth = truths[name]
        index = fair_share(users, truth["brand"], truth["category"], truth["interest"])
        assert truth["fair_share_index"] == pytest.approx(index, abs=1e-3)


def test_esports_meets_television_far_above_chance_and_the_brand_is_missing_there(
    users: dict[str, set[int]], truths: dict[str, Any]
) -> None:
    hero = truths["hero"]
    category, interest = hero["category"], hero["interest"]
    assert len(users[category] & users[interest]) > 3_000
    assert 170 <= tgi(users, category, interest) <= 200
    assert 55 <= fair_share(users, hero["brand"], category, interest) <= 65
    assert fair_share(users, hero["rival"], category, interest) > 130


def rough_scores(users: dict[str, set[int]], category: str, brand: str, interests: set[str]):
    """Interest → size × log TGI × missing share, for overlaps of at least 100 users."""
    scores = {}
    for interest in interests:
        size = len(users[category] & users[interest])
        if size >= 100:
            affinity = pl.Series([tgi(users, category, interest) / 100]).log()[0]
            gap = 1 - fair_share(users, brand, category, interest) / 100
            scores[interest] = size * max(0.0, affinity) * max(0.0, gap)
    return scores


def interests_of(events: pl.DataFrame) -> set[str]:
    return set(events["interest"].explode().drop_nulls())


def test_esports_is_the_first_opening_of_the_brand_by_far(
    events: pl.DataFrame, users: dict[str, set[int]], truths: dict[str, Any]
) -> None:
    hero = truths["hero"]
    scores = rough_scores(users, hero["category"], hero["brand"], interests_of(events))
    first, second = sorted(scores, key=lambda name: -scores[name])[:2]
    assert first == hero["interest"]
    assert scores[first] > 5 * scores[second]
    assert hero["second_by_rough_score"] == second


def test_other_brands_have_other_first_openings(
    events: pl.DataFrame, users: dict[str, set[int]], truths: dict[str, Any]
) -> None:
    for truth in truths["openings"][::5]:
        scores = rough_scores(users, truth["category"], truth["brand"], interests_of(events))
        assert max(scores, key=lambda name: scores[name]) == truth["interest"]
    assert len(truths["openings"]) == 30
    assert len({truth["interest"] for truth in truths["openings"]}) >= 15


def test_the_hero_overlap_grows_modestly_and_never_falls_under_the_floor(
    events: pl.DataFrame, truths: dict[str, Any]
) -> None:
    hero = truths["hero"]
    tv = events.filter(pl.col("category") == hero["category"])
    play = events.filter(pl.col("interest").list.contains(hero["interest"]))
    both = tv.join(play, on=["user_id", "week"], how="semi")
    by_week = weekly(both, pl.lit(True))
    assert by_week == hero["weekly_overlap_users"]
    assert min(by_week) > 100
    active = weekly(events, pl.lit(True))
    relative = (sum(by_week[-8:]) / sum(active[-8:])) / (sum(by_week[:8]) / sum(active[:8]))
    assert 1.05 < relative < 1.35


def test_the_largest_overlap_with_television_is_pure_chance(
    events: pl.DataFrame, users: dict[str, set[int]], truths: dict[str, Any]
) -> None:
    category, food = truths["chance"]["category"], truths["chance"]["interest"]
    sizes = {name: len(users[category] & users[name]) for name in interests_of(events)}
    assert max(sizes, key=lambda name: sizes[name]) == food
    assert 97 <= tgi(users, category, food) <= 103


def test_the_highest_index_with_television_belongs_to_a_handful_of_users(
    events: pl.DataFrame, users: dict[str, set[int]], truths: dict[str, Any]
) -> None:
    category, fluke = truths["fluke"]["category"], truths["fluke"]["interest"]
    index = {name: tgi(users, category, name) for name in interests_of(events)}
    assert max(index, key=lambda name: index[name]) == fluke
    assert index[fluke] > 300
    assert 12 <= len(users[category] & users[fluke]) <= 30


def test_a_niche_lies_inside_the_mega_category_and_loves_one_brand(
    users: dict[str, set[int]], truths: dict[str, Any]
) -> None:
    niche = truths["niche"]
    category, interest = users[niche["category"]], users[niche["interest"]]
    assert len(category) > 0.55 * len(users["all"])
    assert 400 <= len(interest) <= 600
    assert 0.9 < len(category & interest) / len(interest) < 1
    assert fair_share(users, niche["brand"], niche["category"], niche["interest"]) > 300


def test_the_city_walk_bursts_inside_sneakers_in_week_18(
    events: pl.DataFrame, users: dict[str, set[int]], truths: dict[str, Any]
) -> None:
    burst = truths["burst"]
    start = burst["first_week"] - 1
    reach = weekly(events, pl.col("interest").list.contains(burst["interest"]))
    assert reach == burst["weekly_users"]
    assert max(reach[:start]) < 10
    assert min(reach[start:]) > 200
    assert reach[-1] >= 4 * reach[start]
    assert tgi(users, burst["category"], burst["interest"]) > 200
    inside = burst["weekly_overlap_users"]
    assert min(inside[start : start + 2]) > 100, "two weeks running above the floor"


def test_the_words_of_the_city_walk_come_in_its_first_week_and_not_before(
    events: pl.DataFrame, truths: dict[str, Any]
) -> None:
    burst = truths["burst"]
    start = burst["first_week"] - 1
    for word in (burst["word"], f"#{burst['word']}#"):
        by_week = weekly(events, says(word))
        assert sum(by_week[:start]) == 0
        assert by_week[start] > 20
        assert by_week[-1] > 3 * by_week[start]
    assert weekly(events, says(burst["word"])) == burst["weekly_word_users"]
    assert all(weekly(events, says(f"#{tag}#"))[start] > 20 for tag in burst["hashtags"])
    spoken = events.filter(says(burst["word"]))
    assert spoken["interest"].list.contains(burst["interest"]).all()


def test_a_need_without_a_tag_lives_in_texts_on_phones_only(
    events: pl.DataFrame, users: dict[str, set[int]], truths: dict[str, Any]
) -> None:
    need = truths["word_need"]
    by_week = weekly(events, says(need["word"]))
    start = need["first_week"] - 1
    assert by_week == need["weekly_word_users"]
    assert sum(by_week[:start]) == 0
    assert min(by_week[start:]) > 100
    assert by_week[-1] > 2 * by_week[start]
    assert set(events.filter(says(need["word"]))["category"]) == {need["category"]}
    assert not any(need["word"] in name for name in users)


def test_seasonal_interests_repeat_and_have_two_cycles(
    events: pl.DataFrame, truths: dict[str, Any]
) -> None:
    cyclic = [truth for truth in truths["seasonal"] if "cycle_weeks" in truth]
    assert [truth["cycle_weeks"] for truth in cyclic] == [4, 13]
    for truth in cyclic:
        share, cycle = weekly_share(events, truth["interest"]), truth["cycle_weeks"]
        now, later = pl.Series(share[:-cycle]), pl.Series(share[cycle:])
        repeats = pl.DataFrame({"a": now, "b": later}).select(pl.corr("a", "b")).item()
        assert repeats > 0.9
        assert max(share) > 3 * min(share)
        assert len(share) >= 2 * cycle


def test_skiing_belongs_to_winter(events: pl.DataFrame, truths: dict[str, Any]) -> None:
    skiing = next(truth for truth in truths["seasonal"] if "peak_weeks" in truth)
    first, last = skiing["peak_weeks"]
    share = weekly_share(events, skiing["interest"])
    assert min(share[first - 1 : last]) > 5 * max(share[13:])


def test_blind_boxes_decline_and_yoga_stays_flat(
    events: pl.DataFrame, truths: dict[str, Any]
) -> None:
    def change(interest: str) -> float:
        share = weekly_share(events, interest)
        return sum(share[-8:]) / sum(share[:8])

    assert change(truths["decline"]["interest"]) < 0.6
    assert 0.93 < change(truths["flat"]["interest"]) < 1.07


def test_players_have_their_own_words_for_the_selling_points(
    events: pl.DataFrame, users: dict[str, set[int]], truths: dict[str, Any]
) -> None:
    language = truths["language"]
    texts = events.filter(
        pl.col("category") == language["category"], pl.col("text").is_not_null()
    )  # fmt: skip
    speakers = set(texts["user_id"])
    players = speakers & users[language["interest"]]
    others = speakers - players
    assert len(players) == language["segment_users_with_category_text"] > 1_000
    assert len(others) == language["rest_users_with_category_text"] > 1_000
    assert len(language["pairs"]) == 4
    for pair in language["pairs"]:
        players_word = set(texts.filter(says(pair["word"]))["user_id"])
        sheets_word = set(texts.filter(says(pair["selling_point"]))["user_id"])
        assert len(players_word & players) == pair["word_segment_users"]
        assert len(sheets_word & others) == pair["selling_point_rest_users"]
        in_players = len(players_word & players) / len(players)
        in_others = len(players_word & others) / len(others)
        assert in_players > 5 * in_others
        assert len(sheets_word & others) / len(others) > 1.3 * len(sheets_word & players) / len(
            players
        )
        together = texts.filter(says(pair["word"]) & says(pair["selling_point"]))
        assert together["user_id"].n_unique() > 30, "texts that say both join the pair"


def test_texts_are_varied_and_short(events: pl.DataFrame) -> None:
    texts = events["text"].drop_nulls()
    assert 0.10 < len(texts) / len(events) < 0.20
    assert texts.n_unique() > 0.85 * len(texts)
    assert texts.str.len_chars().max() <= 140
    assert set(events.drop_nulls("text")["action"]) == {"post", "comment"}
    assert texts.str.contains(r"#[^#\s]+#").sum() > 20_000


def run_generator(to: Path, *options: str, hash_seed: str = "0") -> pl.DataFrame:
    command = [sys.executable, str(SAMPLE / "generate.py"), "--to", str(to), *options]
    environment = {**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONDONTWRITEBYTECODE": "1"}
    subprocess.run(command, check=True, capture_output=True, env=environment)
    return pl.read_parquet(to / "events.parquet")


def test_the_generator_makes_the_same_rows_every_time(tmp_path: Path) -> None:
    one = run_generator(tmp_path / "one", "--users", "1500", hash_seed="1")
    two = run_generator(tmp_path / "two", "--users", "1500", hash_seed="2")
    assert one["user_id"].n_unique() > 1_400
    assert_frame_equal(one, two)
    written = [(tmp_path / name / "truths.toml").read_bytes() for name in ("one", "two")]
    assert written[0] == written[1]


@pytest.mark.slow
def test_the_file_kept_beside_the_source_is_what_the_generator_makes(tmp_path: Path) -> None:
    made = run_generator(tmp_path)
    assert_frame_equal(made, pl.read_parquet(SAMPLE / "events.parquet"))
    assert (tmp_path / "truths.toml").read_text("utf-8") == (SAMPLE / "truths.toml").read_text(
        "utf-8"
    )
