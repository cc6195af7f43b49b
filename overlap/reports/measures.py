"""What can be known of a column: the sort of its values, its name in words, its meaning."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Measure(StrEnum):
    """The sort of number in a column, which decides how it is written."""

    TEXT = "text"
    USERS = "users"
    COUNT = "count"
    SHARE = "share"
    CHANGE = "change"
    INDEX = "index"
    SCORE = "score"
    RANK = "rank"
    FLAG = "flag"
    CHANCE = "chance"
    NUMBER = "number"


@dataclass(frozen=True, slots=True)
class Column:
    """A column: the sort of its values, its name in words and its meaning, each as (en, zh)."""

    measure: Measure
    title: tuple[str, str]
    meaning: tuple[str, str]

    def title_in(self, language: str) -> str:
        """Return the name in words in a language, en or zh."""
        return self.title[language == "zh"]

    def meaning_in(self, language: str) -> str:
        """Return the meaning in a language, en or zh."""
        return self.meaning[language == "zh"]


def defined(*columns: tuple[str, Measure, str, str, str, str]) -> Mapping[str, Column]:
    """Return columns by name, given as (name, measure, title, 名称, meaning, 含义)."""
    return {
        name: Column(measure, (title, title_zh), (meaning, meaning_zh))
        for name, measure, title, title_zh, meaning, meaning_zh in columns
    }
