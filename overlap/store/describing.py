"""What a part says of itself: its part.json."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from overlap import sketches as sk
from overlap.model import (
    FORMAT_VERSION,
    DataError,
    EventRoles,
    Policy,
    Provenance,
    SketchSpec,
    TagColumn,
)
from overlap.store.failures import reading

_FILE = "part.json"


@dataclass(frozen=True, slots=True)
class Description:
    """A part as it describes itself; `floor` is in units of 2**-63."""

    spec: SketchSpec
    floor: int
    k: int
    lineage: frozenset[str]
    provenance: Mapping[str, Provenance]


def is_described(folder: Path) -> bool:
    """Whether a folder is a part that was written to its end."""
    return (folder / _FILE).exists()


def describe(folder: Path, sketches: sk.Sketches, provenance: Mapping[str, Provenance]) -> None:
    """Write the description of a part; raises OSError where that cannot be done."""
    raw = {
        "format": "overlap store",
        "format_version": FORMAT_VERSION,
        "spec": asdict(sketches.spec),
        "floor": str(sketches.floor),
        "k": sketches.k,
        "lineage": sorted(sketches.lineage),
        "provenance": {k: _provenance_out(v) for k, v in sorted(provenance.items())},
    }
    (folder / _FILE).write_text(json.dumps(raw, ensure_ascii=False, indent=1), "utf-8")


def read_description(folder: Path) -> Description:
    """Read the description of a part.

    Raises DataError where it is damaged, incomplete or of another format version.
    """
    with reading(folder):
        raw = json.loads((folder / _FILE).read_text("utf-8"))
        version = raw["format_version"]
    if version != FORMAT_VERSION:
        raise DataError(
            f"this store has format version {version}, and this program reads {FORMAT_VERSION}",
            where=str(folder),
            cure="build the store again, or open it with the version that wrote it",
        )
    with reading(folder):
        return Description(
            spec=SketchSpec(**raw["spec"]),
            floor=int(raw["floor"]),
            k=int(raw["k"]),
            lineage=frozenset(raw["lineage"]),
            provenance={k: _provenance_in(v) for k, v in raw["provenance"].items()},
        )


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
