"""Looking at the data in a real Chromium: audiences found by typing, and what a word means."""

from __future__ import annotations

import io
from pathlib import Path

import polars as pl
import pytest
from browsing import IDLE

from overlap.insights.contents import audiences
from overlap.panel import open_panel
from overlap.reports import csv_bytes

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_an_audience_is_found_by_typing_and_its_row_downloaded(visit, store):
    page = visit("data")
    assert "every number in it is exact" in page.locator(".ov-answer h1").inner_text()
    page.get_by_label("Find an audience").press_sequentially("电竞")
    page.wait_for_function("() => location.search.includes('find=')")
    page.get_by_text("Audiences with “电竞”").wait_for()
    page.wait_for_selector(IDLE)
    with page.expect_download() as waiting:
        page.locator(".st-key-data_audiences_csv").get_by_role("button").click()
    opened, panel = open_panel(store)
    every = audiences(panel, opened.policy)
    expected = every.filter(pl.col("name").str.contains("电竞"))
    content = Path(waiting.value.path()).read_bytes()
    assert content == csv_bytes(expected)
    assert pl.read_csv(io.BytesIO(content), schema=every.schema).equals(expected)


def test_the_way_from_the_store_to_its_precision_and_to_a_term(visit):
    page = visit("data?lang=zh", width=800, color_scheme="dark")
    page.get_by_role("button", name="查看多小的重合可信").click()
    page.wait_for_function("() => document.querySelector('h1').innerText.includes('都精确')")
    page.wait_for_function("() => location.search.includes('tab=precision')")
    page.wait_for_selector(IDLE)
    page.get_by_role("radio", name="术语表").or_(
        page.get_by_text("术语表", exact=True)
    ).first.click()
    page.get_by_label("查找术语").fill("TGI")
    page.wait_for_function("() => document.querySelector('h1').innerText.includes('TGI 指数')")
    page.wait_for_selector(IDLE)
    assert "100 · n / E" in page.locator(".ov-words").first.inner_text()
    main = page.get_by_test_id("stMain")
    assert main.evaluate("e => e.scrollWidth - e.clientWidth") == 0
