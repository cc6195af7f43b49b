"""Compiled inner loops; they run without the interpreter lock and hold no state.

Compiled once per machine and kept on disk. `theta` and `hash` are uint64 in units of 2**-63; a
*cell* is one (audience, period), numbered audience · periods + period.
"""

# numba types are not annotated; what goes in and out stands in each docstring.
# mypy: disable-error-code="no-untyped-def,untyped-decorator,no-untyped-call,call-arg"

from __future__ import annotations

import numpy as np
from llvmlite import ir
from numba import njit, uint64
from numba.extending import intrinsic

_C1 = uint64(0x87C37B91114253D5)
_C2 = uint64(0x4CF5AD432745937F)
_F1 = uint64(0xFF51AFD7ED558CCD)
_F2 = uint64(0xC4CEB9FE1A85EC53)
_GOLDEN = uint64(0x9E3779B97F4A7C15)


@njit(inline="always")
def _rotl(x, r):
    return (x << uint64(r)) | (x >> uint64(64 - r))


@njit(inline="always")
def _fmix(x):
    x ^= x >> uint64(33)
    x *= _F1
    x ^= x >> uint64(33)
    x *= _F2
    return x ^ (x >> uint64(33))


@njit(inline="always")
def _finish(h1, h2, length):
    h1 ^= length
    h2 ^= length
    h1 += h2
    h2 += h1
    return (_fmix(h1) + _fmix(h2)) >> uint64(1)


@njit(cache=True, nogil=True)
def hash_words(words, seed, out):
    """Write Apache theta's hash of each 8-byte value, uint64[n], to `out`."""
    start = uint64(seed)
    for i in range(len(words)):
        k1 = _rotl(words[i] * _C1, 31) * _C2
        out[i] = _finish(start ^ k1, start, uint64(8))


@njit(inline="always")
def _word(data, at, size):
    word = uint64(0)
    for j in range(size):
        word |= uint64(data[at + j]) << uint64(8 * j)
    return word


@njit(cache=True, nogil=True)
def hash_bytes(data, offsets, seed, out):
    """Write Apache theta's hash of each slice data[offsets[i]:offsets[i+1]], uint8, to `out`."""
    for i in range(len(offsets) - 1):
        at, end = offsets[i], offsets[i + 1]
        length = end - at
        h1 = uint64(seed)
        h2 = uint64(seed)
        while end - at >= 16:
            k1 = _word(data, at, 8)
            k2 = _word(data, at + 8, 8)
            h1 ^= _rotl(k1 * _C1, 31) * _C2
            h1 = (_rotl(h1, 27) + h2) * uint64(5) + uint64(0x52DCE729)
            h2 ^= _rotl(k2 * _C2, 33) * _C1
            h2 = (_rotl(h2, 31) + h1) * uint64(5) + uint64(0x38495AB5)
            at += 16
        tail = end - at
        if tail > 8:
            h2 ^= _rotl(_word(data, at + 8, tail - 8) * _C2, 33) * _C1
        if tail > 0:
            h1 ^= _rotl(_word(data, at, min(tail, 8)) * _C1, 31) * _C2
        out[i] = _finish(h1, h2, uint64(length))


@njit(cache=True, nogil=True)
def is_plain(data, offsets):
    """Whether every slice of text is there and neither begins nor ends with what might be blank.

    Only printable ASCII at both ends is sure not to be: anything else is left to a closer look.
    """
    for i in range(len(offsets) - 1):
        at, end = offsets[i], offsets[i + 1]
        if at == end:
            return False
        if not (0x20 < data[at] < 0x7F and 0x20 < data[end - 1] < 0x7F):
            return False
    return True


@njit(cache=True, nogil=True)
def remix(hashes, out):
    """Write to `out` the bits that registers are made of: a bijection of uint64."""
    for i in range(len(hashes)):
        out[i] = _fmix(hashes[i] + _GOLDEN)


@intrinsic
def _leading_zeros(typing, x):
    def emit(context, builder, signature, arguments):
        return builder.ctlz(arguments[0], ir.Constant(ir.IntType(1), 0))

    return uint64(uint64), emit


@njit(inline="always")
def _rank(rest, p):
    """Return the position of the first one among the 64 − p bits above the register's."""
    return np.int64(_leading_zeros(rest)) - p + 1


@njit(cache=True, nogil=True)
def update_registers(hashes, rows, registers, p):
    """Raise HyperLogLog registers, int8[rows, 2**p], by hashes of users; `rows` int64[n]."""
    mask = uint64((1 << p) - 1)
    for i in range(len(hashes)):
        bits = _fmix(hashes[i] + _GOLDEN)
        rank = _rank(bits >> uint64(p), p)
        at = bits & mask
        if rank > registers[rows[i], at]:
            registers[rows[i], at] = rank


@njit(cache=True, nogil=True)
def mark(index, used):
    """Set `used` bool[n + 1] at each index; −1 marks the last place."""
    for i in range(len(index)):
        used[index[i]] = True


@njit(cache=True, nogil=True)
def sift(
    hashes, bits, index, period, bounds, ceiling, row, registers, p, counts,
    out_hash, out_index, out_period,
):  # fmt: skip
    """Count occurrences, and pass on those that a sketch may have a use for.

    Occurrence i is of user `hashes` uint64[n], whose `bits` are remixed, tag `index` int32[n] and
    `period` int32[n]; an index of -1 is the last tag. It is passed on if its hash is below its
    tag's theta, `bounds` uint64[tags, 2] at 0, or if it raises a register: its bits are below the
    `ceiling` uint64[tags, periods], of which `bounds` at 1 is the highest, and its rank above that
    in `registers`, which start at `row` int64[tags]. Adds to `counts` int64[tags, periods], writes
    to `out_…`, whose length bounds n, and returns how many.
    """
    # Both loops write first and then step on or not: a branch that cannot be foreseen costs more,
    # and registers that are not waited for one by one are looked up many at a time.
    place = np.empty(len(hashes), dtype=np.int32)
    n = 0
    if counts.size == 1:
        counts[0, 0] += len(hashes)
    for i in range(len(hashes)):
        tag = index[i]
        if counts.size > 1:
            counts[tag, period[i]] += 1
        place[n] = i
        n += int((hashes[i] < bounds[tag, 0]) | ((bits[i] >> uint64(p)) < bounds[tag, 1]))
    mask = uint64((1 << p) - 1)
    kept = 0
    for j in range(n):
        i = place[j]
        tag = index[i]
        when = period[i]
        rest = bits[i] >> uint64(p)
        of_use = hashes[i] < bounds[tag, 0]
        if rest < ceiling[tag, when]:
            of_use |= _rank(rest, p) > registers[row[tag] + when, bits[i] & mask]
        out_hash[kept] = hashes[i]
        out_index[kept] = tag
        out_period[kept] = when
        kept += int(of_use)
    return kept


@njit(cache=True, nogil=True)
def admit(
    hashes,
    index,
    period,
    audience,
    theta,
    row,
    ceiling,
    registers,
    p,
    out_code,
    out_hash,
    out_period,
):
    """Pass one occurrence after another: raise its register, keep it below its theta.

    Occurrence i is of user `hashes` uint64[n], audience `audience[index[i]]` int32 and `period`
    int32[n]; none where that is -1. `theta` uint64[A]; bits from a `ceiling` uint64[A, periods] on
    have a rank that no register is below. Registers start at `row` int64[A], -1 where there are
    none. Occurrences below their theta go to `out_code` int32, `out_hash` uint64 and `out_period`
    uint16, whose length bounds n. Returns how many.
    """
    mask = uint64((1 << p) - 1)
    kept = 0
    for i in range(len(hashes)):
        a = audience[index[i]]
        if a < 0:
            continue
        h = hashes[i]
        if h < theta[a]:
            out_code[kept] = a
            out_hash[kept] = h
            out_period[kept] = period[i]
            kept += 1
        if row[a] >= 0:
            bits = _fmix(h + _GOLDEN)
            rest = bits >> uint64(p)
            if rest < ceiling[a, period[i]]:
                at = row[a] + period[i]
                rank = _rank(rest, p)
                if rank > registers[at, bits & mask]:
                    registers[at, bits & mask] = rank
    return kept


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
