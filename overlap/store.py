"""A store: a folder of immutable parts. The only module that reads and writes them.

    STORE/parts/<id>/part.json         spec, floor, lineage, provenance
                     audiences.parquet  kind, name, theta; sorted, row number = code
                     users.parquet      the kept hashes, ascending; row number = user
                     entries.parquet    audience, user, period, events; sorted
                     totals.parquet     audience, period, events, HyperLogLog registers

A part is written under a temporary name and renamed, so a reader meets all of it or nothing;
reading merges the parts.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import secrets
import shutil
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow.parquet as pq

from overlap import sketches as sk
from overlap.model import (
    FORMAT_VERSION,
    FULL_THETA,
    UNIVERSE,
    DataError,
    EventRoles,
    Policy,
    Provenance,
    SketchSpec,
    TagColumn,
)

_PARTS = "parts"
_FILES = ("audiences.parquet", "users.parquet", "entries.parquet", "totals.parquet")
_TEMPORARY = ".tmp-"
_STALE_SECONDS = 24 * 3600


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
        return _snapshot(self.sketches.lineage)

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
            for f in (self.path / _PARTS / part).iterdir()
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Outline:
    """A store as its parts describe themselves, its audiences unread.

    `floor_rate` is the least of the parts', which a merge may still lower.
    """

    spec: SketchSpec
    floor_rate: float
    snapshot: str
    provenance: Mapping[str, Provenance]
    parts: int


def is_store(path: Path) -> bool:
    """Whether a folder is one that holds parts of a store, whole or not."""
    return not path.name.startswith(".") and (path / _PARTS).is_dir()


def changed_at(path: Path) -> float:
    """Return when a part was last added to a store or taken from it, in seconds of the epoch.

    Raises OSError when the folder is gone.
    """
    return (path / _PARTS).stat().st_mtime


Stamp = tuple[tuple[str, int, int], ...]
"""The files of a store's parts with their times, in nanoseconds, and sizes, in bytes."""


def stamp(path: Path) -> Stamp:
    """Return what changes when a store's parts do, and when nothing else does.

    Half-written parts and what is saved beside the parts are left out.
    """
    found = []
    for file in (path / _PARTS).rglob("*"):
        if any(part.startswith(".") for part in file.relative_to(path).parts):
            continue
        try:
            status = file.stat()
        except OSError:
            continue
        if not file.is_dir():
            found.append((str(file.relative_to(path)), status.st_mtime_ns, status.st_size))
    return tuple(sorted(found))


def read_outline(path: Path) -> Outline:
    """Return what a store says of itself, without reading what it holds.

    Raises DataError as `read_store` does for what is read: a folder without parts, another format
    version, parts whose specs differ or whose description is damaged or incomplete.
    """
    names = _part_names(path)
    if not names:
        raise _no_store(path)
    metas = [_read_meta(path / _PARTS / name) for name in names]
    for name, meta in zip(names, metas, strict=True):
        with _located(path):
            sk.check_spec(metas[0]["spec"], meta["spec"])
        with _reading(path / _PARTS / name):
            for file in _FILES:
                pq.read_metadata(path / _PARTS / name / file)
    return Outline(
        spec=metas[0]["spec"],
        floor_rate=min(meta["floor"] for meta in metas) / FULL_THETA,
        snapshot=_snapshot(frozenset[str]().union(*(meta["lineage"] for meta in metas))),
        provenance={k: v for meta in metas for k, v in meta["provenance"].items()},
        parts=len(names),
    )


def kept_users(path: Path) -> tuple[int, float]:
    """Return how many users a store keeps of everybody, and the rate they were kept at.

    Reads two columns of each part. Raises DataError where there is no store or a file is damaged.
    """
    thetas, users = [], []
    names = _part_names(path)
    if not names:
        raise _no_store(path)
    for name in names:
        folder = path / _PARTS / name
        with _reading(folder):
            everybody = pl.read_parquet(folder / "audiences.parquet").filter(
                (pl.col("kind") == UNIVERSE.kind) & (pl.col("name") == UNIVERSE.name)
            )
            thetas.append(int(everybody["theta"].item()))
            users.append(pl.scan_parquet(folder / "users.parquet"))
    theta = min(thetas)
    with _reading(path):
        below = [part.filter(pl.col("hash") < theta) for part in users]
        many = pl.concat(below).unique() if len(below) > 1 else below[0]
        hits = int(many.select(pl.len()).collect(engine="streaming").item())
    return hits, theta / FULL_THETA


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
    there = {name: _read_meta(path / _PARTS / name) for name in _part_names(path)}
    name = _part_name(sketches.lineage)
    target = path / _PARTS / name
    if name in there:
        return target
    replaced = [
        other
        for other, meta in there.items()
        if _sources(meta["provenance"].values()) & _sources(provenance.values())
    ]
    if replaced and not replace_sources:
        shared = sorted(
            _sources(provenance.values())
            & _sources(p for o in replaced for p in there[o]["provenance"].values())
        )
        raise DataError(
            f"{_listed(shared)} is in this store already, read with other content or settings",
            where=str(path),
            cure="build into another folder, or give --replace to put the new reading in its place",
        )
    for other, meta in there.items():
        if other not in replaced:
            with _located(path):
                sk.check_spec(meta["spec"], sketches.spec)
    with _writing(path) as temporary:
        _write_part(temporary, sketches, provenance)
        _publish(temporary, target)
    for other in replaced:
        shutil.rmtree(path / _PARTS / other)
    return target


def read_store(path: Path) -> Store:
    """Read a store and merge its parts.

    Raises DataError when there is no store, when it was written by another format version, or when
    a file is damaged.
    """
    names = _part_names(path)
    if not names:
        raise _no_store(path)
    metas = {name: _read_meta(path / _PARTS / name) for name in names}
    provenance = {k: v for meta in metas.values() for k, v in meta["provenance"].items()}
    parts: list[sk.Sketches] = []
    with _located(path):
        for name in _uncovered(metas):
            parts.append(_read_part(path / _PARTS / name, metas[name]))
            if sum(len(part.entries) for part in parts) > ENTRIES_AT_ONCE:
                parts = [sk.merge(parts)]
        merged = sk.merge(parts)
    return Store(path, merged, provenance, names)


def read_provenance(path: Path) -> Mapping[str, Provenance]:
    """Return where the parts of a store came from, nothing where there is no store.

    Raises DataError as `read_store` does, but reads only what says so.
    """
    metas = (_read_meta(path / _PARTS / name) for name in _part_names(path))
    return {k: v for meta in metas for k, v in meta["provenance"].items()}


ENTRIES_AT_ONCE = 60_000_000
"""Entries of parts in memory before they are merged: each keeps as much as the store will."""


def _uncovered(metas: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Return the parts that no other holds whole, so that they can be merged one by one."""
    chosen: list[str] = []
    for name in sorted(metas, key=lambda n: (-len(metas[n]["lineage"]), n)):
        if not any(metas[name]["lineage"] <= metas[other]["lineage"] for other in chosen):
            chosen.append(name)
    return chosen


def merge_stores(paths: Sequence[Path], target: Path) -> Path:
    """Bring the parts of several stores together in `target`, each part once.

    Raises DataError when the stores' specs differ or a store cannot be read; `target` is then as
    it was.
    """
    stores = [read_store(path) for path in paths]
    present = [read_store(target)] if _part_names(target) else []
    for store in [*stores[1:], *present]:
        with _located(store.path):
            sk.check_spec(stores[0].sketches.spec, store.sketches.spec)
    sk.merge(store.sketches for store in [*stores, *present])
    for store in stores:
        for name in store.parts:
            goal = target / _PARTS / name
            if goal.exists():
                continue
            with _writing(target) as temporary:
                shutil.copytree(store.path / _PARTS / name, temporary)
                _publish(temporary, goal)
    return target


def compact(path: Path) -> Path:
    """Merge all parts of a store into one, which remembers the parts that went in."""
    store = read_store(path)
    goal = add_part(path, store.sketches, store.provenance, replace_sources=True)
    for name in store.parts:
        if name != goal.name:
            shutil.rmtree(path / _PARTS / name, ignore_errors=True)
    return goal


# --- one part ---------------------------------------------------------------------------------


def _write_part(
    folder: Path, sketches: sk.Sketches, provenance: Mapping[str, Provenance]
) -> None:  # fmt: skip
    folder.mkdir(parents=True)
    hashes, numbers = sketches.numbering()
    users = pl.Series("hash", hashes)
    entries = sketches.entries.with_columns(pl.Series("user", numbers)).select(
        "audience", "user", "period", "events"
    )
    delta = "DELTA_BINARY_PACKED"
    _write_frame(folder / "audiences.parquet", sketches.audiences, {"theta": "PLAIN"})
    _write_frame(folder / "users.parquet", users.to_frame("hash"), {"hash": delta})
    _write_frame(folder / "entries.parquet", entries, {"user": delta})
    _write_frame(folder / "totals.parquet", sketches.totals, {})
    meta = {
        "format": "overlap store",
        "format_version": FORMAT_VERSION,
        "spec": asdict(sketches.spec),
        "floor": str(sketches.floor),
        "k": sketches.k,
        "lineage": sorted(sketches.lineage),
        "provenance": {k: _provenance_out(v) for k, v in sorted(provenance.items())},
    }
    (folder / "part.json").write_text(json.dumps(meta, ensure_ascii=False, indent=1), "utf-8")
    for file in folder.iterdir():
        with file.open("rb") as handle:
            os.fsync(handle.fileno())


def _write_frame(file: Path, frame: pl.DataFrame, encoding: dict[str, str]) -> None:
    pq.write_table(
        frame.to_arrow(compat_level=pl.CompatLevel.oldest()),
        file,
        compression="zstd",
        use_dictionary=[c for c in frame.columns if c not in encoding],
        column_encoding=encoding or None,
        version="2.6",
    )


def _read_part(folder: Path, meta: Mapping[str, Any]) -> sk.Sketches:
    with _reading(folder):
        users = pl.read_parquet(folder / "users.parquet")["hash"]
        entries = pl.read_parquet(folder / "entries.parquet")
        return sk.Sketches(
            spec=meta["spec"],
            floor=meta["floor"],
            k=meta["k"],
            audiences=pl.read_parquet(folder / "audiences.parquet").cast(sk.AUDIENCES),
            entries=entries.with_columns(users.gather(entries["user"]).alias("hash"))
            .select(sk.ENTRIES.names())
            .cast(sk.ENTRIES),
            totals=pl.read_parquet(folder / "totals.parquet").cast(sk.TOTALS),
            lineage=meta["lineage"],
            numbered=(users.to_numpy(), entries["user"].to_numpy()),
        )


def _read_meta(folder: Path) -> dict[str, Any]:
    with _reading(folder):
        raw = json.loads((folder / "part.json").read_text("utf-8"))
        version = raw["format_version"]
    if version != FORMAT_VERSION:
        raise DataError(
            f"this store has format version {version}, and this program reads {FORMAT_VERSION}",
            where=str(folder),
            cure="build the store again, or open it with the version that wrote it",
        )
    with _reading(folder):
        return {
            "spec": SketchSpec(**raw["spec"]),
            "floor": int(raw["floor"]),
            "k": int(raw["k"]),
            "lineage": frozenset(raw["lineage"]),
            "provenance": {k: _provenance_in(v) for k, v in raw["provenance"].items()},
        }


def _provenance_out(record: Provenance) -> dict[str, Any]:
    out = asdict(record)
    for end in ("first_event", "last_event"):
        out[end] = out[end].isoformat() if out[end] else None
    return out


def _provenance_in(raw: dict[str, Any]) -> Provenance:
    roles = raw["roles"]
    if roles is not None:
        tags = tuple(TagColumn(**tag) for tag in roles["tags"])
        roles = replace(EventRoles(**{**roles, "tags": ()}), tags=tags)
    ends = {
        end: datetime.fromisoformat(raw[end]) if raw[end] else None
        for end in ("first_event", "last_event")
    }
    return Provenance(
        **{
            **raw,
            **ends,
            "roles": roles,
            "sources": tuple(raw["sources"]),
            "notes": tuple(raw["notes"]),
            "policy": Policy(**raw["policy"]),
        }
    )


# --- names, and what can go wrong ---------------------------------------------------------------


def _part_names(path: Path) -> tuple[str, ...]:
    parts = path / _PARTS
    if not parts.is_dir():
        return ()
    return tuple(sorted(p.name for p in parts.iterdir() if p.is_dir() and p.name[0] != "."))


def _no_store(path: Path) -> DataError:
    what = "this folder holds no store" if path.is_dir() else "there is no store here"
    return DataError(
        what, where=str(path), cure="make one with: overlap build SOURCE --store " + str(path)
    )


def _snapshot(lineage: frozenset[str]) -> str:
    return hashlib.sha256(",".join(sorted(lineage)).encode()).hexdigest()[:12]


def _part_name(lineage: frozenset[str]) -> str:
    if len(lineage) == 1:
        return next(iter(lineage))
    return hashlib.sha256(",".join(sorted(lineage)).encode()).hexdigest()[:16]


def _sources(records: Any) -> set[str]:
    return {source for record in records for source in record.sources}


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(names[:3])
    return shown if len(names) <= 3 else f"{shown} and {len(names) - 3} more"


@contextmanager
def _located(path: Path) -> Iterator[None]:
    try:
        yield
    except DataError as error:
        raise DataError(error.what, where=error.where or str(path), cure=error.cure) from error


@contextmanager
def _reading(folder: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, ValueError, KeyError, TypeError, pl.exceptions.PolarsError) as error:
        raise DataError(
            f"this part of the store cannot be read: {error}",
            where=str(folder),
            cure="restore the folder from a copy, or remove it and build its source again",
        ) from error


@contextmanager
def _writing(path: Path) -> Iterator[Path]:
    """Yield a temporary folder name on the store's own disk, gone afterwards unless renamed."""
    made = not path.exists()
    try:
        (path / _PARTS).mkdir(parents=True, exist_ok=True)
        _remove_stale(path / _PARTS)
    except OSError as error:
        raise _write_error(path, error) from error
    temporary = path / _PARTS / f"{_TEMPORARY}{os.getpid()}-{secrets.token_hex(4)}"
    done = False
    try:
        yield temporary
        done = True
    except OSError as error:
        raise _write_error(path, error) from error
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
        if made and not done:
            shutil.rmtree(path, ignore_errors=True)


def _publish(temporary: Path, target: Path) -> None:
    try:
        temporary.rename(target)
    except OSError:
        # Somebody wrote the same part meanwhile: names are made of contents.
        if not (target / "part.json").exists():
            raise


def _write_error(path: Path, error: OSError) -> DataError:
    full = error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
    return DataError(
        "the disk is full" if full else f"the store cannot be written: {error.strerror or error}",
        where=str(path),
        cure="the store is as it was; "
        + ("free some space and try again" if full else "check the folder and its permissions"),
    )


def _remove_stale(parts: Path) -> None:
    for folder in parts.glob(f"{_TEMPORARY}*"):
        if time.time() - folder.stat().st_mtime > _STALE_SECONDS:
            shutil.rmtree(folder, ignore_errors=True)
