"""Take the pictures of the dashboard that the documentation shows.

    python docs/screenshots.py [--to docs/images] [--narrow]

Needs playwright and Chromium. Builds the store of the sample community in a temporary folder,
serves it, and shoots the first screen in both languages and both themes, 1440 pixels wide; with
--narrow also the whole page 800 pixels wide.
"""

from __future__ import annotations

import argparse
import itertools
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, sync_playwright

from overlap.cli.serving import sample_store
from overlap.dashboard.launch import command

FLAGS = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--no-first-run"]
IDLE = "[data-testid=stApp][data-test-script-state=notRunning]"


def main() -> None:
    """Take the pictures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--to", type=Path, default=Path(__file__).parent / "images")
    parser.add_argument("--narrow", action="store_true")
    asked = parser.parse_args()
    asked.to.mkdir(parents=True, exist_ok=True)
    sizes = {"": (1440, 900)} | ({"-800": (800, 2000)} if asked.narrow else {})
    with (
        tempfile.TemporaryDirectory() as folder,
        serving(Path(folder)) as address,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        for language, theme in itertools.product(("en", "zh"), ("light", "dark")):
            for suffix, size in sizes.items():
                target = asked.to / f"openings-{language}-{theme}{suffix}.png"
                shoot(browser, f"{address}?lang={language}", theme, size, target)
                sys.stdout.write(f"{target}\n")


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """Serve the sample community, its store built in a folder."""
    store = sample_store(folder / "sample")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    argv, env = command(store, port)
    server = subprocess.Popen(argv, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_for(f"http://127.0.0.1:{port}/_stcore/health")
        yield f"http://127.0.0.1:{port}/"
    finally:
        server.terminate()
        server.wait(20)


def wait_for(url: str) -> None:
    """Wait until a server answers, for a minute at most."""
    for _ in range(600):
        try:
            urllib.request.urlopen(url, timeout=1)
        except OSError:
            time.sleep(0.1)
        else:
            return
    sys.exit("the server did not start")


def shoot(browser: Browser, url: str, theme: Any, size: tuple[int, int], target: Path) -> None:
    """Take one picture of a page at rest."""
    page = browser.new_page(
        viewport={"width": size[0], "height": size[1]}, color_scheme=theme, locale="en-US"
    )
    page.goto(url)
    page.wait_for_selector(f"{IDLE} .ov-card", timeout=60_000)
    page.wait_for_selector(".js-plotly-plot .points path")
    page.wait_for_selector("[data-testid=stDataFrame] canvas")
    # Tables and charts are drawn on canvases that tell nobody when they are done.
    page.wait_for_timeout(1500)
    page.screenshot(path=target)
    page.close()


if __name__ == "__main__":
    main()
