"""Events given again → read as the store's parts were: same roles, same definitions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from overlap.audiences import Definitions, parse_definitions
from overlap.events import Events, read_events
from overlap.events.sources import SourceFile, find_files
from overlap.model import DataError, EventRoles, Provenance, TagColumn, UsageError
from overlap.store import Store


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """Some of the events, and the definitions that a part of the store was built with."""

    events: Events
    definitions: Definitions


@dataclass(frozen=True, slots=True)
class _Batch:
    """Files that are read together: a part's own, or all where parts do not differ."""

    record: Provenance
    paths: tuple[str, ...]


def open_sources(
    store: Store, sources: Sequence[str], query: str | None = None
) -> tuple[list[Reading], tuple[str, ...]]:
    """Open events as the store's parts were built, and return notes on what went where.

    With `query`, addresses of databases are sources too. Files are told apart by name only where it
    matters: where parts had other roles or definitions, or definitions that count within a part
    (`min_events`, `last_days`). Raises DataError where the store was not made of events, or ids are
    of another type than the store's; UsageError where a file cannot be told to belong to a part, or
    lacks the columns the store was built from.
    """
    batches, notes = _batches(store, sources, query)
    readings: list[Reading] = []
    try:
        for batch in batches:
            definitions = parse_definitions(batch.record.definitions, "the store's definitions")
            readings.append(Reading(_read(store, batch, query), definitions))
    except BaseException:
        close(readings)
        raise
    return readings, tuple(notes)


def close(readings: Sequence[Reading]) -> None:
    """Remove temporary copies of the sources."""
    for reading in readings:
        reading.events.close()


def _batches(
    store: Store, sources: Sequence[str], query: str | None
) -> tuple[list[_Batch], list[str]]:
    records = [record for record in store.provenance.values() if record.roles is not None]
    if not records:
        raise DataError(
            "this store was made of sketches, which do not tell who is in them",
            where=str(store.path),
            cure="build a store from events with: overlap build SOURCE --store DIR",
        )
    alike = len({(record.roles, record.definitions) for record in records}) == 1
    if alike and (len(records) == 1 or not _counts_within(records[0])):
        return [_Batch(records[0], tuple(sources))], []
    if query is not None:
        if alike:
            return [_Batch(records[0], tuple(sources))], [_TOGETHER.format("The sources")]
        raise UsageError(
            "the parts of this store were built with different columns or definitions, "
            "and rows of a database do not tell which part they belong to",
            where=str(store.path),
            cure="give the files that it was built from",
        )
    files, notes = find_files(sources)
    owners = [_owner(file, records) for file in files]
    strangers = [file for file, owner in zip(files, owners, strict=True) if owner is None]
    if strangers and not alike:
        raise UsageError(
            f"{strangers[0].name} is none of the sources that this store was built from, "
            "and its parts were built with different columns or definitions",
            where=str(store.path),
            cure="give the files by the names they had when the store was built",
        )
    batches = [
        _Batch(record, paths)
        for i, record in enumerate(records)
        if (paths := tuple(f.path for f, o in zip(files, owners, strict=True) if o == i))
    ]
    if strangers:
        batches.append(_Batch(records[0], tuple(file.path for file in strangers)))
        what = f"{len(strangers)} files are none of the store's sources by name; they"
        notes = [*notes, _TOGETHER.format(what)]
    return batches, notes


_TOGETHER = "{} count together for audiences defined with min_events or last_days."


def _counts_within(record: Provenance) -> bool:
    definitions = parse_definitions(record.definitions)
    return any(a.min_events > 1 or a.last_days is not None for a in definitions.audiences)


def _owner(file: SourceFile, records: Sequence[Provenance]) -> int | None:
    """Return the part a file belongs to: by its name, else its place, else its last name alone."""
    ways: list[Callable[[str], str]] = [str, _last_name]
    if not file.remote:
        ways.insert(1, _place)
    for way in ways:
        name = way(file.name)
        having = [i for i, record in enumerate(records) if name in map(way, record.sources)]
        if len(having) == 1:
            return having[0]
    return None


def _place(source: str) -> str:
    return source if "://" in source else str(Path(source).expanduser().resolve())


def _last_name(source: str) -> str:
    return Path(source).name


def _read(store: Store, batch: _Batch, query: str | None) -> Events:
    spec = store.sketches.spec
    try:
        events = read_events(batch.paths, batch.record.roles, period=spec.period, query=query)
    except UsageError as error:
        if "there is no column" not in error.what:
            raise
        raise UsageError(
            f"{error.what.split(' (asked for')[0]}, which this store was built from",
            where=error.where,
            cure="give events with the columns that `overlap info STORE` lists as roles",
        ) from error
    if spec.id_type == "integer" and events.id_type == "text":
        events.close()
        raise DataError(
            "user ids are text in these events and integers in the store",
            where=", ".join(events.sources[:3]),
            cure="give the events that the store was built from",
        )
    return events


def open_columns(
    store: Store, sources: Sequence[str], columns: Sequence[TagColumn], query: str | None = None
) -> tuple[Events, ...]:
    """Open the events again for other columns of theirs, users as the store's parts had them.

    Raises as `open_sources` does.
    """
    opened: list[Events] = []
    try:
        for batch in _batches(store, sources, query)[0]:
            assert batch.record.roles is not None
            roles = EventRoles(batch.record.roles.user, tuple(columns))
            opened.append(read_events(batch.paths, roles, query=query))
    except BaseException:
        for events in opened:
            events.close()
        raise
    return tuple(opened)
