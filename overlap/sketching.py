"""Events in batches → sketches: hash the users, number the audiences, feed the builder."""

from __future__ import annotations

import math
import os
from collections import Counter, deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import polars as pl

from overlap import hashing, kernels
from overlap.audiences import Definitions, Occurrences, default_names, occurrences, tag_columns
from overlap.estimates import smallest_overlap
from overlap.events import Chunk, Columnar, Events, RowCounts, TagCodes, check_rows, count_rows
from overlap.model import TAG_PREFIX, UNIVERSE, AudienceKey, SketchSpec
from overlap.sketches import SketchBuilder, Sketches

if TYPE_CHECKING:
    from numpy.typing import NDArray

BATCH = 1_000_000
"""Rows of events worked on at once."""


@dataclass(frozen=True, slots=True)
class Forecast:
    """What precision to expect: at worst, were every row's every tag a membership of its own.

    `smallest_overlap` is the least number of users seen with a relative standard error of 20%.
    """

    rows: int
    floor_rate: float
    smallest_overlap: int


def forecast(rows: int, tags: int, spec: SketchSpec) -> Forecast:
    """Return the precision to expect of so many rows with so many tag columns."""
    memberships = rows * (1 + tags)
    floor = spec.rate
    if memberships > spec.budget or spec.rate < 1:
        # What falls below a floor varies by the root of its number.
        room = 0.75 * spec.budget
        fits = max(room - 3 * math.sqrt(room), 0) / max(memberships, 1) * 2 ** (-1 / 8)
        floor = min(floor, max(fits, 2**-62))
    return Forecast(rows, floor, smallest_overlap(floor))


def sketch(
    events: Events,
    definitions: Definitions,
    spec: SketchSpec,
    *,
    key: bytes | None = None,
    progress: Callable[[str], None] = lambda _: None,
    expect: Callable[[Forecast], None] = lambda _: None,
) -> tuple[Sketches, RowCounts]:
    """Build the sketches of all audiences in memory bounded by the budget and a batch per core.

    Row groups of Parquet files are read as they lie; anything else goes through a lazy frame.
    `expect` is told the precision to expect before the work starts. Returns the sketches and what
    became of the rows. Raises DataError when no row can be used or
    the budget is too small for the number of audiences, UsageError for definitions that ask for
    what the events do not have.
    """
    builder = SketchBuilder(spec)
    main, *defined = occurrences(events, definitions)
    columns = len(main.kinds)
    if events.columnar is not None:
        total = sum(group.rows for group in events.columnar.groups)
        expect(forecast(total, columns, spec))
        rows = _feed_columnar(builder, events, events.columnar, definitions, key, progress)
        check_rows(rows, events)
    else:
        rows = count_rows(events)
        check_rows(rows, events)
        expect(forecast(rows.rows_used, columns, spec))
        defined.insert(0, main)
    for part in defined:
        done = 0
        for batch in part.frame.collect_batches(chunk_size=BATCH, maintain_order=False):
            _feed(builder, part, batch, key)
            done += len(batch)
            progress(f"sketching audiences, {done:,} rows")
    return builder.finish("\n".join(events.sources)), rows


def _feed(
    builder: SketchBuilder, part: Occurrences, batch: pl.DataFrame, key: bytes | None
) -> None:
    for audience in part.always:
        builder.code(audience)
    if batch.is_empty():
        return
    hashes = hashing.hash_users(batch["user"], seed=builder.spec.seed, key=key)
    period = _periods(builder, batch["period"].to_physical().to_numpy())
    for audience in part.always:
        builder.add_all(hashes, builder.code(audience), period)
    for column, kind in part.kinds.items():
        names = batch.select(column).with_row_index("row").explode(column).drop_nulls()
        rows = names["row"].to_numpy()
        coded = names[column].cast(pl.Categorical)
        seen = coded.unique()
        numbers = _lookup(builder, kind, seen)
        index = coded.to_physical().to_numpy().astype(np.int32)
        builder.add(hashes[rows], index, numbers, period[rows])


def _lookup(builder: SketchBuilder, kind: str, seen: pl.Series) -> NDArray[np.int32]:
    """Return the builder's code of each category by its physical number."""
    physical = seen.to_physical().to_numpy()
    numbers = np.full(int(physical.max(initial=0)) + 1, -1, dtype=np.int32)
    numbers[physical] = [builder.code(AudienceKey(kind, name)) for name in seen.cast(pl.String)]
    return numbers


def _periods(builder: SketchBuilder, days: NDArray[np.int32]) -> NDArray[np.int32]:
    if not len(days) or (low := int(days.min())) == int(days.max()):
        return np.full(len(days), builder.period(int(days[0])) if len(days) else 0, dtype=np.int32)
    # Days lie close together: a table over their span beats a sort.
    seen = np.flatnonzero(np.bincount(days - low))
    numbers = np.zeros(int(seen[-1]) + 1, dtype=np.int32)
    numbers[seen] = [builder.period(low + int(day)) for day in seen]
    found: NDArray[np.int32] = numbers[days - low]
    return found


# --- row groups ---------------------------------------------------------------------------------


class _Hashed(NamedTuple):
    chunk: Chunk
    hashes: NDArray[np.uint64]


def _feed_columnar(
    builder: SketchBuilder,
    events: Events,
    columnar: Columnar,
    definitions: Definitions,
    key: bytes | None,
    progress: Callable[[str], None],
) -> RowCounts:
    """Read and hash row groups on all cores, and feed the builder with each as it comes."""
    kinds = {
        kind: columns
        for kind, columns in tag_columns(events).items()
        if definitions.rule(kind).defaults
    }
    names = {kind: _Names(builder, kind, definitions) for kind in kinds}
    builder.code(UNIVERSE)
    rejected: Counter[str] = Counter()
    read = 0
    firsts, lasts = [], []
    for chunk, hashes in _hashed_chunks(columnar, builder.spec.seed, key):
        read += chunk.rows
        rejected.update(chunk.rejected)
        firsts += [chunk.first_event] if chunk.first_event else []
        lasts += [chunk.last_event] if chunk.last_event else []
        if len(hashes):
            period = _periods(builder, chunk.period)
            builder.add_all(hashes, builder.code(UNIVERSE), period)
            for kind, columns in kinds.items():
                tags = [chunk.tags[column.removeprefix(TAG_PREFIX)] for column in columns]
                tables = [names[kind].numbers(tag) for tag in tags]
                for tag, table in zip(_each_once(tags, tables), tables, strict=True):
                    builder.add(hashes, tag.index, table, period)
        progress(f"sketching audiences, {read:,} rows")
    return RowCounts(
        read, dict(sorted(rejected.items())), min(firsts, default=None), max(lasts, default=None)
    )


def _hashed_chunks(columnar: Columnar, seed: int, key: bytes | None) -> Iterator[_Hashed]:
    def work(number: int) -> _Hashed:
        chunk = columnar.read(columnar.groups[number])
        return _Hashed(chunk, hashing.hash_users(chunk.user, seed=seed, key=key))

    workers = os.cpu_count() or 1
    waiting: deque[Future[_Hashed]] = deque()
    with ThreadPoolExecutor(workers) as pool:
        try:
            for number in range(len(columnar.groups)):
                waiting.append(pool.submit(work, number))
                if len(waiting) > workers:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            pool.shutdown(cancel_futures=True)


class _Names:
    """The builder's codes of a kind's distinct tags, asked for once per tag and not per row."""

    def __init__(self, builder: SketchBuilder, kind: str, definitions: Definitions) -> None:
        self._builder, self._kind, self._definitions = builder, kind, definitions
        self._numbers: dict[str, int] = {}

    def numbers(self, tags: TagCodes) -> NDArray[np.int32]:
        """Return the builder's code of each tag, and −1 at the end and where it has none."""
        used = np.zeros(len(tags.names) + 1, dtype=bool)
        kernels.mark(tags.index, used)
        names = default_names(self._kind, tags.names, self._definitions)
        table = np.full(len(tags.names) + 1, -1, dtype=np.int32)
        for i, name in enumerate(names):
            # A value of the dictionary that no clean row has is no audience.
            if name is not None and used[i]:
                number = self._numbers.get(name)
                if number is None:
                    number = self._builder.code(AudienceKey(self._kind, name))
                    self._numbers[name] = number
                table[i] = number
        return table


def _each_once(tags: list[TagCodes], tables: list[NDArray[np.int32]]) -> list[TagCodes]:
    """Return the tags of a kind's columns without those that an earlier column has in the row.

    The same tag in two columns of a kind is one event of its audience.
    """
    distinct = tags[:1]
    seen = [table[tag.index] for tag, table in zip(tags, tables, strict=True)] if tags[1:] else []
    for i, tag in enumerate(tags[1:], start=1):
        repeated = np.any([seen[i] == earlier for earlier in seen[:i]], axis=0)
        distinct.append(TagCodes(tag.names, np.where(repeated, -1, tag.index).astype(np.int32)))
    return distinct
