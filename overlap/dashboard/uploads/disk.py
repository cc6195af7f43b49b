"""Small files written whole or not at all, and what a disk says that takes none."""

from __future__ import annotations

import errno
import json
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from overlap.dashboard import stores
from overlap.model import DataError


def write_json(file: Path, value: Mapping[str, Any]) -> None:
    """Write a file whole or not at all."""
    temporary = file.with_name(f"{file.name}.{secrets.token_hex(4)}.tmp")
    try:
        temporary.write_text(json.dumps(value, ensure_ascii=False, default=str), "utf-8")
        temporary.replace(file)
    finally:
        temporary.unlink(missing_ok=True)


def read_json(file: Path) -> dict[str, Any] | None:
    """Return what `write_json` wrote, None where there is none or it is damaged."""
    try:
        raw = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError):
        return None
    return raw if isinstance(raw, dict) else None


@contextmanager
def writing() -> Iterator[None]:
    """Turn what a disk says while an upload is kept into a DataError."""
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
