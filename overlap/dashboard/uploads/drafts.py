"""Uploaded files and what was chosen for them, in a hidden folder beside the stores.

    .uploads/<token>/<file>          what was uploaded; the store's source once it is built
                     .head-<n>.csv   its first rows, for the preview
                     .draft.json     the choices
                     .rejected.parquet, .result.json after the build

A token is hard to guess, and a link with it restores the choices. The files stay where they are
when the store is built, so that its provenance leads to them; drafts that nobody builds go away,
and those whose store is gone when somebody asks for it (see leftovers).
"""

from __future__ import annotations

import re
import shutil
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from overlap.dashboard.uploads import places
from overlap.dashboard.uploads.disk import read_json, write_json, writing
from overlap.events import LaidOut, Layout
from overlap.model import DEFAULT_FLOOR, OverlapError

TAGS = "tags:"
"""A column's choice is user, time, text, action, `tags:<kind>`, or nothing where it is not used."""
SINGLE = ("user", "time", "text", "action")
"""Parts that one column plays at most."""

HEAD = ".head"
"""What the names of the files of first rows begin with."""

_DRAFT, _RESULT = ".draft.json", ".result.json"
_TOKEN = re.compile(r"[\w-]{1,80}-[0-9a-f]{12}")
_STALE_SECONDS = 24 * 3600


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
        return self.folder / f"{HEAD}-{file.number}.{file.layout.format}"

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
    with writing():
        write_json(draft.folder / _DRAFT, asdict(draft))
    return draft


def load(token: str) -> Draft | None:
    """Return the draft of a token, None where there is none."""
    if not _TOKEN.fullmatch(token):
        return None
    raw = read_json(places.uploads() / token / _DRAFT)
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
    return read_json(draft.folder / _RESULT)


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
