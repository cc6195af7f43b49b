"""Which audiences stand along a side of a matrix."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from overlap.insights import anchors
from overlap.model import UsageError, Window
from overlap.panel import Panel

MOST = 40
"""Audiences along a side that can be read, and drawn, at once."""


@dataclass(frozen=True, slots=True)
class Side:
    """A side of a matrix: the `most` largest audiences of a kind, or those of `names`.

    Audiences in `keep` stand among the largest, whatever their size.
    """

    kind: str
    names: tuple[str, ...] = ()
    keep: tuple[str, ...] = ()
    most: int = MOST


def chosen(panel: Panel, side: Side, window: Window, floor: int) -> list[str]:
    """Return the names of a side's audiences, sorted.

    Audiences below the floor are only there where they are named. Raises UsageError for unknown
    names, fewer than one audience and more than MOST.
    """
    if not 1 <= side.most <= MOST or len(side.names) > MOST:
        raise UsageError(
            f"{len(side.names) or side.most} audiences cannot stand along a side of a matrix",
            where=f"kind {side.kind!r}",
            cure=f"take 1 to {MOST}; `overlap pairs` lists one audience against all of a kind",
        )
    if side.names:
        return sorted({anchors.audience_of(panel, side.kind, name).name for name in side.names})
    kept = [anchors.audience_of(panel, side.kind, name).name for name in side.keep]
    shown = panel.table(side.kind, window).filter(pl.col("users") >= max(floor, 1))
    names = list(dict.fromkeys([*kept, *shown["name"].head(side.most)]))
    return sorted(names[: max(side.most, len(kept))])
