"""User id → 64-bit hash, the same for ever and the same as Apache DataSketches' theta."""

from __future__ import annotations

import hashlib
import hmac
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import pyarrow as pa

from overlap import kernels
from overlap.model import IdType

if TYPE_CHECKING:
    from numpy.typing import NDArray

    U64 = NDArray[np.uint64]

DEFAULT_SEED = 9001


def hash_users(
    users: pl.Series | pa.Array, *, seed: int = DEFAULT_SEED, key: bytes | None = None
) -> U64:
    """Hash user ids to the 63 bits that Apache theta keeps of MurmurHash3 x64-128.

    `users` is Int64 (hashed as 8 bytes, little-endian) or String (hashed as UTF-8), without nulls,
    or an Arrow array of text. With a `key`, HMAC-SHA256 of those bytes is hashed instead. Returns
    uint64[len(users)] below 2**63. Raises TypeError for any other type.
    """
    if isinstance(users, pl.Series):
        if users.dtype not in (pl.Int64, pl.String):
            raise TypeError(f"user ids must be Int64 or String, not {users.dtype}")
        users = users.to_arrow(compat_level=pl.CompatLevel.oldest())
    out = np.empty(len(users), dtype=np.uint64)
    if key is not None:
        size = hashlib.sha256().digest_size
        digests = np.frombuffer(_keyed(users, key), dtype=np.uint8)
        kernels.hash_bytes(digests, np.arange(len(users) + 1, dtype=np.int64) * size, seed, out)
    elif pa.types.is_int64(users.type):
        kernels.hash_words(users.to_numpy().view(np.uint64), seed, out)
    else:
        kernels.hash_bytes(*text_buffers(users), seed, out)
    return out


def text_buffers(text: pa.Array) -> tuple[NDArray[np.uint8], NDArray[Any]]:
    """Return the bytes of an Arrow text array and the offsets of its values, without a copy."""
    _, offsets, data = text.buffers()
    width = np.int64 if pa.types.is_large_string(text.type) else np.int32
    ends = np.frombuffer(offsets or b"", dtype=width)[text.offset :][: len(text) + 1]
    return np.frombuffer(data or b"", dtype=np.uint8), ends


def distinct(hashes: U64) -> U64:
    """Return the distinct hashes, ascending."""
    # numpy's own way goes through a hash table, which takes several times as long as a sort.
    ascending = np.sort(hashes)
    first = np.ones(len(ascending), dtype=bool)
    np.not_equal(ascending[1:], ascending[:-1], out=first[1:])
    return ascending[first]


def number_in(hashes: U64, users: U64) -> NDArray[np.int64]:
    """Return the place of each hash in `users`, which is ascending and holds every one of them."""
    out = np.empty(len(hashes), dtype=np.int64)
    if not len(users):
        return out
    # Hashes are spread evenly up to a threshold: a table over their upper bits leaves few steps.
    shift = max(int(users[-1]).bit_length() - min(len(users).bit_length() + 1, 24), 0)
    first = np.empty((int(users[-1]) >> shift) + 2, dtype=np.int64)
    kernels.number(hashes, users, shift, first, out)
    return out


def key_id(key: bytes) -> str:
    """Return a short name for a secret key, from which the key cannot be found."""
    return hmac.digest(key, b"overlap key id", "sha256").hex()[:16]


def id_type_of(users: pl.Series) -> IdType:
    """Return the id type that a column of clean user ids has."""
    return "integer" if users.dtype == pl.Int64 else "text"


def remix(hashes: U64) -> U64:
    """Return 64 bits that tell nothing about which hashes lie below a threshold.

    HyperLogLog registers are built from these, so that their error is independent of that of the
    kept set, and so that a kept set that holds everybody yields the registers by itself. The
    function is MurmurHash3's finalizer, a bijection of uint64.
    """
    out = np.empty(len(hashes), dtype=np.uint64)
    kernels.remix(hashes, out)
    return out


def _keyed(users: pa.Array, key: bytes) -> bytes:
    if pa.types.is_int64(users.type):
        raw = users.to_numpy().astype("<i8").tobytes()
        ids = [raw[i : i + 8] for i in range(0, len(raw), 8)]
    else:
        ids = [user.encode() for user in users.to_pylist()]
    return b"".join(hmac.digest(key, user, "sha256") for user in ids)
