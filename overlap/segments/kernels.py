"""Compiled inner loops of exact members; no interpreter lock, no state.

A *key* is a uint64 that tells users apart: for integer ids a bijection of the id, for text ids a
hash beside which the text itself is compared. A *code* numbers what an occurrence counts for.
"""

# numba types are not annotated; what goes in and out stands in each docstring.
# mypy: disable-error-code="no-untyped-def,untyped-decorator,no-untyped-call,call-arg"

from __future__ import annotations

import numpy as np
from numba import njit, uint64

_GOLDEN = uint64(0x9E3779B97F4A7C15)
_F1_INVERSE = uint64(pow(0xFF51AFD7ED558CCD, -1, 1 << 64))
_F2_INVERSE = uint64(pow(0xC4CEB9FE1A85EC53, -1, 1 << 64))


@njit(cache=True, nogil=True)
def unmix(keys, out):
    """Write to `out` uint64 what `overlap.kernels.remix` made the keys of."""
    for i in range(len(keys)):
        x = keys[i]
        x ^= x >> uint64(33)
        x *= _F2_INVERSE
        x ^= x >> uint64(33)
        x *= _F1_INVERSE
        x ^= x >> uint64(33)
        out[i] = x - _GOLDEN


@njit(cache=True, nogil=True)
def pick(index, inside, table, rows, codes):
    """Write the rows whose tag is wanted to `rows` int32 and their codes to `codes` int32.

    Row i bears tag `index` int32[n] (−1: none) and lies in the window where `inside` uint8[n] is 1;
    `table` int32[2, tags + 1] has the code of each tag outside and inside of the window, −1 where
    it is not wanted and in the last place. Outputs hold n + 1. Returns how many.
    """
    found = np.int64(0)
    for i in range(len(index)):
        code = table[inside[i], index[i]]
        rows[found] = i
        codes[found] = code
        found += code >= 0
    return found


@njit(cache=True, nogil=True)
def part(keys, codes, bits, bounds, out_keys, out_codes, order):
    """Bring pairs together by the `bits` highest bits of their keys.

    Partition p is then at `bounds` int64[2**bits + 1] p … p + 1 of `out_keys` and `out_codes`;
    `order` int32 says which pair each was.
    """
    shift = uint64(63 - bits)
    for i in range(len(keys)):
        bounds[np.int64((keys[i] >> uint64(1)) >> shift) + 1] += 1
    for each in range(len(bounds) - 1):
        bounds[each + 1] += bounds[each]
    at = bounds[:-1].copy()
    for i in range(len(keys)):
        p = np.int64((keys[i] >> uint64(1)) >> shift)
        out_keys[at[p]] = keys[i]
        out_codes[at[p]] = codes[i]
        order[at[p]] = i
        at[p] += 1


@njit(cache=True, nogil=True)
def number_words(keys, slot_key, slot, number, first):
    """Number the distinct keys in the order they come; returns how many there are.

    `number` int32[n] is each pair's, `first` int32[n] where each number came first; `slot_key`
    uint64 and `slot` int32, zeros, have a power of two beyond n places.
    """
    mask = uint64(len(slot) - 1)
    found = 0
    for i in range(len(keys)):
        at = (keys[i] >> uint64(1)) & mask
        while slot[at] and slot_key[at] != keys[i]:
            at = (at + uint64(1)) & mask
        if not slot[at]:
            slot_key[at] = keys[i]
            first[found] = i
            found += 1
            slot[at] = found
        number[i] = slot[at] - 1
    return found


@njit(inline="always")
def _same(data, offsets, i, j):
    size = offsets[i + 1] - offsets[i]
    if offsets[j + 1] - offsets[j] != size:
        return False
    for at in range(size):  # noqa: SIM110  (what is compiled is a loop)
        if data[offsets[i] + at] != data[offsets[j] + at]:
            return False
    return True


@njit(cache=True, nogil=True)
def number_texts(keys, data, offsets, slot_key, slot, number, first):
    """Number distinct texts as `number_words` does keys; text i is data[offsets[i]:offsets[i+1]].

    Two texts that share a key are two users.
    """
    mask = uint64(len(slot) - 1)
    found = 0
    for i in range(len(keys)):
        at = (keys[i] >> uint64(1)) & mask
        while slot[at] and not (
            slot_key[at] == keys[i] and _same(data, offsets, first[slot[at] - 1], i)
        ):
            at = (at + uint64(1)) & mask
        if not slot[at]:
            slot_key[at] = keys[i]
            first[found] = i
            found += 1
            slot[at] = found
        number[i] = slot[at] - 1
    return found


@njit(cache=True, nogil=True)
def by_code(codes, number, bounds, out):
    """Bring users' numbers together by code: code c at `bounds` int64[codes + 1] c … c + 1."""
    for i in range(len(codes)):
        bounds[codes[i] + 1] += 1
    for each in range(len(bounds) - 1):
        bounds[each + 1] += bounds[each]
    at = bounds[:-1].copy()
    for i in range(len(codes)):
        out[at[codes[i]]] = number[i]
        at[codes[i]] += 1


@njit(cache=True, nogil=True)
def set_bits(number, out):
    """Set the bit of each number in `out` uint64[users / 64]."""
    for i in range(len(number)):
        n = number[i]
        out[n >> 6] |= uint64(1) << uint64(n & 63)


@njit(cache=True, nogil=True)
def set_below(values, theta, out):
    """Set the bit of each place whose value is below a threshold in `out` uint64[places / 64]."""
    for i in range(len(values)):
        if values[i] < theta:
            out[i >> 6] |= uint64(1) << uint64(i & 63)


@njit(cache=True, nogil=True)
def count_bits(bits, mask):
    """Return how many bits are set in both `bits` and `mask`, uint64 of one length."""
    found = uint64(0)
    for i in range(len(bits)):
        x = bits[i] & mask[i]
        x -= (x >> uint64(1)) & uint64(0x5555555555555555)
        x = (x & uint64(0x3333333333333333)) + ((x >> uint64(2)) & uint64(0x3333333333333333))
        x = (x + (x >> uint64(4))) & uint64(0x0F0F0F0F0F0F0F0F)
        found += (x * uint64(0x0101010101010101)) >> uint64(56)
    return found


@njit(cache=True, nogil=True)
def among(keys, slot_key, slot, out):
    """Write to `out` bool[n] which keys are in a table that `number_words` filled."""
    mask = uint64(len(slot) - 1)
    for i in range(len(keys)):
        at = (keys[i] >> uint64(1)) & mask
        while slot[at] and slot_key[at] != keys[i]:
            at = (at + uint64(1)) & mask
        out[i] = slot[at] != 0
