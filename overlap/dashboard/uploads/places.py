"""Where uploads are kept, and what a new store may be called."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

from overlap.dashboard import stores

_UPLOADS = ".uploads"
_LONGEST = 120
"""Bytes of a store's name: some disks take 143, and a temporary name may be longer."""
_TAKEN_BY_DISKS = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\..*)?")


def uploads() -> Path:
    """Return the folder beside the stores where uploaded files are kept."""
    return stores.folder().absolute() / _UPLOADS


def fitting_name(file: str) -> str:
    """Return a name for a store of a file that none has yet."""
    stem = re.sub(r"(\.(csv|tsv|ndjson|jsonl|parquet|gz))+$", "", file, flags=re.IGNORECASE)
    words = re.sub(r"[^\w -]+", " ", unicodedata.normalize("NFC", stem)).strip(" -_")
    name = re.sub(r"\s+", " ", words) or "events"
    while len(name.encode()) > _LONGEST - 5:
        name = name[:-1]
    name, number = name.strip(), 1
    free = name
    while name_problem(free) is not None and number < 10_000:
        number += 1
        free = f"{name} {number}"
    return free


def name_problem(name: str) -> str | None:
    """Return why a new store cannot have a name: empty, signs, long or taken; None where it can."""
    if not name.strip():
        return "empty"
    reserved = _TAKEN_BY_DISKS.fullmatch(name)
    if re.search(r"[^\w .-]", name) or name != name.strip(" .") or reserved:
        return "signs"
    if len(name.encode()) > _LONGEST:
        return "long"
    try:
        there = {path.name.casefold() for path in stores.folder().iterdir()}
    except OSError:
        there = set()
    return "taken" if name.casefold() in there else None
