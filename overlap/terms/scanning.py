"""Compiled loops from the bytes of texts to tokens; no interpreter lock, no state.

Texts are UTF-8 in one buffer `data` uint8[…], text i from bounds[i] to bounds[i + 1]. A *span* is a
(start, end) of that buffer.
"""

# numba types are not annotated; what goes in and out stands in each docstring.
# mypy: disable-error-code="no-untyped-def,untyped-decorator,no-untyped-call,call-arg"

from __future__ import annotations

import numpy as np
from numba import njit

OTHER, SPACE, LETTER, DIGIT, MARK, HAN, KANA = range(7)
"""Classes of characters; KANA is hiragana alone, katakana counts as letters."""

RUN, WORD, NUMBER, HASHTAG = range(4)
"""Kinds of tokens: Chinese characters in a row, letters with or without digits, digits, #tags."""

BREAK, SPACED, HYPHENED, ATTACHED = range(4)
"""What stands between a token and the one before it."""

TAG_LENGTH = 60
"""Characters a hashtag may have."""

HASH, _APOSTROPHE, _HYPHEN, _DOT, _AMPERSAND, _S, _LINE = 0x23, 0x27, 0x2D, 0x2E, 0x26, 0x73, 0x5F


@njit(inline="always")
def decode(data, i):
    """Return the character at a byte and how many bytes it has."""
    b = np.int64(data[i])
    if b < 0x80:
        return b, 1
    if b < 0xE0:
        return (b & 0x1F) << 6 | (np.int64(data[i + 1]) & 0x3F), 2
    if b < 0xF0:
        high = (b & 0x0F) << 12 | (np.int64(data[i + 1]) & 0x3F) << 6
        return high | (np.int64(data[i + 2]) & 0x3F), 3
    high = (b & 0x07) << 18 | (np.int64(data[i + 1]) & 0x3F) << 12
    return high | (np.int64(data[i + 2]) & 0x3F) << 6 | (np.int64(data[i + 3]) & 0x3F), 4


@njit(cache=True, nogil=True)
def squeeze(data, bounds, classes, out, out_bounds):
    """Copy texts, leaving two of a character that is repeated more often; digits are left alone.

    A run of exactly three that stands alone ("AAA") is a word and stays. Writes at most
    len(data) bytes to `out` and int64[n + 1] to `out_bounds`.
    """
    w = 0
    out_bounds[0] = 0
    for t in range(len(bounds) - 1):
        i, end = np.int64(bounds[t]), np.int64(bounds[t + 1])
        before = OTHER
        while i < end:
            c, size = decode(data, i)
            j = i + size
            run = 1
            while j < end:
                d, _ = decode(data, j)
                if d != c:
                    break
                j += size
                run += 1
            kind = classes[c]
            keep = run
            if run > 2 and kind != DIGIT:
                keep = 2
                if run == 3 and kind == LETTER and c < 0x80 and before not in (LETTER, DIGIT):
                    after = OTHER
                    if j < end:
                        d, _ = decode(data, j)
                        after = classes[d]
                    if after not in (LETTER, DIGIT):
                        keep = 3
            for b in range(i, i + keep * size):
                out[w] = data[b]
                w += 1
            before = kind
            i = j
        out_bounds[t + 1] = w


@njit(inline="always")
def _next_is(data, i, end, classes, kind):
    """Whether the character after the byte at i is of a class."""
    if i + 1 >= end:
        return False
    c, _ = decode(data, i + 1)
    return classes[c] == kind


@njit(inline="always")
def _hashtag(data, i, end, classes):
    """Return where a hashtag's text that begins at i ends, and where its closing # is, if any.

    Both #topic# and #tag are read. A topic may hold spaces; its ends may not.
    """
    j = i
    length = 0
    spelled = spaced = last_spaced = False
    closing = -1
    while j < end and length <= TAG_LENGTH:
        c, size = decode(data, j)
        if c == HASH:
            if spelled and not last_spaced:
                closing = j
            break
        kind = classes[c]
        last_spaced = kind == SPACE and c == 0x20
        if (last_spaced and length == 0) or (kind == SPACE and not last_spaced):
            break
        if c in (0x2C, 0x3B, 0x3001, 0x3002):
            break
        spaced = spaced or last_spaced
        spelled = spelled or kind in (LETTER, HAN, KANA)
        j += size
        length += 1
    if closing >= 0 and spaced and closing + 1 < end:
        c, _ = decode(data, closing + 1)
        if classes[c] == LETTER or classes[c] == DIGIT:
            closing = -1
    if closing >= 0:
        return closing, closing
    j = i
    length = 0
    spelled = False
    before = OTHER
    while j < end and length < TAG_LENGTH:
        c, size = decode(data, j)
        kind = classes[c]
        # What joins letters or digits to one term does so in a hashtag: #co-op, #hdmi2.1.
        joins = (c == _DOT and before == DIGIT and _next_is(data, j, end, classes, DIGIT)) or (
            c in (_HYPHEN, _APOSTROPHE, _AMPERSAND)
            and before in (LETTER, DIGIT)
            and (_next_is(data, j, end, classes, LETTER) or _next_is(data, j, end, classes, DIGIT))
        )
        if kind < LETTER and c != _LINE and not joins:
            break
        spelled = spelled or kind in (LETTER, HAN, KANA)
        if kind != MARK:
            before = kind
        j += size
        length += 1
    return (j, -1) if spelled else (-1, -1)


@njit(cache=True, nogil=True)
def tokenise(data, bounds, classes, out_start, out_end, out_row, out_kind, out_joint):
    """Write the tokens of texts: span int64, row int32, kind uint8 and joint uint8 of each.

    `classes` uint8[0x110000] has the class of every character. There are at most as many tokens as
    bytes. A hashtag, its # included, comes before the tokens of its own text. Returns how many.
    """
    n = 0
    for row in range(len(bounds) - 1):
        i, end = np.int64(bounds[row]), np.int64(bounds[row + 1])
        last = np.int64(-1)
        last_kind = NUMBER
        closing = np.int64(-1)
        tag = np.int64(-1)
        while i < end:
            c, size = decode(data, i)
            kind = classes[c]
            if c == HASH:
                if i != closing:
                    tag_end, closing = _hashtag(data, i + 1, end, classes)
                    if tag_end > 0:
                        tag = tag_end
                        out_start[n], out_end[n], out_row[n] = i, tag_end, row
                        out_kind[n], out_joint[n] = HASHTAG, BREAK
                        n += 1
                i += 1
                continue
            if kind < LETTER or kind == MARK:
                i += size
                continue
            j = i + size
            token = WORD
            if kind in (HAN, KANA):
                while j < end:
                    c, size = decode(data, j)
                    if classes[c] != kind and (kind == HAN or classes[c] != MARK):
                        break
                    j += size
                if kind == HAN:
                    token = RUN
                stop = j
            else:
                spelled = kind == LETTER
                before = kind
                while j < end:
                    c, size = decode(data, j)
                    here = classes[c]
                    if here in (LETTER, DIGIT):
                        spelled = spelled or here == LETTER
                        before = here
                    elif (c == _DOT and before == DIGIT) or (
                        c in (_APOSTROPHE, _AMPERSAND) and before == LETTER
                    ):
                        # Joins what is alike on both sides: 2.1, don't, r&b.
                        if not _next_is(data, j, end, classes, before):
                            break
                        before = OTHER
                    elif here != MARK:
                        break
                    j += size
                if not spelled:
                    token = NUMBER
                stop = j
                if j - i > 2 and data[j - 1] == _S and data[j - 2] == _APOSTROPHE:
                    stop = j - 2
            joint = BREAK
            if last >= 0 and not last <= tag <= i:
                if last == i:
                    joint = ATTACHED
                elif last_kind != RUN and token != RUN:
                    if last + 1 == i and data[last] == _HYPHEN:
                        joint = HYPHENED
                    else:
                        joint = SPACED
                        for b in range(last, i):
                            if data[b] != 0x20:
                                joint = BREAK
                                break
            out_start[n], out_end[n], out_row[n] = i, stop, row
            out_kind[n], out_joint[n] = token, joint
            n += 1
            last, last_kind = j, token
            i = j
    return n
