"""Runs of Chinese characters → words, by the segmenter and the words that were added to it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import rjieba

from overlap.terms import assembling, scanning
from overlap.terms.tokens import Codes, Tokens, chosen, room

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]


@cache
def _plain() -> rjieba.Jieba:
    return rjieba.Jieba()


def is_known(word: str) -> bool:
    """Whether the segmenter's own dictionary has a word."""
    return _plain().has_word(word)


class Segmenter:
    """Parts Chinese text into the likeliest words; never changes, so threads may share it.

    An added word gets the least frequency at which it wins over its own parts, so it is found
    wherever that is likelier than what stands around it: 跟手 in 很跟手, not in 跟手机.
    """

    def __init__(self, words: Sequence[str]) -> None:
        """Load the dictionary, some 25 MB in a tenth of a second, and add words to it."""
        self._jieba = rjieba.Jieba()
        for word in words:
            # Asked of the untouched dictionary, so that the order of words does not matter.
            self._jieba.add_word(word, _plain().suggest_freq(word), None)

    def spread(self, tokens: Tokens) -> Tokens:
        """Return the tokens with every run of Chinese characters parted into words."""
        runs = np.flatnonzero(tokens.kind == scanning.RUN)
        codes = Codes(len(runs))
        piece = np.full(len(tokens), -1, dtype=np.int64)
        piece[runs] = codes.add(tokens.data, tokens.start[runs], tokens.end[runs])
        first, size = self._words(tokens, codes)
        more = int(np.diff(first)[piece[runs]].sum()) - len(runs)
        out = room(len(tokens) + more)
        n = assembling.spread(*tokens.arrays, piece, first, size, out)
        return Tokens(tokens.data, *chosen(out, slice(n)))

    def _words(self, tokens: Tokens, codes: Codes) -> tuple[Ints, Ints]:
        """Return where the words of each distinct run begin, int64[runs + 1], and their bytes."""
        start, end = codes.start[: codes.n], codes.end[: codes.n]
        out = np.empty(int((end - start).sum()) + codes.n, dtype=np.uint8)
        bounds = np.empty(codes.n + 1, dtype=np.int64)
        assembling.copy_spans(tokens.data, start, end, 1, ord("\n"), out, bounds)
        # Guessing words out of single characters (hmm) would find other ones in every sentence.
        words = self._jieba.cut(out.tobytes().decode(), hmm=False)
        size = pl.Series(words, dtype=pl.String).str.len_bytes().to_numpy().astype(np.int64)
        begin = np.cumsum(size) - size
        kept = out[begin] != ord("\n")
        first = np.searchsorted(begin[kept], bounds)
        return first, size[kept]
