"""Names and days → the numbers a builder has for them, asked for once and not per row."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from overlap import kernels
from overlap.audiences import Definitions, default_names
from overlap.events import TagCodes
from overlap.model import AudienceKey
from overlap.sketches import SketchBuilder

if TYPE_CHECKING:
    from numpy.typing import NDArray


def lookup(builder: SketchBuilder, kind: str, seen: pl.Series) -> NDArray[np.int32]:
    """Return the builder's code of each category by its physical number."""
    physical = seen.to_physical().to_numpy()
    numbers = np.full(int(physical.max(initial=0)) + 1, -1, dtype=np.int32)
    numbers[physical] = [builder.code(AudienceKey(kind, name)) for name in seen.cast(pl.String)]
    return numbers


def periods(builder: SketchBuilder, days: NDArray[np.int32]) -> NDArray[np.int32]:
    """Return the builder's number of each day, in days since 1970."""
    if not len(days) or (low := int(days.min())) == int(days.max()):
        one = np.int32(builder.period(int(days[0])) if len(days) else 0)
        return np.broadcast_to(one, len(days))
    # Days lie close together: a table over their span beats a sort.
    seen = np.flatnonzero(np.bincount(days - low))
    numbers = np.zeros(int(seen[-1]) + 1, dtype=np.int32)
    numbers[seen] = [builder.period(low + int(day)) for day in seen]
    found: NDArray[np.int32] = numbers[days - low]
    return found


class Names:
    """The builder's codes of a kind's distinct tags, asked for once per tag and not per row."""

    def __init__(self, builder: SketchBuilder, kind: str, definitions: Definitions) -> None:
        self._builder, self._kind, self._definitions = builder, kind, definitions
        self._numbers: dict[str | None, int] = {}

    def numbers(self, tags: TagCodes, used: NDArray[np.bool_]) -> NDArray[np.int32]:
        """Return the builder's code of each tag, and −1 at the end and where it has none."""
        names = default_names(self._kind, tags.names, self._definitions).to_list()
        table = np.array([*(self._numbers.get(name, -1) for name in names), -1], dtype=np.int32)
        for i in np.flatnonzero(used & (table < 0)).tolist():
            name = names[i] if i < len(names) else None
            if name is not None:
                table[i] = self._numbers[name] = self._builder.code(AudienceKey(self._kind, name))
        # A value of the dictionary that no clean row has is no audience.
        table[~used] = -1
        return table


def each_once(tags: list[TagCodes], tables: list[NDArray[np.int32]]) -> list[NDArray[np.int32]]:
    """Return the indices of a kind's columns without those that an earlier column has in the row.

    The same tag in two columns of a kind is one event of its audience.
    """
    distinct = [tag.index for tag in tags[:1]]
    seen = [table[tag.index] for tag, table in zip(tags, tables, strict=True)] if tags[1:] else []
    for i, tag in enumerate(tags[1:], start=1):
        repeated = np.any([seen[i] == earlier for earlier in seen[:i]], axis=0)
        distinct.append(np.where(repeated, -1, tag.index).astype(np.int32))
    return distinct


def used(tags: TagCodes) -> NDArray[np.bool_]:
    """Return which names some row has, and at the end whether one has none."""
    marked = np.zeros(len(tags.names) + 1, dtype=bool)
    kernels.mark(tags.index, marked)
    return marked
