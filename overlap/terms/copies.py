"""Texts that many users post word for word: slogans to paste, chain letters, signatures of bots."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from overlap.hashing import hash_users
from overlap.terms.cleaning import clean

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

LEAST_BYTES = 48
"""Of a plain text, some 16 Chinese characters or 8 words: what is shorter many users hit upon."""


def copied_in(
    texts: pl.Series, users: NDArray[np.int32], characters: int, least: int
) -> tuple[str, ...]:
    """Return the digests of texts that at least so many users posted, in hexadecimal, sorted.

    Texts are the same if they read the same: case, links and names of users do not count.
    """
    plain = clean(texts, characters)
    long = _is_long(plain)
    found = pl.DataFrame({"text": _digests(plain.filter(long)), "user": users[long.to_numpy()]})
    often = found.group_by("text").agg(pl.col("user").n_unique()).filter(pl.col("user") >= least)
    return tuple(f"{digest:016x}" for digest in often["text"].sort())


def without_copies(plain: pl.Series, copied: Sequence[str]) -> pl.Series:
    """Return plain texts with those empty whose digests are given."""
    at = _is_long(plain).arg_true()
    known = np.array([int(digest, 16) for digest in copied], dtype=np.uint64)
    same = at.to_numpy()[np.isin(_digests(plain.gather(at)), known)]
    return plain.scatter(same, "") if len(same) else plain


def _is_long(plain: pl.Series) -> pl.Series:
    return plain.str.len_bytes() >= LEAST_BYTES


def _digests(plain: pl.Series) -> NDArray[np.uint64]:
    if plain.is_empty():
        return np.empty(0, dtype=np.uint64)
    return hash_users(plain.str.strip_chars())
