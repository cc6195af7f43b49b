"""User id → 64-bit hash, the same for ever and the same as Apache DataSketches' theta."""

from __future__ import annotations

import hashlib
import hmac
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from overlap.model import IdType

if TYPE_CHECKING:
    from numpy.typing import NDArray

    U64 = NDArray[np.uint64]

DEFAULT_SEED = 9001

_C1 = np.uint64(0x87C37B91114253D5)
_C2 = np.uint64(0x4CF5AD432745937F)
_BLOCK = 16
_GATHER_BYTES = 1 << 26


def hash_users(users: pl.Series, *, seed: int = DEFAULT_SEED, key: bytes | None = None) -> U64:
    """Hash user ids to the 63 bits that Apache theta keeps of MurmurHash3 x64-128.

    `users` is Int64 (hashed as 8 bytes, little-endian) or String (hashed as UTF-8), without nulls.
    With a `key`, HMAC-SHA256 of those bytes is hashed instead. Returns uint64[len(users)] below
    2**63. Raises TypeError for any other type.
    """
    if users.dtype not in (pl.Int64, pl.String):
        raise TypeError(f"user ids must be Int64 or String, not {users.dtype}")
    if key is not None:
        data = np.frombuffer(_keyed(users, key), dtype=np.uint8)
        starts = np.arange(len(users), dtype=np.int64) * hashlib.sha256().digest_size
        lengths = np.full(len(users), hashlib.sha256().digest_size, dtype=np.int64)
        return _murmur_bytes(data, starts, lengths, seed) >> np.uint64(1)
    if users.dtype == pl.Int64:
        return _murmur_words(users.to_numpy().view(np.uint64), seed) >> np.uint64(1)
    text = users.to_arrow(compat_level=pl.CompatLevel.oldest())
    _, offset_buffer, data_buffer = text.buffers()
    offsets = np.frombuffer(offset_buffer, dtype=np.int64)[text.offset :][: len(users) + 1]
    data = np.frombuffer(data_buffer or b"", dtype=np.uint8)
    return _murmur_bytes(data, offsets[:-1], np.diff(offsets), seed) >> np.uint64(1)


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
    return _fmix(hashes + np.uint64(0x9E3779B97F4A7C15))


def _keyed(users: pl.Series, key: bytes) -> bytes:
    if users.dtype == pl.Int64:
        raw = users.to_numpy().astype("<i8").tobytes()
        return b"".join(
            hmac.digest(key, raw[i : i + 8], "sha256") for i in range(0, len(raw), 8)
        )  # fmt: skip
    return b"".join(hmac.digest(key, user.encode(), "sha256") for user in users)


def _rotl(x: U64, r: int) -> U64:
    return (x << np.uint64(r)) | (x >> np.uint64(64 - r))


def _fmix(x: U64) -> U64:
    x = x ^ (x >> np.uint64(33))
    x = x * np.uint64(0xFF51AFD7ED558CCD)
    x = x ^ (x >> np.uint64(33))
    x = x * np.uint64(0xC4CEB9FE1A85EC53)
    return x ^ (x >> np.uint64(33))


def _mix1(k: U64) -> U64:
    return _rotl(k * _C1, 31) * _C2


def _mix2(k: U64) -> U64:
    return _rotl(k * _C2, 33) * _C1


def _finish(h1: U64, h2: U64, length: int) -> U64:
    size = np.uint64(length)
    h1, h2 = h1 ^ size, h2 ^ size
    h1 = h1 + h2
    h2 = h2 + h1
    return _fmix(h1) + _fmix(h2)


def _murmur_words(words: U64, seed: int) -> U64:
    """Return the first MurmurHash3 word of every 8-byte value: a tail without blocks."""
    start = np.full(len(words), seed, dtype=np.uint64)
    return _finish(start ^ _mix1(words), start, 8)


def _murmur_bytes(
    data: NDArray[np.uint8], starts: NDArray[np.int64], lengths: NDArray[np.int64], seed: int
) -> U64:
    """Return the first MurmurHash3 word of every slice, worked off one length at a time."""
    out = np.empty(len(starts), dtype=np.uint64)
    order = np.argsort(lengths, kind="stable")
    by_length = lengths[order]
    edges = np.flatnonzero(np.diff(by_length)) + 1
    for run in np.split(order, edges):
        if not len(run):
            continue
        length = int(lengths[run[0]])
        padded = -(-max(length, 1) // _BLOCK) * _BLOCK
        step = max(1, _GATHER_BYTES // padded)
        for at in range(0, len(run), step):
            rows = run[at : at + step]
            block = np.zeros((len(rows), padded), dtype=np.uint8)
            block[:, :length] = data[starts[rows, None] + np.arange(length)]
            out[rows] = _murmur_block(block.view("<u8"), length, seed)
    return out


def _murmur_block(words: U64, length: int, seed: int) -> U64:
    h1 = np.full(len(words), seed, dtype=np.uint64)
    h2 = h1.copy()
    whole = length // _BLOCK
    for i in range(whole):
        h1 = _rotl(h1 ^ _mix1(words[:, 2 * i]), 27) + h2
        h1 = h1 * np.uint64(5) + np.uint64(0x52DCE729)
        h2 = _rotl(h2 ^ _mix2(words[:, 2 * i + 1]), 31) + h1
        h2 = h2 * np.uint64(5) + np.uint64(0x38495AB5)
    tail = length - whole * _BLOCK
    if tail > 8:
        h2 = h2 ^ _mix2(words[:, 2 * whole + 1])
    if tail > 0:
        h1 = h1 ^ _mix1(words[:, 2 * whole])
    return _finish(h1, h2, length)
