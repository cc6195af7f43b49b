"""Uploaded files whose store is gone, which nothing else would ever remove.

A store of another name may be made of them still, by renaming or merging: then they stay.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from overlap.dashboard import stores
from overlap.dashboard.uploads import drafts, places
from overlap.dashboard.uploads.drafts import Draft
from overlap.model import DataError
from overlap.store import read_outline


@dataclass(frozen=True, slots=True)
class Leftover:
    """What an upload has left: the name of its store, its files and the bytes of its folder."""

    token: str
    store: str
    files: tuple[str, ...]
    bytes: int


def leftovers() -> tuple[Leftover, ...]:
    """Return the uploads that were built and whose store is gone, by the name of the store.

    None where a store at hand cannot be read, as it may be made of any of them.
    """
    there = set(stores.at_hand())
    gone: list[tuple[Draft, str]] = []
    for folder in places.uploads().glob("*"):
        draft = drafts.load(folder.name)
        done = drafts.result(draft) if draft is not None else None
        if draft is not None and done is not None and done.get("store") not in there:
            gone.append((draft, str(done["store"])))
    if not gone:
        return ()
    used = _used()
    if used is None:
        return ()
    found = [_left(draft, store) for draft, store in gone if draft.folder not in used]
    return tuple(sorted(found, key=lambda one: (one.store, one.token)))


def remove(token: str) -> Leftover | None:
    """Remove the files of an upload whose store is gone, None where they are of use again."""
    found = next((one for one in leftovers() if one.token == token), None)
    if found is not None:
        shutil.rmtree(places.uploads() / found.token, ignore_errors=True)
    return found


def _left(draft: Draft, store: str) -> Leftover:
    there = [file for file in draft.folder.rglob("*") if file.is_file()]
    names = tuple(file.name for file in draft.files)
    return Leftover(draft.token, store, names, sum(file.stat().st_size for file in there))


def _used() -> set[Path] | None:
    """Return the folders that the stores at hand were built from, None where one is unreadable."""
    found: set[Path] = set()
    for path in stores.names().values():
        try:
            records = read_outline(path).provenance.values()
        except (DataError, OSError):
            return None
        found |= {Path(source).parent for record in records for source in record.sources}
    return found
