"""What changes a store: a part is added, other stores' parts join it, all become one."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from overlap import sketches as sk
from overlap.model import DataError, Provenance
from overlap.store.describing import read_description
from overlap.store.failures import located
from overlap.store.folders import PARTS, part_name, part_names
from overlap.store.parts import write_part
from overlap.store.publishing import publish, writing
from overlap.store.reading import read_store


def add_part(
    path: Path,
    sketches: sk.Sketches,
    provenance: Mapping[str, Provenance],
    *,
    replace_sources: bool = False,
) -> Path:
    """Write sketches as one part of the store at `path`, which is made when it is not there.

    `provenance` has one record per part of the sketches' lineage. A part that is there already is
    left as it is. Raises DataError when the store's spec differs, when a source of the part is in
    the store in another form (unless `replace_sources`, which takes those parts' place), or when
    writing fails; the store is then as it was.
    """
    if path.exists() and not path.is_dir():
        raise DataError("a store is a folder, and this is a file", where=str(path))
    there = {name: read_description(path / PARTS / name) for name in part_names(path)}
    name = part_name(sketches.lineage)
    target = path / PARTS / name
    if name in there:
        return target
    replaced = [
        other
        for other, part in there.items()
        if _sources(part.provenance.values()) & _sources(provenance.values())
    ]
    if replaced and not replace_sources:
        shared = sorted(
            _sources(provenance.values())
            & _sources(p for o in replaced for p in there[o].provenance.values())
        )
        raise DataError(
            f"{_listed(shared)} is in this store already, read with other content or settings",
            where=str(path),
            cure="build into another folder, or give --replace to put the new reading in its place",
        )
    for other, part in there.items():
        if other not in replaced:
            with located(path):
                sk.check_spec(part.spec, sketches.spec)
    with writing(path) as temporary:
        write_part(temporary, sketches, provenance)
        publish(temporary, target)
    for other in replaced:
        shutil.rmtree(path / PARTS / other)
    return target


def merge_stores(paths: Sequence[Path], target: Path) -> Path:
    """Bring the parts of several stores together in `target`, each part once.

    Raises DataError when the stores' specs differ or a store cannot be read; `target` is then as
    it was.
    """
    stores = [read_store(path) for path in paths]
    present = [read_store(target)] if part_names(target) else []
    for store in [*stores[1:], *present]:
        with located(store.path):
            sk.check_spec(stores[0].sketches.spec, store.sketches.spec)
    sk.merge(store.sketches for store in [*stores, *present])
    for store in stores:
        for name in store.parts:
            goal = target / PARTS / name
            if goal.exists():
                continue
            with writing(target) as temporary:
                shutil.copytree(store.path / PARTS / name, temporary)
                publish(temporary, goal)
    return target


def compact(path: Path) -> Path:
    """Merge all parts of a store into one, which remembers the parts that went in."""
    store = read_store(path)
    goal = add_part(path, store.sketches, store.provenance, replace_sources=True)
    for name in store.parts:
        if name != goal.name:
            shutil.rmtree(path / PARTS / name, ignore_errors=True)
    return goal


def _sources(records: Iterable[Provenance]) -> set[str]:
    return {source for record in records for source in record.sources}


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(names[:3])
    return shown if len(names) <= 3 else f"{shown} and {len(names) - 3} more"
