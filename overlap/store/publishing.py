"""A part that appears whole or not at all: written under a temporary name, then renamed."""

from __future__ import annotations

import os
import secrets
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from overlap.store.describing import is_described
from overlap.store.failures import write_error
from overlap.store.folders import PARTS

_TEMPORARY = ".tmp-"
_STALE_SECONDS = 24 * 3600


@contextmanager
def writing(path: Path) -> Iterator[Path]:
    """Yield a temporary folder name on the store's own disk, gone afterwards unless renamed.

    Raises DataError when writing fails; a store that was made for it is then gone again.
    """
    made = not path.exists()
    try:
        (path / PARTS).mkdir(parents=True, exist_ok=True)
        _remove_stale(path / PARTS)
    except OSError as error:
        raise write_error(path, error) from error
    temporary = path / PARTS / f"{_TEMPORARY}{os.getpid()}-{secrets.token_hex(4)}"
    done = False
    try:
        yield temporary
        done = True
    except OSError as error:
        raise write_error(path, error) from error
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
        if made and not done:
            shutil.rmtree(path, ignore_errors=True)


def publish(temporary: Path, target: Path) -> None:
    """Give a part its name; raises OSError where that cannot be done."""
    try:
        temporary.rename(target)
    except OSError:
        # Somebody wrote the same part meanwhile: names are made of contents.
        if not is_described(target):
            raise


def _remove_stale(parts: Path) -> None:
    for folder in parts.glob(f"{_TEMPORARY}*"):
        if time.time() - folder.stat().st_mtime > _STALE_SECONDS:
            shutil.rmtree(folder, ignore_errors=True)
