"""Commands that open the dashboard: `serve` and `demo`."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path
from typing import Annotated, Optional

import typer

import overlap
from overlap import building
from overlap import store as stores
from overlap.cli.app import StorePath, app
from overlap.cli.output import progress
from overlap.dashboard import launch
from overlap.model import DataError, TagColumn

Port = Annotated[
    Optional[int],  # noqa: UP045
    typer.Option(metavar="N", help="Port to listen on, on this machine only."),
]
NoBrowser = Annotated[bool, typer.Option("--no-browser", help="Do not open a browser.")]

_SAMPLE = building.BuildOptions(
    user="user_id",
    tags=tuple(TagColumn(kind, kind) for kind in ("category", "interest", "brand")),
    time="time",
    text="text",
    action="action",
    period="week",
)


@app.command()
def serve(
    store: StorePath,
    port: Port = None,
    no_browser: NoBrowser = False,
    display_floor: Annotated[
        Optional[int],  # noqa: UP045
        typer.Option(metavar="N", help="Show no audience below N users."),
    ] = None,
) -> None:
    """Open the dashboard on a store."""
    stores.read_store(store)
    _run(store, port, no_browser, display_floor)


@app.command()
def demo(
    port: Port = None,
    no_browser: NoBrowser = False,
    store: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option(help="Folder of the sample store; in the user's cache unless given."),
    ] = None,
) -> None:
    """Build the store of the sample community and open the dashboard on it."""
    target = sample_store(store)
    _run(target, port, no_browser, None)


def sample_store(target: Path | None = None) -> Path:
    """Return the store of the sample community, built where it is not there yet.

    Raises DataError when the sample events are not installed or the store cannot be written.
    """
    events = sample_events()
    if target is None:
        version = hashlib.sha256(
            f"{overlap.__version__}{events.stat().st_size}".encode()
        ).hexdigest()  # fmt: skip
        cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
        target = cache / "overlap" / f"sample-{version[:8]}"
    with progress() as step:
        try:
            stores.read_store(target)
        except DataError:
            sys.stderr.write(f"building the store of the sample community in {target}\n")
            building.build([str(events)], target, _SAMPLE, step)
    return target


def sample_events() -> Path:
    """Return the file of the sample community's events; raises DataError when it is missing."""
    package = Path(overlap.__file__).parent
    for folder in (package.parent, package):
        file = folder / "sample_data" / "events.parquet"
        if file.exists():
            return file
    raise DataError(
        "the sample events are not installed",
        where=str(package),
        cure="install overlap from its source or a complete package",
    )


def _run(store: Path, port: int | None, no_browser: bool, display_floor: int | None) -> None:
    argv, env = launch.command(store, port, not no_browser, display_floor)
    raise typer.Exit(subprocess.run(argv, env=env, check=False).returncode)
