"""Raw rows → clean events, each row of input either used or given a reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from overlap.events import ids, tags, times
from overlap.events.tables import MALFORMED, ROW, Table
from overlap.model import (
    TAG_PREFIX,
    EventRoles,
    IdType,
    PeriodUnit,
    RejectReason,
    TagColumn,
)

REASON = "reason"
"""Column of a marked frame: why the row is not used, null where it is."""

FLAWED = "flawed"
"""Whether any row of a whole table is not used."""


@dataclass(frozen=True, slots=True)
class Plan:
    """All that was decided about the sources together, to be applied to each table."""

    roles: EventRoles
    id_type: IdType
    period: PeriodUnit

    @property
    def tag_columns(self) -> list[TagColumn]:
        """The tag columns, each once, whatever number of kinds it has."""
        return list({tag.column: tag for tag in self.roles.tags}.values())


def cells(
    plan: Plan,
    schema: pl.Schema,
    reading: times.TimeReading | None,
    *,
    lists: Mapping[str, pl.Expr],
    user_known: bool = False,
) -> dict[str, pl.Expr]:
    """Return the expressions over raw columns for all clean columns, `REASON` and `FLAWED`.

    `lists` are those of the tag columns by their clean names, null where a row has no tag: such a
    row still shows that its user was there. With `user_known` every row is known to have a user,
    whose column is not looked at.
    """
    roles = plan.roles
    if user_known:
        user, has_user = pl.lit(0), pl.lit(True)
    else:
        user, has_user = ids.value_of(roles.user, schema[roles.user], plan.id_type)
    if roles.time is None or reading is None:
        time, has_time = pl.lit(None, pl.Datetime("us")), pl.lit(False)
    else:
        time = times.read_time(reading, roles.time, schema[roles.time])
        has_time = times.present(roles.time, schema[roles.time])
    text, action = _text(roles.text), _text(roles.action)
    flaws = [
        (RejectReason.MALFORMED_ROW, pl.col(MALFORMED)),
        (RejectReason.MISSING_USER, ~has_user),
        (RejectReason.UNPARSABLE_USER, user.is_null()),
    ]
    if plan.period != "none":
        flaws += [
            (RejectReason.MISSING_TIME, ~has_time),
            (RejectReason.UNPARSABLE_TIME, time.is_null()),
        ]
    return {
        "user": user,
        "period": times.period_start(time, plan.period),
        "time": time,
        "action": action.str.strip_chars(),
        "text": text,
        **lists,
        FLAWED: pl.any_horizontal(flaw for _, flaw in flaws).any(),
        REASON: pl.coalesce(pl.when(flaw).then(pl.lit(str(why))) for why, flaw in flaws),
    }


def tag_lists(plan: Plan, table: Table) -> dict[str, pl.Expr]:
    """Return the expressions of the clean tag columns over a table's raw columns."""
    return {
        TAG_PREFIX + tag.column: tags.read_tags(
            tag, table.schema[tag.column], textual=table.textual
        )
        for tag in plan.tag_columns
    }


def mark(plan: Plan, table: Table, reading: times.TimeReading | None) -> pl.LazyFrame:
    """Return every row of the table as clean columns and `REASON`."""
    found = cells(plan, table.schema, reading, lists=tag_lists(plan, table))
    return table.scan().select(**{name: cell for name, cell in found.items() if name != FLAWED})


def refuse(plan: Plan, table: Table, reading: times.TimeReading | None) -> pl.LazyFrame:
    """Return the rows of a table (of a single file) that are not used, as text, and why.

    Columns: `reason`, `source`, `row` (from 1, below the header), then the source's own; one of
    these that has such a name gets " (column)" behind it.
    """
    frame = table.scan(numbered=True)
    why = cells(plan, table.schema, reading, lists=tag_lists(plan, table))[REASON]
    return (
        frame.with_columns(why.alias("+reason"))
        .filter(pl.col("+reason").is_not_null())
        .select(
            pl.col("+reason").alias("reason"),
            pl.lit(table.files[0].name).alias("source"),
            pl.col(ROW).cast(pl.UInt64).alias("row"),
            *_columns(table),
        )
    )


def printed(table: Table) -> pl.LazyFrame:
    """Return the rows of a table (of a single file) as text, as `refuse` does, used or not.

    `reason` and `source` are null.
    """
    return table.scan(numbered=True).select(
        pl.lit(None, pl.String).alias("reason"),
        pl.lit(None, pl.String).alias("source"),
        pl.col(ROW).cast(pl.UInt64).alias("row"),
        *_columns(table),
    )


def _columns(table: Table) -> list[pl.Expr]:
    reserved = {"reason", "source", "row"}
    return [
        _printed(name, dtype).alias(f"{name} (column)" if name in reserved else name)
        for name, dtype in table.schema.items()
    ]


def _text(column: str | None) -> pl.Expr:
    if column is None:
        return pl.lit(None, pl.String)
    text = pl.col(column).cast(pl.String, strict=False)
    return pl.when(text.str.strip_chars() != "").then(text)


def _printed(name: str, dtype: pl.DataType) -> pl.Expr:
    column = pl.col(name)
    if isinstance(dtype, pl.Struct):
        return column.struct.json_encode()
    if isinstance(dtype, (pl.List, pl.Array)):
        inner = dtype.inner
        lists = column.arr.to_list() if isinstance(dtype, pl.Array) else column
        if inner is not None and not inner.is_nested():
            return lists.cast(pl.List(pl.String)).list.join("|", ignore_nulls=True)
        return pl.struct(column).struct.json_encode()
    if isinstance(dtype, pl.Binary):
        return column.bin.encode("hex")
    return column.cast(pl.String, strict=False)
