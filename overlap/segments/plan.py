"""An expression → what to look for in the events, and how occurrences decide on a user."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from overlap import expressions
from overlap.audiences import AudienceDefinition, tag_columns
from overlap.events import RowCounts
from overlap.expressions import Audience, Expression
from overlap.members import ALL_PERIODS
from overlap.model import UNIVERSE, AudienceKey, DataError, Window
from overlap.segments.sources import Reading

NONE = -1
"""The code of what is not looked for."""


@dataclass(frozen=True, slots=True)
class Atom:
    """Occurrences of an audience in one reading, by their codes inside and outside the window.

    Only users with `least` of them, inside or outside, count at all.
    """

    inside: int
    outside: int = NONE
    least: int = 1


@dataclass(slots=True)
class Wanted:
    """What to look for in one reading: codes (inside, outside the window) by kind and name.

    `defined` also has the definition, without its minimum and with its window settled.
    """

    default: dict[str, dict[str, tuple[int, int]]] = field(default_factory=dict)
    universe: tuple[int, int] | None = None
    defined: dict[AudienceKey, tuple[AudienceDefinition, tuple[int, int]]] = field(
        default_factory=dict
    )


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """An expression to be decided user by user.

    `leaves` are its audiences with the atoms of each; without atoms an audience is the universe,
    where whoever is looked at belongs to it. `wanted` goes with the readings, `codes` counts codes.
    """

    tree: Expression
    leaves: Mapping[Audience, tuple[Atom, ...]]
    wanted: tuple[Wanted, ...]
    codes: int


def make_plan(
    tree: Expression,
    window: Window,
    readings: Sequence[Reading],
    rows: Sequence[RowCounts | None],
) -> Plan:
    """Return the plan for a resolved expression.

    `rows` are the counts of the readings that have a definition with `last_days`. Raises DataError
    for an audience that these readings cannot make.
    """
    leaves = expressions.leaves(tree)
    wanted = tuple(Wanted() for _ in readings)
    atoms: dict[AudienceKey, list[Atom]] = {}
    codes = 0
    for key in dict.fromkeys(_key(leaf) for leaf in leaves):
        found = atoms.setdefault(key, [])
        for reading, looked, counts in zip(readings, wanted, rows, strict=True):
            definition = next((a for a in reading.definitions.audiences if a.key == key), None)
            outside = NONE
            if definition is not None and definition.min_events > 1 and window != ALL_PERIODS:
                outside = codes + 1
            pair = (codes, outside)
            if key == UNIVERSE:
                if not _needs_everybody(tree):
                    continue
                looked.universe = pair
            elif definition is not None:
                looked.defined[key] = (_settled(definition, counts), pair)
            elif _has_defaults(reading, key.kind):
                looked.default.setdefault(key.kind, {})[key.name] = pair
            else:
                continue
            found.append(Atom(*pair, definition.min_events if definition else 1))
            codes += 1 if outside == NONE else 2
        if not found and key != UNIVERSE:
            raise DataError(
                f"the audience {key} of this store cannot be made of these events",
                where=", ".join(reading.events.sources[0] for reading in readings[:3]),
                cure="give the events that it was built from",
            )
    return Plan(tree, {leaf: tuple(atoms[_key(leaf)]) for leaf in leaves}, wanted, codes)


def needs_last_event(reading: Reading, tree: Expression) -> bool:
    """Whether a definition in the expression counts days back from the last event."""
    keys = {_key(leaf) for leaf in expressions.leaves(tree)}
    return any(a.last_days is not None and a.key in keys for a in reading.definitions.audiences)


def _key(leaf: Audience) -> AudienceKey:
    return AudienceKey(leaf.kind or "", leaf.name)


def _has_defaults(reading: Reading, kind: str) -> bool:
    return kind in tag_columns(reading.events) and reading.definitions.rule(kind).defaults


def _needs_everybody(tree: Expression) -> bool:
    """Whether users with no other event of the expression can be in it, or must be counted."""
    leaves = expressions.leaves(tree)
    if any(_key(leaf) == UNIVERSE and leaf.at_least > 1 for leaf in leaves):
        return True

    def leaf(audience: Audience) -> bool:
        return _key(audience) == UNIVERSE

    def minus(left: bool, right: bool) -> bool:
        return left and not right

    return expressions.fold(tree, leaf, all, any, minus)


def _settled(definition: AudienceDefinition, counts: RowCounts | None) -> AudienceDefinition:
    """Return the definition with plain dates, and without the minimum, which is counted later."""
    start = definition.start
    if definition.last_days is not None:
        last = counts.last_event if counts else None
        # Without a dated event no day is among the last.
        start = last.date() - timedelta(days=definition.last_days - 1) if last else date.max
    return replace(definition, min_events=1, start=start, last_days=None)
