"""Real builds from simulated events, to measure what their stores take."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from overlap.building import BuildOptions, build
from overlap.hashing import number_in
from overlap.model import DEFAULT_BUDGET, PeriodUnit, Policy, TagColumn
from overlap.sketches import Sketches
from overlap.store import read_store

if TYPE_CHECKING:
    from numpy.typing import NDArray

ROWS, PEOPLE, TAGS, DAYS = 2_000_000, 300_000, 300, 182
SMALL_BUDGET = 400_000
BUILDS: tuple[tuple[str, PeriodUnit, int], ...] = (
    ("no periods, sampled", "none", SMALL_BUDGET),
    ("months, sampled", "month", SMALL_BUDGET),
    ("weeks, sampled", "week", SMALL_BUDGET),
    ("no periods, whole", "none", DEFAULT_BUDGET),
    ("weeks, whole", "week", DEFAULT_BUDGET),
)


def write_events(folder: Path, seed: int = 5) -> Path:
    """Write half a year of events: busy and idle users, each with six favourite tags of a Zipf."""
    rng = np.random.default_rng(seed)
    busy = np.cumsum(rng.gamma(0.5, 1.0, PEOPLE) + 0.02)
    users = np.searchsorted(busy, rng.random(ROWS) * busy[-1])
    popular = np.cumsum(1 / np.arange(1, TAGS + 1))
    favourites = np.searchsorted(popular, rng.random((PEOPLE, 6)) * popular[-1])
    tags = np.where(
        rng.random(ROWS) < 0.7,
        favourites[users, rng.integers(0, 6, ROWS)],
        np.searchsorted(popular, rng.random(ROWS) * popular[-1]),
    )
    names = pl.Series([f"interest {i:03d}" for i in range(TAGS)])
    days = pl.Series(rng.integers(0, DAYS, ROWS) + 19_000).cast(pl.Int32).cast(pl.Date)
    file = folder / "events.parquet"
    pl.DataFrame({"user": users, "tag": names.gather(tags), "time": days}).write_parquet(
        file, row_group_size=500_000
    )
    return file


@dataclass(frozen=True, slots=True, eq=False)
class Built:
    """A real store: bytes by file, and its entries as columns of numbers, sorted as stored."""

    name: str
    files: dict[str, int]
    sketches: Sketches
    users: NDArray[np.uint64]
    audience: NDArray[np.uint32]
    user: NDArray[np.int64]
    period: NDArray[np.int64]
    events: NDArray[np.uint32]

    @property
    def first(self) -> NDArray[np.bool_]:
        """Where a membership begins: the first of its periods."""
        again = (self.user[1:] == self.user[:-1]) & (self.audience[1:] == self.audience[:-1])
        return np.append(True, ~again)

    @property
    def periods(self) -> int:
        """Number of periods."""
        return int(self.period.max()) + 1


def build_all() -> list[Built]:
    """Build every store of BUILDS from the same events."""
    with tempfile.TemporaryDirectory() as folder:
        file = write_events(Path(folder))
        return [_built(file, Path(folder) / name, name, unit, size) for name, unit, size in BUILDS]


def _built(file: Path, target: Path, name: str, unit: PeriodUnit, budget: int) -> Built:
    options = BuildOptions(
        user="user",
        tags=(TagColumn("tag", "interest"),),
        time="time",
        period=unit,
        budget=budget,
        policy=Policy(0, 0),
    )
    build([str(file)], target, options)
    (part,) = (target / "parts").iterdir()
    files = {f.name: f.stat().st_size for f in part.iterdir()}
    sketches = read_store(target).sketches
    hashes = sketches.entries["hash"].to_numpy()
    users = np.unique(hashes)
    days = sketches.entries["period"].to_physical().to_numpy()
    return Built(
        name,
        files,
        sketches,
        users,
        sketches.entries["audience"].to_numpy(),
        number_in(hashes, users),
        np.searchsorted(np.unique(days), days),
        sketches.entries["events"].to_numpy(),
    )
