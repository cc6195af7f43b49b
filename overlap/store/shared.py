"""Times that several parts of a store have events of: what is in both counts twice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from overlap.model import Provenance


@dataclass(frozen=True, slots=True)
class SharedTime:
    """A time that two parts cover: from the first to the last moment, both included."""

    parts: tuple[str, str]
    sources: tuple[tuple[str, ...], tuple[str, ...]]
    start: datetime
    end: datetime

    def __str__(self) -> str:
        first, second = (", ".join(_names(each)) for each in self.sources)
        ends = f"{self.start:%Y-%m-%d %H:%M:%S}"
        if self.end != self.start:
            ends = f"from {ends} to {self.end:%Y-%m-%d %H:%M:%S}"
        else:
            ends = f"at {ends}"
        return (
            f"two parts have events {ends}: {first} (part {self.parts[0]}) and {second} "
            f"(part {self.parts[1]}); events that are in both count twice. If they are of "
            "different sources nothing has to be done; otherwise leave that time out of one of "
            "them and build it again with --replace, or build all anew from files that share no "
            "events"
        )


def shared_times(provenance: Mapping[str, Provenance]) -> tuple[SharedTime, ...]:
    """Return the times that parts share with parts before them, in the order of their events.

    A part is compared with the one that reaches furthest of those that begin before it, so that
    each is named once at the most. Parts without times share none that could be known.
    """
    dated = sorted(
        (record.first_event, record.last_event, part)
        for part, record in provenance.items()
        if record.first_event is not None and record.last_event is not None
    )
    found: list[SharedTime] = []
    furthest: tuple[datetime, str] | None = None
    for first, last, part in dated:
        if furthest is not None and first <= furthest[0]:
            parts = (furthest[1], part)
            names = (provenance[parts[0]].sources, provenance[part].sources)
            found.append(SharedTime(parts, names, first, min(last, furthest[0])))
        if furthest is None or last > furthest[0]:
            furthest = (last, part)
    return tuple(found)


def _names(sources: tuple[str, ...]) -> list[str]:
    if not sources:
        return ["a part without a name"]
    names = [source.rstrip("/").replace("\\", "/").rpartition("/")[2] for source in sources[:3]]
    return names if len(sources) <= 3 else [*names, f"{len(sources) - 3} more"]
