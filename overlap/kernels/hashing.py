"""Hashes of users, and what each occurrence is held against by its hash.

All that mixes bits stands in this one file: a compiled kernel is kept until the file that it is
in changes, and what it calls from another one could change unnoticed.
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
