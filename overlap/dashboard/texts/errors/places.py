"""The place of a mistake in an expression, read back from the carets under it."""

from __future__ import annotations

from dataclasses import dataclass

from overlap.expressions.place import columns


@dataclass(frozen=True, slots=True)
class Place:
    """An expression with what is wrong in it, and the lines of the place that follow it."""

    before: str
    marked: str
    after: str
    rest: str = ""


def place(where: str) -> Place | None:
    """Return the place that `expressions.place.point` has drawn, None for any other text."""
    lines = where.split("\n")
    if len(lines) < 3 or lines[0] or set(lines[2].strip()) != {"^"}:
        return None
    indent = len(lines[1]) - len(lines[1].lstrip(" "))
    # The expression itself may begin with spaces, the carets are never before it.
    indent = min(indent, len(lines[2]) - len(lines[2].lstrip(" ")), 4)
    shown, carets = lines[1][indent:], lines[2][indent:]
    start = columns(carets[: carets.index("^")])
    end = start + carets.count("^")
    before = _until(shown, start)
    marked = _until(shown[len(before) :], end - start)
    rest = "\n".join(line.strip() for line in lines[3:] if line.strip())
    return Place(before, marked, shown[len(before) + len(marked) :], rest)


def _until(text: str, width: int) -> str:
    """Return the beginning of a text that takes so many columns."""
    taken = 0
    for at, char in enumerate(text):
        if taken >= width:
            return text[:at]
        taken += columns(char)
    return text
