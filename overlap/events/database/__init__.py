"""A database as a source: one query, read once in a read-only transaction, in batches.

SQLAlchemy is imported when a database is named and not before. No message and no name that is kept
holds a password.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass

from overlap.events.database import asking
from overlap.events.database.address import is_database, parse_address, secrets_of, shown
from overlap.events.database.connecting import connected
from overlap.events.database.spool import Spool
from overlap.events.encodings import scratch_folder
from overlap.events.sources import SourceFile
from overlap.events.tables import ParquetTable
from overlap.model import DataError

__all__ = ["Query", "is_database", "read_database", "shown"]

_LONGEST = 300
"""Characters of an address and its query that a message shows."""


@dataclass(frozen=True, slots=True)
class Query:
    """What to ask a database.

    `check` is given the names of the columns before the first row is read, and raises what there is
    to say against them; `progress` is told how many rows have come.
    """

    text: str
    check: Callable[[Sequence[str]], object] = lambda _: None
    progress: Callable[[str], None] = lambda _: None


def read_database(source: str, query: Query) -> ParquetTable:
    """Run a query and return its rows as a table in a scratch Parquet file, `scratch` of it.

    The rows come in batches through a cursor on the server where the driver has one, in a
    transaction that is read-only where the dialect knows one and that is never committed. The
    types are those that PostgreSQL declares, elsewhere those of all the values. The table's name
    is the address without its password, and the query.

    Raises UsageError for an address, a query or a column that cannot be, DataError for a database
    that cannot be reached, breaks off, or answers with no rows or with values of no use.
    """
    text = asking.checked(query.text)
    url = parse_address(source)
    secrets = secrets_of(url)
    name = f"{shown(source)}: {' '.join(text.split())}"
    where = name if len(name) <= _LONGEST else name[:_LONGEST] + "…"
    with (
        connected(url, secrets, where) as connection,
        closing(asking.ask(connection, text, secrets, where)) as result,
    ):
        names = asking.column_names(result, where)
        query.check(names)
        types = asking.declared(result, connection.dialect.name)
        spool = Spool(scratch_folder(), dict(zip(names, types, strict=True)))
        try:
            for rows in asking.batches(result, secrets, where):
                spool.add(rows)
                query.progress(f"reading the database, {spool.rows:,} rows")
            if not spool.rows:
                raise DataError(
                    "the query returned no rows", where=where, cure="ask for more in --query"
                )
            file, schema = spool.finish()
        finally:
            spool.close()
    return ParquetTable((SourceFile(name, str(file), "parquet"),), schema, scratch=(file,))
