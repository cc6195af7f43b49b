"""CSV files: delimiter and header told from the first lines, rows of a wrong length found."""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Container, Iterator
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path

import polars as pl

from overlap.events.encodings import Text, open_binary
from overlap.events.sources import SourceFile
from overlap.events.tables import MALFORMED, ROW
from overlap.model import DataError

DELIMITERS = (",", ";", "\t")

NULLS = ["\\N", "NULL", "null"]
"""What databases write for a missing value; read as one."""

_OVERFLOW = "+overflow"
_NO_ROWS = pl.Series("row", [], dtype=pl.UInt32)


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a CSV file is laid out: its delimiter, its column names, the rows before its data."""

    delimiter: str
    header: tuple[str, ...]
    skip_rows: int


@dataclass(frozen=True, slots=True, eq=False)
class DelimitedTable:
    """CSV files of one dialect; every value is text.

    `short` and `blank` number the rows, from 1, that have too few fields or none at all; they are
    known after `with_short_rows` and only ever set on the table of a single file.
    """

    files: tuple[SourceFile, ...]
    sources: tuple[str | bytes, ...]
    dialect: Dialect
    scratch: tuple[Path, ...] = ()
    short: pl.Series = field(default_factory=lambda: _NO_ROWS)
    blank: pl.Series = field(default_factory=lambda: _NO_ROWS)
    textual: bool = True

    @property
    def schema(self) -> pl.Schema:
        """The columns, all of them text."""
        return pl.Schema(dict.fromkeys(self.dialect.header, pl.String))

    def scan(self, *, numbered: bool = False) -> pl.LazyFrame:
        """Return the columns and `MALFORMED`, and `ROW` if numbered; blank lines are left out."""
        frame = self._raw(numbered=numbered or self.flawed)
        malformed = pl.col(_OVERFLOW).is_not_null()
        if self.flawed:
            malformed = malformed | pl.col(ROW).is_in(self.short.implode())
            frame = frame.filter(~pl.col(ROW).is_in(self.blank.implode()))
        frame = frame.with_columns(malformed.alias(MALFORMED)).drop(_OVERFLOW)
        return frame if numbered or not self.flawed else frame.drop(ROW)

    def single(self) -> Iterator[DelimitedTable]:
        """Return one table for each file."""
        if len(self.files) == 1:
            yield self
            return
        for file, source in zip(self.files, self.sources, strict=True):
            yield replace(self, files=(file,), sources=(source,))

    @property
    def flawed(self) -> bool:
        """Whether short or blank rows were found."""
        return len(self.short) + len(self.blank) > 0

    def of(self, files: Container[SourceFile]) -> DelimitedTable:
        """Return the table of only these of its files."""
        kept = [(f, s) for f, s in zip(self.files, self.sources, strict=True) if f in files]
        return replace(self, files=tuple(f for f, _ in kept), sources=tuple(s for _, s in kept))

    def may_have_short_rows(self) -> pl.Expr:
        """Return a flag over the scanned frame: whether any row lacks its last field.

        A missing last field and an empty one look alike, so this only tells where to look closer.
        """
        return pl.col(self.dialect.header[-1]).is_null().any()

    def with_short_rows(self) -> DelimitedTable:
        """Return the same table (of a single file) with its short and blank rows found."""
        rows = _lengths_by_line(self)
        if rows is None:
            rows = _lengths_by_record(self)
        fields = len(self.dialect.header)
        number = pl.col("row").cast(pl.UInt32)
        return replace(
            self,
            short=rows.filter(pl.col("fields").is_between(1, fields - 1)).select(number)["row"],
            blank=rows.filter(pl.col("fields") == 0).select(number)["row"],
        )

    def _raw(self, *, numbered: bool) -> pl.LazyFrame:
        return pl.scan_csv(
            # A list of bytes and of paths alike is one scan.
            list(self.sources),  # type: ignore[arg-type]
            has_header=False,
            skip_rows=self.dialect.skip_rows,
            separator=self.dialect.delimiter,
            schema={**self.schema, _OVERFLOW: pl.String},
            missing_columns="insert",
            truncate_ragged_lines=True,
            raise_if_empty=False,
            null_values=NULLS,
            glob=any(f.remote for f in self.files),
            row_index_name=ROW if numbered else None,
            row_index_offset=1 if numbered else 0,
        )


def read_dialect(text: Text) -> Dialect:
    """Tell delimiter and header from the first lines; quotes are respected.

    A first line `sep=;`, as Excel understands it, is obeyed. Raises DataError where there is no
    header, or no row below it.
    """
    name, head = text.file.name, text.head
    rows = _records(head)
    skipped, told = 0, None
    for record in rows:
        skipped += 1
        stripped = record.strip()
        if not stripped:
            continue
        if stripped.lower().startswith("sep=") and len(stripped) == 5 and told is None:
            told = stripped[4]
            continue
        break
    else:
        raise DataError(f"{name} has no header", where=name, cure="give a file with rows")
    if record.count('"') % 2 and len(head) > len(record):
        raise DataError(
            f'{name} opens a quote (") in its header and never closes it',
            where=f"{name}, line {skipped}",
            cure="close the quote",
        )
    delimiter = told or _delimiter(record, tabbed=text.file.tabbed)
    csv.field_size_limit(sys.maxsize)
    try:
        header = _names(next(csv.reader([record], delimiter=delimiter)))
    except csv.Error as error:
        raise DataError(
            f"{name} has a first line that is no header: {error}",
            where=f"{name}, line {skipped}",
            cure="give a file whose first line names the columns",
        ) from error
    if next((r for r in rows if r.strip()), None) is None and text.whole:
        raise DataError(
            f"{name} has a header and no rows", where=name, cure="give a file with rows"
        )
    return Dialect(delimiter, header, skipped)


def first_records(text: Text, dialect: Dialect, most: int) -> tuple[list[str], bool]:
    """Return up to so many records below the header as they stand, and whether these are all."""
    records = list(islice(_records(text.head), dialect.skip_rows, dialect.skip_rows + most + 1))
    if len(records) > most:
        return records[:most], False
    # Where the head ends within the file, its last record is seldom whole.
    return (records, True) if text.whole else (records[:-1] or records, False)


def _records(head: str) -> Iterator[str]:
    """Return the lines of the text, those with an open quote joined with the next."""
    pending = ""
    for line in io.StringIO(head, newline="\n"):
        pending += line
        if pending.count('"') % 2 == 0:
            yield pending
            pending = ""
    if pending:
        yield pending


def _delimiter(record: str, *, tabbed: bool) -> str:
    bare = "".join(record.split('"')[::2])
    best = max(DELIMITERS, key=bare.count)
    if bare.count(best):
        return best
    return "\t" if tabbed else ","


def _names(cells: list[str]) -> tuple[str, ...]:
    names: list[str] = []
    for position, cell in enumerate(cells, start=1):
        name = cell.strip().lstrip("\ufeff") or f"column_{position}"
        twin = 1
        while name in names:
            twin += 1
            name = f"{cell.strip() or 'column'} ({twin})"
        names.append(name)
    return tuple(names)


def _lengths_by_line(table: DelimitedTable) -> pl.DataFrame | None:
    """Return the fields of every row that has not as many as the header, if lines are rows.

    None where a quoted field runs over a line break, so that lines cannot be told apart alone.
    """
    delimiter = table.dialect.delimiter
    sep = "\\t" if delimiter == "\t" else delimiter
    line = pl.col("line")
    bare = (
        pl.when(line.str.contains('"', literal=True))
        .then(line.str.replace_all(f'(^|{sep})"(?:[^"]|"")*"', "${1}"))
        .otherwise(line)
    )
    rows = (
        pl.scan_csv(
            list(table.sources),  # type: ignore[arg-type]
            has_header=False,
            skip_rows=table.dialect.skip_rows,
            separator="\0",
            quote_char=None,
            schema={"line": pl.String},
            truncate_ragged_lines=True,
            raise_if_empty=False,
            glob=any(f.remote for f in table.files),
            row_index_name="row",
            row_index_offset=1,
        )
        .with_columns(bare=bare)
        .select(
            "row",
            fields=pl.when(line.str.strip_chars("\r").fill_null("") == "")
            .then(0)
            .otherwise(pl.col("bare").str.count_matches(delimiter, literal=True) + 1),
            open=pl.col("bare").str.contains(f'(^|{sep})"').fill_null(False),
        )
        .filter(pl.col("open") | (pl.col("fields") != len(table.dialect.header)))
        .collect(engine="streaming")
    )
    return None if rows["open"].any() else rows


def _lengths_by_record(table: DelimitedTable) -> pl.DataFrame:
    # Slow but exact: only for files whose last column has gaps and whose fields have line breaks.
    csv.field_size_limit(sys.maxsize)
    source = table.sources[0]
    stream = io.BytesIO(source) if isinstance(source, bytes) else open_binary(source)
    fields = len(table.dialect.header)
    rows, lengths = [], []
    with stream, io.TextIOWrapper(stream, "utf-8", errors="replace", newline="\n") as text:
        reader = csv.reader(
            (line.replace("\r", "") for line in text), delimiter=table.dialect.delimiter
        )
        for number, record in enumerate(reader, start=1 - table.dialect.skip_rows):
            if number > 0 and len(record) != fields:
                rows.append(number)
                lengths.append(len(record))
    return pl.DataFrame(
        {"row": rows, "fields": lengths}, schema={"row": pl.Int64, "fields": pl.Int64}
    )
