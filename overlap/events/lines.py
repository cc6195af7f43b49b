"""NDJSON files: one object on each line, every value read as text."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any

import polars as pl

from overlap.events.encodings import open_binary
from overlap.events.sources import SourceFile
from overlap.events.tables import MALFORMED, ROW
from overlap.model import DataError

SAMPLE_LINES = 10_000
"""Lines of each file that are looked at for keys."""


@dataclass(frozen=True, slots=True)
class LinesTable:
    """NDJSON files: every value is read as text, a list as the JSON it is written in.

    polars would tell types from the first lines and fail on later ones that differ; read as text,
    a value may be a number here, a text there and a list elsewhere.
    """

    files: tuple[SourceFile, ...]
    sources: tuple[str | bytes, ...]
    schema: pl.Schema
    scratch: tuple[Path, ...] = ()
    textual: bool = True

    def scan(self, *, numbered: bool = False) -> pl.LazyFrame:
        """Return the columns and `MALFORMED`, and `ROW` if numbered."""
        # scan_ndjson takes every path for a pattern and has no switch against it.
        paths: Any = [
            _unglobbed(source) if isinstance(source, str) and not file.remote else source
            for file, source in zip(self.files, self.sources, strict=True)
        ]
        frame = pl.scan_ndjson(
            paths,
            schema=self.schema,
            row_index_name=ROW if numbered else None,
            row_index_offset=1 if numbered else 0,
        )
        return frame.with_columns(pl.lit(False).alias(MALFORMED))

    def single(self) -> Iterator[LinesTable]:
        """Return one table for each file."""
        for file, source in zip(self.files, self.sources, strict=True):
            yield replace(self, files=(file,), sources=(source,))

    def with_keys(self, lines: int | None) -> LinesTable:
        """Return the table with the keys of the first lines of each file, or of all with None.

        Raises DataError for a line among them that holds no object.
        """
        keys: dict[str, type[pl.String]] = {}
        for file, source in zip(self.files, self.sources, strict=True):
            for number, line in enumerate(islice(_lines(file, source, lines), lines), start=1):
                if line.strip():
                    keys.update(dict.fromkeys(_keys(line, number, file.name), pl.String))
        return replace(self, schema=pl.Schema(keys))


def _lines(file: SourceFile, source: str | bytes, most: int | None) -> Iterator[bytes]:
    if isinstance(source, bytes):
        yield from io.BytesIO(source)
    elif file.remote:
        column = pl.scan_csv(
            source,
            has_header=False,
            separator="\0",
            quote_char=None,
            schema={"line": pl.String},
            truncate_ragged_lines=True,
            n_rows=most,
        )
        yield from (line.encode() for line in column.collect()["line"].fill_null(""))
    else:
        with open_binary(source) as stream:
            yield from stream


def _keys(line: bytes, number: int, name: str) -> list[str]:
    where = f"{name}, line {number}"
    try:
        value = json.loads(line)
    except ValueError as error:
        reason = error.msg if isinstance(error, json.JSONDecodeError) else str(error)
        shown = line[:60].decode("utf-8", "replace").strip()
        raise DataError(
            f"a line is not JSON ({reason}): {shown}",
            where=where,
            cure="write one object on each line",
        ) from error
    if not isinstance(value, dict):
        raise DataError(
            f"a line holds {type(value).__name__} where an object is expected",
            where=where,
            cure="write one object on each line, without brackets around them all",
        )
    return list(value)


def find_bad_line(path: Path, most: int) -> None:
    """Raise DataError for the first line of a local file, among so many, that holds no object."""
    with open_binary(str(path)) as stream:
        for number, line in enumerate(islice(stream, most), start=1):
            if line.strip():
                _keys(line, number, str(path))


def _unglobbed(path: str) -> str:
    return "".join(f"[{c}]" if c in "*?[" else c for c in path)
