"""What can go wrong with a store, in words."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import polars as pl

from overlap.model import DataError


def no_store(path: Path) -> DataError:
    """Return the error of a folder without parts."""
    what = "this folder holds no store" if path.is_dir() else "there is no store here"
    return DataError(
        what, where=str(path), cure="make one with: overlap build SOURCE --store " + str(path)
    )


@contextmanager
def located(path: Path) -> Iterator[None]:
    """Let a DataError that does not say where say that it is in this store."""
    try:
        yield
    except DataError as error:
        raise DataError(error.what, where=error.where or str(path), cure=error.cure) from error


@contextmanager
def reading(folder: Path) -> Iterator[None]:
    """Turn what reading a damaged part raises into a DataError."""
    try:
        yield
    except (OSError, ValueError, KeyError, TypeError, pl.exceptions.PolarsError) as error:
        raise DataError(
            f"this part of the store cannot be read: {error}",
            where=str(folder),
            cure="restore the folder from a copy, or remove it and build its source again",
        ) from error


def write_error(path: Path, error: OSError) -> DataError:
    """Return the error of a store that could not be written."""
    full = error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
    return DataError(
        "the disk is full" if full else f"the store cannot be written: {error.strerror or error}",
        where=str(path),
        cure="the store is as it was; "
        + ("free some space and try again" if full else "check the folder and its permissions"),
    )
