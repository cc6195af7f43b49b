"""How results are printed: tables and facts for people, JSON for programs."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import fields, is_dataclass
from typing import Any

import polars as pl
from rich.console import Console
from rich.table import Table

from overlap.model import Estimate
from overlap.reports import counts


def print_json(document: Any) -> None:
    """Print one JSON document on stdout; a whole number of users has no decimals."""
    text = json.dumps(_counted(document), ensure_ascii=False, indent=2, default=str)
    sys.stdout.write(text + "\n")


def warn(message: str) -> None:
    """Say on stderr what an answer may be wrong for."""
    sys.stderr.write(f"overlap: warning: {message}\n")


def print_rows(frame: pl.DataFrame) -> None:
    """Print a table as a JSON array of rows."""
    print_json(frame.to_dicts())


def show(
    frame: pl.DataFrame, columns: Mapping[str, tuple[str, Callable[[Any], str]]], more: str = ""
) -> None:
    """Print chosen columns as a table for people; `columns` gives each its title and format."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name, (title, _) in columns.items():
        table.add_column(title, justify="right" if frame[name].dtype.is_numeric() else "left")
    for row in frame.iter_rows(named=True):
        table.add_row(*("–" if row[c] is None else f(row[c]) for c, (_, f) in columns.items()))
    console = Console(width=None if sys.stdout.isatty() else 200, highlight=False, markup=False)
    console.print(table)
    if more:
        console.print(more)


def show_facts(facts: Sequence[tuple[str, str]]) -> None:
    """Print names and values in two columns."""
    width = max(len(name) for name, _ in facts)
    for name, value in facts:
        sys.stdout.write(f"{name:<{width}}  {value}\n")


def _counted(value: Any, counted: bool = False) -> Any:
    """Return a document with whole numbers of what is counted as such, by the names of fields."""
    if is_dataclass(value) and not isinstance(value, type):
        own = {field.name: getattr(value, field.name) for field in fields(value)}
        exact = isinstance(value, Estimate) and value.exact
        return {n: _counted(x, counts(n) or (exact and n == "value")) for n, x in own.items()}
    if isinstance(value, Mapping):
        return {name: _counted(x, counts(str(name))) for name, x in value.items()}
    if isinstance(value, (list, tuple)):
        return [_counted(x, counted) for x in value]
    whole = counted and isinstance(value, float) and value.is_integer()
    return int(value) if whole else value


@contextmanager
def progress() -> Iterator[Callable[[str], None]]:
    """Yield a function that shows the step under way on stderr, when that is a terminal."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    with Console(stderr=True).status("starting") as status:
        yield lambda step: status.update(f"{step} …")
