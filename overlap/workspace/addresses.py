"""Where a workspace is: beside its store, in a file, or in any database; without its password."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote, quote_plus

from overlap.model import UsageError

if TYPE_CHECKING:
    from sqlalchemy import URL

SETTING = "OVERLAP_WORKSPACE"
"""Environment variable that names the workspace where no option does."""
FILE = "workspace.sqlite"
"""The workspace's file in the folder of a store."""

_SUFFIXES = (".sqlite", ".sqlite3", ".db")
_URI_QUERY = ("mode", "cache", "vfs", "immutable", "nolock", "psow")
_SECRET = re.compile(r"pass|pwd|secret|token|key", re.IGNORECASE)
_HIDDEN = "***"


@dataclass(frozen=True, slots=True)
class SqliteFile:
    """A workspace in a file; `query` holds SQLite's own URI options, such as mode=ro."""

    path: Path
    query: Mapping[str, str] = field(default_factory=dict)

    def uri(self, **options: str) -> str:
        """Return SQLite's address of the file; the options of the URL go before those given."""
        merged = {**options, **self.query}
        query = "&".join(f"{name}={quote(value)}" for name, value in merged.items())
        return f"{self.path.absolute().as_uri()}?{query}"

    @property
    def shown(self) -> str:
        """The address as messages give it."""
        return str(self.path)


@dataclass(frozen=True, slots=True)
class Server:
    """A workspace in a database that SQLAlchemy reaches."""

    url: URL = field(repr=False)

    @property
    def shown(self) -> str:
        """The address as messages give it, every secret hidden."""
        hidden = {name: _HIDDEN for name in self.url.query if _SECRET.search(name)}
        shown = self.url.update_query_dict(hidden) if hidden else self.url
        return shown.render_as_string(hide_password=True)

    def scrub(self, text: str) -> str:
        """Return a text with every secret of the address hidden, however it is written in it."""
        secrets = [str(self.url.password)] if self.url.password else []
        for name, value in self.url.query.items():
            if _SECRET.search(name):
                secrets += [value] if isinstance(value, str) else list(value)
        forms = {form for s in secrets for form in (s, quote(s, safe=""), quote_plus(s))}
        for form in sorted(forms, key=len, reverse=True):
            text = text.replace(form, _HIDDEN)
        return text


Address = SqliteFile | Server


def choose(store: Path, given: str | None = None) -> Path | str:
    """Return the workspace to open for a store: the one given, the setting's, or the store's."""
    return given or os.environ.get(SETTING) or store


def locate(place: Path | str) -> Address:
    """Read a store's folder, a file's path or a URL as an address.

    Raises UsageError for a URL that cannot be read, or that names what is gone when closed.
    """
    if isinstance(place, str) and "://" in place:
        return _of_url(place)
    path = Path(place)
    if path.is_file() or (path.suffix.lower() in _SUFFIXES and not path.is_dir()):
        return SqliteFile(path)
    return SqliteFile(path / FILE)


def _of_url(text: str) -> Address:
    from sqlalchemy import make_url
    from sqlalchemy.exc import ArgumentError

    scheme = text.partition("://")[0]
    if scheme == "postgres":
        text = "postgresql" + text[len(scheme) :]
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        # The text may hold a password in any of its parts, so only its beginning is shown, and
        # the cause, which quotes the rest, is not passed on.
        raise UsageError(
            "the address of the workspace cannot be read",
            where=f"{scheme}://…",
            cure="write postgresql+psycopg://user:password@host:5432/database; in a password "
            "write @ as %40, : as %3A and / as %2F",
        ) from None
    if url.drivername not in ("sqlite", "sqlite+pysqlite"):
        return Server(url)
    name = url.database or ""
    query = {k: v for k, v in url.query.items() if k in _URI_QUERY and isinstance(v, str)}
    if name in ("", ":memory:") or query.get("mode") == "memory":
        raise UsageError(
            "a workspace in memory would be lost at the end",
            where=text,
            cure="name a file: sqlite:///segments.sqlite",
        )
    return SqliteFile(Path(name.removeprefix("file:")), query)
