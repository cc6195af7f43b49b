"""The one way a list leaves the command line: a table, JSON, and files of three formats."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import polars as pl

from overlap import events, reports
from overlap.cli.output import print_rows, show
from overlap.model import Window
from overlap.panel import Panel
from overlap.workspace import spell_out

Columns = Mapping[str, tuple[str, Callable[[Any], str]]]
"""The columns that people see: a title and a format each."""


def give(
    frame: pl.DataFrame,
    json: bool,
    csv: Path | None,
    columns: Columns,
    more: str = "",
    *,
    excel: Path | None = None,
    parquet: Path | None = None,
    about: reports.About | None = None,
) -> None:
    """Write a list to the files asked for; print it as JSON, or for people if nothing was asked.

    `frame` has the columns of the contract, `about` goes into the workbook and the Parquet file.
    Raises DataError when a file cannot be written.
    """
    about = about or reports.About("table")
    if csv is not None:
        reports.write_csv(frame, csv)
        _tell(frame, csv)
    if excel is not None:
        reports.write_excel(frame, excel, about)
        _tell(frame, excel)
    if parquet is not None:
        reports.write_parquet(frame, parquet, about)
        _tell(frame, parquet)
    if json:
        print_rows(frame)
    elif csv is excel is parquet is None:
        show(frame, columns, more)


def window(panel: Panel, start: str | None, end: str | None) -> Window:
    """Return the window that `--from` and `--to` ask for; raises UsageError for no period."""
    unit = panel.spec.period
    return Window(
        events.parse_period(start, unit) if start else None,
        events.parse_period(end, unit, end=True) if end else None,
    )


def _tell(frame: pl.DataFrame, file: Path) -> None:
    sys.stderr.write(f"wrote {len(frame):,} rows to {file}\n")


def asked(
    store: Path,
    panel: Panel,
    start: str | None,
    end: str | None,
    expression: str,
    *others: str | None,
) -> tuple[Window, str, list[str | None]]:
    """Return the window and the expressions asked for, saved segments put in for `@name`."""
    return spell_out(store, window(panel, start, end), expression, *others)
