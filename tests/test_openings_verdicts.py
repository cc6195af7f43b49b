"""Only what is known is called an opening: brands at random have none, planted gaps are found."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from overlap import estimates
from overlap.building import BuildOptions, build
from overlap.insights import wording
from overlap.insights.openings import openings, scored
from overlap.model import OPENINGS_TABLE, Policy, TagColumn, UsageError, Verdict
from overlap.panel import Panel, open_panel

USERS, CATEGORY = 50_000, 10_000
INTERESTS = 100
KINDS = ("category", "interest", "brand")
Ids = np.ndarray


def community(
    seed: int, brands: Callable[[np.random.Generator, list[Ids]], dict[str, Ids]], path: Path,
    budget: int = 16_000_000,
) -> Panel:  # fmt: skip
    """A category, interests that overlap it at twice chance, and the brands of a rule."""
    random = np.random.default_rng(seed)
    audiences = {("category", "tv"): np.arange(CATEGORY), ("interest", "all"): np.arange(USERS)}
    inside = []
    for i in range(INTERESTS):
        n = int(random.integers(400, 3000))
        both = random.choice(CATEGORY, int(n * 0.4), replace=False)
        rest = CATEGORY + random.choice(USERS - CATEGORY, n - len(both), replace=False)
        audiences["interest", f"i{i}"] = np.r_[both, rest]
        inside.append(both)
    for name, users in brands(random, inside).items():
        audiences["brand", name] = users
    schema = {"user": pl.Int64, **dict.fromkeys(KINDS, pl.String)}
    events = pl.concat(
        pl.DataFrame(
            {"user": users.astype(np.int64), **{k: name if k == kind else None for k in KINDS}},
            schema=schema,
        )
        for (kind, name), users in audiences.items()
    )
    events.write_parquet(path / "events.parquet")
    tags = tuple(TagColumn(kind, kind) for kind in KINDS)
    options = BuildOptions(user="user", tags=tags, budget=budget, k=500)
    build([str(path / "events.parquet")], path / "store", options)
    return open_panel(path / "store")[1]


def at_random(count: int) -> Callable[[np.random.Generator, list[Ids]], dict[str, Ids]]:
    """Brands that are each an independent random tenth of the category."""

    def brands(random: np.random.Generator, _: list[Ids]) -> dict[str, Ids]:
        return {
            f"b{b}": random.choice(CATEGORY, CATEGORY // 10, replace=False) for b in range(count)
        }

    return brands


def weaker_in_the_first(by: float) -> Callable[[np.random.Generator, list[Ids]], dict[str, Ids]]:
    """A brand of a tenth of the category that is weaker by this share in the interest i0."""

    def brands(random: np.random.Generator, inside: list[Ids]) -> dict[str, Ids]:
        reach = np.full(CATEGORY, 0.1)
        reach[inside[0]] *= 1 - by
        return {"b": np.flatnonzero(random.random(CATEGORY) < reach)}

    return brands


def with_an_opening(panel: Panel, brands: int) -> int:
    found = [openings(panel, "tv", brand=f"b{b}")["verdict"] for b in range(brands)]
    return sum(Verdict.OPENING in set(verdicts) for verdicts in found)


def test_a_brand_at_random_has_no_opening_and_the_headline_says_so(tmp_path: Path) -> None:
    panel = community(1, at_random(1), tmp_path)
    rows = scored(panel, "tv", brand="b0", policy=Policy(0, 0))
    assert set(rows["verdict"]) == {"overlap only", "by chance"}
    assert (rows["score"].drop_nulls() == 0).all()
    assert set(rows["standing"]) == {"unclear"}
    # Half of the rows lack somebody; none of them is said to.
    assert (rows["gap_users"] > 0).sum() > INTERESTS / 4
    assert "no gap can be told from chance" in wording.headline(rows)
    assert "没有缺口能与随机波动区分开" in wording.headline(rows, "zh")
    assert not any("missing" in reason for reason in rows["reason"])


@pytest.mark.slow
@pytest.mark.parametrize(("budget", "seeds"), [(16_000_000, (1, 2)), (60_000, (3, 4))])
def test_of_many_brands_at_random_at_most_one_in_twenty_has_an_opening(
    tmp_path: Path, budget: int, seeds: tuple[int, ...]
) -> None:
    brands, found = 50, 0
    for seed in seeds:
        path = tmp_path / str(seed)
        path.mkdir()
        panel = community(seed, at_random(brands), path, budget)
        assert (panel.floor_rate < 1) == (budget == 60_000)
        found += with_an_opening(panel, brands)
    assert found <= 0.05 * brands * len(seeds)


def test_a_planted_gap_is_the_one_opening(tmp_path: Path) -> None:
    panel = community(7, weaker_in_the_first(0.5), tmp_path)
    rows = openings(panel, "tv", brand="b", policy=Policy(0, 0))
    first = rows.row(0, named=True)
    assert (first["interest"], first["verdict"]) == ("i0", "opening")
    assert (rows["verdict"] == "opening").sum() == 1
    assert 0 < first["gap_low"] < first["gap_users"] < first["gap_high"]
    assert first["gap_q"] < 0.05
    assert first["score"] > 0
    assert first["rank_low"] == first["rank_high"] == 1
    assert "are missing" in first["reason"]
    assert rows.columns[-4:] == ["gap_low", "gap_high", "gap_q", "verdict"]
    assert rows.schema == OPENINGS_TABLE


def test_an_opening_that_a_brand_has_few_users_in_keeps_its_verdict_and_hides_how_few(
    tmp_path: Path,
) -> None:
    panel = community(7, weaker_in_the_first(0.5), tmp_path)
    free = scored(panel, "tv", brand="b", policy=Policy(0, 0)).row(0, named=True)
    assert 0 < free["overlap_users"] * free["brand_penetration"] < 100
    first = scored(panel, "tv", brand="b").row(0, named=True)
    assert (first["interest"], first["verdict"], first["suppressed"]) == ("i0", "opening", None)
    assert "100" in first["brand_suppressed"]
    numbers = ("brand_penetration", "fair_share_index", "unreached_users", "gap_users", "gap_low",
               "gap_high", "gap_q", "gap_cautious")  # fmt: skip
    assert [first[name] for name in numbers] == [None] * len(numbers)
    assert first["overlap_users"] == free["overlap_users"]
    # The score is made of what is shown: of a brand that has the floor's users here.
    assert 0 <= first["score"] < free["score"]
    assert "not shown" in first["reason"]


def test_without_a_brand_the_overlap_decides(tmp_path: Path) -> None:
    rows = scored(community(3, at_random(0), tmp_path), "tv")
    assert rows.filter(pl.col("interest") != "all")["verdict"].unique().to_list() == ["opening"]
    assert rows.filter(pl.col("interest") == "all")["verdict"].item() == "by chance"
    assert rows["gap_q"].null_count() == len(rows)
    assert "strongest opening in tv" in wording.headline(rows)


def test_every_row_has_one_of_five_verdicts_and_only_openings_have_a_rank(tmp_path: Path) -> None:
    panel = community(7, weaker_in_the_first(0.5), tmp_path)
    rows = scored(panel, "tv", brand="b", policy=Policy(250, 100))
    assert set(rows["verdict"]) <= {verdict.value for verdict in Verdict}
    suppressed = rows.filter(pl.col("suppressed").is_not_null())
    assert suppressed["verdict"].unique().to_list() == ["suppressed"]
    assert suppressed["gap_low"].null_count() == len(suppressed)
    ranked = rows.filter(pl.col("rank_low").is_not_null())
    assert ranked["verdict"].unique().to_list() == ["opening"]
    order = [v == "opening" for v in rows["verdict"]]
    assert order == sorted(order, reverse=True)


def test_overlaps_at_random_are_no_openings_without_a_brand(tmp_path: Path) -> None:
    """60 interests drawn at random, in twelve communities: none of them overlaps beyond chance."""
    random, found = np.random.default_rng(5), 0
    for number in range(12):
        path = tmp_path / str(number)
        path.mkdir()
        frames = [pl.DataFrame({"user": np.arange(2000), "category": "tv"})]
        for i in range(60):
            users = random.choice(10_000, int(random.integers(600, 3000)), replace=False)
            frames.append(pl.DataFrame({"user": users, "interest": f"i{i}"}))
        frames.append(pl.DataFrame({"user": np.arange(10_000), "interest": "all"}))
        pl.concat(frames, how="diagonal").write_parquet(path / "e.parquet")
        tags = tuple(TagColumn(kind, kind) for kind in ("category", "interest"))
        build([str(path / "e.parquet")], path / "s", BuildOptions(user="user", tags=tags))
        rows = openings(open_panel(path / "s")[1], "tv")
        found += Verdict.OPENING in set(rows["verdict"])
    assert found <= 1


# --- the estimates ------------------------------------------------------------------------------


def test_a_gap_by_hand() -> None:
    """30 of 300 users of the segment, 200 of 1,000 of the category: 30 short of 60."""
    gaps = estimates.brand_gaps(30, 300, 200, 1000, 1.0)
    assert gaps.penetration.value == pytest.approx(0.1)
    assert gaps.fair_share.value == pytest.approx(50)
    assert gaps.users.value == pytest.approx(30)
    # Clopper and Pearson for 30 of 300.
    assert (gaps.penetration.low, gaps.penetration.high) == (
        pytest.approx(0.06851, abs=1e-4),
        pytest.approx(0.13967, abs=1e-4),
    )
    assert 0 < gaps.users.low < 30 < gaps.users.high
    assert gaps.fair_share.low < 50 < gaps.fair_share.high < 100
    assert 0 < gaps.headroom < 0.5


def test_nobody_of_the_brand_and_the_whole_category_are_no_gap() -> None:
    gaps = estimates.brand_gaps([0, 200, 0], [300, 1000, 0], [0, 200, 200], [1000] * 3, 1.0)
    assert np.isnan(gaps.fair_share.value[0])
    assert gaps.users.low[0] < 0 < gaps.users.high[0]
    assert (gaps.users.value[1], gaps.users.low[1], gaps.users.high[1]) == (0, 0, 0)
    assert gaps.fair_share.low[1] == gaps.fair_share.high[1] == 100
    assert np.isnan(gaps.users.value[2])
    assert gaps.headroom.tolist() == [0, 0, 0]
    with pytest.raises(UsageError):
        estimates.brand_gaps(5, 4, 10, 100, 1.0)


@pytest.mark.parametrize("rate", [1.0, 0.25])
@pytest.mark.parametrize(("segment", "category"), [(30, 2000), (1000, 2000), (2000, 20_000)])
@pytest.mark.parametrize("p0", [0.02, 0.1, 0.7])
@pytest.mark.parametrize("fair", [0.7, 1.0, 1.2])
def test_intervals_of_a_gap_hold_the_truth_behind_the_behaviour(
    rate: float, segment: int, category: int, p0: float, fair: float
) -> None:
    """The truth is a propensity, so that exact counts have sampling noise too."""
    random, runs = np.random.default_rng(3), 4000
    p = p0 * fair
    rest = (p0 * category - p * segment) / (category - segment)
    n, m = (random.binomial(size, rate, runs) for size in (segment, category - segment))
    x, y = random.binomial(n, p), random.binomial(m, rest)
    some = (n > 0) & (x + y > 0)
    n, m, x, y = n[some], m[some], x[some], y[some]
    gaps = estimates.brand_gaps(x, n, x + y, n + m, rate)
    for found, truth in (
        (gaps.penetration, p), (gaps.fair_share, 100 * fair), (gaps.users, segment * (p0 - p)),
    ):  # fmt: skip
        held = (found.low <= truth + 1e-9) & (truth - 1e-9 <= found.high)
        assert held.mean() >= 0.94
