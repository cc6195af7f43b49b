"""Kept memberships as arrays, by audience and by user, and the counts they give in one pass."""

from __future__ import annotations

from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from overlap import kernels
from overlap.model import Window
from overlap.sketches import Sketches

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Counts = NDArray[np.int64]
    Mask = NDArray[np.bool_]

ALL_PERIODS = Window()


_WINDOWS = 8
"""Windows whose memberships are remembered."""


class Members:
    """The memberships of a store's kept users, numbered in the order of their hashes.

    `hash` uint64[users] ascends; `user` uint32[memberships] lies audience by audience, ascending
    within each, audience a at of[a] … of[a + 1]; a membership's periods and events are the entries
    entry[m] … entry[m + 1].
    """

    def __init__(self, sketches: Sketches) -> None:
        self.hash, user = sketches.numbering()
        audience = sketches.entries["audience"].to_numpy()
        days = sketches.entries["period"].to_physical().to_numpy()
        self._days = np.unique(days)
        self.entry_period = np.searchsorted(self._days, days).astype(np.uint16)
        self.entry_events = sketches.entries["events"].to_numpy()
        first = np.ones(len(user), dtype=bool)
        first[1:] = (user[1:] != user[:-1]) | (audience[1:] != audience[:-1])
        self.entry = np.append(np.flatnonzero(first), len(user))
        self.user = user[first]
        counts = np.bincount(audience[first], minlength=len(sketches.audiences))
        self.of = np.concatenate([[0], np.cumsum(counts)])
        self._used: dict[Window, Mask] = {}
        self._hits: dict[Window, Counts] = {}
        self._groups: dict[int, NDArray[np.uint8]] = {}

    @property
    def periods(self) -> tuple[date, ...]:
        """First days of the periods, ascending."""
        return tuple(pl.Series(self._days).cast(pl.Date))

    def users_of(
        self, code: int, at_least: int = 1, window: Window = ALL_PERIODS
    ) -> NDArray[np.uint32]:
        """Return the kept users of an audience with so many events in a window, ascending."""
        members = slice(int(self.of[code]), int(self.of[code + 1]))
        users = self.user[members]
        if at_least == 1 and window == ALL_PERIODS:
            return users
        return users[self.events(members, window) >= at_least]

    def hits(self, codes: NDArray[np.int64], window: Window = ALL_PERIODS) -> Counts:
        """Return the numbers of kept users of some audiences with events in a window."""
        if window == ALL_PERIODS:
            counts: Counts = self.of[codes + 1] - self.of[codes]
        elif len(codes) == 1:
            counts = np.array([self._hits_of(int(codes[0]), window)])
        else:
            counts = self._active(window)[codes]
        return counts

    def by_period(self, code: int) -> Counts:
        """Return the kept users of an audience who are active in each period, int64[periods]."""
        counts: Counts = np.bincount(
            self.entry_period[self._entries_of(code)], minlength=len(self._days)
        )
        return counts

    def _hits_of(self, code: int, window: Window) -> int:
        inside = np.flatnonzero(within(self._days, window))
        if len(inside) != 1:
            return len(self.users_of(code, 1, window)) if len(inside) else 0
        # A user has one entry a period, so that nobody is counted twice.
        return int(np.count_nonzero(self.entry_period[self._entries_of(code)] == inside[0]))

    def _entries_of(self, code: int) -> slice:
        return slice(int(self.entry[self.of[code]]), int(self.entry[self.of[code + 1]]))

    def events(self, members: slice, window: Window = ALL_PERIODS) -> Counts:
        """Return the events of each of some memberships within a window."""
        bounds = self.entry[members.start : members.stop + 1]
        entries = slice(int(bounds[0]), int(bounds[-1]))
        events = self.entry_events[entries].astype(np.int64)
        if window != ALL_PERIODS:
            events *= within(self._days, window)[self.entry_period[entries]]
        if not len(events):
            return events
        sums: Counts = np.add.reduceat(events, bounds[:-1] - bounds[0])
        return sums

    def used(self, window: Window) -> Mask:
        """Return which memberships have events within a window; empty where all do."""
        if window == ALL_PERIODS:
            return np.empty(0, dtype=bool)
        # Threads share this: what one of them forgets, another may be about to look up.
        found = self._used.get(window)
        if found is None:
            inside = within(self._days, window)[self.entry_period]
            found = np.logical_or.reduceat(inside, self.entry[:-1]) if len(inside) else inside
            if len(self._used) >= _WINDOWS:
                self._used.clear()
            self._used[window] = found
        return found

    def _active(self, window: Window) -> Counts:
        """Return the number of kept users of every audience in a window."""
        found = self._hits.get(window)
        if found is None:
            places = np.searchsorted(np.flatnonzero(self.used(window)), self.of)
            found = np.diff(places)
            if len(self._hits) >= _WINDOWS:
                self._hits.clear()
            self._hits[window] = found
        return found

    def groups(self, count: int) -> NDArray[np.uint8]:
        """Return a random group of each user, by the remainder of the hash; count at most 256."""
        if count not in self._groups:
            self._groups[count] = (self.hash % np.uint64(count)).astype(np.uint8)
        return self._groups[count]

    def tally(
        self, users: NDArray[np.uint32], group: NDArray[np.uint8], groups: int, used: Mask
    ) -> Counts:
        """Count the audiences of some users, int64[audiences, groups]."""
        out = np.zeros((len(self.of) - 1, groups), dtype=np.int64)
        start, audience, member = self._by_user
        if len(used):
            kernels.tally_used(users, start, audience, member, used, group, out)
        else:
            kernels.tally(users, start, audience, group, out)
        return out

    def tally_below(
        self,
        codes: slice,
        prefix: Counts,
        group: NDArray[np.uint8],
        groups: int,
        used: Mask,
    ) -> Counts:
        """Count the members of audiences among the first `prefix` users, int64[codes, groups]."""
        out = np.zeros((codes.stop - codes.start, groups), dtype=np.int64)
        if groups == 1 and not len(used):
            kernels.count_below(self.user, self.of, codes.start, prefix, out)
        else:
            kernels.tally_below(self.user, self.of, codes.start, prefix, used, group, out)
        return out

    def tally_periods(self, users: NDArray[np.uint32], codes: slice, prefix: Counts) -> Counts:
        """Count some users active in each audience of a run by period, int64[codes, periods]."""
        out = np.zeros((codes.stop - codes.start, len(self._days)), dtype=np.int64)
        start, audience, member = self._by_user
        kernels.tally_periods(
            users, start, audience, member, self.entry, self.entry_period, codes.start, prefix, out
        )
        return out

    def times(
        self, members: slice, window: Window = ALL_PERIODS
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return when each user was active in some memberships: mean and spread, float64[users].

        Both in periods since the first there is, those without data too; the spread is a standard
        deviation. Users without any entry have zeros.
        """
        unit = np.diff(self._days).min(initial=np.iinfo(np.int32).max)
        when = (self._days - self._days[:1]) / unit
        sums = np.zeros((len(self.hash), 3))
        kernels.sum_periods(
            self.user[members], members.start, self.entry, self.entry_period,
            within(self._days, window), when, sums,
        )  # fmt: skip
        n = np.maximum(sums[:, 0], 1.0)
        mean = sums[:, 1] / n
        return mean, np.sqrt(np.maximum(sums[:, 2] / n - mean**2, 0.0))

    def tally_pairs(self, rows: slice, columns: slice) -> Counts:
        """Count the users in both for all pairs of two runs of audiences, int64[rows, columns]."""
        out = np.zeros((rows.stop - rows.start, columns.stop - columns.start), dtype=np.int64)
        start, audience, _ = self._by_user
        kernels.tally_pairs(start, audience, rows.start, columns.start, out)
        return out

    @cached_property
    def _by_user(self) -> tuple[NDArray[np.int64], NDArray[np.uint32], NDArray[np.uint32]]:
        counts = np.bincount(self.user, minlength=len(self.hash))
        start = np.concatenate([[0], np.cumsum(counts)])
        audience = np.empty(len(self.user), dtype=np.uint32)
        member = np.empty(len(self.user), dtype=np.uint32)
        kernels.invert(self.user, self.of, start.copy(), audience, member)
        return start, audience, member


def within(days: NDArray[np.int32], window: Window) -> Mask:
    """Return which periods, by their first days since 1970, lie in a window."""
    first, last = (
        None if end is None else (end - date(1970, 1, 1)).days for end in (window.start, window.end)
    )
    inside = np.ones(len(days), dtype=bool)
    if first is not None:
        inside &= days >= first
    if last is not None:
        inside &= days <= last
    return inside
