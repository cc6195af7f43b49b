"""Texts → tokens: spans of letters, digits and Chinese characters, without an object per token."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pyarrow as pa

from overlap.hashing import text_buffers
from overlap.terms import assembling, scanning
from overlap.terms.characters import classes
from overlap.terms.cleaning import clean

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Bytes = NDArray[np.uint8]
    Ints = NDArray[np.int64]
    Mask = NDArray[np.bool_]
    Arrays = tuple[Ints, Ints, NDArray[np.int32], Bytes, Bytes]


@dataclass(frozen=True, slots=True)
class Tokens:
    """Tokens of texts in the order they stand in.

    `data` uint8 holds the cleaned texts; `start` and `end` int64 are spans of it; `row` int32 is
    the text of each; `kind` and `joint` uint8 are as `scanning` numbers them.
    """

    data: Bytes
    start: Ints
    end: Ints
    row: NDArray[np.int32]
    kind: NDArray[np.uint8]
    joint: NDArray[np.uint8]

    def __len__(self) -> int:
        """Return the number of tokens."""
        return len(self.start)

    @property
    def arrays(self) -> Arrays:
        """The spans, rows, kinds and joints."""
        return self.start, self.end, self.row, self.kind, self.joint


def room(tokens: int) -> Arrays:
    """Return arrays for so many tokens."""
    return (
        np.empty(tokens, dtype=np.int64),
        np.empty(tokens, dtype=np.int64),
        np.empty(tokens, dtype=np.int32),
        np.empty(tokens, dtype=np.uint8),
        np.empty(tokens, dtype=np.uint8),
    )


def chosen(arrays: Arrays, which: slice | Mask) -> Arrays:
    """Return some of the tokens that arrays hold."""
    start, end, row, kind, joint = arrays
    return start[which], end[which], row[which], kind[which], joint[which]


def tokenise(texts: pl.Series, characters: int) -> Tokens:
    """Return the tokens of raw texts, of each at most so many characters."""
    return tokenise_plain(clean(texts, characters))


def tokenise_plain(texts: pl.Series, head: bytes = b"") -> Tokens:
    """Return the tokens of texts that have been cleaned.

    `head` are bytes to put before the texts in the buffer, so that spans of it can be compared.
    """
    plain = texts.to_arrow(compat_level=pl.CompatLevel.oldest())
    raw, offsets = text_buffers(plain.cast(pa.large_string()))
    bounds = np.empty(len(offsets), dtype=np.int64)
    data = np.empty(len(head) + int(offsets[-1] - offsets[0]), dtype=np.uint8)
    data[: len(head)] = np.frombuffer(head, dtype=np.uint8)
    scanning.squeeze(raw, offsets, classes(), data[len(head) :], bounds)
    bounds += len(head)
    data = data[: bounds[-1]]
    out = room(int(bounds[-1]) - len(head))
    n = scanning.tokenise(data, bounds, classes(), *out)
    return Tokens(data, *chosen(out, slice(n)))


class Codes:
    """Numbers for the distinct spans of one buffer, in the order they are first met; it grows."""

    def __init__(self, most: int) -> None:
        """Make room for at most so many distinct spans."""
        self.slots = np.full(1 << max(4, (2 * most).bit_length()), -1, dtype=np.int32)
        self.start = np.empty(most, dtype=np.int64)
        self.end = np.empty(most, dtype=np.int64)
        self.n = 0

    def add(self, data: Bytes, start: Ints, end: Ints) -> Ints:
        """Return the code of each span, int64."""
        out = np.empty(len(start), dtype=np.int64)
        self.n = assembling.intern(data, start, end, self.slots, self.start, self.end, self.n, out)
        return out


def strings(data: Bytes, start: Ints, end: Ints) -> pl.Series:
    """Return the texts of spans, as Strings."""
    out = np.empty(int((end - start).sum()), dtype=np.uint8)
    bounds = np.empty(len(start) + 1, dtype=np.int64)
    assembling.copy_spans(data, start, end, 0, 0, out, bounds)
    buffers = [None, pa.py_buffer(bounds), pa.py_buffer(out)]
    column = pl.from_arrow(pa.Array.from_buffers(pa.large_string(), len(start), buffers))
    assert isinstance(column, pl.Series)
    return column


def packed(words: Sequence[str]) -> tuple[bytes, Ints, Ints]:
    """Return words as one run of bytes, and the span of each in it."""
    raw = [word.encode() for word in words]
    ends = np.cumsum([len(word) for word in raw], dtype=np.int64)
    return b"".join(raw), ends - np.array([len(word) for word in raw], dtype=np.int64), ends
