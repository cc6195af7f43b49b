"""Expressions as signed conjunctions: equal parts become one node, and what says nothing goes."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import blake2b
from typing import TypeAlias

from overlap.expressions.facts import Facts
from overlap.expressions.tree import And, Audience, Expression, Minus, Or
from overlap.model import UNIVERSE

Literal: TypeAlias = int
"""Twice the number of a node, and one more where it is negated."""

EVERYBODY: Literal = 0
NOBODY: Literal = 1

_MOST_OPENED = 200_000
"""Parts that are moved up when an "or" around them turns out to be idle.

Only expressions made for it come near: theirs would otherwise take time that grows with the square
of their depth. Past it a conjunction stays inside another, which is as true but less plain.
"""

_Order: TypeAlias = tuple[tuple[str, str, int], int, int, bytes]


class Forms:
    """Nodes that are audiences, or conjunctions of two or more signed nodes that say something.

    A disjunction is the negation of a conjunction of negations. Nodes are numbered so that parts
    come before wholes; equal nodes have one number. Everybody is node 0.
    """

    def __init__(self) -> None:
        self._audience: list[Audience | None] = [None]
        self._atom = [-1]
        self._parts: list[tuple[Literal, ...]] = [()]
        self._order: list[_Order] = [(("", "", 0), 0, 0, b"")]
        self._holds_of_nobody = [True]
        self._leaves: dict[tuple[int, int], int] = {}
        self._wholes: dict[tuple[Literal, ...], int] = {}
        self._atoms: dict[tuple[str | None, str], int] = {}
        self._names: list[tuple[str | None, str]] = []
        self._opened = 0

    # --- what a node is -----------------------------------------------------------------------

    def audience(self, node: int) -> Audience | None:
        """Return the audience that a node is, None for a conjunction."""
        return self._audience[node]

    def atom(self, node: int) -> int:
        """Return the number of an audience's kind and name, −1 for a conjunction."""
        return self._atom[node]

    def name(self, atom: int) -> tuple[str | None, str]:
        """Return the kind and name that a number stands for."""
        return self._names[atom]

    def name_order(self, atom: int) -> tuple[bool, str, str]:
        """Return what kinds and names sort by."""
        kind, name = self._names[atom]
        return kind is not None, kind or "", name

    def parts(self, node: int) -> tuple[Literal, ...]:
        """Return the literals of a conjunction in their order, nothing for an audience."""
        return self._parts[node]

    def order(self, literal: Literal) -> tuple[_Order, int]:
        """Return what literals sort by: first audience, size, contents; never how they came up."""
        return self._order[literal >> 1], literal & 1

    def digest(self, literal: Literal) -> bytes:
        """Return 16 bytes that tell a literal from every other."""
        return _digest(self._order[literal >> 1][3] + (b"-" if literal & 1 else b"+"))

    def reachable(self, literal: Literal) -> list[int]:
        """Return the nodes a literal is made of, parts before wholes."""
        found = {literal >> 1}
        todo = [literal >> 1]
        while todo:
            for part in self._parts[todo.pop()]:
                if part >> 1 not in found:
                    found.add(part >> 1)
                    todo.append(part >> 1)
        return sorted(found)

    def holds_of_nobody(self, literal: Literal) -> bool:
        """Whether a user in no audience at all would belong: such forms start from everybody."""
        return self._holds_of_nobody[literal >> 1] ^ bool(literal & 1)

    def may_open(self, node: int) -> bool:
        """Whether a conjunction inside another may be taken apart once more; see _MOST_OPENED."""
        self._opened += len(self._parts[node])
        return self._opened <= _MOST_OPENED

    # --- making -------------------------------------------------------------------------------

    def leaf(self, audience: Audience) -> Literal:
        """Return the literal of an audience."""
        if (audience.kind, audience.name, audience.at_least) == (*_EVERYBODY, 1):
            return EVERYBODY
        name = (audience.kind, audience.name)
        atom = self._atoms.setdefault(name, len(self._atoms))
        if atom == len(self._names):
            self._names.append(name)
        return self.at_least(atom, audience.at_least)

    def at_least(self, atom: int, events: int) -> Literal:
        """Return the literal of an audience known by its number, at an intensity."""
        node = self._leaves.get((atom, events))
        if node is None:
            kind, name = self._names[atom]
            order = (kind or "", name, events)
            told = "\0".join((repr(kind), name, str(events))).encode("utf-8", "surrogatepass")
            node = self._add(Audience(kind, name, events), atom, (), (order, 0, 1, _digest(told)))
            self._leaves[atom, events] = node
        return 2 * node

    def conjunction(self, literals: Iterable[Literal]) -> Literal:
        """Return the literal for users in all of some literals, simplified."""
        while True:
            facts = Facts(self)
            found = facts.settle(literals)
            if found is None:
                return NOBODY
            if not facts.shortened:
                return self.joined(found)
            literals = found

    def joined(self, literals: Iterable[Literal]) -> Literal:
        """Return the literal of a conjunction whose literals are simplified already."""
        parts = tuple(sorted(literals, key=self.order))
        if len(parts) < 2:
            return parts[0] if parts else EVERYBODY
        node = self._wholes.get(parts)
        if node is None:
            size = sum(self._order[part >> 1][2] for part in parts)
            told = b"&" + b"".join(self.digest(part) for part in parts)
            order = (self._order[parts[0] >> 1][0], 1, size, _digest(told))
            node = self._add(None, -1, parts, order)
            self._wholes[parts] = node
        return 2 * node

    def _add(
        self, audience: Audience | None, atom: int, parts: tuple[Literal, ...], order: _Order
    ) -> int:
        self._audience.append(audience)
        self._atom.append(atom)
        self._parts.append(parts)
        self._order.append(order)
        self._holds_of_nobody.append(bool(parts) and all(map(self.holds_of_nobody, parts)))
        return len(self._atom) - 1

    # --- from trees and back ------------------------------------------------------------------

    def of(self, expr: Expression) -> Literal:
        """Return the literal of a tree."""
        done: list[Literal] = []
        todo: list[tuple[Expression, int] | tuple[list[Literal], int, int]] = [(expr, 0)]
        while todo:
            step = todo.pop()
            if len(step) == 3:
                literals, open_groups, flip = step
                cut = len(done) - open_groups
                literals += done[cut:]
                del done[cut:]
                done.append(self.conjunction(literals) ^ flip)
                continue
            node, sign = step
            if isinstance(node, Audience):
                done.append(self.leaf(node) ^ sign)
                continue
            # What is joined by "or" is gathered as the negation of what is joined by "and".
            flip = int(isinstance(node, Or) != bool(sign))
            literals, groups = self._gather(node, sign ^ flip)
            todo.append((literals, len(groups), flip))
            todo.extend(groups)
        return done[0]

    def _gather(
        self, node: Expression, sign: int
    ) -> tuple[list[Literal], list[tuple[Expression, int]]]:
        """Return all that one conjunction joins, through any depth of the tree."""
        literals: list[Literal] = []
        groups: list[tuple[Expression, int]] = []
        todo = [(node, sign)]
        while todo:
            node, sign = todo.pop()
            if isinstance(node, Audience):
                literals.append(self.leaf(node) ^ sign)
            elif isinstance(node, Or) != bool(sign):
                groups.append((node, sign))
            elif isinstance(node, Minus):
                todo += [(node.left, 0), (node.right, 1)]
            else:
                todo.extend((operand, sign) for operand in node.operands)
        return literals, groups

    def tree(self, literal: Literal) -> Expression:
        """Return a tree that means a literal; what starts from everybody subtracts from it."""
        everyone = Audience(*_EVERYBODY)
        if literal in (EVERYBODY, NOBODY):
            return everyone if literal == EVERYBODY else Minus(everyone, everyone)
        if self.holds_of_nobody(literal):
            return Minus(everyone, self.tree(literal ^ 1))
        made: dict[Literal, Expression] = {}
        todo = [literal]
        while todo:
            wanted = todo[-1]
            audience = self._audience[wanted >> 1]
            if wanted in made or audience is not None:
                made.setdefault(wanted, audience or made[wanted])
                todo.pop()
                continue
            parts = self._parts[wanted >> 1]
            taken = [part for part in parts if not self.holds_of_nobody(part)]
            left = [part ^ 1 for part in parts if self.holds_of_nobody(part)]
            missing = [part for part in (*taken, *left) if part not in made]
            if missing:
                todo.extend(missing)
                continue
            made[wanted] = self._joined(wanted, taken, left, made)
            todo.pop()
        return made[literal]

    def _joined(
        self,
        wanted: Literal,
        taken: list[Literal],
        left: list[Literal],
        made: dict[Literal, Expression],
    ) -> Expression:
        if wanted & 1:
            return Or(tuple(made[part] for part in left))
        kept = [made[part] for part in taken]
        first = And(tuple(kept)) if len(kept) > 1 else kept[0]
        if not left:
            return first
        out = [made[part] for part in left]
        return Minus(first, Or(tuple(out)) if len(out) > 1 else out[0])


_EVERYBODY = (UNIVERSE.kind, UNIVERSE.name)


def _digest(told: bytes) -> bytes:
    return blake2b(told, digest_size=16).digest()
