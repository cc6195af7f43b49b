"""What must hold of a user in all of some literals: the simplest literals that say the same."""

from __future__ import annotations

import heapq
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from overlap.expressions.forms import Forms, Literal

_NEVER = 1 << 33
_MOST_COMPARISONS = 200_000
"""Clauses are compared with one another up to this many looks: past it they all stay."""


class Facts:
    """A conjunction being simplified.

    Of each audience it knows the least events and the events that are not reached; everything else
    is a clause, a negated conjunction: at least one of its parts must fail. Clauses lose the parts
    that cannot fail (those that hold already) and are dropped when one part fails for sure.
    `shortened` says whether any was. Only clauses as they were given count as known, so that the
    outcome does not hang on the order of looking; settle it again while clauses were shortened.
    """

    def __init__(self, forms: Forms) -> None:
        self._forms = forms
        self._least: dict[int, int] = {}
        self._below: dict[int, int] = {}
        self._clauses: set[Literal] = set()
        self._given: set[Literal] = set()
        self._sealed: set[Literal] = set()
        self.shortened = False
        self._watching: dict[int, list[Literal]] = {}
        self._queue: list[tuple[int, Literal]] = []
        self._queued: set[Literal] = set()

    def settle(self, literals: Iterable[Literal]) -> list[Literal] | None:
        """Return literals that say what all the given ones say together, None if they clash."""
        if not self._take(literals):
            return None
        while self._queue:
            # Short clauses first: they are the ones that bring new facts.
            clause = heapq.heappop(self._queue)[1]
            self._queued.discard(clause)
            if clause in self._clauses and not self._look(clause):
                return None
        at_least = self._forms.at_least
        return [
            *(at_least(atom, events) for atom, events in self._least.items()),
            *(at_least(atom, events) ^ 1 for atom, events in self._below.items()),
            *_strongest(self._forms, self._clauses),
            *self._sealed,
        ]

    def _take(self, literals: Iterable[Literal]) -> bool:
        """Add literals; False if they clash with what is known."""
        todo = list(literals)
        while todo:
            literal = todo.pop()
            node, negated = literal >> 1, literal & 1
            audience = self._forms.audience(node)
            if node == 0:
                if negated:
                    return False
            elif audience is not None:
                if not self._bound(self._forms.atom(node), audience.at_least, negated):
                    return False
            elif negated:
                self._given.add(literal)
                self._watch(literal)
                self._wake(literal)
            elif self._forms.may_open(node):
                todo.extend(self._forms.parts(node))
            else:
                self._given.add(literal)
                self._sealed.add(literal)
                self._wake(literal)
        return True

    def _bound(self, atom: int, events: int, negated: int) -> bool:
        least, below = self._least.get(atom, 0), self._below.get(atom, _NEVER)
        if negated and events < below:
            self._below[atom] = below = events
        elif not negated and events > least:
            self._least[atom] = least = events
        else:
            return True
        self._wake(-1 - atom)
        return least < below

    # --- clauses ------------------------------------------------------------------------------

    def _watch(self, clause: Literal) -> None:
        if clause in self._clauses:
            return
        self._clauses.add(clause)
        for part in self._forms.parts(clause >> 1):
            # A part that is itself a clause fails when all of a conjunction holds.
            for inner in (part, *self._forms.parts(part >> 1)):
                atom = self._forms.atom(inner >> 1)
                self._watching.setdefault(-1 - atom if atom >= 0 else inner, []).append(clause)
        self._enqueue(clause)

    def _wake(self, what: int) -> None:
        for clause in self._watching.get(what, ()):
            self._enqueue(clause)

    def _enqueue(self, clause: Literal) -> None:
        if clause in self._clauses and clause not in self._queued:
            self._queued.add(clause)
            heapq.heappush(self._queue, (len(self._forms.parts(clause >> 1)), clause))

    def _look(self, clause: Literal) -> bool:
        """Drop or shorten a clause by what is known; False if it cannot hold."""
        parts = self._forms.parts(clause >> 1)
        open_parts: list[Literal] = []
        for part in parts:
            holds = self._holds(part)
            if holds is False:
                self._clauses.discard(clause)
                return True
            if holds is None:
                open_parts.append(part)
        if len(open_parts) == len(parts):
            return True
        self._clauses.discard(clause)
        rest = self._forms.joined(open_parts) ^ 1
        if len(open_parts) < 2:
            return self._take([rest])
        self.shortened = True
        self._watch(rest)
        return True

    def _holds(self, literal: Literal) -> bool | None:
        """Say whether a part of a clause holds for sure, fails for sure, or neither."""
        known = self._known(literal)
        parts = self._forms.parts(literal >> 1)
        if known is not None or not parts or not literal & 1:
            return known
        # The literal is a clause of its own; it fails where all that it negates holds.
        inner = [self._known(part) for part in parts]
        if False in inner:
            return True
        return None if None in inner else False

    def _known(self, literal: Literal) -> bool | None:
        node, negated = literal >> 1, bool(literal & 1)
        atom = self._forms.atom(node)
        if atom < 0:
            return True if literal in self._given else None
        audience = self._forms.audience(node)
        events = audience.at_least if audience is not None else 1
        if self._least.get(atom, 0) >= events:
            return not negated
        if self._below.get(atom, _NEVER) <= events:
            return negated
        return None


class _Clause:
    """A clause's parts by what they are about, to see which clause follows from which."""

    def __init__(self, forms: Forms, literal: Literal) -> None:
        self.literal = literal
        self.parts = forms.parts(literal >> 1)
        self.others = {part for part in self.parts if forms.atom(part >> 1) < 0}
        self.signs: dict[tuple[int, int], int] = {}
        for part in self.parts:
            audience = forms.audience(part >> 1)
            if audience is not None:
                self.signs[forms.atom(part >> 1), part & 1] = audience.at_least
        self.about = [*self.others, *((-1 - atom, sign) for atom, sign in self.signs)]

    def follows_from(self, other: _Clause) -> bool:
        """Whether this clause holds wherever the other, shorter one does."""
        if not other.others <= self.others:
            return False
        for (atom, sign), events in other.signs.items():
            ours = self.signs.get((atom, sign))
            # One that must not have 5 events, or must have 3, may have fewer than 5, or 3.
            if ours is None or (ours > events if sign else ours < events):
                return False
        return True


def _strongest(forms: Forms, clauses: set[Literal]) -> list[Literal]:
    """Return the clauses that do not follow from another one."""
    if len(clauses) < 2:
        return list(clauses)
    found = [_Clause(forms, literal) for literal in clauses]
    by_about: dict[object, list[_Clause]] = {}
    for clause in found:
        for about in clause.about:
            by_about.setdefault(about, []).append(clause)
    # Whatever follows from a clause is about all that the clause is about: look at the rarest.
    rarest = [min((by_about[about] for about in clause.about), key=len) for clause in found]
    looks = sum(len(near) * len(clause.parts) for near, clause in zip(rarest, found, strict=True))
    if looks > _MOST_COMPARISONS:
        return list(clauses)
    weak = {
        other.literal
        for near, clause in zip(rarest, found, strict=True)
        for other in near
        if other is not clause and other.follows_from(clause)
    }
    return [literal for literal in clauses if literal not in weak]
