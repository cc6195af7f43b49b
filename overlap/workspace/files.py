"""SQLite files: how they are opened so that people can read and write at once."""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.pool import NullPool

from overlap.model import DataError
from overlap.workspace.addresses import FILE, SqliteFile

_MOUNTS = Path("/proc/self/mounts")
_NETWORK = frozenset(
    ("9p", "afs", "beegfs", "ceph", "cifs", "fuse.glusterfs", "fuse.sshfs", "gfs2", "glusterfs",
     "gpfs", "lustre", "nfs", "nfs4", "ocfs2", "smb2", "smb3", "smbfs", "vboxsf", "virtiofs")
)  # fmt: skip
"""File systems that several machines may share, where a write-ahead log is not safe."""


def engine(file: SqliteFile, patience: float, *, writing: bool) -> Engine:
    """Return an engine whose transactions on a file read, or take the one place of the writer.

    A connection is closed after each transaction: with the last one SQLite brings its log into
    the file, so that a copy of the file is whole whenever nobody is saving.
    """

    def connect() -> sqlite3.Connection:
        return _to_write(file, patience) if writing else _to_read(file, patience)

    def begin(connection: Connection) -> None:
        # Taking the lock first, two who read and then write wait instead of failing.
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")

    made = create_engine(
        "sqlite+pysqlite://", creator=connect, poolclass=NullPool, hide_parameters=True
    )
    event.listen(made, "begin", begin)
    return made


def is_missing(file: SqliteFile) -> bool:
    """Return whether nothing was saved in a file yet; raises DataError without its folder."""
    if file.path.exists():
        return False
    folder = file.path.absolute().parent
    if not folder.is_dir():
        raise no_folder(file)
    return True


def no_folder(file: SqliteFile) -> DataError:
    """Say that the folder of a workspace is not there."""
    return DataError(
        "there is no folder for this workspace",
        where=file.shown,
        cure=f"name the folder of a store, whose workspace is its {FILE}, or make the folder",
    )


def _to_write(file: SqliteFile, patience: float) -> sqlite3.Connection:
    connection = _open(file, patience, mode="rwc")
    journal = "DELETE" if _is_shared(file.path) else "WAL"
    with contextlib.suppress(sqlite3.OperationalError):
        # Where the log cannot be had, readers and writers wait for each other instead.
        connection.execute(f"PRAGMA journal_mode = {journal}")
    connection.execute("PRAGMA foreign_keys = ON")
    return connection


def _to_read(file: SqliteFile, patience: float) -> sqlite3.Connection:
    try:
        return _open(file, patience, mode="rw")
    except sqlite3.OperationalError as error:
        log = file.path.with_name(file.path.name + "-wal")
        closed = error.sqlite_errorcode & 0xFF in (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY)
        if not closed or not file.path.is_file() or (log.exists() and log.stat().st_size):
            raise
    # A file with a log needs a place beside it, unless we say that nobody changes it.
    return _open(file, patience, mode="ro", immutable="1")


def _open(file: SqliteFile, patience: float, **options: str) -> sqlite3.Connection:
    connection = sqlite3.connect(
        file.uri(**options),
        uri=True,
        timeout=patience,
        isolation_level=None,
        check_same_thread=False,
    )
    try:
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def _is_shared(path: Path) -> bool:
    """Return whether a path is on a file system of a network, where that can be known."""
    try:
        lines = _MOUNTS.read_text("utf-8", "replace").splitlines()
    except OSError:
        return False
    kinds = {}
    for line in lines:
        _, point, kind, *_ = line.split(" ")
        kinds[point.replace("\\040", " ")] = kind
    whole = path.absolute()
    nearest = next((p for p in (whole, *whole.parents) if str(p) in kinds), None)
    return nearest is not None and kinds[str(nearest)] in _NETWORK
