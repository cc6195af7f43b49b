"""What the visitor looks at, and how a link carries it. Knows nothing of Streamlit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from overlap.insights.wording import LANGUAGES
from overlap.members import ALL_PERIODS
from overlap.model import NO_PERIOD, Window, nearest

HOME = "openings"
SHARED = ("store", "category", "brand", "baseline", "from", "to", "opening", "lang")
"""The parameters of a link that all pages share; no page may name one of its own like them."""


@dataclass(frozen=True, slots=True)
class View:
    """One view of the dashboard: everything a link has to carry.

    `store` is None for the store that is served, `brand` and `baseline` for no brand and for all
    users, `start` and `end` for an open end of the window, and `opening` while the first row is
    looked at. `asked` are the parameters of the page's own, which all others leave alone.
    """

    category: str | None = None
    brand: str | None = None
    baseline: str | None = None
    start: date | None = None
    end: date | None = None
    opening: str | None = None
    language: str = "en"
    store: str | None = None
    page: str = HOME
    asked: Mapping[str, str] = field(default_factory=dict)

    @property
    def window(self) -> Window:
        """The periods looked at."""
        return Window(self.start, self.end)


@dataclass(frozen=True, slots=True)
class Choices:
    """What can be chosen in a store, the likeliest first.

    `present` are the brands with enough users in the category to compare their strength, `last_day`
    is the last day of the last of the `periods`, `until` the last days of them that have data.
    """

    categories: tuple[str, ...] = ()
    brands: tuple[str, ...] = ()
    present: frozenset[str] = frozenset()
    baselines: tuple[str, ...] = ()
    periods: tuple[date, ...] = ()
    last_day: date | None = None
    until: Mapping[date, date] = field(default_factory=dict)

    @property
    def has_periods(self) -> bool:
        """Whether there is a window to choose."""
        return len(self.periods) > 1


@dataclass(frozen=True, slots=True)
class Note:
    """Something about a link that had to be changed: a key of the texts, and its values."""

    key: str
    values: Mapping[str, str] = field(default_factory=dict)


def from_query(
    query: Mapping[str, str], language: str = "en", page: str = HOME
) -> tuple[View, list[Note]]:
    """Read a view from the parameters of a link; `language` is used where the link has none."""
    notes: list[Note] = []

    def day(name: str) -> date | None:
        text = query.get(name)
        if not text:
            return None
        try:
            return date.fromisoformat(text)
        except ValueError:
            notes.append(Note("unknown_period", {"wanted": text}))
            return None

    asked = query.get("lang", "")
    if asked and asked not in LANGUAGES:
        notes.append(Note("unknown_language", {"wanted": asked}))
    view = View(
        category=query.get("category") or None,
        brand=query.get("brand") or None,
        baseline=query.get("baseline") or None,
        start=day("from"),
        end=day("to"),
        opening=query.get("opening") or None,
        language=asked if asked in LANGUAGES else language,
        store=query.get("store") or None,
        page=page,
        asked={name: value for name, value in query.items() if name not in SHARED and value},
    )
    return view, notes


def to_query(view: View) -> dict[str, str]:
    """Return the parameters of a link that restores a view."""
    values = {
        "store": view.store,
        "category": view.category,
        "brand": view.brand,
        "baseline": view.baseline,
        "from": view.start.isoformat() if view.start else None,
        "to": view.end.isoformat() if view.end else None,
        "opening": view.opening,
        "lang": view.language,
        **view.asked,
    }
    return {name: value for name, value in values.items() if value}


def choose(
    view: View, choices: Choices, default: tuple[str | None, str | None]
) -> tuple[View, list[Note]]:
    """Return a view whose category, brand and periods are in the store, and what was changed.

    `default` is the category and the brand for a visitor who asked for neither. The baseline is an
    expression, and the rows of openings are known later: neither is looked at here.
    """
    notes: list[Note] = []
    if view.category is None:
        category, brand = default
        view = replace(view, category=category, brand=view.brand or brand)
    elif view.category not in choices.categories:
        notes.append(_unknown("unknown_category", view.category, choices.categories, default[0]))
        view = replace(view, category=default[0], brand=view.brand or default[1], opening=None)
    if view.brand is not None and view.brand not in choices.brands:
        notes.append(_unknown("unknown_brand", view.brand, choices.brands, None))
        view = replace(view, brand=None)
    elif view.brand is not None and view.brand not in choices.present:
        values = {"brand": view.brand, "category": view.category or ""}
        notes.append(Note("brand_elsewhere", values))
        view = replace(view, brand=None)
    view, found = _in_data(view, choices)
    notes += found
    start, found = _period(view.start, choices, first=True)
    notes += found
    end, found = _period(view.end, choices, first=False)
    notes += found
    return replace(view, start=start, end=end), notes


def _in_data(view: View, choices: Choices) -> tuple[View, list[Note]]:
    """Return a view whose window begins before it ends and has data; all data where it has none."""
    notes: list[Note] = []
    if view.window == ALL_PERIODS:
        return view, notes
    if not choices.periods:
        return replace(view, start=None, end=None), [Note("window_without_periods")]
    if view.start and view.end and view.start > view.end:
        view = replace(view, start=view.end, end=view.start)
        notes.append(Note("window_reversed", _ends(view.start, view.end)))
    first, last = choices.periods[0], choices.last_day or choices.periods[-1]
    if (view.start or last) > last or (view.end or first) < first:
        values = {**_ends(view.start or first, view.end or last), "first": str(first)}
        notes.append(Note("window_outside", {**values, "last": str(last)}))
        return replace(view, start=None, end=None), notes
    start = max(view.start, first) if view.start else None
    end = min(view.end, last) if view.end else None
    if (start, end) != (view.start, view.end):
        notes.append(Note("window_beyond", {"first": str(first), "last": str(last)}))
    return replace(view, start=start, end=end), notes


def _ends(start: date | None, end: date | None) -> dict[str, str]:
    return {"start": str(start), "end": str(end)}


def _unknown(key: str, wanted: str, known: Sequence[str], instead: str | None) -> Note:
    close = nearest(wanted, known, n=1)
    return Note(
        key, {"wanted": wanted, "instead": instead or "", "nearest": close[0] if close else ""}
    )


def _period(day: date | None, choices: Choices, *, first: bool) -> tuple[date | None, list[Note]]:
    """Return the period that holds a day, None where the window is open at that end anyway."""
    if day is None or not choices.has_periods:
        return None, []
    held = max((p for p in choices.periods if p <= day), default=choices.periods[0])
    notes = []
    if held != day and not (day == choices.last_day and held == choices.periods[-1]):
        notes.append(Note("period_moved", {"wanted": day.isoformat(), "instead": held.isoformat()}))
    end = choices.periods[0] if first else choices.periods[-1]
    return None if held == end else held, notes


def real_periods(periods: Sequence[date]) -> tuple[date, ...]:
    """Return the periods that a window can be made of: none where data has no periods."""
    return tuple(p for p in periods if p != NO_PERIOD)
