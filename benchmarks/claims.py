"""What is claimed when nothing is there, and what is found when something is: simulated."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from overlap import estimates
from overlap.building import BuildOptions, build
from overlap.insights.openings import scored
from overlap.insights.trends import follow
from overlap.model import TagColumn, Verdict
from overlap.panel import Panel, open_panel

RUNS = 400
INTERESTS = 100
SIZES, PARTS, GAPS = (2_000, 20_000), ((0.1, 0.3), (0.3, 0.1), (0.3, 0.3)), (0.1, 0.2, 0.3)
"""Users of the category; an interest's share of it and the brand's penetration; what is missing."""
USERS, CATEGORY, BRANDS = 100_000, 20_000, 100
FDR = 0.05
WEEKS, BURSTS, SEASONS = 156, 1_000, 500
LEVELS, LIFTS = (60, 200, 2_000), (1.5, 2.0, 3.0, 5.0)
PAGE = Path(__file__).parents[1] / "docs" / "accuracy.md"

Floats = NDArray[np.float64]


def gap_known(
    rng: np.random.Generator, users: int, part: float, penetration: float, gap: float
) -> tuple[bool, int]:
    """Return whether a planted gap is a discovery among INTERESTS, and how many others are.

    Every interest is an independent random `part` of the category. Of the first the brand reaches
    `gap` less than the `penetration` it has among all others.
    """
    n = rng.binomial(users, part, INTERESTS)
    first = np.zeros(users, dtype=bool)
    first[: n[0]] = True
    brand = rng.random(users) < np.where(first, penetration * (1 - gap), penetration)
    total = int(brand.sum())
    x = rng.hypergeometric(total, users - total, n)
    x[0] = int(brand[: n[0]].sum())
    found = estimates.brand_gaps(x, n, np.full(INTERESTS, total), np.full(INTERESTS, users), 1.0)
    behind = (estimates.false_discovery_rates(found.p) <= FDR) & (found.users.value > 0)
    return bool(behind[0]), int(behind[1:].sum())


def gap_lines() -> Iterator[str]:
    """Yield a table of how often planted gaps are found, and how often others are."""
    rng = np.random.default_rng(12)
    found = " | ".join(f"found, gap {gap:.0%}" for gap in (0, *GAPS))
    yield f"| users of the category | interest | brand reaches | {found} | others called behind |"
    yield "|---:|---:|---:|" + "---:|" * (len(GAPS) + 2)
    for users in SIZES:
        for part, penetration in PARTS:
            cells, others = [], 0
            for gap in (0.0, *GAPS):
                told = [gap_known(rng, users, part, penetration, gap) for _ in range(RUNS)]
                cells.append(f"{np.mean([found for found, _ in told]):.0%}")
                others += sum(other > 0 for _, other in told)
            yield (
                f"| {users:,} | {part:.0%} | {penetration:.0%} | {' | '.join(cells)} "
                f"| {others / RUNS / (len(GAPS) + 1):.1%} |"
            )


def random_brands(seed: int, folder: Path, budget: int) -> Panel:
    """Return a store of a category, interests that overlap it at twice chance, and BRANDS.

    Each brand is an independent random tenth of the category, so that nothing is missing anywhere.
    """
    rng = np.random.default_rng(seed)
    parts = [_tagged("category", "tv", np.arange(CATEGORY)),
             _tagged("interest", "everybody", np.arange(USERS))]  # fmt: skip
    for i in range(2 * INTERESTS):
        n = int(rng.integers(500, 5_000))
        both = rng.choice(CATEGORY, int(0.4 * n), replace=False)
        rest = CATEGORY + rng.choice(USERS - CATEGORY, n - len(both), replace=False)
        parts.append(_tagged("interest", f"i{i}", np.r_[both, rest]))
    for i in range(BRANDS):
        parts.append(_tagged("brand", f"b{i}", np.flatnonzero(rng.random(CATEGORY) < 0.1)))
    pl.concat(parts, how="diagonal").write_parquet(folder / "events.parquet")
    kinds = ("category", "interest", "brand")
    options = BuildOptions(
        user="user", tags=tuple(TagColumn(kind, kind) for kind in kinds), budget=budget
    )
    build([str(folder / "events.parquet")], folder / "store", options)
    return open_panel(folder / "store")[1]


def _tagged(kind: str, name: str, users: NDArray[np.int64]) -> pl.DataFrame:
    return pl.DataFrame({"user": users}).with_columns(pl.lit(name).alias(kind))


def brand_lines() -> Iterator[str]:
    """Yield a table of how many random brands have a row that is called an opening."""
    yield "| users kept | random brands | with any opening | rows | of which count missing users |"
    yield "|---|---:|---:|---:|---:|"
    for budget, kept in ((16_000_000, "all"), (60_000, "a sample")):
        openings, missing, rows = 0, 0, 0
        for seed in (1, 2):
            with tempfile.TemporaryDirectory() as folder:
                panel = random_brands(seed, Path(folder), budget)
                for i in range(BRANDS):
                    frame = scored(panel, "tv", brand=f"b{i}")
                    openings += (frame["verdict"] == Verdict.OPENING).any()
                    missing += int((frame["gap_users"] > 0).sum())
                    rows += len(frame)
        brands = 2 * BRANDS
        yield (
            f"| {kept} | {brands} | {openings} ({openings / brands:.1%}) | {rows:,} | {missing:,} |"
        )


def bursts_from_nothing(
    rng: np.random.Generator, count: int, level: float
) -> tuple[NDArray[np.int64], Floats]:
    """Return weekly users with one burst before week 104, and those of the platform."""
    platform = 20_000 * np.exp(rng.normal(0, 0.25, WEEKS)) * np.linspace(1, 3, WEEKS)
    users = rng.poisson(np.broadcast_to(level * platform / platform.mean(), (count, WEEKS)))
    for row in users:
        at, lasts = rng.integers(4, 104), rng.integers(2, 7)
        row[at : at + lasts] += rng.poisson(rng.choice([150, 300, 1_000, 3_000]), lasts)
    return users, platform


def yearly(rng: np.random.Generator, count: int, level: float, lift: float) -> NDArray[np.int64]:
    """Return users of three years who every year are `lift` times as many at the height of 7 weeks.

    Every week has 8% noise of its own, and the level wanders by 1% a week.
    """
    week = np.arange(WEEKS)
    away = (week - rng.integers(0, 52, (count, 1)) + 26) % 52 - 26
    high = np.where(abs(away) <= 3, 0.5 + 0.5 * np.cos(np.pi * away / 4), 0)
    noise = rng.normal(0, 0.08, high.shape) + np.cumsum(rng.normal(0, 0.01, high.shape), axis=1)
    return rng.poisson(level * (1 + (lift - 1) * high) * np.exp(noise))


def season_lines() -> Iterator[str]:
    """Yield two tables: bursts taken for seasons, and seasons that are recognised."""
    rng = np.random.default_rng(13)
    yield "| one burst, users a week otherwise | taken for a season | seen as a burst |"
    yield "|---:|---:|---:|"
    for level in (0, 3, 20, 200):
        users, platform = bursts_from_nothing(rng, BURSTS, level)
        found = follow(users, np.ones(BURSTS), platform, floor=100)
        seen = found.burst.any(axis=1)
        yield f"| {level} | {(found.cycle > 0).mean():.1%} | {seen.mean():.0%} |"
    yield ""
    yield (
        "| a season every year, users a week otherwise | "
        + " | ".join(f"{lift:g} times at its height" for lift in LIFTS)
        + " |"
    )
    yield "|---:|" + "---:|" * len(LIFTS)
    for level in LEVELS:
        known = []
        for lift in LIFTS:
            users = yearly(rng, SEASONS, level, lift)
            found = follow(users, np.ones(SEASONS), np.full(WEEKS, 20_000.0), floor=100)
            known.append(f"{(found.cycle == 52).mean():.0%}")
        yield f"| {level:,} | {' | '.join(known)} |"


def lines() -> list[str]:
    """Return the section of docs/accuracy.md."""
    return [
        "## What is claimed, and what is missed",
        "",
        f"A brand behind in one of {INTERESTS} interests of its category, by 10, 20 and 30% of "
        "its penetration elsewhere; at 0% nothing is planted and what is found is false. Found "
        f"means a discovery at a false discovery rate of {FDR:.0%} over all of them; {RUNS} runs a "
        "cell. The last column is how often any interest without a gap was called one. In a "
        "category of 2,000 only large gaps in large interests can be told from chance: so few "
        "users know no more.",
        "",
        *gap_lines(),
        "",
        f"Brands at random: each an independent tenth of a category of {CATEGORY:,} among "
        f"{USERS:,} users, with {2 * INTERESTS} interests that overlap it at twice chance. Every "
        "true fair-share index is 100; what is missing as counted is chance.",
        "",
        *brand_lines(),
        "",
        f"Weeks, {BURSTS:,} series a row: a burst of 2 to 6 weeks with 150 to 3,000 users before "
        "week 104, on a platform that grows threefold with 25% noise. Taken for a season means "
        "that any cycle (4, 13, 26 or 52 weeks) was believed.",
        "",
        *season_lines(),
        "",
    ]  # fmt: skip


def main() -> None:
    """Put the section into docs/accuracy.md, in place of the one that is there."""
    page = re.sub(r"\n## What is claimed.*?(?=\n## |\Z)", "", PAGE.read_text("utf-8"), flags=re.S)
    PAGE.write_text(page.rstrip() + "\n\n" + "\n".join(lines()).rstrip() + "\n", "utf-8")


if __name__ == "__main__":
    main()
