"""Point at a place in a text, in the columns a terminal shows."""

from __future__ import annotations

import unicodedata

_LEAD = 40
_TRAIL = 34


def _width(char: str) -> int:
    if unicodedata.category(char) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def columns(text: str) -> int:
    """Return how many terminal columns a text takes; Chinese characters take two."""
    return sum(map(_width, text))


def point(text: str, start: int, end: int) -> str:
    """Return two lines, the part of `text` around a place and carets under it.

    `start` and `end` are character offsets; the lines begin with a line break and an indent, so
    that they stay aligned after any label.
    """
    shown = "".join(" " if char.isspace() or char < " " else char for char in text)
    first, last, room = start, start, _LEAD
    while first > 0 and room > 0:
        first -= 1
        room -= _width(shown[first])
    room = _TRAIL
    while last < len(shown) and room > 0:
        room -= _width(shown[last])
        last += 1
    head = "…" if first > 0 else ""
    tail = "…" if last < len(shown) else ""
    before, marked = head + shown[first:start], shown[start : min(end, last)]
    carets = " " * columns(before) + "^" * max(1, columns(marked))
    return f"\n    {head}{shown[first:last]}{tail}\n    {carets}"
