"""Rows of a table of sketches: whose it is, of when, and its bytes, one after another."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Protocol

import polars as pl

from overlap.events import check_kind, parse_period, period_start, reading, times
from overlap.events.opening import Opened
from overlap.events.roles import DEFAULT_KIND, missing_column
from overlap.events.tables import MALFORMED, ROW, Table
from overlap.model import NO_PERIOD, PeriodUnit, RejectReason, UsageError

MISSING_SKETCH, MISSING_NAME, MISSING_KIND = "missing_sketch", "missing_name", "missing_kind"
"""Why a row of sketches was not used, beside the reasons of events."""

KEY_ID = "key_id"
_BATCH = 256
_EPOCH = date(1970, 1, 1)


class Columns(Protocol):
    """The column names that a reader of rows needs."""

    @property
    def sketch(self) -> str:
        """Column of the sketches."""

    @property
    def name(self) -> str:
        """Column of audience names."""

    @property
    def kind(self) -> str | None:
        """Column of kinds, or the kind of all."""

    @property
    def period_column(self) -> str | None:
        """Column of periods."""

    @property
    def period(self) -> PeriodUnit:
        """Length of a period."""


@dataclass(frozen=True, slots=True)
class SketchRow:
    """One row: `day` is its period's first in days since 1970, `rejected` says why it is unused."""

    kind: str
    name: str
    day: int
    sketch: bytes | str
    key_id: str | None
    where: str
    rejected: str | None = None


def read_rows(opened: Opened, columns: Columns) -> tuple[Iterator[SketchRow], list[str]]:
    """Return the rows of all files in order, read as they are asked for, and notes.

    Raises UsageError for columns that are not there or of a type that cannot be; DataError, while
    iterating too, where a file cannot be read.
    """
    notes: list[str] = []
    plans = [_plan(table, columns, notes) for table in opened.tables]
    if all(plan.fixed_kind for plan in plans):
        notes.append(f"Every audience has the kind {plans[0].fixed_kind!r}.")
    return (row for plan in plans for row in plan.rows()), list(dict.fromkeys(notes))


@dataclass(frozen=True, slots=True)
class _Plan:
    table: Table
    columns: tuple[pl.Expr, ...]
    fixed_kind: str | None
    unit: PeriodUnit

    def rows(self) -> Iterator[SketchRow]:
        for single in self.table.single():
            (file,) = single.files
            with reading(file.name):
                frame = single.scan(numbered=True).select(ROW, MALFORMED, *self.columns)
                for batch in frame.collect_batches(chunk_size=_BATCH):
                    for row in batch.iter_rows():
                        yield self._row(file.name, *row)

    def _row(
        self,
        file: str,
        number: int,
        malformed: bool,
        sketch: bytes | str | None,
        name: str | None,
        kind: str | None,
        day: date | None,
        written: str | None,
        key_id: str | None,
    ) -> SketchRow:
        name, kind = (name or "").strip(), (kind or "").strip()
        if day is None and written is not None:
            day = _named_period(written, self.unit)
        why = (
            RejectReason.MALFORMED_ROW if malformed
            else MISSING_SKETCH if not sketch
            else MISSING_NAME if not name
            else MISSING_KIND if not kind
            else RejectReason.UNPARSABLE_TIME if day is None and written is not None
            else RejectReason.MISSING_TIME if day is None
            else None
        )  # fmt: skip
        return SketchRow(
            kind,
            name,
            ((day or NO_PERIOD) - _EPOCH).days,
            sketch or b"",
            key_id,
            f"{file}, row {number} ({kind}:{name})",
            why and str(why),
        )


def _plan(table: Table, columns: Columns, notes: list[str]) -> _Plan:
    schema = table.schema
    there = list(schema)
    for column, option in (
        (columns.sketch, "--sketch"),
        (columns.name, "--name"),
        (columns.period_column, "--period"),
    ):
        if column is not None and column not in schema:
            raise missing_column(column, option, there)
    if schema[columns.sketch] not in (pl.Binary, pl.String):
        raise UsageError(
            f"column {columns.sketch!r} is of type {schema[columns.sketch]}, which holds no sketch",
            where="--sketch",
            cure="name a column of binary values, or of base64 text",
        )
    kind, fixed = columns.kind, None
    if kind is None:
        kind, fixed = ("kind", None) if "kind" in schema else (None, DEFAULT_KIND)
    elif kind not in schema or kind in (columns.name, columns.sketch):
        # A column "interest" of names may well be meant to give the kind "interest".
        check_kind(kind, "--kind")
        kind, fixed = None, kind
    text = pl.String
    return _Plan(
        table,
        (
            pl.col(columns.sketch).alias("sketch"),
            pl.col(columns.name).cast(text).alias("name"),
            (pl.col(kind).cast(text) if kind else pl.lit(fixed, text)).alias("kind"),
            *_period(table, columns.period_column, columns.period, notes),
            (pl.col(KEY_ID).cast(text) if KEY_ID in schema else pl.lit(None, text)).alias(KEY_ID),
        ),
        fixed,
        columns.period,
    )


def _period(
    table: Table, column: str | None, unit: PeriodUnit, notes: list[str]
) -> tuple[pl.Expr, pl.Expr]:
    """Return a row's period as a date, and as it is written where that may need a second look."""
    if column is None:
        return pl.lit(NO_PERIOD, pl.Date).alias("day"), pl.lit(None, pl.String).alias("written")
    dtype = table.schema[column]
    with reading(*(file.name for file in table.files)):
        sample = (
            table.scan()
            .select(pl.col(column).drop_nulls().head(times.SAMPLE))
            .collect(engine="streaming")
            .to_series()
        )
    try:
        told = times.decide(sample, column)
    except UsageError as error:
        raise UsageError(error.what, where="--period", cure=error.cure) from error
    if told.note:
        notes.append(told.note)
    written = pl.when(times.present(column, dtype)).then(pl.col(column).cast(pl.String))
    return (
        period_start(times.read_time(told, column, dtype), unit).alias("day"),
        written.alias("written"),
    )


@lru_cache(maxsize=4096)
def _named_period(text: str, unit: PeriodUnit) -> date | None:
    """Return the period that "2026-05" or "2026-W19" names, None where it names none."""
    try:
        return parse_period(text, unit)
    except UsageError:
        return None
