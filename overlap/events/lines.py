"""NDJSON files: one object on each line, every value read as text."""

from __future__ import annotations

import io
import json
from collections.abc import Collection, Iterator
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
    """NDJSON files: every value is read as text, or as a list of text where lists are asked for.

    polars would tell types from the first lines and fail on later ones that differ; read as text,
    a value may be a number here, a text there and a list (in its JSON) elsewhere. `lists` are the
    keys that only ever held lists in the lines looked at.
    """

    files: tuple[SourceFile, ...]
    sources: tuple[str | bytes, ...]
    schema: pl.Schema
    scratch: tuple[Path, ...] = ()
    lists: frozenset[str] = frozenset()
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
        lists, others = set[str](), set[str]()
        for file, source in zip(self.files, self.sources, strict=True):
            for number, line in enumerate(islice(_lines(file, source, lines), lines), start=1):
                if not line.strip():
                    continue
                for key, value in _object(line, number, file.name).items():
                    keys[key] = pl.String
                    if value is not None:
                        (lists if isinstance(value, list) else others).add(key)
        return replace(self, schema=pl.Schema(keys), lists=frozenset(lists - others))

    def with_lists(self, wanted: Collection[str]) -> LinesTable:
        """Return the table with these keys read as lists, as far as they only held lists."""
        # The JSON that polars makes of a list does not escape backslashes: lists are read as such.
        listed = {key: pl.List(pl.String) for key in self.lists.intersection(wanted)}
        plain = dict.fromkeys(self.schema, pl.String())
        return replace(self, schema=pl.Schema({**plain, **listed}))


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


def _object(line: bytes, number: int, name: str) -> dict[str, object]:
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
    return value


def find_bad_line(path: Path, most: int) -> None:
    """Raise DataError for the first line of a local file, among so many, that holds no object."""
    with open_binary(str(path)) as stream:
        for number, line in enumerate(islice(stream, most), start=1):
            if line.strip():
                _object(line, number, str(path))


def _unglobbed(path: str) -> str:
    return "".join(f"[{c}]" if c in "*?[" else c for c in path)
