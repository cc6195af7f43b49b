"""Compiled loops that count sequences of tokens; no interpreter lock, no state."""

# numba types are not annotated; what goes in and out stands in each docstring.
# mypy: disable-error-code="no-untyped-def,untyped-decorator,no-untyped-call,call-arg"

from __future__ import annotations

import numpy as np
from numba import njit, uint64

_MIX = uint64(0xFF51AFD7ED558CCD)


@njit(cache=True, nogil=True)
def number_pairs(left, right, joined, slots, keys, out):
    """Number the distinct pairs (left[i], right[i]), int32, in the order they are first met.

    Pairs that are not `joined` bool, or have a side below 0, get −1 in `out` int32. `slots`
    int32[2**b], −1 all over, has room for twice as many as there are; `keys` uint64 for as many.
    Returns how many distinct pairs there are.
    """
    mask = uint64(len(slots) - 1)
    n = 0
    for i in range(len(left)):
        out[i] = -1
        if left[i] < 0 or right[i] < 0 or not joined[i]:
            continue
        key = uint64(left[i]) << uint64(32) | uint64(right[i])
        h = (key ^ (key >> uint64(31))) * _MIX
        at = (h ^ (h >> uint64(29))) & mask
        while slots[at] >= 0 and keys[slots[at]] != key:
            at = (at + uint64(1)) & mask
        if slots[at] < 0:
            slots[at] = n
            keys[n] = key
            n += 1
        out[i] = slots[at]
    return n


@njit(cache=True, nogil=True)
def characters(data, start, end, row, kind, joint, run, attached, outs):
    """Part runs, tokens of the kind `run`, into characters `attached` to each other.

    Takes and writes what `assembling.spread` does; returns how many tokens there are.
    """
    out_start, out_end, out_row, out_kind, out_joint = outs
    n = 0
    for i in range(len(start)):
        at = start[i]
        between = joint[i]
        while at < end[i]:
            stop = end[i]
            if kind[i] == run:
                stop = at + 1
                while stop < end[i] and data[stop] & 0xC0 == 0x80:
                    stop += 1
            out_start[n], out_end[n], out_row[n] = at, stop, row[i]
            out_kind[n], out_joint[n] = kind[i], between
            between = attached
            at = stop
            n += 1
    return n


@njit(cache=True, nogil=True)
def entropy(group, count, groups):
    """Return the entropy in nats of the counts int64 of each group int64, float64[groups]."""
    total = np.zeros(groups)
    out = np.zeros(groups)
    for i in range(len(group)):
        total[group[i]] += count[i]
    for i in range(len(group)):
        share = count[i] / total[group[i]]
        out[group[i]] -= share * np.log(share)
    return out
