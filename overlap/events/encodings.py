"""How a text file is encoded; anything but UTF-8 is rewritten as UTF-8 while it is read."""

from __future__ import annotations

import codecs
import gzip
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import IO, cast

import polars as pl
from charset_normalizer import from_bytes

from overlap.events.sources import SourceFile
from overlap.model import DataError

IN_MEMORY = 64 << 20
"""Files of at most so many bytes are rewritten in memory, larger ones in a temporary file."""

_CHUNK = 8 << 20
_HEAD = 1 << 20
_GB_FAMILY = {"gb18030", "gbk", "gb2312", "cp936", "hz"}
_GUESSES = ["gb18030", "big5", "big5hkscs", "shift_jis", "euc_jp", "cp949", "cp1251", "cp1252"]


@dataclass(frozen=True, slots=True)
class Text:
    """A text file that polars can read: `source` is a path, an address or the bytes themselves.

    `head` holds its first characters, up to about a million, `whole` says that these are all;
    `scratch` is the temporary copy, if any.
    """

    file: SourceFile
    source: str | bytes
    encoding: str
    head: str
    whole: bool
    scratch: Path | None = None


def open_text(file: SourceFile) -> Text:
    """Find out how a local text file is encoded, rewriting it as UTF-8 where it is not.

    UTF-8 is tried first over the whole file, then GB18030, both strictly: a guess from a sample
    alone goes wrong on short Chinese text and on files that turn Chinese late. Raises DataError
    with the offset of the first byte that fits neither, and with what it looks like.
    """
    head = _head(file)
    whole = len(head) < _HEAD
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _rewritten(file, "utf-16", "UTF-16")
    if b"\0" in head:
        raise DataError(
            f"{file.name} is not text: byte {head.index(0):,} is zero",
            where=file.name,
            cure="export the table as CSV in UTF-8",
        )
    flaw = _first_flaw(file)
    if flaw is None:
        if not head.startswith(codecs.BOM_UTF8):
            return Text(file, file.path, "UTF-8", _decoded(head, "utf-8"), whole)
        if file.format == "ndjson":
            return _rewritten(file, "utf-8-sig", "UTF-8 with BOM")
        return Text(file, file.path, "UTF-8 with BOM", _decoded(head, "utf-8-sig"), whole)
    offset, is_utf8_before = flaw
    if is_utf8_before:
        raise _undecodable(file, offset, "UTF-8 up to there, so that the file is damaged", "")
    window = _window(file, offset)
    guess = _guess(window)
    if not _reads_as_chinese(window) and guess not in _GB_FAMILY:
        raise _undecodable(file, offset, "not GB18030 either", guess)
    return _rewritten(file, "gb18030", "GB18030")


def open_binary(path: str) -> IO[bytes]:
    """Open a local file for reading, unpacking gzip on the way."""
    if path.lower().endswith(".gz"):
        return cast("IO[bytes]", gzip.open(path, "rb"))
    return Path(path).open("rb")


def _head(file: SourceFile) -> bytes:
    try:
        with open_binary(file.path) as stream:
            return stream.read(_HEAD)
    except (OSError, EOFError) as error:
        raise _unreadable(file, error) from error


def _unreadable(file: SourceFile, error: Exception) -> DataError:
    what = "compressed data are cut short or damaged" if file.gzipped else str(error)
    return DataError(
        f"{file.name} cannot be read: {what}", where=file.name, cure="copy the file again"
    )


def _chunks(file: SourceFile) -> Iterator[bytes]:
    try:
        with open_binary(file.path) as stream:
            while chunk := stream.read(_CHUNK):
                yield chunk
    except (OSError, EOFError) as error:
        raise _unreadable(file, error) from error


def _first_flaw(file: SourceFile) -> tuple[int, bool] | None:
    """Return the offset of the first byte that is not UTF-8, and whether UTF-8 led up to it."""
    carry, offset, foreign = b"", 0, False
    for chunk in _chunks(file):
        data = carry + chunk
        cut = len(data) - _open_tail(data)
        body, carry = data[:cut], data[cut:]
        if not body.isascii():
            # polars checks UTF-8 several times faster than Python decodes it.
            try:
                pl.Series([body], dtype=pl.Binary).cast(pl.String)
            except pl.exceptions.PolarsError:
                start, was_utf8 = _flaw_in(body)
                return offset + start, foreign or was_utf8
            foreign = True
        offset += cut
    return (offset, foreign) if carry else None


def _flaw_in(body: bytes) -> tuple[int, bool]:
    try:
        body.decode("utf-8")
    except UnicodeDecodeError as error:
        before = body[max(0, error.start - 65536) : error.start].decode("utf-8", "ignore")
        # Chinese in GB18030 looks like UTF-8 by accident: a two-byte character about one time in
        # five, a three-byte character one time in a hundred.
        evidence = sum(4 if c >= "\u0800" else 1 for c in before if not c.isascii())
        return error.start, evidence >= 12
    raise AssertionError("polars and Python disagree about UTF-8")  # pragma: no cover


def _open_tail(data: bytes) -> int:
    """Return how many bytes at the end begin a UTF-8 character that is not yet complete."""
    for back in range(1, min(3, len(data)) + 1):
        byte = data[-back]
        if byte >= 0xC0:
            need = 2 if byte < 0xE0 else 3 if byte < 0xF0 else 4
            return back if need > back else 0
        if byte < 0x80:
            return 0
    return 0


def _window(file: SourceFile, offset: int) -> bytes:
    """Return some text around an offset, from the start of a line to the end of one."""
    skip = max(0, offset - _HEAD // 2)
    with open_binary(file.path) as stream:
        stream.seek(skip)
        data = stream.read(_HEAD)
    start = 0 if not skip else data.find(b"\n") + 1
    end = data.rfind(b"\n") + 1
    return data[start:end] if len(data) == _HEAD and end > start else data[start:]


def _decoded(data: bytes, encoding: str) -> str:
    return codecs.getincrementaldecoder(encoding)("strict").decode(data, final=False)


def _reads_as_chinese(window: bytes) -> bool:
    # Other encodings often decode as GB18030 too, but to characters that GBK has beyond GB2312 (and
    # Chinese texts seldom) or to none at all; emoji and other scripts are left out of account.
    text = window.decode("gb18030", "replace")
    foreign = sum(not c.isascii() for c in text)
    rare = (len(text.encode("gbk", "ignore")) - len(text.encode("gb2312", "ignore"))) / 2
    void = sum("\ue000" <= c <= "\uf8ff" or c == "\ufffd" for c in text)
    return foreign > 0 and (rare + void) / foreign <= 0.2


def _guess(window: bytes) -> str:
    best = from_bytes(window[:65536], cp_isolation=_GUESSES).best()
    return best.encoding if best else ""


def _undecodable(file: SourceFile, offset: int, why: str, guess: str) -> DataError:
    looks = f"; it looks like {guess}" if guess and guess not in _GB_FAMILY else ""
    return DataError(
        f"{file.name} is not UTF-8 (byte {offset:,} does not fit) and {why}{looks}"
        if why.startswith("not")
        else f"byte {offset:,} of {file.name} is not UTF-8, while the text was {why}",
        where=f"{file.name}, byte {offset:,}",
        cure=f"convert it: iconv -f {(guess or 'ENCODING').upper()} -t UTF-8"
        if why.startswith("not")
        else "copy or export the file again",
    )


def _rewritten(file: SourceFile, codec: str, label: str) -> Text:
    small = not file.gzipped and Path(file.path).stat().st_size <= IN_MEMORY
    if small:
        memory = BytesIO()
        head, whole = _transcode(file, codec, label, memory)
        return Text(file, memory.getvalue(), label, head, whole)
    handle = tempfile.NamedTemporaryFile(  # noqa: SIM115 - outlives this function
        dir=scratch_folder(), suffix=f".{file.format}", delete=False
    )
    path = Path(handle.name)
    try:
        with handle:
            head, whole = _transcode(file, codec, label, handle)
    except OSError as error:
        path.unlink(missing_ok=True)
        raise DataError(
            f"{file.name} cannot be rewritten as UTF-8: {error.strerror}",
            where=str(path.parent),
            cure="make room there, or name another folder in TMPDIR",
        ) from error
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return Text(file, str(path), label, head, whole, path)


def _transcode(file: SourceFile, codec: str, label: str, target: IO[bytes]) -> tuple[str, bool]:
    decoder = codecs.getincrementaldecoder(codec)("strict")
    head, whole, done = "", True, 0
    for chunk in _chunks(file):
        pending = len(decoder.getstate()[0])
        try:
            text = decoder.decode(chunk)
        except UnicodeDecodeError as error:
            raise _misfit(file, label, done - pending + error.start) from error
        done += len(chunk)
        whole = whole and len(head) + len(text) <= _HEAD
        head += text[: max(0, _HEAD - len(head))]
        target.write(text.encode("utf-8"))
    try:
        target.write(decoder.decode(b"", final=True).encode("utf-8"))
    except UnicodeDecodeError as error:
        raise _misfit(file, label, done - len(error.object)) from error
    return head, whole


def _misfit(file: SourceFile, label: str, offset: int) -> DataError:
    return DataError(
        f"{file.name} reads as {label}, but byte {offset:,} does not fit",
        where=f"{file.name}, byte {offset:,}",
        cure="export the file again, best as UTF-8",
    )


def scratch_folder() -> Path:
    """Return the folder of temporary copies, which the end of the process removes."""
    return Path(_scratch().name)


@cache
def _scratch() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="overlap-")
