"""What downloads are called: after what they hold, short enough for any disk, never two alike."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Sequence

from overlap.expressions import decompose, leaves, parse
from overlap.model import Window

LONGEST = 240
"""Bytes of a name: disks take 255, and a browser may yet put a number behind it."""
MOST_NAMES = 3
"""A segment's file is named after so many audiences that users are in at the most."""
MOST_WITHOUT = 2
_LONG, _MIDDLE, _SHORT = 60, 36, 30
"""Bytes of a saved name, of audiences of which one is enough, and of one audience's name."""


def file_name(name: str, ending: str) -> str:
    """Return the name of a file for what is named, without signs that a disk would refuse."""
    parts = (re.sub(r"[^\w.-]+", "_", part).strip("_.") for part in name.split("-"))
    stem = "-".join(part for part in parts if part)
    most = LONGEST - len(ending) - 1
    if len(stem.encode()) > most:
        mark = f"_{_mark(name)}"
        stem = _cut(stem, most - len(mark)) + mark
    return f"{stem}.{ending}"


def segment_name(
    expression: str, window: Window | None = None, *, saved: str | None = None, form: str = ""
) -> str:
    """Return what a file of a segment is called, without its ending.

    As `tv-gamers_without-chengguang_meta_1f0c8a9e`: the name it is `saved` under or else whom it
    includes, whom it leaves out, its window, and the `form` of the file. The mark at the end is of
    the expression and the window, as different segments may have the same words.
    """
    inside, without = _said(expression)
    start, end = (window.start, window.end) if window else (None, None)
    words = [_slug(saved, _LONG)] if saved else []
    words = [*filter(None, words)] or inside[:MOST_NAMES] or ["all"]
    words += [f"without-{name}" for name in without[:MOST_WITHOUT]]
    ends = [f"from-{start:%Y%m%d}"] if start else []
    ends += [f"to-{end:%Y%m%d}"] if end else []
    words += ["-".join(ends)] if ends else []
    words += [_slug(form)] if form else []
    return "_".join([*words, _mark(f"{expression} {start} {end}")])


def several_name(expressions: Sequence[str]) -> str:
    """Return what a file of audiences side by side is called, without its ending."""
    words = []
    for expression in expressions[:MOST_NAMES]:
        inside, without = _said(expression)
        words.append("-".join([*inside[:MOST_NAMES], *(f"without-{name}" for name in without)]))
    return "_".join([*(_cut(word, _LONG) for word in words if word), _mark(" ".join(expressions))])


def _said(expression: str) -> tuple[list[str], list[str]]:
    """Return whom an expression includes and whom it leaves out, as words for a file."""
    tree = parse(expression)
    parts = decompose(tree)
    if parts is None:
        inside, without = [_slug(leaf.name) for leaf in dict.fromkeys(leaves(tree))], []
    else:
        inside = [_slug(audience.name) for audience in parts.include]
        inside += ["-or-".join(_slug(a.name, _SHORT // 2) for a in g) for g in parts.any_of]
        without = [_slug(audience.name) for audience in parts.exclude]
    # Of a name of signs alone nothing is left.
    return [_cut(name, _MIDDLE) for name in inside if name], [name or "some" for name in without]


def _slug(name: str, most: int = _SHORT) -> str:
    words = re.sub(r"[\W_]+", "-", unicodedata.normalize("NFC", name).lower()).strip("-")
    return _cut(words, most).rstrip("-")


def _cut(name: str, most: int) -> str:
    """Return as much of a name as fits, whole characters only."""
    return name.encode()[:most].decode(errors="ignore")


def _mark(of: str) -> str:
    return hashlib.sha256(of.encode()).hexdigest()[:8]
