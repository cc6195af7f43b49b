"""Roles, ids and tags: what columns mean and what becomes of their values."""

import json
import tempfile
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from overlap.events import Events, count_rows, parse_tag_option, read_events
from overlap.model import DataError, EventRoles, TagColumn, UsageError, clean_schema


def parquet(folder: Path, frame: pl.DataFrame, name: str = "events.parquet") -> str:
    frame.write_parquet(folder / name)
    return str(folder / name)


def text(folder: Path, content: str, name: str = "events.csv") -> str:
    (folder / name).write_text(content, encoding="utf-8")
    return str(folder / name)


def users(events: Events) -> list[object]:
    return events.clean.select("user").collect()["user"].to_list()


def tags(events: Events) -> list[object]:
    column = events.clean.collect_schema().names()[-1]
    return events.clean.select(column).collect()[column].drop_nulls().to_list()


# --- roles ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("header", "roles"),
    [
        (
            "user_id,tag,time,text,action",
            EventRoles("user_id", (TagColumn("tag", "interest"),), "time", "text", "action"),
        ),
        (
            "用户ID,话题,品牌,时间,内容,行为",
            EventRoles(
                "用户ID",
                (TagColumn("话题", "interest"), TagColumn("品牌", "brand")),
                "时间",
                "内容",
                "行为",
            ),
        ),
        (
            "UserId,Product Category,Created_At,score",
            EventRoles("UserId", (TagColumn("Product Category", "category"),), "Created_At"),
        ),
        (
            "用户id,标签,发布时间",
            EventRoles("用户id", (TagColumn("标签", "interest"),), "发布时间"),
        ),
        (
            "uid,genres,transaction_timestamp",
            EventRoles("uid", (TagColumn("genres", "interest"),), "transaction_timestamp"),
        ),
    ],
)
def test_roles_are_guessed_from_usual_names_and_reported(
    tmp_path: Path, header: str, roles: EventRoles
) -> None:
    cells = ",".join("2026-05-04" if name in (roles.time,) else "1" for name in header.split(","))
    events = read_events([text(tmp_path, f"{header}\n{cells}\n")], period="day")
    assert events.roles == roles
    assert f"Column {roles.user!r} was taken for the user." in events.notes
    assert any(note.startswith("Tags were taken from") for note in events.notes)


def test_what_is_named_is_not_guessed(tmp_path: Path) -> None:
    source = text(tmp_path, "uid,member_id,tag,brand,genre\n1,2,a,b,c\n")
    events = read_events([source], user="member_id", tags=[TagColumn("genre", "style")])
    assert events.roles == EventRoles("member_id", (TagColumn("genre", "style"),))
    assert users(events) == [2]


def test_whole_roles_are_taken_as_they_are(tmp_path: Path) -> None:
    source = text(tmp_path, "uid,tag,time,text\n1,a,2026-05-04,hello\n")
    roles = EventRoles("uid", (TagColumn("tag", "interest"),))
    events = read_events([source], roles)
    assert events.roles == roles
    assert events.clean.collect()["text"].to_list() == [None]


@pytest.mark.parametrize(
    ("header", "options", "said"),
    [
        ("name,tag", {}, "no column looks like the user"),
        ("uid,user_id,tag", {}, "several columns could be the user: 'uid', 'user_id'"),
        ("uid,tag", {"period": "day"}, "no column looks like the time"),
        ("uid,tag,date,time", {"period": "day"}, "several columns could be the time"),
        ("uid,score", {}, "no column holds tags"),
        ("uid,tag", {"user": "usr"}, "there is no column 'usr' (asked for with --user)"),
        ("uid,tag", {"tags": [TagColumn("tagg", "x")]}, "there is no column 'tagg'"),
        ("uid,tag", {"time": "when"}, "asked for with --time"),
        ("uid,tag", {"text": "body"}, "asked for with --text"),
        ("uid,tag", {"action": "act"}, "asked for with --action"),
    ],
)
def test_a_role_that_cannot_be_settled_names_the_columns_there_are(
    tmp_path: Path, header: str, options: dict[str, object], said: str
) -> None:
    source = text(tmp_path, f"{header}\n{','.join('1' for _ in header.split(','))}\n")
    with pytest.raises(UsageError) as caught:
        read_events([source], **options)  # type: ignore[arg-type]
    assert said in str(caught.value)
    assert caught.value.where == f"columns: {header.replace(',', ', ')}"
    assert caught.value.cure


def test_a_missing_column_names_the_nearest(tmp_path: Path) -> None:
    source = text(tmp_path, "household_id,product_category\n1,a\n")
    with pytest.raises(UsageError, match="did you mean 'household_id'"):
        read_events([source], user="houshold_id")


def test_a_file_that_is_no_table_gives_a_message_of_readable_length(tmp_path: Path) -> None:
    source = text(tmp_path, "x" * 200_000 + "\n" + "y" * 200_000 + "\n")
    with pytest.raises(UsageError, match="no column looks like the user") as caught:
        read_events([source])
    assert len(str(caught.value)) < 300


def test_an_ambiguous_time_is_left_out_where_none_is_needed(tmp_path: Path) -> None:
    events = read_events([text(tmp_path, "uid,tag,date,time\n1,a,x,y\n")])
    assert events.roles.time is None


def test_files_must_agree_on_the_columns_that_play_a_part(tmp_path: Path) -> None:
    sources = [
        text(tmp_path, "uid,tag,note\n1,a,x\n", "a.csv"),
        text(tmp_path, "tag,uid\nb,2\n", "b.csv"),
    ]
    assert users(read_events(sources)) == [1, 2]
    lacking = text(tmp_path, "uid,topic\n3,c\n", "c.csv")
    with pytest.raises(DataError, match=r"c\.csv has no column 'tag'"):
        read_events([*sources, lacking], tags=[TagColumn("tag", "interest")])


@pytest.mark.parametrize(
    ("option", "expected"),
    [
        ("product_category=category", TagColumn("product_category", "category")),
        (" 话题 = 兴趣 ", TagColumn("话题", "兴趣")),
        ("a=b=brand", TagColumn("a=b", "brand")),
        ("topics=interest|", TagColumn("topics", "interest", "|")),
        ("topics=interest ::", TagColumn("topics", "interest", "::")),
        ("anything", TagColumn("anything", "interest")),
        ("品牌", TagColumn("品牌", "brand")),
        ("Product_Category", TagColumn("Product_Category", "category")),
    ],
)
def test_a_tag_option_names_a_column_and_its_kind(option: str, expected: TagColumn) -> None:
    assert parse_tag_option(option) == expected


@pytest.mark.parametrize(
    "option", ["", "=category", "tag=", "tag=two words", "tag=a:b", "tag=universe"]
)
def test_a_tag_option_that_says_no_kind_shows_an_example(option: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_tag_option(option)
    assert "category" in caught.value.cure


# --- ids --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cells", "id_type", "kept"),
    [
        (["1", " 22 ", "-3", "9223372036854775807"], "integer", [1, 22, -3, 2**63 - 1]),
        (["0", "10"], "integer", [0, 10]),
        (["1", "007"], "text", ["1", "007"]),
        (["1", "+7"], "text", ["1", "+7"]),
        (["1", "-0"], "text", ["1", "-0"]),
        (["1", "9223372036854775808"], "text", ["1", "9223372036854775808"]),
        (["1", "2.0"], "text", ["1", "2.0"]),
        (["1", " u2　"], "text", ["1", "u2"]),
    ],
)
def test_csv_ids_are_integers_only_if_nothing_is_lost(
    tmp_path: Path, cells: list[str], id_type: str, kept: list[object]
) -> None:
    events = read_events([text(tmp_path, "uid,tag\n" + "".join(f"{c},a\n" for c in cells))])
    assert (events.id_type, users(events)) == (id_type, kept)


def test_an_id_far_below_the_first_rows_decides_too(tmp_path: Path) -> None:
    rows = "".join(f"{n},a\n" for n in range(50_000))
    events = read_events([text(tmp_path, f"uid,tag\n{rows}x1,a\n")])
    assert events.id_type == "text"
    assert count_rows(events).rejected == {}


@pytest.mark.parametrize(
    ("values", "dtype", "id_type", "kept"),
    [
        ([1, None, 3], pl.Int16, "integer", [1, 3]),
        ([1, 2], pl.UInt64, "integer", [1, 2]),
        ([1, 2**63], pl.UInt64, "text", ["1", str(2**63)]),
        (["1", " ", None, "2 "], pl.String, "text", ["1", "2"]),
        (["a", None, "b"], pl.Categorical, "text", ["a", "b"]),
        ([b"ab", b"", "电".encode()], pl.Binary, "text", ["ab", "电"]),
        ([1.0, 2.5, None, float("nan"), 2.0**60], pl.Float64, "integer", [1]),
        ([Decimal(7), Decimal("7.5")], pl.Decimal(10, 1), "integer", [7]),
    ],
)
def test_declared_types_of_ids_bind(
    tmp_path: Path, values: list[object], dtype: pl.DataType, id_type: str, kept: list[object]
) -> None:
    frame = pl.DataFrame({"uid": pl.Series(values, dtype=dtype), "tag": ["a"] * len(values)})
    events = read_events([parquet(tmp_path, frame)])
    assert (events.id_type, users(events)) == (id_type, kept)
    schema = events.clean.collect_schema()
    assert pl.Schema(list(schema.items())[:5]) == clean_schema(events.id_type)
    assert events.clean.collect().schema == schema


def test_ids_missing_and_ids_unusable_are_different_reasons(tmp_path: Path) -> None:
    frame = pl.DataFrame({"uid": [1.0, 2.5, None, float("nan")], "tag": ["a"] * 4})
    counts = count_rows(read_events([parquet(tmp_path, frame)]))
    assert counts.rejected == {"missing_user": 2, "unparsable_user": 1}


@pytest.mark.parametrize("values", [[True, False], [[1], [2]]])
def test_a_type_that_tells_no_users_apart_is_refused(tmp_path: Path, values: list[object]) -> None:
    source = parquet(tmp_path, pl.DataFrame({"uid": values, "tag": ["a", "b"]}))
    with pytest.raises(UsageError, match="cannot tell users apart"):
        read_events([source])


def test_sources_whose_ids_differ_in_type_are_refused_by_name(tmp_path: Path) -> None:
    numbers = parquet(tmp_path, pl.DataFrame({"uid": [1], "tag": ["a"]}), "n.parquet")
    words = parquet(tmp_path, pl.DataFrame({"uid": ["1"], "tag": ["a"]}), "w.parquet")
    csv_words = text(tmp_path, "uid,tag\nx1,a\n", "w.csv")
    csv_numbers = text(tmp_path, "uid,tag\n2,b\n", "n.csv")
    for other in (words, csv_words):
        with pytest.raises(DataError, match="ids are integers in") as caught:
            read_events([numbers, other])
        assert numbers in str(caught.value)
        assert other in str(caught.value)
    assert users(read_events([numbers, csv_numbers])) == [1, 2]
    assert users(read_events([words, csv_numbers])) == ["1", "2"]
    assert users(read_events([csv_words, csv_numbers])) == ["x1", "2"]
    empty = parquet(tmp_path, pl.DataFrame({"uid": [None], "tag": ["a"]}), "e.parquet")
    assert users(read_events([empty, numbers])) == [1]


def test_ndjson_ids_go_by_content_like_csv(tmp_path: Path) -> None:
    lines = ['{"uid":1,"tag":"a"}', '{"uid":"2","tag":"b"}']
    assert users(read_events([text(tmp_path, "\n".join(lines), "a.ndjson")])) == [1, 2]
    lines.append('{"uid":"x","tag":"b"}')
    assert users(read_events([text(tmp_path, "\n".join(lines), "a.ndjson")])) == ["1", "2", "x"]


# --- tags -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "dtype", "expected"),
    [
        ([" a ", "", None, "b　", "  "], pl.String, [["a"], ["b"]]),
        (["x", None, "y"], pl.Categorical, [["x"], ["y"]]),
        (["x", None, "y"], pl.Enum(["x", "y"]), [["x"], ["y"]]),
        ([3, None, -4], pl.Int32, [["3"], ["-4"]]),
        ([12.0, 2.5], pl.Float64, [["12"], ["2.5"]]),
        ([True, None, False], pl.Boolean, [["true"], ["false"]]),
        (
            [["b", " a", "b", "", None, "a"], [], None, [None, " "]],
            pl.List(pl.String),
            [["b", "a"]],
        ),
        ([[1, 2, 1], None], pl.List(pl.Int64), [["1", "2"]]),
        ([[1, 2], [3, 3]], pl.Array(pl.Int64, 2), [["1", "2"], ["3"]]),
        ([["x"], ["y", "x"]], pl.List(pl.Categorical), [["x"], ["y", "x"]]),
        (["a|b", "Rock&Roll"], pl.String, [["a|b"], ["Rock&Roll"]]),
        (['["a"]'], pl.String, [['["a"]']]),
        (["ＡＢ", "ab", "é", "e\u0301"], pl.String, [["ＡＢ"], ["ab"], ["é"], ["e\u0301"]]),
    ],
)
def test_tags_of_any_type_become_lists_of_trimmed_distinct_strings(
    tmp_path: Path, values: list[object], dtype: pl.DataType, expected: list[list[str]]
) -> None:
    frame = pl.DataFrame({"uid": range(len(values)), "tag": pl.Series(values, dtype=dtype)})
    events = read_events([parquet(tmp_path, frame)])
    assert tags(events) == expected
    assert count_rows(events).rows_used == len(values)


def test_a_separator_parts_a_cell(tmp_path: Path) -> None:
    source = text(tmp_path, 'uid,tags\n1,a| b ||a\n2,|\n3,"x,y"\n')
    events = read_events([source], tags=[parse_tag_option("tags=interest|")])
    assert tags(events) == [["a", "b"], ["x,y"]]


@pytest.mark.parametrize("dtype", [pl.Struct({"x": pl.Int64}), pl.List(pl.List(pl.Int64))])
def test_a_type_that_holds_no_tags_is_refused(tmp_path: Path, dtype: pl.DataType) -> None:
    frame = pl.DataFrame({"uid": [1], "tag": pl.Series([None], dtype=dtype)})
    with pytest.raises(UsageError, match="holds no tags"):
        read_events([parquet(tmp_path, frame)])


def test_a_row_without_tags_stays_since_its_user_was_there(tmp_path: Path) -> None:
    source = text(tmp_path, "uid,tag,brand,text\n1,,,hello\n2,,, \n3,,b,\n4,a,,x\n")
    events = read_events([source])
    assert events.clean.select("user", "text").collect().rows() == [
        (1, "hello"),
        (2, None),
        (3, None),
        (4, "x"),
    ]
    assert count_rows(events).rejected == {}


def test_one_column_may_serve_two_kinds_and_is_kept_once(tmp_path: Path) -> None:
    both = [TagColumn("tag", "interest"), TagColumn("tag", "brand"), TagColumn("tag", "brand")]
    events = read_events([text(tmp_path, "uid,tag\n1,a\n")], tags=both)
    assert events.roles.tags == tuple(both[:2])
    assert events.clean.collect_schema().names()[5:] == ["tag:tag"]


def test_lists_and_single_tags_may_be_mixed_even_far_below(tmp_path: Path) -> None:
    lines = ['{"uid":1,"tag":["a\\\\b"]}'] * 10_001 + ['{"uid":2,"tag":"c"}']
    assert tags(read_events([text(tmp_path, lines[0], "a.ndjson")])) == [["a\\b"]]
    mixed = tags(read_events([text(tmp_path, "\n".join(lines), "b.ndjson")]))
    assert (len(mixed), mixed[-1]) == (10_002, ["c"])


def test_a_key_that_ndjson_has_only_far_below_is_found_when_named(tmp_path: Path) -> None:
    lines = ['{"uid":1,"tag":"a"}'] * 10_001 + ['{"uid":2,"tag":["b","c"],"late":"x"}']
    source = text(tmp_path, "\n".join(lines), "a.ndjson")
    events = read_events([source], tags=[TagColumn("late", "interest")])
    assert tags(events) == [["x"]]
    assert tags(read_events([source]))[-1] == ["b", "c"]


JSON = st.one_of(
    st.text(st.characters(exclude_categories=("Cc", "Cs")), max_size=8),
    st.text(st.sampled_from(list('ab["\\,] 电u0d8\n'))),
    st.integers(-(10**12), 10**12),
    st.booleans(),
    st.none(),
)


def as_tag(value: object) -> str:
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value).strip()


def read_json(cells: list[object], ascii_only: bool) -> dict[object, list[str]]:
    lines = [json.dumps({"uid": n, "tag": c}, ensure_ascii=ascii_only) for n, c in enumerate(cells)]
    with tempfile.TemporaryDirectory() as folder:
        source = text(Path(folder), "\n\n".join(lines), "a.ndjson")
        events = read_events([source], user="uid", tags=[TagColumn("tag", "interest")])
        return dict(events.clean.select("user", "tag:tag").drop_nulls().collect().iter_rows())


def expected_tags(cells: list[object]) -> dict[object, list[str]]:
    lists = [cell if isinstance(cell, list) else [cell] for cell in cells]
    named = [list(dict.fromkeys(tag for tag in map(as_tag, cell) if tag)) for cell in lists]
    return {number: found for number, found in enumerate(named) if found}


@given(st.lists(st.lists(JSON, max_size=4), min_size=1, max_size=8), st.booleans())
@example([["\\ud83d", "a\\b", '"', "😀"]], True)
def test_any_json_list_becomes_its_tags(cells: list[list[object]], ascii_only: bool) -> None:
    assert read_json(cells, ascii_only) == expected_tags(cells)


@given(
    st.lists(JSON.filter(lambda v: not as_tag(v).startswith("[")), min_size=1, max_size=8),
    st.lists(st.lists(st.sampled_from(["a", "é😀", 'q"q', 3, None, True]), max_size=3), max_size=4),
    st.booleans(),
)
def test_any_json_value_is_a_tag_beside_lists_too(
    cells: list[object], lists: list[list[object]], ascii_only: bool
) -> None:
    assert read_json([*cells, *lists], ascii_only) == expected_tags([*cells, *lists])


@given(
    st.text(st.sampled_from(list('[]",\\ abu0d8e1.-+tfnE\n')), max_size=14).map(lambda t: f"[{t}]")
)
def test_no_cell_that_looks_like_a_list_can_break_the_column(cell: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        source = str(Path(folder) / "a.csv")
        pl.DataFrame({"uid": [1, 2], "tag": [cell, "end"]}).write_csv(source)
        events = read_events([source])
        clean = events.clean.select("user", "tag:tag").drop_nulls().collect()
        found = dict(clean.iter_rows())
    assert found.pop(2) == ["end"]
    assert all(tag == tag.strip() != "" for values in found.values() for tag in values)
