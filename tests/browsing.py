"""A real Chromium against a real server on the sample community, for the journeys of visitors."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from overlap.cli.serving import sample_store

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = [
    "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--no-first-run",
]  # fmt: skip
IDLE = "[data-testid=stApp][data-test-script-state=notRunning]"


@pytest.fixture(scope="session")
def browser():
    sync_api = pytest.importorskip("playwright.sync_api")
    if CHROMIUM is None:
        if os.environ.get("CI") == "true":
            pytest.fail("Chromium is not installed, and these tests must run here")
        pytest.skip("Chromium is not installed")
    with sync_api.sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def store(tmp_path_factory) -> Path:
    return sample_store(tmp_path_factory.mktemp("sample") / "store")


@pytest.fixture(scope="session")
def address(store, tmp_path_factory):
    # Not above: what needs no server runs without the benchmarks too.
    from benchmarks.dashboard.serving import dashboard

    with dashboard(store, tmp_path_factory.mktemp("elsewhere")) as server:
        yield server.address


@pytest.fixture(scope="session")
def address_below(store, tmp_path_factory):
    from benchmarks.dashboard.serving import dashboard

    with dashboard(store, tmp_path_factory.mktemp("below"), "insight/overlap") as server:
        yield server.address


@pytest.fixture
def visit(browser, request):
    """Open a page in a fresh browser; its complaints and its requests elsewhere fail the test."""
    contexts, complaints = [], []

    def visit(query="", width=1440, height=900, at="", **how):
        context = browser.new_context(
            viewport={"width": width, "height": height}, **{"locale": "en-US", **how}
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(60_000)
        page.on("console", lambda m: m.type == "error" and complaints.append(m.text))
        page.on("pageerror", lambda e: complaints.append(str(e)))
        # What a browser itself gives up because the page is left has not failed.
        page.on(
            "requestfailed",
            lambda r: (
                r.failure != "net::ERR_ABORTED"
                and complaints.append(f"failed: {r.url}: {r.failure}")
            ),
        )
        page.on(
            "request",
            lambda r: (
                urlsplit(r.url).hostname not in ("127.0.0.1", None)
                and complaints.append(f"elsewhere: {r.url}")
            ),
        )
        # Only what is needed is started: a whole address needs no server of its own.
        page.goto(query if "://" in query else (at or request.getfixturevalue("address")) + query)
        at_rest(page)
        return page

    yield visit
    for context in contexts:
        context.close()
    assert complaints == []


def at_rest(page) -> None:
    """Wait until the page of a run that is over is there, foot and all."""
    page.wait_for_selector(f"{IDLE} .ov-foot")
    # What the browser still loads to show an element has a grey bar in its place.
    page.wait_for_selector("[data-testid=stMain] [data-testid=stSkeleton]", state="detached")
