"""Small communities for tests, and exact answers about them from plain sets."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

import numpy as np
import polars as pl

from overlap.model import UNIVERSE_KIND, UNIVERSE_NAME, SketchSpec, memberships_schema
from overlap.panel import Panel
from overlap.sketches import Sketches, build

Row = tuple[str, str, date, int, int]
MONDAY = date(2026, 1, 5)


def week(number: int) -> date:
    return MONDAY + timedelta(weeks=number)


def with_universe(rows: Iterable[Row]) -> list[Row]:
    rows = list(rows)
    return rows + [(UNIVERSE_KIND, UNIVERSE_NAME, p, u, e) for _, _, p, u, e in rows]


def frame(rows: Iterable[Row]) -> pl.LazyFrame:
    return (
        pl.DataFrame(list(rows), schema=memberships_schema("integer"), orient="row")
        .lazy()
        .group_by("kind", "name", "period", "user")
        .agg(pl.col("events").sum())
    )


def sketched(rows: Iterable[Row], **spec: object) -> Sketches:
    options = {"id_type": "integer", "period": "week", **spec}
    return build(frame(rows), SketchSpec(**options), source="test")  # type: ignore[arg-type]


def panel(rows: Iterable[Row], **spec: object) -> Panel:
    return Panel(sketched(with_universe(rows), **spec))


def random_rows(seed: int, users: int = 3000, weeks: int = 8) -> list[Row]:
    """A community in which some audiences attract and some repel each other."""
    rng = np.random.default_rng(seed)
    taste = rng.normal(size=(users, 3))
    rows: list[Row] = []
    plan = [
        ("category", "tv", 0, 0.3), ("category", "phone", 1, 0.6), ("interest", "gaming", 0, 0.2),
        ("interest", "food", 2, 0.5), ("interest", "knitting", 1, 0.05), ("brand", "acme", 0, 0.1),
    ]  # fmt: skip
    for kind, name, axis, share in plan:
        score = 0.8 * taste[:, axis] + rng.normal(size=users)
        for user in np.flatnonzero(score > np.quantile(score, 1 - share)):
            for w in np.unique(rng.integers(0, weeks, 3)):
                rows.append((kind, name, week(int(w)), int(user), int(rng.integers(1, 4))))
    return rows
