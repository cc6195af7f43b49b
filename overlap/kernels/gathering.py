"""Occurrences brought together: marked, scattered, merged into ascending runs, numbered."""

# numba types are not annotated; what goes in and out stands in each docstring.
# mypy: disable-error-code="no-untyped-def,untyped-decorator,no-untyped-call,call-arg"

from __future__ import annotations

import numpy as np
from numba import njit, uint64


@njit(cache=True, nogil=True)
def mark(index, used):
    """Set `used` bool[n + 1] at each index; −1 marks the last place."""
    for i in range(len(index)):
        used[index[i]] = True


@njit(cache=True, nogil=True)
def scatter(codes, hashes, periods, starts, out_hash, out_period):
    """Bring occurrences together by `codes` int32: `starts` int64 is used up as write positions."""
    for i in range(len(codes)):
        at = starts[codes[i]]
        out_hash[at] = hashes[i]
        out_period[at] = periods[i]
        starts[codes[i]] = at + 1


@njit(cache=True, nogil=True)
def merge_runs(
    old_hash, old_period, old_events, new_hash, new_period, out_hash, out_period, out_events
):
    """Merge distinct entries with occurrences that count one event each; both ascend.

    In the order of hash uint64 and then period uint16; events uint32 saturate. Returns the number
    of distinct entries written.
    """
    limit = np.int64(0xFFFFFFFF)
    i, j, n = 0, 0, 0
    while i < len(old_hash) or j < len(new_hash):
        if j == len(new_hash) or (
            i < len(old_hash)
            and (
                old_hash[i] < new_hash[j]
                or (old_hash[i] == new_hash[j] and old_period[i] <= new_period[j])
            )
        ):
            h, period, events = old_hash[i], old_period[i], np.int64(old_events[i])
            i += 1
        else:
            h, period, events = new_hash[j], new_period[j], np.int64(0)
        while j < len(new_hash) and new_hash[j] == h and new_period[j] == period:
            events += 1
            j += 1
        out_hash[n] = h
        out_period[n] = period
        out_events[n] = min(events, limit)
        n += 1
    return n


@njit(cache=True, nogil=True)
def count_under(hashes, starts, theta, out):
    """Count the hashes below a theta in each ascending run starts[a] … starts[a + 1]: int64[A]."""
    for a in range(len(out)):
        low, high = starts[a], starts[a + 1]
        while low < high:
            middle = (low + high) // 2
            if hashes[middle] < theta:
                low = middle + 1
            else:
                high = middle
        out[a] = low - starts[a]


@njit(cache=True, nogil=True)
def number(hashes, users, shift, first, out):
    """Write to `out` int64 the place of each hash among the ascending distinct `users`.

    Every hash must be among them. `first` int64[n + 1] is room for where the users begin whose
    hashes have the upper bits i, those from bit `shift` on, which are below n in every hash.
    """
    at = 0
    for i in range(len(first)):
        while at < len(users) and np.int64(users[at] >> uint64(shift)) < i:
            at += 1
        first[i] = at
    for i in range(len(hashes)):
        h = hashes[i]
        bucket = np.int64(h >> uint64(shift))
        low, high = first[bucket], first[bucket + 1]
        while low < high:
            middle = (low + high) // 2
            if users[middle] < h:
                low = middle + 1
            else:
                high = middle
        out[i] = low
