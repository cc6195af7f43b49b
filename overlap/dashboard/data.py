"""The store as all visitors share it: opened once, and each answer computed once."""

from __future__ import annotations

import gc
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

import polars as pl
import streamlit as st

from overlap.dashboard.launch import FLOOR_VARIABLE
from overlap.dashboard.start import brands_of, start
from overlap.dashboard.state import Choices, View, real_periods
from overlap.events import period_end
from overlap.expressions import Audience, to_text
from overlap.insights.openings import scored
from overlap.insights.summary import summary
from overlap.model import Policy, UsageError, Window
from overlap.panel import Panel, open_panel
from overlap.store import Stamp, Store
from overlap.store import stamp as stamp_of

CATEGORY, INTEREST, BRAND = "category", "interest", "brand"


@dataclass(frozen=True, slots=True, eq=False)
class Opened:
    """A store in memory; `stamp` changes when its files do.

    `refused_floor` is a display floor that was set below the store's own, which holds.
    """

    path: Path
    stamp: Stamp
    panel: Panel
    policy: Policy
    facts: Mapping[str, Any]
    store: Store
    refused_floor: int | None = None

    @property
    def is_exact(self) -> bool:
        """Whether every user was kept, so that nothing is an estimate."""
        return self.panel.floor_rate >= 1


def open_store(path: Path, floor: str | None) -> Opened:
    """Open a store, once for all visitors until its files change.

    `floor` is the setting that raises the store's own display floor; it cannot lower it. Raises
    DataError when the store cannot be read and UsageError when the floor is not a number of users.
    """
    opened = _open(str(path), stamp_of(path))
    if floor is None or not floor.strip():
        return opened
    if not floor.strip().isdecimal():
        raise UsageError(
            f"{FLOOR_VARIABLE} is {floor!r}, which is not a number of users",
            cure="set it to a whole number from 0 on, or leave it out",
        )
    asked, own = int(floor), opened.policy.display_floor
    if asked < own:
        return replace(opened, refused_floor=asked)
    return replace(opened, policy=replace(opened.policy, display_floor=asked))


@st.cache_resource(show_spinner=False, max_entries=2)
def _open(path: str, stamp: Stamp) -> Opened:
    store, panel = open_panel(Path(path))
    # What a store keeps for good need not be walked whenever Python looks for garbage.
    gc.unfreeze()
    gc.collect()
    gc.freeze()
    return Opened(Path(path), stamp, panel, store.policy, summary(store, panel), store)


P = ParamSpec("P")
T = TypeVar("T")


def once(
    opened: Opened, question: Callable[Concatenate[Opened, P], T], *args: P.args, **named: P.kwargs
) -> T:
    """Return the answer to a question about a store, computed once for all visitors.

    `question` is a function of a module that takes the store first; what it returns is shared and
    must not be changed. Its other arguments are plain values.
    """
    name = f"{question.__module__}.{question.__qualname__}"
    answer: T = _once(opened, opened.stamp, opened.policy, name, args, named, _Ask(question))
    return answer


@dataclass(frozen=True, slots=True)
class _Ask:
    question: Callable[..., Any]


@st.cache_resource(show_spinner=False, max_entries=128)
def _once(
    _opened: Opened, stamp: Stamp, policy: Policy, name: str, args: Any, named: Any, _ask: _Ask
) -> Any:  # fmt: skip
    return _ask.question(_opened, *args, **named)


def categories(opened: Opened) -> frozenset[str]:
    """Return the names of the categories in the store."""
    return frozenset(opened.panel.known.get(CATEGORY, ()))


def choices(opened: Opened, category: str | None) -> Choices:
    """Return what the bar offers: larger categories first, brands of the category first."""
    return once(opened, _choices, category)


def _choices(opened: Opened, category: str | None) -> Choices:
    panel = opened.panel
    known = panel.known
    categories = tuple(panel.table(CATEGORY)["name"]) if CATEGORY in known else ()
    first = brands_of(panel, category, opened.policy) if category in categories and category else []
    brands = (*first, *(name for name in known.get(BRAND, ()) if name not in set(first)))
    baselines = tuple(to_text(Audience(CATEGORY, name)) for name in categories if name != category)
    periods = real_periods(panel.periods)
    until = {period: panel.until(period) for period in periods}
    last = period_end(periods[-1], panel.spec.period) if periods else None
    return Choices(categories, brands, frozenset(first), baselines, periods, last, until)


def default(opened: Opened) -> tuple[str | None, str | None]:
    """Return the category and the brand of the strongest opening in the store."""
    return once(opened, _default)


def _default(opened: Opened) -> tuple[str | None, str | None]:
    return start(opened.panel, opened.policy)


def rows(opened: Opened, view: View) -> pl.DataFrame:
    """Return the openings of a view as insights.openings.SCORED_TABLE, the best first."""
    assert view.category is not None
    return once(
        opened, _rows, view.category, view.brand, view.baseline, view.window, view.language
    )  # fmt: skip


def _rows(
    opened: Opened,
    category: str,
    brand: str | None,
    baseline: str | None,
    window: Window,
    language: str,
) -> pl.DataFrame:
    return scored(
        opened.panel,
        category,
        brand=brand,
        kind=INTEREST,
        baseline=baseline,
        window=window,
        policy=opened.policy,
        language=language,
    )


def rate(opened: Opened, expression: str) -> float:
    """Return the share of users that an expression was counted on."""
    return opened.panel.sample(expression).rate
