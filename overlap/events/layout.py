"""What a file of events looks like before it is read: encoding, columns, and its first rows."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from itertools import islice
from pathlib import Path

import polars as pl

from overlap.events import cleaning
from overlap.events.delimited import DELIMITERS, Dialect, first_records, read_dialect
from overlap.events.encodings import Text, open_binary, open_text
from overlap.events.failures import reading
from overlap.events.lines import LinesTable
from overlap.events.opening import open_sources
from overlap.events.reader import read_events
from overlap.events.roles import guess_parts
from overlap.events.sources import Format, SourceFile, find_files
from overlap.model import EventRoles, PeriodUnit

FIRST_ROWS = 1000
"""Rows of a file that are looked at before it is read."""

SEPARATORS = ("|", ";", "；", "、", ",", "，")
"""What parts several tags in one cell, the likeliest first."""
_PARTED = 0.2
"""From this share of the filled cells with a separator on, it is taken for one."""
_EXAMPLES = 3


@dataclass(frozen=True, slots=True)
class LaidOut:
    """A column as it was found: `part` is user, time, text, action or tags where its name tells.

    `kind` and `separator` are those of tags; `examples` are its first different values.
    """

    name: str
    dtype: str
    part: str | None
    kind: str | None
    separator: str | None
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Layout:
    """A file as it was found: `encoding` and `delimiter` are those of text, else empty.

    `rows` says how many of its first rows were looked at, `whole` that these are all.
    """

    format: Format
    encoding: str
    delimiter: str
    columns: tuple[LaidOut, ...]
    rows: int
    whole: bool


def lay_out(path: Path, head: Path) -> Layout:
    """Find out how a local file is laid out, and write its first rows to `head` as UTF-8.

    `head` is a name without an ending; the file written gets that of its format. Text is read to
    its end for its encoding, nothing else is. Raises DataError and UsageError as `read_events`
    does, for a file that is not what its name says or holds nothing.
    """
    (file,), _ = find_files([str(path)])
    if file.format == "parquet":
        return _parquet(file, head_of(head, file.format))
    text = open_text(file)
    try:
        look = _delimited if file.format == "csv" else _lines
        return look(text, head_of(head, file.format))
    finally:
        if text.scratch is not None:
            text.scratch.unlink(missing_ok=True)


def head_of(head: Path, format: Format) -> Path:
    """Return the file that `lay_out` writes for a name without an ending."""
    return head.with_name(f"{head.name}.{format}")


def first_rows(head: Path, roles: EventRoles | None, period: PeriodUnit) -> pl.DataFrame:
    """Return the first rows of a file that `lay_out` wrote, in the columns of `Events.rejected`.

    `reason` says why a row would be rejected, null where it would be used or `roles` is None.
    Raises as `read_events` does.
    """
    frame = _numbered(head)
    if roles is None:
        return frame
    events = read_events([str(head)], roles, period=period)
    try:
        with reading(str(head)):
            rejected = events.rejected.select("row", "reason").collect(engine="streaming")
    finally:
        events.close()
    reasons = frame.select("row").join(rejected, on="row", how="left", maintain_order="left")
    return frame.with_columns(reasons["reason"])


def _numbered(head: Path) -> pl.DataFrame:
    (table,) = open_sources([str(head)]).tables
    with reading(str(head)):
        return cleaning.printed(table).collect(engine="streaming")


# --- formats ------------------------------------------------------------------------------------


def _parquet(file: SourceFile, head: Path) -> Layout:
    with reading(file.name):
        scan = pl.scan_parquet(file.path, glob=False, hive_partitioning=False)
        first = scan.head(FIRST_ROWS + 1).collect()
    whole = len(first) <= FIRST_ROWS
    first = first.head(FIRST_ROWS)
    first.write_parquet(head)
    return _layout(file.format, "", "", head, first.schema, len(first), whole)


def _delimited(text: Text, head: Path) -> Layout:
    dialect = read_dialect(text)
    records, whole = first_records(text, dialect, FIRST_ROWS)
    header = _written_header(dialect)
    head.write_text(header + "".join(records), "utf-8", newline="")
    schema = pl.Schema(dict.fromkeys(dialect.header, pl.String))
    return _layout("csv", text.encoding, dialect.delimiter, head, schema, len(records), whole)


def _lines(text: Text, head: Path) -> Layout:
    table = LinesTable((text.file,), (text.source,), pl.Schema())
    with reading(text.file.name):
        schema = table.with_keys(FIRST_ROWS).schema
    lines = list(islice(_filled(text), FIRST_ROWS + 1))
    whole = len(lines) <= FIRST_ROWS
    head.write_bytes(b"".join(lines[:FIRST_ROWS]))
    rows = min(len(lines), FIRST_ROWS)
    return _layout("ndjson", text.encoding, "", head, schema, rows, whole)


def _filled(text: Text) -> Iterator[bytes]:
    stream = BytesIO(text.source) if isinstance(text.source, bytes) else open_binary(text.source)
    with stream:
        yield from (line.rstrip(b"\r\n") + b"\n" for line in stream if line.strip())


def _written_header(dialect: Dialect) -> str:
    told = "" if dialect.delimiter in DELIMITERS else f"sep={dialect.delimiter}\n"
    cells = ('"' + name.replace('"', '""') + '"' for name in dialect.header)
    return told + dialect.delimiter.join(cells) + "\n"


# --- columns ------------------------------------------------------------------------------------


def _layout(
    format: Format, encoding: str, delimiter: str, head: Path, schema: pl.Schema,
    rows: int, whole: bool,
) -> Layout:  # fmt: skip
    parts = guess_parts(list(schema))
    frame = _numbered(head)
    shown = dict(zip(schema, frame.columns[3:], strict=True))
    columns = []
    for name, dtype in schema.items():
        part, kind = parts.get(name, (None, None))
        told = dtype in (pl.String, pl.Categorical, pl.Enum)
        values = frame[shown[name]].drop_nulls().str.strip_chars()
        values = values.filter(values != "")
        columns.append(
            LaidOut(
                name,
                str(dtype),
                part,
                kind,
                separator_of(values) if told and part == "tags" else None,
                tuple(values.unique(maintain_order=True).head(_EXAMPLES)),
            )
        )
    return Layout(format, encoding, delimiter, tuple(columns), rows, whole)


def separator_of(values: pl.Series) -> str | None:
    """Return what parts several tags in cells of text, None where a cell is one tag or a list."""
    told = [value for value in values if not _is_list(value)]
    for sign in SEPARATORS:
        if told and sum(sign in value for value in told) >= _PARTED * len(told):
            return sign
    return None


def _is_list(value: str) -> bool:
    if not value.startswith("["):
        return False
    try:
        return isinstance(json.loads(value), list)
    except ValueError:
        return False
