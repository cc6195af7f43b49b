"""Files to hand over: written under a temporary name, then renamed all together."""

from __future__ import annotations

import errno
import gzip
import os
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from glob import glob
from pathlib import Path
from typing import IO

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from overlap.model import DataError, UsageError


def check_targets(targets: dict[str, Path], sources: Sequence[str], *, force: bool) -> None:
    """Refuse targets before any work is done; `targets` go by their options.

    Raises UsageError where a target is there already (unless `force`), is a folder, is another
    target or one of the sources (files, patterns, folders), or lies in a folder that does not
    exist.
    """
    read = [Path(s).expanduser() for s in sources if "://" not in s]
    folders = [path.resolve() for path in read if path.is_dir()]
    files = [Path(p) for path in read for p in glob(str(path), recursive=True)]  # noqa: PTH207
    taken: dict[Path, str] = {path.resolve(): "a source" for path in [*read, *files]}
    for option, path in targets.items():
        if path.is_dir():
            raise UsageError("this is a folder", where=f"{option} {path}", cure="name a file in it")
        if not path.parent.is_dir():
            raise UsageError(
                f"there is no folder {str(path.parent)!r}",
                where=f"{option} {path}",
                cure="make it, or name a file in one that exists",
            )
        if path.resolve() in taken:
            raise UsageError(
                f"this file is {taken[path.resolve()]} too",
                where=f"{option} {path}",
                cure="give every file a name of its own",
            )
        if any(path.resolve().is_relative_to(folder) for folder in folders):
            raise UsageError(
                "this file would lie among the sources, and be read as one of them next time",
                where=f"{option} {path}",
                cure="name a file outside of the folder of events",
            )
        taken[path.resolve()] = option
        if path.exists() and not force:
            raise UsageError(
                "this file is there already",
                where=f"{option} {path}",
                cure="give another name, or --force to write over it",
            )


class Draft:
    """A file that is being written under a temporary name beside the one it will have.

    Its ending says how: `.parquet`, or CSV, compressed where it ends in `.gz`. Text is written as
    it is: a platform reads it, not a spreadsheet.
    """

    def __init__(self, target: Path, *, header: bool) -> None:
        self.target = target
        self.rows = 0
        self._temporary = target.with_name(f".{target.name}.{os.getpid()}-{secrets.token_hex(4)}")
        self._header = header
        self._parquet: pq.ParquetWriter | None = None
        self._is_parquet = target.suffix.lower() == ".parquet"
        zipped = target.suffix.lower() == ".gz"
        with self._reported():
            self._raw = self._temporary.open("xb")
            self._stream: IO[bytes] | gzip.GzipFile = self._raw
            if zipped:
                # Without a name and a time the same members make the same bytes.
                self._stream = gzip.GzipFile("", "wb", fileobj=self._raw, mtime=0)

    def write(self, frame: pl.DataFrame) -> None:
        """Append rows; an empty frame still gives the file its columns."""
        with self._reported():
            if self._is_parquet:
                table = frame.to_arrow(compat_level=pl.CompatLevel.oldest())
                if self._parquet is None:
                    self._parquet = pq.ParquetWriter(
                        pa.PythonFile(self._stream, mode="w"), table.schema
                    )
                if len(frame):
                    self._parquet.write_table(table)
            else:
                text = frame.write_csv(include_header=self._header)
                self._stream.write(text.encode())
                self._header = False
        self.rows += len(frame)

    def write_bytes(self, content: bytes) -> None:
        """Append what is a file's content already."""
        with self._reported():
            self._stream.write(content)

    def finish(self) -> None:
        """Bring everything to the disk; the file still has its temporary name."""
        with self._reported():
            if self._parquet is not None:
                self._parquet.close()
            if self._stream is not self._raw:
                self._stream.close()
            self._raw.flush()
            os.fsync(self._raw.fileno())
            self._raw.close()

    def publish(self) -> None:
        """Give the file its name."""
        with self._reported():
            self._temporary.replace(self.target)

    def discard(self) -> None:
        """Leave nothing behind, unless the file has its name."""
        self._raw.close()
        self._temporary.unlink(missing_ok=True)

    @contextmanager
    def _reported(self) -> Iterator[None]:
        try:
            yield
        except (OSError, pa.ArrowException) as error:
            full = getattr(error, "errno", None) in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
            why = getattr(error, "strerror", None) or str(error)
            raise DataError(
                "the disk is full" if full else f"the file cannot be written: {why}",
                where=str(self.target),
                cure="nothing was left half written; "
                + ("free some space and try again" if full else "check the folder's permissions"),
            ) from error


@contextmanager
def drafts(targets: Sequence[Path], *, header: bool) -> Iterator[list[Draft]]:
    """Yield a draft for each target; on success all get their names, otherwise none is left."""
    opened: list[Draft] = []
    try:
        for target in targets:
            opened.append(Draft(target, header=header))
        yield opened
        for draft in opened:
            draft.finish()
        for draft in opened:
            draft.publish()
    finally:
        for draft in opened:
            draft.discard()
