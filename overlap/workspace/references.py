"""`@name` in an expression stands for a saved segment."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from overlap.expressions.place import point
from overlap.expressions.tree import is_bare
from overlap.members import ALL_PERIODS
from overlap.model import UsageError, Window
from overlap.workspace.records import SavedSegment

if TYPE_CHECKING:
    from overlap.workspace.segments import Workspace

_SIGNS = "@＠"
_CLOSING = {'"': '"', "＂": "＂", "“": "”"}


@dataclass(frozen=True, slots=True)
class Found:
    """An expression without `@`, and the window to ask for; `segments` are those it named."""

    expression: str
    window: Window
    segments: tuple[SavedSegment, ...] = ()


def mentions(text: str) -> bool:
    """Return whether an expression names a saved segment, so that a workspace is needed."""
    return any(name is not None for _, name, _ in _pieces(text))


def replaced(text: str, instead: Callable[[str], str]) -> str:
    """Return an expression with what `instead` makes of its name in place of every `@name`."""
    return "".join(
        piece if name is None else instead(name) for piece, name, _ in _pieces(text)
    )  # fmt: skip


def find(workspace: Workspace, text: str, window: Window | None = None) -> Found:
    """Replace every `@name` of an expression by the expression of the segment saved as `name`.

    A name with spaces or operators goes in double quotes, `@"core TV" - brand:acme`; an id does as
    well. Without a `window` it is the one the segments were saved with. Raises UsageError where no
    such segment is saved, and where segments of different windows meet and none is given.
    """
    parts: list[str] = []
    named: dict[str, SavedSegment] = {}
    for piece, name, (start, end) in _pieces(text):
        if name is None:
            parts.append(piece)
            continue
        try:
            segment = workspace.get(name)
        except UsageError as error:
            raise UsageError(
                error.what,
                where=f"{point(text, start, end)}\n         {error.where}",
                cure=error.cure,
            ) from error
        named[segment.id] = segment
        parts.append(f"({segment.expression})")
    windows = list(dict.fromkeys(segment.window for segment in named.values()))
    if window is None and len(windows) > 1:
        told = ", ".join(
            f"@{segment.name}: {segment.window.start or 'the first'} to "
            f"{segment.window.end or 'the last'} period"
            for segment in named.values()
        )
        raise UsageError(
            "the saved segments have different windows", where=told, cure="give --from and --to"
        )
    if window is None:
        window = windows[0] if windows else ALL_PERIODS
    return Found("".join(parts), window, tuple(named.values()))


def _pieces(text: str) -> list[tuple[str, str | None, tuple[int, int]]]:
    """Cut a text into plain pieces and names of segments, each with its place."""
    pieces: list[tuple[str, str | None, tuple[int, int]]] = []
    at = plain = 0
    while at < len(text):
        if text[at] in _CLOSING:
            at = _after_quotes(text, at)
        elif text[at] not in _SIGNS:
            at += 1
        else:
            name, end = _name(text, at + 1)
            if plain < at:
                pieces.append((text[plain:at], None, (plain, at)))
            pieces.append((text[at:end], name, (at, end)))
            at = plain = end
    if plain < len(text):
        pieces.append((text[plain:], None, (plain, len(text))))
    return pieces


def _after_quotes(text: str, start: int) -> int:
    """Return where a quoted name ends; one that never ends is for the parser to complain of."""
    closing, at = _CLOSING[text[start]], start + 1
    while at < len(text) and text[at] != closing:
        at += 2 if text[at] == "\\" else 1
    return min(at + 1, len(text))


def _name(text: str, start: int) -> tuple[str, int]:
    """Return the name that begins after an @, and where it ends."""
    opening = text[start : start + 1]
    if opening in _CLOSING:
        end = _after_quotes(text, start)
        name, closed = _unquoted(text[start + 1 : end], _CLOSING[opening])
        if not closed:
            raise UsageError(
                "this quote is never closed",
                where=point(text, start, start + 1),
                cure=f"add {_CLOSING[opening]} after the name",
            )
    else:
        end = start
        while end < len(text) and is_bare(text[end]):
            end += 1
        name = text[start:end]
    if not name.strip():
        raise UsageError(
            "expected the name of a saved segment after @",
            where=point(text, start - 1, start),
            cure='for example @gamers, or @"core TV" where the name has spaces or operators',
        )
    return name, end


def _unquoted(text: str, closing: str) -> tuple[str, bool]:
    """Return what stands before the closing quote, escapes resolved, and whether there is one."""
    chars: list[str] = []
    signs = iter(text)
    for sign in signs:
        if sign == closing:
            return "".join(chars), True
        chars.append(next(signs, "") if sign == "\\" else sign)
    return "".join(chars), False
