"""A store as read: its parts merged into one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from overlap import sketches as sk
from overlap.model import Policy, Provenance
from overlap.store import folders
from overlap.store.describing import Description, read_description
from overlap.store.failures import located, no_store
from overlap.store.folders import PARTS, part_names
from overlap.store.parts import read_part

ENTRIES_AT_ONCE = 60_000_000
"""Entries of parts in memory before they are merged: each keeps as much as the store will."""


@dataclass(frozen=True, slots=True, eq=False)
class Store:
    """A store as read: its merged sketches, and where each of its parts came from."""

    path: Path
    sketches: sk.Sketches
    provenance: Mapping[str, Provenance]
    parts: tuple[str, ...]

    @property
    def snapshot(self) -> str:
        """A short name of this content: equal for equal sets of parts."""
        return folders.snapshot(self.sketches.lineage)

    @property
    def policy(self) -> Policy:
        """The strictest floors that any part was built with."""
        policies = [p.policy for p in self.provenance.values()]
        return Policy(
            display_floor=max(p.display_floor for p in policies),
            export_floor=max(p.export_floor for p in policies),
        )

    @property
    def bytes(self) -> int:
        """Size of the parts on disk, in bytes."""
        return sum(
            f.stat().st_size
            for part in self.parts
            for f in (self.path / PARTS / part).iterdir()
        )  # fmt: skip


def read_store(path: Path) -> Store:
    """Read a store and merge its parts.

    Raises DataError when there is no store, when it was written by another format version, or when
    a file is damaged.
    """
    names = part_names(path)
    if not names:
        raise no_store(path)
    described = {name: read_description(path / PARTS / name) for name in names}
    provenance = {k: v for part in described.values() for k, v in part.provenance.items()}
    parts: list[sk.Sketches] = []
    with located(path):
        for name in _uncovered(described):
            parts.append(read_part(path / PARTS / name, described[name]))
            if sum(len(part.entries) for part in parts) > ENTRIES_AT_ONCE:
                parts = [sk.merge(parts)]
        merged = sk.merge(parts)
    return Store(path, merged, provenance, names)


def read_provenance(path: Path) -> Mapping[str, Provenance]:
    """Return where the parts of a store came from, nothing where there is no store.

    Raises DataError as `read_store` does, but reads only what says so.
    """
    described = (read_description(path / PARTS / name) for name in part_names(path))
    return {k: v for part in described for k, v in part.provenance.items()}


def _uncovered(parts: Mapping[str, Description]) -> list[str]:
    """Return the parts that no other holds whole, so that they can be merged one by one."""
    chosen: list[str] = []
    for name in sorted(parts, key=lambda n: (-len(parts[n].lineage), n)):
        if not any(parts[name].lineage <= parts[other].lineage for other in chosen):
            chosen.append(name)
    return chosen
