"""Events → pairs of user and code: row groups as they lie, on all cores, or lazy frames."""

from __future__ import annotations

import os
from collections import Counter, deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, TypeVar

import numpy as np
import polars as pl
import pyarrow as pa

from overlap.audiences import default_names, occurrences, tag_columns
from overlap.events import Chunk, RowCounts, TagCodes, count_rows, reading
from overlap.model import TAG_PREFIX, IdType, Window
from overlap.segments import kernels
from overlap.segments.plan import NONE, Wanted
from overlap.segments.sources import Reading
from overlap.segments.spool import Pairs, Parted, Spool, pairs_of, parted

if TYPE_CHECKING:
    from numpy.typing import NDArray

T = TypeVar("T")

BATCH = 1_000_000
"""Rows of a lazy frame that are worked on at once."""

_EPOCH = datetime(1970, 1, 1).date()


@dataclass(frozen=True, slots=True)
class Scan:
    """What all readings of a scan share."""

    window: Window
    id_type: IdType
    seed: int

    def inside(self, period: NDArray[np.int32]) -> NDArray[np.uint8]:
        """Return 1 for each period, in days since 1970, that lies in the window, else 0."""
        start, end = self.window.start, self.window.end
        within = np.ones(len(period), dtype=bool)
        if start is not None:
            within &= period >= (start - _EPOCH).days
        if end is not None:
            within &= period <= (end - _EPOCH).days
        return within.view(np.uint8)

    def users(self, users: pl.Series | pa.Array) -> NDArray[np.int64] | pa.Array:
        """Return user ids as the store has them: int64[n] or an Arrow array of text."""
        if isinstance(users, pa.Array):
            users = users if self.id_type == "text" or not _is_text(users) else pl.Series(users)
        if self.id_type == "integer":
            return users.to_numpy()
        if isinstance(users, pl.Series):
            text = users.cast(pl.String)
            return text.to_arrow(compat_level=pl.CompatLevel.oldest())
        return users if _is_text(users) else users.cast(pa.large_string())


def scan(
    source: Reading,
    wanted: Wanted,
    shared: Scan,
    spool: Spool,
    counts: RowCounts | None,
    progress: Callable[[str], None],
) -> RowCounts:
    """Read the events of one reading once, more often for defined audiences, into the spool.

    `counts` are those of the rows where they are known already. Returns them.
    """
    events = source.events
    with reading(*events.sources):
        by_group = events.columnar is not None and (wanted.default or wanted.universe)
        if by_group:
            counts = _scan_groups(source, wanted, shared, spool, progress)
        counts = counts or count_rows(events)
        for batch in _lazy_batches(source, wanted, shared, main=not by_group):
            spool.add(parted(batch, spool.bits))
            progress(f"looking for members, {counts.rows_read:,} rows")
    return counts


def rows_of(source: Reading, counts: RowCounts | None) -> int:
    """Return how many rows there are, or at most are, without reading them again."""
    if counts is not None:
        return counts.rows_read
    groups = source.events.columnar
    return sum(group.rows for group in groups.groups) if groups else 0


def in_order(work: Callable[[int], T], tasks: int) -> Iterator[T]:
    """Yield the results of numbered tasks in their order, done on all cores a few ahead."""
    workers = os.cpu_count() or 1
    waiting: deque[Future[T]] = deque()
    with ThreadPoolExecutor(workers) as pool:
        try:
            for number in range(tasks):
                waiting.append(pool.submit(work, number))
                if len(waiting) > workers:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            pool.shutdown(cancel_futures=True)


# --- row groups ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Found:
    """What a row group holds of use, and what became of its rows."""

    rows: int
    rejected: Mapping[str, int]
    times: tuple[datetime | None, ...]
    pieces: list[Parted]


def _scan_groups(
    source: Reading,
    wanted: Wanted,
    shared: Scan,
    spool: Spool,
    progress: Callable[[str], None],
) -> RowCounts:
    columnar = source.events.columnar
    assert columnar is not None

    def work(number: int) -> _Found:
        chunk = columnar.read(columnar.groups[number])
        pieces = [parted(found, spool.bits) for found in _in_chunk(chunk, source, wanted, shared)]
        return _Found(chunk.rows, chunk.rejected, (chunk.first_event, chunk.last_event), pieces)

    read, rejected = 0, Counter[str]()
    times: list[datetime] = []
    for found in in_order(work, len(columnar.groups)):
        for piece in found.pieces:
            spool.add(piece)
        read += found.rows
        rejected.update(found.rejected)
        times += [time for time in found.times if time]
        progress(f"looking for members, {read:,} rows")
    return RowCounts(
        read, dict(sorted(rejected.items())), min(times, default=None), max(times, default=None)
    )


def _in_chunk(chunk: Chunk, source: Reading, wanted: Wanted, shared: Scan) -> Iterator[Pairs]:
    if not len(chunk.user):
        return
    inside = shared.inside(chunk.period)
    users = shared.users(chunk.user)
    if wanted.universe:
        yield _everybody(users, inside, wanted.universe, shared)
    for kind, columns in tag_columns(source.events).items():
        if kind not in wanted.default:
            continue
        tags = [chunk.tags[column.removeprefix(TAG_PREFIX)] for column in columns]
        names = [default_names(kind, tag.names, source.definitions) for tag in tags]
        tables = [_table(found, wanted.default[kind]) for found in names]
        for tag, table in zip(_each_once(tags, tables), tables, strict=True):
            if table.max() == NONE:
                continue
            rows, codes = _pick(tag.index, inside, table)
            chosen = users[rows] if isinstance(users, np.ndarray) else users.take(pa.array(rows))
            yield pairs_of(chosen, codes, shared.seed)


def _everybody(
    users: NDArray[np.int64] | pa.Array,
    inside: NDArray[np.uint8],
    codes: tuple[int, int],
    shared: Scan,
) -> Pairs:
    one = np.zeros(len(inside), dtype=np.int32)
    rows, found = _pick(one, inside, np.array([[codes[1], NONE], [codes[0], NONE]], dtype=np.int32))
    if len(rows) < len(inside):
        users = users[rows] if isinstance(users, np.ndarray) else users.take(pa.array(rows))
    return pairs_of(users, found, shared.seed)


def _pick(
    index: NDArray[np.int32], inside: NDArray[np.uint8], table: NDArray[np.int32]
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    rows = np.empty(len(index) + 1, dtype=np.int32)
    codes = np.empty(len(index) + 1, dtype=np.int32)
    found = kernels.pick(index, inside, table, rows, codes)
    return rows[:found], codes[:found]


def _table(names: pl.Series, wanted: Mapping[str, tuple[int, int]]) -> NDArray[np.int32]:
    """Return the codes of names outside and inside of the window, int32[2, names + 1]."""
    table = np.full((2, len(names) + 1), NONE, dtype=np.int32)
    looked = list(wanted)
    for row, place in ((0, 1), (1, 0)):
        codes = [wanted[name][place] for name in looked]
        found = names.replace_strict(looked, codes, default=NONE, return_dtype=pl.Int32)
        table[row, :-1] = found.fill_null(NONE).to_numpy()
    return table


def _each_once(tags: Sequence[TagCodes], tables: Sequence[NDArray[np.int32]]) -> list[TagCodes]:
    """Return a kind's columns without tags whose audience an earlier column gives the row."""
    once = list(tags[:1])
    if not tags[1:]:
        return once
    seen = [table[1][tag.index] for tag, table in zip(tags, tables, strict=True)]
    for i, tag in enumerate(tags[1:], start=1):
        repeated = np.any([seen[i] == earlier for earlier in seen[:i]], axis=0)
        once.append(TagCodes(tag.names, np.where(repeated, NONE, tag.index).astype(np.int32)))
    return once


# --- lazy frames --------------------------------------------------------------------------------


def _lazy_batches(source: Reading, wanted: Wanted, shared: Scan, *, main: bool) -> Iterator[Pairs]:
    """Yield the pairs of defined audiences, and with `main` of all others."""
    if main and (wanted.default or wanted.universe):
        everything = occurrences(source.events, source.definitions)[0]
        columns = {c: kind for c, kind in everything.kinds.items() if kind in wanted.default}
        for batch in _batches(everything.frame.select("user", "period", *columns)):
            users, inside = _ids_and_periods(batch, shared)
            if wanted.universe:
                yield _everybody(users, inside, wanted.universe, shared)
            for column, kind in columns.items():
                yield _named(batch, column, wanted.default[kind], users, inside, shared)
    if not wanted.defined:
        return
    settled = tuple(definition for definition, _ in wanted.defined.values())
    names: dict[str, dict[str, tuple[int, int]]] = {}
    for key, (_, codes) in wanted.defined.items():
        names.setdefault(key.kind, {})[key.name] = codes
    for part in occurrences(source.events, replace(source.definitions, audiences=settled))[1:]:
        for batch in _batches(part.frame):
            users, inside = _ids_and_periods(batch, shared)
            for column, kind in part.kinds.items():
                yield _named(batch, column, names[kind], users, inside, shared)


def _batches(frame: pl.LazyFrame) -> Iterator[pl.DataFrame]:
    for batch in frame.collect_batches(chunk_size=BATCH, maintain_order=False):
        if len(batch):
            yield batch


def _ids_and_periods(
    batch: pl.DataFrame, shared: Scan
) -> tuple[NDArray[np.int64] | pa.Array, NDArray[np.uint8]]:
    days = batch["period"].to_physical().to_numpy()
    return shared.users(batch["user"]), shared.inside(days)


def _named(
    batch: pl.DataFrame,
    column: str,
    wanted: Mapping[str, tuple[int, int]],
    users: NDArray[np.int64] | pa.Array,
    inside: NDArray[np.uint8],
    shared: Scan,
) -> Pairs:
    lists = batch.select(column).with_row_index("row").explode(column).drop_nulls()
    names = lists.filter(pl.col(column).is_in(list(wanted)))
    rows = names["row"].to_numpy().astype(np.int32)
    # Each row is a tag of its own here: its code is looked up by its place.
    places = np.arange(len(rows), dtype=np.int32)
    kept, codes = _pick(places, inside[rows], _table(names[column], wanted))
    rows = rows[kept]
    return pairs_of(
        users[rows] if isinstance(users, np.ndarray) else users.take(pa.array(rows)),
        codes,
        shared.seed,
    )


def _is_text(users: pa.Array) -> bool:
    return bool(pa.types.is_string(users.type) or pa.types.is_large_string(users.type))
