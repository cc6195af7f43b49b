"""The one way a list leaves the command line: a table, JSON, and files of three formats."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl

from overlap import reports
from overlap.cli.output import print_rows, show
from overlap.model import Estimate, Policy, Window
from overlap.panel import Panel, asking
from overlap.store import Store
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


def _tell(frame: pl.DataFrame, file: Path) -> None:
    sys.stderr.write(f"wrote {len(frame):,} rows to {file}\n")


def untagged(users: Estimate | None, policy: Policy) -> str:
    """Say how many users have no tag; None or below the floor, that they are few."""
    if users is None or 0 < users.value < policy.display_floor:
        return f"fewer than {policy.display_floor} have no tag"
    if not users.value:
        return "every one has a tag"
    return f"{users} have no tag"


def asked(
    opened: Store,
    panel: Panel,
    start: str | None,
    end: str | None,
    expression: str,
    *others: str | None,
) -> tuple[Window, str, list[str | None]]:
    """Return the window and the expressions asked for, saved segments put in for `@name`.

    What of them leaves doubt is said on stderr. Raises UsageError as `asking.window` and
    `Panel.resolve` do.
    """
    window = asking.window(panel, start, end)
    window, first, rest = spell_out(opened.path, window, expression, *others)
    asking.check(panel, window)
    doubtful(opened, panel, window, [text for text in (first, *rest) if text])
    return window, first, rest


def doubtful(opened: Store, panel: Panel, window: Window, expressions: Sequence[str]) -> None:
    """Say on stderr what of a question may be meant otherwise, or goes beyond the data."""
    notes = asking.named(panel, expressions, opened.policy.display_floor)
    beyond = asking.uncovered(panel, window)
    for note in [*notes, *([beyond] if beyond else [])]:
        sys.stderr.write(f"overlap: note: {note}\n")
