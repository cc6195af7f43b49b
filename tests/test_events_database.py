"""A database is a source: one query, its own types, no password anywhere, nothing written."""

from __future__ import annotations

import json
import os
import re
import shlex
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import polars as pl
import postgres
import pytest
from hypothesis import given
from hypothesis import strategies as st

from overlap.events import Events, count_rows, read_events, reading
from overlap.events.database import Query as DatabaseQuery
from overlap.events.database import address, asking, read_database, spool
from overlap.events.database.spool import Spool
from overlap.events.database.values import column_of_values, type_of, widest
from overlap.events.encodings import scratch_folder
from overlap.model import DataError, OverlapError, UsageError

QUERY = "SELECT user_id, topic AS tag, at AS time FROM posts"


@pytest.fixture
def shop(tmp_path: Path) -> str:
    file = tmp_path / "shop.db"
    with closing(sqlite3.connect(file)) as db:
        db.execute("CREATE TABLE posts (user_id INTEGER, topic TEXT, at TEXT)")
        db.executemany("INSERT INTO posts VALUES (?, ?, ?)", posts())
        db.commit()
    return f"sqlite:///{file}"


@pytest.fixture(scope="module")
def server() -> Iterator[postgres.Postgres]:
    with postgres.running() as running:
        yield running


@pytest.fixture
def pg(server: postgres.Postgres) -> str:
    url = server.database()
    with server.connect(base(url)) as db:
        db.execute("CREATE TABLE posts (user_id bigint, topic text, at timestamp)")
        with db.cursor() as cursor:
            cursor.executemany("INSERT INTO posts VALUES (%s, %s, %s)", posts())
    return url


def base(url: str) -> str:
    return url.rpartition("/")[2]


def posts(n: int = 60) -> list[tuple[int, str, str]]:
    return [
        (i % 20, ("tv", "电竞", "tea")[i % 3], f"2026-01-{1 + i % 28:02d} 10:00:00")
        for i in range(n)
    ]


Run = Callable[..., tuple[int, str, str]]


@pytest.fixture(autouse=True)
def _nothing_is_left_behind() -> Iterator[None]:
    before = set(scratch_folder().iterdir())
    yield
    assert set(scratch_folder().iterdir()) == before


def read(source: str, query: str) -> pl.DataFrame:
    table = read_database(source, DatabaseQuery(query))
    try:
        return pl.read_parquet(table.files[0].path)
    finally:
        for file in table.scratch:
            file.unlink()


def refused(kind: type[OverlapError], source: str, query: str | None, **options: Any) -> str:
    with pytest.raises(kind) as error:
        read_events([source], query=query, **options)
    assert postgres.PASSWORD not in str(error.value)
    return str(error.value)


# --- what is read -----------------------------------------------------------------------------


def clean(events: Events) -> list[tuple[Any, ...]]:
    with closing(events), reading(*events.sources):
        frame = events.clean.collect().select("user", "time", "tag:tag")
    return sorted((user, when, *tags) for user, when, tags in frame.iter_rows())


@pytest.mark.parametrize("name", ["shop", "pg"])
def test_rows_of_a_database_are_the_events_of_a_parquet_file_with_the_same_rows(
    request: pytest.FixtureRequest, tmp_path: Path, name: str
) -> None:
    frame = pl.DataFrame(posts(), schema=["user_id", "tag", "time"], orient="row")
    frame.write_parquet(tmp_path / "posts.parquet")
    expected = clean(read_events([str(tmp_path / "posts.parquet")], period="week"))
    assert len(expected) == 60
    source = request.getfixturevalue(name)
    assert clean(read_events([source], query=QUERY, period="week")) == expected


@pytest.mark.parametrize("name", ["shop", "pg"])
def test_a_build_from_a_database_answers_like_one_from_a_file(
    request: pytest.FixtureRequest, run: Run, tmp_path: Path, name: str
) -> None:
    source = request.getfixturevalue(name)
    argv = ("--store", tmp_path / "store", "--user", "user_id", "--tags", "tag=topic",
            "--time", "time", "--period", "week", "--display-floor", 0)  # fmt: skip
    code, out, err = run("build", source, "--query", QUERY + ";", *argv, "--json")
    assert code == 0, err
    provenance = json.loads(out)["provenance"]
    assert provenance["rows_read"] == 60
    assert provenance["sources"] == [f"{address.shown(source)}: {QUERY}"]
    _, out, _ = run("list", tmp_path / "store", "--kind", "topic", "--json")
    users = {row["name"]: row["users"] for row in json.loads(out)}
    assert users == {
        topic: len({user for user, told, _ in posts() if told == topic})
        for topic in ("tv", "电竞", "tea")
    }
    for argv_ in (("info", tmp_path / "store", "--json"), ("info", tmp_path / "store")):
        assert postgres.PASSWORD not in run(*argv_)[1]
    for file in (tmp_path / "store").rglob("*"):
        assert not file.is_file() or b"s3cret" not in file.read_bytes()


@pytest.mark.parametrize("name", ["shop", "pg"])
def test_the_same_query_again_is_recognised_and_other_rows_are_refused_until_told(
    request: pytest.FixtureRequest, run: Run, tmp_path: Path, server: Any, name: str
) -> None:
    source, store = request.getfixturevalue(name), tmp_path / "store"
    argv = ("build", source, "--store", store, "--json", "--query")
    first = json.loads(run(*argv, QUERY)[1])["part"]
    again = json.loads(run(*argv, "\n  SELECT user_id, topic AS tag,\n at AS time FROM posts ;")[1])
    assert again["part"] == first
    assert json.loads(run("info", store, "--json")[1])["rows_read"] == 60
    if name == "shop":
        with closing(sqlite3.connect(source.removeprefix("sqlite:///"))) as db:
            db.execute("INSERT INTO posts VALUES (99, 'tv', '2026-01-01')")
            db.commit()
    else:
        with server.connect(base(source)) as db:
            db.execute("INSERT INTO posts VALUES (99, 'tv', '2026-01-01')")
    code, _, err = run(*argv, QUERY)
    assert code == 1
    assert "is in this store already" in err
    assert "--replace" in err
    assert "s3cret" not in err
    assert run(*argv, QUERY, "--replace")[0] == 0
    assert json.loads(run("info", store, "--json")[1])["rows_read"] == 61


def test_the_database_example_of_the_readme_runs(
    run: Run, pg: str, server: postgres.Postgres, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    readme = (Path(__file__).parents[1] / "README.md").read_text("utf-8")
    blocks = re.findall(r"```sh\n(.*?)```", readme, re.S)
    (command,) = (shlex.split(b.replace("\\\n", " ")) for b in blocks if "postgresql://" in b)
    with server.connect(base(pg)) as db:
        db.execute(
            "CREATE OR REPLACE VIEW read_me AS SELECT user_id AS author_id, topic AS category, "
            "topic AS interest, at AT TIME ZONE 'UTC' AS created_at FROM posts"
        )
    monkeypatch.chdir(tmp_path)
    argv = [pg if word.startswith("postgresql://") else word for word in command[1:]]
    code, out, err = run(*(word.replace("FROM posts", "FROM read_me") for word in argv))
    assert code == 0, err
    assert "the clock of UTC" in out
    assert (tmp_path / "store").is_dir()


def test_rejected_rows_are_written_with_the_number_of_their_row(
    run: Run, shop: str, tmp_path: Path
) -> None:
    rejects = tmp_path / "rejects.csv"
    query = "SELECT CASE WHEN rowid % 20 = 0 THEN NULL ELSE user_id END AS user_id, topic AS tag " \
        "FROM posts ORDER BY rowid"  # fmt: skip
    code, _, err = run("build", shop, "--query", query, "--store", tmp_path / "s",
                       "--rejects", rejects)  # fmt: skip
    assert code == 0, err
    rows = pl.read_csv(rejects)
    assert rows["row"].to_list() == [20, 40, 60]
    assert rows["reason"].unique().to_list() == ["missing_user"]
    assert rows["source"].unique().to_list() == [f"{shop}: {query}"]


def test_files_and_a_database_are_read_together(shop: str, tmp_path: Path) -> None:
    (tmp_path / "more.csv").write_text("user_id,tag,time\n77,film,2026-01-01 00:00:00\n")
    events = read_events([shop, str(tmp_path / "more.csv"), shop], query=QUERY)
    assert events.sources == (str(tmp_path / "more.csv"), f"{shop}: {QUERY}")
    with closing(events):
        assert count_rows(events).rows_read == 61


def test_rows_come_in_batches_through_a_cursor_on_the_server(
    pg: str, server: postgres.Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "BATCH", 25)
    seen: list[tuple[str, str]] = []

    def look(step: str) -> None:
        with server.connect() as db:
            query = "SELECT query FROM pg_stat_activity WHERE datname = %s"
            seen.append((step, db.execute(query, [base(pg)]).fetchone()[0]))

    table = read_database(pg, DatabaseQuery(QUERY, progress=look))
    table.scratch[0].unlink()
    assert [step for step, _ in seen] == [f"reading the database, {n} rows" for n in (25, 50, 60)]
    assert all(re.match("FETCH FORWARD 2[45] FROM", query) for _, query in seen)


def test_what_waits_in_memory_is_written_as_it_comes(
    shop: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "BATCH", 7)
    monkeypatch.setattr(spool, "GROUP_ROWS", 20)
    table = read_database(shop, DatabaseQuery(QUERY))
    groups = pl.read_parquet(table.scratch[0])
    assert groups.rows() == posts()
    import pyarrow.parquet as pq

    with pq.ParquetFile(table.scratch[0]) as file:
        sizes = [file.metadata.row_group(i).num_rows for i in range(file.num_row_groups)]
    table.scratch[0].unlink()
    assert sizes == [21, 21, 18]


def test_percent_signs_colons_and_question_marks_in_a_query_are_its_own(shop: str, pg: str) -> None:
    query = "SELECT user_id, ':x ? %s %(y)s 50%' AS tag FROM posts WHERE topic LIKE 't%'"
    for source in (shop, pg):
        frame = read(source, query)
        assert frame["tag"].unique().to_list() == [":x ? %s %(y)s 50%"]
        assert len(frame) == 40


# --- types ------------------------------------------------------------------------------------

PG_TYPES = {
    "small": ("7::smallint", pl.Int64(), 7),
    "big": ("9223372036854775807", pl.Int64(), 2**63 - 1),
    "beyond": ("9223372036854775808", pl.String(), "9223372036854775808"),
    "real": ("0.5::real", pl.Float64(), 0.5),
    "whole": ("5.00::numeric(10,2)", pl.Int64(), 5),
    "price": ("12.50::numeric(10,2)", pl.Float64(), 12.5),
    "nan": ("'NaN'::numeric", pl.Float64(), float("nan")),
    "long": ("1.2345678901234567890", pl.String(), "1.2345678901234567890"),
    "total": ("sum(7::bigint) OVER ()", pl.Int64(), 7),
    "flag": ("true", pl.Boolean(), True),
    "words": ("'城市 walk'::varchar(20)", pl.String(), "城市 walk"),
    "padded": ("'ab'::char(4)", pl.String(), "ab  "),
    "uuid": ("'12345678-1234-5678-1234-567812345678'::uuid", pl.String(),
             "12345678-1234-5678-1234-567812345678"),
    "mood": ("'glad'::mood", pl.String(), "glad"),
    "raw": (r"'\x00ff'::bytea", pl.Binary(), b"\x00\xff"),
    "day": ("date '2026-05-04'", pl.Date(), date(2026, 5, 4)),
    "moment": ("timestamp '2026-05-04 10:11:12.5'", pl.Datetime("us"),
               datetime(2026, 5, 4, 10, 11, 12, 500_000)),
    "zoned": ("timestamptz '2026-05-04 10:11:12+08'", pl.Datetime("us", "UTC"),
              datetime(2026, 5, 4, 2, 11, 12, tzinfo=UTC)),
    "clock": ("time '10:11:12'", pl.String(), "10:11:12"),
    "tags": ("ARRAY['a', NULL, 'b']", pl.List(pl.String()), ["a", None, "b"]),
    "none": ("ARRAY[]::text[]", pl.List(pl.String()), []),
    "codes": ("ARRAY[1, 2]", pl.List(pl.Int64()), [1, 2]),
    "ids": ("ARRAY['12345678-1234-5678-1234-567812345678'::uuid]", pl.List(pl.String()),
            ["12345678-1234-5678-1234-567812345678"]),
    "json_list": ("""'["x", "y"]'::jsonb""", pl.List(pl.String()), ["x", "y"]),
    "json_record": ("""'{"a": "城"}'::json""", pl.String(), '{"a": "城"}'),
    "host": ("inet '10.0.0.1'", pl.String(), "10.0.0.1"),
}  # fmt: skip


def test_every_type_of_postgresql_keeps_its_values_and_its_type(
    pg: str, server: postgres.Postgres
) -> None:
    with server.connect(base(pg)) as db:
        db.execute("CREATE TYPE mood AS ENUM ('glad')")
    chosen = ", ".join(f"{sql} AS {name}" for name, (sql, _, _) in PG_TYPES.items())
    frame = read(pg, f"SELECT {chosen}")
    for name, (_, dtype, value) in PG_TYPES.items():
        assert frame.schema[name] == dtype, name
        found = frame[name].to_list()[0]
        assert found == value or (found != found and value != value), name


def test_types_are_declared_and_not_guessed_from_the_first_rows(
    pg: str, server: postgres.Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "BATCH", 3)
    monkeypatch.setattr(spool, "GROUP_ROWS", 5)
    with server.connect(base(pg)) as db:
        db.execute("CREATE TYPE mood AS ENUM ('glad')")
    empty = ("none", "json_list", "json_record")
    names = [name for name in PG_TYPES if name not in empty]
    chosen = ", ".join(
        f"CASE WHEN n > 20 THEN {PG_TYPES[name][0]} END AS {name}"
        if name != "total" else "CASE WHEN n > 20 THEN 7::bigint END AS total"
        for name in names
    )  # fmt: skip
    frame = read(pg, f"SELECT n, {chosen} FROM generate_series(1, 24) AS n ORDER BY n")
    assert frame["n"].to_list() == list(range(1, 25))
    for name in names:
        _, dtype, value = PG_TYPES[name]
        assert frame.schema[name] == dtype, name
        assert frame[name].null_count() == 20, name
        assert frame[name].to_list()[-1] == value or value != value, name


def test_a_column_of_nulls_has_the_type_the_database_declares(pg: str) -> None:
    frame = read(pg, "SELECT NULL::bigint AS a, NULL::text AS b, NULL::timestamptz AS c, "
                     "NULL::text[] AS d, NULL::numeric AS e, 1 AS f")  # fmt: skip
    assert list(frame.schema.values()) == [
        pl.Int64(), pl.String(), pl.Datetime("us", "UTC"), pl.List(pl.String()), pl.Int64(),
        pl.Int64(),
    ]  # fmt: skip


def test_text_ids_of_a_database_stay_text_though_they_look_like_numbers(shop: str, pg: str) -> None:
    for source in (shop, pg):
        query = "SELECT CAST(user_id AS text) AS user_id, topic AS tag FROM posts"
        with closing(read_events([source], query=query)) as events:
            assert events.id_type == "text"
        with closing(read_events([source], query=QUERY)) as events:
            assert events.id_type == "integer"


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("int4range(1, 5)", "values of type Range"),
        ("interval '1 day'", "values of type timedelta"),
        ("ARRAY[[1, 2], [3, 4]]", "lists of lists"),
        ("""'[{"a": 1}]'::jsonb""", "lists of lists or of records"),
    ],
)
def test_a_column_that_cannot_be_used_is_named_with_the_way_out(
    pg: str, sql: str, said: str
) -> None:
    message = refused(DataError, pg, f"SELECT 1 AS user_id, 'a' AS tag, {sql} AS odd")
    assert said in message
    assert "'odd'" in message
    assert "CAST(odd AS text)" in message
    cast = read(pg, f"SELECT 1 AS user_id, 'a' AS tag, CAST({sql} AS text) AS odd")
    assert cast.schema["odd"] == pl.String


def test_a_value_that_cannot_be_read_says_what_and_how_to_go_on(pg: str) -> None:
    message = refused(UsageError, pg, "SELECT 1 AS user_id, 'a' AS tag, 'infinity'::date AS time")
    assert "date too large" in message
    assert "cast" in message


def test_sqlite_columns_take_the_narrowest_type_of_all_their_values(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "BATCH", 2)
    monkeypatch.setattr(spool, "GROUP_ROWS", 3)
    columns: dict[str, tuple[list[Any], pl.DataType, list[Any]]] = {
        "whole": ([None, 1, 2, 3, None, 5], pl.Int64(), [None, 1, 2, 3, None, 5]),
        "later": ([1, 2, 3, 4, 5, 0.5], pl.Float64(), [1, 2, 3, 4, 5, 0.5]),
        "words": ([1, 2, None, 0.5, 5, "城"], pl.String(), ["1", "2", None, "0.5", "5", "城"]),
        "bytes": ([None] * 5 + [b"\xff"], pl.Binary(), [None] * 5 + [b"\xff"]),
        "empty": ([None] * 6, pl.Null(), [None] * 6),
    }
    with closing(sqlite3.connect(tmp_path / "odd.db")) as db:
        db.execute(f"CREATE TABLE t ({', '.join(columns)})")
        rows = zip(*(values for values, _, _ in columns.values()), strict=True)
        db.executemany("INSERT INTO t VALUES (?, ?, ?, ?, ?)", rows)
        db.commit()
    frame = read(f"sqlite:///{tmp_path / 'odd.db'}", "SELECT * FROM t ORDER BY rowid")
    for name, (_, dtype, values) in columns.items():
        assert frame.schema[name] == dtype, name
        assert frame[name].to_list() == values, name


def test_values_that_do_not_go_together_are_named(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "odd.db")) as db:
        db.execute("CREATE TABLE t (user_id, tag)")
        db.executemany("INSERT INTO t VALUES (?, ?)", [(1, "a"), (2, b"b")])
        db.commit()
    message = refused(DataError, f"sqlite:///{tmp_path / 'odd.db'}", "SELECT * FROM t")
    assert "column 'tag' holds bytes in some rows and text in others" in message


NULLABLE_VALUES = st.one_of(
    st.lists(st.none() | st.integers(-(2**70), 2**70)),
    st.lists(st.none() | st.integers(-(2**40), 2**40) | st.floats(allow_nan=False)),
    st.lists(st.none() | st.text(st.characters(exclude_categories=["Cs"])) | st.integers()),
    st.lists(st.none() | st.dates() | st.datetimes()),
    st.lists(st.none() | st.datetimes(timezones=st.timezones(), min_value=datetime(1000, 1, 1))),
    st.lists(st.none() | st.binary() | st.binary().map(memoryview)),
    st.lists(st.none() | st.lists(st.none() | st.integers(0, 9))),
    st.lists(st.none() | st.booleans()),
    st.lists(st.none() | st.uuids() | st.times()),
    st.lists(st.none() | st.decimals(allow_nan=False, allow_infinity=False, places=2)),
)


def as_written(value: Any, dtype: pl.DataType) -> Any:
    """Say what a value must be in a column of a type, in plain Python."""
    if value is None:
        return None
    if dtype == pl.String():
        plain = f"{value:f}" if isinstance(value, Decimal) else str(value)
        return str(value).lower() if isinstance(value, bool) else plain
    if dtype == pl.Float64():
        return float(value)
    if dtype == pl.Binary():
        return bytes(value)
    if dtype == pl.Datetime("us") and not isinstance(value, datetime):
        return datetime(value.year, value.month, value.day)
    if dtype == pl.Datetime("us", "UTC"):
        # Times that a clock skips are equal to none in another zone.
        return value.astimezone(UTC)
    return value


@given(NULLABLE_VALUES, st.data())
def test_batches_of_any_size_give_the_column_that_one_batch_gives(
    values: list[Any], data: st.DataObject
) -> None:
    whole = type_of(values, "x")
    cut = data.draw(st.integers(0, len(values)))
    parts = [values[:cut], values[cut:]]
    assert widest(type_of(parts[0], "x"), type_of(parts[1], "x"), "x") == whole
    column = column_of_values("x", values, whole)
    if whole != pl.Null():
        assert column.to_list() == [as_written(value, whole) for value in values]


ROWS = st.lists(
    st.tuples(
        st.none() | st.integers(-(2**40), 2**40),
        st.none() | st.integers(-9, 9) | st.floats(width=16) | st.sampled_from(["a", "5", ""]),
        st.none() | st.dates(min_value=date(1, 1, 1)) | st.datetimes(),
        st.none() | st.lists(st.integers(0, 9) | st.floats(0, 1) | st.sampled_from(["a", None])),
    ),
    min_size=1,
)


@given(ROWS, st.lists(st.integers(1, 3)))
def test_a_spool_gives_the_same_file_however_the_rows_come(
    rows: list[tuple[Any, ...]], sizes: list[int]
) -> None:
    def spooled(group: int, batches: list[list[tuple[Any, ...]]]) -> pl.DataFrame:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(spool, "GROUP_ROWS", group)
            taken = Spool(scratch_folder(), dict.fromkeys("abcd", pl.Null()))
            try:
                for batch in batches:
                    taken.add(batch)
                file, schema = taken.finish()
            finally:
                taken.close()
        frame = pl.read_parquet(file)
        file.unlink()
        assert frame.schema == schema
        return frame

    batches, at = [], 0
    for size in sizes:
        batches.append(rows[at : at + size])
        at += size
    batches = [batch for batch in [*batches, rows[at:]] if batch]
    whole = spooled(10**6, [rows])
    assert spooled(2, batches).equals(whole)
    assert whole["a"].to_list() == [row[0] for row in rows]


def test_types_widen_in_one_direction_whatever_comes_first() -> None:
    order = [[None], [1], [1.5], ["a"]]
    for i, narrow in enumerate(order):
        for wide in order[i:]:
            both = type_of([*narrow, *wide], "x")
            assert both == type_of([*wide, *narrow], "x") == type_of(wide, "x")
    assert type_of([time(1, 2), UUID(int=5)], "x") == pl.String()


# --- what is wrong ----------------------------------------------------------------------------


def test_a_database_without_a_query_and_a_query_without_a_database_are_refused(
    shop: str, tmp_path: Path
) -> None:
    assert "a database needs --query" in refused(UsageError, shop, None)
    message = refused(UsageError, f"postgresql://joe:{postgres.PASSWORD[:6]}@host/db", None)
    assert "a database needs --query" in message
    assert "postgresql://joe@host/db" in message
    (tmp_path / "a.csv").write_text("user_id,tag\n1,a\n")
    assert "no source is one" in refused(UsageError, str(tmp_path / "a.csv"), "SELECT 1")
    assert "no source is one" in refused(UsageError, "https://host/a.csv", "SELECT 1")


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("", "the query is empty"),
        (" ; -- nothing", "the query is empty"),
        ("DELETE FROM posts", "begins with 'DELETE'"),
        ("/* SELECT */ drop table posts", "begins with 'drop'"),
        ("-- it's\nUPDATE posts SET topic = 'x'", "begins with 'UPDATE'"),
        ("SELECT 1; DELETE FROM posts", "several statements"),
        ("SELECT 'a;b'; DELETE FROM posts", "several statements"),
        ("WITH gone AS (SELECT 1) DELETE FROM posts", "refuses the query"),
        ("SELECT * FROM nowhere", "nowhere"),
        ("SELECT nothing FROM posts", "nothing"),
        ("SELECT user_id, FROM posts", "syntax error"),
        ("SELECT user_id, topic AS user_id FROM posts", "several columns of the query"),
        ("SELECT topic FROM posts", "no column looks like the user"),
    ],
)
@pytest.mark.parametrize("name", ["shop", "pg"])
def test_a_query_that_cannot_be_is_answered_with_the_reason(
    request: pytest.FixtureRequest, name: str, query: str, said: str
) -> None:
    source = request.getfixturevalue(name)
    assert said in refused(UsageError, source, query)
    assert len(read(source, "SELECT * FROM posts")) == 60


@pytest.mark.parametrize(
    "query",
    [
        "SELECT ';' AS tag, user_id FROM posts -- all; of them",
        "(SELECT user_id, topic AS tag FROM posts)",
        "WITH p AS (SELECT * FROM posts) SELECT user_id, topic AS tag FROM p;;\n",
        '/* a; comment */ select user_id, topic as "t;ag" from posts',
        "VALUES (1, 'a'), (2, 'b')",
        "SELECT E'it\\'s; fine' AS tag, user_id FROM posts",
        "SELECT $x$ a; 'b $x$ AS tag, user_id FROM posts",
        "TABLE posts",
    ],
)
def test_every_way_to_read_is_taken(pg: str, query: str) -> None:
    assert len(read(pg, query)) in (2, 60)


@pytest.mark.parametrize(
    "query",
    [
        "WITH gone AS (DELETE FROM posts RETURNING *) SELECT * FROM gone",
        "SELECT nextval('numbers') AS user_id",
        "SELECT * INTO copied FROM posts",
    ],
)
def test_a_reading_statement_that_writes_is_refused_by_the_database(
    pg: str, server: postgres.Postgres, query: str
) -> None:
    with server.connect(base(pg)) as db:
        db.execute("CREATE SEQUENCE numbers")
    with pytest.raises(OverlapError) as error:
        read(pg, query)
    assert "read" in str(error.value) or "SELECT" in str(error.value)
    with server.connect(base(pg)) as db:
        assert db.execute("SELECT count(*) FROM posts").fetchone()[0] == 60
        assert db.execute("SELECT is_called FROM numbers").fetchone()[0] is False
        assert db.execute("SELECT to_regclass('copied')").fetchone()[0] is None


def test_a_wrong_column_is_known_before_the_rows_are_read(
    shop: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_: object) -> None:
        raise AssertionError("rows were read")

    monkeypatch.setattr(Spool, "add", never)
    assert "did you mean 'user_id'?" in refused(UsageError, shop, QUERY, user="user")


def test_no_rows_are_an_error_and_leave_no_store(run: Run, shop: str, tmp_path: Path) -> None:
    code, out, err = run(
        "build", shop, "--query", QUERY + " WHERE 1 = 0", "--store", tmp_path / "s"
    )
    assert (code, out) == (1, "")
    assert "the query returned no rows" in err
    assert not (tmp_path / "s").exists()


def test_a_wrong_password_host_or_database_is_told_without_the_password(
    run: Run, server: postgres.Postgres, tmp_path: Path
) -> None:
    wrong = "wr0ng/pass@word"
    for url, said in (
        (server.url("postgres", password=wrong), "password authentication failed"),
        (server.url("nowhere"), 'database "nowhere" does not exist'),
        (server.url("postgres").replace("127.0.0.1", "nowhere.invalid"), "nowhere.invalid"),
        (server.url("postgres").replace(str(server.port), "1"), "Connection refused"),
    ):
        code, out, err = run("build", url, "--query", "SELECT 1", "--store", tmp_path / "s")
        assert (code, out) == (1, "")
        assert said in err
        assert "postgresql://tester@" in err
        for secret in (wrong, postgres.PASSWORD, "s3cret", "wr0ng", "Traceback", "psycopg"):
            assert secret not in err
    assert not (tmp_path / "s").exists()


def test_an_address_shows_neither_password_nor_driver_nor_secret_options() -> None:
    for source, expected in {
        "postgresql+psycopg://joe:p%40ss@host:5432/db?sslpassword=hush&host=/run/pg":
            "postgresql://joe@host:5432/db?host=%2Frun%2Fpg",
        "postgres://joe:x@host/db": "postgresql://joe@host/db",
        "mssql+pyodbc:///?odbc_connect=PWD%3Dhush": "mssql:///",
        "sqlite:////data/shop.db": "sqlite:////data/shop.db",
    }.items():  # fmt: skip
        assert address.shown(source) == expected


def test_secrets_are_taken_out_of_what_a_driver_says() -> None:
    url = address.parse_address("mysql://joe:p%40ss@host/db?ssl_key=averylongsecret&ssl=true")
    error = RuntimeError("cannot go to mysql://joe:p%40ss@host with p@ss, averylongsecret, true\nx")
    said = address.told(error, address.secrets_of(url))
    assert said == "cannot go to mysql://joe:***@host with ***, ***, true"
    assert address.told(RuntimeError("x" * 999), ()) == "x" * 300 + "…"


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("mysql://joe:hush@host/db", 'pip install "mysqlclient"'),
        ("duckdb:///x.db", 'pip install "duckdb-engine"'),
        ("what+ever://joe:hush@host/db", "no dialect 'what+ever'"),
        ("postgresql+nodriver://joe:hush@host/db", "postgresql+nodriver"),
        ("postgresql://joe:hush@host:port/db", "cannot be understood"),
    ],
)
def test_a_missing_driver_is_named_with_its_package(source: str, said: str) -> None:
    message = refused(UsageError, source, "SELECT 1")
    assert said in message
    assert "hush" not in message


def test_a_file_that_is_no_database_or_not_there_is_told_and_not_made(tmp_path: Path) -> None:
    assert "there is no file" in refused(UsageError, f"sqlite:///{tmp_path}/no.db", "SELECT 1")
    assert not (tmp_path / "no.db").exists()
    (tmp_path / "text.db").write_text("this is no database, but long enough to look at" * 9)
    assert "not a database" in refused(
        UsageError, f"sqlite:///{tmp_path}/text.db", "SELECT 1 FROM x"
    )
    (tmp_path / "shop.csv").write_bytes(b"SQLite format 3\0" + bytes(99))
    with pytest.raises(DataError, match="sqlite:///FILE"):
        read_events([str(tmp_path / "shop.csv")])


def test_a_database_that_goes_away_while_it_is_read_is_told(
    pg: str, server: postgres.Postgres, monkeypatch: pytest.MonkeyPatch, run: Run, tmp_path: Path
) -> None:
    monkeypatch.setattr(asking, "BATCH", 25)
    add = Spool.add

    def cut(self: Spool, rows: Any) -> None:
        add(self, rows)
        with server.connect() as db:
            gone = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s"
            db.execute(gone, [base(pg)])

    monkeypatch.setattr(Spool, "add", cut)
    code, out, err = run("build", pg, "--query", QUERY, "--store", tmp_path / "s")
    assert (code, out) == (1, "")
    assert "reading the database broke off" in err
    assert "Traceback" not in err
    assert not (tmp_path / "s").exists()


def test_a_full_disk_is_told_with_the_folder(shop: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pyarrow.parquet.ParquetWriter.write_table", full)
    message = refused(DataError, shop, QUERY)
    assert "the disk is full" in message
    assert "TMPDIR" in message


@pytest.mark.parametrize("name", ["shop", "pg"])
def test_an_interruption_leaves_no_store_no_scratch_and_no_session(
    request: pytest.FixtureRequest, run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path,
    server: postgres.Postgres, name: str,
) -> None:  # fmt: skip
    source = request.getfixturevalue(name)
    monkeypatch.setattr(asking, "BATCH", 25)
    monkeypatch.setattr(spool, "GROUP_ROWS", 25)
    add = Spool.add

    def interrupted(self: Spool, rows: Any) -> None:
        add(self, rows)
        if self.rows > 25:
            raise KeyboardInterrupt

    monkeypatch.setattr(Spool, "add", interrupted)
    code, out, err = run("build", source, "--query", QUERY, "--store", tmp_path / "s")
    assert (code, out) == (130, "")
    assert "nothing was left half written" in err
    assert not (tmp_path / "s").exists()
    assert sessions(server, source) == 0


def sessions(server: postgres.Postgres, url: str) -> int:
    with server.connect() as db:
        counted = "SELECT count(*) FROM pg_stat_activity WHERE datname = %s"
        return int(db.execute(counted, [base(url)]).fetchone()[0])


@pytest.mark.slow
def test_ctrl_c_during_a_long_query_ends_it_on_the_server_too(
    pg: str, server: postgres.Postgres, tmp_path: Path
) -> None:
    query = "SELECT 1 AS user_id, 'a' AS tag FROM pg_sleep(600)"
    command = [sys.executable, "-c", "from overlap.cli import main; main()", "build", pg,
               "--query", query, "--store", str(tmp_path / "s")]  # fmt: skip
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment, text=True
    )
    try:
        waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'"
        with server.connect() as db:
            while not db.execute(waiting).fetchone()[0]:
                assert process.poll() is None, process.communicate()
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    finally:
        process.kill()
    assert (process.returncode, out) == (130, "")
    assert "interrupted" in err
    assert "Traceback" not in err
    assert list(tmp_path.iterdir()) == []
    assert sessions(server, pg) == 0


def test_sqlalchemy_and_drivers_are_loaded_only_when_a_database_is_named(shop: str) -> None:
    code = (
        "import sys; import overlap.cli, overlap.building; from overlap.events import read_events\n"
        "loaded = lambda: [m for m in ('sqlalchemy', 'xlsxwriter') if m in sys.modules]\n"
        "assert not loaded(), loaded()\n"
        f"read_events([{shop!r}], query={QUERY!r}).close()\n"
        "assert loaded() == ['sqlalchemy'], loaded()\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
