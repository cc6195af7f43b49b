"""Every sentence of the dashboard, in English and Chinese side by side."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from types import ModuleType

from overlap.dashboard.texts import (
    data,
    data_glossary,
    data_precision,
    demand,
    demand_language,
    demand_map,
    export,
    frame,
    openings_answers,
    openings_figures,
    overlaps,
    parts,
    saved,
    segment,
    tour,
    upload,
)
from overlap.insights.wording import LANGUAGES

LANGUAGE_NAMES = {"en": "EN", "zh": "中文"}

MODULES: tuple[ModuleType, ...] = (
    frame, parts, tour, openings_answers, openings_figures, overlaps, segment, export, demand,
    demand_language, demand_map, saved, data, data_precision, data_glossary, upload,
)  # fmt: skip
_TEXTS: dict[str, tuple[str, str]] = {
    key: said for module in MODULES for key, said in module.TEXTS.items()
}


def text(key: str, language: str, **values: object) -> str:
    """Return a sentence of the dashboard with its values filled in."""
    chosen = _TEXTS[key][LANGUAGES.index(language)]
    return chosen.format(**values) if values else chosen


def keys() -> tuple[str, ...]:
    """Return the key of every sentence."""
    return tuple(_TEXTS)


def families() -> Mapping[str, tuple[str, ...]]:
    """Return what is put behind each prefix where a key is put together at run time."""
    return {
        prefix: rests
        for module in MODULES
        for prefix, rests in getattr(module, "FAMILIES", {}).items()
    }


def day(value: date, language: str) -> str:
    """Write a date the way the language does: 4 May 2026, 2026年5月4日."""
    if language == "zh":
        return f"{value.year}年{value.month}月{value.day}日"
    return f"{value.day} {_MONTHS[value.month - 1]} {value.year}"


_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun",
           "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")  # fmt: skip
