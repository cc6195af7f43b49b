"""Pairs of user and code, parted by the user's key, in memory while they fit and on disk beyond."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.ipc

from overlap import hashing
from overlap.model import DataError
from overlap.segments import kernels

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """Occurrences: `keys` uint64[n], `codes` int32[n], and `texts`, the ids where they are text."""

    keys: NDArray[np.uint64]
    codes: NDArray[np.int32]
    texts: pa.Array | None = None

    def __len__(self) -> int:
        return len(self.keys)


def pairs_of(users: NDArray[np.int64] | pa.Array, codes: NDArray[np.int32], seed: int) -> Pairs:
    """Return the pairs of user ids, int64[n] or an Arrow array of text, with their codes."""
    if isinstance(users, np.ndarray):
        return Pairs(hashing.remix(users.view(np.uint64)), codes)
    texts = users.cast(pa.large_string())
    # The hash has 63 bits; parts go by the highest of 64.
    return Pairs(hashing.hash_users(texts, seed=seed) << np.uint64(1), codes, texts)


@dataclass(frozen=True, slots=True, eq=False)
class Parted:
    """Pairs brought together by partition: partition p is bounds[p] … bounds[p + 1]."""

    pairs: Pairs
    bounds: NDArray[np.int64]

    def part(self, number: int) -> Pairs:
        """Return one partition without a copy."""
        begin, end = int(self.bounds[number]), int(self.bounds[number + 1])
        texts = self.pairs.texts
        return Pairs(
            self.pairs.keys[begin:end],
            self.pairs.codes[begin:end],
            None if texts is None else texts.slice(begin, end - begin),
        )

    @property
    def bytes(self) -> int:
        """Memory that the pairs take."""
        pairs = self.pairs
        texts = 0 if pairs.texts is None else pairs.texts.nbytes
        return int(pairs.keys.nbytes + pairs.codes.nbytes + texts)


def parted(pairs: Pairs, bits: int) -> Parted:
    """Bring pairs together in 2**bits partitions by the highest bits of their keys."""
    n = len(pairs)
    bounds = np.zeros((1 << bits) + 1, dtype=np.int64)
    keys, codes = np.empty(n, dtype=np.uint64), np.empty(n, dtype=np.int32)
    order = np.empty(n, dtype=np.int32)
    kernels.part(pairs.keys, pairs.codes, bits, bounds, keys, codes, order)
    texts = None if pairs.texts is None else pairs.texts.take(pa.array(order))
    return Parted(Pairs(keys, codes, texts), bounds)


@dataclass(slots=True)
class Spool:
    """All pairs of a scan, taken out partition by partition.

    What exceeds `limit` bytes is written to `folder`, one Arrow file at a time with a batch for
    each of the 2**`bits` partitions.
    """

    bits: int
    limit: int
    folder: Path
    _held: list[Parted] = field(default_factory=list)
    _bytes: int = 0
    _files: list[pa.ipc.RecordBatchFileReader] = field(default_factory=list)
    _reading: Lock = field(default_factory=Lock)

    @property
    def spilled(self) -> int:
        """Number of files written."""
        return len(self._files)

    def add(self, piece: Parted) -> None:
        """Keep a piece that is parted into 2**bits; raises DataError when the disk is full."""
        if not len(piece.pairs):
            return
        self._held.append(piece)
        self._bytes += piece.bytes
        if self._bytes > self.limit:
            self._spill()

    def take(self, number: int) -> Pairs:
        """Return all pairs of a partition; safe to call from several threads at once."""
        found = [piece.part(number) for piece in self._held]
        with self._reading:
            found += [_from_batch(reader.get_batch(number)) for reader in self._files]
        return _joined(found)

    def _spill(self) -> None:
        file = self.folder / f"pairs-{len(self._files)}.arrow"
        text = self._held[0].pairs.texts is not None
        schema = pa.schema([("key", pa.uint64()), ("code", pa.int32())])
        if text:
            schema = schema.append(pa.field("text", pa.large_string()))
        with scratching(self.folder):
            with pa.OSFile(str(file), "wb") as sink, pa.ipc.new_file(sink, schema) as writer:
                for number in range(1 << self.bits):
                    part = _joined([piece.part(number) for piece in self._held])
                    columns = [pa.array(part.keys), pa.array(part.codes)]
                    if text:
                        columns.append(_NO_TEXT if part.texts is None else part.texts)
                    writer.write_batch(pa.record_batch(columns, schema=schema))
            # Not mapped: pages of a mapping would count as our memory.
            self._files.append(pa.ipc.open_file(pa.OSFile(str(file))))
        self._held, self._bytes = [], 0


@contextmanager
def scratching(folder: Path) -> Iterator[None]:
    """Turn a failure to write scratch files inside the block into a DataError."""
    try:
        yield
    except (OSError, pa.ArrowException) as error:
        full = getattr(error, "errno", None) in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
        raise DataError(
            "the disk for scratch files is full"
            if full
            else f"scratch files cannot be written: {getattr(error, 'strerror', None) or error}",
            where=str(folder),
            cure="free some space, or set TMPDIR to a folder on a larger disk",
        ) from error


_NO_TEXT = pa.array([], pa.large_string())


def _from_batch(batch: pa.RecordBatch) -> Pairs:
    texts = batch.column("text") if "text" in batch.schema.names else None
    return Pairs(batch.column("key").to_numpy(), batch.column("code").to_numpy(), texts)


def _joined(found: list[Pairs]) -> Pairs:
    found = [pairs for pairs in found if len(pairs)]
    if not found:
        return Pairs(np.empty(0, dtype=np.uint64), np.empty(0, dtype=np.int32))
    if len(found) == 1:
        return found[0]
    texts = [pairs.texts for pairs in found if pairs.texts is not None]
    return Pairs(
        np.concatenate([pairs.keys for pairs in found]),
        np.concatenate([pairs.codes for pairs in found]),
        pa.concat_arrays(texts) if texts else None,
    )
