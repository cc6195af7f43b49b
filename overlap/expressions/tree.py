"""The expression tree: audiences joined by and, or, minus. No data, no recursion."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias, TypeVar

from overlap.model import UsageError

T = TypeVar("T")

MOST_EVENTS = (1 << 32) - 1
"""The largest intensity: events per user are counted in 32 bits."""

_BARE_SIGNS = frozenset("_./#+%'·・")


def is_bare(char: str) -> bool:
    """Return whether a character may stand in a name without quotes.

    Letters, digits and marks of any script, symbols such as emoji, and `_ . / # + % '` may.
    """
    if char.isalnum() or char in _BARE_SIGNS:
        return True
    category = unicodedata.category(char)
    return char > "\x7f" and (category[0] in "LMN" or category == "So")


@lru_cache(maxsize=1 << 14)
def _word(word: str, *, colons: bool) -> str:
    if all(is_bare(char) or (colons and char in ":：") for char in word):
        return word
    return '"' + word.replace("\\", "\\\\").replace('"', '\\"') + '"'


@dataclass(frozen=True, slots=True)
class Audience:
    """A leaf: users of one audience with at least so many events.

    `kind` is None for a bare name that `resolve` has yet to give its kind. Raises UsageError for
    an empty kind or name and for an intensity below 1.
    """

    kind: str | None
    name: str
    at_least: int = 1

    def __post_init__(self) -> None:
        if not self.name or self.kind == "":
            raise UsageError(
                f"an audience needs a name, got kind {self.kind!r} and name {self.name!r}",
                cure="write kind:name, for example interest:gaming",
            )
        if not 1 <= self.at_least <= MOST_EVENTS:
            raise UsageError(
                f"intensity {self.at_least} of audience {self.name!r} is out of range",
                cure=f"give a number of events from 1 to {MOST_EVENTS}",
            )

    def __str__(self) -> str:
        kind = "" if self.kind is None else _word(self.kind, colons=False) + ":"
        name = _word(self.name, colons=self.kind is not None)
        return kind + name + (f">={self.at_least}" if self.at_least > 1 else "")


class _Operator:
    """What And, Or and Minus share: comparison and text that survive any depth."""

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, _Operator):
            return NotImplemented
        todo: list[tuple[object, object]] = [(self, other)]
        while todo:
            left, right = todo.pop()
            if left is right:
                continue
            if type(left) is not type(right):
                return False
            if isinstance(left, Audience):
                if left != right:
                    return False
                continue
            ours, theirs = _children(left), _children(right)
            if len(ours) != len(theirs):
                return False
            todo.extend(zip(ours, theirs, strict=True))
        return True

    def __hash__(self) -> int:
        return _fold(
            self,
            hash,
            lambda parts: hash(("&", *parts)),
            lambda parts: hash(("|", *parts)),
            lambda left, right: hash(("-", left, right)),
        )

    def __str__(self) -> str:
        return "".join(text for text, _ in pieces(self))

    def __repr__(self) -> str:
        return f"parse({str(self)!r})"


def _flat(kind: type[And] | type[Or], operands: Sequence[Expression]) -> tuple[Expression, ...]:
    if len(operands) < 2:
        raise UsageError(f"{kind.__name__} needs at least two operands, got {len(operands)}")
    flat: list[Expression] = []
    for operand in operands:
        if isinstance(operand, (And, Or)) and type(operand) is kind:
            flat.extend(operand.operands)
        else:
            flat.append(operand)
    return tuple(flat)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class And(_Operator):
    """Users in every operand; an And among the operands is merged into this one.

    Raises UsageError for fewer than two operands.
    """

    operands: tuple[Expression, ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "operands", _flat(And, self.operands))


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Or(_Operator):
    """Users in any operand; an Or among the operands is merged into this one.

    Raises UsageError for fewer than two operands.
    """

    operands: tuple[Expression, ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "operands", _flat(Or, self.operands))


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Minus(_Operator):
    """Users of the left side who are not in the right."""

    left: Expression
    right: Expression


Expression: TypeAlias = Audience | And | Or | Minus


def _children(node: object) -> tuple[Expression, ...]:
    match node:
        case And() | Or():
            return node.operands
        case Minus():
            return (node.left, node.right)
        case Audience():
            return ()
    raise TypeError(f"not an expression: {node!r}")


def _fold(
    expr: object,
    leaf: Callable[[Audience], T],
    and_: Callable[[Sequence[T]], T],
    or_: Callable[[Sequence[T]], T],
    minus: Callable[[T, T], T],
) -> T:
    todo: list[tuple[object, bool]] = [(expr, False)]
    done: list[T] = []
    while todo:
        node, ready = todo.pop()
        if isinstance(node, Audience):
            done.append(leaf(node))
            continue
        children = _children(node)
        if not ready:
            todo.append((node, True))
            todo.extend((child, False) for child in reversed(children))
            continue
        parts = done[-len(children) :]
        del done[-len(children) :]
        match node:
            case And():
                done.append(and_(parts))
            case Or():
                done.append(or_(parts))
            case _:
                done.append(minus(parts[0], parts[1]))
    return done[0]


def fold(
    expr: Expression,
    leaf: Callable[[Audience], T],
    and_: Callable[[Sequence[T]], T],
    or_: Callable[[Sequence[T]], T],
    minus: Callable[[T, T], T],
) -> T:
    """Evaluate a tree bottom-up, operands left to right, without recursion.

    `leaf` turns an audience into a value, `and_` and `or_` join two or more values, `minus` takes
    left and right. A leaf that occurs twice is asked for twice: cache in `leaf` if that is dear.
    """
    return _fold(expr, leaf, and_, or_, minus)


_BINDING = {Or: 1, And: 2, Minus: 3, Audience: 4}
_SIGNS = {Or: " | ", And: " & "}


def pieces(expr: object) -> Iterator[tuple[str, Audience | None]]:
    """Yield the canonical text piece by piece, each with its audience if it is one."""
    todo: list[tuple[object, int]] = [(expr, 0)]
    while todo:
        node, least = todo.pop()
        if isinstance(node, str):
            yield node, None
            continue
        if isinstance(node, Audience):
            yield str(node), node
            continue
        parts: list[tuple[object, int]] = []
        if isinstance(node, Minus):
            parts = [(node.left, 3), (" - ", 0), (node.right, 4)]
        elif isinstance(node, (And, Or)):
            for operand in node.operands:
                parts += [(_SIGNS[type(node)], 0), (operand, _BINDING[type(node)] + 1)]
            del parts[0]
        else:
            raise TypeError(f"not an expression: {node!r}")
        if _BINDING[type(node)] < least:
            parts = [("(", 0), *parts, (")", 0)]
        todo.extend(reversed(parts))


def to_text(expr: Expression) -> str:
    """Return the canonical text: fewest parentheses and quotes, so that parse gives it back."""
    return str(expr)


def leaves(expr: Expression) -> tuple[Audience, ...]:
    """Return the distinct audiences of an expression in order of appearance."""
    found: dict[Audience, None] = {}
    todo: list[Expression] = [expr]
    while todo:
        node = todo.pop()
        if isinstance(node, Audience):
            found.setdefault(node)
        else:
            todo.extend(reversed(_children(node)))
    return tuple(found)
