"""Writes reports to files: whole or not at all, an older report of that name giving way."""

from __future__ import annotations

import contextlib
import io
import json
import secrets
from pathlib import Path

import polars as pl

from overlap.model import DataError
from overlap.reports.about import About
from overlap.reports.excel import excel_bytes
from overlap.reports.text import csv_bytes

METADATA_KEY = "overlap"
"""Key of a Parquet file's metadata under which a report's facts stand, as JSON."""


def write_csv(frame: pl.DataFrame, file: Path) -> None:
    """Write a table as UTF-8 CSV with BOM, text that a spreadsheet would run as a formula escaped.

    Raises DataError when the file cannot be written.
    """
    _write(csv_bytes(frame), file, "CSV")


def write_excel(frame: pl.DataFrame, file: Path, about: About) -> None:
    """Write a table as an Excel workbook with a sheet about it.

    Raises DataError when the file cannot be written, UsageError for more rows than Excel holds.
    """
    _write(excel_bytes(frame, about), file, "Excel workbook")


def write_parquet(frame: pl.DataFrame, file: Path, about: About) -> None:
    """Write a table as Parquet, its own schema kept, what it is about in the file's metadata.

    Raises DataError when the file cannot be written.
    """
    told = {"table": about.table, **dict(about.facts)}
    buffer = io.BytesIO()
    frame.write_parquet(buffer, metadata={METADATA_KEY: json.dumps(told, ensure_ascii=False)})
    _write(buffer.getvalue(), file, "Parquet file")


def _write(data: bytes, file: Path, what: str) -> None:
    target = file.resolve()
    try:
        if target.exists() and not target.is_file():
            # A pipe or a terminal cannot be replaced by a file.
            target.write_bytes(data)
            return
        temporary = target.with_name(f".{target.name[:100]}.{secrets.token_hex(4)}.tmp")
        try:
            temporary.write_bytes(data)
            temporary.replace(target)
        except BaseException:
            with contextlib.suppress(OSError):
                temporary.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise DataError(
            f"the {what} cannot be written: {error.strerror}",
            where=str(file),
            cure="name a file in a folder that exists and may be written",
        ) from error
