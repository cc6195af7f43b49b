"""How the dashboard is started: the command line of its server, and its environment."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from overlap.model import DataError

STORE_VARIABLE = "OVERLAP_STORE"
"""Environment variable with the path of the store to open."""
STORES_VARIABLE = "OVERLAP_STORES"
"""Environment variable with the folder of the stores that visitors may open and add to."""
FLOOR_VARIABLE = "OVERLAP_DISPLAY_FLOOR"
"""Environment variable with the least users of an audience that is shown."""
EXPORT_VARIABLE = "OVERLAP_EXPORT"
"""Environment variable that is `off` where visitors may not download who is in a segment."""
EVENTS_VARIABLE = "OVERLAP_EVENTS"
"""Environment variable with the sources the served store was built from, one on a line."""
QUERY_VARIABLE = "OVERLAP_QUERY"
"""Environment variable with what to ask the databases among those sources."""
IDENTITIES_VARIABLE = "OVERLAP_IDENTITIES"
"""Environment variable with the file that has the users' addresses, numbers and devices."""
ID_COLUMN_VARIABLE = "OVERLAP_ID_COLUMN"
"""Environment variable with the column of user ids in that file."""

UPLOAD_MB = 200
"""The largest file that can be uploaded, in megabytes of 10**6 bytes, as browsers count them."""

_FLAGS: Mapping[str, str] = {
    "server.address": "127.0.0.1",
    "server.fileWatcherType": "none",
    "server.runOnSave": "false",
    # Where it opens the browser itself, the framework advertises itself to whoever looks.
    "server.headless": "true",
    "server.showEmailPrompt": "false",
    # The server counts a megabyte as 2**20, which leaves room for what goes with the file.
    "server.maxUploadSize": str(UPLOAD_MB),
    "browser.gatherUsageStats": "false",
    "client.showErrorDetails": "none",
    "client.showErrorLinks": "false",
    "client.toolbarMode": "viewer",
    # After every run it would walk all objects of the process, a store's thousands of names among
    # them, while nothing else can run and the visitor waits.
    "runner.postScriptGC": "false",
}
"""What must hold wherever the server is started and whatever a settings file says."""

_ENVIRONMENT: Mapping[str, str] = {
    # Matrices here are tiny: threads for them wait for one another, and visitors for all of them.
    "OPENBLAS_NUM_THREADS": "1",
}
"""What holds where the environment does not say otherwise."""


@dataclass(frozen=True, slots=True)
class Handover:
    """What the dashboard's exports may read, and whether there are any.

    `events` are the sources the served store was built from, those it recorded when empty; `query`
    is what to ask the databases among them. `identities` has the users' addresses, numbers and
    devices, by the user ids in its `id_column`.
    """

    events: tuple[str, ...] = ()
    query: str | None = None
    identities: str | None = None
    id_column: str | None = None
    allowed: bool = True

    def environment(self) -> dict[str, str]:
        """Return the variables that say so, without those that nothing was said about."""
        values = {
            EXPORT_VARIABLE: None if self.allowed else OFF,
            EVENTS_VARIABLE: "\n".join(map(_from_anywhere, self.events)),
            QUERY_VARIABLE: self.query,
            IDENTITIES_VARIABLE: _from_anywhere(self.identities) if self.identities else None,
            ID_COLUMN_VARIABLE: self.id_column,
        }
        return {name: value for name, value in values.items() if value}


OFF = "off"


def _from_anywhere(source: str) -> str:
    return source if "://" in source else str(Path(source).expanduser().absolute())


def command(
    store: Path,
    port: int | None = None,
    display_floor: int | None = None,
    handover: Handover | None = None,
) -> tuple[list[str], dict[str, str]]:
    """Return the arguments and the environment that serve a store on this machine only.

    `port` is the server's own choice when None. Raises DataError when the app is not installed.
    """
    flags = dict(_FLAGS)
    if port is not None:
        flags["server.port"] = str(port)
    argv = [sys.executable, "-m", "streamlit", "run", str(app_file())]
    argv += [f"--{name}={value}" for name, value in flags.items()]
    env = {**_ENVIRONMENT, **os.environ, STORE_VARIABLE: str(store.absolute())}
    if display_floor is not None:
        env[FLOOR_VARIABLE] = str(display_floor)
    if handover is not None:
        env |= handover.environment()
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
