"""What somebody may have meant by an expression with a mistake in it. Knows no widgets."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from overlap import expressions
from overlap.dashboard import data
from overlap.dashboard.pages.segment.reading import (
    SAVED,
    Reading,
    exchanged,
    read,
    read_tree,
    written,
)
from overlap.expressions import Audience, Doubt
from overlap.expressions.place import columns
from overlap.model import OverlapError, Window, nearest
from overlap.workspace import choose, open_workspace

MOST = 4
_LARGE = 20_000
"""Comparing letter by letter takes long over more names than this."""
_INDENT = 4
_SIGNS = (
    (re.compile(r"&&+|\s(?:and|AND|And)\s|[+＋]|\s(?:和|且)\s"), " & "),
    (re.compile(r"\|\|+|\s(?:or|OR|Or)\s|\s或\s"), " | "),
    (re.compile(r"\s(?:and not|AND NOT|not|NOT|without|minus)\s|\s(?:排除|非)\s"), " - "),
    (re.compile(r">\s*=?\s*(?=\d)|=>\s*|(?<![>])=\s*(?=\d)"), ">="),
)


def place(error: OverlapError) -> tuple[str, str, str] | None:
    """Return what stands before, at and after the place that an error points at."""
    lines = error.where.split("\n")
    marks = next((i for i, line in enumerate(lines) if line.strip() and not line.strip(" ^")), 0)
    if not marks:
        return None
    shown, carets = lines[marks - 1][_INDENT:], lines[marks][_INDENT:]
    start, width = len(carets) - len(carets.lstrip()), carets.count("^")
    before = at = ""
    for char in shown:
        if columns(before) < start:
            before += char
        elif columns(at) < width:
            at += char
    return before, at, shown[len(before) + len(at) :]


def culprit(opened: data.Opened, reading: Reading) -> Audience | None:
    """Return the first audience of a reading that is not there, or in several kinds."""
    if reading.tree is None:
        return None
    for leaf in expressions.leaves(reading.tree):
        if leaf.kind != SAVED and not _is_clear(opened, leaf):
            return leaf
    for leaf in expressions.leaves(reading.tree):
        if leaf.kind == SAVED and leaf.name not in saved_names(opened):
            return leaf
    return None


def saved_names(opened: data.Opened) -> tuple[str, ...]:
    """Return the names of the saved segments, none where the workspace cannot be read."""
    try:
        with open_workspace(choose(opened.path)) as workspace:
            return tuple(segment.name for segment in workspace.segments())
    except OverlapError:
        return ()


def suggestions(opened: data.Opened, reading: Reading) -> list[tuple[str, str]]:
    """Return what may have been meant, the likeliest first: a label and the whole new text."""
    found: dict[str, str] = {}
    leaf = culprit(opened, reading)
    if reading.tree is not None and leaf is not None:
        for audience in _near(opened, leaf):
            tree = exchanged(reading.tree, partial(_instead, leaf, audience))
            found.setdefault(written(tree), written(audience))
    elif reading.tree is None:
        for text in _repaired(opened, reading.text):
            found.setdefault(text, text)
    return [(label, text) for text, label in found.items()][:MOST]


def alternatives(opened: data.Opened, reading: Reading) -> list[tuple[Doubt, dict[str, str]]]:
    """Return the names of a reading that may be other audiences: labels and whole new texts."""
    try:
        tree = read_tree(reading.text)
    except OverlapError:
        return []
    found = []
    for doubt in expressions.doubts(tree, opened.panel.known):
        bare = replace(doubt.taken, kind=None, name=doubt.name)
        others = (doubt.taken, *doubt.others)[:MOST]
        new = {
            written(audience): written(exchanged(tree, partial(_instead, bare, audience)))
            for audience in others
        }
        found.append((doubt, new))
    return found


def _instead(wrong: Audience, right: Audience, leaf: Audience) -> Audience:
    return right if leaf == wrong else leaf


def _is_clear(opened: data.Opened, leaf: Audience) -> bool:
    try:
        opened.panel.resolve(leaf)
    except OverlapError:
        return False
    return True


def _near(opened: data.Opened, leaf: Audience) -> Iterator[Audience]:
    known = opened.panel.known
    if leaf.kind == SAVED:
        for name in nearest(leaf.name, saved_names(opened)):
            yield Audience(SAVED, name)
        return
    anywhere = expressions.candidates(Audience(None, leaf.name, leaf.at_least), known)
    yield from anywhere
    if anywhere:
        return
    kinds = [kind for kind in known if kind != "universe"]
    if leaf.kind in known:
        kinds = [kind for kind in known if kind == leaf.kind]
    for name, kind in data.once(opened, nearest_names, leaf.name, tuple(kinds)):
        yield Audience(kind, name, leaf.at_least)


def nearest_names(
    opened: data.Opened, wanted: str, kinds: tuple[str, ...]
) -> tuple[tuple[str, str], ...]:
    """Return the names that look most like a wanted one, with their kinds."""
    known = opened.panel.known
    of: dict[str, str] = {name: kind for kind in reversed(kinds) for name in known[kind]}
    pool = list(of)
    if len(pool) > _LARGE:
        folded = wanted.casefold()
        pool = [
            name for name in pool if name[:1].casefold() == folded[:1] or folded in name.casefold()
        ]
    words = {word: name for name in pool for word in name.split() if len(word) > 1}
    close = nearest(wanted, pool, n=MOST)
    close += [words[word] for word in nearest(wanted, list(words), n=MOST)]
    return tuple((name, of[name]) for name in dict.fromkeys(close))


# --- texts that cannot be read --------------------------------------------------------------------


def _repaired(opened: data.Opened, text: str) -> Iterator[str]:
    """Yield texts like one that cannot be read that can be counted."""
    tried = {text}
    for candidate in _changed(opened, text):
        if candidate in tried:
            continue
        tried.add(candidate)
        reading = read(opened, candidate, Window())
        if reading.spelled is not None:
            yield candidate
        elif reading.tree is not None:
            yield from (new for _, new in suggestions(opened, reading))


def _changed(opened: data.Opened, text: str) -> Iterator[str]:
    plain = text.strip()
    # A name that was written without its quotes.
    quoted = re.sub(
        r"([^\s&|()\"“”:>\-]+:)\s*([^&|()\"“”:>\-]+?)(?=\s*(?:[&|()>]|\s-\s|$))",
        lambda m: f'{m[1]}"{m[2].strip()}"',
        plain,
    )
    yield quoted
    signs = plain
    for pattern, sign in _SIGNS:
        signs = pattern.sub(sign, signs)
    signs = " ".join(signs.split())
    for start in (signs, plain, quoted):
        ends = re.sub(r"^[\s&|\-]+|[\s&|\-]+$", "", start)
        ends = re.sub(r"([&|\-])(?:\s*[&|\-])+", r"\1", ends)
        yield ends
        yield ends + ")" * max(0, ends.count("(") - ends.count(")"))
        yield "(" * max(0, ends.count(")") - ends.count("(")) + ends
        yield ends + '"'
    if _is_one(plain):
        yield str(Audience(None, plain))


def _is_one(text: str) -> bool:
    """Whether a text looks like one name rather than several joined."""
    try:
        read_tree(text)
    except OverlapError:
        return not any(sign in text for sign in '&|()"')
    return False
