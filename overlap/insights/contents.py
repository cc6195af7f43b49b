"""What went into a store and what came out: rows read and rejected, audiences by kind."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl

from overlap import estimates
from overlap.model import (
    LIST_TABLE,
    UNIVERSE_KIND,
    DataError,
    Policy,
    Provenance,
    RejectReason,
)
from overlap.panel import Panel
from overlap.store import changed_at, kept_users, read_outline, stamp

_TIME = pl.Datetime("us")
STORES_TABLE = pl.Schema(
    {"store": pl.String(), "users": pl.Float64(), "low": pl.Float64(), "high": pl.Float64(),
     "exact": pl.Boolean(), "first_event": _TIME, "last_event": _TIME, "rows_read": pl.Int64(),
     "rows_rejected": pl.Int64(), "floor_rate": pl.Float64(), "snapshot": pl.String(),
     "parts": pl.Int64(), "bytes": pl.Int64(), "changed": _TIME, "problem": pl.String()}
)  # fmt: skip
KINDS_TABLE = pl.Schema(
    {"kind": pl.String, "audiences": pl.Int64, "exact_audiences": pl.Int64,
     "hidden_audiences": pl.Int64, "largest": pl.String, "largest_users": pl.Float64,
     "smallest": pl.String, "smallest_users": pl.Float64}
)  # fmt: skip
REJECTS_TABLE = pl.Schema({"reason": pl.String, "rows": pl.Int64, "share_of_rows": pl.Float64})
SOURCES_TABLE = pl.Schema(
    {"part": pl.String(), "sources": pl.String(), "rows_read": pl.Int64(),
     "rows_rejected": pl.Int64(), "share_rejected": pl.Float64(), "first_event": _TIME,
     "last_event": _TIME, **{reason.value: pl.Int64() for reason in RejectReason}}
)  # fmt: skip


def store_row(path: Path) -> Mapping[str, Any]:
    """Return a store in a row of STORES_TABLE, from its description and its kept users alone.

    `users` are those kept over the rate, without the registers that sharpen it in a panel; null
    below the store's display floor. A store that cannot be read has only a name, a size and its
    `problem`.
    """
    row: dict[str, Any] = dict.fromkeys(STORES_TABLE)
    row |= {"store": path.name, "bytes": sum(size for _, _, size in stamp(path))}
    try:
        row["changed"] = datetime.fromtimestamp(changed_at(path))
        outline = read_outline(path)
        size = estimates.count(*kept_users(path))
    except (DataError, OSError) as error:
        return {**row, "problem": error.what if isinstance(error, DataError) else str(error)}
    records = list(outline.provenance.values())
    floor = max((record.policy.display_floor for record in records), default=0)
    if size.value >= floor:
        row |= {"users": size.value, "low": size.low, "high": size.high}
    return {
        **row,
        "exact": size.exact,
        "first_event": min((r.first_event for r in records if r.first_event), default=None),
        "last_event": max((r.last_event for r in records if r.last_event), default=None),
        "rows_read": sum(record.rows_read for record in records),
        "rows_rejected": sum(record.rows_rejected for record in records),
        "floor_rate": outline.floor_rate,
        "snapshot": outline.snapshot,
        "parts": outline.parts,
    }


def kinds(panel: Panel, policy: Policy | None = None) -> pl.DataFrame:
    """Return the audiences of each kind as KINDS_TABLE, the kind with most of them first.

    `smallest` and `largest` are among those that may be shown, null where there is none;
    `hidden_audiences` have fewer users than the display floor.
    """
    floor = (policy or Policy()).display_floor
    shown = pl.col("users") >= floor
    name, users = pl.col("name").filter(shown), pl.col("users").filter(shown)
    return (
        panel.table()
        .lazy()
        .filter(pl.col("kind") != UNIVERSE_KIND)
        .sort("kind", "users", "name", descending=[False, True, False])
        .group_by("kind", maintain_order=True)
        .agg(
            audiences=pl.len(),
            exact_audiences=pl.col("exact").sum(),
            hidden_audiences=(~shown).sum(),
            largest=name.first(),
            largest_users=users.first(),
            smallest=name.last(),
            smallest_users=users.last(),
        )
        .cast(KINDS_TABLE)
        .sort(["audiences", "kind"], descending=[True, False])
        .collect()
    )


def audiences(panel: Panel, policy: Policy | None = None) -> pl.DataFrame:
    """Return every audience but the universe as model.LIST_TABLE, the largest first.

    Numbers of audiences below the display floor are null, and these come last, by name.
    """
    floor = (policy or Policy()).display_floor
    numbers = ("users", "low", "high", "events")
    small = pl.col("users") < floor
    return (
        panel.table()
        .lazy()
        .filter(pl.col("kind") != UNIVERSE_KIND)
        .with_columns(pl.when(~small).then(pl.col(*numbers)))
        .sort(["users", "kind", "name"], descending=[True, False, False], nulls_last=True)
        .select(LIST_TABLE.names())
        .collect()
    )


def matching(table: pl.DataFrame, wanted: str, kind: str | None = None) -> pl.DataFrame:
    """Return the rows of an audience table whose name holds all words of a text, any case.

    `kind` leaves only the audiences of a kind. The order stays.
    """
    name = pl.col("name").str.to_lowercase()
    conditions = [name.str.contains(word, literal=True) for word in wanted.lower().split()]
    if kind is not None:
        conditions.append(pl.col("kind") == kind)
    return table.filter(*conditions)


def rejects(provenance: Mapping[str, Provenance]) -> pl.DataFrame:
    """Return the rows that were read but not used, by reason, as REJECTS_TABLE, most first.

    `share_of_rows` is the share of all rows read.
    """
    records = list(provenance.values())
    read = sum(record.rows_read for record in records)
    counts = {
        reason: sum(record.rejected.get(reason, 0) for record in records)
        for reason in sorted({reason for record in records for reason in record.rejected})
    }
    rows = [
        {"reason": reason, "rows": n, "share_of_rows": n / read if read else None}
        for reason, n in counts.items()
        if n
    ]
    return pl.DataFrame(rows, schema=REJECTS_TABLE).sort(
        ["rows", "reason"], descending=[True, False]
    )


def share_rejected(provenance: Mapping[str, Provenance]) -> float:
    """Return the share of the rows read that could not be used, 0 where none was read."""
    read = sum(record.rows_read for record in provenance.values())
    return sum(record.rows_rejected for record in provenance.values()) / read if read else 0.0


def sources(provenance: Mapping[str, Provenance]) -> pl.DataFrame:
    """Return where the parts of a store came from as SOURCES_TABLE, in the order of their events.

    One row for each build that went in; the columns named as the reasons count its rejected rows.
    """
    rows = [
        {
            "part": part,
            "sources": ", ".join(record.sources),
            "rows_read": record.rows_read,
            "rows_rejected": record.rows_rejected,
            "share_rejected": record.rows_rejected / record.rows_read if record.rows_read else None,
            "first_event": record.first_event,
            "last_event": record.last_event,
            **{reason.value: record.rejected.get(reason.value, 0) for reason in RejectReason},
        }
        for part, record in provenance.items()
    ]
    return pl.DataFrame(rows, schema=SOURCES_TABLE).sort(["first_event", "part"], nulls_last=True)
