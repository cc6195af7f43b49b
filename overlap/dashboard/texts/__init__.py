"""Every sentence of the dashboard, in English and Chinese side by side."""

from __future__ import annotations

from datetime import date

from overlap.dashboard.texts import answers, figures, messages
from overlap.insights.wording import LANGUAGES

LANGUAGE_NAMES = {"en": "EN", "zh": "中文"}

_TEXTS = answers.TEXTS | figures.TEXTS | messages.TEXTS


def text(key: str, language: str, **values: object) -> str:
    """Return a sentence of the dashboard with its values filled in."""
    chosen = _TEXTS[key][LANGUAGES.index(language)]
    return chosen.format(**values) if values else chosen


def keys() -> tuple[str, ...]:
    """Return the key of every sentence."""
    return tuple(_TEXTS)


def day(value: date, language: str) -> str:
    """Write a date the way the language does: 4 May 2026, 2026年5月4日."""
    if language == "zh":
        return f"{value.year}年{value.month}月{value.day}日"
    return f"{value.day} {_MONTHS[value.month - 1]} {value.year}"


_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun",
           "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")  # fmt: skip
