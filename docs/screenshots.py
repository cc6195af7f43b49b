"""Take the pictures of the dashboard that the documentation shows.

    python -m docs.screenshots [--to docs/images] [--narrow]

Needs playwright and Chromium. Builds the store of the sample community in a temporary folder,
serves it, and shoots the first screen of every page in both languages and both themes, 1440 pixels
wide; with --narrow also the whole page 800 pixels wide.
"""

from __future__ import annotations

import argparse
import io
import itertools
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any
from urllib.parse import quote

from PIL import Image
from playwright.sync_api import Browser, sync_playwright

from benchmarks.dashboard.serving import dashboard
from overlap.cli.serving import sample_store
from overlap.panel import open_panel
from overlap.workspace import draft, open_workspace

FLAGS = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--no-first-run"]
IDLE = "[data-testid=stApp][data-test-script-state=notRunning]"
ESPORTS = 'category:"电视 TV" & interest:"电竞 Esports"'
PAGES: dict[str, tuple[str, dict[str, str]]] = {
    # The tour of a newcomer is not what the pictures are of, hence a parameter on the first page.
    "openings": ("", {"category": "电视 TV", "brand": "澄光 Chengguang"}),
    "overlaps": ("overlaps", {}),
    "segment": ("segment", {"expr": f'{ESPORTS} - brand:"澄光 Chengguang"'}),
    "demand": ("demand", {}),
    "saved": ("saved", {}),
    "data": ("data", {}),
}
SAVED = {
    "Esports TV": (f'{ESPORTS} - brand:"澄光 Chengguang"', "for the launch"),
    "Console gamers": ('category:"电视 TV" & interest:"主机游戏 Console games"', ""),
    "Esports fans": ('interest:"电竞 Esports"', "the whole interest"),
}


def main() -> None:
    """Take the pictures."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--to", type=Path, default=Path(__file__).parent / "images")
    parser.add_argument("--narrow", action="store_true")
    parser.add_argument("--only", nargs="*", choices=PAGES, default=list(PAGES))
    asked = parser.parse_args()
    asked.to.mkdir(parents=True, exist_ok=True)
    sizes = {"": (1440, 900)} | ({"-800": (800, 2000)} if asked.narrow else {})
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        store = sample_store(Path(folder) / "sample")
        save_some(store)
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        with dashboard(store) as server:
            for name in asked.only:
                for language, theme in itertools.product(("en", "zh"), ("light", "dark")):
                    for suffix, size in sizes.items():
                        target = asked.to / f"{name}-{language}-{theme}{suffix}.png"
                        shoot(browser, server.address, name, language, theme, size, target)
                        sys.stdout.write(f"{target}\n")
        browser.close()


def save_some(store: Path) -> None:
    """Save segments, so that there is something to see on their page."""
    opened, panel = open_panel(store)
    with open_workspace(store) as workspace:
        for name, (expression, note) in SAVED.items():
            kept = draft(opened, panel, expression, name=name, note=note, owner="marketing")
            workspace.save(kept, author="marketing")


def shoot(
    browser: Browser,
    address: str,
    name: str,
    language: str,
    theme: Any,
    size: tuple[int, int],
    target: Path,
) -> None:
    """Take one picture of a page at rest."""
    path, query = PAGES[name]
    page = browser.new_page(
        viewport={"width": size[0], "height": size[1]}, color_scheme=theme, locale="en-US"
    )
    parameters = "&".join(f"{key}={quote(value)}" for key, value in query.items())
    page.goto(f"{address}{path}?lang={language}&{parameters}")
    page.wait_for_selector(f"{IDLE} .ov-foot", timeout=60_000)
    # Tables and charts are drawn on canvases that tell nobody when they are done.
    page.wait_for_timeout(2000)
    picture = Image.open(io.BytesIO(page.screenshot()))
    # A screen has few colours: a quarter of the bytes shows the same.
    picture.convert("RGB").quantize(256, dither=Image.Dither.NONE).save(target, optimize=True)
    page.close()


if __name__ == "__main__":
    main()
