"""A real PostgreSQL for tests: on loopback, on a free port, in a temporary folder."""

from __future__ import annotations

import contextlib
import itertools
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

USER, PASSWORD = "tester", "s3cret@w/rd:%"
_INSTALLED = Path("/usr/lib/postgresql")
_SECONDS = 60


@dataclass(frozen=True)
class Postgres:
    """A running server; `database` makes a new, empty database and returns its URL."""

    port: int
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def url(self, database: str, user: str = USER, password: str = PASSWORD) -> str:
        from sqlalchemy import URL

        made = URL.create(
            "postgresql+psycopg", user, password, "127.0.0.1", self.port, database
        )  # fmt: skip
        return made.render_as_string(hide_password=False)

    def connect(self, database: str = "postgres") -> Any:
        import psycopg

        return psycopg.connect(
            host="127.0.0.1", port=self.port, user=USER, password=PASSWORD, dbname=database,
            autocommit=True,
        )  # fmt: skip

    def database(self) -> str:
        name = f"test_{next(self._numbers)}"
        with self.connect() as connection:
            connection.execute(f"CREATE DATABASE {name}")
        return self.url(name)


def programs() -> Path | None:
    """Return the folder of initdb and postgres, the newest there is."""
    found = [p.parent for p in _INSTALLED.glob("*/bin/initdb")]
    found.sort(key=lambda folder: [int(n) for n in folder.parent.name.split(".") if n.isdigit()])
    on_path = shutil.which("initdb")
    return found[-1] if found else Path(on_path).resolve().parent if on_path else None


@contextlib.contextmanager
def running() -> Iterator[Postgres]:
    """Yield a server; skips where none is installed, and fails instead where CI is set."""
    bin_folder = programs()
    if bin_folder is None:
        reason = "PostgreSQL is not installed (Debian: apt-get install postgresql)"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    with tempfile.TemporaryDirectory(prefix="overlap-pg-") as made:
        folder = Path(made)
        account = _account(folder)
        secret = folder / "secret"
        secret.write_text(PASSWORD)
        secret.chmod(0o644)
        subprocess.run(
            [bin_folder / "initdb", "--pgdata", folder / "data", "--username", USER,
             "--pwfile", secret, "--auth", "scram-sha-256", "--encoding", "UTF8", "--no-locale",
             "--no-sync"],
            check=True, capture_output=True, timeout=_SECONDS, cwd=folder, **account,
        )  # fmt: skip
        with _started(bin_folder, folder, account) as port:
            yield Postgres(port)


def _account(folder: Path) -> dict[str, Any]:
    """Return what makes a program run as somebody PostgreSQL accepts: it refuses root."""
    if os.geteuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            account = pwd.getpwnam(name)
            os.chown(folder, account.pw_uid, account.pw_gid)
            return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
    raise AssertionError("no account is there under which PostgreSQL can run")


@contextlib.contextmanager
def _started(bin_folder: Path, folder: Path, account: dict[str, Any]) -> Iterator[int]:
    log = folder / "log"
    for _ in range(5):
        port = _free_port()
        with log.open("wb") as out:
            server = subprocess.Popen(
                [bin_folder / "postgres", "-D", folder / "data", "-p", str(port),
                 "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=",
                 "-c", "fsync=off", "-c", "max_connections=40"],
                stdout=out, stderr=out, cwd=folder, **account,
            )  # fmt: skip
        try:
            if _answers(server, port):
                yield port
                return
        finally:
            # At SIGTERM it would wait for those who are still connected.
            server.send_signal(signal.SIGINT)
            try:
                server.wait(_SECONDS)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()
        # Another program may have taken the port between our look and its start.
    raise AssertionError("PostgreSQL did not start:\n" + log.read_text(errors="replace"))


def _answers(server: subprocess.Popen[bytes], port: int) -> bool:
    import psycopg

    postgres = Postgres(port)
    end = time.monotonic() + _SECONDS
    while time.monotonic() < end and server.poll() is None:
        try:
            postgres.connect().close()
            return True
        except psycopg.OperationalError:
            time.sleep(0.05)
    return False


def _free_port() -> int:
    with socket.socket() as tried:
        tried.bind(("127.0.0.1", 0))
        return int(tried.getsockname()[1])
