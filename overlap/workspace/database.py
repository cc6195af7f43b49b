"""One workspace's database: transactions for reading and for writing, whatever keeps it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, create_engine
from sqlalchemy.exc import NoSuchModuleError, SQLAlchemyError

from overlap.model import DataError
from overlap.workspace import failures, files, schema
from overlap.workspace.addresses import Address, Server, SqliteFile


class Database:
    """A workspace's database, safe to share between threads.

    Nobody waits longer than `patience`, in seconds, for somebody else's write. Nothing is made
    before the first write. Raises UsageError for a database or driver that is not there.
    """

    def __init__(self, address: Address, patience: float) -> None:
        self.address, self._patience = address, patience
        if isinstance(address, SqliteFile):
            self._reader = files.engine(address, patience, writing=False)
            self._writer = files.engine(address, patience, writing=True)
        else:
            self._reader = self._writer = _server_engine(address, patience)

    @property
    def shown(self) -> str:
        """The address as messages give it."""
        return self.address.shown

    @contextmanager
    def reading(self) -> Iterator[Connection | None]:
        """Yield a connection in one transaction, None where nothing was ever saved.

        Raises DataError for a database that cannot be read.
        """
        if isinstance(self.address, SqliteFile) and files.is_missing(self.address):
            yield None
            return
        with self._explained(saving=False), self._reader.begin() as connection:
            number = schema.number(connection, self.shown)
            if number in (0, schema.today()):
                yield connection if number else None
                return
        # Reading knows the tables of today only.
        with self.writing():
            pass
        with self._explained(saving=False), self._reader.begin() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Yield a connection in one transaction, its tables those of today.

        Raises DataError for a database that cannot be written, or where others write for longer
        than our patience.
        """
        with self._explained(saving=True), self._writer.begin() as connection:
            if connection.dialect.name == "postgresql":
                wait = max(1, round(1000 * self._patience))
                connection.exec_driver_sql(f"SET LOCAL lock_timeout = {wait}")
            schema.bring_up_to_date(connection, self.shown)
            yield connection

    def close(self) -> None:
        """Let go of all connections; the next use makes new ones."""
        self._reader.dispose()
        self._writer.dispose()

    @contextmanager
    def _explained(self, *, saving: bool) -> Iterator[None]:
        try:
            yield
        except SQLAlchemyError as error:
            explained = failures.explain(error, self.address, saving=saving)
            # A log would print the cause too.
            cause = None if _tells_a_secret(error, self.address) else error
            raise explained from cause
        except (ValueError, TypeError) as error:
            raise DataError(
                f"a row of this workspace cannot be read: {error}",
                where=self.shown,
                cure="restore the workspace from a copy, or mend the row",
            ) from error


def _tells_a_secret(error: SQLAlchemyError, address: Address) -> bool:
    told = f"{error} {getattr(error, 'orig', '')}"
    return isinstance(address, Server) and address.scrub(told) != told


def _server_engine(server: Server, patience: float) -> Engine:
    backend = server.url.get_backend_name()
    arguments: dict[str, Any] = {}
    options: dict[str, Any] = {}
    if backend == "postgresql":
        arguments = {"connect_timeout": max(2, round(patience)), "client_encoding": "utf8"}
    if backend in ("postgresql", "mysql", "mariadb"):
        # After waiting for a lock we must see what the other one wrote.
        options = {"isolation_level": "READ COMMITTED"}
    try:
        if server.url.get_dialect().is_async:
            raise failures.not_synchronous(server)
        return create_engine(
            server.url,
            pool_pre_ping=True,
            hide_parameters=True,
            connect_args={k: v for k, v in arguments.items() if k not in server.url.query},
            **options,
        )
    except NoSuchModuleError:
        raise failures.no_dialect(server) from None
    except ImportError as error:
        raise failures.no_driver(error, server) from error
    except SQLAlchemyError as error:
        raise DataError(
            f"the database of this workspace cannot be opened: {server.scrub(str(error))}",
            where=server.shown,
            cure="check the address",
        ) from None
