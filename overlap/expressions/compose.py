"""Segments as people build them: all of these, any of those, none of these; and back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from overlap.expressions.normal import EVERYONE
from overlap.expressions.tree import And, Audience, Expression, Minus, Or


@dataclass(frozen=True, slots=True)
class Parts:
    """A segment in three lists: in every one of `include`, in any one of each group, in no other.

    With nothing to include and no group it starts from all users.
    """

    include: tuple[Audience, ...] = ()
    any_of: tuple[tuple[Audience, ...], ...] = ()
    exclude: tuple[Audience, ...] = ()


def compose(
    include: Sequence[Expression] = (),
    any_of: Sequence[Sequence[Expression]] = (),
    exclude: Sequence[Expression] = (),
) -> Expression:
    """Return `a & b & (c | d) - (e | f)`: users in all, in any one of each group, in none.

    A group of one is as good as included; an empty group asks for nothing. Without anything to be
    in, the users excluded are taken from all (`universe:all - (e | f)`).
    """
    wanted = [*include, *(_any(group) for group in any_of if group)]
    inside = And(tuple(wanted)) if len(wanted) > 1 else wanted[0] if wanted else EVERYONE
    return Minus(inside, _any(exclude)) if exclude else inside


def decompose(expr: Expression) -> Parts | None:
    """Return the parts that compose an expression, None where it has no such shape.

    `compose(*parts)` means the same users, and parts of audiences with groups of two or more come
    back as they were. Only the shape counts, through any parentheses and chain of minuses:
    `a - b & c - d` has it; `a & b | c` and `a - (b & c)` have not. No recursion.
    """
    include: list[Audience] = []
    any_of: list[tuple[Audience, ...]] = []
    exclude: list[Audience] = []
    todo: list[tuple[Expression, bool]] = [(expr, True)]
    while todo:
        node, inside = todo.pop()
        if isinstance(node, Audience):
            (include if inside else exclude).append(node)
        elif isinstance(node, And) and inside:
            todo.extend((operand, True) for operand in reversed(node.operands))
        elif isinstance(node, Minus) and inside:
            todo += [(node.right, False), (node.left, True)]
        elif isinstance(node, Or) and not inside:
            todo.extend((operand, False) for operand in reversed(node.operands))
        elif isinstance(node, Or):
            group = tuple(operand for operand in node.operands if isinstance(operand, Audience))
            if len(group) < len(node.operands):
                return None
            any_of.append(group)
        else:
            return None
    if include == [EVERYONE] and not any_of:
        include = []
    return Parts(tuple(include), tuple(any_of), tuple(exclude))


def _any(group: Sequence[Expression]) -> Expression:
    return Or(tuple(group)) if len(group) > 1 else group[0]
