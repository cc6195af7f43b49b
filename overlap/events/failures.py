"""Turns what goes wrong while reading into a message with a file's name and a cure."""

from __future__ import annotations

import errno
import re
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

import polars as pl
import pyarrow as pa

from overlap.events.encodings import open_binary
from overlap.events.lines import find_bad_line
from overlap.events.sources import format_of
from overlap.model import DataError

_MOST_LINES = 5_000_000
"""Lines looked through, one by one in Python, once reading has failed."""

_CURES = (
    ("invalid utf", "write the file as UTF-8 (iconv -f … -t UTF-8), or as GB18030"),
    ("thrift", "write the file again: its footer is damaged"),
    ("out of specification", "write the file again: it is cut short or damaged"),
    ("not found", "check the address"),
    ("range request", "download the file: its server does not answer range requests"),
    ("access", "check the permissions of the file"),
    ("permission", "check the permissions of the file"),
)


@contextmanager
def reading(*names: str) -> Iterator[None]:
    """Turn any failure of polars or of the file system inside the block into a DataError.

    `names` are the sources being read, as the user gave them; wrap every `collect` of frames that
    come from `read_events` in it. A full disk is left alone: that is not the sources' fault.
    """
    try:
        yield
    except (pl.exceptions.PolarsError, pa.ArrowException, OSError, EOFError) as error:
        if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise
        raise _explained(error, names) from error
    except pl.exceptions.PanicException as error:
        raise _explained(error, names) from error


def _explained(error: BaseException, names: tuple[str, ...]) -> DataError:
    for name in names:
        if "://" not in name and Path(name).is_file() and (found := _flaw(Path(name))):
            return found
    text = str(error).strip() or type(error).__name__
    # A signed address carries its secret in the query.
    first = re.sub(r"\?[^\s)'\"]+", "?…", text.splitlines()[0])
    folded = text.casefold()
    cure = next((cure for sign, cure in _CURES if sign in folded), "write the file again")
    return DataError(f"the data cannot be read: {first}", where=_shown(names), cure=cure)


def _shown(names: tuple[str, ...]) -> str:
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return ", ".join(names[:3]) + more


def _flaw(path: Path) -> DataError | None:
    """Look for the line at which a text file stops making sense; None where nothing is found."""
    kind = format_of(path.name)
    try:
        if kind == "ndjson":
            find_bad_line(path, _MOST_LINES)
        elif kind == "csv":
            return _open_quote(path)
    except DataError as found:
        return found
    except (OSError, EOFError):
        return None
    return None


def _open_quote(path: Path) -> DataError | None:
    opened_at = 0
    with open_binary(str(path)) as stream:
        for number, line in enumerate(islice(stream, _MOST_LINES), start=1):
            if line.count(b'"') % 2:
                opened_at = 0 if opened_at else number
    if not opened_at:
        return None
    return DataError(
        'a quote (") is opened and never closed',
        where=f"{path}, line {opened_at}",
        cure='close it, or write a quote inside a field as ""',
    )
