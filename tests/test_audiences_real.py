"""Memberships of real data, against an exact computation that shares no code."""

from pathlib import Path

import polars as pl
import pytest

from overlap.audiences import memberships
from overlap.events import Events, count_rows, parse_tag_option, read_events
from overlap.model import UNIVERSE

DATA = Path(__file__).parents[2] / "shared" / "data"
RETAIL = DATA / "retail_transactions.parquet"
GAMES = DATA / "game_reviews.parquet"


def needs(path: Path) -> pytest.MarkDecorator:
    return pytest.mark.skipif(not path.exists(), reason=f"needs {path.name} in ../shared/data")


def found(events: Events, *keys: str) -> pl.DataFrame:
    frame = memberships(events).collect(engine="streaming").cast({"events": pl.Int64})
    return frame.select("kind", "name", *keys, "user", "events").sort(pl.all())


def counted(rows: pl.DataFrame, kind: str, name: str | pl.Expr, keys: list[str]) -> pl.DataFrame:
    """Return one row per (kind, name, …, user) with the number of rows, eagerly."""
    named = rows.with_columns(
        kind=pl.lit(kind), name=pl.lit(name) if isinstance(name, str) else name
    )
    named = named.filter(pl.col("name").is_not_null() & (pl.col("name") != ""))
    grouped = named.group_by("kind", "name", *keys, "user").agg(events=pl.len().cast(pl.Int64))
    return grouped.select("kind", "name", *keys, "user", "events")


@needs(RETAIL)
def test_retail_memberships_by_month_equal_an_exact_count() -> None:
    columns = {"product_category": "category", "department": "interest", "manufacturer_id": "brand"}
    events = read_events(
        [str(RETAIL)],
        user="household_id",
        tags=[parse_tag_option(f"{column}={kind}") for column, kind in columns.items()],
        time="transaction_timestamp",
        period="month",
    )
    rows = pl.read_parquet(RETAIL).with_columns(
        user=pl.col("household_id"),
        period=pl.col("transaction_timestamp").dt.date().dt.replace(day=1),
    )
    frames = [counted(rows, UNIVERSE.kind, UNIVERSE.name, ["period"])]
    for column, kind in columns.items():
        frames.append(counted(rows, kind, pl.col(column).str.strip_chars(), ["period"]))
    assert found(events, "period").equals(pl.concat(frames).sort(pl.all()))
    counts = count_rows(events)
    assert counts.rejected == {}
    assert counts.rows_read == len(rows)
    assert counts.first_event == rows["transaction_timestamp"].min()


@needs(GAMES)
@pytest.mark.parametrize("period", ["none", "month"])
def test_game_memberships_equal_an_exact_count(period: str) -> None:
    events = read_events(
        [str(GAMES)],
        tags=[parse_tag_option(t) for t in ("game=category", "genres=interest", "developer=brand")],
        time="posted",
        period=period,  # type: ignore[arg-type]
    )
    rows = pl.read_parquet(GAMES).with_columns(user=pl.col("user_id"))
    undated = rows["posted"].null_count()
    if period == "month":
        rows = rows.filter(pl.col("posted").is_not_null()).with_columns(
            period=pl.concat_str(pl.col("posted").str.head(7), pl.lit("-01")).str.to_date()
        )
    keys = [] if period == "none" else ["period"]
    genres = rows.with_row_index("row").explode("genres").unique(["row", "genres"])
    frames = [
        counted(rows, UNIVERSE.kind, UNIVERSE.name, keys),
        counted(rows, "category", pl.col("game").str.strip_chars(), keys),
        counted(rows, "brand", pl.col("developer").str.strip_chars(), keys),
        counted(genres, "interest", pl.col("genres").str.strip_chars(), keys),
    ]
    assert found(events, *keys).equals(pl.concat(frames).sort(pl.all()))
    expected = {"missing_time": undated} if period == "month" else {}
    assert count_rows(events).rejected == expected
    assert (events.roles.user, events.roles.text) == ("user_id", "text")


@needs(RETAIL)
@pytest.mark.parametrize("ending", ["csv", "ndjson", "gb18030.csv", "csv.gz"])
def test_retail_in_other_formats_gives_the_same_memberships(tmp_path: Path, ending: str) -> None:
    tags = [parse_tag_option("product_category=category"), parse_tag_option("department=interest")]
    columns = ["household_id", "product_category", "department", "transaction_timestamp"]
    frame = pl.read_parquet(RETAIL, columns=columns).with_columns(
        (pl.col("household_id") + "户").alias("household_id")
    )
    parquet, path = tmp_path / "events.parquet", tmp_path / f"events.{ending}"
    frame.write_parquet(parquet)
    if ending == "ndjson":
        frame.write_ndjson(path)
    else:
        frame.write_csv(path, compression="gzip" if ending.endswith("gz") else "uncompressed")
    if ending.startswith("gb"):
        path.write_bytes(path.read_text(encoding="utf-8").encode("gb18030"))
    both = [
        read_events(
            [str(source)],
            user="household_id",
            tags=tags,
            time="transaction_timestamp",
            period="month",
        )
        for source in (parquet, path)
    ]
    assert found(both[0], "period").equals(found(both[1], "period"))
    assert count_rows(both[0]) == count_rows(both[1])
