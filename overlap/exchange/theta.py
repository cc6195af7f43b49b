"""Apache's compact theta sketch: bytes ↔ the kept hashes of a set and their threshold.

    byte 0      longs in the preamble: 1 empty or a single hash, 2 exact, 3 sampled
    byte 1, 2   serial version 3; family 3 (compact)
    byte 5      flags
    byte 6, 7   seed hash
    byte 8      number of hashes, 4 bytes, then 4 unused (not where the preamble is one long)
    byte 16     theta, where sampled
    then        the hashes, 8 bytes each, ascending where the flags say so

All numbers are little-endian. Read as well: versions 1 and 2, laid out alike, and 4, compressed.
Sketches of strangers are read here and not by Apache's own library, which some damaged ones crash.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from overlap.hashing import DEFAULT_SEED
from overlap.model import FULL_THETA, DataError

if TYPE_CHECKING:
    from numpy.typing import NDArray

MAX_THETA = FULL_THETA - 1
"""What Apache writes for rate 1: the largest signed 64-bit integer."""

_VERSION, _COMPACT_FAMILY = 3, 3
_BIG_ENDIAN, _READ_ONLY, _EMPTY, _COMPACT, _ORDERED = 1, 2, 4, 8, 16
_PREAMBLE = struct.Struct("<BBBxxBH")
_FAMILIES = {1: "an Alpha sketch", 2: "an update sketch", 4: "a union", 7: "an HLL sketch",
             8: "a quantiles sketch", 9: "a tuple sketch", 15: "a KLL sketch",
             16: "a CPC sketch"}  # fmt: skip
_AGAIN = "write the sketch again, or take its row out of the table"


@dataclass(frozen=True, slots=True, eq=False)
class Theta:
    """What a theta sketch holds: all hashes of a set below `theta`, uint64[n], ascending.

    `theta` is in units of 2**-63; FULL_THETA says that the set is whole.
    """

    theta: int
    hashes: NDArray[np.uint64]


def to_bytes(hashes: NDArray[np.uint64], theta: int, seed: int = DEFAULT_SEED) -> bytes:
    """Return the ordered compact sketch of ascending distinct hashes below theta, as Apache's.

    Equal to what `compact_theta_sketch.serialize()` gives for the same hashes, theta and seed.
    """
    if theta >= FULL_THETA:
        theta = MAX_THETA
    # Apache takes 0 for an empty place and keeps nothing at or above its largest theta.
    kept = hashes[np.searchsorted(hashes, np.uint64(1)) : np.searchsorted(hashes, np.uint64(theta))]
    sampled = theta < MAX_THETA
    flags = _READ_ONLY | _COMPACT | _ORDERED
    if not sampled and not len(kept):
        return _PREAMBLE.pack(1, _VERSION, _COMPACT_FAMILY, flags | _EMPTY, seed_hash(seed))
    longs = 3 if sampled else 2 if len(kept) > 1 else 1
    head = _PREAMBLE.pack(longs, _VERSION, _COMPACT_FAMILY, flags, seed_hash(seed))
    if longs > 1:
        head += struct.pack("<II", len(kept), 0)
    if sampled:
        head += struct.pack("<Q", theta)
    return head + kept.astype("<u8").tobytes()


def from_bytes(data: bytes, seed: int = DEFAULT_SEED) -> Theta:
    """Read a compact theta sketch of serial version 1, 2, 3 or 4 (compressed), ordered or not.

    Raises DataError for bytes that are no such sketch, that are damaged, or that were hashed with
    another seed.
    """
    if len(data) < _PREAMBLE.size:
        raise DataError(f"these {len(data)} bytes are too few for a theta sketch", cure=_AGAIN)
    longs, version, family, flags, found = _PREAMBLE.unpack_from(data)
    longs &= 0x3F
    _check_family(family)
    if version not in (1, 2, 3, 4):
        raise _damaged(f"its serial version is {version}")
    if version == 1:
        # It has neither flags nor a seed hash, and always the whole preamble.
        return _plain(data, 3, ordered=False)
    if flags & _BIG_ENDIAN and version > 2:
        raise DataError("this sketch is in big-endian byte order", cure="write it little-endian")
    if (flags & _EMPTY) if version > 2 else longs == 1:
        # Java writes no seed hash where there is nothing that was hashed.
        return Theta(FULL_THETA, np.empty(0, dtype=np.uint64))
    _check_seed(found, seed)
    if version == 4:
        return _compressed(data, longs)
    return _plain(data, longs, ordered=version == 3 and bool(flags & _ORDERED))


def seed_hash(seed: int) -> int:
    """Return the 16 bits by which Apache tells seeds apart.

    They are the lowest of the first word of MurmurHash3 x64-128 of the seed's 8 bytes, seed 0.
    """
    k = _times(_rotl(_times(seed & _MASK, 0x87C37B91114253D5), 31), 0x4CF5AD432745937F)
    h1, h2 = (k ^ 8) + 8, 8
    h2 += h1
    return (_fmix(h1 & _MASK) + _fmix(h2 & _MASK)) & 0xFFFF


_MASK = (1 << 64) - 1


def _times(a: int, b: int) -> int:
    return a * b & _MASK


def _rotl(x: int, r: int) -> int:
    return (x << r | x >> (64 - r)) & _MASK


def _fmix(x: int) -> int:
    x = _times(x ^ x >> 33, 0xFF51AFD7ED558CCD)
    x = _times(x ^ x >> 33, 0xC4CEB9FE1A85EC53)
    return x ^ x >> 33


def _plain(data: bytes, longs: int, *, ordered: bool) -> Theta:
    """Read what follows the first eight bytes: hashes of 8 bytes each."""
    if longs not in (1, 2, 3):
        raise _damaged(f"its preamble has {longs} longs")
    at = 8 * longs
    if len(data) < at:
        raise _damaged("it is cut short")
    count = 1 if longs == 1 else int.from_bytes(data[8:12], "little")
    theta = MAX_THETA if longs < 3 else int.from_bytes(data[16:24], "little")
    if len(data) < at + 8 * count:
        raise _damaged(f"{count:,} hashes do not fit into its {len(data):,} bytes")
    hashes = np.frombuffer(data, dtype="<u8", count=count, offset=at).astype(np.uint64)
    return _checked(theta, hashes, ordered=ordered)


def _compressed(data: bytes, longs: int) -> Theta:
    """Read serial version 4: theta, where sampled, then the number of hashes, then differences.

    Byte 3 tells the bits of a difference, byte 4 the bytes of the number; the differences of
    ascending hashes follow each other bit by bit, the highest first.
    """
    bits, width = data[3], data[4]
    at = 16 if longs > 1 else 8
    if not 1 <= bits <= 63 or not 1 <= width <= 4:
        raise _damaged(f"its differences have {bits} bits and their number {width} bytes")
    theta = MAX_THETA if longs < 2 else int.from_bytes(data[8:16], "little")
    count = int.from_bytes(data[at : at + width], "little")
    at += width
    if len(data) < at + (count * bits + 7) // 8:
        raise _damaged(f"{count:,} hashes do not fit into its {len(data):,} bytes")
    ones = np.unpackbits(np.frombuffer(data, dtype=np.uint8, offset=at), count=count * bits)
    worth = np.uint64(1) << np.arange(bits, dtype=np.uint64)[::-1]
    differences = ones.reshape(count, bits).astype(np.uint64) @ worth
    return _checked(theta, np.cumsum(differences, dtype=np.uint64), ordered=True)


# --- what can be wrong ------------------------------------------------------------------------


def _check_family(family: int) -> None:
    if family == _COMPACT_FAMILY:
        return
    what = _FAMILIES.get(family)
    if what is None:
        raise DataError("these bytes are no theta sketch", cure=_AGAIN)
    raise DataError(
        f"these bytes are {what} (family {family}), not a compact theta sketch",
        cure="compact the sketch before it is written" if family in (1, 2) else
        "make compact theta sketches of the user ids",
    )  # fmt: skip


def _check_seed(found: int, seed: int) -> None:
    expected = seed_hash(seed)
    if found != expected:
        raise DataError(
            f"this sketch was made with another hash seed: its seed hash is {found:#06x}, and "
            f"{expected:#06x} was expected (seed {seed})",
            cure="give the seed that the warehouse used as --seed",
        )


def _checked(theta: int, hashes: NDArray[np.uint64], *, ordered: bool) -> Theta:
    if not 0 < theta <= MAX_THETA:
        raise _damaged(f"theta is {theta}")
    if not ordered:
        hashes = np.sort(hashes)
    if len(hashes):
        if not np.all(hashes[1:] > hashes[:-1]):
            raise _damaged("its hashes are not in order" if ordered else "a hash is in it twice")
        if not hashes[0] or hashes[-1] >= theta:
            raise _damaged("a hash is outside of its theta")
    return Theta(FULL_THETA if theta == MAX_THETA else theta, hashes)


def _damaged(how: str) -> DataError:
    return DataError(f"this theta sketch is damaged: {how}", cure=_AGAIN)
