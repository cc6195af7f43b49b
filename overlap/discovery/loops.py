"""Compiled loops over pairs of audiences; they run without the interpreter lock, hold no state.

Audiences are numbered within their kind: `bounds` int64[A + 1] and `users` uint32[M] hold their
kept users, ascending; no user from `prefix` int64[A] on could have been kept in one.
"""

# numba types are not annotated; what goes in and out stands in each docstring.
# mypy: disable-error-code="no-untyped-def,untyped-decorator,no-untyped-call"

from __future__ import annotations

from numba import njit


@njit(inline="always")
def _below(users, begin, end, limit):
    """Return how many of users[begin:end], ascending, are below a limit."""
    low, high = begin, end
    while low < high:
        middle = (low + high) // 2
        if users[middle] < limit:
            low = middle + 1
        else:
            high = middle
    return low - begin


@njit(inline="always")
def _both(few, i, i_end, many, j, j_end):
    """Return how many users of few[i:i_end] are in many[j:j_end], both ascending."""
    both = 0
    while i < i_end and j < j_end:
        u = few[i]
        # The larger audience is walked by doubling steps from the last place.
        step = 1
        while j + step < j_end and many[j + step] <= u:
            j += step
            step *= 2
        while step:
            if j + step < j_end and many[j + step] <= u:
                j += step
            step //= 2
        if many[j] == u:
            both += 1
        i += 1
    return both


@njit(cache=True, nogil=True)
def contained(
    parts,
    bounds,
    users,
    prefix,
    user_start,
    user_audience,
    threshold,
    least,
    hits,
    touched,
    out,
):
    """Find the audiences that hold a share of each of some audiences, `parts` int64[P].

    A pair is written to `out` int64[n, 5], as `count_pairs` fills it, when part and whole share at
    least `least` kept users and these are at least `threshold` of the part's below the whole's
    prefix. `user_start` int64[U + 1] and `user_audience` uint32[M] are the audiences of each user;
    `hits` int32[A], all zero, and `touched` int32[A] are room to work in. Stops where `out` may
    be too short for the next part. Returns how many parts it did and how many pairs it wrote.
    """
    found = 0
    for p in range(len(parts)):
        if len(out) - found < len(hits):
            return p, found
        a = parts[p]
        begin, end = bounds[a], bounds[a + 1]
        seen = 0
        for i in range(begin, end):
            u = users[i]
            for j in range(user_start[u], user_start[u + 1]):
                b = user_audience[j]
                if hits[b] == 0:
                    touched[seen] = b
                    seen += 1
                hits[b] += 1
        for t in range(seen):
            b = touched[t]
            both = hits[b]
            hits[b] = 0
            if b == a or both < least:
                continue
            base = end - begin
            if prefix[b] < prefix[a]:
                base = _below(users, begin, end, prefix[b])
            if both >= threshold * base:
                out[found, 0] = a
                out[found, 1] = b
                out[found, 2] = both
                out[found, 3] = base
                out[found, 4] = _below(users, bounds[b], bounds[b + 1], prefix[a])
                found += 1
    return len(parts), found


@njit(cache=True, nogil=True)
def count_pairs(bounds, users, prefix, pairs):
    """Count the kept users of pairs of audiences, each at the smaller of its two rates.

    `pairs` int64[n, 5] names part and whole in its first columns; the users in both, in the part
    and in the whole are written to the others.
    """
    for p in range(len(pairs)):
        a, b = pairs[p, 0], pairs[p, 1]
        i, i_end = bounds[a], bounds[a + 1]
        j, j_end = bounds[b], bounds[b + 1]
        if i_end - i <= j_end - j:
            pairs[p, 2] = _both(users, i, i_end, users, j, j_end)
        else:
            pairs[p, 2] = _both(users, j, j_end, users, i, i_end)
        pairs[p, 3] = _below(users, i, i_end, prefix[b])
        pairs[p, 4] = _below(users, j, j_end, prefix[a])


@njit(cache=True, nogil=True)
def count_with(anchor, codes, bounds, users, limit, out):
    """Count an anchor's kept users, ascending uint32[n], with those of some audiences.

    `codes` int64[C] numbers the audiences and `limit` int64[C] ends the users that both could have
    kept; `out` int64[C, 3] takes the users in both, in the anchor and in the audience.
    """
    for p in range(len(codes)):
        i, i_end = bounds[codes[p]], bounds[codes[p] + 1]
        if i_end - i <= len(anchor):
            out[p, 0] = _both(users, i, i_end, anchor, 0, len(anchor))
        else:
            out[p, 0] = _both(anchor, 0, len(anchor), users, i, i_end)
        out[p, 1] = _below(anchor, 0, len(anchor), limit[p])
        out[p, 2] = _below(users, i, i_end, limit[p])
