"""Puts one reading statement to a database and hands out its rows in batches."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import polars as pl

from overlap.events.database.address import told
from overlap.events.database.values import POSTGRESQL_TYPES
from overlap.model import DataError, UsageError

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection, CursorResult

BATCH = 10_000
"""Rows fetched at once."""

_WITH_OIDS = {"postgresql", "cockroachdb", "redshift"}

_ASIDE = re.compile(
    r"--[^\n]*|/\*.*?\*/"
    r"|(?P<quoted>[eE]'(?:[^'\\]|\\.|'')*'|'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|`[^`]*`"
    r"|(?P<dollar>\$\w*\$).*?(?P=dollar))",
    re.S,
)
"""Comments, and everything between quotes."""

_READING = {"select", "with", "values", "table", "from"}


def checked(query: str) -> str:
    """Return one reading statement without the semicolon behind it; raises UsageError for others.

    This stops accidents. That nothing is written is up to the read-only transaction.
    """
    text = query.strip().rstrip("; \t\r\n")
    bare = _ASIDE.sub(lambda found: "''" if found["quoted"] else " ", text)
    bare = bare.strip().rstrip("; \t\r\n")
    if not bare:
        raise UsageError("the query is empty", where="--query", cure='give --query "SELECT …"')
    first = re.split(r"[\s(*;]", bare.lstrip("( \t\r\n"), maxsplit=1)[0]
    if first.casefold() not in _READING:
        raise UsageError(
            f"the query begins with {first[:40]!r}, but a query must only read",
            where="--query",
            cure="let it begin with SELECT or WITH",
        )
    if ";" in bare:
        raise UsageError(
            "the query holds several statements", where="--query", cure="give one SELECT"
        )
    return text


def ask(connection: Connection, text: str, secrets: Sequence[str], where: str) -> CursorResult[Any]:
    """Run the query; raises UsageError where the database refuses it, in the database's words."""
    from sqlalchemy.exc import DBAPIError

    try:
        result = connection.exec_driver_sql(
            text,
            execution_options={
                "stream_results": True,
                "yield_per": BATCH,
                # Percent signs in the query are its own.
                "no_parameters": True,
            },
        )
    except Exception as error:  # a driver may stumble before the database does
        if isinstance(error, DBAPIError) and error.connection_invalidated:
            raise _broken_off(error, secrets, where) from None
        raise UsageError(
            f"the database refuses the query: {told(error, secrets)}",
            where=where,
            cure="try it in the database's own client; values that cannot be read have to be cast",
        ) from None
    if not result.returns_rows:
        raise UsageError("the query gives no rows", where=where, cure="ask with a SELECT")
    return result


def column_names(result: CursorResult[Any], where: str) -> list[str]:
    """Return the names of the columns; raises UsageError where two are alike."""
    names = list(result.keys())
    twice = next((column for column in names if names.count(column) > 1), None)
    if twice is not None:
        raise UsageError(
            f"several columns of the query are named {twice!r}",
            where=where,
            cure="name them apart, as in SELECT a.id AS user_id, b.id AS post_id",
        )
    return names


def declared(result: CursorResult[Any], dialect: str) -> list[pl.DataType]:
    """Return the types that the database declares, Null where it does not say."""
    described: Any = result.cursor.description if result.cursor is not None else None
    if dialect not in _WITH_OIDS or not described:
        return [pl.Null() for _ in list(result.keys())]
    return [POSTGRESQL_TYPES.get(column[1], pl.Null()) for column in described]


def batches(
    result: CursorResult[Any], secrets: Sequence[str], where: str
) -> Iterator[Sequence[Sequence[Any]]]:
    """Yield the rows, some thousands at a time; raises DataError where the reading breaks off."""
    parts = result.partitions(BATCH)
    while True:
        try:
            rows = next(parts, None)
        except Exception as error:  # drivers raise errors of their own for values they cannot read
            raise _broken_off(error, secrets, where) from None
        if rows is None:
            return
        yield rows


def _broken_off(error: BaseException, secrets: Sequence[str], where: str) -> DataError:
    return DataError(
        f"reading the database broke off: {told(error, secrets)}",
        where=where,
        cure="try again; values that cannot be read have to be cast in the query",
    )
