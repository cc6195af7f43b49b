"""The product finds what is planted in the sample community, and is not fooled."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from overlap.building import BuildOptions, build
from overlap.cli.serving import sample_store
from overlap.insights.openings import scored
from overlap.insights.pairs import pairs
from overlap.model import Policy, TagColumn
from overlap.panel import Panel, open_panel

SAMPLE = Path(__file__).parents[1] / "sample_data"
TRUTHS: dict[str, Any] = tomllib.loads((SAMPLE / "truths.toml").read_text("utf-8"))
HERO = TRUTHS["hero"]


@pytest.fixture(scope="module")
def exact(tmp_path_factory: pytest.TempPathFactory) -> Panel:
    return open_panel(sample_store(tmp_path_factory.mktemp("sample") / "store"))[1]


@pytest.fixture(scope="module")
def sampled(tmp_path_factory: pytest.TempPathFactory) -> Panel:
    path = tmp_path_factory.mktemp("sampled") / "store"
    options = BuildOptions(
        user="user_id",
        tags=tuple(TagColumn(kind, kind) for kind in ("category", "interest", "brand")),
        time="time",
        period="week",
        budget=120_000,
        k=500,
    )
    report = build([str(SAMPLE / "events.parquet")], path, options)
    assert report.floor_rate <= 0.25
    return open_panel(path)[1]


def hero_table(panel: Panel) -> pl.DataFrame:
    return scored(panel, HERO["category"], brand=HERO["brand"])


def row_of(frame: pl.DataFrame, interest: str) -> dict[str, Any]:
    return frame.row(by_predicate=pl.col("interest") == interest, named=True)


def test_the_hero_is_the_first_opening_with_every_number_exact(exact: Panel) -> None:
    frame = hero_table(exact)
    first = frame.row(0, named=True)
    assert first["interest"] == HERO["interest"]
    assert first["exact"]
    assert first["rank_low"] == first["rank_high"] == 1
    assert first["grade"] == "strong"
    for name in ("category_users", "interest_users", "overlap_users", "expected_users", "tgi",
                 "brand_penetration", "category_penetration", "fair_share_index",
                 "unreached_users", "gap_users"):  # fmt: skip
        assert first[name] == pytest.approx(HERO[name], abs=1e-4), name


def test_the_reason_of_the_hero_holds_its_numbers(exact: Panel) -> None:
    reason = hero_table(exact)["reason"][0]
    for piece in ("4,104", "exact", "2,178", "TGI 188", "16.6%", "28%", "468", HERO["interest"]):
        assert piece in reason
    chinese = scored(exact, HERO["category"], brand=HERO["brand"], language="zh")["reason"][0]
    for piece in ("4,104人", "精确", "2,178人", "TGI 188", "16.6%", "28%", "468人"):
        assert piece in chinese


def test_a_sample_of_the_users_finds_the_same_hero_with_the_truth_inside(sampled: Panel) -> None:
    first = hero_table(sampled).row(0, named=True)
    assert first["interest"] == HERO["interest"]
    assert not first["exact"]
    assert first["overlap_low"] <= HERO["overlap_users"] <= first["overlap_high"]
    assert first["tgi_low"] <= HERO["tgi"] <= first["tgi_high"]


def test_the_large_overlap_that_is_chance_is_not_an_opening(exact: Panel, sampled: Panel) -> None:
    chance = TRUTHS["chance"]
    largest = pairs(exact, 'category:"电视 TV"', "interest").sort("overlap_users")[-1]
    assert largest["name"].item() == chance["interest"]
    for panel in (exact, sampled):
        row = row_of(hero_table(panel), chance["interest"])
        assert row["score"] is None
        assert row["grade"] == "insufficient evidence"
        assert row["why_not"] == "by_chance"
        assert "chance" in row["reason"]


def test_the_tiny_fluke_is_neither_shown_nor_ranked(exact: Panel) -> None:
    row = row_of(hero_table(exact), TRUTHS["fluke"]["interest"])
    assert (row["score"], row["tgi"], row["overlap_users"]) == (None, None, None)
    assert row["suppressed"] == "fewer than 100 users in it or beside it"


def test_without_a_floor_the_fluke_is_shown_but_still_not_ranked(
    tmp_path: Path,
) -> None:
    store = sample_store(tmp_path / "store")
    panel = open_panel(store)[1]
    frame = scored(panel, HERO["category"], policy=Policy(0, 0))
    row = row_of(frame, TRUTHS["fluke"]["interest"])
    assert row["tgi"] == pytest.approx(TRUTHS["fluke"]["tgi"], abs=1e-3)
    assert row["tgi"] == frame["tgi"].max()
    assert row["score"] is None


def test_the_niche_inside_the_mega_category_is_found_for_its_brand(exact: Panel) -> None:
    niche = TRUTHS["niche"]
    # All but 15 of its users are in the category: at a floor of 100 these few would follow.
    hidden = row_of(scored(exact, niche["category"]), niche["interest"])
    assert hidden["overlap_users"] is None
    assert hidden["verdict"] == "suppressed"
    free = Policy(0, 0)
    frame = scored(exact, niche["category"], policy=free)
    row = row_of(frame, niche["interest"])
    assert row["overlap_users"] == niche["overlap_users"]
    assert row["score"] is not None
    against = scored(exact, niche["category"], brand=niche["brand"], policy=free)
    row = row_of(against, niche["interest"])
    assert row["fair_share_index"] == pytest.approx(niche["fair_share_index"], abs=1e-3)
    assert row["gap_users"] == 0


def test_the_burst_shows_as_growth_and_a_flat_interest_does_not(exact: Panel) -> None:
    burst = TRUTHS["burst"]
    frame = scored(exact, burst["category"])
    row = row_of(frame, burst["interest"])
    assert row["growth_z"] >= 3
    assert row["growth"] > 0.3
    assert "grew" in row["reason"]
    flat = row_of(frame, TRUTHS["flat"]["interest"])
    assert abs(flat["growth_z"]) < 2
    assert "grew" not in flat["reason"]


def test_every_brand_gets_an_answer_or_a_reason(exact: Panel) -> None:
    firsts = set()
    for opening in TRUTHS["openings"]:
        frame = scored(exact, opening["category"], brand=opening["brand"])
        assert frame["reason"].str.len_chars().min() > 10  # type: ignore[operator]
        if frame["score"][0] is not None:
            firsts.add(frame["interest"][0])
    assert len(firsts) >= 10
