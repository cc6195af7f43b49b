"""What is doubtful about data or a question is said, in the command line and in Python alike."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

import overlap
from overlap.building import BuildOptions, BuildReport, build
from overlap.model import DataError, Policy

OPEN = Policy(0, 0)


def built(folder: Path, frame: pl.DataFrame, name: str = "a.parquet", **how: object) -> BuildReport:
    """Write events to a file and build them into the store `s` of a folder."""
    file = folder / name
    frame.write_csv(file) if name.endswith(".csv") else frame.write_parquet(file)
    options = BuildOptions(policy=OPEN, **how)  # type: ignore[arg-type]
    return build([str(file)], folder / "s", options)


# --- users without a tag ------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["a.csv", "a.parquet"])
@pytest.mark.parametrize("dated", [False, True])
def test_users_without_a_tag_are_in_the_universe_and_counted(
    tmp_path: Path, name: str, dated: bool
) -> None:
    frame = pl.DataFrame({"user_id": range(100), "tag": ["x"] * 20 + ["y"] * 20 + [None] * 60})
    if dated:
        frame = frame.with_columns(time=pl.lit("2026-05-04"))
    report = built(tmp_path, frame, name, period="day" if dated else "none")
    assert report.provenance.rejected == {}
    assert (report.untagged.value, report.untagged.exact) == (60, True)
    store = overlap.open(tmp_path / "s")
    assert store.size("universe:all").value == 100
    assert store.size("universe:all - x - y").value == 60
    row = store.pairs("x").row(0, named=True)
    assert (row["expected_users"], row["baseline_users"]) == (20 * 20 / 100, 100)


def test_a_user_without_a_tag_in_one_part_may_have_one_in_another(tmp_path: Path) -> None:
    first = pl.DataFrame({"user_id": [1, 2, 3], "tag": ["x", None, None]})
    assert built(tmp_path, first).untagged.value == 2
    built(tmp_path, first.with_columns(tag=pl.Series([None, "x", None])), "b.parquet")
    store = overlap.open(tmp_path / "s")
    assert store.store.sketches.untagged() == 1


def test_of_a_sample_as_many_users_have_no_tag_as_the_universe_less_the_tags(
    tmp_path: Path,
) -> None:
    frame = pl.DataFrame({"user_id": range(6000), "tag": [str(i % 3) for i in range(6000)]})
    frame = frame.with_columns(tag=pl.when(pl.col("user_id") % 2 == 0).then("tag"))
    report = built(tmp_path, frame, budget=3000, k=16)
    assert report.floor_rate < 1
    store = overlap.open(tmp_path / "s")
    rest = store.panel.sample("universe:all - 0 - 1 - 2")
    below = store.panel.below(rest, store.store.sketches.floor)
    assert store.store.sketches.untagged() == below.hits
    assert report.untagged.low <= 3000 <= report.untagged.high


def test_events_that_put_nobody_into_an_audience_are_an_error(tmp_path: Path) -> None:
    frame = pl.DataFrame({"user_id": [1, 2], "tag": pl.Series([None, " "])})
    with pytest.raises(DataError, match="no row puts its user into an audience"):
        built(tmp_path, frame)
    assert not (tmp_path / "s").exists()
