"""Compiled loops from tokens to terms; no interpreter lock, no state.

Spans are (start, end) in one buffer `data` uint8[…]; equal spans of bytes have one *code*, numbered
in the order they are first met.
"""

# numba types are not annotated; what goes in and out stands in each docstring.
# mypy: disable-error-code="no-untyped-def,untyped-decorator,no-untyped-call,call-arg"

from __future__ import annotations

import numpy as np
from numba import njit, uint64

from overlap.terms.scanning import (
    ATTACHED,
    BREAK,
    HAN,
    HASH,
    HASHTAG,
    HYPHENED,
    KANA,
    LETTER,
    MARK,
    NUMBER,
    RUN,
    decode,
)

_PRIME = uint64(0x100000001B3)
_BASIS = uint64(0xCBF29CE484222325)
_MIX = uint64(0xFF51AFD7ED558CCD)


@njit(inline="always")
def _code(data, start, end, slots, code_start, code_end, n):
    """Return the code of a span and the number of codes, one more if the span is new."""
    h = _BASIS
    for b in range(start, end):
        h = (h ^ uint64(data[b])) * _PRIME
    h = (h ^ (h >> uint64(32))) * _MIX
    mask = uint64(len(slots) - 1)
    at = (h ^ (h >> uint64(29))) & mask
    size = end - start
    while True:
        code = slots[at]
        if code < 0:
            slots[at] = n
            code_start[n] = start
            code_end[n] = end
            return n, n + 1
        first = code_start[code]
        if code_end[code] - first == size:
            same = True
            for b in range(size):
                if data[first + b] != data[start + b]:
                    same = False
                    break
            if same:
                return np.int64(code), n
        at = (at + uint64(1)) & mask


@njit(cache=True, nogil=True)
def intern(data, starts, ends, slots, code_start, code_end, n, out):
    """Write the code of each span to `out` int64; returns how many codes there are now.

    `slots` int32[2**b], −1 where free, holds the codes so far, and has room for twice as many as
    there will be; `code_start` and `code_end` int64 hold where each is first met; n codes so far.
    """
    for i in range(len(starts)):
        out[i], n = _code(data, starts[i], ends[i], slots, code_start, code_end, n)
    return n


@njit(cache=True, nogil=True)
def copy_spans(data, starts, ends, gap, fill, out, out_bounds):
    """Copy spans to `out` uint8, `gap` bytes of `fill` after each, and write their bounds."""
    w = 0
    for i in range(len(starts)):
        out_bounds[i] = w
        for b in range(starts[i], ends[i]):
            out[w] = data[b]
            w += 1
        for _ in range(gap):
            out[w] = fill
            w += 1
    out_bounds[len(starts)] = w


@njit(cache=True, nogil=True)
def spread(start, end, row, kind, joint, piece, first, size, outs):
    """Part the runs among tokens into words, and write all as `scanning.tokenise` does to `outs`.

    `piece` int64 numbers the distinct run of each token (any value for other kinds); its words are
    `size[first[p]:first[p + 1]]`, int64 bytes each. The words of a run are attached to each other.
    Returns how many tokens there are.
    """
    out_start, out_end, out_row, out_kind, out_joint = outs
    n = 0
    for i in range(len(start)):
        if kind[i] != RUN:
            out_start[n], out_end[n], out_row[n] = start[i], end[i], row[i]
            out_kind[n], out_joint[n] = kind[i], joint[i]
            n += 1
            continue
        at = start[i]
        between = joint[i]
        for w in range(first[piece[i]], first[piece[i] + 1]):
            out_start[n], out_end[n], out_row[n] = at, at + size[w], row[i]
            out_kind[n], out_joint[n] = RUN, between
            between = ATTACHED
            at += size[w]
            n += 1
    return n


@njit(inline="always")
def _child(edges, nodes, key):
    """Return the node that an edge leads to, −1 if there is no such edge."""
    low, high = 0, len(edges)
    while low < high:
        middle = (low + high) // 2
        if edges[middle] < key:
            low = middle + 1
        else:
            high = middle
    if low < len(edges) and edges[low] == key:
        return np.int64(nodes[low])
    return np.int64(-1)


@njit(cache=True, nogil=True)
def read(data, tokens, code, slots, code_start, code_end, n, flags, trie, out_row, out_code):
    """Put tokens together to terms and write the row int32 and the code int64 of each.

    `tokens` are arrays as `scanning.tokenise` writes, with words for runs; `code` int64 has their
    codes. The longest expression of the lexicon that begins at a token goes first; a number takes
    the unit that is attached to it; parts joined by hyphens are one term. The first len(flags)
    codes are the lexicon's: bit 1 of their `flags` uint8 marks units. `trie` is (edges, nodes,
    accept): sorted keys node << 32 | code with the node each leads to, and the code of the
    expression that ends at a node, −1 if none does. New terms get codes in `slots`. Returns the
    number of terms and of codes.
    """
    start, end, row, kind, joint = tokens
    edges, nodes, accept = trie
    head = len(flags)
    written = 0
    i = 0
    while i < len(code):
        if kind[i] == HASHTAG:
            out_row[written], out_code[written] = row[i], code[i]
            written += 1
            i += 1
            continue
        found = np.int64(-1)
        after = i + 1
        node = np.int64(0)
        j = i
        while code[j] < head:
            node = _child(edges, nodes, node << 32 | code[j])
            if node < 0:
                break
            j += 1
            if accept[node] >= 0:
                found = accept[node]
                after = j
            if j == len(code) or kind[j] == HASHTAG or row[j] != row[i] or joint[j] == BREAK:
                break
        if found < 0:
            found = code[i]
            if (
                kind[i] == NUMBER
                and i + 1 < len(code)
                and row[i + 1] == row[i]
                and joint[i + 1] == ATTACHED
                and code[i + 1] < head
                and flags[code[i + 1]] & 2
            ):
                after = i + 2
                found, n = _code(data, start[i], end[i + 1], slots, code_start, code_end, n)
            elif kind[i] != RUN:
                while after < len(code) and row[after] == row[i] and joint[after] == HYPHENED:
                    after += 1
                if after > i + 1:
                    found, n = _code(data, start[i], end[after - 1], slots, code_start, code_end, n)
        out_row[written], out_code[written] = row[i], found
        written += 1
        i = after
    return written, n


@njit(cache=True, nogil=True)
def judge(data, starts, ends, classes, shortest, longest, out):
    """Write to `out` bool whether each span may be a term: long enough, and not digits alone.

    Hashtags always are. Hiragana takes one character more, since shorter runs are grammar.
    """
    for t in range(len(starts)):
        i, end = starts[t], ends[t]
        if i < end and data[i] == HASH:
            out[t] = True
            continue
        length = 0
        spelled = False
        kana = True
        while i < end:
            c, size = decode(data, i)
            kind = classes[c]
            spelled = spelled or kind in (LETTER, HAN, KANA)
            kana = kana and kind == KANA
            length += kind != MARK
            i += size
        out[t] = spelled and shortest + kana <= length <= longest


@njit(cache=True, nogil=True)
def dedupe(rows, codes, wanted, seen, out_bounds, out_code):
    """Write each row's distinct wanted codes, int64, in the order they come; returns how many.

    `rows` int32 ascend; `wanted` bool has one value per code; `seen` int32, −1 all over, is room to
    work in; `out_bounds` int64[rows + 1].
    """
    n = 0
    at = 0
    for row in range(len(out_bounds) - 1):
        out_bounds[row] = n
        while at < len(rows) and rows[at] == row:
            code = codes[at]
            if wanted[code] and seen[code] != row:
                seen[code] = row
                out_code[n] = code
                n += 1
            at += 1
    out_bounds[len(out_bounds) - 1] = n
    return n
