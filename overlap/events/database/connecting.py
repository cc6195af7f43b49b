"""Opens a database for reading: the driver, the connection, a transaction that writes nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from overlap.events.database.address import told
from overlap.model import DataError, UsageError

if TYPE_CHECKING:
    from sqlalchemy.engine import URL, Connection

_PACKAGES = {
    "postgresql": "psycopg[binary]", "mysql": "mysqlclient", "mariadb": "mysqlclient",
    "duckdb": "duckdb-engine", "oracle": "oracledb", "mssql": "pyodbc",
    "clickhouse": "clickhouse-sqlalchemy", "clickhousedb": "clickhouse-connect",
    "snowflake": "snowflake-sqlalchemy", "bigquery": "sqlalchemy-bigquery",
    "redshift": "sqlalchemy-redshift", "trino": "trino[sqlalchemy]",
    "databricks": "databricks-sqlalchemy", "cockroachdb": "sqlalchemy-cockroachdb",
    "starrocks": "starrocks",
}  # fmt: skip

_READ_ONLY = {
    "postgresql": "SET TRANSACTION READ ONLY",
    "cockroachdb": "SET TRANSACTION READ ONLY",
    "oracle": "SET TRANSACTION READ ONLY",
    "mysql": "START TRANSACTION READ ONLY",
    "mariadb": "START TRANSACTION READ ONLY",
    "sqlite": "PRAGMA query_only = 1",
}
"""The statement with which a dialect refuses to write; nothing is ever committed anywhere."""


@contextmanager
def connected(url: URL, secrets: Sequence[str], where: str) -> Iterator[Connection]:
    """Connect, begin a transaction that is read-only where the dialect has one, end with neither.

    Raises UsageError for an address or a driver that cannot be, DataError for a database that
    cannot be reached; `where` is told, and no message has any of the `secrets`.
    """
    from sqlalchemy import create_engine, pool
    from sqlalchemy.exc import NoSuchModuleError, SQLAlchemyError

    backend = url.get_backend_name()
    _check_file(url, where)
    try:
        engine = create_engine(
            url,
            poolclass=pool.NullPool,
            hide_parameters=True,
            connect_args={"read_only": True} if backend == "duckdb" and url.database else {},
        )
    except NoSuchModuleError:
        raise _no_driver(backend, f"SQLAlchemy knows no dialect {url.drivername!r}") from None
    except ModuleNotFoundError as error:
        raise _no_driver(backend, f"there is no package {error.name!r} here") from None
    except (SQLAlchemyError, TypeError, ValueError) as error:
        raise UsageError(
            f"the address cannot be used: {told(error, secrets)}",
            where=where,
            cure="write DIALECT://USER@HOST:PORT/DATABASE",
        ) from None
    try:
        connection = engine.connect()
        if statement := _READ_ONLY.get(connection.dialect.name):
            connection.exec_driver_sql(statement)
    except Exception as error:  # drivers raise what they like, while they look for the host
        raise DataError(
            f"the database cannot be opened: {told(error, secrets)}",
            where=where,
            cure="check the address, the user and the password, and that the database is running",
        ) from None
    try:
        yield connection
    finally:
        # Nothing is committed; a connection that is lost cannot be closed in good order either.
        with suppress(SQLAlchemyError):
            connection.close()


def _check_file(url: URL, where: str) -> None:
    """Raise UsageError for a file of SQLite that is not there: opening it would make it."""
    if url.get_backend_name() != "sqlite" or not url.database or url.database.startswith("file:"):
        return
    if url.database != ":memory:" and not Path(url.database).is_file():
        raise UsageError(
            f"there is no file {url.database!r}",
            where=where,
            cure="write sqlite:///FILE.db, with four slashes before a path from the root",
        )


def _no_driver(backend: str, what: str) -> UsageError:
    package = _PACKAGES.get(backend)
    return UsageError(
        f"databases of {backend!r} cannot be read: {what}",
        where=f"{backend}://",
        cure=f"install its driver: pip install {package!r}".replace("'", '"')
        if package
        else "install the package with its SQLAlchemy dialect, or check the address",
    )
