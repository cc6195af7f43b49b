"""A server of the dashboard, or of an empty page, and what it holds in memory."""

from __future__ import annotations

import re
import socket
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from overlap.dashboard.launch import command

EMPTY = """import streamlit as st
st.html('<h1 class="ov-answer">empty</h1>')
st.button("again")
"""
"""What the framework costs where nothing is computed and next to nothing shown."""


@dataclass(frozen=True, slots=True)
class Server:
    """A running server: its address, and the number of its process."""

    address: str
    process: int

    def megabytes(self) -> float:
        """Return the memory it holds now."""
        status = Path(f"/proc/{self.process}/status").read_text("utf-8")
        found = re.search(r"VmRSS:\s+(\d+) kB", status)
        assert found
        return int(found[1]) / 1e3


@contextmanager
def dashboard(store: Path, folder: Path | None = None, below: str = "") -> Iterator[Server]:
    """Serve a store, from another working folder or below a path where one is given."""
    port = _free()
    argv, env = command(store, port)
    if below:
        argv.append(f"--server.baseUrlPath={below}")
    with _running(argv, env, port, folder, f"{below}/" if below else "") as server:
        yield server


@contextmanager
def empty_page() -> Iterator[Server]:
    """Serve a page of a heading and a button, with the settings of the dashboard."""
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "empty.py"
        page.write_text(EMPTY, "utf-8")
        port = _free()
        argv, env = command(Path(folder), port)
        argv[argv.index("run") + 1] = str(page)
        with _running(argv, env, port) as server:
            yield server


def _free() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@contextmanager
def _running(
    argv: list[str], env: dict[str, str], port: int, folder: Path | None = None, below: str = ""
) -> Iterator[Server]:
    address = f"http://127.0.0.1:{port}/{below}"
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(argv, env=env, cwd=folder, stdout=log, stderr=log)
        try:
            if not _answers(process, f"{address}_stcore/health"):
                log.seek(0)
                said = log.read().decode(errors="replace")
                raise RuntimeError(f"the server did not start:\n{said}")
            yield Server(address, process.pid)
        finally:
            process.terminate()
            process.wait(20)


def _answers(process: subprocess.Popen[bytes], address: str) -> bool:
    """Wait until a server does, or does not within a minute."""
    until = time.monotonic() + 60
    while time.monotonic() < until and process.poll() is None:
        try:
            urllib.request.urlopen(address, timeout=1)
        except OSError:
            time.sleep(0.1)
        else:
            return True
    return False
