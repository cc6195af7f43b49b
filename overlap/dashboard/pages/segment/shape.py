"""A segment as the pickers show it: lists of expressions as text. Knows no widgets."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from overlap.dashboard import data
from overlap.dashboard.pages.segment.reading import Reading, read_tree, typed, written
from overlap.expressions import Audience, Expression, compose, decompose
from overlap.model import OverlapError


@dataclass(frozen=True, slots=True)
class Shape:
    """What stands in the pickers; groups may be empty or hold one, which no text tells."""

    include: tuple[str, ...] = ()
    any_of: tuple[tuple[str, ...], ...] = ()
    exclude: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether nothing is chosen."""
        return not (self.include or any(self.any_of) or self.exclude)

    def text(self, opened: data.Opened) -> str | None:
        """Return the expression of all of it, None for nothing."""
        if self.is_empty:
            return None

        def trees(values: Sequence[str]) -> list[Expression]:
            return [typed(opened, value) for value in values]

        groups = [trees(group) for group in self.any_of]
        return written(compose(trees(self.include), groups, trees(self.exclude)))

    def mapped(self, change: Callable[[str], str]) -> Shape:
        """Return the shape with each value replaced, those that become equal only once."""

        def each(values: Sequence[str]) -> tuple[str, ...]:
            return tuple(dict.fromkeys(map(change, values)))

        return Shape(each(self.include), tuple(map(each, self.any_of)), each(self.exclude))

    def with_group(self, which: int, values: Sequence[str]) -> Shape:
        """Return the shape with one group replaced, or added behind the last."""
        groups = [*self.any_of, *([()] * (which + 1 - len(self.any_of)))]
        groups[which] = tuple(values)
        return replace(self, any_of=tuple(groups))


def shape_of(reading: Reading) -> Shape | None:
    """Return a reading as the pickers can show it, None where it is richer than that."""
    parts = decompose(reading.tree) if reading.tree is not None else None
    if parts is None:
        return None

    def texts(group: Sequence[Audience]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(map(written, group)))

    return Shape(texts(parts.include), tuple(map(texts, parts.any_of)), texts(parts.exclude))


def audience_of(value: str) -> Audience | None:
    """Return the audience that a value is, None for a longer expression or no expression."""
    try:
        tree = read_tree(value)
    except OverlapError:
        return None
    return tree if isinstance(tree, Audience) else None
