"""Every list leaves as CSV, as an Excel workbook and as Parquet, and every cell arrives."""

from __future__ import annotations

import io
import json
import math
import stat
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from overlap import reports
from overlap.cli.serving import sample_store
from overlap.insights.language import EXAMPLES_TABLE, LANGUAGE_TABLE, MATCHES_TABLE
from overlap.insights.needs import NEEDS_TABLE
from overlap.insights.needs_map import NODES_TABLE
from overlap.insights.planner import PLAN_TABLE
from overlap.insights.profile import PROFILE_TABLE
from overlap.insights.regions import REACH_TABLE, REGIONS_TABLE
from overlap.insights.sizing import PARTS_TABLE
from overlap.insights.trends import BURSTS_TABLE, TRENDS_TABLE
from overlap.model import (
    LIST_TABLE,
    OPENINGS_TABLE,
    PAIRS_TABLE,
    DataError,
    OverlapError,
    UsageError,
    Window,
)
from overlap.panel import open_panel
from overlap.reports import About, Measure, column_of, csv_bytes, excel_bytes
from overlap.workspace import COMPARISON_TABLE, SEGMENTS_TABLE

ABOUT = About("list")
FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", '=HYPERLINK("http://x")', "'=1"]
TEXTS = [
    *FORMULAS, "电竞 Esports", "", " spaced ", "http://example.com/a?b=1", "007", "1e5", "TRUE",
    "_x0041_", "a\nb", "😀 emoji", "<b>&amp;</b>", "#N/A", "{=1}", None,
]  # fmt: skip


def workbook(data: bytes) -> Any:
    return openpyxl.load_workbook(io.BytesIO(data))


def rows_of(sheet: Any) -> list[tuple[Any, ...]]:
    return list(sheet.iter_rows(min_row=2, values_only=True))


def same(cell: Any, value: Any) -> bool:
    if value is None or value == "" or (isinstance(value, float) and math.isnan(value)):
        return cell is None or cell == ""
    if isinstance(value, float) and math.isinf(value):
        return bool(cell == str(value))
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return type(cell) is type(value) and bool(cell == value)
    return not isinstance(cell, bool) and math.isclose(cell, value, rel_tol=1e-15)


def assert_cells(data: bytes, frame: pl.DataFrame) -> None:
    sheet = workbook(data).worksheets[0]
    assert [cell.value for cell in sheet[1]] == frame.columns
    found = rows_of(sheet)
    assert len(found) == len(frame)
    for cells, values in zip(found, frame.iter_rows(), strict=True):
        assert all(map(same, cells, values)), (cells, values)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return sample_store(tmp_path_factory.mktemp("reports") / "store")


Run = Callable[..., tuple[int, str, str]]
LISTS = {
    "list": ((), LIST_TABLE),
    "pairs": (("--anchor", "category:电视\\ TV", "--kind", "interest"), PAIRS_TABLE),
    "openings": (("--category", "电视 TV", "--brand", "澄光 Chengguang"), OPENINGS_TABLE),
}


def asked(name: str) -> list[str]:
    return [word.replace("电视\\ TV", '"电视 TV"') for word in LISTS[name][0]]


# --- the commands -----------------------------------------------------------------------------


@pytest.mark.parametrize("name", LISTS)
def test_every_list_is_written_in_all_formats_and_each_holds_what_json_says(
    run: Run, store: Path, tmp_path: Path, name: str
) -> None:
    files = [tmp_path / f"t.{ending}" for ending in ("csv", "xlsx", "parquet")]
    code, out, err = run(
        name, store, *asked(name), "--json",
        "--csv", files[0], "--excel", files[1], "--parquet", files[2],
    )  # fmt: skip
    assert code == 0, err
    table = LISTS[name][1]
    frame = pl.DataFrame(json.loads(out), schema=table)
    assert len(frame) > 10
    assert pl.read_csv(files[0], schema=table).equals(frame)
    assert_cells(files[1].read_bytes(), frame)
    kept = pl.read_parquet(files[2])
    assert kept.schema == table
    assert kept.equals(frame)
    assert err == "".join(f"wrote {len(frame):,} rows to {file}\n" for file in files)
    assert sorted(tmp_path.iterdir()) == sorted(files)


def test_a_list_that_is_written_is_not_printed_too(run: Run, store: Path, tmp_path: Path) -> None:
    for option, name in (("--excel", "a.xlsx"), ("--parquet", "a.parquet")):
        code, out, _ = run("list", store, option, tmp_path / name)
        assert (code, out) == (0, "")
        assert (tmp_path / name).stat().st_size > 0


def test_the_about_sheet_says_what_the_table_is_and_what_its_columns_mean(
    run: Run, store: Path, tmp_path: Path
) -> None:
    file = tmp_path / "openings.xlsx"
    assert run("openings", store, *asked("openings"), "--from", "2026-03", "--excel", file)[0] == 0
    book = openpyxl.load_workbook(file)
    assert book.sheetnames == ["openings", "about"]
    rows = rows_of(book["about"])
    facts = {row[0]: row[1] for row in rows if row[0] and row[2] is None}
    snapshot = open_panel(store)[0].snapshot
    assert facts["category"] == "电视 TV"
    assert facts["brand"] == "澄光 Chengguang"
    assert facts["baseline"] == "all users"
    assert facts["window"] == "2026-02-23 to the last"
    assert facts["snapshot"] == snapshot
    assert facts["date of the data"] == "2025-12-29 to 2026-06-28"
    meanings = {row[0]: row[2] for row in rows if row[2]}
    for name in OPENINGS_TABLE.names():
        assert meanings[name] == reports.COLUMNS[name].meaning_in("en")


def test_the_about_sheet_speaks_chinese_where_the_command_does(
    run: Run, store: Path, tmp_path: Path
) -> None:
    file = tmp_path / "openings.xlsx"
    argv = ("openings", store, *asked("openings"), "--language", "zh", "--excel", file)
    assert run(*argv, "--parquet", tmp_path / "o.parquet")[0] == 0
    rows = list(openpyxl.load_workbook(file)["about"].iter_rows(values_only=True))
    assert ("品类", "电视 TV", None) in rows
    assert ("基准人群", "大盘（全部用户）", None) in rows
    assert ("gap_users", "机会缺口人数", reports.COLUMNS["gap_users"].meaning_in("zh")) in rows
    told = json.loads(pl.read_parquet_metadata(tmp_path / "o.parquet")["overlap"])
    assert told["table"] == "openings"
    assert told["category"] == "电视 TV"
    assert told["snapshot"] == open_panel(store)[0].snapshot


def test_a_workbook_needs_its_ending(run: Run, store: Path, tmp_path: Path) -> None:
    code, out, err = run("list", store, "--excel", tmp_path / "list.csv")
    assert (code, out) == (2, "")
    assert "list.xlsx" in err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("option", ["--csv", "--excel", "--parquet"])
@pytest.mark.parametrize("where", ["nowhere/t.xlsx", "."])
def test_a_target_that_cannot_be_written_is_one_message(
    run: Run, store: Path, tmp_path: Path, option: str, where: str
) -> None:
    (tmp_path / "folder.xlsx").mkdir()
    target = tmp_path / ("folder.xlsx" if where == "." else where)
    code, out, err = run("list", store, option, target)
    assert (code, out) == (1, "")
    assert "cannot be written" in err
    assert str(target) in err
    assert "Traceback" not in err
    assert [p.name for p in tmp_path.iterdir()] == ["folder.xlsx"]


# --- files ------------------------------------------------------------------------------------

WRITERS: dict[str, Callable[[pl.DataFrame, Path], None]] = {
    "csv": reports.write_csv,
    "excel": lambda frame, file: reports.write_excel(frame, file, ABOUT),
    "parquet": lambda frame, file: reports.write_parquet(frame, file, ABOUT),
}


@pytest.mark.parametrize("name", WRITERS)
def test_an_older_report_gives_way_and_a_link_stays_a_link(tmp_path: Path, name: str) -> None:
    real, link = tmp_path / "real", tmp_path / "link"
    real.write_text("an older report")
    link.symlink_to(real)
    WRITERS[name](pl.DataFrame({"name": ["a"]}), link)
    assert link.is_symlink()
    assert b"older" not in real.read_bytes()
    assert sorted(p.name for p in tmp_path.iterdir()) == ["link", "real"]
    plain = tmp_path / "plain"
    plain.touch()
    assert stat.S_IMODE(real.stat().st_mode) == stat.S_IMODE(plain.stat().st_mode)


@pytest.mark.parametrize("name", WRITERS)
def test_a_report_that_fails_half_way_leaves_the_older_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    file = tmp_path / "report"
    file.write_text("an older report")

    def full(self: Path, data: bytes) -> None:
        with self.open("wb") as stream:
            stream.write(data[:3])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(DataError, match="No space left"):
        WRITERS[name](pl.DataFrame({"name": ["a"]}), file)
    assert file.read_text() == "an older report"
    assert list(tmp_path.iterdir()) == [file]


# --- cells ------------------------------------------------------------------------------------


def test_no_text_becomes_a_formula_a_link_or_a_number_in_excel() -> None:
    frame = pl.DataFrame({"name": TEXTS, "users": [float(i) for i in range(len(TEXTS))]})
    sheet = workbook(excel_bytes(frame, ABOUT)).worksheets[0]
    for row, value in enumerate(TEXTS, start=2):
        cell = sheet.cell(row, 1)
        # The reader unfolds a carriage return as XML does.
        assert (cell.value or "").replace("_x000D_", "\r") == (value or "")
        assert cell.data_type in ("s", "n" if not value else "s")
        assert cell.hyperlink is None


def test_formulas_are_made_harmless_in_csv_and_stay_as_they_are_in_parquet(tmp_path: Path) -> None:
    frame = pl.DataFrame({"name": TEXTS})
    cells = pl.read_csv(csv_bytes(frame), schema={"name": pl.String})
    for cell, value in zip(cells["name"], TEXTS, strict=True):
        runs = value is not None and value[:1] in ("=", "+", "-", "@", "\t", "\r")
        assert (cell or "") == (f"'{value}" if runs else value or "")
    reports.write_parquet(frame, tmp_path / "t.parquet", ABOUT)
    assert pl.read_parquet(tmp_path / "t.parquet")["name"].to_list() == TEXTS


def test_numbers_that_are_none_are_blank_and_infinite_ones_are_words() -> None:
    frame = pl.DataFrame(
        {"users": [1.5, math.nan, math.inf, -math.inf, None, 1e300, 0.1], "exact": [True] * 7}
    )
    assert_cells(excel_bytes(frame, ABOUT), frame)
    back = pl.read_csv(csv_bytes(frame))["users"].to_list()
    assert back == [1.5, None, math.inf, -math.inf, None, 1e300, 0.1]


def test_whole_numbers_keep_every_digit() -> None:
    numbers = [0, -7, 10**15 - 1, 10**15, 2**53 + 1, 2**64 - 1]
    frame = pl.DataFrame({"events": pl.Series(numbers, dtype=pl.Int128)})
    cells = [row[0] for row in rows_of(workbook(excel_bytes(frame, ABOUT)).worksheets[0])]
    assert [int(cell) for cell in cells] == numbers


def test_other_types_arrive_as_what_they_are() -> None:
    moments = [datetime(2026, 5, 4, 10, 11, 12), datetime(1900, 1, 1), None]
    frame = pl.DataFrame(
        {
            "day": [date(2026, 5, 4), date(1812, 6, 24), None],
            "moment": moments,
            "zoned": pl.Series(moments).dt.replace_time_zone("Asia/Shanghai"),
            "words": [["a", "b"], [], None],
            "record": [{"a": 1}, {"a": 2}, None],
            "kind": pl.Series(["x", "=y", None], dtype=pl.Categorical),
            "raw": [b"\x00\xff", b"", None],
        }
    )
    rows = rows_of(workbook(excel_bytes(frame, ABOUT)).worksheets[0])
    first = (moments[0], moments[0], "a | b", '{"a":1}', "x", "00ff")
    assert rows[0] == (datetime(2026, 5, 4), *first)
    assert rows[1][:3] == ("1812-06-24", "1900-01-01T00:00:00", "1900-01-01T00:00:00+08:05:43")
    assert rows[1][5] == "=y"
    assert all(cell is None for cell in rows[2][:4])
    cells = pl.read_csv(csv_bytes(frame))
    assert cells["words"].to_list() == ["a | b", "", None]
    assert cells["kind"].to_list() == ["x", "'=y", None]


def test_numbers_are_written_as_what_they_measure() -> None:
    for name, shape in {
        "overlap_users": "#,##0", "events": "#,##0", "tgi": "#,##0.0", "tgi_low": "#,##0.0",
        "share_of_category": "0.0%", "brand_penetration": "0.0%", "growth": "+0.0%;-0.0%;0.0%",
        "score": "0.0", "rank_low": "0", "new_users": "#,##0", "tgi_shrunk": "#,##0.0",
        "share_of_plan": "0.0%", "whatever": "#,##0.00",
    }.items():  # fmt: skip
        frame = pl.DataFrame({name: [1234.5]})
        sheet = workbook(excel_bytes(frame, ABOUT)).worksheets[0]
        assert sheet["A2"].number_format == shape, name


def test_the_table_has_a_filter_a_fixed_header_and_readable_widths() -> None:
    frame = pl.DataFrame({"name": ["x" * 500, "短"], "users": [1.0, 2.0], "kind": ["中" * 20, "b"]})
    sheet = workbook(excel_bytes(frame, About("a list: of/[things]" * 9))).worksheets[0]
    assert sheet.title == "a list  of  things a list  of  "[:31]
    (table,) = sheet.tables.values()
    assert table.ref == "A1:C3"
    assert table.autoFilter.ref == "A1:C3"
    assert sheet.freeze_panes == "A2"
    assert 60 <= sheet.column_dimensions["A"].width < 62
    assert sheet.column_dimensions["C"].width >= 40
    assert sheet["A2"].alignment.wrap_text
    assert not sheet["C2"].alignment.wrap_text


def test_a_text_too_long_for_a_cell_is_cut_and_said_so() -> None:
    texts = ["a" * 32_767, "a" * 32_768, "😀" * 16_383, "😀" * 16_384, "中" * 40_000]
    book = workbook(excel_bytes(pl.DataFrame({"reason": texts}), ABOUT))
    cells = [row[0] for row in rows_of(book["list"])]
    kept = [
        "a" * 32_767,
        "a" * 32_766 + "…",
        "😀" * 16_383,
        "😀" * 16_383 + "…",
        "中" * 32_766 + "…",
    ]
    assert cells == kept
    facts = {row[0]: row[1] for row in book["about"].iter_rows(values_only=True)}
    assert facts["note"] == "Texts of more than 32,767 characters were cut: 3"


def test_an_empty_table_has_its_header() -> None:
    frame = pl.DataFrame(schema=PAIRS_TABLE)
    sheet = workbook(excel_bytes(frame, ABOUT)).worksheets[0]
    assert [cell.value for cell in sheet[1]] == PAIRS_TABLE.names()
    assert all(cell is None for row in rows_of(sheet) for cell in row)
    assert pl.read_csv(csv_bytes(frame)).columns == PAIRS_TABLE.names()
    assert workbook(excel_bytes(pl.DataFrame(), About("about"))).sheetnames == [
        "about table",
        "about",
    ]


def test_more_rows_than_a_sheet_holds_are_refused_with_the_way_out() -> None:
    frame = pl.DataFrame({"name": pl.repeat("a", reports.MOST_ROWS + 1, eager=True)})
    with pytest.raises(UsageError, match="1,048,576 rows") as refused:
        excel_bytes(frame, ABOUT)
    assert "--parquet" in str(refused.value)
    assert isinstance(refused.value, OverlapError)


@pytest.mark.slow
def test_a_hundred_thousand_rows_arrive_cell_by_cell(tmp_path: Path) -> None:
    n = 100_000
    frame = pl.select(
        kind=pl.lit("interest").repeat_by(n).explode(),
        name=pl.format("人群 {}", pl.int_range(n)),
        users=pl.int_range(n) * 1.37,
        low=pl.int_range(n) * 1.1,
        high=pl.int_range(n) * 1.9,
        exact=pl.int_range(n) % 3 == 0,
        events=pl.int_range(n).cast(pl.UInt64) ** 2,
    ).cast(LIST_TABLE)  # type: ignore[arg-type]
    assert_cells(excel_bytes(frame, ABOUT), frame)
    assert pl.read_csv(csv_bytes(frame), schema=LIST_TABLE).equals(frame)
    reports.write_parquet(frame, tmp_path / "t.parquet", ABOUT)
    assert pl.read_parquet(tmp_path / "t.parquet").equals(frame)


PRINTED = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"))


@given(st.lists(st.tuples(st.none() | PRINTED, st.none() | st.floats()), min_size=1))
def test_any_text_and_any_number_arrives(rows: list[tuple[str | None, float | None]]) -> None:
    frame = pl.DataFrame(rows, schema={"name": pl.String, "users": pl.Float64}, orient="row")
    assert_cells(excel_bytes(frame, ABOUT), frame)


# --- what columns mean ------------------------------------------------------------------------


OTHERS = {
    "profile": PROFILE_TABLE,
    "plan": PLAN_TABLE,
    "segment_plan": PLAN_TABLE,
    "parts": PARTS_TABLE,
    "regions": REGIONS_TABLE,
    "reach": REACH_TABLE,
    "trends": TRENDS_TABLE,
    "bursts": BURSTS_TABLE,
    "segments": SEGMENTS_TABLE,
    "compared": COMPARISON_TABLE,
    "language": LANGUAGE_TABLE,
    "matches": MATCHES_TABLE,
    "examples": EXAMPLES_TABLE,
    "needs": NEEDS_TABLE,
    "map": NODES_TABLE,
}


@pytest.mark.parametrize("table", OTHERS)
def test_every_column_of_the_other_lists_is_explained_too(table: str) -> None:
    for name, dtype in OTHERS[table].items():
        known = column_of(name, dtype, table)
        assert known.meaning_in("en"), name
        assert known.meaning_in("zh"), name
        numeric = known.measure not in (Measure.TEXT, Measure.FLAG)
        assert dtype.is_numeric() == numeric, name
        assert (dtype == pl.Boolean) == (known.measure is Measure.FLAG), name


def test_the_parts_of_a_segment_have_names_of_their_own_in_both_languages() -> None:
    generic = {"exact", "suppressed"}
    for name, dtype in PARTS_TABLE.items():
        english, chinese = column_of(name, dtype, "parts").title
        assert english != name.replace("_", " ")
        assert english != chinese
        assert name in generic or f"parts.{name}" in reports.COLUMNS


def test_a_plan_for_a_segment_is_not_explained_by_a_category() -> None:
    for name, dtype in PLAN_TABLE.items():
        if f"segment_plan.{name}" in reports.COLUMNS:
            known = column_of(name, dtype, "segment_plan")
            assert "category" not in known.meaning_in("en")
            assert "品类" not in known.meaning_in("zh")


def test_a_meaning_that_holds_in_one_table_is_told_in_that_table() -> None:
    def meaning(table: str) -> str:
        return column_of("expected_users", pl.Float64(), table).meaning_in("en")

    assert "season" in meaning("trends")
    assert "season" not in meaning("pairs")
    low = column_of("exclusive_low", pl.Float64(), "regions")
    assert low.measure is Measure.USERS
    assert low.meaning_in("en").startswith("Lower end of the 95% interval")


@pytest.mark.parametrize("name", LISTS)
def test_every_column_of_the_contract_is_explained_in_both_languages(name: str) -> None:
    for column, dtype in LISTS[name][1].items():
        known = reports.COLUMNS[column]
        for language in ("en", "zh"):
            assert known.title_in(language)
            assert known.meaning_in(language).endswith("." if language == "en" else "。")
        assert known.meaning_in("zh") != known.meaning_in("en")
        numeric = known.measure not in (Measure.TEXT, Measure.FLAG)
        assert dtype.is_numeric() == numeric, column
        assert (dtype == pl.Boolean) == (known.measure is Measure.FLAG), column


def test_no_two_columns_are_explained_alike() -> None:
    for language in ("en", "zh"):
        said = [column.meaning_in(language) for column in reports.COLUMNS.values()]
        assert len(set(said)) == len(said)


def test_a_column_of_another_table_goes_by_its_name() -> None:
    assert column_of("score_low", pl.Float64()).measure is Measure.SCORE
    assert "score" in column_of("score_low", pl.Float64()).meaning_in("en")
    assert column_of("growth_z", pl.Float64()).measure is Measure.NUMBER
    assert column_of("cumulative_reach", pl.Float64()).measure is Measure.USERS
    assert column_of("platform_share", pl.Float64()).measure is Measure.SHARE
    assert column_of("audience", pl.String()).measure is Measure.TEXT
    assert column_of("flat", pl.Boolean()).measure is Measure.FLAG
    assert column_of("parts", pl.Int64()).measure is Measure.COUNT


def test_what_a_table_is_about_names_the_window_and_leaves_out_what_was_not_asked(
    store: Path,
) -> None:
    opened, _ = open_panel(store)
    window = Window(date(2026, 3, 2), date(2026, 3, 2))
    asked_for = {"expression": "interest:a", "brand": None, "baseline": "category:b"}
    facts = dict(reports.about_store(opened, "size", asked_for, window=window).facts)
    assert facts["window"] == "2026-03-02 to 2026-03-08"
    assert facts["baseline"] == "category:b"
    assert "brand" not in facts
    assert dict(reports.about_store(opened, "list").facts)["window"] == "all periods"
