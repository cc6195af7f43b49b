"""The whole truth about a form of few audiences: in or out for every mix of their intensities."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from hashlib import blake2b
from math import prod
from typing import TYPE_CHECKING

import numpy as np

from overlap.expressions.forms import Forms, Literal

if TYPE_CHECKING:
    from numpy.typing import NDArray

MOST_CASES = 1 << 16
"""Cases that are written out: of 16 audiences, of 10 at two intensities each."""


@dataclass(frozen=True, slots=True, eq=False)
class Truth:
    """Whether a user belongs, for every case of how many events they have in each audience.

    `inside` is bool with one axis per audience (the forms' numbers in `atoms`); along it stand the
    users with fewer events than the first of its `steps`, then those who reach each step.
    """

    atoms: tuple[int, ...]
    steps: tuple[tuple[int, ...], ...]
    inside: NDArray[np.bool_]

    def needed(self) -> Truth:
        """Return the same truth by the steps alone that ever make a difference."""
        inside = self.inside
        steps: list[tuple[int, ...]] = []
        for axis, ours in enumerate(self.steps):
            lines = np.moveaxis(inside, axis, 0).reshape(inside.shape[axis], -1)
            differs = (lines[1:] != lines[:-1]).any(axis=1)
            steps.append(tuple(step for step, new in zip(ours, differs, strict=True) if new))
            inside = np.compress(np.concatenate([[True], differs]), inside, axis=axis)
        kept = [axis for axis, ours in enumerate(steps) if ours]
        return Truth(
            tuple(self.atoms[axis] for axis in kept),
            tuple(steps[axis] for axis in kept),
            inside.reshape([inside.shape[axis] for axis in kept]),
        )

    def digest(self, forms: Forms) -> bytes:
        """Return 16 bytes that tell this truth, by its needed steps, from every other."""
        told = "\0".join(
            repr((*forms.name(a), s)) for a, s in zip(self.atoms, self.steps, strict=True)
        )
        bits = np.packbits(self.inside).tobytes()
        return blake2b(
            told.encode("utf-8", "backslashreplace") + b"\0\0" + bits, digest_size=16
        ).digest()


def truth(forms: Forms, literal: Literal) -> Truth | None:
    """Return the truth about a literal, None where it has more than MOST_CASES cases."""
    nodes = forms.reachable(literal)
    levels: dict[int, list[int]] = {}
    for node in nodes:
        audience = forms.audience(node)
        if audience is not None:
            levels.setdefault(forms.atom(node), []).append(audience.at_least)
    # Sums of logarithms would do too, but whole numbers need no care.
    if len(levels) > MOST_CASES.bit_length() or _cases(levels) > MOST_CASES:
        return None
    atoms = tuple(sorted(levels, key=forms.name_order))
    steps = tuple(tuple(sorted(levels[atom])) for atom in atoms)
    shape = tuple(len(ours) + 1 for ours in steps)
    count = prod(shape)
    reached: dict[tuple[int, int], int] = {}
    for axis, (atom, ours) in enumerate(zip(atoms, steps, strict=True)):
        along = np.arange(shape[axis]).reshape([-1 if a == axis else 1 for a in range(len(shape))])
        for number, step in enumerate(ours, start=1):
            cases = np.broadcast_to(along >= number, shape).ravel()
            packed = np.packbits(cases, bitorder="little").tobytes()
            reached[atom, step] = int.from_bytes(packed, "little")
    bits = _evaluate(forms, literal, nodes, reached, (1 << count) - 1)
    raw = np.frombuffer(bits.to_bytes((count + 7) // 8, "little"), dtype=np.uint8)
    inside = np.unpackbits(raw, count=count, bitorder="little").astype(np.bool_).reshape(shape)
    return Truth(atoms, steps, inside)


def _cases(levels: dict[int, list[int]]) -> int:
    return prod(len(steps) + 1 for steps in levels.values())


def _evaluate(
    forms: Forms,
    literal: Literal,
    nodes: list[int],
    reached: dict[tuple[int, int], int],
    everyone: int,
) -> int:
    """Return the cases of a literal as bits, forgetting those of a node after its last use."""
    uses = Counter(part >> 1 for node in nodes for part in forms.parts(node))
    uses[literal >> 1] += 1
    known: dict[int, int] = {}
    for node in nodes:
        audience = forms.audience(node)
        if audience is not None:
            known[node] = reached[forms.atom(node), audience.at_least]
            continue
        bits = everyone
        for part in forms.parts(node):
            other = part >> 1
            bits &= known[other] ^ (everyone if part & 1 else 0)
            uses[other] -= 1
            if not uses[other]:
                del known[other]
        known[node] = bits
    return known[literal >> 1] ^ (everyone if literal & 1 else 0)
