"""The kinds of files a segment can leave as, and which of them the data at hand suffice for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

import polars as pl

from overlap.dashboard import data
from overlap.dashboard.pages.segment.export_sources import IdentityFile, Sources
from overlap.events import reading
from overlap.events.opening import open_sources, remove_scratch
from overlap.events.sources import find_files
from overlap.model import OverlapError
from overlap.segments import FORMATS, FormatName
from overlap.segments.cleaning import Field, digits_only, oaid
from overlap.segments.formats import Format

IDS, PARQUET = "ids", "ids-parquet"
LOOKED_AT = 1_000
"""Ids that are looked at to tell what they are."""
MOSTLY = 0.9
"""The share of them that must be a platform's id."""

DEVICE_DIGITS = 16
"""A device's own id is no shorter."""


class Place(StrEnum):
    """Where the identities of a file come from."""

    NONE = "none"
    FILE = "file"
    EVENTS = "events"
    IDS = "ids"


@dataclass(frozen=True, slots=True)
class Way:
    """A file that can be written: `key` is its name in links, `ending` that of the file.

    `identity` has the fields of the platform and the columns they come from.
    """

    key: str
    form: FormatName
    ending: str = "csv"
    place: Place = Place.NONE
    identity: tuple[tuple[str, str], ...] = ()

    @property
    def fields(self) -> tuple[str, ...]:
        """The platform's fields in the file."""
        return tuple(field for field, _ in self.identity)

    @property
    def wants_country(self) -> bool:
        """Whether numbers without a calling code need one."""
        return "phone" in self.fields and self.form in (FormatName.META, FormatName.GOOGLE)


RAW = (Way(IDS, FormatName.IDS), Way(PARQUET, FormatName.IDS, "parquet"))
"""Ids as they are, for which nothing but the events is needed."""


def ways(opened: data.Opened, sources: Sources, identities: IdentityFile | None) -> tuple[Way, ...]:
    """Return the files that can be written: raw ids, then platforms that people can be found for.

    Identities come from the operator's file, else from columns of the events named as the
    platform's fields, else from the user ids where they are what a platform takes. Raises
    OverlapError where the file of identities cannot be read.
    """
    roles = next(r.roles for r in opened.store.provenance.values() if r.roles is not None)
    known: list[tuple[Place, list[str], frozenset[str]]] = []
    if identities is not None:
        columns = [
            c for c in _columns(identities.path) if c != (identities.id_column or roles.user)
        ]
        known.append((Place.FILE, columns, frozenset()))
    events, ids = _events(sources, roles.user)
    known.append((Place.EVENTS, [c for c in events if c != roles.user], frozenset()))
    telling = frozenset(_kinds_of(ids))
    known.append((Place.IDS, [roles.user], telling))
    found = list(RAW)
    for form in FORMATS.values():
        found += _of_platform(form, known)
    return tuple(found)


def _of_platform(
    form: Format, known: list[tuple[Place, list[str], frozenset[str]]]
) -> Iterator[Way]:
    seen: set[str] = set()
    for place, columns, telling in known:
        pairs = [
            (field.key, column)
            for column in columns
            for field in form.fields
            if _fits(form, field, column, place, telling)
        ]
        if form.single:
            for key, column in pairs:
                if key not in seen:
                    seen.add(key)
                    yield Way(f"{form.name}-{key}", form.name, "txt", place, ((key, column),))
        elif any(all(key in dict(pairs) for key in need) for need in form.enough):
            yield Way(form.name, form.name, "csv", place, tuple(pairs))
            return


def _fits(form: Format, field: Field, column: str, place: Place, telling: frozenset[str]) -> bool:
    if place is Place.IDS:
        return f"{form.name} {field.key}" in telling
    named = column.casefold() in (field.key, field.header.casefold())
    # Columns of events are named for other ends: only what tells one person is taken from there.
    return named and (place is Place.FILE or _tells(form, field))


def _tells(form: Format, field: Field) -> bool:
    """Whether a value shows by itself what it is: any number could be somebody's account."""
    return field.key in form.identifying and field.clean is not digits_only


def _kinds_of(ids: pl.Series) -> Iterator[str]:
    """Yield the platforms' fields that nearly all of some ids are values of."""
    # Nearly any word could be a device's id, but devices' ids are long.
    long = bool((ids.str.len_chars() >= DEVICE_DIGITS).all())
    for form in FORMATS.values():
        for field in form.fields:
            if not len(ids) or not _tells(form, field) or (field.clean is oaid and not long):
                continue
            if len(field.clean(ids, None).drop_nulls()) >= MOSTLY * len(ids):
                yield f"{form.name} {field.key}"


def _columns(source: str) -> list[str]:
    tables = open_sources([source]).tables
    try:
        return list(dict.fromkeys(name for table in tables for name in table.schema))
    finally:
        remove_scratch(tables)


def _events(sources: Sources, user: str) -> tuple[list[str], pl.Series]:
    """Return the columns of the events and some of their user ids, by the first file alone."""
    nothing: tuple[list[str], pl.Series] = [], pl.Series(dtype=pl.String)
    if sources.query is not None:
        return nothing
    try:
        file = find_files(sources.paths)[0][0]
        (table, *_) = tables = open_sources([file.path]).tables
        try:
            with reading(file.name):
                head = table.scan().select(pl.col(user).cast(pl.String)).head(LOOKED_AT).collect()
        finally:
            remove_scratch(tables)
    except (OverlapError, pl.exceptions.PolarsError):
        # What is wrong with the events is said when they are read for the export.
        return nothing
    ids = head[user].str.strip_chars()
    return list(table.schema), ids.filter(ids.fill_null("") != "")
