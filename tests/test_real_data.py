"""Real shopping baskets and game reviews: equal to exact answers, and covered when sampled."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from overlap.building import BuildOptions, build
from overlap.insights.openings import openings
from overlap.insights.pairs import pairs
from overlap.model import Policy, TagColumn
from overlap.panel import open_panel

DATA = Path(__file__).parents[2] / "shared" / "data"
pytestmark = pytest.mark.skipif(
    not DATA.is_dir(), reason="the real data sets are not beside the project"
)
NO_FLOOR = Policy(0, 0)

CASES = {
    "retail": (
        "retail_transactions.parquet",
        "household_id",
        {"product_category": "category", "department": "interest", "manufacturer_id": "brand"},
        {"time": "transaction_timestamp", "period": "month"},
    ),
    "games": (
        "game_reviews.parquet",
        "user_id",
        {"game": "category", "genres": "interest", "developer": "brand"},
        {},
    ),
}


def members(case: str) -> dict[str, dict[str, set[str]]]:
    """Users of every audience by kind, from polars alone."""
    file, user, tags, _ = CASES[case]
    rows = pl.read_parquet(DATA / file)
    found: dict[str, dict[str, set[str]]] = {}
    for column, kind in tags.items():
        tagged = rows.select(pl.col(user).alias("user"), pl.col(column).alias("name"))
        if isinstance(tagged.schema["name"], pl.List):
            tagged = tagged.explode("name")
        tagged = tagged.with_columns(pl.col("name").str.strip_chars()).filter(
            pl.col("name").str.len_chars() > 0
        )
        groups = tagged.group_by("name").agg(pl.col("user").unique())
        found[kind] = {name: set(users) for name, users in groups.iter_rows()}
    return found


def users_seen(case: str) -> set[str]:
    """All users of the file, also those whose rows have no tag."""
    file, user, *_ = CASES[case]
    return set(pl.read_parquet(DATA / file, columns=[user])[user].drop_nulls())


def options(case: str, **more: object) -> tuple[str, BuildOptions]:
    file, user, tags, rest = CASES[case]
    columns = tuple(TagColumn(c, k) for c, k in tags.items())
    return str(DATA / file), BuildOptions(
        user=user, tags=columns, policy=NO_FLOOR, **rest, **more  # type: ignore[arg-type]
    )  # fmt: skip


@pytest.fixture(scope="module", params=CASES)
def exact(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory):  # type: ignore[no-untyped-def]
    source, how = options(request.param)
    path = tmp_path_factory.mktemp(request.param) / "store"
    report = build([source], path, how)
    return request.param, path, report, members(request.param)


def test_every_size_and_overlap_equals_exact_polars(exact) -> None:  # type: ignore[no-untyped-def]
    case, path, report, truth = exact
    _, panel = open_panel(path)
    assert report.floor_rate == 1
    everybody = users_seen(case)
    assert panel.size("universe:all").value == len(everybody)
    for kind, names in truth.items():
        table = panel.table(kind)
        assert dict(table.select("name", "users").iter_rows()) == {
            name: len(users) for name, users in names.items()
        }
        assert table["exact"].all()
    largest = sorted(truth["category"], key=lambda name: -len(truth["category"][name]))
    checked = 0
    for category in [*largest[:40], *largest[40::60]]:
        mine = truth["category"][category]
        anchor = panel.sample(panel.resolve(_quoted("category", category)))
        for kind in ("interest", "brand"):
            counts = panel.cooccurrence(anchor, kind)
            expected = [len(mine & truth[kind][name]) for name in counts.names]
            assert counts.both.sum(axis=1).tolist() == expected
            checked += len(expected)
    assert checked > 1000


def test_openings_equal_exact_polars(exact) -> None:  # type: ignore[no-untyped-def]
    case, path, _, truth = exact
    _, panel = open_panel(path)
    everybody = users_seen(case)
    category = max(truth["category"], key=lambda name: len(truth["category"][name]))
    mine = truth["category"][category]
    brand = max(truth["brand"], key=lambda name: len(truth["brand"][name] & mine))
    fans = truth["brand"][brand]
    frame = openings(panel, category, brand=brand, policy=NO_FLOOR)
    assert len(frame) == len(truth["interest"])
    for row in frame.iter_rows(named=True):
        theirs = truth["interest"][row["interest"]]
        n, e = len(mine & theirs), len(mine) * len(theirs) / len(everybody)
        assert row["overlap_users"] == row["overlap_low"] == row["overlap_high"] == n
        assert row["exact"]
        assert row["category_users"] == len(mine)
        assert row["interest_users"] == len(theirs)
        assert row["expected_users"] == pytest.approx(e)
        assert row["excess_users"] == pytest.approx(n - e)
        assert row["tgi"] == pytest.approx(100 * n / e)
        assert row["jaccard"] == pytest.approx(n / len(mine | theirs))
        assert row["share_of_category"] == pytest.approx(n / len(mine))
        assert row["share_of_interest"] == pytest.approx(n / len(theirs))
        if n:
            p, p0 = len(mine & theirs & fans) / n, len(mine & fans) / len(mine)
            assert row["brand_penetration"] == pytest.approx(p)
            assert row["category_penetration"] == pytest.approx(p0)
            assert row["fair_share_index"] == pytest.approx(100 * p / p0)
            assert row["unreached_users"] == pytest.approx(n * (1 - p))
            assert row["gap_users"] == pytest.approx(n * max(0, p0 - p))


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES)
def test_with_a_tenth_of_the_budget_intervals_hold_the_truth_95_times_in_100(
    case: str, tmp_path: Path
) -> None:
    source, how = options(case)
    whole = build([source], tmp_path / "whole", how).memberships
    truth = members(case)
    categories = sorted(truth["category"], key=lambda name: -len(truth["category"][name]))[:25]
    hit, total = 0, 0
    # Each key hashes users anew: independent samples of the same people.
    for seed in range(8):
        key = tmp_path / f"key-{seed}"
        key.write_bytes(f"a key for sample number {seed}".encode())
        _, sampled = options(case, budget=whole // 10, key_file=key)
        _, panel = open_panel(_built(source, tmp_path / f"sampled-{seed}", sampled))
        for category in categories:
            frame = pairs(panel, _quoted("category", category), "interest", policy=NO_FLOOR)
            for row in frame.filter(~pl.col("exact")).iter_rows(named=True):
                n = len(truth["category"][category] & truth["interest"][row["name"]])
                hit += row["overlap_low"] <= n <= row["overlap_high"]
                total += 1
    assert total > 2000
    # The cells of one sample share their users: allow for an eighth as many independent ones.
    assert hit / total >= 0.95 - 3 * np.sqrt(0.95 * 0.05 / (total / 8))


def _built(source: str, path: Path, how: BuildOptions) -> Path:
    build([source], path, how)
    return path


def _quoted(kind: str, name: str) -> str:
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'{kind}:"{escaped}"'
