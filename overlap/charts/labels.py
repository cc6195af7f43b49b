"""Where the names of bubbles go, so that none covers another or a bubble."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

LINE = 15.0
"""Height of a line of text, in pixels."""
_GAP = 4.0
_SIDES = (
    ("middle right", 1, 0),
    ("middle left", -1, 0),
    ("top center", 0, 1),
    ("bottom center", 0, -1),
)
_WIDE, _NARROW, _FIRST_WIDE = 12.5, 6.9, 0x2E80
"""Widths of a Chinese and of another character, in pixels, and where the former begin."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A bubble in pixels from the lower left corner of the plot."""

    name: str
    x: float
    y: float
    radius: float


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in pixels."""

    left: float
    right: float
    bottom: float
    top: float

    def meets(self, other: Box) -> bool:
        """Whether two rectangles share more than an edge."""
        return (
            self.left < other.right
            and other.left < self.right
            and self.bottom < other.top
            and other.bottom < self.top
        )

    def inside(self, width: float, height: float) -> bool:
        """Whether the rectangle lies within a plot of this size."""
        return self.left >= 0 and self.right <= width and self.bottom >= 0 and self.top <= height


def place(
    spots: Sequence[Spot],
    order: Sequence[str],
    size: tuple[float, float],
    most: int,
) -> dict[str, str]:
    """Return the side of its bubble that each name goes to, in plotly's words.

    Names are tried in `order`, at most `most` are placed, and one that would cover a bubble or
    another name on all four sides is left out.
    """
    by_name = {spot.name: spot for spot in spots}
    bubbles = {spot.name: _around(spot) for spot in spots}
    labels: list[Box] = []
    placed: dict[str, str] = {}
    for name in order:
        if len(placed) >= most:
            break
        taken = [*labels, *(box for other, box in bubbles.items() if other != name)]
        for side, dx, dy in _SIDES:
            box = label_box(by_name[name], dx, dy)
            if box.inside(*size) and not any(box.meets(other) for other in taken):
                labels.append(box)
                placed[name] = side
                break
    return placed


def label_box(spot: Spot, dx: int, dy: int) -> Box:
    """Return the rectangle of a bubble's name to the right, left, top or bottom of it."""
    width, away = text_width(spot.name), spot.radius + _GAP
    if dx:
        left = spot.x + away if dx > 0 else spot.x - away - width
        return Box(left, left + width, spot.y - LINE / 2, spot.y + LINE / 2)
    bottom = spot.y + away if dy > 0 else spot.y - away - LINE
    return Box(spot.x - width / 2, spot.x + width / 2, bottom, bottom + LINE)


def names_margin(names: Iterable[str], size: float = 12.0) -> int:
    """Return the margin, in pixels, that names beside a vertical axis want.

    A chart whose margin is too small for them is drawn twice, the first time in vain.
    """
    return round(max(map(text_width, names), default=0.0) * size / 12 + 14)


def text_width(text: str) -> float:
    """Return the width of a text of 12 pixels, roughly."""
    return sum(_WIDE if ord(c) >= _FIRST_WIDE else _NARROW for c in text)


def _around(spot: Spot) -> Box:
    return Box(
        spot.x - spot.radius, spot.x + spot.radius, spot.y - spot.radius, spot.y + spot.radius
    )
