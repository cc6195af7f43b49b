"""The tables of a workspace, and how an older workspace becomes one of today.

Briefs will be further tables, which refer to a segment by (id, version): versions never change.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    Date,
    DateTime,
    Double,
    ForeignKey,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    func,
    insert,
    inspect,
    select,
    text,
)

from overlap.model import DataError
from overlap.workspace.naming import LONGEST_KEY, LONGEST_NAME

_LOCK = 7_305_802_021
"""PostgreSQL's advisory lock under which the tables are made."""

metadata = MetaData()

schema = Table(
    "overlap_schema",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("since", DateTime, nullable=False),
)

segments = Table(
    "overlap_segments",
    metadata,
    Column("id", String(32), primary_key=True),
    # Null where the segment was removed, so that its name is free.
    Column("name_key", String(LONGEST_KEY), unique=True, nullable=True),
    Column("current", Integer, nullable=False),
    Column("created", DateTime, nullable=False),
)

versions = Table(
    "overlap_segment_versions",
    metadata,
    Column("segment_id", String(32), ForeignKey("overlap_segments.id"), primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("action", String(16), nullable=False),
    Column("name", String(LONGEST_NAME), nullable=False),
    Column("expression", Text, nullable=False),
    Column("expression_key", Text, nullable=False),
    Column("window_start", Date),
    Column("window_end", Date),
    Column("note", Text, nullable=False),
    Column("owner", Text, nullable=False),
    Column("author", Text, nullable=False),
    Column("store", Text, nullable=False),
    Column("snapshot", String(64), nullable=False),
    Column("users", Double, nullable=False),
    Column("users_low", Double, nullable=False),
    Column("users_high", Double, nullable=False),
    Column("users_exact", Boolean, nullable=False),
    Column("users_sample", BigInteger, nullable=False),
    Column("users_rate", Double, nullable=False),
    Column("floor", BigInteger, nullable=False),
    Column("saved", DateTime, nullable=False),
)


def _saved_segments(connection: Connection) -> None:
    metadata.create_all(connection, tables=[schema, segments, versions], checkfirst=False)


MIGRATIONS: Sequence[Callable[[Connection], None]] = (_saved_segments,)
"""The i-th makes a workspace of schema i one of schema i + 1; the number of all is today's."""


def today() -> int:
    """Return the schema number of this program."""
    return len(MIGRATIONS)


def now() -> datetime:
    """Return the time as it is stored: UTC, without saying so."""
    return datetime.now(UTC).replace(tzinfo=None)


def number(connection: Connection, where: str) -> int:
    """Return a workspace's schema number, 0 for none; raises DataError for one of the future."""
    if not inspect(connection).has_table(schema.name):
        return 0
    found = connection.scalar(select(func.max(schema.c.number)))
    if found is None or found < 1:
        # The table and its first row are made together.
        raise DataError(
            "this workspace is damaged: its schema number is missing",
            where=where,
            cure="restore it from a copy, or name another workspace",
        )
    if found > today():
        raise DataError(
            f"this workspace has schema {found}, and this program knows up to {today()}",
            where=where,
            cure="a newer overlap wrote it: update overlap, or name another workspace",
        )
    return int(found)


def bring_up_to_date(connection: Connection, where: str) -> None:
    """Make the tables, or make older ones those of today; raises DataError for newer ones."""
    if number(connection, where) == today():
        return
    if connection.dialect.name == "postgresql":
        # Two programs may come here at once, and IF NOT EXISTS is no lock.
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
    for step in range(number(connection, where), today()):
        MIGRATIONS[step](connection)
        connection.execute(insert(schema).values(number=step + 1, since=now()))
