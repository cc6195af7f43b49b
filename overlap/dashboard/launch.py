"""How the dashboard is started: the command line of its server, and its environment."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from overlap.model import DataError

STORE_VARIABLE = "OVERLAP_STORE"
"""Environment variable with the path of the store to open."""
FLOOR_VARIABLE = "OVERLAP_DISPLAY_FLOOR"
"""Environment variable with the least users of an audience that is shown."""

_FLAGS: Mapping[str, str] = {
    "server.address": "127.0.0.1",
    "server.fileWatcherType": "none",
    "server.runOnSave": "false",
    # Where it opens the browser itself, the framework advertises itself to whoever looks.
    "server.headless": "true",
    "server.showEmailPrompt": "false",
    "browser.gatherUsageStats": "false",
    "client.showErrorDetails": "none",
    "client.showErrorLinks": "false",
    "client.toolbarMode": "viewer",
}
"""What must hold wherever the server is started and whatever a settings file says."""


def command(
    store: Path,
    port: int | None = None,
    display_floor: int | None = None,
) -> tuple[list[str], dict[str, str]]:
    """Return the arguments and the environment that serve a store on this machine only.

    `port` is the server's own choice when None. Raises DataError when the app is not installed.
    """
    flags = dict(_FLAGS)
    if port is not None:
        flags["server.port"] = str(port)
    argv = [sys.executable, "-m", "streamlit", "run", str(app_file())]
    argv += [f"--{name}={value}" for name, value in flags.items()]
    env = {**os.environ, STORE_VARIABLE: str(store.absolute())}
    if display_floor is not None:
        env[FLOOR_VARIABLE] = str(display_floor)
    return argv, env


def app_file() -> Path:
    """Return the app's file: inside an installed package, else at the root of the project."""
    here = Path(__file__).resolve().parent
    for file in (here / "app.py", here.parents[1] / "app.py"):
        if file.is_file():
            return file
    raise DataError(
        "the dashboard's app.py is not installed",
        where=str(here),
        cure="install overlap again, from its source or a complete package",
    )
