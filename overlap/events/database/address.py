"""Addresses of databases: which they are, and how they are shown without what is secret.

SQLAlchemy is imported when a database is named and not before.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib.util import find_spec
from typing import TYPE_CHECKING
from urllib.parse import quote, quote_plus, urlsplit

from overlap.events.sources import SCHEMES
from overlap.model import UsageError

if TYPE_CHECKING:
    from sqlalchemy.engine import URL

DATABASES = (
    "postgresql", "postgres", "mysql", "mariadb", "sqlite", "duckdb", "oracle", "mssql",
    "clickhouse", "clickhousedb", "snowflake", "bigquery", "redshift", "trino", "databricks",
    "cockroachdb", "starrocks",
)  # fmt: skip
"""Addresses that are databases whether or not a query is given."""

_SHOWN_OPTIONS = ("host", "port", "dbname", "service", "unix_socket", "warehouse", "schema")
"""Options of an address that say which database it is; others may hold secrets."""

_LONGEST = 300


def is_database(source: str, *, queried: bool) -> bool:
    """Return whether a source is a database; with a query any address is that is no file's."""
    scheme = urlsplit(source).scheme.lower() if "://" in source else ""
    if not scheme or scheme in SCHEMES or scheme == "file":
        return False
    return queried or scheme.partition("+")[0] in DATABASES


def shown(source: str) -> str:
    """Return a database's address without its password, its driver and what may be a secret."""
    url = parse_address(source)
    kept = {key: value for key, value in url.query.items() if key in _SHOWN_OPTIONS}
    plain = url.set(drivername=url.get_backend_name(), query=kept)
    return plain._replace(password=None).render_as_string()


def parse_address(source: str) -> URL:
    """Read an address as SQLAlchemy does; raises UsageError, without the address in it."""
    from sqlalchemy.engine import make_url
    from sqlalchemy.exc import ArgumentError

    scheme, between, rest = source.partition("://")
    if scheme.lower() == "postgres":
        scheme = "postgresql"
    try:
        url = make_url(f"{scheme.lower()}{between}{rest}")
    except (ArgumentError, ValueError):
        raise UsageError(
            f"the address that begins with {scheme}:// cannot be understood",
            cure="write DIALECT://USER@HOST:PORT/DATABASE, with %40 for an @ in a password",
        ) from None
    if url.drivername == "postgresql" and find_spec("psycopg"):
        # Older versions of SQLAlchemy take another driver unless told.
        return url.set(drivername="postgresql+psycopg")
    return url


def secrets_of(url: URL) -> tuple[str, ...]:
    """Return what must not be seen in any message, the longest first."""
    password = str(url.password or "")
    own = {password, quote(password, safe=""), quote_plus(password)} - {""}
    found = list(own)
    for key, value in url.query.items():
        if key not in _SHOWN_OPTIONS:
            found += [value] if isinstance(value, str) else value
    # Other options are also "require" or "5", which may stand in any message.
    kept = [secret for secret in found if len(secret) > 7 or secret in own]
    return tuple(sorted(kept, key=len, reverse=True))


def told(error: BaseException, secrets: Sequence[str]) -> str:
    """Return the first line of the database's own message, shortened, without secrets."""
    text = str(getattr(error, "orig", None) or error).strip() or type(error).__name__
    # MySQL's drivers give a number and a sentence as a tuple.
    arguments: Sequence[object] = getattr(getattr(error, "orig", None), "args", ())
    if len(arguments) == 2 and isinstance(arguments[0], int):
        text = str(arguments[1])
    for secret in secrets:
        text = text.replace(secret, "***")
    line = " ".join(text.splitlines()[0].split())
    return line if len(line) <= _LONGEST else line[:_LONGEST] + "…"
