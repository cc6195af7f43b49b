"""Commands that open the dashboard: `serve` and `demo`."""

from __future__ import annotations

import hashlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
import webbrowser
from pathlib import Path
from typing import Annotated, Optional

import typer

import overlap
from overlap import building
from overlap import store as stores
from overlap.cli.app import StorePath, app
from overlap.cli.output import progress
from overlap.dashboard import launch
from overlap.model import DataError, TagColumn, UsageError

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
    terms=True,
)


@app.command()
def serve(
    store: StorePath,
    port: Port = None,
    no_browser: NoBrowser = False,
    display_floor: Annotated[
        Optional[int],  # noqa: UP045
        typer.Option(
            metavar="N", help="Show nothing below N users; not less than the store's own."
        ),
    ] = None,
    events: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Option(
            metavar="SOURCE",
            help="The events that the store was built from, for exports, where they are no longer "
            "where they were; a pattern, a folder, or several times.",
        ),
    ] = None,
    query: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(metavar="SQL", help="What to ask a database among these sources."),
    ] = None,
    identities: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(
            metavar="FILE", help="Users' addresses, numbers and devices, for exports to platforms."
        ),
    ] = None,
    id_column: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(metavar="COL", help="Column of user ids in that file."),
    ] = None,
    no_export: Annotated[
        bool, typer.Option("--no-export", help="Let nobody download who is in a segment.")
    ] = False,
) -> None:
    """Open the dashboard on a store."""
    least = stores.read_store(store).policy.display_floor
    if display_floor is not None and display_floor < least:
        raise UsageError(
            f"--display-floor {display_floor} is below this store's floor of {least}",
            cure="leave it out or raise it; only a build with a lower --display-floor lowers it",
        )
    if id_column is not None and identities is None:
        raise UsageError(
            "--id-column names a column of --identities", cure="name that file, or leave it out"
        )
    handover = launch.Handover(
        tuple(events or ()), query, identities, id_column, allowed=not no_export
    )
    _run(store, port, no_browser, display_floor, handover)


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
    _run(target, port, no_browser, None, launch.Handover((str(sample_events()),)))


def sample_store(target: Path | None = None) -> Path:
    """Return the store of the sample community, built where it is not there yet.

    Raises DataError when the sample events are not installed or the store cannot be written.
    """
    events = sample_events()
    if target is None:
        made_of = f"{overlap.__version__} {events.stat().st_size} {_SAMPLE}"
        version = hashlib.sha256(made_of.encode()).hexdigest()
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


def _run(
    store: Path,
    port: int | None,
    no_browser: bool,
    display_floor: int | None,
    handover: launch.Handover,
) -> None:
    port = port or _free_port()
    argv, env = launch.command(store, port, display_floor, handover)
    with subprocess.Popen(argv, env=env) as server:
        # Who stops this program means the server, which would go on without it.
        signal.signal(signal.SIGTERM, lambda *_: server.terminate())
        try:
            if not no_browser:
                _open_browser(f"http://127.0.0.1:{port}", server)
            code = server.wait()
        except KeyboardInterrupt:
            # Ctrl-C reaches the server too: it stops by itself.
            code = server.wait()
    raise typer.Exit(max(code, 0))


def _free_port() -> int:
    """Return the usual port of dashboards, or any that is free where it is taken."""
    for port in (8501, 0):
        with socket.socket() as tried:
            tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                tried.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(tried.getsockname()[1])
    raise DataError("no port is free on this machine", cure="close a program, or give --port N")


def _open_browser(address: str, server: subprocess.Popen[bytes]) -> None:
    """Open the browser once the server answers; say nothing where there is none."""
    for _ in range(300):
        if server.poll() is not None:
            return
        try:
            with urllib.request.urlopen(f"{address}/_stcore/health", timeout=1):
                webbrowser.open(address)
                return
        except OSError:
            time.sleep(0.1)
