"""Where a store's parts are, what they are called, and what shows that they changed."""

from __future__ import annotations

import hashlib
from pathlib import Path

PARTS = "parts"
"""The folder of the parts, in that of the store."""


def is_store(path: Path) -> bool:
    """Whether a folder is one that holds parts of a store, whole or not."""
    return not path.name.startswith(".") and (path / PARTS).is_dir()


def changed_at(path: Path) -> float:
    """Return when a part was last added to a store or taken from it, in seconds of the epoch.

    Raises OSError when the folder is gone.
    """
    return (path / PARTS).stat().st_mtime


Stamp = tuple[tuple[str, int, int], ...]
"""The files of a store's parts with their times, in nanoseconds, and sizes, in bytes."""


def stamp(path: Path) -> Stamp:
    """Return what changes when a store's parts do, and when nothing else does.

    Half-written parts and what is saved beside the parts are left out.
    """
    found = []
    for file in (path / PARTS).rglob("*"):
        if any(part.startswith(".") for part in file.relative_to(path).parts):
            continue
        try:
            status = file.stat()
        except OSError:
            continue
        if not file.is_dir():
            found.append((str(file.relative_to(path)), status.st_mtime_ns, status.st_size))
    return tuple(sorted(found))


def part_names(path: Path) -> tuple[str, ...]:
    """Return the names of a store's parts in order, none where there is no store."""
    parts = path / PARTS
    if not parts.is_dir():
        return ()
    return tuple(sorted(p.name for p in parts.iterdir() if p.is_dir() and p.name[0] != "."))


def part_name(lineage: frozenset[str]) -> str:
    """Return the name of a part of this lineage: that of its content, or of all that went in."""
    return next(iter(lineage)) if len(lineage) == 1 else _short(lineage, 16)


def snapshot(lineage: frozenset[str]) -> str:
    """Return a short name of what a store holds."""
    return _short(lineage, 12)


def _short(lineage: frozenset[str], digits: int) -> str:
    return hashlib.sha256(",".join(sorted(lineage)).encode()).hexdigest()[:digits]
