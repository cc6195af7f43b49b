"""The pairs of a partition → which of its users are members; sets of users are words of bits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pyarrow as pa

from overlap import expressions, hashing
from overlap.expressions import Audience
from overlap.model import FULL_THETA, IdType, Window, user_dtype
from overlap.panel import Panel
from overlap.segments import kernels
from overlap.segments.plan import NONE, Atom, Plan
from overlap.segments.spool import Pairs

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Bits = NDArray[np.uint64]

_CHECKED = 256
"""Audiences of an expression that are held against the store one by one."""


@dataclass(frozen=True, slots=True)
class Count:
    """How many users an audience has in the events, and how many of them its sketch would keep.

    `theta` is the sketch's threshold; `kept` is None where the store's ids are keyed.
    """

    users: int
    kept: int | None
    theta: int


class Judge:
    """Decides which users of a partition are members, and counts what a store can be held to.

    Partitions may be judged by several threads at once.
    """

    def __init__(
        self, plan: Plan, panel: Panel, window: Window, id_type: IdType, seed: int, *, keyed: bool
    ) -> None:
        self._plan, self._id_type, self._seed, self._keyed = plan, id_type, seed, keyed
        counted = [leaf for leaf, atoms in plan.leaves.items() if atoms][:_CHECKED]
        self._theta = {leaf: panel.sample(leaf, window).theta for leaf in counted}
        self._whole_theta = panel.sample(plan.tree, window).theta
        self._tallies: list[tuple[dict[Audience, tuple[int, int]], int]] = []

    def members(self, pairs: Pairs) -> pl.Series:
        """Return the ids of the members among the users of some pairs, in the order of their keys.

        Partitions follow each other in that order, so that it is the same for any number of them.
        """
        if not len(pairs):
            return pl.Series("user", [], dtype=user_dtype(self._id_type))
        number, first = _numbered(pairs)
        bounds = np.zeros(self._plan.codes + 1, dtype=np.int64)
        grouped = np.empty(len(number), dtype=np.int32)
        kernels.by_code(pairs.codes, number, bounds, grouped)
        ids = self._ids(pairs, first)
        below = _Below(self._hashes(pairs, first, ids))
        everybody = _bits(np.arange(len(first), dtype=np.int32), len(first))
        nobody = np.zeros_like(everybody)
        found: dict[Audience, Bits] = {}

        def leaf(audience: Audience) -> Bits:
            if audience not in found:
                atoms = self._plan.leaves[audience]
                if not atoms:
                    return everybody
                if all(bounds[a.inside] == bounds[a.inside + 1] for a in atoms):
                    return nobody
                found[audience] = _users_of(atoms, audience.at_least, grouped, bounds, len(first))
            return found[audience]

        users = expressions.fold(
            self._plan.tree,
            leaf,
            lambda operands: reduce(np.bitwise_and, operands),
            lambda operands: reduce(np.bitwise_or, operands),
            lambda left, right: left & ~right,
        )
        tally = {
            audience: (_size(found[audience]), below.count(found[audience], theta))
            for audience, theta in self._theta.items()
            if audience in found
        }
        # Appending is one step, whichever thread does it.
        self._tallies.append((tally, below.count(users, self._whole_theta)))
        chosen = np.flatnonzero(np.unpackbits(users.view(np.uint8), bitorder="little"))
        return self._sorted(pairs, first, ids, chosen)

    def leaves(self) -> dict[Audience, Count]:
        """Return what was counted of each audience."""
        found = {}
        for leaf, theta in self._theta.items():
            counted = [tally[leaf] for tally, _ in self._tallies if leaf in tally]
            kept = None if self._keyed else sum(kept for _, kept in counted)
            found[leaf] = Count(sum(users for users, _ in counted), kept, theta)
        return found

    def whole(self, count: int) -> Count:
        """Return what was counted of the expression, which has so many members."""
        kept = None if self._keyed else sum(kept for _, kept in self._tallies)
        return Count(count, kept, self._whole_theta)

    def _ids(self, pairs: Pairs, first: NDArray[np.int32]) -> NDArray[np.int64] | None:
        if pairs.texts is not None:
            return None
        words = np.empty(len(first), dtype=np.uint64)
        kernels.unmix(pairs.keys[first], words)
        return words.view(np.int64)

    def _hashes(
        self, pairs: Pairs, first: NDArray[np.int32], ids: NDArray[np.int64] | None
    ) -> NDArray[np.uint64]:
        if self._keyed:
            return np.empty(0, dtype=np.uint64)
        if ids is None:
            return pairs.keys[first] >> np.uint64(1)
        return hashing.hash_users(pl.Series(ids), seed=self._seed)

    def _sorted(
        self,
        pairs: Pairs,
        first: NDArray[np.int32],
        ids: NDArray[np.int64] | None,
        chosen: NDArray[np.int64],
    ) -> pl.Series:
        keys = pairs.keys[first[chosen]]
        if ids is not None:
            return pl.Series("user", ids[chosen][np.argsort(keys)])
        assert pairs.texts is not None
        texts = pl.Series("user", pairs.texts.take(pa.array(first[chosen])), dtype=pl.String)
        frame = pl.DataFrame({"key": keys, "user": texts})
        # Texts that share a key go by themselves.
        return frame.sort("key", "user")["user"]


class _Below:
    """The users of a partition whose hashes lie below a threshold; nobody's without hashes."""

    def __init__(self, hashes: NDArray[np.uint64]) -> None:
        self._hashes = hashes
        self._known: dict[int, Bits] = {}

    def count(self, users: Bits, theta: int) -> int:
        """Return how many of some users lie below a threshold."""
        if theta >= FULL_THETA:
            return _size(users)
        if theta not in self._known:
            self._known[theta] = np.zeros_like(users)
            kernels.set_below(self._hashes, np.uint64(theta), self._known[theta])
        return int(kernels.count_bits(users, self._known[theta]))


def _numbered(pairs: Pairs) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Return the user of each pair, numbered as they come, and where each came first."""
    n = len(pairs)
    size = 1 << (2 * n).bit_length()
    slot_key, slot = np.empty(size, dtype=np.uint64), np.zeros(size, dtype=np.int32)
    number, first = np.empty(n, dtype=np.int32), np.empty(n, dtype=np.int32)
    if pairs.texts is None:
        found = kernels.number_words(pairs.keys, slot_key, slot, number, first)
    else:
        found = kernels.number_texts(
            pairs.keys, *hashing.text_buffers(pairs.texts), slot_key, slot, number, first
        )
    return number, first[:found].copy()


def _users_of(
    atoms: Sequence[Atom],
    at_least: int,
    grouped: NDArray[np.int32],
    bounds: NDArray[np.int64],
    users: int,
) -> Bits:
    """Return the users with so many events inside the window, of those that count at all."""

    def of(code: int) -> NDArray[np.int32]:
        return grouped[bounds[code] : bounds[code + 1]]

    if at_least == 1 and all(atom.least == 1 for atom in atoms):
        bits = _bits(of(atoms[0].inside), users)
        for atom in atoms[1:]:
            kernels.set_bits(of(atom.inside), bits)
        return bits
    total = np.zeros(users, dtype=np.int64)
    for atom in atoms:
        events = np.bincount(of(atom.inside), minlength=users)
        if atom.least > 1:
            outside = 0 if atom.outside == NONE else np.bincount(of(atom.outside), minlength=users)
            events[events + outside < atom.least] = 0
        total += events
    return _bits(np.flatnonzero(total >= at_least).astype(np.int32), users)


def _bits(number: NDArray[np.int32], users: int) -> Bits:
    bits = np.zeros((users + 63) // 64, dtype=np.uint64)
    kernels.set_bits(number, bits)
    return bits


def _size(users: Bits) -> int:
    return int(kernels.count_bits(users, users))
