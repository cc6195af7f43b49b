"""Texts and a lexicon → the terms of each text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pyarrow as pa

from overlap.model import UsageError
from overlap.terms import assembling
from overlap.terms.characters import classes, is_han
from overlap.terms.cleaning import clean
from overlap.terms.copies import without_copies
from overlap.terms.lexicon import Lexicon, word_list
from overlap.terms.segmenting import Segmenter
from overlap.terms.tokens import Codes, packed, strings, tokenise, tokenise_plain

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]

BATCH_BYTES = 4_000_000
"""Text that is read at a time; some thirty times as much memory is used meanwhile."""
BATCH_ROWS = 100_000

TERM_ROWS = pl.Schema({"row": pl.UInt32, "term": pl.String})

LONGEST_TERM = 40
"""Characters; what is longer and not a word of the lexicon is an id, or a script without spaces."""

_STOP, _UNIT, _WORD = 1, 2, 4


@dataclass(frozen=True, slots=True)
class Head:
    """A lexicon made ready: spans that stand before every buffer, so that they get the first codes.

    `flags` uint8 by code; `trie` as `assembling.read` wants it.
    """

    data: bytes
    start: Ints
    end: Ints
    flags: NDArray[np.uint8]
    trie: tuple[Ints, Ints, Ints]
    segmenter: Segmenter


@cache
def _default() -> Lexicon:
    return Lexicon()


@lru_cache(maxsize=4)
def head_of(lexicon: Lexicon) -> Head:
    """Return a lexicon made ready; the last few are kept."""
    coined = [word for word in lexicon.words if len(word) > 1 and is_han(word)]
    segmenter = Segmenter(coined)
    chosen = set(coined)
    paths = _paths([word for word in lexicon.words if word not in chosen], segmenter)
    words: dict[str, int] = {}
    for word, flag in (
        *((word, _STOP) for word in lexicon.stop),
        *((word, _UNIT) for word in word_list("units")),
        *((part, 0) for parts, _ in paths for part in parts),
        *((word, _WORD) for word in lexicon.words),
    ):
        words[word] = words.get(word, 0) | flag
    data, start, end = packed(list(words))
    code = {word: i for i, word in enumerate(words)}
    return Head(
        data=data,
        start=start,
        end=end,
        flags=np.fromiter(words.values(), dtype=np.uint8, count=len(words)),
        trie=_trie([([code[part] for part in parts], code[word]) for parts, word in paths]),
        segmenter=segmenter,
    )


def _paths(words: list[str], segmenter: Segmenter) -> list[tuple[list[str], str]]:
    """Return the tokens that expressions are made of, each with the expression."""
    if not words:
        return []
    tokens = segmenter.spread(tokenise(pl.Series("text", words), max(map(len, words))))
    parts: list[list[str]] = [[] for _ in words]
    for row, part in zip(
        tokens.row, strings(tokens.data, tokens.start, tokens.end).to_list(), strict=True
    ):
        parts[row].append(part)
    paths = [(made, word) for made, word in zip(parts, words, strict=True) if made]
    # "hdmi2.1" is one token, and the same thing as "hdmi 2.1".
    for made, word in list(paths):
        if len(made) == 2 and made[0].isascii() and made[1].isascii():
            left, right = made
            if left.isalpha() and right[0].isdigit():
                paths.append(([left + right], word))
    return paths


def _trie(paths: list[tuple[list[int], int]]) -> tuple[Ints, Ints, Ints]:
    edges: dict[int, int] = {}
    accept: dict[int, int] = {}
    for parts, word in paths:
        node = 0
        for part in parts:
            node = edges.setdefault(node << 32 | part, len(edges) + 1)
        accept.setdefault(node, word)
    keys = np.array(sorted(edges), dtype=np.int64)
    nodes = np.array([edges[key] for key in sorted(edges)], dtype=np.int64)
    ends = np.full(len(edges) + 1, -1, dtype=np.int64)
    ends[list(accept)] = list(accept.values())
    return keys, nodes, ends


def terms_of(
    texts: pl.Series, lexicon: Lexicon | None = None, *, rows: pl.Series | None = None
) -> pl.Series:
    """Return the distinct terms of each text, in the order they first stand in it.

    `texts` is String (null has no terms); the result is List(String) of the same length, without
    nulls. With `rows`, a Boolean of the same length, only rows where it is true are read and the
    others have no terms. A term is

    - a hashtag with its # ("#电竞电视"), however short; its text is then read like any other, so
      that the same word in running text and in hashtags is one term;
    - a word or expression of the lexicon, the longest that fits;
    - a number with its unit ("120hz", "4毫秒"), words joined by hyphens ("wi-fi");
    - a word: Chinese as the segmenter parts it, else letters and digits in a row; at least
      `lexicon.shortest` characters, not digits alone, no stop word.

    Case and compatibility forms are folded, possessives stripped and repetitions squeezed
    ("soooo" → "soo", 哈哈哈哈 → 哈哈). Markup, links, @names and emoji are left out. Korean words
    keep their particles; Japanese kanji are parted as Chinese and runs of kana are words; scripts
    without spaces (Thai) are not parted. Texts that the lexicon knows as copied have no terms. Only
    `lexicon.characters` of a text are read. Threads may call it at once. Raises UsageError where
    `texts` is not text or `rows` does not fit.
    """
    found = term_rows(texts, lexicon, rows=rows)
    count = found["row"].value_counts(sort=False)
    sizes = np.zeros(len(texts), dtype=np.int64)
    sizes[count["row"].to_numpy()] = count["count"].to_numpy()
    offsets = np.concatenate([[0], np.cumsum(sizes)])
    lists = pa.LargeListArray.from_arrays(pa.array(offsets), found["term"].to_arrow())
    column = pl.from_arrow(lists)
    assert isinstance(column, pl.Series)
    return column.alias("terms")


def term_rows(
    texts: pl.Series, lexicon: Lexicon | None = None, *, rows: pl.Series | None = None
) -> pl.DataFrame:
    """Return what `terms_of` does as a frame, a row per term: `row` (UInt32, ascending), `term`."""
    known = lexicon or _default()
    _check(texts, rows)
    wanted = texts.is_not_null() if rows is None else texts.is_not_null() & rows.fill_null(False)
    places = wanted.arg_true()
    chosen = texts if len(places) == len(texts) else texts.gather(places)
    chosen = chosen.cast(pl.String)
    parts = [pl.DataFrame(schema=TERM_ROWS)]
    for first, batch in _batches(chosen, known.characters):
        part = _read(batch, known)
        parts.append(part.with_columns(places.slice(first).gather(part["row"]).alias("row")))
    return pl.concat(parts)


def _check(texts: pl.Series, rows: pl.Series | None) -> None:
    if texts.dtype not in (pl.String, pl.Null):
        raise UsageError(
            f"texts are {texts.dtype}, not text",
            where=f"column {texts.name!r}",
            cure="name the column that holds the posts",
        )
    if rows is not None and (rows.dtype != pl.Boolean or len(rows) != len(texts)):
        raise UsageError(
            f"rows are {len(rows):,} of {rows.dtype} for {len(texts):,} texts",
            where="terms_of, rows",
            cure="give one Boolean per text",
        )


def _batches(texts: pl.Series, characters: int) -> Iterator[tuple[int, pl.Series]]:
    """Yield slices of texts of bounded size, with the place of the first of each."""
    sizes = texts.str.len_bytes().fill_null(0).clip(upper_bound=4 * characters).cast(pl.Int64)
    rows = np.arange(len(texts)) // BATCH_ROWS
    batch = sizes.cum_sum().to_numpy() // BATCH_BYTES + rows
    cuts = [0, *(np.flatnonzero(np.diff(batch)) + 1).tolist(), len(texts)]
    for first, end in pairwise(cuts):
        if end > first:
            yield first, texts.slice(first, end - first)


def _read(texts: pl.Series, lexicon: Lexicon) -> pl.DataFrame:
    head = head_of(lexicon)
    plain = clean(texts, lexicon.characters)
    if lexicon.copied:
        plain = without_copies(plain, lexicon.copied)
    tokens = head.segmenter.spread(tokenise_plain(plain, head.data))
    codes = Codes(len(head.start) + 2 * len(tokens))
    codes.add(tokens.data, head.start, head.end)
    code = codes.add(tokens.data, tokens.start, tokens.end)
    row = np.empty(len(tokens), dtype=np.int32)
    term = np.empty(len(tokens), dtype=np.int64)
    n, codes.n = assembling.read(
        tokens.data, tokens.arrays, code, codes.slots, codes.start, codes.end, codes.n,
        head.flags, head.trie, row, term,
    )  # fmt: skip
    start, end = codes.start[: codes.n], codes.end[: codes.n]
    wanted = np.empty(codes.n, dtype=np.bool_)
    assembling.judge(tokens.data, start, end, classes(), lexicon.shortest, LONGEST_TERM, wanted)
    wanted[: len(head.flags)] &= head.flags & _STOP == 0
    wanted[: len(head.flags)] |= head.flags & _WORD > 0
    bounds = np.empty(len(texts) + 1, dtype=np.int64)
    kept = np.empty(n, dtype=np.int64)
    seen = np.full(codes.n, -1, dtype=np.int32)
    kept = kept[: assembling.dedupe(row[:n], term[:n], wanted, seen, bounds, kept)]
    # Only what is a term somewhere gets a text of its own.
    used = np.flatnonzero(seen >= 0)
    place = np.empty(codes.n, dtype=np.int64)
    place[used] = np.arange(len(used))
    names = strings(tokens.data, start[used], end[used])
    rows = np.repeat(np.arange(len(texts), dtype=np.uint32), np.diff(bounds))
    return pl.DataFrame({"row": rows, "term": names.gather(place[kept])}, schema=TERM_ROWS)
