"""Opens the files that were found: each becomes part of a table, files of one shape together."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import polars as pl

from overlap.events.database import Query, is_database, read_database
from overlap.events.delimited import DelimitedTable, Dialect, read_dialect
from overlap.events.encodings import Text, open_text
from overlap.events.failures import reading
from overlap.events.lines import SAMPLE_LINES, LinesTable
from overlap.events.sources import SourceFile, find_files
from overlap.events.tables import ParquetTable, Table
from overlap.model import DataError

_REMOTE_LINES = 100
_NAMES = {",": "comma", ";": "semicolon", "\t": "tab"}


@dataclass(frozen=True, slots=True)
class Opened:
    """Tables in the order of their first files, the names of all files, and notes about them."""

    tables: tuple[Table, ...]
    names: tuple[str, ...]
    notes: tuple[str, ...]


def open_sources(sources: Sequence[str], query: Query | None = None) -> Opened:
    """Open every file behind the sources, without reading more than each needs to be understood.

    With a query, addresses that are no file's are databases, whose rows are read into scratch
    files. Raises UsageError and DataError as `find_files` and `read_database` do, and DataError for
    a file that cannot be read as what its name says it is.
    """
    asked = [s for s in sources if query is not None and is_database(s, queried=True)]
    rest = [s for s in sources if s not in asked]
    opened = _open_files(rest) if rest or not asked else Opened((), (), ())
    tables = list(opened.tables)
    try:
        for source in dict.fromkeys(asked):
            assert query is not None
            tables.append(read_database(source, query))
    except BaseException:
        remove_scratch(tables)
        raise
    names = (*opened.names, *(t.files[0].name for t in tables[len(opened.tables) :]))
    return Opened(tuple(tables), names, opened.notes)


def remove_scratch(tables: Sequence[Table]) -> None:
    """Remove the temporary copies that tables read from."""
    for table in tables:
        for path in table.scratch:
            path.unlink(missing_ok=True)


def _open_files(sources: Sequence[str]) -> Opened:
    files, notes = find_files(sources)
    parquet: dict[Hashable, list[SourceFile]] = {}
    schemas: dict[Hashable, pl.Schema] = {}
    delimited: dict[Hashable, list[tuple[SourceFile, Text]]] = {}
    dialects: dict[Hashable, Dialect] = {}
    lines: list[Text] = []
    for file in files:
        if file.format == "parquet":
            schema = _parquet_schema(file)
            # Addresses of different stores cannot share a scan.
            key: Hashable = (tuple(schema.items()), file.path if file.remote else "")
            schemas[key] = schema
            parquet.setdefault(key, []).append(file)
            continue
        text = _open_remote(file) if file.remote else open_text(file)
        if file.format == "ndjson":
            lines.append(text)
            notes += _noted(text, None)
            continue
        dialect = read_dialect(text)
        key = (dialect, _alone(text))
        dialects[key] = dialect
        delimited.setdefault(key, []).append((file, text))
        notes += _noted(text, dialect)
    tables: list[Table] = [ParquetTable(tuple(group), schemas[k]) for k, group in parquet.items()]
    tables += [
        DelimitedTable(
            tuple(file for file, _ in group),
            tuple(text.source for _, text in group),
            dialects[key],
            tuple(text.scratch for _, text in group if text.scratch),
        )
        for key, group in delimited.items()
    ]
    for alone in sorted({_alone(text) for text in lines}):
        tables.append(_lines_table([text for text in lines if _alone(text) == alone]))
    order = {file: position for position, file in enumerate(files)}
    tables.sort(key=lambda table: order[table.files[0]])
    return Opened(tuple(tables), tuple(f.name for f in files), tuple(notes))


def _parquet_schema(file: SourceFile) -> pl.Schema:
    with reading(file.name):
        return pl.scan_parquet(
            file.path, glob=file.remote, hive_partitioning=False
        ).collect_schema()


def _open_remote(file: SourceFile) -> Text:
    if file.format == "ndjson":
        return Text(file, file.path, "UTF-8", "", whole=False)
    with reading(file.name):
        first = (
            pl.scan_csv(
                file.path,
                has_header=False,
                separator="\0",
                quote_char=None,
                schema={"line": pl.String},
                truncate_ragged_lines=True,
                encoding="utf8-lossy",
                n_rows=_REMOTE_LINES,
            )
            .collect()
            .to_series()
            .fill_null("")
        )
    head = "\n".join(first.to_list()).lstrip("\ufeff") + "\n"
    if "\ufffd" in head:
        raise DataError(
            f"{file.name} is not UTF-8",
            where=file.name,
            cure="download it and give the file: GB18030 is recognised there",
        )
    return Text(file, file.path, "UTF-8", head, whole=len(first) < _REMOTE_LINES)


def _noted(text: Text, dialect: Dialect | None) -> list[str]:
    usual = text.encoding == "UTF-8" and (dialect is None or dialect.delimiter == ",")
    if usual:
        return []
    between = (
        "" if dialect is None else f", {_NAMES.get(dialect.delimiter, 'other')} between fields"
    )
    return [f"{text.file.name} is {text.encoding}{between}."]


def _alone(text: Text) -> str:
    """Return the file's path where it cannot share a scan with others, else nothing."""
    return text.file.path if text.file.remote or isinstance(text.source, bytes) else ""


def _lines_table(texts: list[Text]) -> LinesTable:
    table = LinesTable(
        tuple(text.file for text in texts),
        tuple(text.source for text in texts),
        pl.Schema(),
        tuple(text.scratch for text in texts if text.scratch),
    )
    with reading(*(file.name for file in table.files)):
        return table.with_keys(SAMPLE_LINES)
