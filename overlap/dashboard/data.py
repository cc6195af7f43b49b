"""The store as all visitors share it: opened once, and each answer computed once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import polars as pl
import streamlit as st

from overlap.dashboard.launch import FLOOR_VARIABLE
from overlap.dashboard.start import brands_of, start
from overlap.dashboard.state import Choices, View, real_periods
from overlap.expressions import Audience, to_text
from overlap.insights.openings import scored
from overlap.insights.summary import summary
from overlap.model import Policy, UsageError, Window
from overlap.panel import Panel, open_panel

CATEGORY, INTEREST, BRAND = "category", "interest", "brand"

Stamp = tuple[tuple[str, int, int], ...]


@dataclass(frozen=True, slots=True, eq=False)
class Opened:
    """A store in memory; `stamp` changes when its files do."""

    path: Path
    stamp: Stamp
    panel: Panel
    policy: Policy
    facts: Mapping[str, Any]


def open_store(path: Path, floor: str | None) -> Opened:
    """Open a store, once for all visitors until its files change.

    `floor` is the setting that replaces the store's own display floor. Raises DataError when the
    store cannot be read and UsageError when the floor is not a number of users.
    """
    opened = _open(str(path), _stamp(path))
    if floor is None or not floor.strip():
        return opened
    if not floor.strip().isdecimal():
        raise UsageError(
            f"{FLOOR_VARIABLE} is {floor!r}, which is not a number of users",
            cure="set it to a whole number from 0 on, or leave it out",
        )
    return replace(opened, policy=replace(opened.policy, display_floor=int(floor)))


@st.cache_resource(show_spinner=False, max_entries=2)
def _open(path: str, stamp: Stamp) -> Opened:
    store, panel = open_panel(Path(path))
    return Opened(Path(path), stamp, panel, store.policy, summary(store, panel))


def _stamp(path: Path) -> Stamp:
    """Return the files of a folder with their times and sizes, half-written ones left out."""
    found = []
    for file in path.rglob("*"):
        if any(part.startswith(".") for part in file.relative_to(path).parts):
            continue
        try:
            status = file.stat()
        except OSError:
            continue
        if not file.is_dir():
            found.append((str(file.relative_to(path)), status.st_mtime_ns, status.st_size))
    return tuple(sorted(found))


def categories(opened: Opened) -> frozenset[str]:
    """Return the names of the categories in the store."""
    return frozenset(opened.panel.known.get(CATEGORY, ()))


def choices(opened: Opened, category: str | None) -> Choices:
    """Return what the bar offers: larger categories first, brands of the category first."""
    return _choices(opened, opened.stamp, opened.policy, category)


@st.cache_resource(show_spinner=False, max_entries=256)
def _choices(_opened: Opened, stamp: Stamp, policy: Policy, category: str | None) -> Choices:
    panel = _opened.panel
    known = panel.known
    categories = tuple(panel.table(CATEGORY)["name"]) if CATEGORY in known else ()
    first = brands_of(panel, category, policy) if category in categories and category else []
    brands = (*first, *(name for name in known.get(BRAND, ()) if name not in set(first)))
    baselines = tuple(to_text(Audience(CATEGORY, name)) for name in categories if name != category)
    return Choices(categories, brands, frozenset(first), baselines, real_periods(panel.periods))


def default(opened: Opened) -> tuple[str | None, str | None]:
    """Return the category and the brand of the strongest opening in the store."""
    return _default(opened, opened.stamp, opened.policy)


@st.cache_resource(show_spinner=False, max_entries=4)
def _default(_opened: Opened, stamp: Stamp, policy: Policy) -> tuple[str | None, str | None]:
    return start(_opened.panel, policy)


def rows(opened: Opened, view: View) -> pl.DataFrame:
    """Return the openings of a view as insights.openings.SCORED_TABLE, the best first."""
    assert view.category is not None
    return _rows(
        opened, opened.stamp, opened.policy, view.category, view.brand, view.baseline,
        view.start, view.end, view.language,
    )  # fmt: skip


@st.cache_resource(show_spinner=False, max_entries=256)
def _rows(
    _opened: Opened,
    stamp: Stamp,
    policy: Policy,
    category: str,
    brand: str | None,
    baseline: str | None,
    start: Any,
    end: Any,
    language: str,
) -> pl.DataFrame:
    return scored(
        _opened.panel,
        category,
        brand=brand,
        kind=INTEREST,
        baseline=baseline,
        window=Window(start, end),
        policy=policy,
        language=language,
    )


def rate(opened: Opened, expression: str) -> float:
    """Return the share of users that an expression was counted on."""
    return opened.panel.sample(expression).rate
