"""Making a segment's file: one at a time on this server, and gone when nobody holds it.

A finished file is held open and has no name any more, so that whatever ends the server ends it too.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import tempfile
import threading
import time
import weakref
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from overlap.dashboard import data
from overlap.dashboard.pages.segment.export_sources import IdentityFile, Sources
from overlap.dashboard.pages.segment.export_ways import Place, Way
from overlap.model import Window
from overlap.segments import DEFAULT_SALT, BelowFloorError, ExportOptions, ExportReport, export
from overlap.store import Stamp

MOST_BYTES = 200 << 20
"""A download is held in memory while it is fetched: a larger file is for the command line."""
PATIENCE = 0.2
"""Seconds between two looks at whether another export is over."""
STALE_SECONDS = 3600
"""Files of a process that ended longer ago are nobody's."""

_PREFIX = "overlap-export-"
_TURN = threading.Semaphore(1)
"""An export uses all cores and much memory: the next one waits."""
_NAMELESS = os.name == "posix"
"""Whether a file that is open can lose its name."""
_ROWS = re.compile(r"^(.*?)(?:, ([\d,]+) rows)?$")


@dataclass(frozen=True, slots=True)
class Asked:
    """What a file was asked of: files of equal questions are equal, bytes and all.

    `saved` is the name that the segment is saved under, which only names the file.
    """

    path: Path
    stamp: Stamp
    expression: str
    window: Window
    floor: int
    way: Way
    sources: Sources
    identities: IdentityFile | None = None
    holdout: float = 0.0
    draw: str = ""
    country: str = ""
    saved: str | None = field(default=None, compare=False)

    @property
    def options(self) -> ExportOptions:
        """The same as an export takes it."""
        from_file = self.identities if self.way.place is Place.FILE else None
        return ExportOptions(
            format=self.way.form,
            window=self.window,
            identity=self.way.identity,
            identities=from_file.path if from_file else None,
            id_column=from_file.id_column if from_file else None,
            holdout=self.holdout,
            salt=self.draw or DEFAULT_SALT,
            country=(self.country or None) if self.way.wants_country else None,
            query=self.sources.query,
        )


class Folder:
    """A folder of temporary files, removed when nobody holds it or the process ends."""

    def __init__(self) -> None:
        _remove_stale()
        self.path = Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{os.getpid()}-"))
        self.remove = weakref.finalize(self, shutil.rmtree, self.path, True)


def _remove_stale() -> None:
    """Remove what servers left behind that were killed before they could."""
    for folder in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*-*"):
        number = folder.name.removeprefix(_PREFIX).partition("-")[0]
        # Elsewhere the number may be somebody's whom we cannot see: a while makes it safe.
        with suppress(OSError):
            old = time.time() - folder.stat().st_mtime > STALE_SECONDS
            if old and number.isdecimal() and not _is_running(int(number)):
                shutil.rmtree(folder, ignore_errors=True)


def _is_running(process: int) -> bool:
    if not _NAMELESS:
        # There a signal of zero is not a question.
        return True
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        return True
    return True


class Held:
    """A finished file that is read from where it lies, closed when nobody holds it."""

    def __init__(self, path: Path) -> None:
        stream = path.open("rb")
        self._stream, self._turn = stream, threading.Lock()
        self.close = weakref.finalize(self, stream.close)
        self.bytes = path.stat().st_size
        self.sha256 = hashlib.file_digest(stream, "sha256").hexdigest()

    def read(self) -> bytes:
        """Return the whole file."""
        with self._turn:
            self._stream.seek(0)
            return self._stream.read()


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """A file that is there to be downloaded, and the holdout's where somebody is held out.

    `column` is the name that user ids have in the events.
    """

    asked: Asked
    report: ExportReport
    file: Held
    holdout: Held | None
    column: str
    folder: Folder = field(repr=False)

    @property
    def digests(self) -> tuple[str, ...]:
        """SHA-256 of the file, and of the holdout's."""
        return (self.file.sha256, *([self.holdout.sha256] if self.holdout else []))

    @property
    def bytes(self) -> int:
        """Size of both files."""
        return self.file.bytes + (self.holdout.bytes if self.holdout else 0)

    def close(self) -> None:
        """Let the files go."""
        for held in (self.file, self.holdout):
            if held is not None:
                held.close()
        self.folder.remove()

    @property
    def too_large(self) -> bool:
        """Whether the file is too large to be handed to a browser."""
        return self.bytes > MOST_BYTES


@dataclass(frozen=True, slots=True)
class Step:
    """Where an export has come to: `name` of what it does, rows done, and its share of the whole.

    `share` runs from 0 to 1; reading the events is most of an export.
    """

    name: str
    rows: int | None = None
    share: float = 0.0


STEPS = {
    "looking for members": "reading",
    "counting members": "counting",
    "preparing identities": "identities",
    "writing members": "writing",
    "writing the file": "writing",
}
_SHARES = {"reading": (0.0, 0.8), "counting": (0.82, 0.0), "identities": (0.85, 0.0),
           "writing": (0.93, 0.0)}  # fmt: skip


def prepare(opened: data.Opened, asked: Asked, tell: Callable[[Step], None]) -> Prepared:
    """Write a segment's file into a folder of its own, when it is its turn.

    `tell` is told every step, and may stop the export with an exception of its own; nothing is then
    left of it. Raises BelowFloorError for fewer members than the floor, and what an export raises.
    """
    while not _TURN.acquire(timeout=PATIENCE):
        tell(Step("waiting"))
    try:
        return _prepare(opened, asked, tell)
    finally:
        _TURN.release()


def _prepare(opened: data.Opened, asked: Asked, tell: Callable[[Step], None]) -> Prepared:
    folder = Folder()
    records = opened.store.provenance.values()
    rows = sum(record.rows_read for record in records)
    roles = next(record.roles for record in records if record.roles is not None)
    try:
        tell(Step("opening"))
        report = export(
            (opened.store, opened.panel),
            asked.expression,
            list(asked.sources.paths),
            folder.path / f"members.{asked.way.ending}",
            asked.options,
            progress=lambda said: tell(step(said, rows)),
        )
        if report.exact < asked.floor:
            raise BelowFloorError(
                f"the segment has fewer than {asked.floor:,} members, the least this store shows",
                where=asked.expression,
                cure="widen the segment",
            )
        held = Held(report.holdout_target) if report.holdout_target else None
        prepared = Prepared(asked, report, Held(report.target), held, roles.user, folder)
        if _NAMELESS:
            folder.remove()
        return prepared
    except BaseException:
        folder.remove()
        raise


def step(said: str, rows: int) -> Step:
    """Return the step that an export reports; `rows` are those of all events."""
    found = _ROWS.match(said)
    words, count = found.groups() if found else (said, None)
    name = STEPS.get(words, "opening")
    done = int(count.replace(",", "")) if count else None
    start, size = _SHARES.get(name, (0.0, 0.0))
    share = start + size * min(1.0, (done or 0) / rows) if rows else start
    return Step(name, done, share)
