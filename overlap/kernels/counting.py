"""Memberships turned over, from audience by audience to user by user, and counted."""

# numba types are not annotated; what goes in and out stands in each docstring.
# mypy: disable-error-code="no-untyped-def,untyped-decorator,no-untyped-call,call-arg"

from __future__ import annotations

import numpy as np
from numba import njit


@njit(cache=True, nogil=True)
def invert(member_user, member_of, starts, out_audience, out_member):
    """Turn memberships, audience by audience, into the same user by user.

    `member_user` uint32[M] is grouped by `member_of` int64[A + 1]; `starts` int64[U + 1] holds
    where each user begins and is used up as write positions. Writes each user's audiences,
    ascending, to `out_audience` uint32[M] and their places to `out_member` uint32[M].
    """
    for a in range(len(member_of) - 1):
        for i in range(member_of[a], member_of[a + 1]):
            at = starts[member_user[i]]
            out_audience[at] = a
            out_member[at] = i
            starts[member_user[i]] = at + 1


@njit(cache=True, nogil=True)
def tally(users, user_start, user_audience, group, out):
    """Count the audiences of some users: `out` int64[A, groups] by `group` uint8[U]."""
    for i in range(len(users)):
        u = users[i]
        g = group[u]
        for j in range(user_start[u], user_start[u + 1]):
            out[user_audience[j], g] += 1


@njit(cache=True, nogil=True)
def tally_used(users, user_start, user_audience, user_member, used, group, out):
    """Count as `tally` does, but only memberships that are marked in `used` bool[M]."""
    for i in range(len(users)):
        u = users[i]
        g = group[u]
        for j in range(user_start[u], user_start[u + 1]):
            if used[user_member[j]]:
                out[user_audience[j], g] += 1


@njit(cache=True, nogil=True)
def tally_below(member_user, member_of, first, prefix, used, group, out):
    """Count each audience's members below a prefix: `out` int64[A, groups].

    Audiences `first` … `first` + A − 1 with `prefix` int64[A]; `used` bool[M] marks the memberships
    that count, or is empty where all do.
    """
    every = len(used) == 0
    for a in range(len(prefix)):
        for i in range(member_of[first + a], member_of[first + a + 1]):
            u = member_user[i]
            if u >= prefix[a]:
                break
            if every or used[i]:
                out[a, group[u]] += 1


@njit(cache=True, nogil=True)
def tally_cells(member_user, member_of, cell, out):
    """Count each audience's members by a cell of each user: `out` int64[A, cells].

    Users whose `cell` int64[U] is negative do not count.
    """
    for a in range(len(member_of) - 1):
        for i in range(member_of[a], member_of[a + 1]):
            c = cell[member_user[i]]
            if c >= 0:
                out[a, c] += 1


@njit(cache=True, nogil=True)
def sum_periods(member_user, first, entry, entry_period, inside, when, out):
    """Sum up when each user was active: `out` float64[U, 3] of n, Σ t and Σ t².

    Memberships from `first` on, as many as `member_user` uint32[…]; membership m has the periods
    `entry_period[entry[m]:entry[m + 1]]`, of which those marked in `inside` bool[periods] count,
    with their times `when` float64[periods].
    """
    for i in range(len(member_user)):
        u = member_user[i]
        for e in range(entry[first + i], entry[first + i + 1]):
            p = entry_period[e]
            if inside[p]:
                out[u, 0] += 1.0
                out[u, 1] += when[p]
                out[u, 2] += when[p] * when[p]


@njit(cache=True, nogil=True)
def count_below(member_user, member_of, first, prefix, out):
    """Count each audience's members below a prefix by bisection: `out` int64[A, 1]."""
    for a in range(len(prefix)):
        begin, end = member_of[first + a], member_of[first + a + 1]
        low, high = begin, end
        while low < high:
            middle = (low + high) // 2
            if member_user[middle] < prefix[a]:
                low = middle + 1
            else:
                high = middle
        out[a, 0] = low - begin


@njit(cache=True, nogil=True)
def tally_pairs(user_start, user_audience, first_a, first_b, out):
    """Count users in both of two audiences, for all pairs: `out` int64[A, B]."""
    last_a, last_b = first_a + out.shape[0], first_b + out.shape[1]
    for u in range(len(user_start) - 1):
        begin, end = user_start[u], user_start[u + 1]
        from_b = begin
        while from_b < end and user_audience[from_b] < first_b:
            from_b += 1
        for i in range(begin, end):
            a = user_audience[i]
            if a < first_a:
                continue
            if a >= last_a:
                break
            for j in range(from_b, end):
                b = user_audience[j]
                if b >= last_b:
                    break
                out[a - first_a, b - first_b] += 1


@njit(cache=True, nogil=True)
def tally_periods(
    users, user_start, user_audience, user_member, entry, entry_period, first, prefix, out
):
    """Count active users by period: `out` int64[A, periods] for audiences from `first` on.

    Members of an audience at or beyond its `prefix` int64[A] do not count; `users` ascend.
    """
    for i in range(len(users)):
        u = users[i]
        for j in range(user_start[u], user_start[u + 1]):
            a = np.int64(user_audience[j]) - first
            if 0 <= a < out.shape[0] and u < prefix[a]:
                m = user_member[j]
                for e in range(entry[m], entry[m + 1]):
                    out[a, entry_period[e]] += 1
