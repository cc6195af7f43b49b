"""Which stores a visitor may look at: the one that is served, and those beside it."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import polars as pl
import streamlit as st

from overlap.dashboard.launch import STORE_VARIABLE, STORES_VARIABLE
from overlap.insights.contents import STORES_TABLE, store_row
from overlap.store import Stamp, changed_at, is_store, stamp


def served() -> Path | None:
    """Return the store the dashboard was started on."""
    path = os.environ.get(STORE_VARIABLE)
    return Path(path) if path else None


def folder() -> Path:
    """Return the folder of stores: the one that was set, else the one that holds the served one."""
    named = os.environ.get(STORES_VARIABLE)
    if named:
        return Path(named)
    path = served()
    if path is not None:
        return path.absolute().parent
    data = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return Path(data) / "overlap" / "stores"


def at_hand() -> list[str]:
    """Return the names of the stores in the folder, those of latest change first."""
    try:
        there = [path for path in folder().iterdir() if is_store(path)]
    except OSError:
        return []
    found = []
    for path in there:
        # One that is gone meanwhile is at hand no more.
        with suppress(OSError):
            found.append((changed_at(path), path.name))
    return [name for _, name in sorted(found, reverse=True)]


def same(a: Path | None, b: Path | None) -> bool:
    """Whether two paths are of one store."""
    return a is not None and b is not None and a.absolute() == b.absolute()


def names() -> dict[str | None, Path]:
    """Return where each store is by the name a view has for it, those of latest change first.

    The one that is served has no name there, and comes first where it is not in the folder.
    """
    first = served()
    found = {None if same(path, first) else name: path
             for name, path in ((name, folder() / name) for name in at_hand())}  # fmt: skip
    if first is not None and None not in found and is_store(first):
        return {None: first, **found}
    return found


def rows(chosen: Sequence[Path]) -> pl.DataFrame:
    """Return stores as insights.contents.STORES_TABLE, in order, read anew when they change."""
    found = [_row(str(path), stamp(path)) for path in chosen]
    return pl.DataFrame(found, schema=STORES_TABLE)


@st.cache_data(show_spinner=False, max_entries=1000)
def _row(path: str, stamp: Stamp) -> dict[str, Any]:
    return dict(store_row(Path(path)))


def path_of(name: str | None) -> Path | None:
    """Return where a store is: the served one for no name, None where there is none of the name."""
    if name is None:
        return served()
    return folder() / name if name in at_hand() else None
