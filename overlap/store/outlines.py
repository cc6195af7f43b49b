"""What a store says of itself, without reading what it holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from overlap import sketches as sk
from overlap.model import FULL_THETA, Provenance, SketchSpec
from overlap.store.describing import read_description
from overlap.store.failures import located, no_store, reading
from overlap.store.folders import PARTS, part_names, snapshot
from overlap.store.parts import check_tables, read_users


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


def read_outline(path: Path) -> Outline:
    """Return what a store says of itself, without reading what it holds.

    Raises DataError as `read_store` does for what is read: a folder without parts, another format
    version, parts whose specs differ or whose description is damaged or incomplete.
    """
    names = part_names(path)
    if not names:
        raise no_store(path)
    parts = [read_description(path / PARTS / name) for name in names]
    for name, part in zip(names, parts, strict=True):
        with located(path):
            sk.check_spec(parts[0].spec, part.spec)
        check_tables(path / PARTS / name)
    return Outline(
        spec=parts[0].spec,
        floor_rate=min(part.floor for part in parts) / FULL_THETA,
        snapshot=snapshot(frozenset[str]().union(*(part.lineage for part in parts))),
        provenance={k: v for part in parts for k, v in part.provenance.items()},
        parts=len(names),
    )


def kept_users(path: Path) -> tuple[int, float]:
    """Return how many users a store keeps of everybody, and the rate they were kept at.

    Reads two columns of each part. Raises DataError where there is no store or a file is damaged.
    """
    names = part_names(path)
    if not names:
        raise no_store(path)
    thetas, users = zip(*(read_users(path / PARTS / name) for name in names), strict=True)
    theta = min(thetas)
    with reading(path):
        below = [part.filter(pl.col("hash") < theta) for part in users]
        many = pl.concat(below).unique() if len(below) > 1 else below[0]
        hits = int(many.select(pl.len()).collect(engine="streaming").item())
    return hits, theta / FULL_THETA
