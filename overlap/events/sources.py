"""What the user names as a source → the files to read, each looked at for what it really is."""

from __future__ import annotations

import glob
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import unquote, urlsplit

from overlap.model import DataError, UsageError, nearest

Format = Literal["parquet", "csv", "ndjson"]

ENDINGS: dict[str, Format] = {
    ".parquet": "parquet",
    ".csv": "csv",
    ".tsv": "csv",
    ".ndjson": "ndjson",
    ".jsonl": "ndjson",
    ".csv.gz": "csv",
    ".tsv.gz": "csv",
    ".ndjson.gz": "ndjson",
    ".jsonl.gz": "ndjson",
}
"""How a file's name ends, and what is then expected inside."""

SCHEMES = ("http", "https", "s3", "s3a", "gs", "gcs", "az", "abfs", "abfss", "adl", "hf")
"""Addresses that are handed to polars as they are."""

_SIGNATURES = (
    (b"PK\x03\x04", "a zip archive or an Excel workbook", "save the sheet as CSV"),
    (b"PK\x05\x06", "an empty zip archive", "save the table as CSV"),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook", "save the sheet as CSV"),
    (b"\x1f\x8b", "compressed with gzip", "let its name end in .gz"),
    (b"PAR1", "a Parquet file", "let its name end in .parquet"),
    (b"%PDF", "a PDF document", "give the table itself"),
    (b"7z\xbc\xaf", "a 7z archive", "unpack it"),
    (b"\x28\xb5\x2f\xfd", "compressed with zstd", "unpack it"),
    (b"BZh", "compressed with bzip2", "unpack it"),
    (b"\xfd7zXZ", "compressed with xz", "unpack it"),
    (b"ORC", "an ORC file", "write it as Parquet"),
    (b"Obj\x01", "an Avro file", "write it as Parquet"),
    (b"ARROW1", "an Arrow file", "write it as Parquet"),
    (b"SQLite format", "a SQLite database", "give it as sqlite:///FILE with --query"),
)


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One file to read: `name` is what people see, `path` what is opened, remote or local."""

    name: str
    path: str
    format: Format
    remote: bool = False

    @property
    def gzipped(self) -> bool:
        """Whether the file is compressed with gzip."""
        return self.path.lower().endswith(".gz")

    @property
    def tabbed(self) -> bool:
        """Whether the name promises tabs between the fields."""
        return self.path.lower().removesuffix(".gz").endswith(".tsv")


def find_files(sources: Sequence[str]) -> tuple[list[SourceFile], list[str]]:
    """Return the files that the sources stand for, in order and each once, and notes about them.

    A source is a file, a glob, a folder (every file of a known ending below it, sorted; names that
    begin with a dot or an underscore are skipped) or an address. Raises UsageError where a source
    does not exist or its ending is unknown, DataError where there is nothing to read in it.
    """
    if not sources:
        raise UsageError(
            "no source was given", cure="name a file, a glob, a folder or an address of events"
        )
    found: dict[str, SourceFile] = {}
    notes: list[str] = []
    for source in sources:
        for file in _expand(source, notes):
            found.setdefault(file.path, file)
    for file in found.values():
        if not file.remote:
            _look_inside(file)
    return list(found.values()), notes


def format_of(name: str) -> Format | None:
    """Return the format that a file's name promises, or None for an unknown ending."""
    lowered = name.lower()
    return next((kind for ending, kind in ENDINGS.items() if lowered.endswith(ending)), None)


def _expand(source: str, notes: list[str]) -> Iterator[SourceFile]:
    scheme = urlsplit(source).scheme.lower() if "://" in source else ""
    if scheme == "file":
        source = unquote(urlsplit(source).path)
    elif scheme:
        yield _remote(source, scheme)
        return
    path = Path(source).expanduser()
    if path.is_dir():
        children = sorted(p for p in path.rglob("*") if p.is_file() and not _hidden(p, path))
        yield from _many(source, children, notes, "the folder")
    elif path.exists():
        yield _local(source, path)
    elif glob.has_magic(source):
        matches = sorted(Path(p) for p in glob.glob(str(path), recursive=True))  # noqa: PTH207
        files = [p for p in matches if p.is_file()]
        if not files:
            raise UsageError(
                f"no file matches {source!r}", cure="check the pattern, and the folder it starts in"
            )
        yield from _many(source, files, notes, "the pattern")
    else:
        raise _missing(source, path)


def _many(source: str, paths: list[Path], notes: list[str], what: str) -> Iterator[SourceFile]:
    known = [p for p in paths if format_of(p.name)]
    filled = [p for p in known if p.stat().st_size]
    if not filled:
        endings = ", ".join(ENDINGS)
        has = f"{len(known)} empty files" if known else f"{len(paths)} files of other endings"
        raise DataError(
            f"{what} {source!r} holds no data: {has if paths else 'nothing'} in it",
            where=source,
            cure=f"name one with files that end in {endings}",
        )
    for path in known:
        if path in filled:
            yield _local(str(path), path)
        else:
            notes.append(f"{path} is empty and was left out.")
    if len(known) < len(paths):
        notes.append(f"{len(paths) - len(known)} files of other endings in {source} were left out.")


def _local(name: str, path: Path) -> SourceFile:
    kind = format_of(path.name)
    if kind is None:
        raise UsageError(
            f"{name!r} has an ending that says nothing about its format",
            where=name,
            cure=f"known endings are {', '.join(ENDINGS)}",
        )
    return SourceFile(name, str(path), kind)


def _remote(source: str, scheme: str) -> SourceFile:
    parts = urlsplit(source)
    # A signed address carries its secret in the query, and a name ends up in stores and messages.
    shown = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"
    if scheme not in SCHEMES:
        raise UsageError(
            f"addresses that begin with {scheme}:// cannot be read",
            where=shown,
            cure=f"known ones begin with {', '.join(s + '://' for s in SCHEMES)}, or are files",
        )
    kind = format_of(parts.path)
    if kind is None:
        raise UsageError(
            f"the address {shown!r} has an ending that says nothing about its format",
            where=shown,
            cure=f"known endings are {', '.join(ENDINGS)}",
        )
    return SourceFile(shown, source, kind, remote=True)


def _hidden(path: Path, root: Path) -> bool:
    return any(part.startswith((".", "_")) for part in path.relative_to(root).parts)


def _missing(source: str, path: Path) -> UsageError:
    folder = path.parent
    there = sorted(p.name for p in folder.iterdir()) if folder.is_dir() else []
    close = nearest(path.name, there)
    if not folder.is_dir():
        cure = f"there is no folder {str(folder)!r} either"
    elif close:
        cure = f"did you mean {', '.join(repr(str(folder / name)) for name in close)}?"
    else:
        cure = "name a file, a glob, a folder or an address of events"
    return UsageError(f"there is no file or folder {source!r}", where=source, cure=cure)


def _look_inside(file: SourceFile) -> None:
    path = Path(file.path)
    try:
        size = path.stat().st_size
        with path.open("rb") as stream:
            head = stream.read(16)
            stream.seek(max(0, size - 4))
            tail = stream.read(4)
    except OSError as error:
        raise DataError(
            f"{file.name} cannot be opened: {error.strerror}",
            where=file.name,
            cure="check the permissions of the file",
        ) from error
    if not size:
        raise DataError(f"{file.name} is empty", where=file.name, cure="give a file with rows")
    if file.format == "parquet":
        _look_into_parquet(file.name, head, tail, size)
        return
    if file.gzipped:
        if not head.startswith(b"\x1f\x8b"):
            raise DataError(
                f"{file.name} is not compressed with gzip, though its name says so",
                where=file.name,
                cure="take .gz off its name",
            )
        return
    for signature, what, cure in _SIGNATURES:
        if head.startswith(signature):
            raise DataError(
                f"{file.name} is {what}, not {file.format.upper()} text", where=file.name, cure=cure
            )


def _look_into_parquet(name: str, head: bytes, tail: bytes, size: int) -> None:
    if head.startswith(b"PARE") or tail == b"PARE":
        raise DataError(f"{name} is encrypted", where=name, cure="give it unencrypted")
    if not head.startswith(b"PAR1"):
        raise DataError(
            f"{name} is not a Parquet file, though its name says so: it begins with {head[:4]!r}",
            where=name,
            cure="write it as Parquet, or give it the ending of what it is",
        )
    if tail != b"PAR1" or size < 12:
        raise DataError(
            f"{name} is cut short: a Parquet file ends in 'PAR1', this one in {tail!r}",
            where=name,
            cure="copy or write the file again",
        )
