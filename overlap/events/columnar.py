"""Parquet row groups read as they lie: tags stay codes, and nothing is a Python object.

The meaning of every cell is that of `cleaning`: its expressions are applied to the distinct tags of
a row group instead of its rows, and to whole columns of the rest.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import accumulate
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from overlap import kernels
from overlap.events import cleaning
from overlap.events.tables import MALFORMED, ParquetTable, Table
from overlap.events.tags import clean_text
from overlap.events.times import TimeReading
from overlap.hashing import text_buffers
from overlap.model import TagColumn

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class RowGroup:
    """A piece of a Parquet file, rows from `start` on, with the reading of its time column."""

    path: str
    number: int
    start: int
    rows: int
    reading: TimeReading | None


@dataclass(frozen=True, slots=True, eq=False)
class TagCodes:
    """A tag column: `names` (String, trimmed, null if empty), and each row's index or −1."""

    names: pl.Series
    index: NDArray[np.int32]


@dataclass(frozen=True, slots=True, eq=False)
class Chunk:
    """The clean rows of a row group, and what became of the others.

    `user` is Int64 or String without nulls or an Arrow array of text, `period` int32 days since
    1970, `tags` by column.
    """

    rows: int
    rejected: Mapping[str, int]
    first_event: datetime | None
    last_event: datetime | None
    user: pl.Series | pa.Array
    period: NDArray[np.int32]
    tags: Mapping[str, TagCodes]


@dataclass(frozen=True, slots=True)
class Columnar:
    """Row groups that hold all the events of some sources."""

    groups: tuple[RowGroup, ...]
    plan: cleaning.Plan
    footers: Mapping[str, pq.FileMetaData]

    def read(self, group: RowGroup) -> Chunk:
        """Read one row group; safe to call from several threads at once."""
        tags, user = self._arrow(group)
        # Posts are read elsewhere, if at all.
        plan = replace(self.plan, roles=replace(self.plan.roles, text=None))
        roles = plan.roles
        names = [roles.user] if user is None else []
        names += [roles.time] if roles.time and roles.time not in names else []
        frame = self._rows(group, names) if names else pl.DataFrame()
        if user is None and plan.id_type == "integer" and _plain_integers(frame[roles.user]):
            user = frame[roles.user]
        if user is not None and not roles.time:
            undated = np.broadcast_to(np.int32(0), len(user))
            return Chunk(len(user), {}, None, None, user, undated, tags)
        frame = frame.with_columns(pl.Series(MALFORMED, np.zeros(group.rows, dtype=bool)))
        cells = cleaning.cells(
            plan, frame.schema, group.reading, lists={}, user_known=user is not None
        )
        wanted = ["user", "period", *(["time"] if roles.time else [])]
        # Reasons are a column of text: not made where there are none to give.
        if frame.lazy().select(cells[cleaning.FLAWED]).collect().item():
            wanted.append(cleaning.REASON)
        rows = frame.lazy().select(MALFORMED, **{n: cells[n] for n in wanted}).collect()
        return _chunk(rows, tags, user)

    def _arrow(self, group: RowGroup) -> tuple[dict[str, TagCodes], pa.Array | None]:
        """Read the tags as codes, and users of plain text without an object for each."""
        tagged = [tag.column for tag in self.plan.tag_columns]
        footer, user = self.footers[group.path], self.plan.roles.user
        wanted = tagged if self.plan.id_type == "integer" else [*tagged, user]
        with pq.ParquetFile(
            group.path, metadata=footer, read_dictionary=tagged, memory_map=True
        ) as file:
            table = file.read_row_group(
                group.number, columns=list(dict.fromkeys(wanted)), use_threads=False
            )
        codes = {name: _codes(table.column(name)) for name in tagged}
        return codes, None if wanted is tagged else _plain_text(table.column(user))

    def _rows(self, group: RowGroup, names: Sequence[str]) -> pl.DataFrame:
        # Polars decodes numbers in two thirds of the time that pyarrow takes.
        file = pl.scan_parquet(group.path, glob=False, hive_partitioning=False)
        return file.slice(group.start, group.rows).select(names).collect()


def columnar(
    tables: Sequence[Table], readings: Sequence[TimeReading | None], plan: cleaning.Plan
) -> Columnar | None:
    """Return the row groups of the tables, None where one cannot be read as it lies.

    It can where the files are Parquet on this machine, and every tag column is text, one tag a
    cell.
    """
    groups: list[RowGroup] = []
    footers: dict[str, pq.FileMetaData] = {}
    for table, reading in zip(tables, readings, strict=True):
        if not isinstance(table, ParquetTable) or any(file.remote for file in table.files):
            return None
        columns = [plan.roles.user, *(tag.column for tag in plan.tag_columns)]
        if any("." in column for column in columns):
            return None
        if any(not _one_tag(tag, table.schema[tag.column]) for tag in plan.tag_columns):
            return None
        for file in table.files:
            with pq.ParquetFile(file.path) as opened:
                meta = footers[file.path] = opened.metadata
                rows = [meta.row_group(i).num_rows for i in range(meta.num_row_groups)]
            if max(rows, default=0) > _LARGEST_GROUP:
                return None
            starts = accumulate(rows, initial=0)
            groups += [
                RowGroup(file.path, i, start, n, reading)
                for i, (start, n) in enumerate(zip(starts, rows, strict=False))
            ]
    return Columnar(tuple(groups), plan, footers)


_LARGEST_GROUP = 8_000_000
"""Rows of a row group that may be in memory at once, times the number of cores."""


def _one_tag(tag: TagColumn, dtype: pl.DataType) -> bool:
    return tag.separator is None and isinstance(dtype, (pl.String, pl.Categorical, pl.Enum))


def _codes(column: pa.ChunkedArray) -> TagCodes:
    """Return the codes of a tag column, the distinct values cleaned as whole columns are."""
    encoded = column.unify_dictionaries() if column.num_chunks > 1 else column
    encoded = encoded.combine_chunks() if column.num_chunks != 1 else encoded.chunk(0)
    if not isinstance(encoded, pa.DictionaryArray):
        encoded = encoded.dictionary_encode()
    cleaned = clean_text(pl.Series(encoded.dictionary))
    codes = encoded.indices.cast(pa.int32())
    codes = codes.fill_null(-1) if codes.null_count else codes
    index = codes.to_numpy(zero_copy_only=False)
    if cleaned.null_count():
        # A row whose tag is blank bears none.
        index = np.append(np.where(cleaned.is_null(), -1, np.arange(len(cleaned))), -1)[index]
    return TagCodes(cleaned, index.astype(np.int32, copy=False))


def _plain_text(column: pa.ChunkedArray) -> pa.Array | None:
    """Return a text column as one array if every cell is plainly an id as it stands."""
    if column.null_count or not (
        pa.types.is_string(column.type) or pa.types.is_large_string(column.type)
    ):
        return None
    text = column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()
    if isinstance(text, pa.ChunkedArray) or not kernels.is_plain(*text_buffers(text)):
        return None
    return text


def _plain_integers(column: pl.Series) -> bool:
    return column.dtype == pl.Int64 and not column.null_count()


def _chunk(rows: pl.DataFrame, tags: Mapping[str, TagCodes], user: pa.Array | None) -> Chunk:
    clean, rejected = rows, pl.Series(dtype=pl.String)
    if cleaning.REASON in rows.columns:
        used = rows[cleaning.REASON].is_null()
        keep = used.to_numpy()
        rejected = rows[cleaning.REASON].drop_nulls()
        tags = {name: TagCodes(t.names, t.index[keep]) for name, t in tags.items()}
        clean = rows.filter(used)
        user = None if user is None else user.filter(pa.array(keep))
    dated = "time" in rows.columns
    return Chunk(
        rows=len(rows),
        rejected=dict(rejected.value_counts().iter_rows()),
        first_event=clean["time"].min() if dated else None,  # type: ignore[arg-type]
        last_event=clean["time"].max() if dated else None,  # type: ignore[arg-type]
        user=clean["user"] if user is None else user,
        period=clean["period"].to_physical().to_numpy(),
        tags=tags,
    )
