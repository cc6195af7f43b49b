"""An error in the visitor's language: what, where and the cure."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from overlap.dashboard.texts.errors.areas import AREAS, WORDS
from overlap.dashboard.texts.errors.patterns import Phrases
from overlap.dashboard.texts.errors.places import place
from overlap.model import OverlapError


@dataclass(frozen=True, slots=True)
class Said:
    """An error in words; `where` and `cure` may be empty."""

    what: str
    where: str
    cure: str


def said(error: OverlapError, language: str) -> Said:
    """Return an error's message in a language; what has no translation stays English."""
    return Said(
        phrase(error.what, language), _place(error.where, language), phrase(error.cure, language)
    )


def phrase(english: str, language: str) -> str:
    """Return a sentence of an error in a language, as it is where it has no translation."""
    if language == "en" or not english:
        return english
    return phrases().translate(english) or english


@cache
def phrases() -> Phrases:
    """Return all templates, made once."""
    return Phrases(AREAS, WORDS)


def _place(where: str, language: str) -> str:
    """Return a place in a language, line by line; an expression with its carets stays as it is."""
    lines = where.split("\n")
    first = 3 if place(where) is not None else 0
    return "\n".join(
        [
            *lines[:first],
            *(
                phrase(line.strip(), language) if language != "en" else line
                for line in lines[first:]
            ),
        ]
    )
