"""Who is held out: drawn by a hash of the user id that has nothing to do with the sketch's."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import polars as pl

from overlap.hashing import hash_users
from overlap.model import FULL_THETA, UsageError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_SEED_BITS = 62


def held_out(users: pl.Series, rate: float, salt: str) -> NDArray[np.bool_]:
    """Return which users are held out: the same ones for a salt whoever else is exported.

    `users` is Int64 or String without nulls. The hash is MurmurHash3 under a seed made of the
    salt, so that a user's draw is independent of what the sketch keeps, and of another salt's.
    """
    digest = hashlib.sha256(b"overlap holdout\0" + salt.encode()).digest()
    seed = int.from_bytes(digest[:8], "little") >> (64 - _SEED_BITS)
    drawn: NDArray[np.bool_] = hash_users(users, seed=seed) < int(rate * FULL_THETA)
    return drawn


def check_rate(rate: float) -> None:
    """Raise UsageError unless a rate leaves somebody on both sides."""
    if not 0 <= rate < 1:
        raise UsageError(
            f"--holdout is the share of members to hold out, from 0 to below 1, not {rate:g}",
            cure="try --holdout 0.1 to hold out every tenth member",
        )
