"""Looks through text sources once, for what their content alone can tell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from overlap.events import ids
from overlap.events.delimited import DelimitedTable
from overlap.events.failures import reading
from overlap.events.lines import LinesTable
from overlap.events.tables import MALFORMED, Table


def look_through(tables: Sequence[Table], user: str) -> tuple[list[Table], list[bool | None]]:
    """Read text sources once and return the tables again, and whether their ids are integers.

    None stands for tables with declared types, and for those without any id. CSV files with rows
    that are too short come back as tables of their own, that know which rows these are.
    """
    after: list[Table] = []
    content: list[bool | None] = []
    for table in tables:
        if not table.textual:
            after.append(table)
            content.append(None)
            continue
        for part in _apart(table, user):
            after.append(part[0])
            content.append(part[1])
    return after, content


def _apart(table: Table, user: str) -> list[tuple[Table, bool | None]]:
    """Return the table with what its content says, files with short rows as tables of their own."""
    names = [file.name for file in table.files]
    checks = {"integers": ids.only_integers(user), "filled": ids.any_value(user)}
    if not isinstance(table, DelimitedTable):
        return [_look_at_lines(table, checks)]
    gaps = {"gaps": table.may_have_short_rows()}
    singles = list(table.single())
    with reading(*names):
        rows = _checked(singles, checks | gaps)
        # What the short rows hold must not decide: it is often the rest of a broken line.
        parts = [
            single.with_short_rows() if row["gaps"] else single
            for single, row in zip(singles, rows, strict=True)
        ]
        flawed = [part for part in parts if part.flawed]
        kept = [row for row, part in zip(rows, parts, strict=True) if not part.flawed]
        kept += _checked(flawed, checks)
    integers = [row["integers"] for row in kept if row["filled"]]
    verdict = all(integers) if integers else None
    whole = {part.files[0] for part in parts if not part.flawed}
    together = [table.of(whole)] if whole else []
    return [(part, verdict) for part in (*together, *flawed)]


def _look_at_lines(table: Table, checks: Mapping[str, pl.Expr]) -> tuple[Table, bool | None]:
    """Look through NDJSON files; read lists as text after all if single values turn up later."""
    lists = [key for key, dtype in table.schema.items() if isinstance(dtype, pl.List)]
    lengths = {f"+{key}": pl.col(key).list.len().sum() for key in lists}
    with reading(*(file.name for file in table.files)):
        try:
            seen = table.scan().select(**checks, **lengths).collect(engine="streaming")
        except pl.exceptions.PolarsError:
            if not lists or not isinstance(table, LinesTable):
                raise
            return _look_at_lines(table.with_lists([]), checks)
    row = seen.row(0, named=True)
    return table, row["integers"] if row["filled"] else None


def _checked(
    tables: Sequence[DelimitedTable], checks: Mapping[str, pl.Expr]
) -> list[dict[str, bool]]:
    frames = [table.scan().filter(~pl.col(MALFORMED)).select(**checks) for table in tables]
    return [frame.row(0, named=True) for frame in pl.collect_all(frames, engine="streaming")]
