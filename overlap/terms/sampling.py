"""A bounded sample of posts with their users, the same whatever order they come in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import repeat
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from overlap.hashing import distinct, hash_users, number_in
from overlap.model import FULL_THETA, UsageError
from overlap.terms.lexicon import MOST_CHARACTERS

if TYPE_CHECKING:
    from numpy.typing import NDArray

_SCHEMA = pl.Schema({"user": pl.UInt64, "post": pl.UInt64, "text": pl.String})

MOST_BYTES = 16_000_000
"""Text that is looked at for new words; some sixty times as much memory is used meanwhile."""


@dataclass(frozen=True, slots=True)
class Sample:
    """Posts with `users` int32, numbered from 0; of all users about `rate` are here."""

    texts: pl.Series
    users: NDArray[np.int32]
    rate: float


def sample(
    texts: pl.Series | Iterable[pl.Series],
    users: pl.Series | Iterable[pl.Series] | None = None,
    *,
    characters: int = MOST_CHARACTERS,
    most_bytes: int = MOST_BYTES,
) -> Sample:
    """Return the distinct posts of as many users as fit into so many bytes.

    Users are kept by their hashes, half as many whenever there is too much, and of one user's
    distinct posts, by theirs, a thousandth of `most_bytes`; so the sample depends neither on the
    order of posts nor on who posts most. Without `users` every distinct text is a user of its own.
    Rows without text or user are left out. Raises UsageError where texts are not text, texts and
    users do not go together, or `most_bytes` is below a million.
    """
    if most_bytes < 1_000_000:
        raise UsageError(
            f"most_bytes is {most_bytes:,}",
            where="sample of posts",
            cure="give 1,000,000 or more",
        )
    theta = FULL_THETA
    kept = pl.DataFrame(schema=_SCHEMA)
    fresh: list[pl.DataFrame] = []
    waiting = 0
    for text, user in _pairs(texts, users):
        fresh.append(_hashed(text, user, characters).filter(pl.col("user") < theta))
        waiting += int(fresh[-1]["text"].str.len_bytes().sum())
        if waiting > most_bytes:
            kept, theta = _settled(pl.concat([kept, *fresh]), theta, most_bytes)
            fresh, waiting = [], 0
    kept, theta = _settled(pl.concat([kept, *fresh]), theta, most_bytes)
    hashes = kept["user"].to_numpy()
    numbers = number_in(hashes, distinct(hashes)).astype(np.int32)
    return Sample(kept["text"], numbers, theta / FULL_THETA)


def _hashed(texts: pl.Series, users: pl.Series, characters: int) -> pl.DataFrame:
    rows = texts.is_not_null() & users.is_not_null()
    text = texts.filter(rows).str.head(characters)
    return pl.DataFrame(
        {"user": hash_users(users.filter(rows)), "post": hash_users(text), "text": text},
        schema=_SCHEMA,
    )


def _settled(frame: pl.DataFrame, theta: int, most_bytes: int) -> tuple[pl.DataFrame, int]:
    """Return the posts that may stay, in the order of hashes, and the threshold of users."""
    size = pl.col("text").str.len_bytes()
    frame = frame.unique(["user", "post"]).sort("user", "post")
    frame = frame.filter(size.cum_sum().over("user") <= max(most_bytes // 1000, 1))
    while int(frame.select(size.sum()).item()) > most_bytes:
        theta //= 2
        frame = frame.filter(pl.col("user") < theta)
    return frame, theta


def _pairs(
    texts: pl.Series | Iterable[pl.Series], users: pl.Series | Iterable[pl.Series] | None
) -> Iterator[tuple[pl.Series, pl.Series]]:
    """Yield texts with their users, as Strings and as what can be hashed."""
    chunks = [texts] if isinstance(texts, pl.Series) else texts
    owners: Iterable[pl.Series | None]
    owners = repeat(None) if users is None else [users] if isinstance(users, pl.Series) else users
    for text, owner in zip(chunks, owners, strict=False):
        if text.dtype not in (pl.String, pl.Null):
            raise UsageError(
                f"texts are {text.dtype}, not text",
                where=f"column {text.name!r}",
                cure="name the column that holds the posts",
            )
        user = text if owner is None else owner
        if len(user) != len(text):
            raise UsageError(
                f"{len(text):,} texts and {len(user):,} users",
                where="sample of posts",
                cure="give the user of every text",
            )
        yield text.cast(pl.String), user.cast(pl.Int64 if user.dtype.is_integer() else pl.String)
