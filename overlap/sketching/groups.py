"""Row groups of Parquet → a builder, read and sifted on all cores."""

from __future__ import annotations

import os
from collections import Counter, deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from overlap import hashing
from overlap.audiences import Definitions, tag_columns
from overlap.events import Chunk, Columnar, Events, RowCounts
from overlap.model import TAG_PREFIX, UNIVERSE
from overlap.sketches import Sieve, Sifted, Sifting, SketchBuilder
from overlap.sketching.numbering import Names, each_once, periods, used

if TYPE_CHECKING:
    import polars as pl
    import pyarrow as pa
    from numpy.typing import NDArray


PIECE = 1 << 16
"""Rows hashed and sifted at a time, so that their hashes stay in the cache of a core."""


class _Read(NamedTuple):
    """A chunk, and which tags of each column's dictionary its rows have."""

    chunk: Chunk
    used: dict[str, NDArray[np.bool_]]


def feed_groups(
    builder: SketchBuilder,
    events: Events,
    columnar: Columnar,
    definitions: Definitions,
    key: bytes | None,
    progress: Callable[[str], None],
) -> RowCounts:
    """Read, hash and sift row groups on all cores, and add to the builder what is of use."""
    kinds = {
        kind: [column.removeprefix(TAG_PREFIX) for column in columns]
        for kind, columns in tag_columns(events).items()
        if definitions.rule(kind).defaults
    }
    names = {kind: Names(builder, kind, definitions) for kind in kinds}
    universe = np.array([builder.code(UNIVERSE)], dtype=np.int32)
    tally = _Tally()

    def read(number: int) -> _Read:
        chunk = columnar.read(columnar.groups[number])
        return _Read(chunk, {name: used(tag) for name, tag in chunk.tags.items()})

    def sift(
        users: pl.Series | pa.Array,
        period: NDArray[np.int32],
        each: list[tuple[NDArray[np.int32], Sieve]],
    ) -> list[Sifted]:
        siftings = [Sifting(sieve, len(users)) for _, sieve in each]
        for start in range(0, len(users), PIECE):
            hashes = hashing.hash_users(users.slice(start, PIECE), seed=builder.spec.seed, key=key)
            bits = hashing.remix(hashes)
            rows = slice(start, start + PIECE)
            for (index, _), sifting in zip(each, siftings, strict=True):
                sifting.add(hashes, bits, index[rows], period[rows])
        return [sifting.done() for sifting in siftings]

    workers = os.cpu_count() or 1
    with ThreadPoolExecutor(workers) as pool:
        try:
            waiting: deque[tuple[Future[list[Sifted]], list[NDArray[np.int32]]]] = deque()
            for done in _ahead(pool, read, len(columnar.groups), workers + 1):
                chunk = done.chunk
                tally.add(chunk)
                progress(f"sketching audiences, {tally.read:,} rows")
                if not len(chunk.user):
                    continue
                period = periods(builder, chunk.period)
                columns = [(np.broadcast_to(np.int32(0), len(period)), universe)]
                for kind, named in kinds.items():
                    tags = [chunk.tags[name] for name in named]
                    tables = [names[kind].numbers(chunk.tags[n], done.used[n]) for n in named]
                    columns += zip(each_once(tags, tables), tables, strict=True)
                each = [(index, builder.sieve(table)) for index, table in columns]
                future = pool.submit(sift, chunk.user, period, each)
                waiting.append((future, [table for _, table in columns]))
                if len(waiting) > workers:
                    _take(builder, *waiting.popleft())
            while waiting:
                _take(builder, *waiting.popleft())
        finally:
            pool.shutdown(cancel_futures=True)
    return tally.counts()


def _take(
    builder: SketchBuilder, future: Future[list[Sifted]], tables: list[NDArray[np.int32]]
) -> None:
    for sifted, table in zip(future.result(), tables, strict=True):
        builder.add(sifted, table)


def _ahead(
    pool: ThreadPoolExecutor, work: Callable[[int], _Read], tasks: int, ahead: int
) -> Iterator[_Read]:
    """Yield the results of numbered tasks in their order, so many of them under way."""
    waiting: deque[Future[_Read]] = deque()
    for number in range(tasks):
        waiting.append(pool.submit(work, number))
        if len(waiting) >= ahead:
            yield waiting.popleft().result()
    while waiting:
        yield waiting.popleft().result()


class _Tally:
    """What became of the rows of the chunks so far."""

    def __init__(self) -> None:
        self.read = 0
        self._rejected: Counter[str] = Counter()
        self._times: list[datetime] = []

    def add(self, chunk: Chunk) -> None:
        self.read += chunk.rows
        self._rejected.update(chunk.rejected)
        self._times += [time for time in (chunk.first_event, chunk.last_event) if time]

    def counts(self) -> RowCounts:
        first, last = min(self._times, default=None), max(self._times, default=None)
        return RowCounts(self.read, dict(sorted(self._rejected.items())), first, last)
