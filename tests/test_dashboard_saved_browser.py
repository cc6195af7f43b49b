"""The journeys of who comes back to saved segments, in a real Chromium."""

from __future__ import annotations

import io
import tomllib
from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qs, quote_plus, urlsplit

import polars as pl
import pytest
from browsing import IDLE
from dashboards import ROOT

from overlap.expressions import Audience, to_text
from overlap.panel import open_panel
from overlap.workspace import COMPARISON_TABLE, draft, open_workspace

pytestmark = [pytest.mark.browser, pytest.mark.slow]

HERO = tomllib.loads((ROOT / "sample_data" / "truths.toml").read_text("utf-8"))["hero"]
NAME = "电竞 TV, summer"


@pytest.fixture
def saved(store):
    """The hero of the sample, saved half as large as it is."""
    opened, panel = open_panel(store)
    pair = (Audience("category", HERO["category"]), Audience("interest", HERO["interest"]))
    new = draft(opened, panel, " & ".join(map(to_text, pair)), name=NAME, note="before the launch")
    half = replace(new.users, **{n: getattr(new.users, n) / 2 for n in ("value", "low", "high")})
    with open_workspace(store) as workspace:
        segment = workspace.save(replace(new, users=half, snapshot="before"), author="Li")
        yield segment
        if segment.id in [s.id for s in workspace.segments()]:
            workspace.remove(segment.id)


def ready(page):
    page.wait_for_selector(f"{IDLE} .ov-card h2")
    page.wait_for_selector("[data-testid=stDataFrame] canvas")
    return page


def says(page, words: str) -> None:
    """Wait until the region that is read aloud says something, and the page is at rest."""
    page.wait_for_function(
        "words => document.querySelector('[aria-live=polite][role=status]')?.innerText"
        ".includes(words)", arg=words,
    )  # fmt: skip
    page.wait_for_selector(IDLE)


def test_a_segment_is_found_grown_downloaded_and_its_link_restores_it(visit, store, saved):
    page = ready(visit(f"saved?name={quote_plus(NAME)}&lang=zh"))
    assert page.locator(".ov-card h2").inner_text() == NAME
    assert "增长 100%，两次均为精确值" in page.locator(".ov-card .why").inner_text()
    with page.expect_download() as waiting:
        page.locator(".st-key-saved_table_csv").get_by_role("button").click()
    content = Path(waiting.value.path()).read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    back = pl.read_csv(io.BytesIO(content))
    assert back.columns[: len(COMPARISON_TABLE)] == COMPARISON_TABLE.names()
    row = back.filter(pl.col("name") == NAME).row(0, named=True)
    users = open_panel(store)[1].size(saved.expression).value
    assert (row["saved_users"], row["users"], row["verdict"]) == (users / 2, users, "grew")
    page.get_by_role("button", name="分享链接").click()
    address = page.locator(".stPopover code, [data-testid=stPopoverBody] code").first.inner_text()
    fresh = ready(visit("saved?" + urlsplit(address).query))
    assert fresh.locator(".ov-card").inner_text() == page.locator(".ov-card").inner_text()
    fresh.get_by_role("link", name="在人群包页打开").click()
    fresh.wait_for_url("**/segment?**")
    assert parse_qs(urlsplit(fresh.url).query)["expr"] == [saved.expression]


def test_what_is_removed_by_mistake_is_brought_back_and_said_aloud(visit, store, saved):
    page = ready(visit(f"saved?name={quote_plus(NAME)}"))
    page.get_by_role("button", name="Remove", exact=True).click()
    says(page, f"“{NAME}” is removed.")
    with open_workspace(store) as workspace:
        assert saved.id in [s.id for s in workspace.removed()]
    undo = page.get_by_role("button", name="Undo")
    box = undo.bounding_box()
    assert 0 <= box["y"] <= 900
    undo.click()
    says(page, f"“{NAME}” is back.")
    page.wait_for_function(
        "name => document.querySelector('.ov-card h2')?.innerText === name", arg=NAME
    )


def test_two_visitors_who_write_at_once_lose_nothing(visit, store, saved):
    pages = [ready(visit(f"saved?name={quote_plus(NAME)}")) for _ in range(2)]
    for page, note in zip(pages, ("hers", "mine"), strict=True):
        page.get_by_role("button", name="Rename or note").click()
        page.wait_for_selector("textarea")
        page.wait_for_selector(IDLE)
        page.get_by_role("textbox", name="Note").fill(note)
    for page, words in zip(pages, ("is saved", "Nothing is lost"), strict=True):
        page.get_by_role("button", name="Save", exact=True).click()
        says(page, words)
    pages[1].get_by_role("button", name="Use mine").click()
    says(pages[1], "is as you wrote it")
    with open_workspace(store) as workspace:
        notes = [version.segment.note for version in workspace.history(saved.id)]
    assert notes == ["before the launch", "hers", "mine", "mine"]
