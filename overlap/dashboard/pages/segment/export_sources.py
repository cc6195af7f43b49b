"""Which events a segment's members may be read from: those a store was built from, no others.

A visitor names no files. What is read is what the operator set, else what the store recorded.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from urllib.parse import urlsplit

from overlap.dashboard import data, stores
from overlap.dashboard.launch import (
    EVENTS_VARIABLE,
    EXPORT_VARIABLE,
    ID_COLUMN_VARIABLE,
    IDENTITIES_VARIABLE,
    OFF,
    QUERY_VARIABLE,
)
from overlap.events.sources import SCHEMES


class Why(StrEnum):
    """Why there is nothing to read members from."""

    OFF = "off"
    SKETCHES = "sketches"
    DATABASE = "database"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Sources:
    """The events to read, or why there are none; `missing` are the names of files not found."""

    paths: tuple[str, ...] = ()
    query: str | None = None
    why: Why | None = None
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class IdentityFile:
    """The operator's file of identities, and its column of user ids where it was named."""

    path: str
    id_column: str | None = None


def find(opened: data.Opened) -> Sources:
    """Return the events that a store was built from, as far as they are there."""
    if os.environ.get(EXPORT_VARIABLE, "").strip().lower() == OFF:
        return Sources(why=Why.OFF)
    records = [record for record in opened.store.provenance.values() if record.roles is not None]
    if not records:
        return Sources(why=Why.SKETCHES)
    named = _set_by_operator(opened.path)
    if named:
        return Sources(named, os.environ.get(QUERY_VARIABLE) or None)
    recorded = dict.fromkeys(source for record in records for source in record.sources)
    if any(_is_database(source) for source in recorded):
        return Sources(why=Why.DATABASE)
    found = {source: _there(source, opened.path) for source in recorded}
    missing = tuple(name_of(source) for source, path in found.items() if path is None)
    if missing:
        return Sources(why=Why.GONE, missing=missing)
    return Sources(tuple(path for path in found.values() if path is not None))


def identity_file() -> IdentityFile | None:
    """Return the file of identities that the operator set, None where there is none."""
    path = os.environ.get(IDENTITIES_VARIABLE)
    return IdentityFile(path, os.environ.get(ID_COLUMN_VARIABLE) or None) if path else None


def name_of(source: str) -> str:
    """Return the last part of a source: visitors need not know where on the server it lies."""
    return Path(source).name or source


def _set_by_operator(store: Path) -> tuple[str, ...]:
    served = stores.served()
    if served is None or served.resolve() != store.resolve():
        return ()
    lines = os.environ.get(EVENTS_VARIABLE, "").splitlines()
    return tuple(line.strip() for line in lines if line.strip())


def _there(source: str, store: Path) -> str | None:
    """Return where a recorded source is: at its place, else beside the store."""
    if _scheme(source):
        return source
    return next((str(place) for place in _places(source, store) if place.is_file()), None)


def _places(source: str, store: Path) -> Iterator[Path]:
    place = Path(source).expanduser()
    yield place
    if not place.is_absolute():
        yield store.parent / place
    # A folder with a store and its events may have been moved as a whole.
    yield store.parent / place.name


def _is_database(source: str) -> bool:
    scheme = _scheme(source)
    return bool(scheme) and scheme not in SCHEMES


def _scheme(source: str) -> str:
    return urlsplit(source).scheme.lower() if "://" in source else ""
