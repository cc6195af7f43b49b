"""The hash is Apache DataSketches' own."""

import hashlib
import hmac

import datasketches
import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from overlap.hashing import hash_users, key_id, remix


def apache(value: int | str) -> int:
    sketch = datasketches.update_theta_sketch(5)
    sketch.update(value)
    return next(iter(sketch.compact()))


@given(st.lists(st.integers(-(2**63), 2**63 - 1), min_size=1, max_size=20))
def test_integer_ids_hash_as_apache_theta_hashes_them(ids: list[int]) -> None:
    ours = hash_users(pl.Series(ids, dtype=pl.Int64))
    assert ours.tolist() == [apache(i) for i in ids]


@given(st.lists(st.text(min_size=1, max_size=70), min_size=1, max_size=20))
def test_text_ids_hash_as_apache_theta_hashes_their_utf8(ids: list[str]) -> None:
    ours = hash_users(pl.Series(ids, dtype=pl.String))
    assert ours.tolist() == [apache(i) for i in ids]


@pytest.mark.parametrize("length", [1, 7, 8, 9, 15, 16, 17, 31, 32, 33, 10_000])
def test_every_tail_length_hashes_as_apache_does(length: int) -> None:
    text = ("0123456789abcdef电" * (length // 8 + 1))[:length]
    assert hash_users(pl.Series([text, "x"])).tolist() == [apache(text), apache("x")]


def test_a_slice_of_a_column_hashes_like_the_column() -> None:
    users = pl.Series([f"user {i}" for i in range(100)])
    assert hash_users(users[40:60]).tolist() == hash_users(users).tolist()[40:60]


def test_the_seed_changes_every_hash() -> None:
    users = pl.Series(range(1000), dtype=pl.Int64)
    assert not np.any(hash_users(users) == hash_users(users, seed=1))


def murmur3_x64_128(data: bytes, seed: int) -> int:
    """The first word of the reference algorithm, in plain integers."""
    mask, c1, c2 = 2**64 - 1, 0x87C37B91114253D5, 0x4CF5AD432745937F

    def rotl(x: int, r: int) -> int:
        return ((x << r) | (x >> (64 - r))) & mask

    def fmix(x: int) -> int:
        x = ((x ^ (x >> 33)) * 0xFF51AFD7ED558CCD) & mask
        x = ((x ^ (x >> 33)) * 0xC4CEB9FE1A85EC53) & mask
        return x ^ (x >> 33)

    h1 = h2 = seed
    for i in range(0, len(data) - len(data) % 16, 16):
        k1, k2 = (int.from_bytes(data[j : j + 8], "little") for j in (i, i + 8))
        h1 = (rotl(h1 ^ (rotl(k1 * c1 & mask, 31) * c2 & mask), 27) + h2) & mask
        h1 = (h1 * 5 + 0x52DCE729) & mask
        h2 = (rotl(h2 ^ (rotl(k2 * c2 & mask, 33) * c1 & mask), 31) + h1) & mask
        h2 = (h2 * 5 + 0x38495AB5) & mask
    tail = data[len(data) - len(data) % 16 :]
    h1 ^= rotl(int.from_bytes(tail[:8], "little") * c1 & mask, 31) * c2 & mask
    h2 ^= rotl(int.from_bytes(tail[8:], "little") * c2 & mask, 33) * c1 & mask
    h1, h2 = h1 ^ len(data), h2 ^ len(data)
    h1 = (h1 + h2) & mask
    h2 = (h2 + h1) & mask
    return (fmix(h1) + fmix(h2)) & mask


@given(st.text(min_size=1, max_size=40), st.integers(-(2**63), 2**63 - 1))
def test_with_a_key_the_hmac_of_the_id_is_hashed(text: str, number: int) -> None:
    for users, raw in [
        (pl.Series([text]), text.encode()),
        (pl.Series([number], dtype=pl.Int64), number.to_bytes(8, "little", signed=True)),
    ]:
        digest = hmac.digest(b"secret", raw, hashlib.sha256)
        expected = murmur3_x64_128(digest, 9001) >> 1
        assert hash_users(users, key=b"secret").tolist() == [expected]


def test_the_name_of_a_key_differs_between_keys_and_does_not_hold_them() -> None:
    assert key_id(b"a") != key_id(b"b")
    assert b"a".hex() != key_id(b"a")


def test_hashes_lie_below_two_to_the_63_and_spread_evenly() -> None:
    hashes = hash_users(pl.Series(range(100_000), dtype=pl.Int64))
    assert hashes.max() < 2**63
    counts = np.bincount((hashes >> np.uint64(59)).astype(int), minlength=16)
    chi2 = float(((counts - 6250) ** 2 / 6250).sum())
    assert chi2 < 37.7  # 99.9% point with 15 degrees of freedom


@settings(max_examples=20)
@given(st.sampled_from([pl.Float64, pl.Boolean, pl.UInt64]))
def test_other_id_types_are_refused(dtype: pl.DataType) -> None:
    with pytest.raises(TypeError, match="must be Int64 or String"):
        hash_users(pl.Series([1], dtype=dtype, strict=False))


def test_remix_is_a_bijection_on_a_sample() -> None:
    hashes = hash_users(pl.Series(range(100_000), dtype=pl.Int64))
    assert len(np.unique(remix(hashes))) == len(hashes)
