"""What a database's errors mean for the person who wants to save or read a segment."""

from __future__ import annotations

import os
import sqlite3

from sqlalchemy.exc import DBAPIError, IntegrityError, SQLAlchemyError

from overlap.model import DataError, OverlapError, UsageError
from overlap.workspace.addresses import SETTING, Address, Server, SqliteFile
from overlap.workspace.files import no_folder

_PACKAGES = {
    "psycopg": "psycopg[binary]",
    "psycopg2": "psycopg2-binary",
    "MySQLdb": "mysqlclient",
    "pymysql": "pymysql",
    "oracledb": "oracledb",
    "pyodbc": "pyodbc",
}
"""What to install for a driver, where the package has another name."""

_ELSEWHERE = f"--workspace sqlite:///segments.sqlite, or the environment variable {SETTING}"
_BUSY = ("55P03", "57014", "40001", "40P01")
_READ_ONLY = ("25006", "42501")
_FULL = ("53100",)
_REFUSED = ("28", "3D", "08", "57P", "53")


class DuplicateError(DataError):
    """A row of this key is there already: somebody was faster."""


def no_driver(error: ImportError, address: Server) -> UsageError:
    """Say which driver an address needs."""
    module = error.name or address.url.get_driver_name()
    return UsageError(
        f"the database driver {module!r} is not installed",
        where=address.shown,
        cure=f"pip install '{_PACKAGES.get(module, module)}'",
    )


def no_dialect(address: Server) -> UsageError:
    """Say that an address names a database nobody here knows."""
    return UsageError(
        f"there is no database {address.url.drivername!r}",
        where=address.shown,
        cure="write postgresql+psycopg://, sqlite:///, or another dialect of SQLAlchemy that is "
        "installed",
    )


def not_synchronous(address: Server) -> UsageError:
    """Say that an address names a driver for asynchronous programs."""
    return UsageError(
        f"the driver {address.url.drivername!r} is for asynchronous programs",
        where=address.shown,
        cure="use one that waits for its answer, such as postgresql+psycopg",
    )


def explain(error: SQLAlchemyError, address: Address, *, saving: bool) -> OverlapError:
    """Return the error that says what went wrong, where, and how to go on; never a password."""
    if isinstance(error, IntegrityError):
        return DuplicateError(
            "somebody else saved the same thing at this very moment; nothing was saved",
            where=address.shown,
            cure="try again",
        )
    cause = error.orig if isinstance(error, DBAPIError) else None
    if isinstance(address, SqliteFile):
        return _of_sqlite(cause or error, address, saving=saving)
    return _of_server(cause or error, address, saving=saving)


def _of_sqlite(error: BaseException, file: SqliteFile, *, saving: bool) -> DataError:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code == sqlite3.SQLITE_CANTOPEN:
        return _cannot_open(file, saving=saving)
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_PROTOCOL):
        return _busy(file.shown, saving=saving)
    if code in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM):
        return _read_only(file.shown, saving=saving)
    if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        return DataError(
            f"this workspace is damaged: {error}",
            where=file.shown,
            cure=f"restore {file.path.name} from a copy; or rename it, and the next save makes a "
            "new one",
        )
    if code == sqlite3.SQLITE_FULL:
        return _full(file.shown, saving=saving)
    return _other(str(error), file.shown, saving=saving)


def _cannot_open(file: SqliteFile, *, saving: bool) -> DataError:
    folder = file.path.absolute().parent
    if not folder.is_dir():
        return no_folder(file)
    if file.path.is_dir():
        return DataError(
            "the workspace is a file, and this is a folder", where=file.shown, cure="name a file"
        )
    as_we_act = os.access in os.supports_effective_ids
    if saving and not os.access(folder, os.W_OK, effective_ids=as_we_act):
        return _read_only(file.shown, saving=saving)
    return DataError(
        "this workspace cannot be opened",
        where=file.shown,
        cure="check that you may read the file and its folder",
    )


def _of_server(error: BaseException, server: Server, *, saving: bool) -> DataError:
    state = str(getattr(error, "sqlstate", None) or "")
    if state in _BUSY:
        return _busy(server.shown, saving=saving)
    if state in _READ_ONLY:
        return _read_only(server.shown, saving=saving)
    if state in _FULL:
        return _full(server.shown, saving=saving)
    said = server.scrub(" ".join(str(error).split()))
    if state.startswith(_REFUSED) or not state:
        return DataError(
            f"the database of this workspace cannot be reached: {said}",
            where=server.shown,
            cure="check the address, the password and that the server runs",
        )
    return _other(said, server.shown, saving=saving)


def _busy(where: str, *, saving: bool) -> DataError:
    return DataError(
        "somebody else is writing to this workspace" + _unsaved(saving),
        where=where,
        cure="try again in a moment; if it stays so, look for a program that hangs there",
    )


def _read_only(where: str, *, saving: bool) -> DataError:
    return DataError(
        "this workspace is read-only for you" + _unsaved(saving)
        if saving
        else "this workspace cannot be read, because reading it needs to write beside it",
        where=where,
        cure=f"ask for the right to write there, or save elsewhere: {_ELSEWHERE}",
    )


def _full(where: str, *, saving: bool) -> DataError:
    return DataError(
        "the disk of this workspace is full" + _unsaved(saving),
        where=where,
        cure="free some space and try again",
    )


def _other(said: str, where: str, *, saving: bool) -> DataError:
    return DataError(
        f"the database of this workspace says: {said}",
        where=where,
        cure="nothing was saved; mend the database and try again"
        if saving
        else "mend the database and try again",
    )


def _unsaved(saving: bool) -> str:
    return "; nothing was saved" if saving else ""
