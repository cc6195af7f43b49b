"""Uploaded files and what was chosen for them, in a hidden folder beside the stores.

    .uploads/<token>/<file>          what was uploaded; the store's source once it is built
                     .head-<n>.csv   its first rows, for the preview
                     .draft.json     the choices
                     .rejected.parquet, .result.json after the build

A token is hard to guess, and a link with it restores the choices. The files stay where they are
when the store is built, so that its provenance leads to them; drafts that nobody builds go away.
"""

from __future__ import annotations

import errno
import json
import re
import secrets
import shutil
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, BinaryIO

from overlap.dashboard import stores
from overlap.dashboard.uploads import places
from overlap.events import LaidOut, Layout, lay_out
from overlap.model import DEFAULT_FLOOR, DataError, OverlapError

TAGS = "tags:"
"""A column's choice is user, time, text, action, `tags:<kind>`, or nothing where it is not used."""
SINGLE = ("user", "time", "text", "action")
"""Parts that one column plays at most."""

_DRAFT, _RESULT, _HEAD, _CHUNK = ".draft.json", ".result.json", ".head", 1 << 20
_TOKEN = re.compile(r"[\w-]{1,80}-[0-9a-f]{12}")
_STALE_SECONDS = 24 * 3600
_LONGEST = 150


@dataclass(frozen=True, slots=True)
class Uploaded:
    """A file as it was uploaded; `number` tells its first rows apart from those of others."""

    name: str
    bytes: int
    number: int
    layout: Layout


@dataclass(frozen=True, slots=True)
class Draft:
    """A store that is to be built: its files and what was chosen for them.

    `parts` has what each column is, `separators` what parts the tags of its cells.
    """

    token: str
    files: tuple[Uploaded, ...]
    parts: Mapping[str, str] = field(default_factory=dict)
    separators: Mapping[str, str] = field(default_factory=dict)
    period: str = "none"
    name: str = ""
    display_floor: int = DEFAULT_FLOOR
    export_floor: int = DEFAULT_FLOOR
    terms: bool = False

    @property
    def folder(self) -> Path:
        """Where the files are."""
        return places.uploads() / self.token

    @property
    def columns(self) -> tuple[LaidOut, ...]:
        """The columns of all files, each once."""
        every = {c.name: c for file in reversed(self.files) for c in file.layout.columns}
        order = dict.fromkeys(c.name for file in self.files for c in file.layout.columns)
        return tuple(every[name] for name in order)

    @property
    def sources(self) -> tuple[str, ...]:
        """The paths of the files, as the store remembers them."""
        return tuple(str(self.folder / file.name) for file in self.files)

    @property
    def hidden_store(self) -> Path:
        """Where the store is built, before it gets its name."""
        return self.folder / ".store"

    @property
    def rejected(self) -> Path:
        """The rows that the build did not use, as Parquet."""
        return self.folder / ".rejected.parquet"

    def head(self, file: Uploaded) -> Path:
        """Return the first rows of a file."""
        return self.folder / f"{_HEAD}-{file.number}.{file.layout.format}"

    def chosen(self, part: str) -> list[str]:
        """Return the columns that were chosen for a part."""
        return [column.name for column in self.columns if self.parts.get(column.name) == part]

    def tags(self) -> list[tuple[str, str, str | None]]:
        """Return the columns of tags with their kinds and separators."""
        return [
            (c.name, self.parts[c.name].removeprefix(TAGS), self.separators.get(c.name) or None)
            for c in self.columns
            if self.parts.get(c.name, "").startswith(TAGS)
        ]


def add(token: str | None, name: str, content: BinaryIO) -> Draft:
    """Write an uploaded file to disk, find out how it is laid out, and add it to its draft.

    A new draft is begun where there is none of the token. Raises DataError or UsageError where the
    file cannot be kept or cannot be read; it is then gone again, and the draft is as it was.
    """
    known = load(token) if token else None
    token = known.token if known else f"{_slug(name)}-{secrets.token_hex(6)}"
    folder = places.uploads() / token
    name = _free_name(name, {file.name for file in known.files} if known else set())
    number = max((file.number for file in known.files), default=0) + 1 if known else 1
    with _writing(folder):
        clean_up()
        folder.mkdir(parents=True, exist_ok=True)
        try:
            with (folder / name).open("wb") as target:
                shutil.copyfileobj(content, target, _CHUNK)
            size = (folder / name).stat().st_size
            layout = _laid_out(folder, name, number)
            file = Uploaded(name, size, number, layout)
            draft = _with(known or Draft(token, ()), file)
            save(draft)
        except BaseException:
            (folder / name).unlink(missing_ok=True)
            for head in folder.glob(f"{_HEAD}-{number}.*"):
                head.unlink(missing_ok=True)
            if known is None:
                shutil.rmtree(folder, ignore_errors=True)
            raise
    return draft


def _laid_out(folder: Path, name: str, number: int) -> Layout:
    head = folder / f"{_HEAD}-{number}"
    try:
        return lay_out(folder / name, head)
    except OverlapError as error:
        parts = (re.sub(rf"{re.escape(str(head))}\.\w+", name, said) for said in _said(error))
        what, where, cure = parts
        raise type(error)(what, where=where, cure=cure) from error


def _said(error: OverlapError) -> tuple[str, str, str]:
    return error.what, error.where, error.cure


def _with(draft: Draft, file: Uploaded) -> Draft:
    """Return the draft with one more file, its columns guessed where they are new."""
    old = {column.name for column in draft.columns}
    new = [column for column in file.layout.columns if column.name not in old]
    free = [c for c in new if c.part == "tags" or not draft.chosen(c.part or "")]
    parts = {
        column.name: f"{TAGS}{column.kind}" if column.part == "tags" else column.part
        for column in free
        if column.part
    }
    separators = {c.name: c.separator for c in new if c.separator}
    dated = "time" in parts.values() and not draft.chosen("time")
    return replace(
        draft,
        files=(*draft.files, file),
        parts={**draft.parts, **parts},
        separators={**draft.separators, **separators},
        period="week" if dated else draft.period,
        terms=draft.terms or "text" in parts.values(),
        name=draft.name or places.fitting_name(file.name),
    )


def without(draft: Draft, name: str) -> Draft | None:
    """Remove a file from its draft, and the draft with its last file; None where none is left."""
    rest = tuple(file for file in draft.files if file.name != name)
    if not rest:
        remove(draft)
        return None
    for file in draft.files:
        if file.name == name:
            (draft.folder / name).unlink(missing_ok=True)
            draft.head(file).unlink(missing_ok=True)
    return save(replace(draft, files=rest))


def remove(draft: Draft) -> None:
    """Remove a draft with its files."""
    shutil.rmtree(draft.folder, ignore_errors=True)


def save(draft: Draft) -> Draft:
    """Keep what was chosen; raises DataError where that cannot be written."""
    with _writing(draft.folder):
        write_json(draft.folder / _DRAFT, asdict(draft))
    return draft


def load(token: str) -> Draft | None:
    """Return the draft of a token, None where there is none."""
    if not _TOKEN.fullmatch(token):
        return None
    raw = _read_json(places.uploads() / token / _DRAFT)
    if raw is None:
        return None
    files = tuple(Uploaded(**{**file, "layout": _layout(file["layout"])}) for file in raw["files"])
    return Draft(**{**raw, "token": token, "files": files})


def _layout(raw: dict[str, Any]) -> Layout:
    columns = tuple(
        LaidOut(**{**column, "examples": tuple(column["examples"])}) for column in raw["columns"]
    )
    return Layout(**{**raw, "columns": columns})


def keep_result(draft: Draft, result: Mapping[str, Any]) -> None:
    """Keep what a build did."""
    write_json(draft.folder / _RESULT, result)


def result(draft: Draft) -> Mapping[str, Any] | None:
    """Return what the build of a draft did, None where it is not built."""
    return _read_json(draft.folder / _RESULT)


def clean_up() -> None:
    """Remove drafts of yesterday that nobody has built."""
    for folder in places.uploads().glob("*"):
        draft = folder / _DRAFT
        try:
            age = time.time() - (draft if draft.exists() else folder).stat().st_mtime
        except OSError:
            continue
        if age > _STALE_SECONDS and not (folder / _RESULT).exists():
            shutil.rmtree(folder, ignore_errors=True)


def readable(error: OverlapError, draft: Draft | None = None) -> OverlapError:
    """Return an error that names files as they were uploaded, not where they are kept."""
    root = f"{re.escape(str(places.uploads()))}/[^/]+/"

    def named(said: str) -> str:
        for file in draft.files if draft else ():
            said = said.replace(str(draft.head(file)) if draft else "", file.name)
        return re.sub(root, "", said)

    return type(error)(named(error.what), where=named(error.where), cure=named(error.cure))


def _slug(name: str) -> str:
    kept = re.sub(r"[^\w-]+", "-", name.split(".")[0])[:40].strip("-_")
    return kept or "events"


def _free_name(name: str, taken: set[str]) -> str:
    """Return the last part of a file's name, without signs that a disk would refuse."""
    last = re.sub(r'[\x00-\x1f<>:"|?*\\/]+', "_", name.replace("\\", "/").split("/")[-1])
    last = last.lstrip(". ").rstrip() or "events"
    stem, dot, ending = last.partition(".")
    while len(last.encode()) > _LONGEST and len(stem) > 1:
        stem = stem[:-1]
        last = stem + dot + ending
    number, free = 1, last
    while free in taken:
        number += 1
        free = f"{stem} ({number}){dot}{ending}"
    return free


def write_json(file: Path, value: Mapping[str, Any]) -> None:
    """Write a file whole or not at all."""
    temporary = file.with_name(f"{file.name}.{secrets.token_hex(4)}.tmp")
    try:
        temporary.write_text(json.dumps(value, ensure_ascii=False, default=str), "utf-8")
        temporary.replace(file)
    finally:
        temporary.unlink(missing_ok=True)


def _read_json(file: Path) -> dict[str, Any] | None:
    try:
        raw = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError):
        return None
    return raw if isinstance(raw, dict) else None


@contextmanager
def _writing(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        full = error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
        where = stores.folder()
        raise DataError(
            "the disk is full" if full else f"nothing can be kept here: {error.strerror or error}",
            where=str(where),
            cure="free some space and upload the file again"
            if full
            else "start the dashboard with a folder that may be written, "
            "named in the environment variable OVERLAP_STORES",
        ) from error
