"""What is planted in the sample community's posts is found, and counted to the user."""

import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from overlap.terms import Lexicon, discover, learn, term_rows, terms_of

SAMPLE = Path(__file__).parents[1] / "sample_data"
GAMES = Path(__file__).parents[2] / "shared" / "data" / "game_reviews.parquet"
TRUTHS: dict[str, Any] = tomllib.loads((SAMPLE / "truths.toml").read_text(encoding="utf-8"))
COINED = ["小众遛弯", "口袋纪录片", "不拖影", "开黑", "跟手", "低延迟", "4毫秒响应", "hdmi 2.1"]


@pytest.fixture(scope="module")
def posts() -> pl.DataFrame:
    rows = pl.read_parquet(SAMPLE / "events.parquet").filter(pl.col("text").is_not_null())
    day = pl.col("time").dt.date() - pl.lit(date(2025, 12, 29))
    return rows.with_columns(week=day.dt.total_days() // 7 + 1)


@pytest.fixture(scope="module")
def lexicon(posts: pl.DataFrame) -> Lexicon:
    return learn(posts["text"], posts["user_id"])


@pytest.fixture(scope="module")
def said(posts: pl.DataFrame, lexicon: Lexicon) -> pl.DataFrame:
    """Return a row per post and term."""
    return term_rows(posts["text"], lexicon).join(posts.with_row_index("row"), on="row")


def test_every_word_that_is_found_is_a_coinage_a_brand_or_a_selling_point(
    posts: pl.DataFrame,
) -> None:
    words = discover(posts["text"], posts["user_id"])["word"].to_list()
    brands = {name.split()[0] for name in posts["brand"].drop_nulls().unique()}
    points = {pair[key].lower() for pair in TRUTHS["language"]["pairs"]
              for key in ("selling_point", "word")}  # fmt: skip
    assert set(COINED) <= set(words)
    assert set(words) <= {"小众遛弯", "口袋纪录片", *points, *brands}


def test_learnt_words_and_hashtags_are_kept_whole(lexicon: Lexicon) -> None:
    assert {*COINED, "城市漫步", "电竞电视"} <= set(lexicon.words)
    texts = pl.Series(["求城市漫步和小众遛弯路线", "客厅的电竞电视，要跟手、不拖影"])
    assert terms_of(texts, lexicon).to_list() == [
        ["城市漫步", "小众遛弯", "路线"],
        ["客厅", "电竞电视", "跟手", "不拖影"],
    ]


@pytest.mark.parametrize("name", ["burst", "word_need"])
def test_weekly_users_of_a_coinage_are_the_planted_ones(name: str, said: pl.DataFrame) -> None:
    users = said.filter(pl.col("term") == TRUTHS[name]["word"])
    weekly = dict(users.group_by("week").agg(pl.col("user_id").n_unique()).iter_rows())
    expected = TRUTHS[name]["weekly_word_users"]
    assert [weekly.get(week, 0) for week in range(1, len(expected) + 1)] == expected


def test_users_of_selling_points_and_of_the_players_words_are_the_planted_ones(
    posts: pl.DataFrame, said: pl.DataFrame
) -> None:
    language = TRUTHS["language"]
    events = pl.read_parquet(SAMPLE / "events.parquet")
    segment = events.filter(pl.col("interest").list.contains(language["interest"]))["user_id"]
    tv = said.filter(pl.col("category") == language["category"])
    inside = pl.col("user_id").is_in(segment.unique().implode())
    for pair in language["pairs"]:
        for key in ("selling_point", "word"):
            users = tv.filter(pl.col("term") == pair[key].lower()).unique("user_id")
            assert len(users.filter(inside)) == pair[f"{key}_segment_users"]
            assert len(users.filter(~inside)) == pair[f"{key}_rest_users"]


def test_hashtags_count_as_often_as_they_are_set(posts: pl.DataFrame, said: pl.DataFrame) -> None:
    for tag in TRUTHS["burst"]["hashtags"]:
        rows = posts.filter(pl.col("text").str.contains(f"#{tag}#", literal=True))
        assert len(said.filter(pl.col("term") == f"#{tag}")) == len(rows)


@pytest.mark.skipif(not GAMES.exists(), reason="needs game_reviews.parquet in ../shared/data")
def test_expressions_of_players_are_found_in_their_reviews() -> None:
    reviews = pl.read_parquet(GAMES).filter(pl.col("text").is_not_null())
    words = discover(reviews["text"], reviews["user_id"])
    first = words["word"].head(30).to_list()
    assert {"co-op", "early access", "pay to win", "single player", "open world"} <= set(first)
    counter = reviews.filter(pl.col("text").str.contains(r"(?i)\bcounter[ -]+strike\b"))
    assert words.filter(pl.col("word") == "counter strike")["users"].item() == (
        counter["user_id"].n_unique()
    )
