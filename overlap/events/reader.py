"""`read_events`: opens the sources, settles roles, ids and times, and hands out lazy frames."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

import polars as pl

from overlap.events import cleaning, ids, roles, times
from overlap.events.columnar import Columnar, columnar
from overlap.events.database import Query, is_database, shown
from overlap.events.failures import reading
from overlap.events.inspection import look_through
from overlap.events.lines import LinesTable
from overlap.events.opening import Opened, open_sources, remove_scratch
from overlap.events.tables import Table
from overlap.model import DataError, EventRoles, IdType, PeriodUnit, TagColumn, UsageError


@dataclass(frozen=True, slots=True)
class Events:
    """Events as lazy frames; nothing but samples and text ids has been read yet.

    `clean` has the columns of `model.clean_schema(id_type)` and one `tag:<column>` List(String) for
    each tag column, null where empty. `rejected` has `reason`, `source`, `row` (from 1, below the
    header) and the source's columns as text. `tally` has one row per reason (null: used) with
    `rows`, `first_event`, `last_event`: collect it with other frames (`pl.collect_all`) to share
    their reading. Collect all of them inside `reading(*events.sources)`.

    `columnar` holds the same events as row groups, where they can be read as they lie.

    Where a file had to be rewritten as UTF-8, or rows came from a database, the frames read from a
    copy: `close` removes it (else the end of the process does), after which they can no longer be
    collected.
    """

    clean: pl.LazyFrame
    rejected: pl.LazyFrame
    tally: pl.LazyFrame
    roles: EventRoles
    id_type: IdType
    period: PeriodUnit
    notes: tuple[str, ...]
    sources: tuple[str, ...]
    scratch: tuple[Path, ...] = ()
    columnar: Columnar | None = None

    def close(self) -> None:
        """Remove temporary copies."""
        for path in self.scratch:
            path.unlink(missing_ok=True)


class RowCounts(NamedTuple):
    """What became of the rows; first and last event are those of used rows, None if undated."""

    rows_read: int
    rejected: Mapping[str, int]
    first_event: datetime | None
    last_event: datetime | None

    @property
    def rows_used(self) -> int:
        """Rows that became events."""
        return self.rows_read - sum(self.rejected.values())


def read_events(
    sources: Sequence[str],
    roles: EventRoles | None = None,
    *,
    user: str | None = None,
    tags: Sequence[TagColumn] = (),
    time: str | None = None,
    text: str | None = None,
    action: str | None = None,
    period: PeriodUnit = "none",
    query: str | None = None,
    progress: Callable[[str], None] = lambda _: None,
) -> Events:
    """Open sources of events and settle what their columns mean.

    With `roles` nothing is guessed; otherwise what is not named is guessed from the usual English
    and Chinese names. Every role's column must be in every file. With `period` other than "none" a
    row needs a time; with "none" an absent or unreadable time is null and the row is used.

    With `query`, addresses of databases are sources too: their rows are read once, into a scratch
    file, and `progress` is told how many. Raises UsageError for sources, columns, queries or types
    that cannot be, DataError for files and databases that cannot be read or disagree.
    """
    asked = _asked(roles, user, tags, time, text, action)

    def check(columns: Sequence[str]) -> None:
        _resolved(columns, roles, asked, period)

    opened = open_sources(sources, _query(sources, query, check, progress))
    try:
        return _read(opened, roles, asked, period)
    except BaseException:
        remove_scratch(opened.tables)
        raise


def count_rows(events: Events) -> RowCounts:
    """Read the sources once and count the rows: all, rejected by reason, first and last event."""
    with reading(*events.sources):
        frame = events.tally.collect(engine="streaming")
    return tallied(frame)


def tallied(tally: pl.DataFrame) -> RowCounts:
    """Return the counts in a collected `Events.tally`."""
    used = tally.filter(pl.col("reason").is_null())
    rest = tally.filter(pl.col("reason").is_not_null()).sort("reason")
    first, last = used.select("first_event", "last_event").row(0) if len(used) else (None, None)
    rejected = dict(rest.select("reason", "rows").iter_rows())
    return RowCounts(int(tally["rows"].sum()), rejected, first, last)


def check_rows(counts: RowCounts, events: Events) -> None:
    """Raise DataError if there was no row, or none that could be used."""
    where = _where(events)
    if not counts.rows_read:
        raise DataError("there are no rows of events", where=where, cure="give files with rows")
    if counts.rows_used:
        return
    reasons = ", ".join(f"{why} {n:,}" for why, n in counts.rejected.items())
    raise DataError(
        f"all {counts.rows_read:,} rows were rejected ({reasons})",
        where=where,
        cure="check the columns given as --user, --tags and --time; --rejects FILE shows the rows",
    )


def no_audience(events: Events) -> DataError:
    """Return the error of events that put nobody into an audience."""
    return DataError(
        "no row puts its user into an audience",
        where=_where(events),
        cure="check the columns given as --tags, or make audiences of posts with "
        "--text and --terms",
    )


def _where(events: Events) -> str:
    return ", ".join(events.sources[:3]) + (" …" if len(events.sources) > 3 else "")


def _asked(
    given: EventRoles | None,
    user: str | None,
    tags: Sequence[TagColumn],
    time: str | None,
    text: str | None,
    action: str | None,
) -> roles.Asked:
    if given is None:
        return roles.Asked(user, tuple(tags), time, text, action)
    return roles.Asked(
        user or given.user,
        tuple(tags) or given.tags,
        time or given.time,
        text or given.text,
        action or given.action,
    )


def _query(
    sources: Sequence[str],
    query: str | None,
    check: Callable[[Sequence[str]], object],
    progress: Callable[[str], None],
) -> Query | None:
    """Return what to ask the databases among the sources; a query and they go together."""
    found = [s for s in sources if is_database(s, queried=query is not None)]
    if query is None and found:
        raise UsageError(
            "a database needs --query",
            where=shown(found[0]),
            cure='say which rows are events: --query "SELECT user_id, topic, time FROM posts"',
        )
    if query is not None and not found:
        raise UsageError(
            "--query asks a database, and no source is one",
            where=", ".join(sources[:3]),
            cure="name a database, as in postgresql://user@host/db or sqlite:///file.db",
        )
    return None if query is None else Query(query, check, progress)


def _resolved(
    columns: Sequence[str], given: EventRoles | None, asked: roles.Asked, period: PeriodUnit
) -> roles.Resolved:
    return roles.resolve(columns, asked, period, guess=given is None)


def _read(
    opened: Opened, given: EventRoles | None, asked: roles.Asked, period: PeriodUnit
) -> Events:
    tables = _with_wanted_keys(opened.tables, asked)
    columns = list(dict.fromkeys(name for table in tables for name in table.schema))
    resolved = _resolved(columns, given, asked, period)
    part = resolved.roles
    _check_everywhere(tables, part)
    tagged = {tag.column for tag in part.tags}
    tables, content = look_through(
        [t.with_lists(tagged) if isinstance(t, LinesTable) else t for t in tables], part.user
    )
    found = ids.decide(tables, part.user, content)
    readings = [_time_reading(table, part.time) for table in tables]
    notes = [*opened.notes, *resolved.notes, *found.notes]
    strange = next((i for i, r in enumerate(readings) if r and r.kind == "unknown"), None)
    if strange is not None:
        unreadable = _unreadable_time(tables[strange], readings[strange], part.time)
        if "time" not in resolved.guessed or period != "none":
            raise unreadable
        notes.append(f"It is not used after all: {unreadable.what}.")
        part, readings = replace(part, time=None), [None] * len(tables)
    notes += dict.fromkeys(r.note for r in readings if r)
    plan = cleaning.Plan(part, found.id_type, period)
    marked = pl.concat([cleaning.mark(plan, t, r) for t, r in zip(tables, readings, strict=True)])
    singles = [(s, r) for t, r in zip(tables, readings, strict=True) for s in t.single()]
    return Events(
        clean=marked.filter(pl.col(cleaning.REASON).is_null()).drop(cleaning.REASON),
        rejected=pl.concat([cleaning.refuse(plan, s, r) for s, r in singles], how="diagonal"),
        tally=marked.group_by(cleaning.REASON).agg(
            rows=pl.len(), first_event=pl.col("time").min(), last_event=pl.col("time").max()
        ),
        roles=part,
        id_type=found.id_type,
        period=period,
        notes=tuple(notes),
        sources=opened.names,
        columnar=columnar(tables, readings, plan),
        scratch=tuple(path for table in tables for path in table.scratch),
    )


def _with_wanted_keys(tables: Sequence[Table], asked: roles.Asked) -> list[Table]:
    """Look through NDJSON files to their ends for a named key that their first lines lack."""
    wanted = {asked.user, asked.time, asked.text, asked.action, *(t.column for t in asked.tags)}
    known = {name for table in tables for name in table.schema}
    if wanted - {None} <= known:
        return list(tables)
    with reading(*(file.name for table in tables for file in table.files)):
        return [t.with_keys(None) if isinstance(t, LinesTable) else t for t in tables]


def _check_everywhere(tables: Sequence[Table], part: EventRoles) -> None:
    needed: dict[str, list[str | None]] = {
        "--user": [part.user],
        "--tags": [*(tag.column for tag in part.tags)],
        "--time": [part.time],
        "--text": [part.text],
        "--action": [part.action],
    }
    for table in tables:
        for option, names in needed.items():
            for name in names:
                if name is None or name in table.schema:
                    continue
                error = roles.missing_column(name, option, list(table.schema))
                raise DataError(
                    f"{table.files[0].name} has no column {name!r}, other sources have",
                    where=error.where,
                    cure="give files whose columns agree",
                )


def _time_reading(table: Table, column: str | None) -> times.TimeReading | None:
    if column is None:
        return None
    value = pl.col(column)
    filled = value.is_not_null()
    if table.textual:
        filled = filled & (value.str.strip_chars() != "")
    with reading(*(file.name for file in table.files)):
        sample = (
            table.scan()
            .select(column)
            .filter(filled)
            .head(times.SAMPLE)
            .collect(engine="streaming")
            .to_series()
        )
    return times.decide(sample, column)


def _unreadable_time(
    table: Table, strange: times.TimeReading | None, column: str | None
) -> DataError:
    example = strange.example if strange else ""
    return DataError(
        f"column {column!r} holds {example!r}, which is no time known here",
        where=table.files[0].name,
        cure="write times as 2026-05-04 10:11:12, as YYYYMMDD or as seconds since 1970",
    )
