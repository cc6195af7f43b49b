"""The exact members of an expression: counted from the events, in bounded memory."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from overlap.events import RowCounts, count_rows
from overlap.expressions import Audience, Expression
from overlap.members import ALL_PERIODS
from overlap.model import IdType, Window, user_dtype
from overlap.panel import Panel
from overlap.segments import sources
from overlap.segments.judging import Count, Judge
from overlap.segments.plan import make_plan, needs_last_event
from overlap.segments.scanning import Scan, in_order, rows_of, scan
from overlap.segments.spool import Spool, scratching
from overlap.store import Store

_ROWS_PER_PARTITION = 1 << 17
"""Rows of events behind a partition: what is counted in it then stays in the cores' caches."""
_MOST_BITS = 10
_ROWS_WRITTEN = 1 << 18


@dataclass(frozen=True, slots=True)
class Limits:
    """How much memory exact members may take, and where the rest goes.

    `memory` is in bytes, of the occurrences held; `bits` the logarithm of the number of
    partitions, chosen by the number of rows unless given; `scratch` a folder for what does not
    fit, that of temporary files unless given.
    """

    memory: int = 768 << 20
    bits: int | None = None
    scratch: Path | None = None


@dataclass(slots=True, eq=False)
class ExactMembers:
    """The members of an expression in a scratch file, gone when closed or when the process ends.

    `count` is their number, `rows` what became of the rows of events, `leaves` what the events say
    about each audience of the expression (not about a universe that needed no counting), `whole`
    about the expression itself.
    """

    expression: Expression
    count: int
    rows: RowCounts
    leaves: Mapping[Audience, Count]
    whole: Count
    id_type: IdType
    user_column: str
    notes: tuple[str, ...]
    file: Path
    spilled: int
    _folder: Path = field(repr=False)

    @property
    def users(self) -> pl.LazyFrame:
        """One column `user`, Int64 or String: the raw ids, each once, in an order that is fixed."""
        return pl.scan_parquet(self.file)

    def batches(self, size: int = _ROWS_WRITTEN) -> Iterator[pl.Series]:
        """Yield the ids in their order, so many at a time."""
        with pq.ParquetFile(self.file) as opened:
            for batch in opened.iter_batches(size):
                yield pl.Series("user", batch.column(0)).cast(user_dtype(self.id_type))

    def close(self) -> None:
        """Remove the scratch file, after which the ids can no longer be read."""
        _remove(self._folder)

    def __enter__(self) -> ExactMembers:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def members(
    store: Store,
    panel: Panel,
    expression: str | Expression,
    events: Sequence[str],
    window: Window = ALL_PERIODS,
    *,
    query: str | None = None,
    limits: Limits | None = None,
    progress: Callable[[str], None] = lambda _: None,
) -> ExactMembers:
    """Find the exact members of an expression in the events that a store was built from.

    `events` are sources as a build takes them, `query` what to ask databases among them; they are
    read with the roles, the periods and the definitions that the store recorded. A user is a member
    as in `Panel.sample`: by the audiences they have events of in the window, and by how many.
    Memory is bounded by the limits and the row groups, not by the events; the rest goes to scratch
    files. Raises UsageError for an
    expression, a source or a column that cannot be, DataError for events that cannot be read or
    make no such audience, and when the disk is full.
    """
    limits = limits or Limits()
    tree = panel.resolve(expression)
    readings, notes = sources.open_sources(store, events, query)
    folder = _scratch_folder(limits.scratch)
    try:
        return _members(store, panel, tree, window, readings, notes, limits, folder, progress)
    except BaseException:
        _remove(folder)
        raise
    finally:
        sources.close(readings)


def _members(
    store: Store,
    panel: Panel,
    tree: Expression,
    window: Window,
    readings: Sequence[sources.Reading],
    notes: tuple[str, ...],
    limits: Limits,
    folder: Path,
    progress: Callable[[str], None],
) -> ExactMembers:
    spec = store.sketches.spec
    progress("reading columns")
    counts = [
        count_rows(r.events) if r.events.columnar is None or needs_last_event(r, tree) else None
        for r in readings
    ]
    plan = make_plan(tree, window, readings, counts)
    bits = limits.bits if limits.bits is not None else _bits(readings, counts)
    spool = Spool(bits, limits.memory, folder)
    shared = Scan(window, spec.id_type, spec.seed)
    rows = [
        scan(reading, wanted, shared, spool, known, progress)
        for reading, wanted, known in zip(readings, plan.wanted, counts, strict=True)
    ]
    progress("counting members")
    judge = Judge(plan, panel, window, spec.id_type, spec.seed, keyed=spec.key_id is not None)
    file = folder / "members.parquet"
    count = 0
    with scratching(folder), _Writer(file, spec.id_type) as writer:
        for users in in_order(lambda part: judge.members(spool.take(part)), 1 << bits):
            count += len(users)
            writer.write(users)
    return ExactMembers(
        expression=tree,
        count=count,
        rows=_added(rows),
        leaves=judge.leaves(),
        whole=judge.whole(count),
        id_type=spec.id_type,
        user_column=readings[0].events.roles.user,
        notes=notes,
        file=file,
        spilled=spool.spilled,
        _folder=folder,
    )


def _bits(readings: Sequence[sources.Reading], counts: Sequence[RowCounts | None]) -> int:
    rows = sum(rows_of(r, c) for r, c in zip(readings, counts, strict=True))
    return min(max((rows // _ROWS_PER_PARTITION).bit_length(), 0), _MOST_BITS)


def _added(counts: Sequence[RowCounts]) -> RowCounts:
    rejected: dict[str, int] = {}
    for count in counts:
        for reason, n in count.rejected.items():
            rejected[reason] = rejected.get(reason, 0) + n
    firsts = [c.first_event for c in counts if c.first_event]
    lasts = [c.last_event for c in counts if c.last_event]
    return RowCounts(
        sum(c.rows_read for c in counts), rejected, min(firsts, default=None),
        max(lasts, default=None),
    )  # fmt: skip


# --- scratch ------------------------------------------------------------------------------------


class _Writer:
    """Writes ids to a Parquet file, small series together."""

    def __init__(self, file: Path, id_type: IdType) -> None:
        self._type = pa.int64() if id_type == "integer" else pa.large_string()
        self._schema = pa.schema([("user", self._type)])
        self._writer = pq.ParquetWriter(file, self._schema, use_dictionary=False)
        self._waiting: list[pl.Series] = []

    def __enter__(self) -> _Writer:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is None:
            self._flush()
        self._writer.close()

    def write(self, users: pl.Series) -> None:
        """Take some ids."""
        if len(users):
            self._waiting.append(users)
        if sum(map(len, self._waiting)) >= _ROWS_WRITTEN:
            self._flush()

    def _flush(self) -> None:
        if self._waiting:
            users = pl.concat(self._waiting).to_arrow(compat_level=pl.CompatLevel.oldest())
            self._writer.write_table(pa.table([users.cast(self._type)], schema=self._schema))
        self._waiting = []


_FOLDERS: set[Path] = set()


def _scratch_folder(parent: Path | None) -> Path:
    with scratching(parent or Path(tempfile.gettempdir())):
        folder = Path(tempfile.mkdtemp(prefix="overlap-members-", dir=parent))
    _FOLDERS.add(folder)
    return folder


def _remove(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    _FOLDERS.discard(folder)


@atexit.register
def _remove_all() -> None:
    for folder in list(_FOLDERS):
        _remove(folder)
