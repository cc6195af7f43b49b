"""Tables as Excel workbooks: one sheet with the table, one with what it is and what columns mean.

Text is only ever text: no cell becomes a formula, a link or a number because of how it looks.
"""

from __future__ import annotations

import io
import math
import re
import unicodedata
from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any

import polars as pl

from overlap.model import UsageError
from overlap.reports.about import About, word
from overlap.reports.cells import printable
from overlap.reports.columns import column_of
from overlap.reports.measures import Column, Measure

MOST_ROWS = 1_048_575
"""Rows that a sheet holds below its header."""

MOST_CHARACTERS = 32_767
"""UTF-16 units that a cell holds."""

_MOST_DIGITS = 10**15
"""Larger whole numbers lose digits in a spreadsheet and are written as text."""

_FIRST_DAY = date(1900, 3, 1)
"""Excel's calendar has a 29 February 1900; days before it are written as text."""

_FORMATS = {
    Measure.USERS: "#,##0",
    Measure.COUNT: "#,##0",
    Measure.SHARE: "0.0%",
    Measure.CHANGE: "+0.0%;-0.0%;0.0%",
    Measure.INDEX: "#,##0.0",
    Measure.SCORE: "0.0",
    Measure.RANK: "0",
    Measure.NUMBER: "#,##0.00",
    Measure.CHANCE: "0.0000",
}
_NARROWEST, _WIDEST = 9, 60
_LOOKED_AT = 1000
"""Rows that the width of a column is told from."""
_ABOUT = "about"
_WRITER = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "remove_timezone": True,
}


def excel_bytes(frame: pl.DataFrame, about: About) -> bytes:
    """Return a table as an Excel workbook (.xlsx) of two sheets, the table and "about".

    Whole numbers have thousands separators, indices one decimal, shares are percentages. Null and
    NaN are empty cells, infinite numbers the words inf and -inf, lists joined text; text longer
    than a cell holds is cut, and "about" says so. Raises UsageError beyond `MOST_ROWS` rows.
    """
    if len(frame) > MOST_ROWS:
        raise UsageError(
            f"{len(frame):,} rows are more than an Excel sheet holds, which is {MOST_ROWS:,}",
            where="--excel",
            cure="write --csv or --parquet, or ask for fewer rows",
        )
    import xlsxwriter  # only where a workbook is asked for

    frame = printable(frame)
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, _WRITER)
    book.set_properties({"title": about.table})
    cut = _write_table(book, frame, about)
    _write_about(book, frame, about, cut)
    book.close()
    return buffer.getvalue()


def _write_table(book: Any, frame: pl.DataFrame, about: About) -> int:
    """Write the sheet of the table and return the number of texts that were cut."""
    sheet = book.add_worksheet(_sheet_name(about.table))
    head = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
    columns, cut = [], 0
    for at, name in enumerate(frame.columns):
        series = frame[name]
        look, width = _look(series, column_of(name, series.dtype, about.table))
        shape = book.add_format({"valign": "top", **look})
        sheet.set_column(at, at, width)
        columns.append({"header": name, "header_format": head, "format": shape})
        cut += _write_cells(sheet, at, series, shape)
    sheet.freeze_panes(1, 0)
    if columns:
        # Excel refuses a table without a row.
        sheet.add_table(
            0, 0, max(len(frame), 1), len(columns) - 1,
            {"name": "report", "columns": columns, "style": "Table Style Light 1"},
        )  # fmt: skip
    return cut


def _write_cells(sheet: Any, at: int, series: pl.Series, shape: Any) -> int:
    write = _writer(sheet, series.dtype)
    cut = 0
    for row, value in enumerate(series, start=1):
        if value is None:
            sheet.write_blank(row, at, None, shape)
            continue
        if isinstance(value, str) and _units(value) > MOST_CHARACTERS:
            value, cut = _shortened(value), cut + 1
        write(row, at, value, shape)
    return cut


def _writer(sheet: Any, dtype: pl.DataType) -> Callable[[int, int, Any, Any], Any]:
    """Return the function that writes a cell of a type; anything unknown is written as text."""
    text: Callable[[int, int, Any, Any], Any] = sheet.write_string

    def number(row: int, at: int, value: Any, shape: Any) -> None:
        if math.isfinite(value) and (not isinstance(value, int) or abs(value) < _MOST_DIGITS):
            sheet.write_number(row, at, value, shape)
        else:
            text(row, at, str(value), shape)

    def day(row: int, at: int, value: date | datetime, shape: Any) -> None:
        if value.strftime("%Y-%m-%d") < _FIRST_DAY.isoformat():
            text(row, at, value.isoformat(), shape)
        else:
            sheet.write_datetime(row, at, value, shape)

    if dtype == pl.Boolean:
        written: Callable[[int, int, Any, Any], Any] = sheet.write_boolean
        return written
    if dtype.is_numeric():
        return number
    if isinstance(dtype, (pl.Date, pl.Datetime)):
        return day
    return lambda row, at, value, shape: text(row, at, str(value), shape)


def _look(series: pl.Series, column: Column) -> tuple[dict[str, Any], int]:
    """Return the format and the width of a column, in characters."""
    dtype, head = series.dtype, _width(series.name) + 3
    if isinstance(dtype, pl.Datetime):
        return {"num_format": "yyyy-mm-dd hh:mm:ss"}, max(20, head)
    if dtype == pl.Date:
        return {"num_format": "yyyy-mm-dd"}, max(12, head)
    if dtype.is_numeric():
        return {"num_format": _FORMATS.get(column.measure, "#,##0.00")}, max(12, head)
    if dtype == pl.Boolean:
        return {}, max(_NARROWEST, head)
    longest = max((_width(str(v)) for v in series.head(_LOOKED_AT).drop_nulls()), default=0)
    width = min(max(longest + 2, head, _NARROWEST), max(_WIDEST, head))
    # Text stays text when somebody edits the cell; older versions show none that is long, though.
    return ({"text_wrap": True} if longest + 2 > _WIDEST else {"num_format": "@"}), width


def _write_about(book: Any, frame: pl.DataFrame, about: About, cut: int) -> None:
    sheet, language = book.add_worksheet(_ABOUT), about.language
    bold = book.add_format({"bold": True, "valign": "top"})
    text = book.add_format({"text_wrap": True, "valign": "top"})
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 1, 28)
    sheet.set_column(2, 2, 90)
    facts = [("table", about.table), *about.facts, ("rows", f"{len(frame):,}")]
    if cut:
        said = word("cut", language).format(most=f"{MOST_CHARACTERS:,}", n=f"{cut:,}")
        facts.append(("note", said))
    row = 0
    for what, value in facts:
        sheet.write_string(row, 0, word(what, language), bold)
        sheet.merge_range(row, 1, row, 2, "", text)
        sheet.write_string(row, 1, _shortened(value), text)
        row += 1
    row += 1
    for at, key in enumerate(("column", "title", "meaning")):
        sheet.write_string(row, at, word(key, language), bold)
    for name, dtype in frame.schema.items():
        row += 1
        column = column_of(name, dtype, about.table)
        cells = (name, column.title_in(language), column.meaning_in(language))
        for at, value in enumerate(cells):
            sheet.write_string(row, at, value, text)


def _sheet_name(table: str) -> str:
    """Return a name that Excel takes for a sheet: at most 31 characters, some not allowed."""
    name = re.sub(r"[\[\]:*?/\\']", " ", table).strip()[:31] or "table"
    return f"{name} table" if name.casefold() in (_ABOUT, "history") else name


def _width(text: str) -> int:
    """Return how wide a text is in characters, Chinese ones counting twice."""
    return max(
        (sum(1 + (unicodedata.east_asian_width(c) in "WF") for c in line)
         for line in text[:_WIDEST * 4].split("\n")), default=0,
    )  # fmt: skip


def _units(text: str) -> int:
    return len(text) + sum(c > "\uffff" for c in text) if len(text) > 16_000 else len(text)


def _shortened(text: str) -> str:
    if _units(text) <= MOST_CHARACTERS:
        return text
    kept: Sequence[int] = text.encode("utf-16-le")[: 2 * (MOST_CHARACTERS - 1)]
    return bytes(kept).decode("utf-16-le", "ignore") + "…"
