"""An error in the visitor's language: what, where and the cure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from overlap.dashboard.texts.errors import paths
from overlap.dashboard.texts.errors.areas import AREAS, WORDS
from overlap.dashboard.texts.errors.browser import in_browser
from overlap.dashboard.texts.errors.patterns import Phrases
from overlap.dashboard.texts.errors.places import place
from overlap.model import OverlapError

_OPTION = re.compile(r"--[a-z][a-z-]*(?: |$)")
"""An option of a command line, which nobody in a browser has typed."""
_UNSAVED = re.compile(r"there is no saved segment |.* has no version \d")


@dataclass(frozen=True, slots=True)
class Said:
    """An error in words; `where` and `cure` may be empty.

    `is_short` says that paths of the server were left out of it, so that the log knows more.
    """

    what: str
    where: str
    cure: str
    is_short: bool = False


def said(error: OverlapError, language: str) -> Said:
    """Return an error's message in a language; what has no translation stays English.

    Files are called by their names alone, whatever folder of the server they are in.
    """
    full = error.what, _asked(error), error.cure
    what, where, cure = full[0], _short(full[1]), full[2]
    if not paths.is_of_audiences(what):
        what, cure = paths.shortened(what), paths.shortened(cure)
    return Said(
        _worded(what, language),
        _place(where, language),
        _worded(cure, language),
        is_short=(what, where, cure) != full,
    )


def phrase(english: str, language: str) -> str:
    """Return a sentence of an error in a language, as it is where it has no translation.

    Files are called by their names alone, as in `said`.
    """
    short = english if paths.is_of_audiences(english) else paths.shortened(english)
    return _worded(short, language)


@cache
def phrases() -> Phrases:
    """Return all templates, made once."""
    return Phrases(AREAS, WORDS)


def _worded(english: str, language: str) -> str:
    if not english:
        return english
    if language == "en":
        return in_browser(english)
    return phrases().translate(english) or english


def _asked(error: OverlapError) -> str:
    """Return the place of an error without the workspace in which a name was not found.

    Where it is kept is nothing that a visitor could mend.
    """
    if not _UNSAVED.match(error.what):
        return error.where
    return "\n".join(error.where.split("\n")[: _drawn(error.where)])


def _short(where: str) -> str:
    """Return a place with files by their names; an expression with its carets stays as it is."""
    lines = where.split("\n")
    first = _drawn(where)
    return "\n".join([*lines[:first], *map(paths.shortened, lines[first:])])


def _place(where: str, language: str) -> str:
    """Return a place in a language, line by line; an expression with its carets stays as it is."""
    lines = where.split("\n")
    first = _drawn(where)
    rest = [_OPTION.sub("", line, count=1) if line.startswith("--") else line
            for line in lines[first:]]  # fmt: skip
    if language != "en":
        rest = [_worded(line.strip(), language) for line in rest]
    return "\n".join([*lines[:first], *rest])


def _drawn(where: str) -> int:
    """Return how many lines of a place draw an expression."""
    return 3 if place(where) is not None else 0
