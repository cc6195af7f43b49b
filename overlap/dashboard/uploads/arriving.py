"""Files as they arrive: written to disk, laid out, and added to their drafts."""

from __future__ import annotations

import re
import secrets
import shutil
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

from overlap.dashboard.uploads import places
from overlap.dashboard.uploads.disk import writing
from overlap.dashboard.uploads.drafts import HEAD, TAGS, Draft, Uploaded, clean_up, load, save
from overlap.events import Layout, lay_out
from overlap.model import OverlapError

_CHUNK = 1 << 20
_LONGEST = 150


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
    with writing():
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
            for head in folder.glob(f"{HEAD}-{number}.*"):
                head.unlink(missing_ok=True)
            if known is None:
                shutil.rmtree(folder, ignore_errors=True)
            raise
    return draft


def _laid_out(folder: Path, name: str, number: int) -> Layout:
    head = folder / f"{HEAD}-{number}"
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
